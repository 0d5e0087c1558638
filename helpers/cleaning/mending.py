"""A picture that can be decoded -> one that everything decodes alike: three channels of 8 bits, upright."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.cleaning.formats import END_OF_JPEG, exif_notes, format_of, jpeg_frame, png_ends, short_notes, without
from helpers.cleaning.pixels import DECODERS, exif_turn, opened, rgb, turn_of
from helpers.cleaning.reading import digest_of, read
from helpers.crew.together import Later, wait_if_large

SUFFIX = {"JPEG": ".jpg", "PNG": ".png"}


@dataclass
class Mended:
    """data: the bytes to write, or None with a `reason`. digest: of what was read."""

    data: bytes | None
    digest: bytes = b""
    reason: str = ""


def mend(path: Path, most: float = math.inf) -> Mended:
    """The bytes of a mended picture. What was a JPEG stays one, all else becomes a PNG, which loses nothing more.

    Where the pixels are as they should be, they are not coded anew. most: as in `mended`. Never raises for what is in
    the file, but Later.
    """
    try:
        data = read(path, most)
        return Mended(mended(data, most=most), digest_of(data))
    except Later:
        raise
    except Exception as error:  # noqa: BLE001 decoders raise many kinds
        return Mended(None, reason=str(error) or type(error).__name__)


def mended(data: bytes, formats: Sequence[str] | None = DECODERS, most: float = math.inf) -> bytes:
    """The bytes of such a file. formats: as in `opened`. most: pixels that may be decoded now. Raises what decoders
    raise, and Later."""
    frame = None
    if format_of(data) == "JPEG":
        data = without(data, short_notes(data))
        data = data if turn_of(data) else without(data, exif_notes(data))
        frame = jpeg_frame(data)
    if frame and frame.common and frame.components == 3 and turn_of(data) == 1:
        ended = END_OF_JPEG in data[data.rfind(b"\xff\xda") :]
        return data if ended else data + END_OF_JPEG
    with opened(data, formats) as picture:
        wait_if_large(picture.width * picture.height, most)
        if as_it_should_be(picture, data):
            return data
        saved = io.BytesIO()
        options = {"quality": 95, "subsampling": 0} if frame else {}
        rgb(picture, data).save(saved, "JPEG" if frame else "PNG", **options)
    return saved.getvalue()


def as_it_should_be(picture, data: bytes) -> bool:
    """Whether an opened picture is a PNG of three channels of 8 bits, upright, not animated, whole to its end mark."""
    if picture.format != "PNG" or picture.mode != "RGB" or data[24] != 8 or getattr(picture, "n_frames", 1) > 1:
        return False
    picture.load()
    return "transparency" not in picture.info and exif_turn(picture) == 1 and png_ends(data)

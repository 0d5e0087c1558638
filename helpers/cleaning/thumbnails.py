"""A small JPEG of any file that can be decoded at all, for people to look at."""

import base64
import io
import warnings
from pathlib import Path

from helpers.cleaning.formats import format_of
from helpers.cleaning.pixels import opened, rgb
from helpers.cleaning.reading import read


def thumbnail(path: Path, side: int) -> bytes | None:
    """A JPEG of at most side x side pixels, lying as the file has it; of a damaged JPEG, what is left. None where there
    is nothing to show."""

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = drafted(data := read(path), side)
            picture = rgb(picture, data) if picture.mode[0] in "IF" else picture  # of more than 8 bits: the range, too
            picture.thumbnail((side, side))
            kept = io.BytesIO()
            picture.convert("RGBA").convert("RGB").save(kept, "JPEG", quality=80)
            return kept.getvalue()
    except Exception:  # noqa: BLE001 decoders raise many kinds; then there is nothing to show
        return None


def drafted(data: bytes, side: int):
    """The picture in Pillow. Of a JPEG, as much as can be had, at a half or less where that is large enough."""
    import simplejpeg  # its own `is_jpeg` asks for the end mark, too, which one that was cut off has not
    from PIL import Image

    if format_of(data) == "JPEG" and simplejpeg.decode_jpeg_header(data, strict=False)[2] != "CMYK":
        return Image.fromarray(simplejpeg.decode_jpeg(data, min_height=side, min_width=side, strict=False))
    return opened(data)


def as_address(jpeg: bytes) -> str:
    """The picture as an address that holds all of it."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"

"""One file, read from disk once -> what is wrong with it, and the marks by which copies are found."""

import math
from contextlib import suppress
from pathlib import Path

import numpy as np

from helpers.cleaning.cutting import cut_off
from helpers.cleaning.duplicates import look
from helpers.cleaning.facts import Facts
from helpers.cleaning.formats import (
    END_OF_JPEG,
    SUFFIX_OF,
    Frame,
    all_scans,
    bmp_surplus,
    format_of,
    jpeg_frame,
    plain_bmp,
    png_bytes,
    png_chunks,
    png_contradiction,
    short_notes,
    webp_pixels,
    what_else,
    without,
)
from helpers.cleaning.judging import judge_channels, judge_flat, judge_light, judge_name, judge_turn
from helpers.cleaning.pixels import exif_turn, has_16_bits_in_colour, opened, rgb, turn_of, upright
from helpers.cleaning.reading import digest_of, read
from helpers.cleaning.tearing import STEP, block_of, tear
from helpers.crew.together import Later, wait_if_large

MOST_PIXELS = 89_478_485  # Pillow's own limit, a quarter of a gigabyte of RGB
MOST_OF_WEBP = 34_000_000  # its decoder holds the picture four times, as RGBA, and does not say where there is no room
SLACK = 64  # bytes that programs leave behind the pixels of a BMP
JUDGED = 128  # least side at which light, blur and likeness are judged: larger JPEGs are decoded at a half, a quarter…

NEW_SUBFILE_TYPE, SUB_IFDS = 254, 330  # fields of TIFF
TURN_BACK = {6: 8, 8: 6}  # EXIF orientations that undo another; the rest undo themselves


def inspect(path: Path, most: float = math.inf) -> Facts:
    """Read `path` once and look at it in every way. Never raises for what is in the file, but Later.

    most: pixels that may be held now.
    """
    try:
        data = read(path, most)
    except OSError as error:
        return Facts().add("unreadable", error.strerror or type(error).__name__)
    if not data:
        return Facts().add("empty")
    facts = Facts(digest=digest_of(data))
    kind = format_of(data)
    if kind is None:
        return facts.add("not a picture", what_else(data))
    facts.kind = kind
    grey = decode(data, kind, facts, most)
    if grey is not None:
        judge_name(path, kind, facts)
        judge_light(grey, facts)
        facts.look = look(grey)
    return facts


def decode(data: bytes, kind: str, facts: Facts, most: float) -> np.ndarray | None:
    """Decode to the last pixel, note what is wrong, and return a grey copy (h, w) uint8, or None if that failed."""
    if kind == "JPEG" and (short := short_notes(data)):
        facts.add("bad notes", "shorter than they must be")
        data = without(data, short)
    try:
        if kind == "JPEG" and (frame := jpeg_frame(data)) and frame.common and frame.components != 4:
            return decode_jpeg(data, frame, facts, most)
        return decode_other(data, kind, facts, most)
    except TooLarge as error:
        facts.add("too large", str(error))
    except Later:
        raise
    except Exception as error:  # noqa: BLE001 decoders raise many kinds; each means that the file is no good
        reason, raised = str(error) or type(error).__name__, type(error).__name__
        if isinstance(error, MemoryError) or raised == "DecompressionBombError":
            facts.add("too large", str(error) or "out of memory")
        elif "truncated" in reason.lower() or cut_off(data, kind):
            facts.add("truncated", "ends before its pixels do" if raised == "UnidentifiedImageError" else reason)
        elif raised == "UnidentifiedImageError":
            facts.add("damaged" if kind in SUFFIX_OF else "unknown format", f"{kind} that is not understood")
        else:
            facts.add("damaged", reason)
    return None


class TooLarge(Exception):
    """More pixels than may be decoded."""


def judge_size(width: int, height: int, facts: Facts, most: float, in_strips: bool = False) -> None:
    """Note odd sizes. in_strips: nobody holds the whole picture. Raises TooLarge, or Later."""
    facts.pixels = width * height
    if width * height > MOST_PIXELS:
        raise TooLarge(f"{width} x {height} pixels")
    if not in_strips:
        wait_if_large(width * height, most)
    if min(width, height) < 16:
        facts.add("tiny", f"{width} x {height} pixels")
    elif max(width, height) > 8 * min(width, height):
        facts.add("sliver", f"{width} x {height} pixels")


def decode_jpeg(data: bytes, frame: Frame, facts: Facts, most: float) -> np.ndarray | None:
    """Decode with libjpeg-turbo, every warning an error: it tells of damage that Pillow and TensorFlow pass over."""
    judge_size(frame.width, frame.height, facts, most, frame.in_strips)
    turn = turn_of(data)
    judge_turn(turn, facts)
    if frame.components == 1:
        facts.add("grey", "L")
    try:
        grey = grey_of(data)
    except ValueError as error:
        reason = str(error)
    else:
        if frame.in_strips and (step := tear(grey, frame, block_of(data, frame))) > STEP:
            facts.add("torn", f"a step of {step:.0f} of 255 along its blocks")
        judge_flat(grey, facts)
        return upright(grey, turn)
    if "memory" in reason.lower():
        facts.add("too large", reason)
    elif "premature end" not in reason.lower():
        facts.add("truncated" if cut_off(data, "JPEG") else "damaged", reason)
    elif not frame.in_strips and not all_scans(data, frame):
        facts.add("truncated", "not all of its scans are there")
    else:
        try:
            grey = grey_of(data + END_OF_JPEG)
        except ValueError:
            facts.add("truncated", reason)
        else:
            facts.add("no end mark")
            judge_flat(grey, facts)
            return upright(grey, turn)
    return None


def grey_of(data: bytes) -> np.ndarray:
    """A JPEG as uint8 (h, w), at a half, a quarter or an eighth where that still has JUDGED pixels a side.

    Every byte is decoded all the same; only the last step, to pixels, is shortened. Raises ValueError for damage.
    """
    import simplejpeg

    return simplejpeg.decode_jpeg(data, colorspace="GRAY", min_height=JUDGED, min_width=JUDGED, strict=True)[..., 0]


def decode_other(data: bytes, kind: str, facts: Facts, most: float) -> np.ndarray | None:
    """What libjpeg-turbo is not for, in Pillow: a grey copy, and what is odd about its channels."""
    if kind == "WEBP" and (pixels := webp_pixels(data)) > MOST_OF_WEBP:
        raise TooLarge(f"{pixels / 1e6:.0f} million pixels; a WebP takes more memory than others")
    with opened(data) as picture:
        judge_size(*picture.size, facts, most)
        return judge_pixels(picture, data, kind, facts)


def judge_pixels(picture, data: bytes, kind: str, facts: Facts) -> np.ndarray | None:
    """Decode what Pillow has opened."""
    if kind == "PNG" and not whole_png(data, facts):
        return None
    frames = frames_of(picture, kind)
    if frames is None:
        facts.add("unknown format", "TIFF of which only a small version can be read, as of a raw photo")
        return None
    if kind == "JPEG":
        strictly_cmyk(data)
    if kind == "BMP" and bmp_surplus(data) > SLACK:
        facts.add("damaged", "more pixels than its head tells of")
        return None
    picture.load()
    if kind == "GIF" and cut_off(data, kind):
        facts.add("no end mark")
    judge_channels(picture, kind, frames, facts)
    if has_16_bits_in_colour(picture, data):
        facts.add("16 bit", picture.mode)
    if kind == "BMP" and picture.mode == "RGB" and not plain_bmp(data):
        facts.add("other format", "BMP of a rare kind")
    turn = exif_turn(picture)
    judge_turn(turn, facts)
    grey = rgb(picture, data).convert("L")
    grey.thumbnail((8 * JUDGED, 8 * JUDGED))
    grey = np.asarray(grey)
    judge_flat(upright(grey, TURN_BACK.get(turn, turn)), facts)
    return grey


def frames_of(picture, kind: str) -> int | None:
    """How many pictures the file holds; of a TIFF, those that can be come to, small versions of another one left out
    (bit 0 of its field NewSubfileType; TIFF 6.0, page 36). None where such a one comes first, and would be taken for
    the picture: that is behind it, or in a list of its own, as raw photos have it (SubIFDs)."""
    if kind != "TIFF":
        return getattr(picture, "n_frames", 1) if kind in ("GIF", "PNG", "WEBP", "AVIF") else 1
    count = 0
    with suppress(Exception):  # decoders raise many kinds; what is behind a damaged place is not counted
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            count += not is_small_version(picture)
    picture.seek(0)
    return None if is_small_version(picture) and (count or SUB_IFDS in picture.tag_v2) else count


def is_small_version(picture) -> bool:
    """Whether the page of a TIFF that is up says that it is a small version of another one."""
    return bool(picture.tag_v2.get(NEW_SUBFILE_TYPE, 0) & 1)


def strictly_cmyk(data: bytes) -> None:
    """Decode a JPEG of four channels as strictly as the others. Raises ValueError for damage."""
    import simplejpeg

    try:
        simplejpeg.decode_jpeg(data, colorspace="CMYK", strict=True)
    except ValueError as error:
        raise ValueError(str(error).replace("Premature end", "truncated: premature end")) from None


def whole_png(data: bytes, facts: Facts) -> bool:
    """Whether all pixels and every chunk are there, with the right checksum; the lack of an end mark is noted only."""
    chunks = list(png_chunks(data))
    if wrong := [name for name, _, right in chunks if not right]:
        facts.add("damaged", f"wrong checksum of {wrong[0].decode('latin-1')}")
        return False
    if reason := png_contradiction(chunks):
        facts.add("damaged", reason)
        return False
    held, due = png_bytes(data, b"".join(content for name, content, _ in chunks if name == b"IDAT"))
    if held != due:
        less = held < due
        there = "ends before its pixels do" if held < 0 else f"{held:,} of {due:,} bytes of its pixels"
        reason = there if less else "more pixels than its head tells of"
        facts.add("truncated" if less else "damaged", reason)
        return False
    if chunks[-1][0] != b"IEND":
        facts.add("no end mark")
    return True

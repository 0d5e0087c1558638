"""Pixels as training should see them: upright, three channels of 8 bits."""

import io
from collections.abc import Sequence

import numpy as np

from helpers.cleaning.formats import start_of_pixels

ORIENTATION, BITS_OF_SAMPLE, EXTRA_SAMPLES = 0x0112, 258, 338  # fields of EXIF and of TIFF
# What `format_of` knows. Pillow tries no other decoder: for PostScript it would start another program.
DECODERS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "ICO", "JPEG2000", "PPM", "TGA")
POSTSCRIPT = (b"%!PS", b"\xc5\xd0\xd3\xc6")  # how files begin for which Pillow would start it


def opened(data: bytes, formats: Sequence[str] | None = DECODERS):
    """The picture in Pillow, not yet decoded. formats: None for all but PostScript. Raises what Pillow raises;
    UnidentifiedImageError for other formats."""
    from PIL import Image, UnidentifiedImageError

    if data.startswith(POSTSCRIPT):
        raise UnidentifiedImageError("PostScript, which is a program")
    return Image.open(io.BytesIO(data), formats=formats)


def rgb(picture, data: bytes = b""):
    """An opened picture in RGB: its first frame, upright, flattened on white, 8 bits a channel.

    data: the file; of colours of 16 bits, Pillow keeps the high byte alone, which may hold next to nothing.
    """
    from PIL import Image, ImageOps

    picture.seek(0)
    turn = exif_turn(picture)
    if has_16_bits_in_colour(picture, data):
        picture = from_16_bits(picture, data, turn)
    if turn > 1:
        picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = Image.fromarray(to_8_bits(np.asarray(picture)))
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    picture = picture.convert("RGB")
    picture.info.clear()
    return picture


def has_16_bits_in_colour(picture, data: bytes) -> bool:
    """Whether an opened picture, a PNG, a TIFF or a JPEG 2000, has colours of 16 bits, which Pillow brings to 8 by
    itself."""
    if picture.mode not in ("RGB", "RGBA"):
        return False
    if picture.format == "TIFF":
        return picture.tag_v2.get(BITS_OF_SAMPLE, (8,))[0] == 16
    if picture.format == "JPEG2000":
        at = data.find(b"\xff\x51") + 40  # of the bits of a sample, less one (ISO/IEC 15444-1, A.5.1)
        return data[at : at + 1] == b"\x0f"
    return picture.format == "PNG" and data[24:25] == b"\x10"


def from_16_bits(picture, data: bytes, turn: int):
    """A picture in colour from its samples of 16 bits, where they fit into 12; otherwise as Pillow gives it."""
    if max(high for _, high in picture.getextrema()[:3]) > 16 or is_premultiplied(picture):
        return picture
    import cv2
    from PIL import Image

    samples = cv2.imdecode(np.frombuffer(data, "uint8"), cv2.IMREAD_UNCHANGED)
    if samples is None or samples.dtype != np.uint16 or samples.shape[2:] not in ((3,), (4,)):
        return picture
    parts = [to_8_bits(samples[..., 2::-1])]
    if picture.mode == "RGBA":
        parts.append(np.asarray(picture)[..., 3:])
    whole = Image.fromarray(np.concatenate(parts, axis=-1))
    whole.getexif()[ORIENTATION] = 1 if picture.format == "TIFF" else max(turn, 1)  # a TIFF was turned as it was read
    return whole


def is_premultiplied(picture) -> bool:
    """Whether an opened picture is a TIFF of which the samples are multiplied by how dense they are, which Pillow
    undoes (1 in its field ExtraSamples; TIFF 6.0, page 31)."""
    return picture.format == "TIFF" and 1 in picture.tag_v2.get(EXTRA_SAMPLES, ())


def turn_of(data: bytes) -> int:
    """The orientation of a JPEG, 1 to 8, by its EXIF or XMP; 1 is upright. 0 for notes that cannot be read."""
    notes = data[: start_of_pixels(data)]
    if b"Exif\0" not in notes and b"tiff:Orientation" not in notes:
        return 1
    with opened(data) as picture:
        return exif_turn(picture)


def upright(grey: np.ndarray, turn: int) -> np.ndarray:
    """Apply an EXIF orientation (1 to 8) to an array (h, w)."""
    if turn in (5, 6, 7, 8):
        grey = grey.T
    if turn in (2, 3, 6, 7):
        grey = grey[:, ::-1]
    if turn in (3, 4, 7, 8):
        grey = grey[::-1]
    return np.ascontiguousarray(grey)


def to_8_bits(values: np.ndarray) -> np.ndarray:
    """16-bit or float values to uint8. Values that fit into 12 bits, as cameras write them, are scaled from 12; floats
    up to 1 from 1."""
    shares, values = values.dtype.kind == "f", np.nan_to_num(values.astype("float32"))
    steps = (1, 255, 4095) if shares else (255, 4095)
    top = next((step for step in steps if values.max() <= step), 65535)
    return np.clip(values * (255 / top), 0, 255).astype("uint8")


def exif_turn(picture) -> int:
    """As `turn_of`, of what Pillow has opened. The first to ask is told of notes that cannot be read, and no other."""
    try:
        turn = picture.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 notes that are damaged turn nothing: viewers and decoders pass them over
        return 0
    return turn if turn in range(2, 9) else 1

"""Pixels as training should see them: upright, three channels of 8 bits."""

import io

import numpy as np

from helpers.cleaning.formats import start_of_pixels

ORIENTATION = 0x0112
# What `format_of` knows. Pillow tries no other decoder: for PostScript it would start another program.
DECODERS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "ICO", "JPEG2000")


def opened(data: bytes):
    """The picture in Pillow, not yet decoded. Raises what Pillow raises; UnidentifiedImageError for other formats."""
    from PIL import Image

    return Image.open(io.BytesIO(data), formats=DECODERS)


def rgb(picture):
    """An opened picture in RGB: its first frame, upright, flattened on white, 8 bits a channel."""
    from PIL import Image, ImageOps

    picture.seek(0)
    if exif_turn(picture) > 1:
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
    """16-bit or float values to uint8. Values that fit into 12 bits, as cameras write them, are scaled from 12."""
    values = np.nan_to_num(values.astype("float32"))
    top = 255 if values.max() <= 255 else 4095 if values.max() <= 4095 else 65535
    return np.clip(values * (255 / top), 0, 255).astype("uint8")


def exif_turn(picture) -> int:
    """As `turn_of`, of what Pillow has opened. The first to ask is told of notes that cannot be read, and no other."""
    try:
        turn = picture.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 notes that are damaged turn nothing: viewers and decoders pass them over
        return 0
    return turn if turn in range(2, 9) else 1

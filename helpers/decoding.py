"""One picture file -> numbers, the same at training and at use. Without TensorFlow, so that a process that does nothing
but this starts in no time.
"""

import math
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from PIL import Image, UnidentifiedImageError

from helpers.cleaning.pixels import opened, rgb, turn_of
from helpers.errors import InputError

cv2.setNumThreads(1)  # pictures are decoded side by side; OpenCV's own threads would wait for one another, busily

# What Pillow raises over files that it cannot read, by format. RuntimeError: of AVIF.
READING = (OSError, SyntaxError, ValueError, RuntimeError, EOFError, Image.DecompressionBombError)
MOST_PIXELS = 2 * Image.MAX_IMAGE_PIXELS  # where Pillow refuses other pictures, too


def decode(path: str | Path, image_size: tuple[int, int]) -> np.ndarray:
    """Read one picture as uint8 (H, W, 3), upright, stretched to `image_size` = (height, width).

    A JPEG is decoded at the smallest number of eighths that covers the size asked for (the decoder's own cosine
    transform does it, in a fraction of the time), then brought down with a filter that looks at every pixel. On the
    course's photos that is 1.2 of 255 away from a full decode, on average. Everything else goes through Pillow.

    Raises InputError if the file is missing or is not a picture that can be read to its end.
    """
    try:
        data = Path(path).read_bytes()
        if data[:2] == b"\xff\xd8" and turn_of(data) in (0, 1):
            try:
                return _decode_jpeg(data, image_size)
            except (ValueError, cv2.error):  # four inks, slight damage, a pixel or two: Pillow knows more of these
                pass
        return _decode_any(data, image_size)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; check the path.") from None
    except READING as error:
        if Path(path).is_dir():
            raise InputError(f"{path}: a folder, where a picture is due; name the pictures in it.") from None
        from helpers.datasets import origin_of  # late: only an error needs it

        raise InputError(
            f"{origin_of(Path(path))}: not a readable picture ({_plain(error)}); `labs clean` lists such files, and "
            "copies the rest."
        ) from None


def _plain(error: Exception) -> str:
    """What went wrong, without the name of the object in memory that Pillow mentions."""
    return "no known kind of picture" if isinstance(error, UnidentifiedImageError) else str(error)


def _decode_jpeg(data: bytes, image_size: tuple[int, int]) -> np.ndarray:
    height, width = image_size
    whole_height, whole_width, *_ = simplejpeg.decode_jpeg_header(data)
    if whole_height * whole_width > MOST_PIXELS:
        raise Image.DecompressionBombError(f"{whole_width} x {whole_height} pixels may use up the memory")
    pixels = simplejpeg.decode_jpeg(data, min_height=height, min_width=width)
    eighths = round(8 * max(pixels.shape) / max(whole_height, whole_width))
    # Not `pixels.shape`: that is rounded up, and half a pixel at the edge is more than all else that is lost here.
    down, across = whole_height * eighths / 8 / height, whole_width * eighths / 8 / width
    soften = [_soften(factor, eighths) for factor in (across, down)]
    if max(soften) > 0.2:
        reach = tuple(2 * math.ceil(1.5 * sigma) + 1 for sigma in soften)
        x, y = (max(sigma, 0.1) for sigma in soften)
        pixels = cv2.GaussianBlur(pixels, reach, sigmaX=x, sigmaY=y, borderType=cv2.BORDER_REPLICATE)
    pixels = cv2.resize(pixels, None, fx=1 / across, fy=1 / down, interpolation=cv2.INTER_LINEAR)[:height, :width]
    if pixels.shape[:2] != (height, width):
        raise ValueError("too small for its eighths to be told")
    return pixels


def _soften(factor: float, eighths: int) -> float:
    """Standard deviation of the blur that makes a picture ready to be sampled at every `factor`-th pixel.

    Together with what the reduced decoding and the linear sampling soften already, it comes to a triangle as wide as
    `factor` on both sides, which is the usual filter; variances add up.
    """
    reduced = (1 - (eighths / 8) ** 2) / 12
    return math.sqrt(max(0.0, (factor**2 - 1) / 6 - reduced))


def _decode_any(data: bytes, image_size: tuple[int, int]) -> np.ndarray:
    height, width = image_size
    with opened(data, formats=None) as picture:
        long = 2 * max(image_size)
        picture.draft("RGB", (long, long))  # a large JPEG at a half, a quarter or an eighth, still twice the size
        picture = rgb(picture, data)  # upright, on white where it is transparent, 16 bits as 8: as `labs clean` does it
        return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))

"""A photo of one's own -> the numbers that the network was trained on, whatever its format and however it was held.

What `labs clean` does to a set is done to the one photo: it is turned upright as its EXIF note says, and brought to
three channels of 8 bits, on white where it is transparent. Then it goes the way of the training pictures.
"""

import io
import tempfile
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.cleaning.mending import mended
from helpers.datasets import expanded
from helpers.errors import InputError
from helpers.pipeline import load_image
from helpers.quiet import without_stderr

# What the choice of files offers: every picture, and the endings that Pillow opens and a browser knows nothing of; not
# PostScript, for which Pillow would start another program.
ENDINGS = {end for end, kind in Image.registered_extensions().items() if kind in Image.OPEN and kind != "EPS"}
FORMATS = ",".join(["image/*", *sorted(ENDINGS)])


class Photo:
    """name: to call it by. content: the bytes of a file that Pillow opens.

    Raises InputError if they cannot be read as a picture, to the last pixel.
    """

    def __init__(self, name: str, content: bytes):
        self.name = name
        try:
            with warnings.catch_warnings(), without_stderr():  # decoders mutter; what counts is whether they raise
                warnings.simplefilter("ignore")
                self.content = mended(content, formats=None)
                Image.open(io.BytesIO(self.content)).load()
        except Exception:  # noqa: BLE001 decoders raise many kinds
            raise InputError(f"{name}: not a picture that can be read; choose another file.") from None

    def shown(self, side: int = 320) -> np.ndarray:
        """As a person sees it: uint8 (H, W, 3) in its own proportions, at most `side` pixels high and wide."""
        picture = Image.open(io.BytesIO(self.content)).convert("RGB")
        picture.thumbnail((side, side))
        return np.asarray(picture)

    def as_trained(self, image_size: tuple[int, int]) -> np.ndarray:
        """As the network sees it: float32 (H, W, 3) in 0..1, by the very function that read the training pictures."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "photo"
            path.write_bytes(self.content)
            return load_image(path, image_size)


def from_disk(path: str | Path) -> Photo:
    """The photo at `path`; ~ is the user's own folder. Raises InputError if there is none, or it cannot be read."""
    path = expanded(path)
    try:
        if path.is_dir():
            raise InputError(f"{path}: a folder, where a photo is due; name a photo in it.")
        if not path.is_file():
            raise InputError(f"{path}: there is no such file; check the path.")
        content = path.read_bytes()
    except OSError as error:  # no permission, or a name that no system takes
        raise InputError(f"{path}: cannot be read ({error.strerror}); choose another file.") from None
    return Photo(path.name, content)

"""The sheet of small drawn pets that tests/test_drawing.py compares with. After a change of the drawing on purpose:

python tests/drawn_sheet.py
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from helpers.drawing.picture import draw_pet

SHEET = Path(__file__).with_suffix(".png")
SMALL = (40, 32)  # of one pet, width and height in pixels


def draw_sheet() -> np.ndarray:
    """Cats and dogs in turn, each from a seed of its own: uint8 (40, 32, 40, 3)."""
    pets = [draw_pet(("cat", "dog")[seed % 2], np.random.default_rng(seed), (160, 128))[0] for seed in range(40)]
    return np.stack([cv2.resize(pet, SMALL, interpolation=cv2.INTER_AREA) for pet in pets])


def read_sheet() -> np.ndarray:
    """The saved pets, uint8 (40, 32, 40, 3)."""
    sheet = np.asarray(Image.open(SHEET))
    return sheet.reshape(5, SMALL[1], 8, SMALL[0], 3).swapaxes(1, 2).reshape(-1, SMALL[1], SMALL[0], 3)


if __name__ == "__main__":
    tiles = draw_sheet().reshape(5, 8, SMALL[1], SMALL[0], 3).swapaxes(1, 2)
    Image.fromarray(tiles.reshape(5 * SMALL[1], 8 * SMALL[0], 3)).save(SHEET, optimize=True)

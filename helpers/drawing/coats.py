"""Fur: natural colours and markings, the same for cats and for dogs."""

import cv2
import numpy as np

from helpers.drawing.colours import mixed
from helpers.drawing.textures import HAIR_TURNS, comb, noise

CREAM, WHITE, GINGER, GREY, BLACK, BROWN, SAND, BLUE = (
    (226, 202, 166),
    (240, 236, 228),
    (205, 128, 62),
    (142, 140, 138),
    (66, 62, 63),
    (122, 84, 56),
    (186, 150, 108),
    (120, 128, 138),
)
# name: (ground, markings, kind of marking, colour of chest and paws or None)
COATS = {
    "ginger tabby": (GINGER, (160, 86, 36), "stripes", CREAM),
    "grey tabby": (GREY, (84, 82, 82), "stripes", (205, 200, 194)),
    "brown tabby": (SAND, (92, 66, 46), "stripes", CREAM),
    "black": (BLACK, (48, 45, 47), "plain", None),
    "white": (WHITE, (226, 218, 206), "plain", None),
    "tuxedo": (BLACK, (50, 47, 49), "plain", WHITE),
    "cream": (CREAM, (206, 176, 134), "plain", None),
    "brown": (BROWN, (98, 64, 42), "plain", None),
    "brown and white": (BROWN, WHITE, "patches", WHITE),
    "black and white": (WHITE, BLACK, "patches", WHITE),
    "ginger and white": (WHITE, GINGER, "patches", WHITE),
    "calico": (WHITE, GINGER, "calico", WHITE),
    "spotted": ((214, 190, 152), (96, 72, 54), "spots", CREAM),
    "brindle": ((126, 92, 62), (70, 50, 38), "brindle", None),
    "blue": (BLUE, (98, 106, 116), "plain", None),
    "sand": (SAND, (160, 122, 82), "plain", CREAM),
}


def fur(rng: np.random.Generator, name: str, height: int, width: int, size: float) -> tuple[np.ndarray, np.ndarray]:
    """(fur uint8 (H, W, 3) for a whole layer, colour (3,) of chest and paws in 0..255).

    size: the width of the pet's head in pixels, which sets the size of the markings.
    """
    ground, marking, kind, light = COATS[name]
    ground, marking = mixed(rng, ground, 0.15, 3), mixed(rng, marking, 0.15, 3)
    chest = np.clip(ground * 1.08 + 6, 0, 255) if light is None else mixed(rng, light, 0.06, 3)
    # Markings are painted at half the size, which is a quarter of the work; the hairs below are as fine as the picture.
    half = (height + 1) // 2, (width + 1) // 2, size / 2
    weight = markings(rng, kind, *half)[..., None]
    painted = np.float32(ground) + np.float32(marking - ground) * weight
    if kind == "calico":
        dark = share(4 * (blots(rng, *half, 0.8) - 0.8))
        painted += (np.float32(BLACK) - painted) * dark[..., None]
    tufts = 1 + 0.05 * blots(rng, *half, 0.12)
    painted = np.clip(painted * tufts[..., None], 0, 255).astype("uint8")
    painted = cv2.resize(painted, (2 * half[1], 2 * half[0]))[:height, :width].copy()
    comb(rng, painted, int(rng.choice(HAIR_TURNS)), 0.075)
    return painted, chest


def markings(rng: np.random.Generator, kind: str, height: int, width: int, size: float) -> np.ndarray:
    """float32 (H, W) in 0..1: where the ground colour gives way to the colour of the markings."""
    if kind == "spots":
        return share(5 * blots(rng, height, width, size, 0.16) - 4)
    if kind in ("patches", "calico"):
        return share(8 * (blots(rng, height, width, size, 0.9) - rng.uniform(-0.1, 0.6)))
    uneven = blots(rng, height, width, size, 0.5)
    if kind == "plain":
        return share(0.4 * uneven)
    turn = np.radians(rng.uniform(60, 120))
    x, y = np.arange(width, dtype="float32") / size, np.arange(height, dtype="float32")[:, None] / size
    along = x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn))
    if kind == "stripes":
        return share(np.sin(along * rng.uniform(15, 24) + 1.6 * uneven) * 1.6 + 0.5 * uneven - 0.2)
    return share(np.sin(along * 34 + 2.5 * uneven) + blots(rng, height, width, size, 0.12) - 0.2)  # brindle


def share(weight: np.ndarray) -> np.ndarray:
    """Any number -> 0..1, smoothly: 0.5 at 0."""
    return 0.5 + 0.5 * np.tanh(1.25 * weight)


def blots(rng: np.random.Generator, height: int, width: int, size: float, part: float) -> np.ndarray:
    """Noise whose blots are a part of the head's width, to the next power of two (so that few tiles are kept)."""
    grain = int(2 ** np.clip(np.round(np.log2(max(2.0, size * part))), 1, 8))
    return noise(rng, height, width, grain)

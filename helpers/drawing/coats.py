"""Fur: natural colours and markings, the same for cats and for dogs."""

import numpy as np

from helpers.drawing.canvas import mixed, noise

CREAM, WHITE, GINGER, GREY, BLACK, BROWN, SAND, BLUE = (
    (226, 202, 166),
    (240, 236, 228),
    (205, 128, 62),
    (142, 140, 138),
    (52, 49, 50),
    (122, 84, 56),
    (186, 150, 108),
    (120, 128, 138),
)
# name: (ground, markings, kind of marking, colour of chest and paws or None)
COATS = {
    "ginger tabby": (GINGER, (160, 86, 36), "stripes", CREAM),
    "grey tabby": (GREY, (84, 82, 82), "stripes", (205, 200, 194)),
    "brown tabby": (SAND, (92, 66, 46), "stripes", CREAM),
    "black": (BLACK, (36, 34, 36), "plain", None),
    "white": (WHITE, (226, 218, 206), "plain", None),
    "tuxedo": (BLACK, (40, 38, 40), "plain", WHITE),
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


def coat_texture(
    rng: np.random.Generator, name: str, height: int, width: int, size: float, turn: float
) -> tuple[np.ndarray, np.ndarray]:
    """(fur (H, W, 3) float32 in 0..255 for the whole paper, colour (3,) of chest and paws).

    size: the width of the pet's head in pixels, which sets the size of markings and hairs. turn: the way the fur lies,
    in degrees.
    """
    ground, marking, kind, light = COATS[name]
    ground, marking = mixed(rng, ground, 0.15), mixed(rng, marking, 0.15)
    chest = ground * 1.08 + 6 if light is None else mixed(rng, light, 0.06)
    x, y = np.arange(width, dtype="float32"), np.arange(height, dtype="float32")[:, None]
    c, s = np.float32(np.cos(np.radians(turn)) / size), np.float32(np.sin(np.radians(turn)) / size)
    along, across = x * c + y * s, y * c - x * s
    blots = noise(rng, height, width, grain(size, 0.5))
    if kind == "stripes":
        weight = np.sin(along * rng.uniform(15, 24) + 1.6 * blots) * 1.6 + 0.5 * blots - 0.2
    elif kind == "brindle":
        weight = np.sin(along * 34 + 2.5 * blots) + noise(rng, height, width, grain(size, 0.12)) - 0.2
    elif kind == "spots":
        weight = 5 * noise(rng, height, width, grain(size, 0.16)) - 4
    elif kind in ("patches", "calico"):
        weight = 8 * (noise(rng, height, width, grain(size, 0.9)) - rng.uniform(-0.1, 0.6))
    else:
        weight = 0.4 * blots
    weight = (0.5 + 0.5 * np.tanh(1.25 * weight))[..., None]
    fur = ground + (marking - ground) * weight
    if kind == "calico":
        dark = 0.5 + 0.5 * np.tanh(4 * (noise(rng, height, width, grain(size, 0.8)) - 0.8))
        fur = fur + (np.float32(BLACK) - fur) * dark[..., None]
    # Hairs: fine noise drawn out along the lie of the fur, and broad light and dark tufts.
    hairs = noise(rng, height, width, 2) * 0.5 + np.sin(across * 60 + 4 * noise(rng, height, width, 4)) * 0.35
    tufts = noise(rng, height, width, grain(size, 0.1))
    fur = fur * (1 + 0.055 * hairs + 0.045 * tufts)[..., None]
    return np.clip(fur, 0, 255).astype("float32"), np.clip(chest, 0, 255).astype("float32")


def grain(size: float, share: float) -> int:
    """A grain of noise that is a share of the head's width, as a power of two (so that few tiles are kept)."""
    return int(2 ** np.clip(np.round(np.log2(max(2.0, size * share))), 1, 8))

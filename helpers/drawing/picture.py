"""One whole picture: a place, things, an animal, light and a camera; and the truth about all of it."""

import cv2
import numpy as np

from helpers.drawing.backgrounds import INDOORS, PLACES, background
from helpers.drawing.looks import look
from helpers.drawing.pet import REACH, Pet
from helpers.drawing.shapes import ellipse
from helpers.drawing.textures import add_grain
from helpers.drawing.things import BEFORE, BEHIND, thing

LIGHTS = {"day": ((1, 1, 1), 1), "warm": ((1.12, 1, 0.84), 1), "cool": ((0.9, 0.99, 1.1), 1), "dim": ((1, 1, 1), 0.78),
          "bright": ((1, 1, 1), 1.12)}  # fmt: skip


def draw_pet(kind: str, rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, dict]:
    """One picture of a "cat" or a "dog", uint8 (H, W, 3), and the truth about it.

    size: (width, height) in pixels. The truth holds `class`, the box `x0, y0, x1, y1` of what shows of the animal, in
    pixels, the keypoints `left_eye`, `right_eye` and `nose` as (x, y), and `pose`, `ears`, `coat`, `background`,
    `lighting`, `things`.
    """
    width, height = size
    looks = look(kind, rng)
    place, light = str(rng.choice(PLACES)), str(rng.choice(list(LIGHTS)))
    pet = Pet(looks, rng, height, width, stand(rng, looks.pose, width, height))
    ground = float(np.clip(pet.feet[1] - rng.uniform(0.2, 1.3) * pet.unit, 0.3 * height, 0.92 * height))
    behind = [str(name) for name in rng.choice(BEHIND, rng.integers(0, 3), replace=False)]
    before = [str(name) for name in rng.choice(BEFORE, rng.choice(3, p=(0.48, 0.38, 0.14)), replace=False)]

    paper = background(rng, place, height, width, ground)
    for name in behind:
        thing(paper, rng, name, ground)
    if looks.pose != "portrait":
        left, _, right, _ = REACH[looks.pose]
        shadow = ellipse(*(pet.feet - (0, 0.1 * pet.unit)), (right - left) * 0.46 * pet.unit, 0.3 * pet.unit)
        paper.fill(shadow, (34, 30, 30), 0.45, 0.16 * pet.unit)
    points = pet.draw()
    paper.lay(pet.layer, *pet.corner)
    for name in before:
        thing(paper, rng, name, ground)
    truth = {
        "class": kind,
        **box_of(pet.layer.cover, *pet.corner),
        **points,
        "pose": looks.pose,
        "ears": looks.ears,
        "coat": looks.coat,
        "background": place,
        "indoors": place in INDOORS,
        "lighting": light,
        "things": " ".join(sorted({*behind, *before})),
    }
    return photograph(rng, paper.colour, light), truth


def stand(rng: np.random.Generator, pose: str, width: int, height: int) -> tuple[float, float, float, float]:
    """Where and how large: middle of the animal across, its head's height, pixels a head unit, degrees turned."""
    left, top, right, bottom = REACH[pose]
    unit = min(width / (right - left), height / (bottom - top))
    if pose == "portrait":  # the shoulders leave the frame below
        unit *= rng.uniform(0.76, 1.25)
        x = (0.5 + 0.5 * rng.uniform(-0.18, 0.18)) * width
        return x, height - rng.uniform(1.3, 1.7) * unit, unit, float(rng.normal(0, 5))
    unit *= rng.uniform(0.55, 1.1)
    loose_x, loose_y = (width - unit * (right - left)) / 2, (height - unit * (bottom - top)) / 2
    x = width / 2 + rng.uniform(-1, 1) * max(0.06 * width, loose_x * 0.9)
    y = height / 2 - (top + bottom) / 2 * unit + rng.uniform(-0.2, 1) * max(0.04 * height, loose_y * 0.8)
    return x, y, unit, float(rng.normal(0, 9))


def photograph(rng: np.random.Generator, colour: np.ndarray, light: str) -> np.ndarray:
    """What a camera makes of the scene, uint8: light, its fall-off, lack of focus, contrast, grain."""
    height, width = colour.shape[:2]
    warmth, strength = LIGHTS[light]
    strength *= rng.uniform(0.88, 1.1)
    # The light changes slowly across the picture: a small map of it, made larger, will do.
    x, y = np.linspace(-1, 1, 16, dtype="float32"), np.linspace(-1, 1, 16, dtype="float32")[:, None]
    slope = rng.uniform(-0.14, 0.14, 2)
    fall = 1 + slope[0] * x + slope[1] * y - rng.uniform(0, 0.14) * (x * x + y * y)
    lit = np.clip((fall * strength)[..., None] * np.array(warmth) * 150, 0, 255).astype("uint8")
    colour = cv2.multiply(colour, cv2.resize(lit, (width, height)), scale=1 / 150)
    if rng.random() < 0.3:
        colour = cv2.GaussianBlur(colour, (0, 0), rng.uniform(0.5, 1.3) * max(height, width) / 300)
    contrast = rng.uniform(1.1, 1.8)
    levels = np.linspace(-1, 1, 256)
    developed = 127.5 + 127.5 * np.tanh(contrast * levels) / np.tanh(contrast)  # steep in the middle, as film is
    colour = cv2.LUT(colour, developed.astype("uint8"))
    return add_grain(rng, colour, rng.uniform(1, 7))


def box_of(cover: np.ndarray, x: int, y: int) -> dict[str, int]:
    """The box around what is covered, in pixels of the paper; `cover` lies at (x, y) on it."""
    rows, columns = np.flatnonzero((cover > 127).any(1)), np.flatnonzero((cover > 127).any(0))
    x0, y0, x1, y1 = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    return {"x0": int(x0 + x), "y0": int(y0 + y), "x1": int(x1 + x), "y1": int(y1 + y)}

"""One whole picture: a place, things, an animal, light and a camera; and the truth about all of it."""

import cv2
import numpy as np

from helpers.drawing.backgrounds import INDOORS, PLACES, background
from helpers.drawing.canvas import noise
from helpers.drawing.pet import POSES, REACH, Pet, look, rotated
from helpers.drawing.things import BEFORE, BEHIND, thing

LIGHTS = ("day", "warm", "cool", "dim", "bright")


def draw_pet(kind: str, rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, dict]:
    """One picture of a "cat" or a "dog", uint8 (H, W, 3), and the truth about it.

    size: (width, height) in pixels. The truth holds `class`, the box `x0, y0, x1, y1` of what shows of the animal, in
    pixels, the keypoints `left_eye`, `right_eye` and `nose` as (x, y), and `pose`, `ears`, `coat`, `background`,
    `lighting`, `things`.
    """
    width, height = size
    pose, place, light = (str(rng.choice(options)) for options in (POSES, PLACES, LIGHTS))
    looks = look(kind, rng)
    x, y, unit, turn = stand(rng, pose, width, height)
    pet = Pet(looks, pose, rng, height, width, (x, y, unit, turn))
    left, _, right, bottom = REACH[pose]
    pet.x -= (left + right) / 2 * unit * pet.mirror
    feet = rotated(np.array([[(left + right) / 2 * pet.mirror, bottom]]) * unit, turn)[0] + (pet.x, pet.y)
    ground = float(np.clip(feet[1] - rng.uniform(0.2, 1.3) * unit, 0.3 * height, 0.92 * height))

    paper = background(rng, place, height, width, ground)
    behind = [str(name) for name in rng.choice(BEHIND, rng.integers(0, 3), replace=False)]
    before = [str(name) for name in rng.choice(BEFORE, rng.choice(3, p=(0.5, 0.38, 0.12)), replace=False)]
    for name in behind:
        thing(paper, rng, name, ground)
    if pose != "portrait":
        shadow = np.stack(
            [
                feet[0] + (right - left) * 0.46 * unit * np.cos(t := np.linspace(0, 6.28, 24)),
                feet[1] - 0.1 * unit + 0.3 * unit * np.sin(t),
            ],
            1,
        )
        paper.fill(shadow, (34, 30, 30), 0.45, 0.16 * unit)
    layer = pet.draw()
    paper.colour = paper.colour * (1 - layer.cover[..., None]) + layer.colour
    for name in before:
        thing(paper, rng, name, ground)
    picture = photograph(rng, paper.colour, light)
    truth = {
        "class": kind,
        **box_of(layer.cover),
        **looks.points,
        "pose": pose,
        "ears": looks.ears,
        "coat": looks.coat,
        "background": place,
        "indoors": place in INDOORS,
        "lighting": light,
        "things": " ".join(sorted({*behind, *before})),
    }
    return picture, truth


def stand(rng: np.random.Generator, pose: str, width: int, height: int) -> tuple[float, float, float, float]:
    """Where and how large: middle of the animal across, its head's height, pixels a head unit, degrees turned."""
    left, top, right, bottom = REACH[pose]
    whole = min(width / (right - left), height / (bottom - top))
    share = rng.uniform(0.65, 1.2) if pose != "portrait" else rng.uniform(0.75, 1.2)
    unit = whole * share
    loose_x, loose_y = (width - unit * (right - left)) / 2, (height - unit * (bottom - top)) / 2
    x = width / 2 + rng.uniform(-1, 1) * max(0.06 * width, loose_x * 0.9)
    if pose == "portrait":  # the shoulders leave the frame below
        y = height - rng.uniform(1.1, 1.8) * unit
    else:
        y = height / 2 - (top + bottom) / 2 * unit + rng.uniform(-0.2, 1) * max(0.04 * height, loose_y * 0.8)
    return x, y, unit, float(rng.normal(0, 6))


def photograph(rng: np.random.Generator, colour: np.ndarray, light: str) -> np.ndarray:
    """What a camera makes of the scene, uint8: light, its fall-off, lack of focus, grain."""
    height, width = colour.shape[:2]
    warmth = {"warm": (1.12, 1.0, 0.84), "cool": (0.9, 0.99, 1.1)}.get(light, (1, 1, 1))
    strength = {"dim": 0.62, "bright": 1.18}.get(light, 1.0) * rng.uniform(0.88, 1.1)
    x, y = np.linspace(-1, 1, width, dtype="float32"), np.linspace(-1, 1, height, dtype="float32")[:, None]
    slope = rng.uniform(-0.14, 0.14, 2)
    fall = 1 + slope[0] * x + slope[1] * y - rng.uniform(0, 0.14) * (x * x + y * y)
    colour = colour * (fall * strength)[..., None] * np.float32(warmth)
    if rng.random() < 0.3:
        colour = cv2.GaussianBlur(colour, (0, 0), rng.uniform(0.5, 1.3) * max(height, width) / 300)
    grain = rng.uniform(1, 7) * noise(rng, height, width, 1)
    return np.clip(colour + grain[..., None], 0, 255).astype("uint8")


def box_of(cover: np.ndarray) -> dict[str, int]:
    """The box around what is covered: left, top, right and bottom in pixels."""
    rows, columns = np.flatnonzero((cover > 0.5).any(1)), np.flatnonzero((cover > 0.5).any(0))
    if not len(rows):
        return {"x0": 0, "y0": 0, "x1": cover.shape[1], "y1": cover.shape[0]}
    return {"x0": int(columns[0]), "y0": int(rows[0]), "x1": int(columns[-1]) + 1, "y1": int(rows[-1]) + 1}

"""Draws solar cells as they look by their own light (electroluminescence), whole and broken, and knows each crack.

Silicon glows where current reaches it. A cell has bars that collect the current, and dark corners if it was cut from
one round crystal ("mono"); cast ones ("poly") show dark grains, which look like damage and are none. A crack is a dark
hairline; behind it a piece may be cut off, and darker.
"""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from helpers.cells import labels
from helpers.cells.labels import Box, write_set

SIDE = 150
KINDS = ("mono", "poly")
DEFECTS, SHARES = (0.0, 0.33, 0.67, 1.0), (0.5, 0.12, 0.08, 0.3)  # much as in the real set
FAINT = 0.4  # how much weaker a defect is where the experts were not sure


def draw_cells(folder: str | Path, cells: int = 1200, seed: int = 0) -> None:
    """Draw a set of `cells` into a folder that is there: three quarters in train/; labels.csv has each defect's box.

    Where an expert would doubt, the label says how probable a defect is, and it is there as often as that.
    """
    rng = np.random.default_rng(seed)
    kinds = [str(one) for one in rng.choice(KINDS, cells)]
    defects = [float(one) for one in rng.choice(DEFECTS, cells, p=SHARES)]
    drawn = [
        draw_cell(kind, np.random.default_rng([seed, number]), rng.random() < defect, defect in (0, 1))
        for number, (kind, defect) in enumerate(zip(kinds, defects, strict=True))
    ]
    found = {number: box for number, (_, box) in enumerate(drawn) if box}
    write_set(Path(folder), kinds, defects, [picture for picture, _ in drawn], seed, found)


def draw_cell(
    kind: str, rng: np.random.Generator, defective: bool, plain: bool = True
) -> tuple[np.ndarray, Box | None]:
    """One cell, uint8 (150, 150), and the box of its defect (x0, y0, x1, y1) or None.

    kind: "mono" or "poly". plain: the defect is easy to see, else it is faint.
    """
    glow = np.full((SIDE, SIDE), rng.uniform(0.5, 0.75), "float32")
    glow *= 1 + 0.10 * _cloud(rng, 3)
    if kind == "poly":
        glow *= 1 - 0.3 * np.clip(_cloud(rng, 14), 0, 1) - 0.12 * np.clip(_cloud(rng, 40), -1, 1)
    else:
        glow *= 1 + 0.02 * _cloud(rng, 30)
    strength = rng.uniform(0.5, 0.8) * (1 if plain else FAINT)
    damage = _damage(rng, strength) if defective else np.zeros_like(glow)
    glow *= 1 - damage
    for bar in (np.arange(3) + 0.5) * SIDE / 3 + rng.uniform(-2, 2):
        glow[int(bar) - 1 : int(bar) + 2] *= 0.45
    if kind == "mono":
        glow *= _round_corners(rng)
    glow[[0, -1]] *= 0.5
    glow[:, [0, -1]] *= 0.5
    turned = int(rng.integers(4))
    glow, damage = np.rot90(glow, turned), np.rot90(damage, turned)
    seen = cv2.GaussianBlur(np.ascontiguousarray(glow), (0, 0), rng.uniform(0.4, 0.8))
    seen += rng.normal(0, 0.015, seen.shape)
    rows, columns = np.flatnonzero((damage > 0.05).any(1)), np.flatnonzero((damage > 0.05).any(0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1) if len(rows) else None
    return np.uint8(255 * np.clip(seen, 0, 1)), box


def _damage(rng: np.random.Generator, strength: float) -> np.ndarray:
    """Float (150, 150): how much less light there is, 0..1. A crack, often with a piece behind it that is cut off."""
    lines, piece = np.zeros((SIDE, SIDE), "float32"), np.zeros((SIDE, SIDE), "float32")
    start, direction = rng.uniform(0.15, 0.85, 2) * SIDE, rng.uniform(0, 2 * np.pi)
    points = [start]
    for _ in range(rng.integers(5, 14)):
        direction += rng.normal(0, 0.35)
        points.append(points[-1] + 7 * np.array([np.cos(direction), np.sin(direction)]))
    path = np.round(np.array(points) * 16).astype("int32")
    cv2.polylines(lines, [path], False, 1.0, thickness=int(rng.integers(1, 3)), lineType=cv2.LINE_AA, shift=4)
    if rng.random() < 0.35:
        cv2.fillPoly(piece, [path], float(rng.uniform(0.3, 0.7)), lineType=cv2.LINE_AA, shift=4)
    return strength * np.maximum(lines, piece)


def _round_corners(rng: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    away = np.hypot(x, y) - SIDE * rng.uniform(0.60, 0.66)
    return 1 - 0.85 * np.clip(away / 2, 0, 1).astype("float32")


def _cloud(rng: np.random.Generator, patches: int) -> np.ndarray:
    """Smooth noise around 0, float32 (150, 150), with so many patches a side."""
    coarse = rng.normal(0, 1, (patches, patches)).astype("float32")
    return cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)


def version() -> str:
    """A mark of the code that draws and lays out, so that cells made by another version can be told."""
    code = (Path(__file__), Path(labels.__file__))
    return hashlib.sha256(b"".join(file.read_bytes() for file in code)).hexdigest()[:16]

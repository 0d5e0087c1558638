"""Outdoors: a sky, what stands far off, and the ground."""

import numpy as np

from helpers.drawing.canvas import Canvas
from helpers.drawing.colours import GREENS, mixed, one_of
from helpers.drawing.shapes import box, curve, ellipse

PLACES = ("lawn", "hills", "beach", "snow", "fence")
SKIES = ((172, 200, 222), (206, 212, 214), (226, 206, 184))
SAND, SNOW = (214, 192, 150), (230, 234, 240)


def garden(paper: Canvas, rng: np.random.Generator, place: str, ground: float) -> None:
    side = max(paper.height, paper.width)
    sky, green = mixed(rng, one_of(rng, SKIES), 0.1), mixed(rng, one_of(rng, GREENS), 0.2)
    paper.fade(0, ground + 1, sky * 0.9, sky * 1.05)
    for _ in range(rng.integers(0, 4)):
        cloud(paper, rng, rng.uniform(0, paper.width), rng.uniform(0, 0.5) * ground, side, sky)
    if place in ("hills", "lawn", "snow"):
        hills(paper, rng, ground, side, sky, green * (1.5 if place == "snow" else 1))
    if place in ("lawn", "fence", "hills"):
        for _ in range(rng.integers(1, 5)):
            tree(paper, rng, rng.uniform(0, paper.width), ground, rng.uniform(0.2, 0.45) * side, green)
    if place == "beach":
        paper.fill(box(0, ground - 0.16 * side, paper.width, ground + 1), mixed(rng, (112, 158, 172), 0.12))
    if place in ("beach", "snow"):
        earth = mixed(rng, SAND if place == "beach" else SNOW, 0.06)
        paper.fade(ground, paper.height, earth * 0.88, earth * 1.08)
        return
    paper.fade(ground, paper.height, green * 0.92, green * 1.13)
    if place == "fence":
        fence(paper, rng, ground, side)
    grass(paper, rng, ground, side, green)


def cloud(paper: Canvas, rng, x: float, y: float, side: int, sky: np.ndarray) -> None:
    for _ in range(3):
        puff = ellipse(x + rng.normal(0, 0.07) * side, y + rng.normal(0, 0.015) * side, 0.09 * side, 0.04 * side)
        paper.fill(puff, sky * 1.2, 0.7, 0.012 * side)


def hills(paper: Canvas, rng, ground: float, side: int, sky: np.ndarray, green: np.ndarray) -> None:
    """Three ranges; the farther, the more they take the colour of the sky."""
    for depth in range(3):
        y = ground - (0.22 - 0.08 * depth) * side
        tops = [(x, y + rng.normal(0, 0.035) * side) for x in np.linspace(-0.1, 1.1, 6) * paper.width]
        outline = np.vstack([curve(tops, False), (1.1 * paper.width, ground + 1), (-0.1 * paper.width, ground + 1)])
        paper.fill(outline, sky + (green - sky) * (0.4 + 0.2 * depth))


def tree(paper: Canvas, rng, x: float, ground: float, size: float, green: np.ndarray) -> None:
    trunk = np.array([(-0.05, 0), (-0.03, -1), (0.03, -1), (0.05, 0)]) * size + (x, ground)
    paper.fill(trunk, mixed(rng, (104, 82, 62), 0.15))
    for _ in range(4):
        place = x + rng.normal(0, 0.16) * size, ground - size * rng.uniform(0.75, 1.25)
        crown = ellipse(*place, 0.28 * size, 0.24 * size)
        paper.fill(crown, green * rng.uniform(0.72, 1.02), 1, 0, 0.08 * size, (0.4, -0.6))


def fence(paper: Canvas, rng, ground: float, side: int) -> None:
    wood, gap = mixed(rng, (168, 148, 122), 0.2), rng.uniform(0.07, 0.11) * side
    lit, dark = [], []
    for x in np.arange(-gap * rng.random(), paper.width, gap):
        top = ground - rng.uniform(0.3, 0.33) * side
        for kept, left, right in ((dark, 0, 0.8), (lit, 0.1, 0.66)):
            middle = (left + right) / 2 * gap
            kept.append(np.array([(x + left * gap, ground), (x + left * gap, top), (x + middle, top - 0.05 * side),
                                  (x + right * gap, top), (x + right * gap, ground)]))  # fmt: skip
    paper.fill_all(dark, wood * 0.72)
    paper.fill_all(lit, wood)


def grass(paper: Canvas, rng, ground: float, side: int, green: np.ndarray) -> None:
    for tone in (0.84, 1.02, 1.2):
        x, depth = rng.uniform(0, paper.width, 45), rng.random(45) ** 0.7
        y, h = ground + depth * (paper.height - ground), (0.012 + 0.03 * depth) * side
        blades = [(x - 0.12 * h, y), (x + rng.normal(0, 0.3, 45) * h, y - h), (x + 0.12 * h, y)]
        paper.fill_all(list(np.array(blades).transpose(2, 0, 1)), green * tone)

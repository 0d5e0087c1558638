"""Indoors: a wall with something at it, and a floor."""

import numpy as np

from helpers.drawing.canvas import Canvas
from helpers.drawing.colours import CLOTHS, GREENS, mixed, one_of
from helpers.drawing.shapes import box, curve, ellipse

WALLS = (
    (222, 206, 178),
    (158, 190, 172),
    (208, 160, 150),
    (140, 172, 204),
    (232, 226, 212),
    (112, 136, 120),
    (196, 166, 100),
    (120, 110, 150),
    (170, 100, 84),
    (84, 104, 122),
)
FLOORS = ((150, 110, 76), (120, 88, 62), (176, 144, 108), (140, 134, 128), (96, 84, 78), (188, 172, 150))


def room(paper: Canvas, rng: np.random.Generator, place: str, ground: float) -> None:
    side = max(paper.height, paper.width)
    wall = mixed(rng, one_of(rng, WALLS), 0.18)
    paper.fade(0, ground + 1, wall * 1.06, wall * 0.95)
    WALLS_WITH[place](paper, rng, ground, side, wall)
    floor = mixed(rng, one_of(rng, FLOORS), 0.18)
    paper.fade(ground, paper.height, floor * 0.86, floor * 1.1)
    paper.fill(box(0, ground - 0.022 * side, paper.width, ground), wall * 1.14)
    one_of(rng, (boards, tiles, rug))(paper, rng, ground, side, floor)


def boards(paper: Canvas, rng, ground: float, side: int, floor: np.ndarray) -> None:
    """Boards that run towards the one who looks."""
    middle = rng.uniform(0.2, 0.8) * paper.width
    cracks = [cross_floor(paper, ground, x, middle, 0.45, side) for x in np.linspace(-1.5, 2.5, 15) * paper.width]
    paper.fill_all(cracks, floor * 0.75)


def tiles(paper: Canvas, rng, ground: float, side: int, floor: np.ndarray) -> None:
    middle, thick = paper.width / 2, 0.006 * side
    joints = [cross_floor(paper, ground, x, middle, 0.6, side) for x in np.linspace(-1, 2, 13) * paper.width]
    paper.fill_all(joints, floor * 0.8)
    for step in (0.12, 0.3, 0.55, 0.9):
        y = ground + step * (paper.height - ground)
        paper.fill(box(0, y, paper.width, y + thick), floor * 0.8)


def cross_floor(paper: Canvas, ground: float, x: float, middle: float, narrowing: float, side: int) -> np.ndarray:
    """A thin line on the floor, from the wall to `x` at the lower edge; far lines stand closer to the middle."""
    far, thick = middle + (x - middle) * narrowing, 0.003 * side
    return np.array(
        [(far - thick, ground), (far + thick, ground), (x + 2 * thick, paper.height), (x - 2 * thick, paper.height)]
    )


def rug(paper: Canvas, rng, ground: float, side: int, floor: np.ndarray) -> None:
    cloth = mixed(rng, one_of(rng, CLOTHS), 0.15)
    x, y = rng.uniform(0.2, 0.8) * paper.width, (ground + paper.height) / 2 + 0.05 * paper.height
    for share, tone in ((1, 1), (0.88, 1.25), (0.8, 1)):
        across, down = 0.6 * paper.width * share, 0.45 * (paper.height - ground + 1) * share
        paper.fill(ellipse(x, y, across, down, count=40), cloth * tone)


def wallpaper(paper: Canvas, rng, ground: float, side: int, wall: np.ndarray) -> None:
    tone = 0.4 * wall + 0.6 * mixed(rng, wall, 0.16)
    gap = rng.uniform(0.06, 0.14) * side
    columns = np.arange(gap / 2, paper.width + gap, gap)
    if rng.random() < 0.5:
        rows = np.arange(0, ground, gap)
        places = [(x, y + (index % 2) * gap / 2) for index, x in enumerate(columns) for y in rows]
        paper.fill_all([ellipse(*place, gap * 0.16, gap * 0.16, count=12) for place in places], tone)
    else:
        paper.fill_all([box(x, 0, x + gap * 0.4, ground) for x in columns], tone)
    if rng.random() < 0.5:
        painting(paper, rng, rng.uniform(0.05, 0.7) * paper.width, rng.uniform(0.03, 0.2) * ground, side)


def painting(paper: Canvas, rng, x: float, y: float, side: int) -> None:
    """A framed landscape on the wall."""
    w, h = 0.24 * side, 0.2 * side
    paper.fill(box(x, y, x + w, y + h), mixed(rng, (110, 82, 58), 0.2))
    paper.fill(box(x + 0.08 * w, y + 0.1 * h, x + 0.92 * w, y + 0.9 * h), mixed(rng, (170, 190, 196), 0.2))
    hill = [(0.08, 0.9), (0.08, 0.7), (0.3, 0.5), (0.55, 0.62), (0.75, 0.48), (0.92, 0.6), (0.92, 0.9)]
    paper.fill(np.array(hill) * (w, h) + (x, y), mixed(rng, GREENS[0], 0.2))


def window(paper: Canvas, rng, ground: float, side: int, wall: np.ndarray) -> None:
    w, h = rng.uniform(0.4, 0.6) * side, min(0.8 * ground, 0.55 * side)
    x, y = rng.uniform(0, 1) * max(1, paper.width - w), 0.08 * ground
    paper.fill(box(x, y, x + w, y + h), wall * 1.2)
    sky, green = mixed(rng, (188, 210, 224), 0.1), mixed(rng, GREENS[1], 0.2)
    for column in range(2):
        for row in range(2):
            left, top = x + (0.06 + 0.47 * column) * w, y + (0.06 + 0.47 * row) * h
            paper.fill(box(left, top, left + 0.41 * w, top + 0.41 * h), sky)
            if row:
                paper.fill(box(left, top + 0.2 * h, left + 0.41 * w, top + 0.41 * h), green)
    cloth = mixed(rng, one_of(rng, CLOTHS), 0.2)
    for edge in (-0.08, 0.86):
        curtain = box(x + edge * w, y - 0.04 * h, x + (edge + 0.22) * w, y + 1.12 * h)
        paper.fill(curtain, cloth, 1, 0, 0.05 * side, (0.5, 0))


def sofa(paper: Canvas, rng, ground: float, side: int, wall: np.ndarray) -> None:
    cloth, light = mixed(rng, one_of(rng, CLOTHS), 0.2), (0.3, -0.6)
    x, w, y = rng.uniform(-0.3, 0.2) * paper.width, rng.uniform(0.9, 1.3) * side, ground - 0.42 * side
    paper.fill(curve(box(x, y, x + w, ground), steps=6), cloth, 1, 0, 0.06 * side, light)
    for part in range(3):
        left = x + (0.06 + 0.3 * part) * w
        cushion = box(left, y + 0.07 * side, left + 0.27 * w, y + 0.3 * side)
        paper.fill(curve(cushion, steps=5), cloth * 1.1, 1, 0, 0.04 * side, light)
    paper.fill(box(x, ground - 0.14 * side, x + w, ground + 0.02 * side), cloth * 0.85, 1, 0, 0.03 * side, (0, -0.8))


def shelf(paper: Canvas, rng, ground: float, side: int, wall: np.ndarray) -> None:
    wood = mixed(rng, (132, 98, 68), 0.2)
    for y in (0.3 * ground, 0.62 * ground):
        x = rng.uniform(0, 0.1) * paper.width
        while x < 0.95 * paper.width:
            w, h = rng.uniform(0.02, 0.06) * side, rng.uniform(0.1, 0.17) * side
            if rng.random() < 0.8:
                back = mixed(rng, one_of(rng, CLOTHS), 0.35)
                paper.fill(box(x, y - h, x + w, y), back * 0.75)
                paper.fill(box(x + 0.15 * w, y - h, x + 0.8 * w, y), back)
            x += w * 1.06
        paper.fill(box(0, y, paper.width, y + 0.025 * side), wood)


WALLS_WITH = {"wallpaper": wallpaper, "window": window, "sofa": sofa, "shelf": shelf}

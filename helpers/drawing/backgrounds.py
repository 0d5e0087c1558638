"""Where the animal is: rooms and gardens, with a floor for it to stand on. The same for cats and for dogs."""

import numpy as np

from helpers.drawing.canvas import Canvas, curve, ellipse, mixed, noise

INDOORS = ("wallpaper", "window", "sofa", "shelf")
OUTDOORS = ("lawn", "hills", "beach", "snow", "fence")
PLACES = INDOORS + OUTDOORS
WALLS = (
    (214, 200, 178),
    (186, 196, 188),
    (196, 180, 172),
    (170, 182, 196),
    (220, 214, 202),
    (150, 160, 150),
    (178, 158, 140),
)
FLOORS = ((150, 110, 76), (120, 88, 62), (176, 144, 108), (140, 134, 128), (96, 84, 78), (188, 172, 150))
CLOTHS = ((128, 76, 70), (84, 104, 122), (108, 118, 86), (156, 132, 92), (110, 90, 112), (160, 100, 66))
GREENS = ((104, 128, 70), (86, 112, 62), (126, 138, 82), (74, 98, 66))


def background(rng: np.random.Generator, place: str, height: int, width: int, ground: float) -> Canvas:
    """A painted background; `ground` is where the floor begins, in pixels from above. Colours are in 0..255."""
    paper = Canvas(height, width, np.empty((height, width, 3), "float32"))
    (room if place in INDOORS else garden)(paper, rng, place, ground)
    mottled = 1 + 0.025 * noise(rng, height, width, 32) + 0.012 * noise(rng, height, width, 2)
    paper.colour *= mottled[..., None]
    return paper


def room(paper: Canvas, rng: np.random.Generator, place: str, ground: float) -> None:
    height, width, side = paper.height, paper.width, max(paper.height, paper.width)
    wall = mixed(rng, WALLS[rng.integers(len(WALLS))], 0.18)
    fade(paper, 0, height, wall * 1.06, wall * 0.9)
    {"wallpaper": wallpaper, "window": window, "sofa": sofa, "shelf": shelf}[place](paper, rng, ground, side, wall)
    floor = mixed(rng, FLOORS[rng.integers(len(FLOORS))], 0.18)
    fade(paper, ground, height, floor * 0.86, floor * 1.1)
    paper.fill(box(0, ground - 0.022 * side, width, ground), np.clip(wall * 1.14, 0, 250))
    kind = rng.integers(3)
    if kind == 0:  # boards run towards the one who looks
        middle = rng.uniform(0.2, 0.8) * width
        for x in np.linspace(-1.5, 2.5, 15) * width:
            paper.line(np.array([(middle + (x - middle) * 0.45, ground), (x, height)]), floor * 0.6, 0.006 * side, 0.6)
    elif kind == 1:  # tiles
        for step in (0, 0.12, 0.3, 0.55, 0.9):
            y = ground + step * (height - ground)
            paper.line(np.array([(0, y), (width, y)]), floor * 0.7, 0.006 * side, 0.6)
        for x in np.linspace(-1, 2, 13) * width:
            paper.line(
                np.array([(width / 2 + (x - width / 2) * 0.6, ground), (x, height)]), floor * 0.7, 0.006 * side, 0.6
            )
    else:  # a rug
        cloth = mixed(rng, CLOTHS[rng.integers(len(CLOTHS))], 0.15)
        x, y = rng.uniform(0.2, 0.8) * width, (ground + height) / 2 + 0.05 * height
        for share, tone in ((1, 1), (0.88, 1.25), (0.8, 1)):
            paper.fill(ellipse(x, y, 0.6 * width * share, 0.45 * (height - ground + 1) * share, count=40), cloth * tone)


def wallpaper(paper: Canvas, rng, ground: float, side: int, wall: np.ndarray) -> None:
    tone = mixed(rng, wall, 0.16)
    gap = rng.uniform(0.06, 0.14) * side
    dots = rng.random() < 0.5
    for index, x in enumerate(np.arange(gap / 2, paper.width + gap, gap)):
        if not dots:
            paper.fill(box(x, 0, x + gap * 0.4, ground), tone, 0.6)
            continue
        for y in np.arange((index % 2) * gap / 2, ground, gap):
            paper.fill(ellipse(x, y, gap * 0.16, gap * 0.16, count=12), tone, 0.7)
    if rng.random() < 0.5:
        x, y, w, h = rng.uniform(0.05, 0.7) * paper.width, rng.uniform(0.03, 0.2) * ground, 0.24 * side, 0.2 * side
        paper.fill(box(x, y, x + w, y + h), mixed(rng, (110, 82, 58), 0.2))
        paper.fill(box(x + 0.08 * w, y + 0.1 * h, x + 0.92 * w, y + 0.9 * h), mixed(rng, (170, 190, 196), 0.2))
        paper.fill(ellipse(x + 0.5 * w, y + 0.95 * h, 0.4 * w, 0.4 * h), mixed(rng, GREENS[0], 0.2), 0.9, 0.02 * w)


def window(paper: Canvas, rng, ground: float, side: int, wall: np.ndarray) -> None:
    w, h = rng.uniform(0.4, 0.6) * side, min(0.8 * ground, 0.55 * side)
    x, y = rng.uniform(0, 1) * max(1, paper.width - w), 0.08 * ground
    paper.fill(box(x, y, x + w, y + h), np.clip(wall * 1.2, 0, 250))
    sky = mixed(rng, (188, 210, 224), 0.1)
    for column in range(2):
        for row in range(2):
            left, top = x + (0.06 + 0.47 * column) * w, y + (0.06 + 0.47 * row) * h
            paper.fill(box(left, top, left + 0.41 * w, top + 0.41 * h), sky)
            if row:
                paper.fill(box(left, top + 0.2 * h, left + 0.41 * w, top + 0.41 * h), mixed(rng, GREENS[1], 0.2), 0.8)
    cloth = mixed(rng, CLOTHS[rng.integers(len(CLOTHS))], 0.2)
    for edge in (-0.08, 0.86):
        paper.fill(
            box(x + edge * w, y - 0.04 * h, x + (edge + 0.22) * w, y + 1.12 * h), cloth, 1, 0, 0.05 * side, (0.5, 0)
        )


def sofa(paper: Canvas, rng, ground: float, side: int, wall: np.ndarray) -> None:
    cloth = mixed(rng, CLOTHS[rng.integers(len(CLOTHS))], 0.2)
    x, w, y = rng.uniform(-0.3, 0.2) * paper.width, rng.uniform(0.9, 1.3) * side, ground - 0.42 * side
    paper.fill(
        curve([(x, y), (x + w, y), (x + w, ground), (x, ground)], steps=6), cloth, 1, 0, 0.06 * side, (0.3, -0.6)
    )
    for part in range(3):
        left = x + (0.06 + 0.3 * part) * w
        corners = [
            (left, y + 0.07 * side),
            (left + 0.27 * w, y + 0.07 * side),
            (left + 0.27 * w, y + 0.3 * side),
            (left, y + 0.3 * side),
        ]
        paper.fill(curve(corners, steps=5), cloth * 1.1, 1, 0, 0.04 * side, (0.3, -0.6))
    paper.fill(box(x, ground - 0.14 * side, x + w, ground + 0.02 * side), cloth * 0.85, 1, 0, 0.03 * side, (0, -0.8))


def shelf(paper: Canvas, rng, ground: float, side: int, wall: np.ndarray) -> None:
    wood = mixed(rng, (132, 98, 68), 0.2)
    for y in (0.3 * ground, 0.62 * ground):
        x = rng.uniform(0, 0.1) * paper.width
        while x < 0.95 * paper.width:
            w, h = rng.uniform(0.02, 0.06) * side, rng.uniform(0.1, 0.17) * side
            if rng.random() < 0.8:
                paper.fill(
                    box(x, y - h, x + w, y),
                    mixed(rng, CLOTHS[rng.integers(len(CLOTHS))], 0.35),
                    1,
                    0,
                    0.012 * side,
                    (0.5, 0),
                )
            x += w * 1.06
        paper.fill(box(0, y, paper.width, y + 0.025 * side), wood)


def garden(paper: Canvas, rng: np.random.Generator, place: str, ground: float) -> None:
    height, width, side = paper.height, paper.width, max(paper.height, paper.width)
    sky = mixed(rng, ((172, 200, 222), (206, 212, 214), (226, 206, 184))[rng.integers(3)], 0.1)
    fade(paper, 0, height, sky * 0.9, np.clip(sky * 1.1, 0, 252))
    for _ in range(rng.integers(0, 4)):
        x, y = rng.uniform(0, width), rng.uniform(0, 0.5) * ground
        for _ in range(4):
            puff = ellipse(x + rng.normal(0, 0.07) * side, y + rng.normal(0, 0.015) * side, 0.09 * side, 0.04 * side)
            paper.fill(puff, np.clip(sky * 1.2, 0, 252), 0.7, 0.012 * side)
    green = mixed(rng, GREENS[rng.integers(len(GREENS))], 0.2)
    if place in ("hills", "lawn", "snow"):
        for depth in range(3):
            tone = sky + (green * (1 if place != "snow" else 1.5) - sky) * (0.4 + 0.2 * depth)
            y = ground - (0.22 - 0.08 * depth) * side
            tops = [(x, y + rng.normal(0, 0.035) * side) for x in np.linspace(-0.1, 1.1, 6) * width]
            paper.fill(np.vstack([curve(tops, False), (1.1 * width, height), (-0.1 * width, height)]), tone)
    if place in ("lawn", "fence", "hills"):
        for _ in range(rng.integers(1, 5)):
            tree(paper, rng, rng.uniform(0, width), ground, rng.uniform(0.2, 0.45) * side, green)
    if place == "beach":
        paper.fill(box(0, ground - 0.16 * side, width, ground), mixed(rng, (112, 158, 172), 0.12), 1, 0.004 * side)
    earth = {"beach": (214, 192, 150), "snow": (230, 234, 240)}.get(place)
    earth = green * 1.05 if earth is None else mixed(rng, earth, 0.06)
    fade(paper, ground, height, earth * 0.88, np.clip(earth * 1.08, 0, 250))
    if place == "fence":
        wood = mixed(rng, (168, 148, 122), 0.2)
        gap = rng.uniform(0.07, 0.11) * side
        for x in np.arange(-gap * rng.random(), width, gap):
            top = ground - rng.uniform(0.3, 0.33) * side
            picket = [
                (x, ground),
                (x, top),
                (x + 0.4 * gap, top - 0.05 * side),
                (x + 0.8 * gap, top),
                (x + 0.8 * gap, ground),
            ]
            paper.fill(np.array(picket), wood, 1, 0, 0.015 * side, (0.4, 0))
    if earth is not None and place not in ("beach", "snow"):
        for tone in (0.8, 1.0, 1.25):
            x, depth = rng.uniform(0, width, 45), rng.random(45) ** 0.7
            y, h = ground + depth * (height - ground), (0.012 + 0.03 * depth) * side
            blades = [(x - 0.12 * h, y), (x + rng.normal(0, 0.3, 45) * h, y - h), (x + 0.12 * h, y)]
            paper.fill_all(np.array(blades).transpose(2, 0, 1), np.clip(green * tone, 0, 250), 0.8)


def tree(paper: Canvas, rng, x: float, ground: float, size: float, green: np.ndarray) -> None:
    trunk = np.array(
        [
            (x - 0.05 * size, ground),
            (x - 0.03 * size, ground - size),
            (x + 0.03 * size, ground - size),
            (x + 0.05 * size, ground),
        ]
    )
    paper.fill(trunk, mixed(rng, (104, 82, 62), 0.15))
    for _ in range(6):
        crown = ellipse(
            x + rng.normal(0, 0.16) * size, ground - size * rng.uniform(0.75, 1.25), 0.26 * size, 0.22 * size
        )
        paper.fill(crown, green * rng.uniform(0.72, 1.02), 0.95, 0.01 * size, 0.08 * size, (0.4, -0.6))


def fade(paper: Canvas, top: float, bottom: float, upper: np.ndarray, lower: np.ndarray) -> None:
    """Fill rows `top` to `bottom` with one colour that turns into another."""
    rows = np.arange(int(max(0, top)), int(bottom))
    share = (rows - top) / max(1.0, bottom - top)
    paper.colour[rows] = (upper + (lower - upper) * share[:, None])[:, None]


def box(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])

"""Other things in the picture, behind the animal or before it: the same for cats and for dogs."""

import cv2
import numpy as np

from helpers.drawing.backgrounds import CLOTHS, GREENS, box
from helpers.drawing.canvas import Canvas, curve, ellipse, mixed, ribbon

BEHIND = ("plant", "cushion", "box", "ball", "bowl")
BEFORE = ("ball", "bowl", "hand", "bars", "caption", "plant", "leash")
WORDS = ("luna", "max", "our garden", "2009/08/14", "hello!", "sunday", "for sale", "bella + me", "12 05 2011", "home")
SKIN = ((226, 180, 148), (198, 146, 110), (140, 96, 70), (96, 66, 50), (236, 200, 176))


def thing(paper: Canvas, rng: np.random.Generator, name: str, ground: float) -> None:
    """Paint one thing at random on `paper`; `ground` is where the floor begins, in pixels from above."""
    side = min(paper.height, paper.width)
    x = rng.uniform(0.02, 0.98) * paper.width
    y = rng.uniform(min(ground + 0.1 * side, paper.height), paper.height)
    {"plant": plant, "cushion": cushion, "box": carton, "ball": ball, "bowl": bowl, "hand": hand, "bars": bars,
     "caption": caption, "leash": leash}[name](paper, rng, x, y, side)  # fmt: skip


def plant(paper: Canvas, rng, x, y, side) -> None:
    pot, leaf, size = (
        mixed(rng, (172, 102, 70), 0.2),
        mixed(rng, GREENS[rng.integers(len(GREENS))], 0.2),
        side * rng.uniform(0.14, 0.26),
    )
    for angle in rng.uniform(-75, 75, 9):
        tip = np.array([x + size * 1.5 * np.sin(np.radians(angle)), y - size * (0.8 + 1.3 * np.cos(np.radians(angle)))])
        middle = np.array([x + 0.3 * (tip[0] - x), y - size - 0.5 * (y - size - tip[1])])
        spine = curve([(x, y - 0.8 * size), middle, tip], False, 5)
        paper.fill(
            ribbon(spine, size * 0.2 * np.sin(np.linspace(0.3, 3, len(spine)))),
            leaf * rng.uniform(0.75, 1.15),
            1,
            0,
            0.05 * size,
        )
    corners = [
        (x - 0.42 * size, y - 0.85 * size),
        (x + 0.42 * size, y - 0.85 * size),
        (x + 0.3 * size, y),
        (x - 0.3 * size, y),
    ]
    paper.fill(np.array(corners), pot, 1, 0, 0.12 * size, (0.4, -0.3))


def cushion(paper: Canvas, rng, x, y, side) -> None:
    size = side * rng.uniform(0.16, 0.3)
    corners = np.array([(-1, -0.75), (0, -0.6), (1, -0.75), (0.9, 0), (1, 0.75), (0, 0.62), (-1, 0.75), (-0.9, 0)])
    paper.fill(
        curve(corners * size + (x, y - 0.7 * size), steps=4),
        mixed(rng, CLOTHS[rng.integers(len(CLOTHS))], 0.25),
        1,
        0,
        0.25 * size,
        (0.4, -0.5),
    )


def carton(paper: Canvas, rng, x, y, side) -> None:
    w, h, brown = side * rng.uniform(0.2, 0.4), side * rng.uniform(0.15, 0.3), mixed(rng, (178, 142, 100), 0.15)
    paper.fill(box(x - w / 2, y - h, x + w / 2, y), brown, 1, 0, 0.03 * side, (0.5, 0))
    paper.fill(
        np.array([(x - w / 2, y - h), (x - 0.36 * w, y - 1.3 * h), (x + 0.62 * w, y - 1.3 * h), (x + w / 2, y - h)]),
        brown * 0.75,
    )
    paper.line(np.array([(x, y - h), (x, y)]), brown * 0.8, 0.01 * side)


def ball(paper: Canvas, rng, x, y, side) -> None:
    size, colour = side * rng.uniform(0.05, 0.12), mixed(rng, CLOTHS[rng.integers(len(CLOTHS))], 0.3) * 1.2
    paper.fill(ellipse(x, y, 1.1 * size, 0.3 * size), (40, 36, 34), 0.4, 0.15 * size)
    paper.fill(ellipse(x, y - size, size, size), np.clip(colour, 0, 245), 1, 0, 0.4 * size, (0.5, -0.6))
    stripe = curve([(x - size, y - size), (x, y - 0.6 * size), (x + size, y - size)], False)
    paper.line(stripe, (238, 232, 220), 0.16 * size, 0.8)


def bowl(paper: Canvas, rng, x, y, side) -> None:
    size, colour = side * rng.uniform(0.1, 0.18), mixed(rng, CLOTHS[rng.integers(len(CLOTHS))], 0.3)
    shape = [(x - size, y - 0.5 * size), (x + size, y - 0.5 * size), (x + 0.75 * size, y), (x - 0.75 * size, y)]
    paper.fill(np.array(shape), colour, 1, 0, 0.2 * size, (0.4, -0.4))
    paper.fill(ellipse(x, y - 0.5 * size, size, 0.22 * size), colour * 1.25)
    paper.fill(ellipse(x, y - 0.48 * size, 0.84 * size, 0.16 * size), (120, 88, 62))


def hand(paper: Canvas, rng, x, y, side) -> None:
    """An arm from the edge of the picture, with a hand."""
    skin, sleeve = mixed(rng, SKIN[rng.integers(len(SKIN))], 0.08), mixed(rng, CLOTHS[rng.integers(len(CLOTHS))], 0.3)
    left, size = rng.random() < 0.5, side * rng.uniform(0.09, 0.14)
    start = np.array([-size if left else paper.width + size, rng.uniform(0.3, 1) * paper.height])
    reach = rng.uniform(0.18, 0.36) * paper.width
    end = np.array([reach if left else paper.width - reach, rng.uniform(0.35, 0.85) * paper.height])
    along = (end - start) / np.linalg.norm(end - start)
    side_way = np.array([-along[1], along[0]])
    paper.fill(ribbon(np.array([start, end]), np.array([1.3, 0.8]) * size), skin, 1, 0, 0.2 * size, (0.3, -0.6))
    paper.fill(
        ribbon(np.array([start, start + 0.55 * (end - start)]), np.array([1.9, 1.5]) * size),
        sleeve,
        1,
        0,
        0.25 * size,
        (0.3, -0.6),
    )
    for finger in (-0.45, -0.15, 0.15, 0.45):
        root = end + side_way * finger * size * 0.9
        paper.fill(
            ribbon(np.array([root, root + along * size * (1.05 - abs(finger) * 0.5)]), np.array([0.3, 0.24]) * size),
            skin * 0.97,
            1,
            0,
            0.07 * size,
            (0.3, -0.6),
        )
    thumb = np.array([end - 0.2 * along * size, end + 0.45 * along * size + side_way * 0.85 * size])
    paper.fill(ribbon(thumb, np.array([0.34, 0.26]) * size), skin, 1, 0, 0.07 * size, (0.3, -0.6))
    paper.fill(ellipse(*end, 0.6 * size, 0.55 * size), skin, 1, 0, 0.16 * size, (0.3, -0.6))


def bars(paper: Canvas, rng, x, y, side) -> None:
    """A wire fence or the bars of a pen before the animal."""
    metal, gap = mixed(rng, (150, 150, 148), 0.3), rng.uniform(0.16, 0.28) * side
    for place in np.arange(-gap * rng.random(), paper.width + gap, gap):
        paper.line(np.array([(place, 0), (place, paper.height)]), metal, 0.018 * side, 0.95)
    for place in (rng.uniform(0.05, 0.2), rng.uniform(0.8, 0.95)):
        paper.line(
            np.array([(0, place * paper.height), (paper.width, place * paper.height)]), metal * 0.9, 0.022 * side, 0.95
        )


def leash(paper: Canvas, rng, x, y, side) -> None:
    """A string that hangs into the picture."""
    points = [
        (x, 0),
        (x + rng.normal(0, 0.1) * side, 0.3 * paper.height),
        (x + rng.normal(0, 0.2) * side, 0.6 * paper.height),
    ]
    paper.line(curve(points, False), mixed(rng, CLOTHS[rng.integers(len(CLOTHS))], 0.3), 0.014 * side)


def caption(paper: Canvas, rng, x, y, side) -> None:
    """A few words in a corner, as cameras and people write them."""
    words, scale = str(rng.choice(WORDS)), max(0.35, side / 420)
    written = np.zeros((paper.height, paper.width), "uint8")
    (w, h), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, scale, 1)
    left = int(rng.uniform(0.02, 1) * max(1, paper.width - w))
    top = int(rng.choice((0.08, 0.95)) * paper.height) + (h if rng.random() < 0.5 else 0)
    cv2.putText(written, words, (left, top), cv2.FONT_HERSHEY_DUPLEX, scale, 255, 1, cv2.LINE_AA)
    colour = np.float32(((250, 246, 236), (240, 190, 70), (40, 40, 44))[rng.integers(3)])
    paper.colour += (colour - paper.colour) * (written.astype("float32") / 255)[..., None]

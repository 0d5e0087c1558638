"""Other things in the picture, behind the animal or before it: the same for cats and for dogs."""

import cv2
import numpy as np

from helpers.drawing.canvas import Canvas
from helpers.drawing.colours import CLOTHS, GREENS, SKIN, mixed, one_of
from helpers.drawing.shapes import box, curve, ellipse, ribbon

WORDS = ("luna", "max", "our garden", "2009/08/14", "hello!", "sunday", "for sale", "bella + me", "12 05 2011", "home")
INKS = ((250, 246, 236), (240, 190, 70), (40, 40, 44))
LIGHT = (0.4, -0.5)


def thing(paper: Canvas, rng: np.random.Generator, name: str, ground: float) -> None:
    """Paint one thing at random on `paper`; `ground` is where the floor begins, in pixels from above."""
    side = min(paper.height, paper.width)
    x = rng.uniform(0.02, 0.98) * paper.width
    y = rng.uniform(min(ground + 0.1 * side, paper.height), paper.height)
    DRAW[name](paper, rng, x, y, side)


def plant(paper: Canvas, rng, x, y, side) -> None:
    pot, leaf = mixed(rng, (172, 102, 70), 0.2), mixed(rng, one_of(rng, GREENS), 0.2)
    size = side * rng.uniform(0.14, 0.26)
    for angle in np.radians(rng.uniform(-75, 75, 9)):
        tip = np.array([x + size * 1.5 * np.sin(angle), y - size * (0.8 + 1.3 * np.cos(angle))])
        middle = np.array([x + 0.3 * (tip[0] - x), y - size - 0.5 * (y - size - tip[1])])
        spine = curve([(x, y - 0.8 * size), middle, tip], False, 5)
        blade = ribbon(spine, size * 0.2 * np.sin(np.linspace(0.3, 3, len(spine))))
        paper.fill(blade, leaf * rng.uniform(0.75, 1.15))
    corners = np.array([(-0.42, -0.85), (0.42, -0.85), (0.3, 0), (-0.3, 0)])
    paper.fill(corners * size + (x, y), pot, 1, 0, 0.12 * size, LIGHT)


def cushion(paper: Canvas, rng, x, y, side) -> None:
    size = side * rng.uniform(0.16, 0.3)
    corners = np.array([(-1, -0.75), (0, -0.6), (1, -0.75), (0.9, 0), (1, 0.75), (0, 0.62), (-1, 0.75), (-0.9, 0)])
    outline = curve(corners * size + (x, y - 0.7 * size), steps=4)
    paper.fill(outline, mixed(rng, one_of(rng, CLOTHS), 0.25), 1, 0, 0.25 * size, LIGHT)


def carton(paper: Canvas, rng, x, y, side) -> None:
    w, h, brown = side * rng.uniform(0.2, 0.4), side * rng.uniform(0.15, 0.3), mixed(rng, (178, 142, 100), 0.15)
    paper.fill(box(x - w / 2, y - h, x + w / 2, y), brown, 1, 0, 0.03 * side, LIGHT)
    flaps = np.array([(-0.5, -1), (-0.36, -1.3), (0.62, -1.3), (0.5, -1)])
    paper.fill(flaps * (w, h) + (x, y), brown * 0.75)
    paper.line(np.array([(x, y - h), (x, y)]), brown * 0.8, 0.01 * side)


def ball(paper: Canvas, rng, x, y, side) -> None:
    size, colour = side * rng.uniform(0.05, 0.12), mixed(rng, one_of(rng, CLOTHS), 0.3) * 1.2
    paper.fill(ellipse(x, y, 1.1 * size, 0.3 * size), (40, 36, 34), 0.4, 0.15 * size)
    paper.fill(ellipse(x, y - size, size, size), colour, 1, 0, 0.4 * size, (0.5, -0.6))
    stripe = curve([(x - size, y - size), (x, y - 0.6 * size), (x + size, y - size)], False)
    paper.line(stripe, (238, 232, 220), 0.16 * size, 0.8)


def bowl(paper: Canvas, rng, x, y, side) -> None:
    size, colour = side * rng.uniform(0.1, 0.18), mixed(rng, one_of(rng, CLOTHS), 0.3)
    shape = np.array([(-1, -0.5), (1, -0.5), (0.75, 0), (-0.75, 0)])
    paper.fill(shape * size + (x, y), colour, 1, 0, 0.2 * size, LIGHT)
    paper.fill(ellipse(x, y - 0.5 * size, size, 0.22 * size), colour * 1.25)
    paper.fill(ellipse(x, y - 0.48 * size, 0.84 * size, 0.16 * size), (120, 88, 62))


def hand(paper: Canvas, rng, x, y, side) -> None:
    """An arm from the edge of the picture, with a hand."""
    skin, sleeve = mixed(rng, one_of(rng, SKIN), 0.08), mixed(rng, one_of(rng, CLOTHS), 0.3)
    left, size = rng.random() < 0.5, side * rng.uniform(0.09, 0.14)
    start = np.array([-size if left else paper.width + size, rng.uniform(0.3, 1) * paper.height])
    reach = rng.uniform(0.18, 0.36) * paper.width
    end = np.array([reach if left else paper.width - reach, rng.uniform(0.35, 0.85) * paper.height])
    along = (end - start) / np.linalg.norm(end - start)
    aside = np.array([-along[1], along[0]])

    def limb(begin, finish, wide, narrow, colour, round_):
        outline = ribbon(np.array([begin, finish]), np.array([wide, narrow]) * size)
        paper.fill(outline, colour, 1, 0, round_ * size, (0.3, -0.6))

    limb(start, end, 1.3, 0.8, skin, 0.2)
    limb(start, start + 0.55 * (end - start), 1.9, 1.5, sleeve, 0.25)
    for finger in (-0.45, -0.15, 0.15, 0.45):
        root = end + aside * finger * size * 0.9
        limb(root, root + along * size * (1.05 - abs(finger) * 0.5), 0.3, 0.24, skin * 0.97, 0.07)
    limb(end - 0.2 * along * size, end + (0.45 * along + 0.85 * aside) * size, 0.34, 0.26, skin, 0.07)
    paper.fill(ellipse(*end, 0.6 * size, 0.55 * size), skin, 1, 0, 0.16 * size, (0.3, -0.6))


def bars(paper: Canvas, rng, x, y, side) -> None:
    """A wire fence or the bars of a pen before the animal."""
    metal, gap = mixed(rng, (150, 150, 148), 0.3), rng.uniform(0.16, 0.28) * side
    for thick, tone in ((0.018, 0.8), (0.009, 1.1)):
        upright = np.arange(-gap * 0.5, paper.width + gap, gap)
        paper.fill_all([box(place, 0, place + thick * side, paper.height) for place in upright], metal * tone)
    for place in (rng.uniform(0.05, 0.2), rng.uniform(0.8, 0.95)):
        across = place * paper.height
        paper.fill(box(0, across, paper.width, across + 0.022 * side), metal * 0.9)


def leash(paper: Canvas, rng, x, y, side) -> None:
    """A string that hangs into the picture."""
    low = paper.height * np.array((0.3, 0.6))
    points = [(x, 0), (x + rng.normal(0, 0.1) * side, low[0]), (x + rng.normal(0, 0.2) * side, low[1])]
    paper.line(curve(points, False), mixed(rng, one_of(rng, CLOTHS), 0.3), 0.014 * side)


def caption(paper: Canvas, rng, x, y, side) -> None:
    """A few words in a corner, as cameras and people write them."""
    words, scale = one_of(rng, WORDS), max(0.35, side / 420)
    (w, h), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, scale, 1)
    left = int(rng.uniform(0.02, 1) * max(1, paper.width - w))
    top = int(rng.choice((0.08, 0.95)) * paper.height) + (h if rng.random() < 0.5 else 0)
    cv2.putText(paper.colour, words, (left, top), cv2.FONT_HERSHEY_DUPLEX, scale, one_of(rng, INKS), 1, cv2.LINE_AA)


DRAW = {"plant": plant, "cushion": cushion, "box": carton, "ball": ball, "bowl": bowl, "hand": hand, "bars": bars,
        "caption": caption, "leash": leash}  # fmt: skip
BEHIND = ("plant", "cushion", "box", "ball", "bowl")
BEFORE = ("ball", "bowl", "hand", "bars", "caption", "plant", "leash")

"""One cat or one dog: what makes it one (a distribution for each feature, and they overlap), and how it is drawn.

Lengths are in head units: half of the head's width is 1. The head's middle is at (0, 0), y points down.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

from helpers.drawing.canvas import Canvas, curve, ellipse, noise, ribbon
from helpers.drawing.coats import COATS, coat_texture

POSES = ("sitting", "standing", "lying", "portrait")
# Left, top, right and bottom of each pose, to fit it into the frame.
REACH = {
    "sitting": (-1.5, -1.5, 1.5, 2.9),
    "standing": (-1.2, -1.5, 3.3, 2.7),
    "lying": (-1.2, -1.5, 2.6, 1.75),
    "portrait": (-1.4, -1.5, 1.4, 1.6),
}
BODY = 0.72  # bodies are drawn smaller than life beside the head, as in picture books: the face is what one looks at
NECK = (0.0, 0.5)
EYES = {
    "green": (122, 148, 84),
    "yellow": (196, 162, 66),
    "blue": (112, 150, 178),
    "brown": (98, 62, 36),
    "dark": (56, 38, 28),
}


@dataclass
class Looks:
    """The features of one animal. Numbers are in head units, 0..1 where they are shares."""

    ears: str  # pricked, tipped, floppy
    ear_length: float
    ear_spread: float
    tall: float  # height of the head against its width
    muzzle: float  # how far the snout stands out
    jaw: float  # width of the chin
    nose: float
    nose_pink: bool
    eye: float
    eye_colour: str
    slit: float  # width of the pupil against the iris
    whiskers: float  # how plainly they show
    tongue: bool
    tail_length: float
    tail_width: float
    slim: float  # width of the body
    coat: str
    yaw: float  # head turned aside, -1..1
    tilt: float  # head tilted, degrees
    points: dict = field(default_factory=dict)  # keypoints in pixels, filled in while drawing


def look(kind: str, rng: np.random.Generator) -> Looks:
    """Draw the features of a "cat" or a "dog". Each is a distribution of its own; all of them overlap."""
    cat = kind == "cat"

    def about(for_cat: float, for_dog: float, spread: float, low: float, high: float) -> float:
        return float(np.clip(rng.normal(for_cat if cat else for_dog, spread), low, high))

    def one_of(options: tuple, for_cat: tuple, for_dog: tuple):
        return options[rng.choice(len(options), p=for_cat if cat else for_dog)]

    return Looks(
        ears=one_of(("pricked", "tipped", "floppy"), (0.90, 0.06, 0.04), (0.20, 0.20, 0.60)),
        ear_length=about(0.80, 0.92, 0.14, 0.5, 1.25),
        ear_spread=about(0.64, 0.56, 0.08, 0.42, 0.8),
        tall=about(0.84, 1.0, 0.06, 0.74, 1.15),
        muzzle=about(0.30, 0.66, 0.10, 0.22, 0.8),
        jaw=about(0.50, 0.56, 0.08, 0.36, 0.75),
        nose=about(0.115, 0.21, 0.03, 0.08, 0.28),
        nose_pink=bool(rng.random() < (0.5 if cat else 0.15)),
        eye=about(0.25, 0.175, 0.028, 0.12, 0.31),
        eye_colour=one_of(tuple(EYES), (0.32, 0.3, 0.12, 0.18, 0.08), (0.05, 0.08, 0.09, 0.45, 0.33)),
        slit=about(0.40, 0.68, 0.14, 0.16, 0.85),
        whiskers=about(0.65, 0.2, 0.25, 0, 1),
        tongue=bool(rng.random() < (0.04 if cat else 0.25)),
        tail_length=about(2.6, 2.0, 0.5, 0.9, 3.6),
        tail_width=about(0.30, 0.36, 0.09, 0.2, 0.65),
        slim=about(0.92, 1.06, 0.12, 0.75, 1.4),
        coat=str(rng.choice(list(COATS))),
        yaw=float(rng.uniform(-1, 1)),
        tilt=float(rng.normal(0, 7)),
    )


class Pet:
    """An animal in a pose at a place on the paper, ready to be drawn."""

    def __init__(self, looks: Looks, pose: str, rng, height: int, width: int, place: tuple[float, float, float, float]):
        """place: x and y of the head's middle in pixels, pixels a head unit, degrees by which the whole is turned."""
        self.looks, self.pose, self.rng = looks, pose, rng
        self.x, self.y, self.unit, self.turn = place
        self.mirror = float(rng.choice((-1, 1)))
        self.layer = Canvas(height, width)
        self.light = (float(rng.choice((-1, 1)) * rng.uniform(0.3, 1)), -float(rng.uniform(0.3, 1)))
        self.fur, self.chest = coat_texture(rng, looks.coat, height, width, 2 * self.unit, rng.uniform(60, 120))
        self.far = self.fur * 0.72

    def at(self, points, head: bool = False) -> np.ndarray:
        """Head units -> pixels; with `head`, the tilt of the head on top."""
        points = np.asarray(points, float).reshape(-1, 2)
        points = rotated(points, self.looks.tilt) if head else (points - NECK) * BODY + NECK
        return rotated(points * (self.mirror, 1) * self.unit, self.turn) + (self.x, self.y)

    def part(self, points, paint=None, head: bool = False, opacity: float = 1, soft: float = 0, shade: float = 0.22):
        """One rounded part of fur, its outline smooth through `points`."""
        outline = self.at(curve(points), head)
        paint = self.fur if paint is None else paint
        self.layer.fill(outline, paint, opacity, soft * self.unit, shade * self.unit, self.light)

    def limb(self, spine, widths, paint=None):
        spine = curve(spine, closed=False, steps=6)
        widths = np.interp(np.linspace(0, 1, len(spine)), np.linspace(0, 1, len(widths)), widths)
        outline = self.at(ribbon(spine, widths))
        self.layer.fill(outline, self.fur if paint is None else paint, 1, 0, 0.16 * self.unit, self.light)

    def blob(self, x, y, across, down, paint=None, turn=0, head=False, shade=0.12, soft=0.0, opacity=1.0):
        outline = self.at(ellipse(x, y, across, down, turn), head)
        paint = self.fur if paint is None else paint
        self.layer.fill(outline, paint, opacity, soft * self.unit, shade * self.unit, self.light)

    def draw(self) -> Canvas:
        """The whole animal on a layer of its own: `colour` times `cover`, and `cover`; the outline is furry."""
        getattr(self, self.pose)()
        self.head()
        return self.furry()

    # -- bodies -------------------------------------------------------------------------------------------------

    def sitting(self) -> None:
        s = self.looks.slim
        self.tail([(0.9 * s, 3.2), (1.7 * s, 3.45), (2.2 * s, 2.9), (2.2 * s, 2.0)])
        self.blob(-0.85 * s, 3.0, 0.62, 0.78, self.far)
        self.blob(0.85 * s, 3.0, 0.62, 0.78, self.far)
        self.part(
            [
                (-0.62 * s, 0.5),
                (0, 0.3),
                (0.62 * s, 0.5),
                (0.85 * s, 1.5),
                (1.12 * s, 2.7),
                (0.9 * s, 3.55),
                (0, 3.7),
                (-0.9 * s, 3.55),
                (-1.12 * s, 2.7),
                (-0.85 * s, 1.5),
            ],
            shade=0.4,
        )
        self.blob(0, 1.75, 0.48 * s, 0.85, self.chest, soft=0.13, opacity=0.75, shade=0)
        for side in (-1, 1):
            self.blob(side * 0.98 * s, 3.66, 0.4, 0.19, self.chest)
            self.limb([(side * 0.42 * s, 1.7), (side * 0.45 * s, 2.6), (side * 0.4 * s, 3.6)], (0.62, 0.5, 0.46))
            self.paw(side * 0.4 * s, 3.66)

    def standing(self) -> None:
        s = self.looks.slim
        self.tail([(3.75, 0.65), (4.4, 0.3), (4.7, -0.4), (4.4, -1.1)])
        for x in (1.25, 3.05):
            self.limb([(x, 1.3), (x - 0.05, 2.4), (x + 0.02, 3.3)], (0.7, 0.5, 0.42), self.far)
        self.part(
            [
                (0.1, 0.55),
                (0.7, 0.1),
                (1.4, 0.22),
                (2.6, 0.3),
                (3.6, 0.4),
                (3.95, 1.0),
                (3.6, 1.2 + 0.65 * s),
                (2.2, 1.05 + 0.7 * s),
                (1.0, 1.2 + 0.65 * s),
                (0.35, 1.3),
            ],
            shade=0.4,
        )
        self.blob(0.55, 1.2, 0.35, 0.55, self.chest, turn=-25, soft=0.13, opacity=0.7, shade=0)
        for x in (0.8, 3.5):
            self.limb([(x, 1.3), (x + 0.08, 2.4), (x, 3.4)], (0.85, 0.56, 0.44))
            self.paw(x - 0.08, 3.46)

    def lying(self) -> None:
        s = self.looks.slim
        self.part(
            [
                (-0.3, 0.8),
                (0.4, 0.4),
                (1.4, 0.35 - 0.2 * (s - 1)),
                (2.6, 0.4 - 0.3 * (s - 1)),
                (3.4, 1.0),
                (3.5, 1.75),
                (2.6, 2.02),
                (0.6, 2.02),
                (-0.4, 1.7),
            ],
            shade=0.45,
        )
        self.blob(2.75, 1.35, 0.75, 0.66, shade=0.3)
        self.tail([(3.3, 1.75), (2.7, 2.1), (1.9, 2.12), (1.1, 2.02)])
        self.blob(2.4, 1.98, 0.42, 0.17, self.chest)
        self.blob(0, 1.15, 0.42, 0.6, self.chest, soft=0.13, opacity=0.7, shade=0)
        for side in (-1, 1):
            self.limb([(0.3 + 0.3 * side, 1.4), (0.1 + 0.4 * side, 1.85), (-0.35 + 0.45 * side, 2.0)], (0.6, 0.46, 0.4))
            self.paw(-0.42 + 0.45 * side, 2.02)

    def portrait(self) -> None:
        s = self.looks.slim
        self.part(
            [
                (-0.6 * s, 0.4),
                (0, 0.2),
                (0.6 * s, 0.4),
                (1.1 * s, 1.2),
                (1.6 * s, 2.3),
                (1.8 * s, 6),
                (-1.8 * s, 6),
                (-1.6 * s, 2.3),
                (-1.1 * s, 1.2),
            ],
            shade=0.5,
        )
        self.blob(0, 2.0, 0.6 * s, 1.1, self.chest, soft=0.2, opacity=0.75, shade=0)

    def tail(self, spine) -> None:
        spine = curve(spine, closed=False, steps=6)
        keep = max(4, int(len(spine) * min(1, self.looks.tail_length / 3)))
        width = self.looks.tail_width
        outline = self.at(ribbon(spine[:keep], width * np.linspace(1, 1.25, keep)))
        self.layer.fill(outline, self.fur, 1, 0, 0.14 * self.unit, self.light)

    def paw(self, x: float, y: float) -> None:
        self.blob(x, y, 0.31, 0.19, self.chest)
        for toe in (-0.1, 0.1):
            line = self.at([(x + toe, y), (x + toe, y + 0.14)])
            self.layer.line(line, (60, 48, 44), max(1, 0.035 * self.unit), 0.5)

    # -- head ---------------------------------------------------------------------------------------------------

    def head(self) -> None:
        f = self.looks
        shift = 0.22 * f.yaw  # the face slides over the head as it turns
        for side in (-1, 1):
            if f.ears != "floppy":
                self.pricked_ear(side)
        h, jaw = f.tall, f.jaw
        cheek = 0.3 + 0.25 * (1 - f.muzzle)
        half = np.array(
            [
                (0, -0.86 * h),
                (0.52, -0.78 * h),
                (0.92, -0.32 * h),
                (0.96, cheek * 0.5),
                (jaw + 0.22, 0.66 * h),
                (jaw * 0.6, 0.9 * h),
            ]
        )
        outline = np.vstack([half, (0, 0.97 * h), half[:0:-1] * (-1, 1)])
        self.part(outline, head=True, shade=0.36)
        if f.ears == "floppy":
            for side in (-1, 1):
                self.floppy_ear(side)
        snout = np.array([shift, 0.42 * h])
        reach = 0.34 + 0.32 * f.muzzle
        light = (
            self.chest
            if self.looks.coat in ("tuxedo", "brown and white", "black and white", "calico")
            else self.fur * 0.45 + self.chest * 0.55
        )
        self.blob(*snout, reach * 1.06, reach * (0.72 + 0.3 * f.muzzle), light, head=True, shade=0.26, soft=0.05)
        self.eyes(shift)
        self.nose_and_mouth(snout, reach)

    def pricked_ear(self, side: int) -> None:
        f = self.looks
        base_in, base_out = (
            (side * (f.ear_spread - 0.38), -0.62 * f.tall),
            (side * (f.ear_spread + 0.3), -0.25 * f.tall),
        )
        tip = np.array([side * (f.ear_spread + 0.16 + 0.1 * f.yaw * side), -0.55 - f.ear_length])
        middle = (np.array(base_in) + base_out) / 2
        folded = f.ears == "tipped"
        top = middle + (tip - middle) * (0.68 if folded else 1)
        wide = 0.1 if not folded else 0.2
        shape = [
            base_in,
            (middle + top) / 2 + (-side * 0.24, -0.05),
            top + (-side * wide * 0.5, 0.02),
            top + (side * wide * 0.5, 0.02),
            (middle + top) / 2 + (side * 0.26, 0.05),
            base_out,
        ]
        self.part(np.array(shape), head=True, shade=0.14)
        inner = middle + (np.array(shape) - middle) * 0.62 + (0, -0.02)
        self.part(inner, np.float32((196, 142, 132)), head=True, opacity=0.75, soft=0.04, shade=0.1)
        if folded:
            flap = [
                top + (-side * 0.22, 0.0),
                top + (side * 0.26, -0.02),
                top + (side * 0.3, 0.26),
                top + (side * 0.12, 0.46),
            ]
            self.part(np.array(flap), self.far, head=True, shade=0.12)

    def floppy_ear(self, side: int) -> None:
        f = self.looks
        long = 0.35 + 0.75 * f.ear_length
        x = side * (0.62 + 0.12 * f.ear_spread)
        shape = [
            (x - side * 0.2, -0.74 * f.tall),
            (x + side * 0.24, -0.66 * f.tall),
            (x + side * 0.5, -0.1),
            (x + side * 0.46, long * 0.55),
            (x + side * 0.2, long * 0.78),
            (x + side * 0.02, long * 0.45),
            (x + side * 0.02, -0.2),
        ]
        self.part(np.array(shape), self.far, head=True, shade=0.18)

    def eyes(self, shift: float) -> None:
        f = self.looks
        unit = self.unit
        for side in (-1, 1):
            near = 1 - 0.12 * f.yaw * side
            x, y = shift * 0.8 + side * 0.41 * near, -0.1 * f.tall
            across, down = f.eye * near, f.eye * (0.72 + 0.3 * f.slit)
            self.layer.fill(self.at(ellipse(x, y, across * 1.16, down * 1.16, side * -10), True), (34, 26, 24), 0.9)
            self.layer.fill(
                self.at(ellipse(x, y, across, down, side * -10), True),
                EYES[f.eye_colour],
                1,
                0,
                0.08 * unit,
                self.light,
            )
            self.layer.fill(self.at(ellipse(x, y, across * f.slit, down * 0.92), True), (14, 12, 14))
            self.layer.fill(
                self.at(ellipse(x - 0.3 * across, y - 0.35 * down, 0.24 * across, 0.26 * down), True),
                (255, 255, 255),
                0.95,
            )
            f.points["left_eye" if side * self.mirror < 0 else "right_eye"] = self.at([(x, y)], True)[0]

    def nose_and_mouth(self, snout: np.ndarray, reach: float) -> None:
        f, unit = self.looks, self.unit
        x, y = snout[0], snout[1] - 0.46 * reach
        dark = np.float32((208, 138, 134)) if f.nose_pink else np.float32((44, 36, 38))
        n = f.nose
        line = max(1.0, 0.045 * unit)
        mouth = y + n + 0.3 * reach
        if f.tongue:
            self.part(
                np.array(
                    [
                        (x - 0.13, mouth),
                        (x + 0.13, mouth),
                        (x + 0.12, mouth + 0.34),
                        (x, mouth + 0.42),
                        (x - 0.12, mouth + 0.34),
                    ]
                ),
                np.float32((222, 120, 124)),
                head=True,
                shade=0.08,
            )
        self.layer.line(self.at([(x, y + 0.4 * n), (x, mouth)], True), (52, 38, 38), line, 0.8)
        for side in (-1, 1):
            smile = curve(
                [(x, mouth), (x + side * 0.18, mouth + 0.09), (x + side * 0.36 * (0.5 + reach), mouth + 0.0)], False
            )
            self.layer.line(self.at(smile, True), (52, 38, 38), line, 0.8)
        nose = curve(
            [
                (x - n * 1.15, y - 0.5 * n),
                (x, y - 0.72 * n),
                (x + n * 1.15, y - 0.5 * n),
                (x + 0.5 * n, y + 0.45 * n),
                (x, y + 0.75 * n),
                (x - 0.5 * n, y + 0.45 * n),
            ]
        )
        self.layer.fill(self.at(nose, True), dark, 1, 0, 0.05 * unit, self.light)
        self.layer.fill(self.at(ellipse(x - 0.3 * n, y - 0.35 * n, 0.3 * n, 0.14 * n), True), (255, 255, 255), 0.4)
        f.points["nose"] = self.at([(x, y)], True)[0]
        for side in (-1, 1):
            for fan in (-0.16, 0.0, 0.15):
                start = (x + side * 0.3 * (0.6 + reach), y + 0.22 + fan * 0.5)
                end = (x + side * (1.2 + 0.1 * self.rng.random()), y + 0.12 + 2.1 * fan)
                middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 0.07)
                whisker = curve([start, middle, end], False, 5)
                self.layer.line(self.at(whisker, True), (238, 236, 230), max(0.8, 0.02 * unit), 0.85 * f.whiskers)

    def furry(self) -> Canvas:
        """Push each pixel a little aside, at random, so that the outlines of all parts fray like fur."""
        layer, reach = self.layer, float(np.clip(0.032 * self.unit, 0.5, 2.0))
        y, x = np.mgrid[: layer.height, : layer.width].astype("float32")
        x += reach * noise(self.rng, layer.height, layer.width, 4)
        y += reach * noise(self.rng, layer.height, layer.width, 2)
        # Eyes and nose stay smooth: their surroundings are not pushed.
        if self.looks.points:
            calm = np.ones((layer.height, layer.width), "float32")
            for point in self.looks.points.values():
                cv2.circle(calm, tuple(int(v) for v in np.round(point)), max(2, int(0.34 * self.unit)), 0.12, -1)
            gy, gx = np.mgrid[: layer.height, : layer.width].astype("float32")
            x, y = gx + (x - gx) * calm, gy + (y - gy) * calm
        layer.colour = cv2.remap(layer.colour, x, y, cv2.INTER_LINEAR)
        layer.cover = cv2.remap(layer.cover, x, y, cv2.INTER_LINEAR)
        return layer


def rotated(points: np.ndarray, degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[c, s], [-s, c]])

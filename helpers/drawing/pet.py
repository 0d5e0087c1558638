"""One animal on a layer of its own: the parts are filled in head units, then the whole becomes furry.

Head units: half of the head's width is 1. The head's middle is at (0, 0), y points down.
"""

import cv2
import numpy as np

from helpers.drawing import bodies, heads
from helpers.drawing.canvas import Canvas
from helpers.drawing.coats import fur
from helpers.drawing.looks import Looks
from helpers.drawing.shapes import curve, ellipse, ribbon, rotated, rotation
from helpers.drawing.textures import noise

# Left, top, right and bottom of each pose, to fit it into the frame.
REACH = {
    "sitting": (-1.5, -1.5, 1.5, 2.9),
    "standing": (-1.2, -1.5, 3.3, 2.7),
    "lying": (-1.2, -1.5, 2.6, 1.75),
    "portrait": (-1.4, -1.5, 1.4, 1.6),
}
ROOM = 0.6  # how far ears, tails and whiskers may reach beyond that
BODY = 0.72  # bodies are drawn smaller than life beside the head, as in picture books: the face is what one looks at
NECK = np.array((0.0, 0.5))


class Pet:
    """An animal at a place on the paper. `layer` lies at `corner` (x, y) on the paper, and is no larger than needed."""

    def __init__(self, looks: Looks, rng, height: int, width: int, place: tuple[float, float, float, float]):
        """place: x and y of the middle of the pose in pixels (y: of the head), pixels a head unit, degrees turned."""
        self.looks, self.rng = looks, rng
        x, y, self.unit, turn = place
        self.mirror = float(rng.choice((-1, 1)))
        left, top, right, bottom = REACH[looks.pose]
        across = (left + right) / 2 * self.mirror * self.unit
        head = np.array((x - across, y))
        self.feet = rotated(np.array((across, bottom * self.unit)), turn) + head

        corners = np.array([(a, b) for a in (left - ROOM, right + ROOM) for b in (top - ROOM, bottom + ROOM)])
        corners = rotated(corners * (self.mirror * self.unit, self.unit), turn) + head
        low = np.clip(corners.min(0).astype(int), 0, (width - 8, height - 8))
        high = np.clip(corners.max(0).astype(int) + 1, low + 8, (width, height))
        self.corner, (across, down) = low, high - low
        self.layer = Canvas(int(down), int(across), layer=True)

        self.head = head - low
        self.to_paper = np.diag((self.mirror, 1.0)) @ rotation(turn) * self.unit
        self.tilt = rotation(looks.tilt) @ self.to_paper
        self.light = (float(rng.choice((-1, 1)) * rng.uniform(0.3, 1)), -float(rng.uniform(0.3, 1)))
        self.fur, self.chest = fur(rng, looks.coat, int(down), int(across), 2 * self.unit)
        self.far = cv2.convertScaleAbs(self.fur, alpha=0.72)  # for parts that lie behind

    def draw(self) -> dict[str, tuple[float, float]]:
        """Draw the whole animal; the keypoints, in pixels of the paper."""
        bodies.DRAW[self.looks.pose](self)
        heads.head(self)
        self.fray()
        points = heads.face(self)
        return {name: tuple(point + self.corner) for name, point in points.items()}

    def at(self, points, head: bool = False) -> np.ndarray:
        """Head units -> pixels of the layer; with `head`, tilted as the head is, and as large as life."""
        points = np.asarray(points, float)
        return (points @ self.tilt if head else ((points - NECK) * BODY + NECK) @ self.to_paper) + self.head

    def part(self, points, paint=None, head: bool = False, opacity: float = 1, soft: float = 0, shade: float = 0.22):
        """One rounded part, its outline smooth through `points`; of fur, where no other paint is given."""
        self._fill(self.at(curve(points), head), paint, opacity, soft, shade)

    def blob(self, x, y, across, down, paint=None, turn=0, head=False, shade=0.12, soft=0.0, opacity=1.0):
        self._fill(self.at(ellipse(x, y, across, down, turn), head), paint, opacity, soft, shade)

    def limb(self, spine, widths, paint=None, shade: float = 0.16, keep: float = 1) -> None:
        """A leg or a tail along `spine`; `keep`: only so much of its length."""
        spine = curve(spine, closed=False, steps=6)
        spine = spine[: max(4, round(len(spine) * keep))]
        widths = np.interp(np.linspace(0, 1, len(spine)), np.linspace(0, 1, len(widths)), widths)
        self._fill(self.at(ribbon(spine, widths)), paint, 1, 0, shade)

    def _fill(self, outline, paint, opacity, soft, shade) -> None:
        paint = self.fur if paint is None else paint
        self.layer.fill(outline, paint, opacity, soft * self.unit, shade * self.unit, self.light)

    def fray(self) -> None:
        """Push each pixel a little aside, at random, so that the outlines of all parts fray like fur."""
        height, width = self.layer.height, self.layer.width
        reach = np.float32(np.clip(0.022 * self.unit, 0.35, 1.2))
        x = np.arange(width, dtype="float32") + reach * noise(self.rng, height, width, 2)
        y = np.arange(height, dtype="float32")[:, None] + reach * noise(self.rng, height, width, 2)
        whole = cv2.merge([self.layer.colour, self.layer.cover])
        whole = cv2.remap(whole, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        self.layer.colour, self.layer.cover = whole[..., :3].copy(), whole[..., 3].copy()

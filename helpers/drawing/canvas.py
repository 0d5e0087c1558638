"""Paper and brushes: smooth outlines, soft shading and noise, all in one coordinate system of pixels."""

from functools import cache

import cv2
import numpy as np

SHIFT = 4  # OpenCV takes corners in sixteenths of a pixel
TILE = 1024


@cache
def noise_tile(grain: int) -> np.ndarray:
    """float32 (1024, 1024), mean 0 and spread 1: smooth noise whose blots are about `grain` pixels wide."""
    rng = np.random.default_rng(grain)
    side = TILE // grain
    small = rng.standard_normal((side, side)).astype("float32")
    big = cv2.resize(small, (TILE, TILE), interpolation=cv2.INTER_CUBIC)
    return (big - big.mean()) / big.std()


def noise(rng: np.random.Generator, height: int, width: int, grain: int) -> np.ndarray:
    """A random piece (height, width) of the noise of that grain."""
    y, x = rng.integers(0, TILE - height), rng.integers(0, TILE - width)
    return noise_tile(grain)[y : y + height, x : x + width]


def curve(points: np.ndarray, closed: bool = True, steps: int = 8) -> np.ndarray:
    """A smooth line through `points` (N, 2): Catmull-Rom, `steps` pieces between two points."""
    points = np.asarray(points, float)
    if closed:
        before, after, later = np.roll(points, 1, 0), np.roll(points, -1, 0), np.roll(points, -2, 0)
        here = points
    else:
        padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
        before, here, after, later = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[:, None] for p in (before, here, after, later))
    line = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    line = line.reshape(-1, 2)
    return line if closed else np.vstack([line, points[-1]])


def ellipse(x: float, y: float, across: float, down: float, turn: float = 0, count: int = 24) -> np.ndarray:
    """Points (count, 2) of an ellipse with half-axes `across` and `down`, turned by `turn` degrees."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    u, v = across * np.cos(angle), down * np.sin(angle)
    return np.stack([x + c * u - s * v, y + s * u + c * v], 1)


def ribbon(spine: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """The outline of a band along `spine` (N, 2), as wide as `widths` (N,) at each point: a tail, a leg, an arm."""
    spine = np.asarray(spine, float)
    along = np.gradient(spine, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    side = np.stack([-along[:, 1], along[:, 0]], 1) * np.asarray(widths)[:, None] / 2
    cap = spine[-1] + along[-1] * widths[-1] / 2
    return np.vstack([spine + side, cap, (spine - side)[::-1]])


class Canvas:
    """A picture being drawn: `colour` float32 (H, W, 3) in 0..255 and `cover` float32 (H, W) in 0..1."""

    def __init__(self, height: int, width: int, background: np.ndarray | None = None):
        self.height, self.width = height, width
        self.colour = np.zeros((height, width, 3), "float32") if background is None else background
        self.cover = np.zeros((height, width), "float32")

    def mask(self, outline: np.ndarray, soft: float = 0) -> tuple[np.ndarray, tuple[slice, slice]] | None:
        """(float32 mask in 0..1, where it lies) of a filled outline; None if it lies outside the paper."""
        room = int(3 * soft) + 2
        x0, y0 = np.floor(outline.min(0)).astype(int) - room
        x1, y1 = np.ceil(outline.max(0)).astype(int) + room
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, self.width), min(y1, self.height)
        if x1 <= x0 or y1 <= y0:
            return None
        filled = np.zeros((y1 - y0, x1 - x0), "uint8")
        corners = np.round((outline - (x0, y0)) * (1 << SHIFT)).astype(np.int32)
        cv2.fillPoly(filled, [corners], 255, cv2.LINE_AA, SHIFT)
        if soft:
            filled = cv2.GaussianBlur(filled, (0, 0), soft)
        return filled.astype("float32") / 255, (slice(y0, y1), slice(x0, x1))

    def fill(self, outline: np.ndarray, colour, opacity: float = 1, soft: float = 0, round_: float = 0, light=(0, 0)):
        """Fill an outline with a colour (3,) or with a texture (H, W, 3) of the whole paper.

        round_: darken the edges inwards, so that a part looks round; in pixels. light: where the light comes from, as
        (x, y), each about -1 to 1: the shadow falls on the other side. soft: blur of the edge in pixels.
        """
        found = self.mask(outline, soft)
        if found is None:
            return
        mask, place = found
        colour = np.asarray(colour, "float32")
        paint = colour[place] if colour.ndim == 3 else np.broadcast_to(colour, (*mask.shape, 3))
        if round_ >= 1:
            inner = blurred(mask, round_)
            moved = cv2.warpAffine(
                inner, np.float32([[1, 0, light[0] * round_ * 0.7], [0, 1, light[1] * round_ * 0.7]]), inner.shape[::-1]
            )
            paint = paint * (0.62 + 0.42 * moved[..., None])
        strength = mask * opacity
        self.colour[place] += (paint - self.colour[place]) * strength[..., None]
        self.cover[place] += (1 - self.cover[place]) * strength

    def fill_all(self, outlines: np.ndarray, colour, opacity: float = 1) -> None:
        """Fill many small outlines (N, corners, 2) with one colour at once: blades of grass."""
        filled = np.zeros((self.height, self.width), "uint8")
        cv2.fillPoly(filled, list(np.round(outlines * (1 << SHIFT)).astype(np.int32)), 255, cv2.LINE_AA, SHIFT)
        strength = filled[..., None] * np.float32(opacity / 255)
        self.colour += (np.asarray(colour, "float32") - self.colour) * strength

    def line(self, points: np.ndarray, colour, thick: float = 1, opacity: float = 1) -> None:
        """A line through `points` (N, 2) of even thickness in pixels."""
        self.fill(ribbon(points, np.full(len(points), thick)), colour, opacity)


def blurred(mask: np.ndarray, reach: float) -> np.ndarray:
    """`mask` blurred; a wide blur is made on a smaller copy, which is quicker and looks the same."""
    step = max(1, int(reach // 3))
    if step == 1:
        return cv2.GaussianBlur(mask, (0, 0), reach)
    height, width = mask.shape
    small = cv2.resize(mask, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), reach / step), (width, height), interpolation=cv2.INTER_LINEAR)


def mixed(rng: np.random.Generator, colour, spread: float) -> np.ndarray:
    """A colour near `colour`: lighter or darker by `spread`, and a little warmer or cooler."""
    lightness = 1 + rng.uniform(-spread, spread)
    tint = rng.normal(0, 6, 3)
    return np.clip(np.asarray(colour, "float32") * lightness + tint, 0, 255).astype("float32")

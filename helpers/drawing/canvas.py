"""Paper and brush: filled outlines with smooth edges, soft shading and textures, in pixels and 0..255."""

import cv2
import numpy as np

from helpers.drawing.shapes import ribbon

SHIFT = 4  # OpenCV takes corners in sixteenths of a pixel


class Canvas:
    """A picture being drawn: `colour` uint8 (H, W, 3).

    A layer starts black and also has `cover` uint8 (H, W), how far each pixel is painted; `colour` is then the colour
    times the cover, and `lay` puts it on another canvas.
    """

    def __init__(self, height: int, width: int, layer: bool = False):
        self.height, self.width = height, width
        self.colour = np.zeros((height, width, 3), "uint8")
        self.cover = np.zeros((height, width), "uint8") if layer else None

    def fill(self, outline: np.ndarray, colour, opacity: float = 1, soft: float = 0, round_: float = 0, light=(0, 0)):
        """Fill an outline with a colour (3,) or with a texture uint8 (H, W, 3) of the whole paper.

        round_: darken the edges inwards, so that a part looks round; in pixels. light: where the light comes from, as
        (x, y), each about -1 to 1: the shadow falls on the other side. soft: blur of the edge in pixels.
        """
        plain = not isinstance(colour, np.ndarray) or colour.ndim == 1
        if plain and opacity == 1 and soft < 0.5 and round_ < 1:
            return self.fill_all([outline], colour)
        room = int(2.5 * soft) + 2
        (x0, y0), (x1, y1) = outline.min(0) - room, outline.max(0) + room
        x0, y0, x1, y1 = max(int(x0), 0), max(int(y0), 0), min(int(x1) + 1, self.width), min(int(y1) + 1, self.height)
        if x1 <= x0 or y1 <= y0:
            return None
        place, size, outline = (slice(y0, y1), slice(x0, x1)), (y1 - y0, x1 - x0), outline - (x0, y0)
        mask = mask_of(outline, size, soft)
        if plain:
            paint = np.empty((*size, 3), "uint8")
            paint[:] = np.clip(colour, 0, 255)
        else:
            paint = colour[place]
        if round_ >= 1:
            lit = mask_of(outline + np.multiply(light, 0.7 * round_), size, round_)
            lit = cv2.convertScaleAbs(lit, alpha=103 / 255, beta=152)  # 0.62 to 1.04, in steps of 1 / 245
            paint = cv2.multiply(paint, cv2.cvtColor(lit, cv2.COLOR_GRAY2RGB), scale=1 / 245)
        strength = mask * np.float32(opacity / 255)
        self.colour[place] = cv2.blendLinear(paint, self.colour[place], strength, 1 - strength)
        if self.cover is not None:
            covered = mask if opacity == 1 else cv2.convertScaleAbs(mask, alpha=opacity)
            self.cover[place] = cv2.max(self.cover[place], covered)

    def fill_all(self, outlines: list[np.ndarray], colour) -> None:
        """Fill many outlines with one even colour at once: blades of grass, whiskers."""
        corners = [np.round(outline * (1 << SHIFT)).astype(np.int32) for outline in outlines]
        cv2.fillPoly(self.colour, corners, [float(min(max(v, 0), 255)) for v in colour], cv2.LINE_AA, SHIFT)
        if self.cover is not None:
            cv2.fillPoly(self.cover, corners, 255, cv2.LINE_AA, SHIFT)

    def line(self, points: np.ndarray, colour, thick: float = 1, opacity: float = 1) -> None:
        """A line through `points` (N, 2) of even thickness in pixels."""
        self.fill(ribbon(points, np.full(len(points), thick)), colour, opacity)

    def lay(self, layer: "Canvas", x: int, y: int) -> None:
        """Put a layer on this paper, its left upper corner at (x, y), wholly inside."""
        place = slice(y, y + layer.height), slice(x, x + layer.width)
        free = cv2.cvtColor(255 - layer.cover, cv2.COLOR_GRAY2RGB)
        self.colour[place] = cv2.add(cv2.multiply(self.colour[place], free, scale=1 / 255), layer.colour)

    def fade(self, top: float, bottom: float, upper: np.ndarray, lower: np.ndarray) -> None:
        """Fill rows `top` to `bottom` with one colour that turns into another."""
        rows = np.arange(int(max(0, top)), int(bottom))
        if len(rows):
            share = (rows - top) / max(1.0, bottom - top)
            column = np.clip(upper + (lower - upper) * share[:, None], 0, 255).astype("uint8")[:, None]
            self.colour[rows[0] : rows[-1] + 1] = cv2.repeat(column, 1, self.width)


def mask_of(outline: np.ndarray, size: tuple[int, int], soft: float) -> np.ndarray:
    """uint8 (H, W), 255 inside the outline, its edge blurred by `soft` pixels.

    A wide blur is drawn and blurred on a smaller mask, which is quicker and looks the same.
    """
    step = max(1, int(soft / 1.2))
    small = np.zeros((-(-size[0] // step), -(-size[1] // step)), "uint8")
    corners = np.round(((outline + 0.5) / step - 0.5) * (1 << SHIFT)).astype(np.int32)
    cv2.fillPoly(small, [corners], 255, cv2.LINE_AA, SHIFT)
    if soft < 0.5:
        return small
    small = cv2.GaussianBlur(small, (0, 0), soft / step)
    return cv2.resize(small, (small.shape[1] * step, small.shape[0] * step))[: size[0], : size[1]]

"""Outlines: smooth curves, ellipses and bands, as corners (N, 2) of x and y."""

from functools import cache

import numpy as np


@cache
def _catmull_rom(count: int, closed: bool, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """(which four of the points each piece leans on (pieces, 4), how much on each (steps, 4))."""
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    weights = 0.5 * np.hstack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2])
    pieces = np.arange(count if closed else count - 1)[:, None] + np.arange(4)
    return ((pieces - 1) % count if closed else pieces), weights


def curve(points: np.ndarray, closed: bool = True, steps: int = 8) -> np.ndarray:
    """A smooth line through `points` (N, 2): Catmull-Rom, `steps` pieces between two points."""
    points = np.asarray(points, float)
    leans, weights = _catmull_rom(len(points), closed, steps)
    if closed:
        return (weights @ points[leans]).reshape(-1, 2)
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    return np.vstack([(weights @ padded[leans]).reshape(-1, 2), points[-1]])


@cache
def _circle(count: int) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], 1)


def ellipse(x: float, y: float, across: float, down: float, turn: float = 0, count: int = 24) -> np.ndarray:
    """Points (count, 2) of an ellipse with half-axes `across` and `down`, turned by `turn` degrees."""
    points = _circle(count) * (across, down)
    return (rotated(points, turn) if turn else points) + (x, y)


def ribbon(spine: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """The outline of a band along `spine` (N, 2), as wide as `widths` (N,) at each point: a tail, a leg, an arm."""
    spine = np.asarray(spine, float)
    steps = spine[1:] - spine[:-1]
    along = np.vstack([steps[:1], steps[1:] + steps[:-1], steps[-1:]])
    along /= np.sqrt((along * along).sum(1, keepdims=True)) + 1e-9
    side = np.stack([-along[:, 1], along[:, 0]], 1) * np.asarray(widths)[:, None] / 2
    cap = spine[-1] + along[-1] * widths[-1] / 2
    return np.vstack([spine + side, cap, (spine - side)[::-1]])


def box(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


def rotation(degrees: float) -> np.ndarray:
    """The matrix (2, 2) that turns rows of points by so many degrees, clockwise as one looks at the picture."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, s], [-s, c]])


def rotated(points: np.ndarray, degrees: float) -> np.ndarray:
    return points @ rotation(degrees)

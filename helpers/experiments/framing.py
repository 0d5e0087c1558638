"""How much of the pet a variation leaves in the picture, where its box is known."""

from collections.abc import Sequence

import numpy as np

from helpers.augmentation import RandomWarp, matrices
from helpers.quiet import tf

POINTS = 15  # along each side of a box; their share within the picture is the share of the area


def in_frame(boxes: Sequence[Sequence[float]], warp: RandomWarp, draws: int = 10, seed: int = 0) -> np.ndarray:
    """Share of each pet's box that is still in the frame after a random variation: float (N, draws), in 0..1.

    boxes: (N, 4), left, top, right, bottom in fractions of the picture, as of `drawing.boxes`. warp: whose reaches the
    movements are drawn from, as it draws them itself. The same seed gives the same movements.
    """
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    rng, count = np.random.default_rng(seed), len(boxes) * draws

    def drawn(reach: float) -> tf.Tensor:
        return tf.constant(rng.uniform(-reach, reach, count), tf.float32)

    mirror = np.where(rng.random(count) < 0.5, -1.0, 1.0) if warp.flip else np.ones(count)
    amounts = (drawn(warp.rotation), drawn(warp.shear), drawn(warp.zoom), tf.constant(mirror, tf.float32))
    side = 1000  # of a square picture: only fractions of it matter
    moves = matrices(*amounts, drawn(warp.shift), drawn(warp.shift), size=(side, side)).numpy()
    return share_left(np.repeat(boxes, draws, axis=0), moves, side).reshape(len(boxes), draws)


def share_left(boxes: np.ndarray, moves: np.ndarray, side: int) -> np.ndarray:
    """Share of each box still in the frame after its movement: float (N,).

    boxes: (N, 4) in fractions. moves: (N, 2, 3), as of `augmentation.matrices` for pictures of side x side pixels.
    """
    steps, moves = (np.arange(POINTS) + 0.5) / POINTS, np.asarray(moves, float)
    left, top, right, bottom = np.asarray(boxes, float).T[:, :, None]
    across, down = (grid.ravel() for grid in np.meshgrid(steps, steps))
    old = np.stack([left + (right - left) * across, top + (bottom - top) * down], axis=-1) * side  # (N, points, 2)
    # A matrix says where in the old picture a new pixel is read; where an old point goes is the other way round.
    new = np.linalg.solve(moves[:, None, :, :2], (old - moves[:, None, :, 2])[..., None])[..., 0]
    return ((new >= 0) & (new <= side)).all(axis=-1).mean(axis=1)

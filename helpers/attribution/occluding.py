"""Occlusion: cover a part of the picture, and see how the score falls (Zeiler and Fergus 2013, arXiv 1311.2901)."""

from collections.abc import Sequence

import numpy as np

from helpers.activations.every_layer import check_size, finite
from helpers.attribution.answers import often, one_each, scorer
from helpers.errors import InputError
from helpers.quiet import keras

BATCH = 128
GREY = 0.5


def occlusion(
    model: keras.Model,
    image: np.ndarray,
    class_index: int | Sequence[int] = 1,
    size: int = 16,
    step: int = 8,
    fill: float = GREY,
) -> np.ndarray:
    """How far the score of class `class_index` falls when a place is covered: float32 (H, W), of either sign.

    A square of `size` pixels moves over the picture, `step` pixels at a time, and flush with the right and lower edge
    at the end. A pixel gets the mean fall of all the squares that covered it. Above zero: the place speaks for the
    class; below zero: against it. As a heat map: `as_heat(fall)`. The score is the number before the sigmoid.

    image: (H, W, 3) in 0..1; or many, (N, H, W, 3), with one class for all or one each; then the answer is (N, H, W).
    fill: what the square is painted with, 0..1. Raises InputError for an image of another size, an unknown class, and
    for a square that does not fit into the picture or leaves gaps.
    """
    batch = np.asarray(image, "float32")
    batch = batch[None] if batch.ndim == 3 else batch
    check_size(model, batch)
    height, width = batch.shape[1:3]
    if not 1 <= step <= size <= min(height, width):
        raise InputError(
            f"A square of {size} pixels in steps of {step} cannot cover {height} × {width} pixels; "
            "choose 1 <= step <= size, and a size that fits."
        )
    classes = one_each(class_index, len(batch), model)
    corners = [(y, x) for y in stops(height, size, step) for x in stops(width, size, step)]
    starts = range(0, len(batch) * len(corners), BATCH)
    score = often(scorer(model), len(starts), batch.shape[1:])

    def scores(pictures: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        return score(pictures, wanted).numpy()

    before = [scores(batch[i : i + BATCH], classes[i : i + BATCH]) for i in range(0, len(batch), BATCH)]
    before = np.concatenate(before)
    fall, covered = np.zeros(batch.shape[:3]), np.zeros((height, width))
    for y, x in corners:
        covered[y : y + size, x : x + size] += 1
    for start in starts:
        which, corner = np.divmod(np.arange(start, min(start + BATCH, len(batch) * len(corners))), len(corners))
        pictures = batch[which]  # a copy
        places = [corners[one] for one in corner]
        for picture, (y, x) in zip(pictures, places, strict=True):
            picture[y : y + size, x : x + size] = fill
        lost = before[which] - scores(pictures, classes[which])
        for one, (y, x), loss in zip(which, places, lost, strict=True):
            fall[one, y : y + size, x : x + size] += loss
    return finite(fall / covered, "occlusion").astype("float32").reshape(np.shape(image)[:-1])


def stops(side: int, size: int, step: int) -> list[int]:
    """Where the square begins along one side; the last one ends with the picture."""
    return sorted({*range(0, side - size, step), side - size})

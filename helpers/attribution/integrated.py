"""Integrated gradients: what each number of a picture adds to the score (Sundararajan et al. 2017, arXiv 1703.01365).

On the way from a picture that says nothing (black) to this one, the slopes are added up. So all that the score gained
on that way is shared out among the numbers of the picture, and nothing is left over: completeness.
"""

from collections.abc import Sequence

import numpy as np

from helpers.activations.every_layer import check_size, finite
from helpers.attribution.answers import often, one_each, scorer
from helpers.errors import InputError
from helpers.quiet import keras, tf

BATCH = 64


def integrated_gradients(
    model: keras.Model,
    image: np.ndarray,
    class_index: int | Sequence[int] = 1,
    baseline: float | np.ndarray = 0.0,
    steps: int = 32,
) -> np.ndarray:
    """How much each number of `image` adds to the score of class `class_index`: float32 (H, W, 3), of either sign.

    The sum of all is the score of the image minus the score of the baseline, but for the error of so many steps. As a
    heat map: `as_heat(numbers.sum(axis=-1))`. The score is the number before the sigmoid, as for `grad_cam`.

    image: (H, W, 3) in 0..1; or many, (N, H, W, 3), with one class for all or one each; the answer has its shape.
    baseline: the picture that stands for "nothing", (H, W, 3), or one number for all of it; 0 is black.
    Raises InputError for an image or baseline of another size, an unknown class, and fewer steps than one.
    """
    batch = np.asarray(image, "float32")
    batch = batch[None] if batch.ndim == 3 else batch
    check_size(model, batch)
    classes = one_each(class_index, len(batch), model)
    if steps < 1:
        raise InputError(f"steps={steps}: the way from the baseline to the picture needs at least one step.")
    if np.shape(baseline) not in ((), batch.shape[1:]):
        raise InputError(
            f"A baseline is one number, or a picture of shape {batch.shape[1:]}; not {np.shape(baseline)}."
        )

    score, starts = scorer(model), range(0, len(batch) * steps, BATCH)

    def slope(points: tf.Tensor, wanted: np.ndarray) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(points)
            scores = score(points, wanted)
        return tape.gradient(scores, points)

    slope = often(slope, len(starts), batch.shape[1:])
    way = batch - np.float32(baseline)
    slopes = np.zeros_like(batch)
    for start in starts:
        which, step = np.divmod(np.arange(start, min(start + BATCH, len(batch) * steps)), steps)
        left = 1 - (step + 0.5) / steps  # the middle of each step, as the share of the way that is left to go
        points = tf.constant(batch[which] - left[:, None, None, None].astype("float32") * way[which])
        np.add.at(slopes, which, slope(points, classes[which]).numpy())
    return finite(way * slopes / steps, "integrated gradients").reshape(np.shape(image))

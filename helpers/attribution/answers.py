"""The score of a class, as a number with a slope everywhere: what all methods here ask about."""

from collections.abc import Callable

import numpy as np

from helpers.activations.every_layer import one_or_all, record_calls
from helpers.errors import InputError
from helpers.quiet import keras, tf


def scorer(model: keras.Model) -> Callable[[tf.Tensor, np.ndarray], tf.Tensor]:
    """A function: pictures (B, H, W, 3), classes (B,) -> their scores (B,), the numbers before the sigmoid."""
    last = record_calls(model)[-1]
    before = keras.Model(one_or_all(model.inputs), last.inputs)
    return lambda pictures, classes: class_scores(logits(last.layer, before(pictures, training=False)), classes)


def logits(last: keras.layers.Layer, before: tf.Tensor) -> tf.Tensor:
    """The numbers before the last sigmoid or softmax, (B, units), from what comes into the last layer."""
    if isinstance(last, keras.layers.Dense):
        scores = tf.matmul(before, last.kernel)
        return scores + last.bias if last.use_bias else scores
    if isinstance(last, keras.layers.Activation):
        return before
    return last(before)


def class_scores(scores: tf.Tensor, classes: np.ndarray) -> tf.Tensor:
    """The score (B,) of the class asked for, of each picture."""
    units = scores.shape[-1]
    if classes.min() < 0 or classes.max() >= max(2, units):
        raise InputError(f"The model knows the classes 0 to {max(2, units) - 1}; {classes.max()} is not one of them.")
    if units == 1:
        return scores[:, 0] * np.where(classes == 1, 1.0, -1.0).astype("float32")
    return tf.gather(scores, classes, batch_dims=1)

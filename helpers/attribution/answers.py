"""The score of a class, as a number with a slope everywhere: what all methods here ask about."""

from collections.abc import Callable

import numpy as np

from helpers.activations.every_layer import Call, one_or_all, record_calls
from helpers.errors import InputError
from helpers.quiet import keras, tf


def scorer(model: keras.Model) -> Callable[[tf.Tensor, np.ndarray], tf.Tensor]:
    """A function: pictures (B, H, W, 3), classes (B,) -> their scores (B,), the numbers before the sigmoid."""
    answers = answering(record_calls(model))
    before = keras.Model(one_or_all(model.inputs), [call.inputs for call in answers])

    def score(pictures: tf.Tensor, classes: np.ndarray) -> tf.Tensor:
        return class_scores(logits(answers, before(pictures, training=False)), classes)

    return score


def answering(calls: list[Call]) -> list[Call]:
    """The uses of layers that give the answer: the last one; or, where that takes the mean of several answers, as of a
    picture and its mirror image, those."""
    makers = {id(call.output): call for call in calls}
    last = calls[-1]
    if isinstance(last.layer, keras.layers.Average) and all(id(one) in makers for one in last.inputs):
        return [makers[id(one)] for one in last.inputs]
    return [last]


def logits(answers: list[Call], before: list[tf.Tensor]) -> tf.Tensor:
    """The numbers before the sigmoid or softmax, float32 (B, units), the mean over the answers. before: what comes into
    each of these."""
    numbers = [number(call.layer, one) for call, one in zip(answers, keras.tree.flatten(before), strict=True)]
    return tf.reduce_mean(tf.stack(numbers), axis=0)


def number(layer: keras.layers.Layer, before: tf.Tensor) -> tf.Tensor:
    before = tf.cast(before, "float32")  # of a network in mixed precision, half as long
    if isinstance(layer, keras.layers.Dense):
        scores = tf.matmul(before, layer.kernel)
        return scores + layer.bias if layer.use_bias else scores
    if isinstance(layer, (keras.layers.Activation, keras.layers.Softmax)):
        return before
    return tf.cast(layer(before), "float32")


def class_scores(scores: tf.Tensor, classes: np.ndarray) -> tf.Tensor:
    """The score (B,) of the class asked for, of each picture."""
    units = scores.shape[-1]
    if classes.min() < 0 or classes.max() >= max(2, units):
        raise InputError(f"The model knows the classes 0 to {max(2, units) - 1}; {classes.max()} is not one of them.")
    if units == 1:
        return scores[:, 0] * np.where(classes == 1, 1.0, -1.0).astype("float32")
    return tf.gather(scores, classes, batch_dims=1)

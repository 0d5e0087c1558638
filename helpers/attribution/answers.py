"""The score of a class, as a number with a slope everywhere: what all methods here ask about."""

from collections.abc import Callable, Sequence

import numpy as np

from helpers.activations.every_layer import Call, record_all
from helpers.errors import InputError
from helpers.one_probability import is_idle
from helpers.quiet import keras, tf

SQUEEZING = ("Sigmoid", "Softmax")  # the operations `keras.ops.sigmoid` and `keras.ops.softmax`
WORTH_A_GRAPH = 8  # calls: to make a graph takes as long as some ten calls gain by it, for our small networks


def scorer(model: keras.Model) -> Callable[[tf.Tensor, np.ndarray], tf.Tensor]:
    """A function: pictures (B, H, W, 3), classes (B,) -> their scores (B,), the numbers before the sigmoid."""
    answers = answering(record_all(model))
    before = keras.Model(model.inputs[0], [call.inputs for call in answers])

    def score(pictures: tf.Tensor, classes: np.ndarray) -> tf.Tensor:
        return class_scores(logits(answers, before(pictures, training=False)), classes)

    return score


def often(function: Callable, calls: int, size: tuple[int, ...]) -> Callable:
    """`function`, of pictures (B, *size) and classes (B,), as one graph of TensorFlow where it is called so often that
    this saves time: two to three times a call for our networks, measured on two cores."""
    if calls < WORTH_A_GRAPH:
        return function
    given = [tf.TensorSpec((None, *size), "float32"), tf.TensorSpec((None,), "int64")]
    return tf.function(function, input_signature=given, autograph=False)


def answering(calls: list[Call]) -> list[Call]:
    """What gives the answer among all calls of a model: the last one, but for those that only hand it on; or, where
    that takes the mean of several answers, as of a picture and its mirror image, those. Raises InputError for a plain
    operation other than those of `number`: what it does to the score of a class is not known."""
    makers = {id(call.output): call for call in calls}
    last = calls[-1]
    while is_idle(last.layer) and id(last.inputs) in makers and len(last.inputs.shape) == 2:
        last = makers[id(last.inputs)]
    if isinstance(last.layer, keras.layers.Average) and all(id(one) in makers for one in last.inputs):
        return [makers[id(one)] for one in last.inputs]
    if not isinstance(last.layer, keras.layers.Layer) and type(last.layer).__name__ not in SQUEEZING:
        raise InputError(
            f"The model ends in a plain operation ({last.name}), so the score behind its answer is not known; "
            "end it in a layer, such as Dense, Activation or Average."
        )
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
    if isinstance(layer, (keras.layers.Activation, keras.layers.Softmax)) or type(layer).__name__ in SQUEEZING:
        return before
    return tf.cast(layer(before), "float32")


def one_each(classes: int | Sequence[int] | np.ndarray, pictures: int, model: keras.Model) -> np.ndarray:
    """The class asked for of each picture, int64 (N,): one for all, or one each, (N,) or (N, 1) as in a dataset. Raises
    InputError for another number of them, for what is no whole number or no class of the model, where there is no
    picture, and for a model that does not give one row of numbers a picture."""
    if [len(output.shape) for output in model.outputs] != [2]:
        shapes = " and ".join(str(tuple(output.shape[1:])) for output in model.outputs)
        raise InputError(
            f"The model answers with {shapes}, and not with one number, or one a class; name one answer, as in "
            "`keras.Model(model.input, model.outputs[0])`, and put global pooling or `Flatten` behind maps."
        )
    given = np.asarray(classes).reshape(-1)
    if not pictures:
        raise InputError("There is no picture to ask about; give at least one, (H, W, C) in 0..1.")
    if len(given) not in (1, pictures) or (given != np.round(given)).any():
        raise InputError(
            f"{pictures} pictures and {len(given)} classes; name one class for all or one each, as whole numbers."
        )
    known = max(2, model.outputs[0].shape[-1])
    if len(unknown := given[(given < 0) | (given >= known)]):
        raise InputError(f"The model knows the classes 0 to {known - 1}; {unknown[0]:.0f} is not one of them.")
    return np.broadcast_to(given.astype("int64"), pictures)


def class_scores(scores: tf.Tensor, classes: tf.Tensor | np.ndarray) -> tf.Tensor:
    """The score (B,) of the class asked for, of each picture."""
    if scores.shape[-1] == 1:
        return scores[:, 0] * tf.where(classes == 1, 1.0, -1.0)
    return tf.gather(scores, classes, batch_dims=1)

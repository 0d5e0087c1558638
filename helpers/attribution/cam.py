"""Grad-CAM: which places of a layer's maps speak for a class (Selvaraju et al. 2017, arXiv 1610.02391)."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from helpers.activations.every_layer import Call, check_size, find_maps, finite, layers_of, record_all
from helpers.attribution.answers import answering, class_scores, logits, often, one_each
from helpers.errors import InputError
from helpers.one_probability import is_idle
from helpers.quiet import keras, tf

BATCH = 64


def grad_cam(model: keras.Model, image: np.ndarray, class_index: int = 1, layer: str | None = None) -> np.ndarray:
    """Where `image` speaks for class `class_index`: float32 (H, W) in 0..1, at the size of the image.

    Each channel of `layer` is weighted by how much the class's score would rise with it (the mean gradient over the
    map); the weighted sum, negative parts cut off, is stretched to the size of the image and divided by its greatest
    number. A map of zeros only means that nothing speaks for the class.

    The score is the number before the sigmoid: the probability itself hardly moves when the network is sure. One
    sigmoid unit has one number for two classes: it for class 1, and minus it for class 0.

    model: built, and with one sigmoid unit, or one unit a class, at the end. image: (H, W, 3) in 0..1, of its size.
    layer: a name as in `activation_model(model).layer_names`; if not given, the last layer of maps but for pooling. Of
    a model that gives the mean of several answers, such as those of `labs train`, it is the last before the first one.
    Raises InputError for a model without maps, for an unknown layer or class, and for an image of another size.
    """
    return grad_cams(model, np.asarray(image)[None], [class_index], layer)[0]


def grad_cams(
    model: keras.Model, images: np.ndarray, class_indices: Sequence[int], layer: str | None = None
) -> np.ndarray:
    """`grad_cam` of many pictures at once: (N, H, W, 3) and N classes, (N,) or (N, 1) -> float32 (N, H, W) in 0..1."""
    images = np.asarray(images, "float32")
    calls = record_all(model)
    check_size(model, images)
    classes = one_each(class_indices, len(images), model)
    answers = answering(calls)
    maps = pick_layer(calls, layer, answers[0])
    follow = keras.Model(model.inputs[0], [maps, *[call.inputs for call in answers]])
    starts = range(0, len(images), BATCH)
    draw = often(partial(drawn, follow, answers), len(starts), images.shape[1:])
    heats = [draw(images[start : start + BATCH], classes[start : start + BATCH]).numpy() for start in starts]
    return finite(np.concatenate(heats), "Grad-CAM")


def drawn(follow: keras.Model, answers: list[Call], images: tf.Tensor | np.ndarray, classes: np.ndarray) -> tf.Tensor:
    with tf.GradientTape() as tape:
        maps, *before = follow(images, training=False)
        tape.watch(maps)
        score = class_scores(logits(answers, before), classes)
    gradient = tape.gradient(score, maps)
    if gradient is None:
        raise InputError(
            "The answer does not depend on that layer; name one on the way from the picture to the answer."
        )
    weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1, keepdims=True))
    heat = tf.image.resize(tf.cast(heat, "float32"), images.shape[1:3])[..., 0]
    return tf.math.divide_no_nan(heat, tf.reduce_max(heat, axis=(1, 2), keepdims=True))


def pick_layer(calls: list[Call], name: str | None, answer: Call):
    """The symbolic output of the layer asked for, or of the last layer of maps, but for pooling, before `answer`: the
    maps of a network that is asked a second time, about the mirror image, are mirrored, too."""
    maps = [call for call in layers_of(calls) if len(call.output.shape) == 4]
    if not maps:
        raise InputError("The model has no layer of maps (H, W, C), so there is no place to point at.")
    if name is None:
        before = [call for call in calls[: calls.index(answer) + 1] if call in maps] or maps
        sharp = [call for call in before if "Pooling" not in type(call.layer).__name__ and not is_idle(call.layer)]
        return (sharp or before)[-1].output
    return find_maps(maps, name).output

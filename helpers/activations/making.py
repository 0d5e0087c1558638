"""The input made to excite a channel: a picture that climbs the slope of the channel's number, from faint noise.

Activation maximisation: Erhan et al. 2009 (Visualizing Higher-Layer Features of a Deep Network, Université de Montréal,
technical report 1341). Left alone, it ends in noise that no eye can read. So each step also pulls the picture towards
grey and blurs it a little (Yosinski et al. 2015, arXiv 1506.06579), and shifts it at random (jitter; Olah et al. 2017,
Distill, "Feature Visualization").
"""

import math
from collections.abc import Sequence

import numpy as np

from helpers.activations.every_layer import Call, at_size, chosen_channels, find_maps, finite, record_calls
from helpers.activations.fields import USUAL, Field, receptive_field
from helpers.quiet import keras, tf

TOGETHER = 64  # channels that are worked on in one batch
RATE, BLUR, KEEP = 0.06, 0.35, 0.99  # a step's length; the share that is blurred; the contrast that a step keeps
PASSING = ("Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "MaxPooling2D", "AveragePooling2D", "Dropout")


def made_inputs(
    model: keras.Model,
    layer: str,
    channels: Sequence[int] | None = None,
    steps: int = 40,
    seed: int = 0,
    size: tuple[int, int] = USUAL,
) -> np.ndarray:
    """For each channel of a layer, the picture made to excite it: float32 (C, h, w, D) in 0..1; D is 3 for a model of
    pictures in colour.

    Each is as large as the channel's receptive field, and is made for the one number that sees all of it. What is
    climbed is the number before the activation: where a ReLU is silent there is no slope. For a layer that only passes
    channels on (an activation, pooling), it is the layer that makes them.

    model: as for `activation_model`; its pictures are in 0..1. channels: which of them; all if not given. The same
    seed gives the same pictures. size: as for `receptive_field`.
    Raises InputError for a layer that is not there or has no maps, and for a channel that it does not have.
    """
    model = at_size(model, size)
    calls = record_calls(model)
    call = find_maps(calls, layer)
    count = call.output.shape[-1]
    channels = np.array(chosen_channels(layer, count, range(count) if channels is None else channels))
    call = maker(calls, call)
    field = receptive_field(model, call.name)
    eye, (row, column) = window(model, call, field)
    parts = np.array_split(channels, -(-len(channels) // TOGETHER))
    made = [climb(eye, (row, column), part, steps, seed) for part in parts]
    return finite(np.stack([field.cut(picture, row, column) for part in made for picture in part]), layer)


def maker(calls: list[Call], call: Call) -> Call:
    """The layer that made the channels which `call` only passes on; `call` itself, if it made them."""
    makers = {id(one.output): one for one in calls}
    while type(call.layer).__name__ in PASSING and id(call.inputs) in makers:
        call = makers[id(call.inputs)]
    return call


def before_activation(call: Call):
    """The symbolic output of a layer without its activation. The layer is not touched: a twin has its weights."""
    if not call.layer.weights or not hasattr(call.layer, "activation"):
        return call.output
    settings = {**call.layer.get_config(), "activation": "linear", "name": f"{call.layer.name}_before"}
    twin = type(call.layer).from_config(settings)
    output = twin(call.inputs)
    twin.set_weights(call.layer.get_weights())
    return output


def window(model: keras.Model, call: Call, field: Field) -> tuple[keras.Model, tuple[int, int]]:
    """The network up to `call`, for the smallest picture that holds a whole receptive field; and which number sees it.

    Where no smaller picture will do (the field is larger than the picture, or a model within the model takes one size
    only), it is the whole picture, and the number in the middle of the map.
    """
    whole = keras.Model(model.inputs[0], before_activation(call))
    middle = tuple(side // 2 for side in call.output.shape[1:3])
    full = model.inputs[0].shape[1:3]
    if 0 in field.stride:
        return whole, middle
    place = tuple(max(0, math.ceil(-start / stride)) for start, stride in zip(field.start, field.stride, strict=True))
    sides = []
    for axis in (0, 1):
        least = field.start[axis] + place[axis] * field.stride[axis] + field.size[axis]
        # The same remainder as the full picture, so that strided layers pad it in the same way.
        sides.append(least + (full[axis] - least) % field.stride[axis])
    if any(side >= most for side, most in zip(sides, full, strict=True)):
        return whole, middle
    picture = keras.Input((*sides, model.inputs[0].shape[-1]))
    try:
        small = keras.models.clone_model(whole, input_tensors=picture, clone_function=lambda layer: layer)
    except ValueError:  # Keras's word for a model within that takes one size only
        return whole, middle
    return small, place


def climb(eye: keras.Model, place: tuple[int, int], channels: np.ndarray, steps: int, seed: int) -> np.ndarray:
    """Pictures (C, H, W, D) in 0..1 that excite the number of each channel at `place`."""
    shape = eye.inputs[0].shape[1:]
    rng = np.random.default_rng(seed)
    noise = rng.normal(0.5, 0.02, shape).astype("float32")  # the same for all channels: only they make the difference
    pictures = np.repeat(noise[None], len(channels), axis=0)
    reach = min(shape[:2]) // 16  # of the jitter, pixels
    which = np.stack([np.arange(len(channels)), channels], axis=1)

    @tf.function
    def slope(shown):
        with tf.GradientTape() as tape:
            tape.watch(shown)
            score = tf.reduce_sum(tf.gather_nd(eye(shown, training=False)[:, place[0], place[1]], which))
        return tape.gradient(score, shown)

    for _ in range(steps):
        shift = rng.integers(-reach, reach + 1, 2)
        rise = np.roll(slope(tf.constant(np.roll(pictures, shift, (1, 2)))).numpy(), -shift, (1, 2))
        pictures += RATE * rise / (np.sqrt((rise**2).mean(axis=(1, 2, 3), keepdims=True)) + 1e-12)
        pictures = (1 - BLUR) * pictures + BLUR * blurred(pictures)
        pictures = np.clip(0.5 + KEEP * (pictures - 0.5), 0, 1).astype("float32")
    return pictures


def blurred(pictures: np.ndarray) -> np.ndarray:
    """Each pixel the weighted mean (1, 2, 1) of itself and its neighbours, down and across; edges repeat."""
    for axis in (1, 2):
        wide = np.pad(pictures, [(int(a == axis),) * 2 for a in range(4)], mode="edge")
        before, after = (np.take(wide, range(n, n + pictures.shape[axis]), axis) for n in (0, 2))
        pictures = (before + 2 * pictures + after) / 4
    return pictures

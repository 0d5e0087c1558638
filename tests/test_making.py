"""Inputs made to excite a channel, on networks whose channels we made."""

import numpy as np
import pytest
from test_activations import deeply_nested, nested
from test_channel_card import mixed

from helpers.activations import activation_model, look, made_inputs
from helpers.activations.every_layer import record_calls
from helpers.activations.fields import receptive_field
from helpers.activations.making import window
from helpers.errors import InputError
from helpers.models import compact, lab_cnn
from helpers.quiet import keras

layers = keras.layers


def edges(bias=0.0):
    """Channel 0: dark to bright, left to right; 1: bright to dark; 2: dark to bright, downwards; 3: red alone."""
    model = keras.Sequential(
        [
            layers.Input((20, 28, 3)),
            layers.Conv2D(4, 5, activation="relu", name="edges"),
            layers.MaxPooling2D(name="pool"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    kernel = np.zeros((5, 5, 3, 4), "float32")
    kernel[:, :2, :, 0], kernel[:, 3:, :, 0] = -1, 1
    kernel[..., 1] = -kernel[..., 0]
    kernel[..., 2] = kernel[..., 0].transpose(1, 0, 2)
    kernel[:, :, 0, 3], kernel[:, :, 1:, 3] = 1, -1
    model.get_layer("edges").set_weights([kernel, np.full(4, bias)])
    return model


@pytest.mark.parametrize("layer", ["edges", "pool"])
@pytest.mark.parametrize("bias", [0.0, -30.0])  # with -30 the channel is silent on all that is not nearly perfect
def test_made_input_shows_the_edge_in_its_direction(layer, bias):
    right, left, down, red = made_inputs(edges(bias), layer)
    assert right.shape == (5, 5, 3) and right.dtype == np.float32
    for picture in (right, left[:, ::-1], down.transpose(1, 0, 2)):
        assert picture[:, :2].max() < 0.25 and picture[:, 3:].min() > 0.75
        assert np.ptp(picture[:, 0]) < 0.1  # the same all along the edge
    assert red[..., 0].min() > 0.75 and red[..., 1:].max() < 0.25


def test_the_same_seed_makes_the_same_picture():
    model = lab_cnn((40, 32))
    first, again, other = (made_inputs(model, "conv_2", [3, 5], steps=4, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert first.shape == (2, 8, 8, 3) and first.min() >= 0 and first.max() <= 1
    np.testing.assert_allclose(made_inputs(model, "conv_2", steps=4, seed=1)[[3, 5]], first, atol=1e-4)


def strided(size):
    """Padding that depends on whether the picture is even or odd."""
    pictures = layers.Input((*size, 3))
    x = layers.Conv2D(2, 3, strides=2, padding="same", name="first")(pictures)
    return keras.Model(pictures, layers.Conv2D(2, 3, strides=(2, 1), padding="same", name="second")(x))


MODELS = [lambda: lab_cnn((44, 52)), lambda: compact((44, 52)), mixed]


@pytest.mark.parametrize(
    "make", [*MODELS, lambda: strided((44, 52)), lambda: strided((45, 54)), lambda: strided((46, 53))]
)
def test_the_small_picture_is_seen_as_a_part_of_the_whole_one_is(make):
    model = make()
    picture = np.random.default_rng(0).random(model.inputs[0].shape[1:]).astype("float32")
    every, smaller = look(activation_model(model), picture), 0
    for call in record_calls(model):
        if len(call.output.shape) != 4 or not call.layer.weights:
            continue
        eye, (row, column) = window(model, call, receptive_field(model, call.name))
        height, width = eye.inputs[0].shape[1:3]
        smaller += height < 44 and width < 52
        got = eye(picture[None, :height, :width], training=False)[0, row, column].numpy()
        seen = every[call.name][row, column]
        np.testing.assert_allclose(np.maximum(got, 0) if seen.min() == 0 else got, seen, atol=1e-4, err_msg=call.name)
    assert smaller >= 2


def test_made_input_excites_more_than_any_patch_of_noise():
    keras.utils.set_random_seed(2)
    model = lab_cnn((40, 32))
    made = made_inputs(model, "conv_3")
    assert made.shape == (64, 18, 18, 3)
    noise = np.random.default_rng(3).random((32, 40, 32, 3)).astype("float32")
    eye = keras.Model(model.inputs[0], model.get_layer("conv_3").output)
    canvas = np.full((64, 40, 32, 3), 0.5, "float32")
    canvas[:, :18, :18] = made
    reached = eye(canvas)[:, 0, 0].numpy()[np.arange(64), np.arange(64)]
    assert (reached > eye(noise).numpy().max(axis=(0, 1, 2))).mean() > 0.9


def test_models_within_are_seen_whole_and_wrong_input_is_said():
    assert made_inputs(nested(), "shared_2", steps=2).shape == (4, 12, 12, 3)
    assert made_inputs(deeply_nested(), "branching/left", steps=2).shape == (4, 3, 3, 3)
    with pytest.raises(InputError, match="'answer' is not a layer of maps; this model has inner/c"):
        made_inputs(nested(), "answer")
    with pytest.raises(InputError, match="edges has the channels 0 to 3"):
        made_inputs(edges(), "edges", [4])

"""The two networks: what goes in, what comes out, how large they are, and that they can learn."""

import numpy as np
import pytest

from helpers import many_devices, models
from helpers.quiet import keras

BOTH = [models.lab_cnn, models.compact]


def stripes(many, size=32, seed=0):
    """Class 0 is striped across, class 1 down, in colours that say nothing."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, many)
    waves = np.sin(np.arange(size) * 1.2 + rng.uniform(0, 6, (many, 1)))
    pictures = np.where(labels[:, None, None] == 1, waves[:, None, :], waves[:, :, None])[..., None]
    pictures = 0.5 + 0.3 * pictures * rng.uniform(0.3, 1, (many, 1, 1, 3))
    return pictures.astype("float32"), labels[:, None].astype("float32")


@pytest.mark.parametrize("build", BOTH)
@pytest.mark.parametrize("size", [(64, 64), (70, 54)])
def test_a_batch_of_pictures_gives_one_probability_each(build, size):
    model = build(size)
    assert model.input_shape == (None, *size, 3) and model.output_shape == (None, 1)
    answers = model.predict(np.random.default_rng(0).uniform(0, 1, (5, *size, 3)), verbose=0)
    assert answers.shape == (5, 1) and (answers > 0).all() and (answers < 1).all()
    assert not model.compiled


@pytest.mark.parametrize("build", BOTH)
def test_the_answer_is_one_sigmoid_unit(build):
    answer = build((48, 48)).get_layer("answer")
    assert answer.units == 1 and answer.activation is keras.activations.sigmoid


def test_sizes_are_as_the_docstrings_say():
    assert models.lab_cnn((150, 150)).count_params() == pytest.approx(9.5e6, rel=0.01)
    assert models.compact((150, 150)).count_params() == models.compact((64, 64)).count_params()
    assert models.compact().count_params() == pytest.approx(160_000, rel=0.03)


def test_dropout_is_there_when_asked_for():
    assert "dropout" not in [layer.name for layer in models.lab_cnn((48, 48)).layers]
    assert models.lab_cnn((48, 48), dropout=0.4).get_layer("dropout").rate == 0.4


@pytest.mark.parametrize("build", BOTH)
def test_it_learns_a_plain_task_on_new_pictures(build):
    keras.utils.set_random_seed(1)
    model = build((32, 32))
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(*stripes(320), epochs=8, batch_size=16, verbose=0)
    assert model.evaluate(*stripes(100, seed=1), verbose=0)[1] > 0.95


@pytest.mark.parametrize("build", BOTH)
def test_saved_and_loaded_it_answers_the_same(build, tmp_path):
    model, pictures = build((40, 48)), np.random.default_rng(0).uniform(0, 1, (4, 40, 48, 3)).astype("float32")
    model.save(tmp_path / "one.keras")
    again = keras.models.load_model(tmp_path / "one.keras", safe_mode=True)
    np.testing.assert_allclose(again(pictures), model(pictures), atol=1e-6)


def test_compact_does_not_care_where_the_pet_stands():
    model = models.compact((128, 128))
    picture = np.zeros((1, 128, 128, 3), "float32")
    picture[:, 32:48, 32:48] = np.random.default_rng(0).uniform(0, 1, (16, 16, 3))
    moved = np.roll(picture, (32, 24), axis=(1, 2))
    np.testing.assert_allclose(model(moved), model(picture), atol=1e-5)


def test_normalization_of_a_network_within_counts_over_all_devices_too():
    layers = keras.layers
    within = keras.Sequential([layers.Input((8, 8, 3)), layers.Conv2D(2, 3), layers.BatchNormalization()])
    copy = many_devices.synchronized(keras.Sequential([layers.Input((8, 8, 3)), within, layers.Flatten()]))
    assert copy.layers[0].layers[-1].synchronized

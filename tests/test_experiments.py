"""The same training over seeds: the rows that lessons read off it are what the networks really do."""

import itertools
import math

import numpy as np
import pytest

from helpers import experiments, figures
from helpers.errors import InputError
from helpers.experiments import runs as running
from helpers.quiet import keras, tf


def two_colours(pictures=32, seed=0):
    """Dark pictures are class 0, bright ones class 1: any network learns it."""
    labels = np.arange(pictures) % 2
    noise = np.random.default_rng(seed).uniform(0, 0.3, (pictures, 8, 8, 3))
    shown = (noise + 0.6 * labels[:, None, None, None]).astype("float32")
    return tf.data.Dataset.from_tensor_slices((shown, labels[:, None].astype("float32"))).batch(8)


def small_model():
    layers = keras.layers
    model = keras.Sequential([layers.Input((8, 8, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def runs():
    recipes = {
        "short": experiments.Recipe(small_model, two_colours(), 2),
        "long": experiments.Recipe(small_model, two_colours(), 20),
    }
    return experiments.train_each(recipes, two_colours(seed=1), two_colours(seed=2), seeds=(1, 2))


def test_one_run_for_each_recipe_and_seed(runs):
    assert [(run.recipe, run.seed, len(run.test_accuracy)) for run in runs] == [
        ("short", 1, 2),
        ("short", 2, 2),
        ("long", 1, 20),
        ("long", 2, 20),
    ]


def test_best_epoch_is_where_validation_loss_is_lowest(runs):
    for run in runs:
        lowest = min(run.history["val_loss"])
        assert run.history["val_loss"][run.best_epoch() - 1] == lowest


def test_an_easy_task_is_learned_on_new_pictures(runs):
    assert all(run.test_accuracy[-1] == 1.0 for run in runs if run.recipe == "long")


def test_the_same_seed_gives_the_same_run(runs):
    again = experiments.train_each(
        {"short": experiments.Recipe(small_model, two_colours(), 2)},
        two_colours(seed=1),
        two_colours(seed=2),
        seeds=(1,),
    )
    np.testing.assert_allclose(again[0].history["loss"], runs[0].history["loss"], rtol=1e-5)


def test_another_seed_gives_another_run(runs):
    short = [run for run in runs if run.recipe == "short"]
    assert short[0].history["loss"] != short[1].history["loss"]


def late_model():
    """Does not say what it takes, so it has no weights before it sees a picture."""
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def forgetful_model():
    """Small, with all that a network may carry from step to step: dropout's draws, means of a batch, a falling step."""
    layers = keras.layers
    parts = [layers.Input((8, 8, 3)), layers.Flatten(), layers.BatchNormalization(), layers.Dropout(0.5)]
    model = keras.Sequential([*parts, layers.Dense(1, activation="sigmoid")])
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.05, 12))
    model.compile(optimizer=adam, loss="binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.parametrize("build", [forgetful_model, late_model])
def test_each_run_is_bit_for_bit_what_keras_makes_of_a_network_of_its_own(build):
    validation = two_colours(40, seed=1)
    trains = {"one": two_colours(88), "other": two_colours(56, seed=3)}  # neither is a number of tens of batches
    recipes = {name: experiments.Recipe(build, train, 3) for name, train in trains.items()}
    for run in experiments.train_each(recipes, validation, two_colours(seed=2), seeds=(3, 4)):
        keras.utils.set_random_seed(run.seed)
        alone = build()
        history = alone.fit(trains[run.recipe], validation_data=validation, epochs=3, shuffle=False, verbose=0)
        assert run.history == history.history
        for ours, own in zip(running.state(run.model), running.state(alone), strict=True):
            np.testing.assert_array_equal(ours.numpy(), own.numpy())


@pytest.fixture
def counted():
    """A function that builds a network, and a list that grows each time that TensorFlow goes through its layers."""
    calls = []

    class Counted(keras.layers.Flatten):
        def call(self, pictures):
            calls.append(1)
            return super().call(pictures)

    def build():
        parts = [keras.layers.Input((8, 8, 3)), Counted(), keras.layers.Dense(1, activation="sigmoid")]
        model = keras.Sequential(parts)
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
        return model

    return build, calls


def test_the_graph_of_a_network_is_made_once_for_all_pictures_and_seeds(counted):
    build, calls = counted

    def count(pictures, seeds):
        calls.clear()
        recipes = {str(seed): experiments.Recipe(build, two_colours(seed=seed), 1) for seed in range(pictures)}
        experiments.train_each(recipes, None, two_colours(seed=2), range(seeds), each_epoch=False)
        return len(calls)

    each = count(1, 2) - count(1, 1)  # what a network is called for when it is built
    assert count(3, 1) - count(1, 1) == 2 * each


def test_the_clock_of_a_run_leaves_out_the_making_of_its_graph(counted):
    build, calls = counted
    looks = []

    def clock():
        looks.append(len(calls))
        return float(len(looks))

    recipe = {"one": experiments.Recipe(build, two_colours(88), 2)}
    experiments.train_each(recipe, two_colours(40), two_colours(), [1], each_epoch=False, clock=clock)
    assert looks[0] == looks[3]  # the start, and the end of the second epoch, before the look at the test pictures


def test_a_look_in_the_end_alone_sees_what_the_last_of_many_looks_sees(runs):
    recipe = {"short": experiments.Recipe(small_model, two_colours(), 2)}
    (run,) = experiments.train_each(recipe, None, two_colours(seed=2), seeds=(1,), each_epoch=False)
    assert run.test_accuracy == runs[0].test_accuracy[-1:]
    assert len(run.answers) == 1 and len(runs[0].answers) == 2


def test_what_it_said_of_each_test_picture_is_kept_with_the_labels(runs):
    for run in runs:
        said = run.model.predict(two_colours(seed=2), verbose=0)[:, 0]
        np.testing.assert_allclose(run.answers[-1], said, atol=1e-5)
        np.testing.assert_array_equal(run.truth, np.arange(32) % 2 == 1)
        assert run.test_accuracy == [np.mean((one > 0.5) == run.truth) for one in run.answers]


def test_the_clock_can_be_chosen():
    ticks = iter(range(0, 1000, 7))
    recipe = {"short": experiments.Recipe(small_model, two_colours(), 2)}
    (run,) = experiments.train_each(recipe, None, two_colours(), seeds=(1,), clock=lambda: next(ticks))
    assert run.seconds == [7, 14]


def test_a_test_set_without_pictures_is_told_in_a_sentence():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    empty = tf.data.Dataset.from_tensor_slices((np.zeros((4, 2)), np.zeros((4, 1)))).batch(2).skip(2)
    with pytest.raises(InputError, match="no picture to test on; the folder may hold fewer"):
        experiments.accuracy(model, empty)


def test_accuracy_counts_pictures_not_batches():
    model = small_model()
    model.set_weights([np.zeros((192, 1)), np.array([9.0])])  # always says class 1
    uneven = tf.data.Dataset.from_tensor_slices(
        (np.zeros((5, 8, 8, 3), "float32"), np.array([[1.0], [1], [1], [0], [0]]))
    )
    assert experiments.accuracy(model, uneven.batch(4)) == pytest.approx(3 / 5)


def test_interval_of_three_values_is_the_textbook_one():
    mean, half = experiments.mean_interval([0.70, 0.72, 0.74])
    assert mean == pytest.approx(0.72)
    assert half == pytest.approx(4.30 * 0.02 / math.sqrt(3), rel=1e-3)


def test_one_value_has_no_interval():
    mean, half = experiments.mean_interval([0.7])
    assert mean == pytest.approx(0.7)
    assert math.isnan(half)


def test_the_figure_tells_each_way_with_its_mean_and_interval(monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: shown.append((caption, alt)))
    experiments.show_intervals({"plain": [0.7, 0.8], "varied": [0.8, 0.9]}, "accuracy (%)", "Two ways.")
    caption, alt = shown[0]
    assert caption.startswith("Two ways.") and "2 seeds" in caption
    assert "plain 75 % ± 64" in alt and "varied 85 % ± 64" in alt


def test_a_single_seed_is_said_to_have_no_interval(monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: shown.append((caption, alt)))
    experiments.show_intervals({"plain": [0.7], "varied": [0.8]}, "accuracy (%)", "Two ways.")
    assert shown[0][0] == "Two ways. One seed: it has no interval, so it tells no two rows apart."
    assert shown[0][1].endswith("plain 70 %; varied 80 %.")


def test_a_figure_of_shares_ends_where_shares_end(monkeypatch):
    axes = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: axes.extend(figure.axes))
    experiments.show_intervals({"plain": [0.5, 0.7]}, "accuracy (%)", "Far beyond.")
    experiments.show_intervals({"plain": [0.7, 0.71]}, "accuracy (%)", "Not so.")
    far, near = (axis.get_xlim() for axis in axes)
    assert far == (-3, 103)
    assert 60 < near[0] < near[1] < 80


def test_many_seeds_have_an_interval_too():
    assert experiments.mean_interval(np.arange(30) / 30)[1] == pytest.approx(
        2.045 * np.std(np.arange(30) / 30, ddof=1) / 30**0.5, rel=1e-3
    )


def test_the_clock_of_a_run_goes_forward_and_stops_for_the_test(runs, monkeypatch):
    assert all(np.all(np.diff([0, *run.seconds]) > 0) for run in runs)
    looks, late, ask = itertools.count(), [0], running.ask

    def late_by_a_thousand(*given):
        late[0] += 1000
        return ask(*given)

    monkeypatch.setattr(running, "ask", late_by_a_thousand)
    recipe = {"short": experiments.Recipe(small_model, two_colours(), 4)}
    (run,) = experiments.train_each(recipe, None, two_colours(), seeds=(1,), clock=lambda: next(looks) + late[0])
    assert late == [4000] and run.seconds[-1] < 1000

"""The same training several times: every recipe for every seed, looked at by epoch."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from helpers.errors import InputError
from helpers.progress import progress
from helpers.quiet import keras, tf

STEPS = 10  # that TensorFlow does in a row before Python has its turn: the same numbers, in less time


@dataclass(frozen=True)
class Recipe:
    """One way to train: a function that builds a compiled model, its training data, and how many epochs.

    build: gives the same network at each call, compiled in the same way; only what is drawn differs.
    """

    build: Callable[[], keras.Model]
    train: tf.data.Dataset
    epochs: int


@dataclass(frozen=True)
class Run:
    """One training: the History's columns by epoch, and the accuracy by epoch (or of the last epoch alone) on pictures
    used for no choice.

    model: as it was in the end. seconds: from the start to the end of each epoch, looks at the test pictures left out.
    answers: float32 (N,), what it said of each test picture in turn, for each look. truth: their labels, bool (N,).
    """

    recipe: str
    seed: int
    model: keras.Model
    history: dict[str, list[float]]
    test_accuracy: list[float]
    seconds: list[float]
    answers: list[np.ndarray]
    truth: np.ndarray

    def best_epoch(self) -> int:
        """The epoch, counted from 1, whose validation loss is lowest: where early stopping would go back to."""
        return int(np.argmin(self.history["val_loss"])) + 1


def train_each(
    recipes: Mapping[str, Recipe],
    validation: tf.data.Dataset | None,
    test: tf.data.Dataset,
    seeds: Sequence[int],
    each_epoch: bool = True,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Run]:
    """Train every recipe once for each seed; measure on `validation` (if any) and on `test` after each epoch.

    each_epoch: otherwise look at `test` only in the end, which is quicker. clock: what the seconds of a run are read
    from; on a busy machine `time.process_time` is fairer than the clock on the wall. test: not shuffled, so that the
    answers of all looks are in one order.

    The seed sets the first weights and what dropout leaves out; the order of the pictures goes on from run to run. One
    run costs `recipe.epochs` epochs; every rule for stopping can then be read off the same run, on equal terms.

    TensorFlow makes a graph of a network when it first trains it, which takes about a second. So all networks of one
    `build` are trained in one of them: it takes over what each was built with, and gives back what that became, bit for
    bit. The graph is made before the clock of any run starts, so that none pays for another.
    """
    total, runs = sum(recipe.epochs for recipe in recipes.values()) * len(seeds), []
    graphs: dict[Callable, keras.Model] = {}
    with progress(total=total, text="training", unit="epochs") as bar:
        for name, recipe in recipes.items():
            if recipe.build not in graphs:
                graphs[recipe.build] = with_graph(recipe, validation)
            shared = graphs[recipe.build]
            for seed in seeds:
                keras.utils.set_random_seed(seed)
                model, watch = built(recipe), Watch(test, bar, each_epoch, clock)
                hand_over(model, shared)
                history = shared.fit(
                    recipe.train,
                    validation_data=validation,
                    epochs=recipe.epochs,
                    callbacks=[watch],
                    shuffle=False,
                    verbose=0,
                )
                hand_over(shared, model)
                right = [float(np.mean((one > 0.5) == watch.truth)) for one in watch.answers]
                runs.append(Run(name, seed, model, history.history, right, watch.seconds, watch.answers, watch.truth))
    return runs


def built(recipe: Recipe) -> keras.Model:
    """A network of the recipe with its weights drawn, as `fit` would draw them where it is not told what it takes."""
    model = recipe.build()
    if not model.built:
        model.build(recipe.train.element_spec[0].shape)
    return model


def with_graph(recipe: Recipe, validation: tf.data.Dataset | None) -> keras.Model:
    """A network of the recipe whose graphs are made. It has learned from blank pictures, so that none of the recipe's
    is drawn for that."""
    model = built(recipe)
    model.steps_per_execution = STEPS
    model.fit(blank(recipe.train), validation_data=validation and blank(validation), shuffle=False, verbose=0)
    return model


def blank(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Batches of two zeros each, of the shapes and types of those of `dataset`."""
    zeros = tf.nest.map_structure(
        lambda kind: tf.zeros([n or 1 for n in kind.shape[1:]], kind.dtype), dataset.element_spec
    )
    return tf.data.Dataset.from_tensors(zeros).repeat(2 * STEPS).batch(2)


def hand_over(giver: keras.Model, taker: keras.Model) -> None:
    """All that training changes, to a network of the same kind: weights, what the optimizer remembers, what was drawn
    so far."""
    for model in (giver, taker):
        model.optimizer.build(model.trainable_variables)
    for old, new in zip(state(taker), state(giver), strict=True):
        old.assign(new)


def state(model: keras.Model) -> list[keras.Variable]:
    return [*model.variables, *model.optimizer.variables]


class Watch(keras.callbacks.Callback):
    """Looks at the test pictures after each epoch, or after the last, and stops the clock meanwhile."""

    def __init__(self, test: tf.data.Dataset, bar: tqdm, each_epoch: bool, clock: Callable[[], float]):
        super().__init__()
        self.test, self.bar, self.each_epoch, self.clock = test, bar, each_epoch, clock
        self.answers: list[np.ndarray] = []
        self.truth = np.zeros(0, bool)
        self.seconds: list[float] = []
        self.began = clock()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds.append(self.clock() - self.began)
        if self.each_epoch or epoch + 1 == self.params["epochs"]:
            answers, self.truth = ask(self.model, self.test)
            self.answers.append(answers)
        self.bar.update(1)
        self.began = self.clock() - self.seconds[-1]


def ask(model: keras.Model, dataset: tf.data.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """What a one-unit model says of each picture, float32 (N,) in 0..1, and whether it is of class 1, bool (N,). Raises
    InputError for a dataset without pictures."""
    answers, truth = [], []
    for pictures, labels in dataset:
        answers.append(model.predict_on_batch(pictures).reshape(-1))
        truth.append(np.asarray(labels).reshape(-1) > 0.5)
    if not answers:
        raise InputError("There is no picture to test on; the folder may hold fewer than `images` and `skip` ask for.")
    return np.concatenate(answers), np.concatenate(truth)


def accuracy(model: keras.Model, dataset: tf.data.Dataset) -> float:
    """Share of right answers of a one-unit model over all batches, in 0..1."""
    answers, truth = ask(model, dataset)
    return float(np.mean((answers > 0.5) == truth))

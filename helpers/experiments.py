"""The claims of the lessons, measured: the same training over several seeds, with intervals."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import pyplot as plt
from scipy import stats
from tqdm import tqdm

from helpers import figures
from helpers.progress import progress
from helpers.quiet import keras, tf


@dataclass(frozen=True)
class Recipe:
    """One way to train: a function that builds a compiled model, its training data, and how many epochs."""

    build: Callable[[], keras.Model]
    train: tf.data.Dataset
    epochs: int


@dataclass(frozen=True)
class Run:
    """One training: the History's columns by epoch, and the accuracy by epoch (or of the last epoch alone) on pictures
    used for no choice.

    model: as it was in the end. seconds: from the start to the end of each epoch, looks at the test pictures left out.
    """

    recipe: str
    seed: int
    model: keras.Model
    history: dict[str, list[float]]
    test_accuracy: list[float]
    seconds: list[float]

    def best_epoch(self) -> int:
        """The epoch, counted from 1, whose validation loss is lowest: where early stopping would go back to."""
        return int(np.argmin(self.history["val_loss"])) + 1


def train_each(
    recipes: Mapping[str, Recipe],
    validation: tf.data.Dataset | None,
    test: tf.data.Dataset,
    seeds: Sequence[int],
    each_epoch: bool = True,
) -> list[Run]:
    """Train every recipe once for each seed; measure on `validation` (if any) and on `test` after each epoch.

    each_epoch: otherwise look at `test` only in the end, which is quicker.

    The seed sets the first weights and what dropout leaves out; the order of the pictures goes on from run to run. One
    run costs `recipe.epochs` epochs; every rule for stopping can then be read off the same run, on equal terms.
    """
    bar = progress(total=sum(recipe.epochs for recipe in recipes.values()) * len(seeds), text="training", unit="epochs")
    runs = []
    for name, recipe in recipes.items():
        for seed in seeds:
            keras.utils.set_random_seed(seed)
            model, watch = recipe.build(), Watch(test, bar, each_epoch)
            history = model.fit(
                recipe.train,
                validation_data=validation,
                epochs=recipe.epochs,
                callbacks=[watch],
                shuffle=False,
                verbose=0,
            )
            runs.append(Run(name, seed, model, history.history, watch.test_accuracy, watch.seconds))
    bar.close()
    return runs


class Watch(keras.callbacks.Callback):
    """Looks at the test pictures after each epoch, or after the last, and stops the clock meanwhile."""

    def __init__(self, test: tf.data.Dataset, bar: tqdm, each_epoch: bool):
        super().__init__()
        self.test, self.bar, self.each_epoch, self.test_accuracy, self.seconds = test, bar, each_epoch, [], []
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds.append(time.perf_counter() - self.began)
        if self.each_epoch or epoch + 1 == self.params["epochs"]:
            self.test_accuracy.append(accuracy(self.model, self.test))
        self.bar.update(1)
        self.began = time.perf_counter() - self.seconds[-1]


def accuracy(model: keras.Model, dataset: tf.data.Dataset) -> float:
    """Share of right answers of a one-unit model over all batches, in 0..1."""
    right = pictures_seen = 0
    for pictures, labels in dataset:
        right += int(np.sum((model.predict_on_batch(pictures) > 0.5) == (labels.numpy() > 0.5)))
        pictures_seen += len(labels)
    return right / pictures_seen


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Mean of the values and half the width of its 95 % interval (Student's t): nan for a single value."""
    if len(values) < 2:
        return float(np.mean(values)), float("nan")
    reach = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values)), float(reach)


def show_intervals(rows: Mapping[str, Sequence[float]], label: str, caption: str) -> None:
    """Show one line a row of `rows`: each value as a dot, their mean as a diamond with its 95 % interval.

    rows: name -> one value a seed, in 0..1; drawn as %. The alt text tells the means and intervals.
    """
    figure, axis = plt.subplots(figsize=(8, 0.8 + 0.5 * len(rows)))
    told = []
    for place, (name, values) in enumerate(rows.items()):
        mean, half = mean_interval(values)
        axis.errorbar(100 * mean, place, xerr=100 * half, fmt="D", color="black", capsize=4, markersize=6)
        dots = [place + 0.2] * len(values)
        axis.plot(100 * np.array(values), dots, "o", color=figures.CAT, alpha=0.7, markersize=5)
        told.append(f"{name} {100 * mean:.0f} %" + (f" ± {100 * half:.0f}" if len(values) > 1 else ""))
    axis.set_yticks(range(len(rows)), rows)
    axis.set_xlabel(label)
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    seeds = len(next(iter(rows.values())))
    words = f"{caption} Dots: {seeds} seeds; diamond: their mean, with its 95 % interval."
    figures.show(figure, words, f"{words} {'; '.join(told)}.")

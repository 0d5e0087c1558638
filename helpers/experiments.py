"""The claims of the lessons, measured: the same training over several seeds, with intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import pyplot as plt

from helpers.progress import progress
from helpers.quiet import keras, tf

# Student's t for a 95 % interval, by the number of values less one (W. S. Gosset 1908; any table of statistics).
T95 = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}


@dataclass(frozen=True)
class Recipe:
    """One way to train: a function that builds a compiled model, its training data, and how many epochs."""

    build: Callable[[], keras.Model]
    train: tf.data.Dataset
    epochs: int


@dataclass(frozen=True)
class Run:
    """One training: the History's columns by epoch, and the accuracy by epoch on pictures used for no choice."""

    recipe: str
    seed: int
    history: dict[str, list[float]]
    test_accuracy: list[float]

    def best_epoch(self) -> int:
        """The epoch, counted from 1, whose validation loss is lowest: where early stopping would go back to."""
        return int(np.argmin(self.history["val_loss"])) + 1


def train_each(
    recipes: Mapping[str, Recipe], validation: tf.data.Dataset, test: tf.data.Dataset, seeds: Sequence[int]
) -> list[Run]:
    """Train every recipe once for each seed; measure on `validation` and on `test` after each epoch.

    The seed sets the first weights and what dropout leaves out; the order of the pictures goes on from run to run. One
    run costs `recipe.epochs` epochs; every rule for stopping can then be read off the same run, on equal terms.
    """
    bar = progress(total=sum(recipe.epochs for recipe in recipes.values()) * len(seeds), text="training", unit="epochs")
    runs = []
    for name, recipe in recipes.items():
        for seed in seeds:
            keras.utils.set_random_seed(seed)
            model, tested = recipe.build(), []

            def after_epoch(epoch: int, logs: dict, model=model, tested=tested) -> None:
                tested.append(accuracy(model, test))
                bar.update(1)

            watch = keras.callbacks.LambdaCallback(on_epoch_end=after_epoch)
            history = model.fit(
                recipe.train,
                validation_data=validation,
                epochs=recipe.epochs,
                callbacks=[watch],
                shuffle=False,
                verbose=0,
            )
            runs.append(Run(name, seed, history.history, tested))
    bar.close()
    return runs


def accuracy(model: keras.Model, dataset: tf.data.Dataset) -> float:
    """Share of right answers of a one-unit model over all batches, in 0..1."""
    right = [
        np.mean((model.predict_on_batch(pictures) > 0.5) == (labels.numpy() > 0.5)) * len(labels)
        for pictures, labels in dataset
    ]
    return float(np.sum(right) / sum(len(labels) for _, labels in dataset))


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Mean of up to ten values and half the width of its 95 % interval (Student's t): nan for a single value."""
    if len(values) < 2:
        return float(np.mean(values)), float("nan")
    return float(np.mean(values)), float(T95[len(values) - 1] * np.std(values, ddof=1) / np.sqrt(len(values)))


def interval_plot(rows: Mapping[str, Sequence[float]], label: str) -> plt.Figure:
    """One line a row of `rows`: each value as a dot, their mean as a bar with its 95 % interval. Values in 0..1."""
    figure, axis = plt.subplots(figsize=(8, 0.6 + 0.5 * len(rows)))
    for place, values in enumerate(rows.values()):
        mean, half = mean_interval(values)
        axis.errorbar(100 * mean, place, xerr=100 * half, fmt="D", color="black", capsize=4, markersize=6)
        axis.plot(100 * np.array(values), [place + 0.18] * len(values), "o", color="#0072B2", alpha=0.7, markersize=5)
    axis.set_yticks(range(len(rows)), rows)
    axis.invert_yaxis()
    axis.set_xlabel(label)
    return figure

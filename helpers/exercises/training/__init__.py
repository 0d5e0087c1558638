"""Lesson 3: what a network computes, how it learns, and how to use it."""

from helpers.exercises.training.fitting import best_epoch, early_stopping, settings, sure_and_wrong, two_runs
from helpers.exercises.training.network import convolution, last_layers, loss, which_class
from helpers.exercises.training.using import order

__all__ = [  # noqa: RUF022 in the order of the lesson
    "which_class",
    "convolution",
    "last_layers",
    "loss",
    "settings",
    "best_epoch",
    "early_stopping",
    "sure_and_wrong",
    "two_runs",
    "order",
]

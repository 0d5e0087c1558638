"""Lesson 3: what a network computes, how it learns, and how to use it."""

from helpers.exercises.training.compiling import settings
from helpers.exercises.training.ending import last_layers
from helpers.exercises.training.fitting import best_epoch, early_stopping, sure_and_wrong, two_runs
from helpers.exercises.training.network import convolution, loss, which_class
from helpers.exercises.training.using import order

__all__ = [  # noqa: RUF022 in the order of the lesson
    "which_class",
    "convolution",
    "loss",
    "last_layers",
    "settings",
    "best_epoch",
    "sure_and_wrong",
    "early_stopping",
    "two_runs",
    "order",
]

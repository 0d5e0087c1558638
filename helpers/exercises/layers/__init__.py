"""Lesson 4: what the layers of a network make of a picture, and what a heat map proves."""

from helpers.exercises.layers.heat import grad_cam, heat_proof, peak
from helpers.exercises.layers.maps import bright_tiles, dead, map_height, own_scale, weights
from helpers.exercises.layers.windows import never_called, window

__all__ = [  # noqa: RUF022 in the order of the lesson
    "window",
    "map_height",
    "never_called",
    "own_scale",
    "bright_tiles",
    "weights",
    "dead",
    "grad_cam",
    "heat_proof",
    "peak",
]

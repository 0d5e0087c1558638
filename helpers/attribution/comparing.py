"""Several ways to draw a heat map, each beside itself on a network that has learned nothing, held against the truth."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from helpers.attribution.cam import grad_cams
from helpers.attribution.integrated import integrated_gradients
from helpers.attribution.occluding import occlusion
from helpers.attribution.overlays import as_heat
from helpers.attribution.shuffling import shuffled
from helpers.attribution.truth import Score, peak_in_box
from helpers.progress import progress
from helpers.quiet import keras

Method = Callable[[keras.Model, np.ndarray, np.ndarray], np.ndarray]  # model, pictures, classes -> heats (N, H, W)


def occlusion_heats(model: keras.Model, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Occlusion with a square a quarter of the picture wide, in half steps, as heats (N, H, W) in 0..1."""
    size = max(2, min(images.shape[1:3]) // 4)
    return as_heat(occlusion(model, images, classes, size=size, step=size // 2))


def integrated_heats(model: keras.Model, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Integrated gradients from black, the three colours of a pixel added up, as heats (N, H, W) in 0..1."""
    return as_heat(integrated_gradients(model, images, classes, steps=16).sum(axis=-1))


METHODS: dict[str, Method] = {
    "Grad-CAM": grad_cams,
    "occlusion": occlusion_heats,
    "integrated gradients": integrated_heats,
}


def score_methods(
    model: keras.Model,
    images: np.ndarray,
    classes: Sequence[int],
    boxes: np.ndarray,
    methods: Mapping[str, Method] = METHODS,
    shuffles: int = 1,
    seed: int = 0,
) -> dict[str, Score]:
    """How often the peak of each method's map lies in the box, and that of the same method with shuffled weights.

    images: (N, H, W, 3) in 0..1. classes: (N,), the class that each map speaks for. boxes: (N, 4), as `truth_boxes`
    gives them. shuffles: how many shuffled copies; they differ much, so one alone may mislead.

    Gives back name -> Score, and "name, shuffled" -> Score (numbered, if there are several), for `show_scores`, which
    adds a place at random and "always the centre". Raises InputError as `peak_in_box` does.
    """
    classes = np.asarray(classes)
    nothings = {
        f"shuffled {copy + 1}" if shuffles > 1 else "shuffled": shuffled(model, seed=seed + copy)
        for copy in range(shuffles)
    }
    scores = {}
    for name, method in progress(methods.items(), text="drawing heat maps", unit="methods"):
        scores[name] = peak_in_box(method(model, images, classes), boxes)
        for words, nothing in nothings.items():
            scores[f"{name}, {words}"] = peak_in_box(method(nothing, images, classes), boxes)
    return scores

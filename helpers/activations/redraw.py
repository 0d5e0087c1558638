"""What a layer still knows of the picture: the picture drawn again from nothing but the layer's numbers.

For each layer a ridge regression learns, from some pictures, to turn the layer's numbers back into pixels. Then it
draws pictures that it has not seen. What comes back was kept; what does not come back was thrown away, or hidden from
a linear method. So the share kept is a lower bound.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np

from helpers import figures
from helpers.activations.every_layer import activation_model, watch
from helpers.activations.probes import ridge_along
from helpers.errors import InputError
from helpers.progress import progress
from helpers.quiet import keras, tf


@dataclass
class Redrawing:
    """Pictures drawn again from one layer."""

    name: str
    pictures: np.ndarray  # float32 (M, side, side, C) in 0..1
    kept: float  # share of the pictures' variance that came back (R squared): 1 all of it, 0 none


def redraw(
    model: keras.Model, fit: np.ndarray, new: np.ndarray, layers: Sequence[str] | None = None, side: int = 32
) -> list[Redrawing]:
    """Draw the pictures `new` again from each layer, by what was learned from the pictures `fit`; the pixels first.

    fit, new: (N, H, W, C) and (M, H, W, C) in 0..1; some hundreds to fit on. layers: only these (all otherwise).
    side: what is drawn is side x side pixels. Holds the outputs of all those layers for all pictures in memory.
    Raises InputError if there are fewer than 20 pictures to fit on.
    """
    if len(fit) < 20:
        raise InputError(f"{len(fit)} pictures are too few to learn redrawing from; give at least 20, better 500.")
    every = activation_model(model)
    there = [name for name in every.layer_names if name not in every.idle]
    if unknown := [name for name in layers or [] if name not in there]:
        raise InputError(f"{unknown[0]!r} is not a layer that can be redrawn from; there are {', '.join(there)}.")
    wanted = list(dict.fromkeys(["pixels", *(layers or there)]))
    both, numbers, first = np.concatenate([fit, new]), {}, 0
    for outputs in watch(every, both):
        last = first + len(outputs["pixels"])
        for name in wanted:
            rows = outputs[name].reshape(last - first, -1)
            if name not in numbers:
                numbers[name] = np.empty((len(both), rows.shape[1]), "float32")
            numbers[name][first:last] = rows
        first = last

    small = tf.image.resize(both, (side, side), antialias=True).numpy()
    targets, truth = np.split(small.reshape(len(small), -1), [len(fit)])
    spread = ((truth - targets.mean(axis=0)) ** 2).sum()
    drawings = []
    for name in progress(wanted, text="redrawing", unit="layers"):
        drawn = from_layer(numbers.pop(name), targets)
        kept = 1 - ((drawn - truth) ** 2).sum() / spread
        pictures = np.clip(drawn, 0, 1).reshape(-1, *small.shape[1:]).astype("float32")
        drawings.append(Redrawing(name, pictures, float(kept)))
    return drawings


def show_redrawings(pictures: np.ndarray, drawings: Sequence[Redrawing], columns: int = 8) -> None:
    """Show the first `columns` pictures above what came back of them from each layer, a row a layer.

    pictures: (M, H, W, C) in 0..1, the ones that were drawn again. drawings: of `redraw`, all or some.
    """
    rows = [("the picture", pictures), *((f"from {one.name}\n{one.kept:.0%} back", one.pictures) for one in drawings)]
    columns = min(columns, len(pictures))
    figure, axes = plt.subplots(len(rows), columns, figsize=(1.2 + columns, 1.05 * len(rows)), squeeze=False)
    for line, (name, row) in enumerate(rows):
        for axis, picture in zip(axes[line], row, strict=False):
            axis.imshow(figures.visible(picture))
            axis.set_axis_off()
        axes[line, 0].text(-0.12, 0.5, name, transform=axes[line, 0].transAxes, ha="right", va="center", fontsize=9)
    words = f"{columns} unseen pictures, and what came back of them from single layers: the share of the variance, "
    words += f"over {len(pictures)} pictures."
    shares = ", ".join(f"{one.name} {one.kept:.0%}" for one in drawings)
    falls = all(one.kept >= other.kept for one, other in itertools.pairwise(drawings))
    figures.show(figure, words, f"{words} {shares}.{' From row to row less comes back.' * falls}")


def from_layer(numbers: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Fit on the first rows of `numbers` (N + M, F), as many as `targets` has; the answers for the others, (M, T).

    Centres `numbers`, float32, in place.
    """
    count = len(targets)
    numbers -= numbers[:count].mean(axis=0)  # in place: of a first layer these are the largest arrays of all
    likeness = np.zeros((len(numbers), count))
    for start in range(0, numbers.shape[1], 8192):  # in parts, so that only a part stands in memory at double precision
        part = numbers[:, start : start + 8192].astype("float64")
        likeness += part @ part[:count].T
    likeness /= max(likeness[:count].trace() / count, 1e-12)
    return ridge_along(*np.linalg.eigh(likeness[:count]), targets, likeness[count:])

"""A film strip: one picture through all the layers, from its pixels to the probability."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from helpers import figures
from helpers.activations.display import as_maps, describe, mosaic
from helpers.activations.every_layer import activation_model, look
from helpers.quiet import keras

FRAMES = 8  # in one row
TILES = 9  # channels shown of a layer of maps
UNITS = 32  # numbers in one row of a dense layer


def film_strip(
    model: keras.Model,
    pictures: Sequence[np.ndarray],
    class_names: Sequence[str] = ("class 0", "class 1"),
    titles: Sequence[str] | None = None,
    layers: Sequence[str] | None = None,
    caption: str = "",
    alt: str = "",
) -> dict[str, list[float]]:
    """Show each of `pictures` as a strip: pixels, each layer's strongest channels, the probability; strip under strip.

    Below each frame stand its shape and a bar: the share of its numbers that are zero. The channels shown are the
    nine that vary most over the first picture, the same ones for every picture, so that two strips can be compared;
    each layer has one scale for all strips.

    layers: names to show; all of them if not given, save those that change nothing at use (dropout, flatten).
    Gives back layer name -> share of zeros, one number a picture. Raises InputError as `look` does.
    """
    every = activation_model(model)
    seen = [{"pixels": np.asarray(p, "float32"), **look(every, p)} for p in pictures]
    names = ["pixels", *(layers or [n for n in every.layer_names if changes(seen[0], n, every.layer_names)])]
    zeros = {name: [float((one[name] == 0).mean()) for one in seen] for name in names}
    rows = -(-len(names) // FRAMES)
    figure, axes = plt.subplots(
        rows * len(pictures), min(FRAMES, len(names)), figsize=(10, 1.75 * rows * len(pictures)), squeeze=False
    )
    for axis in axes.flat:
        axis.set_axis_off()
    for place, name in enumerate(names):
        shown = [one[name] for one in seen]
        for index in range(len(pictures)):
            axis = axes[(index * rows) + place // FRAMES, place % FRAMES]
            frame(axis, name, shown, index, class_names if place == len(names) - 1 else None)
            caption_frame(axis, name, shown[index], zeros[name][index])
    for index, title in enumerate(titles or []):
        axes[index * rows, 0].set_title(f"{title}\npixels", fontsize=8)
    say = (
        f"{len(names)} stations from pixels to probability. Of a layer of maps: the nine channels that vary most. "
        "Below: the shape, and in orange the share of the numbers that are zero."
    )
    figures.show(
        figure,
        caption or say,
        alt or f"{say} " + "; ".join(f"{n}: {100 * np.mean(z):.0f} % zeros" for n, z in zeros.items()),
    )
    return zeros


def changes(outputs: dict[str, np.ndarray], name: str, names: list[str]) -> bool:
    """Whether the layer holds other numbers than the one before it (dropout and flatten do not, at use)."""
    before = (["pixels", *names])[names.index(name)]
    same = outputs[before].size == outputs[name].size and np.array_equal(outputs[before].ravel(), outputs[name].ravel())
    return not same


def frame(axis: plt.Axes, name: str, shown: list[np.ndarray], index: int, class_names: Sequence[str] | None) -> None:
    """Draw what one layer makes of picture `index`."""
    if name == "pixels":
        axis.imshow(np.clip(shown[index], 0, 1))
    elif shown[index].size == 1 and class_names:
        draw_probability(axis, float(shown[index].ravel()[0]), class_names)
    else:
        maps = [as_maps(one) for one in shown]
        low, high = min(m.min() for m in maps), max(m.max() for m in maps)
        if maps[0].shape[:2] == (1, 1):
            axis.imshow(as_square(maps[index].ravel()), cmap="viridis", vmin=low, vmax=high, interpolation="nearest")
        else:
            strongest = np.sort(np.argsort(-maps[0].std(axis=(0, 1)), kind="stable")[:TILES])
            axis.imshow(mosaic(maps[index][:, :, strongest], columns=3).picture, interpolation="nearest")


def as_square(numbers: np.ndarray) -> np.ndarray:
    """Numbers (C,) laid out in rows, nearly square; unfilled cells are NaN and stay white."""
    side = int(np.ceil(np.sqrt(numbers.size)))
    cells = np.full(-(-numbers.size // side) * side, np.nan)
    cells[: numbers.size] = numbers
    return cells.reshape(-1, side)


def draw_probability(axis: plt.Axes, probability: float, class_names: Sequence[str]) -> None:
    axis.set_xlim(0, 1)
    axis.set_ylim(0, 1)
    for index, share in enumerate((1 - probability, probability)):
        y = 0.62 - 0.4 * index
        axis.add_patch(plt.Rectangle((0, y), 1, 0.18, color="#E5E5E5"))
        axis.add_patch(plt.Rectangle((0, y), share, 0.18, color=figures.class_colour(index)))
        axis.text(0, y + 0.21, f"{class_names[index]} {share:.2f}", fontsize=8)


def caption_frame(axis: plt.Axes, name: str, output: np.ndarray, zeros: float) -> None:
    shape = describe(as_maps(output).shape) if name != "pixels" else " x ".join(map(str, output.shape))
    axis.set_title(name.split("/")[-1], fontsize=8)
    axis.text(0.5, -0.06, shape.replace(" of ", "\nof "), transform=axis.transAxes, ha="center", va="top", fontsize=7)
    axis.add_patch(plt.Rectangle((0, -0.04), 1, 0.03, transform=axis.transAxes, color="#E5E5E5", clip_on=False))
    axis.add_patch(plt.Rectangle((0, -0.04), zeros, 0.03, transform=axis.transAxes, color=figures.DOG, clip_on=False))

"""The channel card: all about one channel on one page.

Its kernel, its map on a picture, the nine patches of the data that excite it most (cut out by its receptive field),
how often it fires for each class, and what accuracy costs when it is switched off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np

from helpers import figures
from helpers.activations.every_layer import Call, batches, look, one_or_all, record_calls
from helpers.activations.fields import Field, receptive_field
from helpers.errors import InputError
from helpers.progress import progress
from helpers.quiet import keras

PATCHES = 9
WIDE, TALL = 9.6, 4.2  # inches of a card


@dataclass
class LayerStudy:
    """One layer of maps over a set of pictures; N pictures, C channels."""

    model: keras.Model
    name: str
    pictures: np.ndarray  # float32 (N, H, W, 3) in 0..1
    labels: np.ndarray  # int (N,) of 0 and 1
    field: Field
    strength: np.ndarray  # float32 (N, C): the greatest number of the channel on the picture
    place: np.ndarray  # int (N, C, 2): row and column of it in the map
    accuracy: float  # of the whole network, 0..1
    without: np.ndarray  # float (C,): accuracy with the channel switched off
    kernel: np.ndarray | None  # float32 (h, w, inputs, C), or None for a layer without one

    def fires(self, channel: int) -> tuple[float, float]:
        """On what share of the pictures of each class the channel is above zero somewhere."""
        awake = self.strength[:, channel] > 0
        return tuple(float(awake[self.labels == label].mean()) for label in (0, 1))

    def patches(self, channel: int, count: int = PATCHES) -> list[np.ndarray]:
        """The patches that excite the channel most, the strongest first, one from a picture; what lies beyond is white.

        Only pictures on which the channel is above its least strength count, so there may be fewer, or none.
        """
        best = np.argsort(-self.strength[:, channel], kind="stable")[:count]
        least = self.strength[:, channel].min()
        return [self.cut(i, channel) for i in best if self.strength[i, channel] > least]

    def cut(self, picture: int, channel: int) -> np.ndarray:
        """What the channel saw where it was strongest on one picture: float32 (h, w, 3) in 0..1."""
        x0, y0, x1, y1 = self.field.box(*self.place[picture, channel])
        height, width = self.pictures.shape[1:3]
        patch = np.ones((y1 - y0, x1 - x0, 3), "float32")
        top, left, bottom, right = max(y0, 0), max(x0, 0), min(y1, height), min(x1, width)
        patch[top - y0 : bottom - y0, left - x0 : right - x0] = self.pictures[picture, top:bottom, left:right]
        return patch


def study_layer(model: keras.Model, layer: str, pictures: np.ndarray, labels: np.ndarray) -> LayerStudy:
    """Measure all channels of one layer of maps at once.

    model: as for `activation_model`, with one sigmoid unit. layer: a name as in `activation_model(model).layer_names`.
    pictures: float32 (N, H, W, 3) in 0..1. labels: (N,) or (N, 1) of 0 and 1.
    Raises InputError for a layer that is not there or has no maps, and if labels and pictures differ in number.
    """
    labels = np.asarray(labels).reshape(-1).astype(int)
    if len(labels) != len(pictures) or set(labels) != {0, 1}:
        raise InputError(
            f"{len(pictures)} pictures and {len(labels)} labels; give each one label, 0 or 1, and both kinds."
        )
    calls = record_calls(model)
    call = next((one for one in calls if one.name == layer), None)
    if call is None or len(call.output.shape) != 4:
        names = ", ".join(one.name for one in calls if len(one.output.shape) == 4)
        raise InputError(f"{layer!r} is not a layer of maps; this model has {names or 'none'}.")

    head = keras.Model(one_or_all(model.inputs), call.output)
    maps = np.concatenate([head(batch, training=False).numpy() for batch in batches(pictures)])
    flat = maps.reshape(len(maps), -1, maps.shape[-1])
    place = np.stack(np.unravel_index(flat.argmax(axis=1), maps.shape[1:3]), axis=-1)
    accuracy, without = switched_off(model, calls, call, maps, pictures, labels)
    kernel = getattr(call.layer, "kernel", None)
    return LayerStudy(
        model,
        layer,
        np.asarray(pictures, "float32"),
        labels,
        receptive_field(model, layer),
        flat.max(axis=1),
        place,
        accuracy,
        without,
        None if kernel is None else np.array(kernel.numpy()),
    )


def switched_off(
    model: keras.Model, calls: list[Call], call: Call, maps: np.ndarray, pictures: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray]:
    """Accuracy of the network, and with each channel of the layer set to zero, (C,)."""
    # Where the layer can be passed by (a residual sum), the rest of the way starts at the picture as well.
    tail = keras.Model([*model.inputs, call.output], calls[-1].output)

    def accuracy(off: int | None) -> float:
        right = 0
        for start in range(0, len(maps), 256):
            part = maps[start : start + 256]
            if off is not None:
                part = part.copy()
                part[..., off] = 0
            answers = tail.predict_on_batch([pictures[start : start + 256], part])
            right += int(((answers[:, 0] > 0.5) == (labels[start : start + 256] == 1)).sum())
        return right / len(maps)

    channels = progress(range(maps.shape[-1]), text=f"switching off {call.name}", unit="channels")
    return accuracy(None), np.array([accuracy(channel) for channel in channels])


def channel_card(study: LayerStudy, channel: int, picture: np.ndarray, class_names: Sequence[str]) -> None:
    """Show the card of one channel, with its map on `picture` (H, W, 3) in 0..1.

    Raises InputError if the layer has no such channel.
    """
    channels = study.strength.shape[1]
    if not 0 <= channel < channels:
        raise InputError(f"{study.name} has no channel {channel}; give a number from 0 to {channels - 1}.")
    one_map = look(study.model, picture)[study.name][:, :, channel]
    figure = plt.figure(figsize=(WIDE, TALL), layout="none")
    figure.text(0.1 / WIDE, 1 - 0.12 / TALL, f"{study.name}, channel {channel} of {channels}", va="top", fontsize=13)
    kernel, shown, mapped = (place(figure, 0.1 + 2.05 * index, 1.72, 1.85, 1.85) for index in range(3))
    draw_kernel(kernel, study.kernel, channel)
    shown.imshow(picture)
    shown.set_title("a picture ...", fontsize=10)
    drawn = mapped.imshow(one_map, interpolation="nearest")
    mapped.set_title("... and its map", fontsize=10)
    bar = figure.colorbar(drawn, cax=place(figure, 4.2, 1.6, 1.85, 0.07), orientation="horizontal")
    bar.ax.tick_params(labelsize=8, length=2)
    for axis in (kernel, shown, mapped):
        axis.set_axis_off()
    draw_firing(place(figure, 7.2, 2.35, 2.3, 1.2), study, channel, class_names)
    draw_patches(figure, study, channel)
    figures.show(figure, *say(study, channel, class_names))


def place(figure: plt.Figure, left: float, bottom: float, width: float, height: float) -> plt.Axes:
    """Axes at a place given in inches."""
    return figure.add_axes((left / WIDE, bottom / TALL, width / WIDE, height / TALL))


def draw_patches(figure: plt.Figure, study: LayerStudy, channel: int) -> None:
    """The patches in one row, each in a thin frame, for they may be white at their edges."""
    patches = study.patches(channel)
    height, width = study.field.size
    words = f"what excites it most: {height} × {width} pixels each, all that it can see"
    if not patches:
        words = "nothing excites it: its greatest number is the same on all pictures"
    figure.text(0.1 / WIDE, 1.2 / TALL, words, fontsize=10)
    for index, patch in enumerate(patches):
        axis = place(figure, 0.1 + 1.055 * index, 0.08, 0.96, 1.0)
        axis.imshow(patch, interpolation="nearest")
        axis.set(xticks=[], yticks=[])
        axis.grid(False)
        for spine in axis.spines.values():
            spine.set(visible=True, color=figures.GREY, linewidth=0.6)


def draw_kernel(axis: plt.Axes, kernel: np.ndarray | None, channel: int) -> None:
    """The kernel in colour, where it looks at colours; otherwise its nine strongest inputs, orange + and blue -."""
    axis.set_title("its kernel", fontsize=10)
    if kernel is None or kernel.ndim != 4 or kernel.shape[3] <= channel:
        axis.text(0.5, 0.5, "none of its own", ha="center", va="center", transform=axis.transAxes)
        return
    weights = kernel[..., channel]
    greatest = np.abs(weights).max() or 1
    if weights.shape[2] == 3:
        axis.imshow(0.5 + weights / (2 * greatest), interpolation="nearest")
        axis.set_title("its kernel: grey is 0", fontsize=10)
        return
    strongest = np.sort(np.argsort(-np.abs(weights).sum(axis=(0, 1)))[:9])
    height, width = weights.shape[:2]
    side = int(np.ceil(np.sqrt(len(strongest))))
    laid = np.full((side * (height + 1) - 1, side * (width + 1) - 1), np.nan)
    for index, place in enumerate(strongest):
        y, x = index // side * (height + 1), index % side * (width + 1)
        laid[y : y + height, x : x + width] = weights[:, :, place]
    axis.imshow(laid, cmap="PuOr_r", vmin=-greatest, vmax=greatest, interpolation="nearest")
    axis.set_title(f"its kernel: {len(strongest)} of {weights.shape[2]} inputs", fontsize=10)


def draw_firing(axis: plt.Axes, study: LayerStudy, channel: int, class_names: Sequence[str]) -> None:
    """One bar a class: on what share of its pictures the channel fires; below, the cost of switching it off."""
    shares = study.fires(channel)
    axis.barh(class_names, shares, color=[figures.class_colour(0), figures.class_colour(1)], height=0.5)
    for place, share in enumerate(shares):
        axis.text(share + 0.03, place, f"{share:.0%}", va="center", fontsize=9)
    axis.set(xlim=(0, 1.25), xticks=[0, 0.5, 1])
    axis.invert_yaxis()
    axis.set_title("fires on", fontsize=10)
    axis.set_xlabel(
        f"switched off, accuracy goes\nfrom {study.accuracy:.3f} to {study.without[channel]:.3f}", fontsize=10
    )


def say(study: LayerStudy, channel: int, class_names: Sequence[str]) -> tuple[str, str]:
    """Caption and alt text."""
    first, second = study.fires(channel)
    caption = (
        f"{study.name}, channel {channel}: kernel, map, where it fires, and the patches that excite it most, one "
        f"from a picture, over {len(study.pictures)} pictures."
    )
    alt = (
        f"{caption} It fires on {first:.0%} of {class_names[0]} and {second:.0%} of {class_names[1]}. "
        f"Switched off, accuracy goes from {study.accuracy:.3f} to {study.without[channel]:.3f}."
    )
    return caption, alt

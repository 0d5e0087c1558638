"""The channel card: all about one channel on one page.

Its kernel, its map on a picture, the input made to excite it, the nine patches of the data that excite it most (cut out
by its receptive field), how often it fires for each class, and what accuracy costs when it is switched off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np

from helpers import figures
from helpers.activations.display import COLOURS, number
from helpers.activations.every_layer import (
    Call,
    at_size,
    batches,
    check_size,
    find_maps,
    finite,
    kernel_of,
    layers_of,
    record_all,
    sees_colours,
)
from helpers.activations.fields import Field, receptive_field
from helpers.activations.making import made_inputs
from helpers.errors import InputError
from helpers.one_probability import must_end_in_a_probability
from helpers.progress import progress
from helpers.quiet import keras, tf

PATCHES = 9
WIDE, TALL = 9.6, 4.2  # inches of a card
TOP, SIDE = 1.72, 1.85  # of the three large pictures: where they end below, and how wide they are


@dataclass
class LayerStudy:
    """One layer of maps over a set of pictures; N pictures, C channels."""

    eye: keras.Model  # from the picture to the maps of the layer
    name: str
    pictures: np.ndarray  # float32 (N, H, W, D) in 0..1; D is 3 for pictures in colour
    labels: np.ndarray  # int (N,) of 0 and 1
    field: Field
    strength: np.ndarray  # float32 (N, C): the greatest number of the channel on the picture
    place: np.ndarray  # int (N, C, 2): row and column of it in the map
    accuracy: float  # of the whole network, 0..1
    without: np.ndarray  # float (C,): accuracy with the channel switched off
    kernel: np.ndarray | None  # float32 (h, w, inputs, C), or None for a layer without one
    colours: bool  # whether its inputs are the colours of the picture
    made: np.ndarray  # float32 (C, h, w, D) in 0..1: the input made to excite each channel

    def fires(self, channel: int) -> tuple[float, float]:
        """On what share of the pictures of each class the channel is above zero somewhere."""
        awake = self.strength[:, channel] > 0
        return tuple(float(awake[self.labels == label].mean()) for label in (0, 1))

    def patches(self, channel: int) -> list[np.ndarray]:
        """The patches that excite the channel most, the strongest first, one from a picture; what lies beyond is white.

        Only pictures on which the channel is above its least strength count, so there may be fewer, or none.
        """
        best = np.argsort(-self.strength[:, channel], kind="stable")[:PATCHES]
        least = self.strength[:, channel].min()
        return [self.cut(i, channel) for i in best if self.strength[i, channel] > least]

    def cut(self, picture: int, channel: int) -> np.ndarray:
        """What the channel saw where it was strongest on one picture: float32 (h, w, D) in 0..1."""
        return self.field.cut(self.pictures[picture], *self.place[picture, channel])


def study_layer(model: keras.Model, layer: str, pictures: np.ndarray, labels: np.ndarray) -> LayerStudy:
    """Measure all channels of one layer of maps at once, and make an input for each (see `made_inputs`).

    model: as for `activation_model`, with one sigmoid unit. layer: a name as in `activation_model(model).layer_names`.
    pictures: float32 (N, H, W, D) in 0..1. labels: (N,) or (N, 1) of 0 and 1.
    Raises InputError for a layer that is not there or has no maps, if labels and pictures differ in number, for
    pictures of another size, and for a network that does not end in one probability.
    """
    labels = np.asarray(labels).reshape(-1).astype(int)
    if len(labels) != len(pictures) or set(labels) != {0, 1}:
        raise InputError(
            f"{len(pictures)} pictures and {len(labels)} labels; give each one label, 0 or 1, and both kinds."
        )
    pictures = np.asarray(pictures, "float32")
    model = at_size(model, pictures.shape[1:3])
    check_size(model, pictures)
    must_end_in_a_probability(model)
    calls = record_all(model)
    call = find_maps(layers_of(calls), layer)
    eye = keras.Model(model.inputs[0], call.output)
    maps = np.concatenate([eye(batch, training=False).numpy().astype("float32") for batch in batches(pictures)])
    finite(maps, layer)
    flat = maps.reshape(len(maps), -1, maps.shape[-1])
    place = np.stack(np.unravel_index(flat.argmax(axis=1), maps.shape[1:3]), axis=-1)
    accuracy, without = switched_off(model, calls, call, maps, pictures, labels)
    return LayerStudy(
        eye,
        layer,
        pictures,
        labels,
        receptive_field(model, layer),
        flat.max(axis=1),
        place,
        accuracy,
        without,
        kernel_of(call.layer),
        sees_colours(calls, call),
        made_inputs(model, layer),
    )


def switched_off(
    model: keras.Model, calls: list[Call], call: Call, maps: np.ndarray, pictures: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray]:
    """Accuracy of the network, and with each channel of the layer set to zero, (C,)."""
    # Where the layer can be passed by (a residual sum), the rest of the way starts at the picture as well.
    tail = keras.Model([*model.inputs, call.output], calls[-1].output)

    @tf.function
    def answers(seen: tf.Tensor, part: tf.Tensor, keep: tf.Tensor) -> tf.Tensor:
        kept = tf.cast(part * keep, call.output.dtype)  # in mixed precision, half as long
        return tail([seen, kept], training=False)[:, 0]

    channels = maps.shape[-1]
    keeps = np.vstack([np.ones(channels), 1 - np.eye(channels)]).astype("float32")  # all, then all but one
    starts = range(0, len(maps), 256)
    right = np.zeros(len(keeps))
    with progress(total=len(starts) * len(keeps), text=f"switching off {call.name}", unit="batches") as bar:
        for start in starts:
            seen, part = (tf.constant(whole[start : start + 256]) for whole in (pictures, maps))
            truth = labels[start : start + 256] == 1
            for k, keep in enumerate(keeps):
                right[k] += ((answers(seen, part, keep).numpy() > 0.5) == truth).sum()
                bar.update()
    return float(right[0] / len(maps)), right[1:] / len(maps)


def channel_card(study: LayerStudy, channel: int, picture: np.ndarray, class_names: Sequence[str]) -> None:
    """Show the card of one channel, with its map on `picture` (H, W, D) in 0..1.

    Raises InputError if the layer has no such channel, or if the picture is of another size than the network takes.
    """
    channels = study.strength.shape[1]
    if not 0 <= channel < channels:
        raise InputError(f"{study.name} has no channel {channel}; give a number from 0 to {channels - 1}.")
    batch = np.asarray(picture, "float32")[None]
    check_size(study.eye, batch)
    one_map = study.eye(batch, training=False).numpy()[0, :, :, channel]
    figure = plt.figure(figsize=(WIDE, TALL), layout="none")
    # One sheet for all that is a picture, in inches: a dozen axes would take ten times as long to draw.
    sheet = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDE), ylim=(0, TALL))
    sheet.set_axis_off()
    sheet.set_autoscale_on(False)
    sheet.text(0.1, TALL - 0.12, f"{study.name}, channel {channel} of {channels}", va="top", fontsize=13)
    draw_kernel(sheet, study.kernel, channel, study.colours)
    write(sheet, 2.15 + SIDE / 2, "a picture ...")
    paint(sheet, figures.visible(picture), (2.15, TOP, SIDE))
    write(sheet, 4.2 + SIDE / 2, "... and its map")
    paint(sheet, one_map, (4.2, TOP, SIDE), cmap=COLOURS)
    paint(sheet, np.linspace(0, 1, 64)[None], (4.75, TOP - 0.15, 0.75), tall=0.08, cmap=COLOURS)
    sheet.text(4.7, TOP - 0.11, number(one_map.min()), fontsize=8, ha="right", va="center")
    sheet.text(5.55, TOP - 0.11, number(one_map.max()), fontsize=8, ha="left", va="center")
    draw_patches(sheet, study, channel)
    draw_firing(figure.add_axes((7.2 / WIDE, 2.35 / TALL, 2.3 / WIDE, 1.2 / TALL)), study, channel, class_names)
    figures.show(figure, *say(study, channel, class_names))


def paint(
    sheet: plt.Axes, picture: np.ndarray, place: tuple[float, float, float], tall: float | None = None, **options
) -> None:
    """Fit a picture into the square at `place` (left, bottom, side), in its proportions; `tall`: stretch it instead."""
    left, bottom, side = place
    height, width = np.array(picture.shape[:2]) / max(picture.shape[:2]) * side if tall is None else (tall, side)
    left, bottom = left + (side - width) / 2, bottom + ((side - height) / 2 if tall is None else 0)
    extent = (left, left + width, bottom, bottom + height)
    sheet.imshow(picture, extent=extent, aspect="auto", interpolation="nearest", **options)


def write(sheet: plt.Axes, middle: float, words: str) -> None:
    """A title above one of the three large pictures."""
    sheet.text(middle, TOP + SIDE + 0.06, words, fontsize=10, ha="center")


def draw_patches(sheet: plt.Axes, study: LayerStudy, channel: int) -> None:
    """The made input and the patches in one row, each in a thin frame, for they may be white at their edges."""
    patches = study.patches(channel)
    height, width = study.field.size
    words = f"what excites it most: {height} × {width} pixels each, all that it can see"
    if not patches:
        words = "nothing excites it: its greatest number is the same on all pictures"
    sheet.text(0.1, 1.2, "made for it", fontsize=10)
    sheet.text(1.35, 1.2, words, fontsize=10)
    places = [(0.1, 0.08, 1.0), *((1.35 + 0.92 * index, 0.12, 0.84) for index in range(len(patches)))]
    for patch, (left, bottom, side) in zip([study.made[channel], *patches], places, strict=True):
        paint(sheet, figures.visible(patch), (left, bottom, side))
        sheet.add_patch(plt.Rectangle((left, bottom), side, side, fill=False, color=figures.GREY, linewidth=0.6))


def draw_kernel(sheet: plt.Axes, kernel: np.ndarray | None, channel: int, colours: bool) -> None:
    """The kernel in colour, where it looks at `colours`; otherwise its nine strongest inputs, orange + and blue -."""
    if kernel is None or kernel.ndim != 4 or kernel.shape[3] <= channel:
        write(sheet, 0.1 + SIDE / 2, "its kernel")
        sheet.text(0.1 + SIDE / 2, TOP + SIDE / 2, "none of its own", ha="center", va="center")
        return
    weights = kernel[..., channel]
    greatest = np.abs(weights).max() or 1
    if colours and weights.shape[2] == 3:
        paint(sheet, 0.5 + weights / (2 * greatest), (0.1, TOP, SIDE))
        write(sheet, 0.1 + SIDE / 2, "its kernel: grey is 0")
        return
    strongest = np.sort(np.argsort(-np.abs(weights).sum(axis=(0, 1)))[:9])
    height, width = weights.shape[:2]
    side = int(np.ceil(np.sqrt(len(strongest))))
    laid = np.full((side * (height + 1) - 1, side * (width + 1) - 1), np.nan)
    for index, place in enumerate(strongest):
        y, x = index // side * (height + 1), index % side * (width + 1)
        laid[y : y + height, x : x + width] = weights[:, :, place]
    paint(sheet, laid, (0.1, TOP, SIDE), cmap="PuOr_r", vmin=-greatest, vmax=greatest)
    write(sheet, 0.1 + SIDE / 2, f"its kernel: {len(strongest)} of {weights.shape[2]} inputs")


def draw_firing(axis: plt.Axes, study: LayerStudy, channel: int, class_names: Sequence[str]) -> None:
    """One bar a class: on what share of its pictures the channel fires; below, the cost of switching it off."""
    shares = study.fires(channel)
    axis.barh([0, 1], shares, color=[figures.class_colour(0), figures.class_colour(1)], height=0.5)
    axis.set_yticks([0, 1], class_names, parse_math=False)  # a name may hold a $
    for name in axis.get_yticklabels():
        figures.fit(name, 1.0)  # the map ends there
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
        f"{study.name}, channel {channel}: kernel, map, where it fires, the input made to excite it, and the "
        f"patches that do so most, one from a picture, over {len(study.pictures)} pictures."
    )
    alt = (
        f"{caption} It fires on {first:.0%} of {class_names[0]} and {second:.0%} of {class_names[1]}. "
        f"Switched off, accuracy goes from {study.accuracy:.3f} to {study.without[channel]:.3f}."
    )
    return caption, alt

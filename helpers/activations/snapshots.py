"""How the filters and maps of a layer change while a network learns: kept by epoch, shown as stills or in motion.

kept = Snapshots("conv_1", picture)
training.fit(model, train, validation, callbacks=[kept])
show_snapshots(kept)     # a strip of stills: a column an epoch
play_snapshots(kept)     # the same, one still after another
"""

import io
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from helpers import figures
from helpers.activations.display import COLOURS
from helpers.activations.every_layer import (
    check_size,
    chosen_channels,
    find_maps,
    kernel_of,
    layers_of,
    record_all,
    sees_colours,
)
from helpers.errors import InputError
from helpers.quiet import keras

STILLS = 9  # columns of a strip
CHANNELS = 4
CELL, GAP, LEFT, HEAD = 0.92, 0.06, 0.95, 0.3  # inches: of a still, between two, for the words on the left and above
SECONDS = 4.5  # of an animation; what moves for more than five should have a button to stop it (WCAG 2.2.2)


class Snapshots(keras.callbacks.Callback):
    """A callback that keeps a layer's kernel, and its maps of one picture, before the training and after each epoch.

    layer: a name as in `activation_model(model).layer_names`, of a layer of maps. picture: (H, W, 3) in 0..1, of the
    size that the model takes. After a training: `.epochs`, a list of int, 0 for the untrained network; `.kernels`, a
    list of float32 (h, w, inputs, C), empty for a layer without kernel; `.maps`, a list of float32 (H, W, C).
    A second training starts anew. Raises InputError, as training begins, for a layer that is not there or has no maps,
    and for a picture of another size.
    """

    def __init__(self, layer: str, picture: np.ndarray):
        super().__init__()
        self.layer, self.picture = layer, np.asarray(picture, "float32")
        self.epochs: list[int] = []
        self.kernels: list[np.ndarray] = []
        self.maps: list[np.ndarray] = []

    def on_train_begin(self, logs: dict | None = None) -> None:
        calls = record_all(self.model)
        self.call = find_maps(layers_of(calls), self.layer)
        self.colours = sees_colours(calls, self.call)
        check_size(self.model, self.picture[None])
        self.eye = keras.Model(self.model.inputs[0], self.call.output)
        self.epochs, self.kernels, self.maps = [], [], []
        self.keep(0)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.keep(epoch + 1)

    def keep(self, epoch: int) -> None:
        self.epochs.append(epoch)
        self.maps.append(self.eye(self.picture[None], training=False).numpy()[0].astype("float32"))
        kernel = kernel_of(self.call.layer)
        if kernel is not None and kernel.shape[3:] == self.maps[-1].shape[2:]:
            self.kernels.append(kernel)

    def changed(self) -> np.ndarray:
        """How far each channel has come, float (C,): the mean distance of its kernel, or map, from its first."""
        kept = self.kernels or self.maps
        return np.abs(kept[-1] - kept[0]).mean(axis=(0, 1, 2)[: kept[0].ndim - 1])


def show_snapshots(kept: Snapshots, channels: Sequence[int] | None = None) -> None:
    """Show a strip of stills: a column an epoch, and for each channel a row of kernels and a row of maps.

    Each row has one scale for all its epochs. Of a deeper layer's kernel the part for one input is shown, the one that
    weighs most at the end. Of many epochs nine are shown, evenly, the first and the last among them. channels: those
    to show; if not given, the four whose kernels have changed most. Raises InputError before any training, and for a
    channel that the layer does not have.
    """
    channels = chosen(kept, channels)
    columns = np.unique(np.linspace(0, len(kept.epochs) - 1, STILLS).round().astype(int))
    rows = stills(kept, channels)
    figure, axis = sheet(len(columns), len(rows))
    for column, still in enumerate(columns):
        draw_column(axis, column, kept.epochs[still], [row[still] for _, row in rows])
    for number, (name, _) in enumerate(rows):
        axis.text(LEFT - 0.08, HEAD + (number + 0.5) * (CELL + GAP), name, fontsize=9, ha="right", va="center")
    figures.show(figure, *say(kept, channels))


def play_snapshots(kept: Snapshots, channels: Sequence[int] | None = None) -> None:
    """Show the same stills one after another, as an animated PNG that any browser plays, once, in under five seconds.

    It ends on the last epoch and stays there; where it cannot play, it is the still of the first. Opening the picture
    by itself plays it again. Arguments and errors as for `show_snapshots`.
    """
    channels = chosen(kept, channels)
    rows = stills(kept, channels)
    names = [name.split("\n")[-1] for name, _ in rows]
    halves = 2 if kept.kernels else 1
    frames = []
    for still, epoch in enumerate(kept.epochs):
        figure, axis = sheet(len(channels), halves)
        for column in range(len(channels)):
            part = rows[column * halves : (column + 1) * halves]
            draw_column(axis, column, f"channel {channels[column]}", [row[still] for _, row in part])
        for number, name in enumerate(names[:halves]):
            axis.text(LEFT - 0.08, HEAD + (number + 0.5) * (CELL + GAP), name, fontsize=9, ha="right", va="center")
        axis.text(0.05, HEAD / 2, f"epoch {epoch}", fontsize=11, va="center", weight="bold")
        frames.append(Image.open(io.BytesIO(figures._png(figure))).convert("RGB"))
        plt.close(figure)
    packed = io.BytesIO()
    pause = int(1000 * SECONDS / len(frames))
    frames[0].save(packed, "PNG", save_all=True, append_images=frames[1:], duration=pause, loop=1, optimize=True)
    caption, alt = say(kept, channels)
    figures.show_png(packed.getvalue(), caption + " Plays once; opened by itself, it plays again.", alt)


def chosen(kept: Snapshots, channels: Sequence[int] | None) -> list[int]:
    """The channels to show, in order. Raises InputError as `show_snapshots` does."""
    if not kept.epochs:
        raise InputError("There are no snapshots yet; hand them to a training: `fit(…, callbacks=[kept])`.")
    count = kept.maps[0].shape[-1]
    if channels is None:
        channels = sorted(np.argsort(-kept.changed(), kind="stable")[:CHANNELS])
    return chosen_channels(kept.layer, count, channels)


def stills(kept: Snapshots, channels: Sequence[int]) -> list[tuple[str, list[np.ndarray]]]:
    """(words, one picture (h, w, 3) in 0..1 an epoch), a row each: the kernels of a channel, then its maps."""
    rows = []
    for channel in channels:
        if kept.kernels:
            rows.append(
                (f"channel {channel}\nkernel", kernel_row([one[..., channel] for one in kept.kernels], kept.colours))
            )
        maps = np.stack([one[..., channel] for one in kept.maps])
        bright = (maps - maps.min()) / (np.ptp(maps) or 1)
        rows.append(
            ("map" if kept.kernels else f"channel {channel}\nmap", list(plt.get_cmap(COLOURS)(bright)[..., :3]))
        )
    return rows


def kernel_row(kernels: list[np.ndarray], colours: bool) -> list[np.ndarray]:
    """Kernels (h, w, inputs) as pictures on one scale: in colour (grey is 0), if the inputs are `colours`; or orange +
    and blue - of one input."""
    greatest = max(np.abs(one).max() for one in kernels) or 1
    if colours and kernels[0].shape[2] == 3:
        return [0.5 + one / (2 * greatest) for one in kernels]
    heaviest = np.abs(kernels[-1]).sum(axis=(0, 1)).argmax()
    return [plt.get_cmap("PuOr_r")(0.5 + one[..., heaviest] / (2 * greatest))[..., :3] for one in kernels]


def sheet(columns: int, rows: int) -> tuple[plt.Figure, plt.Axes]:
    """A figure with one axis over all of it, in inches from the top left."""
    size = (LEFT + columns * (CELL + GAP), HEAD + rows * (CELL + GAP))
    figure = plt.figure(figsize=size, layout="none")
    axis = figure.add_axes((0, 0, 1, 1), xlim=(0, size[0]), ylim=(size[1], 0))
    axis.set_axis_off()
    axis.set_autoscale_on(False)
    return figure, axis


def draw_column(axis: plt.Axes, column: int, heading: int | str, pictures: Sequence[np.ndarray]) -> None:
    """Pictures below one another, each fitted into its cell in its own proportions."""
    left = LEFT + column * (CELL + GAP)
    words = heading if isinstance(heading, str) else f"epoch {heading}"
    axis.text(left + CELL / 2, HEAD - 0.08, words, fontsize=9, ha="center")
    for row, picture in enumerate(pictures):
        height, width = np.array(picture.shape[:2]) / max(picture.shape[:2]) * CELL
        x, y = left + (CELL - width) / 2, HEAD + row * (CELL + GAP) + (CELL - height) / 2
        axis.imshow(picture, extent=(x, x + width, y + height, y), aspect="auto", interpolation="nearest")


def say(kept: Snapshots, channels: Sequence[int]) -> tuple[str, str]:
    """Caption and alt text."""
    what = "Kernels and maps" if kept.kernels else "Maps"
    caption = (
        f"{what} of {kept.layer} while it learns, from the untrained network (epoch 0) to epoch {kept.epochs[-1]}. "
        "One scale for each row, the same in all epochs."
    )
    far = kept.changed()
    moved = ", ".join(f"channel {channel} by {far[channel]:.2g}" for channel in channels)
    return caption, f"{caption} Mean change of a number from first to last: {moved}."

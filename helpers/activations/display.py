"""The channels of one layer side by side, with a scale that says what bright means."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps

from helpers import figures
from helpers.errors import InputError

COLOURS = "viridis"  # even steps to the eye, also for colour-blind readers and in grey print
SILENT = 0.86  # the grey of a channel that is the same everywhere
GAP = 1  # map pixels between two tiles


@dataclass
class Mosaic:
    """Tiles laid out for one layer. Rows and columns count tiles; `low` and `high` are per channel, (C,) float32."""

    picture: np.ndarray  # float32 (H, W, 3) in 0..1
    tile: tuple[int, int]  # height, width of one tile, in pixels of `picture`
    columns: int
    channels: int
    low: np.ndarray
    high: np.ndarray
    dead: np.ndarray  # indices of the channels that are the same everywhere

    def corner(self, channel: int) -> tuple[int, int]:
        """(top, left) of the tile of `channel`, in pixels of `picture`."""
        row, column = divmod(channel, self.columns)
        return row * (self.tile[0] + GAP), column * (self.tile[1] + GAP)


def mosaic(activation: np.ndarray, columns: int = 16, scale: str = "channel") -> Mosaic:
    """Lay out the channels of `activation`, `columns` to a row; the last row may stay unfilled (white).

    activation: (H, W, C) or (1, H, W, C) maps; (C,), (1, C) or (1, 1, C) single numbers, drawn as cells of a strip.
    scale: "channel" stretches each channel from its own least to its own greatest number, which shows its shape and
    hides its strength; "shared" uses the layer's least and greatest for all, which shows strength. Single numbers
    have no range of their own, so they always share one.

    Raises InputError for other shapes, for numbers that are not finite, and for an unknown scale.
    """
    maps = as_maps(activation)
    if scale not in ("channel", "shared"):
        raise InputError(f"scale={scale!r} is unknown; choose 'channel' or 'shared'.")
    height, width, channels = maps.shape
    single = height == width == 1
    columns = max(1, min(columns, channels))
    rows = -(-channels // columns)

    low, high = maps.min(axis=(0, 1)), maps.max(axis=(0, 1))
    dead = np.flatnonzero(high - low <= 1e-6 * np.maximum(1, np.abs(high))) if not single else np.array([], int)
    own = scale == "channel" and not single
    bottom, top = (low, high) if own else (np.full(channels, low.min()), np.full(channels, high.max()))
    span = np.where(top > bottom, top - bottom, 1)
    tiles = colormaps[COLOURS]((maps - bottom) / span)[..., :3]  # (H, W, C, 3)
    tiles[:, :, dead] = SILENT

    picture = np.ones((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), "float32")
    laid = Mosaic(picture, (height, width), columns, channels, low, high, dead)
    for channel in range(channels):
        y, x = laid.corner(channel)
        picture[y : y + height, x : x + width] = tiles[:, :, channel]
    return laid


def as_maps(activation: np.ndarray) -> np.ndarray:
    """`activation` as float32 (H, W, C); single numbers as (1, 1, C). Raises InputError as `mosaic` does."""
    maps = np.asarray(activation, "float32")
    if maps.ndim in (2, 4) and maps.shape[0] == 1:
        maps = maps[0]
    if maps.ndim == 1:
        maps = maps[None, None]
    if maps.ndim != 3 or maps.size == 0:
        raise InputError(
            f"An activation of shape {np.shape(activation)} cannot be drawn; "
            "give that of one picture: (H, W, C) for maps, (C,) for a dense layer."
        )
    if not np.isfinite(maps).all():
        raise InputError("The activation holds numbers that are not finite; train with a lower learning rate.")
    return maps


def display_grid(
    activation: np.ndarray,
    name: str = "",
    columns: int = 16,
    scale: str = "channel",
    caption: str = "",
    alt: str = "",
) -> Mosaic:
    """Show the channels of one layer for one picture, with a legend that says what bright means; give back the layout.

    A channel that is the same everywhere (zero, mostly) is drawn grey and crossed out. With `scale="channel"` a bar
    under each tile shows how strong the channel is: its greatest number as a share of the layer's greatest. `caption`
    and `alt` are made if not given. See `mosaic` for shapes, scales and errors.
    """
    maps = as_maps(activation)
    height, width, channels = maps.shape
    single = height == width == 1
    laid = mosaic(maps, 32 if single and channels > columns else columns, scale)

    tall, wide = laid.picture.shape[:2]
    inches = min(9.6, wide / 12 if not single else 0.42 * laid.columns)
    inches = max(inches, min(9.6, 1.2 * laid.columns if not single else 0.3 * laid.columns), 2.4)
    figure, axis = plt.subplots(figsize=(inches, inches * tall / wide + 0.75))
    axis.imshow(laid.picture, interpolation="nearest" if wide < inches * figures.DPI else "antialiased")
    axis.set_axis_off()
    if name:
        axis.set_title(f"{name}: {describe(maps.shape)}", loc="left", fontsize=11)
    own = scale == "channel" and not single
    draw_marks(axis, laid, own)
    draw_legend(figure, axis, laid, own)
    figures.show(figure, caption or say(laid, maps.shape, name, own), alt or say(laid, maps.shape, name, own))
    return laid


def draw_marks(axis: plt.Axes, laid: Mosaic, own: bool) -> None:
    """Cross out the channels that are the same everywhere; under the others a bar for their strength."""
    height, width = laid.tile
    for channel in laid.dead:
        y, x = laid.corner(channel)
        corners = np.array([0.25, 0.75]) * (width - 1) + x, np.array([0.25, 0.75]) * (height - 1) + y
        axis.plot(corners[0], corners[1], color=figures.GREY, linewidth=1)
        axis.plot(corners[0], corners[1][::-1], color=figures.GREY, linewidth=1)
    if not own or laid.high.max() <= 0:
        return
    for channel in np.setdiff1d(np.arange(laid.channels), laid.dead):
        y, x = laid.corner(channel)
        length = max(0, laid.high[channel] / laid.high.max()) * width
        axis.plot(
            [x - 0.5, x - 0.5 + length],
            [y + height - 0.5 + GAP / 2] * 2,
            color=figures.DOG,
            linewidth=1.6,
            solid_capstyle="butt",
        )


def draw_legend(figure: plt.Figure, axis: plt.Axes, laid: Mosaic, own: bool) -> None:
    low, high = laid.low.min(), laid.high.max()
    colours = plt.cm.ScalarMappable(plt.Normalize(0, 1), COLOURS)
    bar = figure.colorbar(colours, ax=axis, location="bottom", fraction=0.03, aspect=40, shrink=0.5, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.grid(False)
    bar.set_ticks([0, 1])
    if own:
        bar.set_ticklabels(["its own least", f"its own greatest\n(the layer's: {high:.3g})"], fontsize=8)
    else:
        bar.set_ticklabels([f"{low:.3g}", f"{high:.3g}"], fontsize=8)


def describe(shape: tuple[int, ...]) -> str:
    """'16 channels of 62 x 62', or '512 numbers'."""
    height, width, channels = shape
    if height == width == 1:
        return f"{channels} number{'s' * (channels != 1)}"
    return f"{channels} channel{'s' * (channels != 1)} of {height} x {width}"


def say(laid: Mosaic, shape: tuple[int, ...], name: str, own: bool) -> str:
    """A caption: what is drawn, what bright means, how many channels are the same everywhere."""
    low, high = laid.low.min(), laid.high.max()
    words = f"{name}: {describe(shape)}. " if name else f"{describe(shape)}. "
    if own:
        words += "Each channel from its own least (dark) to its own greatest number (bright); "
        words += f"the bar below it is its greatest as a share of the layer's, {high:.3g}."
    else:
        words += f"One scale for all: dark is {low:.3g}, bright {high:.3g}."
    if len(laid.dead):
        words += f" {len(laid.dead)} of {laid.channels} are the same everywhere on this picture: crossed out."
    return words

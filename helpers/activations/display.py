"""The channels of one layer side by side, with a scale that says what bright means."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps

from helpers import figures
from helpers.activations.every_layer import finite
from helpers.errors import InputError

COLOURS = "viridis"  # even steps to the eye, also for colour-blind readers and in grey print
SILENT = 0.86  # the grey of a channel that is the same everywhere
WIDE = 9.6  # inches of a full figure
NUMBERS = 64  # cells in one row of a strip of single numbers


@dataclass
class Mosaic:
    """Channels laid out as tiles, row by row. Arrays hold one value a channel, (C,)."""

    picture: np.ndarray  # float32 (height, width, 3) in 0..1
    tile: tuple[int, int]  # height and width of one tile, in pixels of `picture`
    gap: int  # pixels of `picture` between two tiles
    columns: int
    low: np.ndarray  # least number of each channel
    high: np.ndarray  # greatest number of each channel
    dead: np.ndarray  # the channels that are the same everywhere

    def corner(self, channel: int) -> tuple[int, int]:
        """(top, left) of the tile of `channel`, in pixels of `picture`."""
        row, column = divmod(channel, self.columns)
        return row * (self.tile[0] + self.gap), column * (self.tile[1] + self.gap)


def mosaic(
    activation: np.ndarray,
    columns: int = 16,
    scale: str = "channel",
    limits: tuple[np.ndarray, np.ndarray] | None = None,
) -> Mosaic:
    """Lay out the channels of `activation`, `columns` to a row; what the last row leaves over stays white.

    activation: (H, W, C) or (1, H, W, C) maps; (C,), (1, C) or (1, 1, C) single numbers, drawn as cells of a strip.
    scale: "channel" stretches each channel from its own least to its own greatest number, which shows its shape and
    hides its strength; "shared" uses the layer's least and greatest for all, which shows strength. Single numbers
    have no range of their own, so they always share one. limits: least and greatest number of each channel, (C,) each,
    to use in place of the scale, so that several pictures can be compared.

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
    dead = np.array([], int) if single else np.flatnonzero(unmoved(low, high))
    if limits is not None:
        bottom, top = limits
    elif scale == "channel" and not single:
        bottom, top = low, high
    else:
        bottom, top = low.min(), high.max()
    tiles = colormaps[COLOURS]((maps - bottom) / np.where(top > bottom, top - bottom, 1))[..., :3]  # (H, W, C, 3)
    tiles[:, :, dead] = SILENT

    # Small maps are enlarged, so that the gap stays narrow beside them.
    times = -(-(8 if single else 48) // max(height, width))
    tiles = tiles.repeat(times, axis=0).repeat(times, axis=1)
    gap = max(1 if single else 2, max(tiles.shape[:2]) // 20)
    tile = tiles.shape[:2]
    picture = np.ones((rows * (tile[0] + gap) - gap, columns * (tile[1] + gap) - gap, 3), "float32")
    laid = Mosaic(picture, tile, gap, columns, low, high, dead)
    for channel in range(channels):
        y, x = laid.corner(channel)
        picture[y : y + tile[0], x : x + tile[1]] = tiles[:, :, channel]
    return laid


def unmoved(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether each channel is the same everywhere, but for rounding: bool (C,)."""
    return high - low <= 1e-6 * np.maximum(np.abs(low), np.abs(high))


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
    return finite(maps, "The activation")


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
    single = maps.shape[:2] == (1, 1)
    own = scale == "channel" and not single
    laid = mosaic(maps, NUMBERS if single else columns, scale)

    tall, wide = laid.picture.shape[0] + laid.gap, laid.picture.shape[1]  # the gap below holds the last row's bars
    inches = min(WIDE, laid.columns * (0.15 if single else 1.3))
    heading = f"{name}: {describe(maps.shape)}" if name else describe(maps.shape)
    across, title, legend = max(inches, 3.8, 0.2 + 0.085 * len(heading)), 0.32, 0.62  # room for all words
    high = inches * tall / wide
    figure = plt.figure(figsize=(across, title + high + legend), layout="none")
    total = title + high + legend
    axis = figure.add_axes((0, legend / total, inches / across, high / total))
    axis.imshow(laid.picture, interpolation="nearest" if wide < inches * figures.DPI else "antialiased")
    axis.set(xlim=(-0.5, wide - 0.5), ylim=(tall - 0.5, -0.5))
    axis.set_axis_off()
    axis.set_autoscale_on(False)
    figure.text(0.05 / across, 1 - 0.1 / total, heading, va="top", fontsize=11)
    draw_marks(axis, laid, own)
    draw_legend(figure.add_axes((0.85 / across, 0.28 / total, 1.6 / across, 0.12 / total)), laid, own)
    words = say(laid, heading, own)
    figures.show(figure, caption or words, alt or words)
    return laid


def draw_marks(axis: plt.Axes, laid: Mosaic, own: bool) -> None:
    """Cross out the channels that are the same everywhere; under the others a bar for their strength."""
    height, width = laid.tile
    for channel in laid.dead:
        y, x = laid.corner(channel)
        side = min(height, width) / 4
        reach = np.array([-side, side])
        for turn in (1, -1):
            axis.plot(x + width / 2 + reach, y + height / 2 + turn * reach, color=figures.GREY, linewidth=1)
    if not own or laid.high.max() <= 0:
        return
    for channel in np.setdiff1d(np.arange(len(laid.high)), laid.dead):
        y, x = laid.corner(channel)
        length = max(0, laid.high[channel] / laid.high.max()) * width
        bar = plt.Rectangle(
            (x - 0.5, y + height - 0.5), length, laid.gap, color=figures.DOG, linewidth=0, clip_on=False
        )
        axis.add_patch(bar)


def draw_legend(axis: plt.Axes, laid: Mosaic, own: bool) -> None:
    axis.imshow(np.linspace(0, 1, 64)[None], cmap=COLOURS, aspect="auto")
    axis.set_axis_off()
    low, high = number(laid.low.min()), number(laid.high.max())
    left, right = ("its least", "its greatest number") if own else (low, high)
    axis.text(-0.04, 0.5, left, transform=axis.transAxes, ha="right", va="center", fontsize=8)
    axis.text(1.04, 0.5, right, transform=axis.transAxes, ha="left", va="center", fontsize=8)
    if own:
        words = f"orange bar: strength, full at {high}" + ("; ×: the same everywhere" if len(laid.dead) else "")
        axis.text(-0.5, -1.3, words, transform=axis.transAxes, ha="left", va="center", fontsize=8)


def number(value: float) -> str:
    """A number with three digits, and no -0."""
    return f"{value + 0.0:.3g}"


def describe(shape: tuple[int, ...]) -> str:
    """'16 channels of 62 × 62', or '512 numbers'."""
    height, width, channels = shape
    if height == width == 1:
        return f"{channels} number{'s' * (channels != 1)}"
    return f"{channels} channel{'s' * (channels != 1)} of {height} × {width}"


def say(laid: Mosaic, heading: str, own: bool) -> str:
    """A caption: what is drawn, what bright means, how many channels are the same everywhere."""
    low, high = number(laid.low.min()), number(laid.high.max())
    words = f"{heading}. "
    if own:
        words += "Each channel from its own least number (dark) to its own greatest (bright); the bar below a tile is "
        words += f"its greatest number as a share of the layer's greatest, {high}."
    else:
        words += f"One scale for all: dark is {low}, bright is {high}."
    if len(laid.dead):
        words += f" {len(laid.dead)} of {len(laid.high)} are the same everywhere on this picture: crossed out."
    return words

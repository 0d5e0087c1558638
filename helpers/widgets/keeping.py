"""What the explorer shows, kept for readers without a kernel: small pictures of all maps, and the numbers beside them.

`helpers.site_explorer` makes the page of it.
"""

from __future__ import annotations

import base64
import copy
import io
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from PIL import Image

from helpers import figures
from helpers.activations.display import COLOURS, unmoved

if TYPE_CHECKING:
    from helpers.widgets.exploring import Exploration

MOST = 1_300_000  # bytes of all pictures together: a page for a phone
COLUMNS = 8  # maps side by side in one picture
HEATS = 32  # shades are enough for a haze over the picture, and half the size of 256


def kept(state: Exploration) -> dict:
    """Each picture with its answer, and for each layer and picture all maps, as data for a page; of the first pictures
    as many as fit into MOST bytes. Nothing, {}, if not even the first one does.

    {"pictures": [{"name", "called", "png"}], "layers": [{"name", "maps": [{"height", "width", "columns", "map", "heat",
    "low", "high", "zeros", "dead"}]}]}: one of "maps" a picture; "png", "map" and "heat" are PNGs in base 64, the maps
    `columns` to a row, each `height` x `width` pixels; "low", "high" and "zeros" hold a text a channel.
    """
    pictures, maps, size = [], [], 0
    for number in range(len(state.pictures)):
        one = copy.copy(state)  # what was chosen stays chosen
        one.choose(picture=number)
        picture = {"name": state.names[number], "called": one.called(), "png": png(seen(state.pictures[number]))}
        laid = [all_maps(one.outputs(number)[layer]) for layer in state.layers]
        size += sum(len(text) for about in (picture, *laid) for text in about.values() if isinstance(text, str))
        if size * 3 / 4 > MOST:  # base 64 holds three bytes in four letters
            break
        pictures.append(picture)
        maps.append(laid)
    layers = [
        {"name": layer, "maps": list(of)} for layer, of in zip(state.layers, zip(*maps, strict=True), strict=False)
    ]
    return {"pictures": pictures, "layers": layers} if pictures else {}


def all_maps(maps: np.ndarray) -> dict:
    """The maps (H, W, C) of one layer for one picture, each from its own least number to its own greatest; those of one
    number each share a scale, as in `display.mosaic`."""
    height, width, channels = maps.shape
    low, high = maps.min(axis=(0, 1)), maps.max(axis=(0, 1))
    single = height == width == 1
    bottom, top = (low.min(), high.max()) if single else (low, high)
    shares = (maps - bottom) / np.where(top > bottom, top - bottom, 1)
    return {
        "height": height,
        "width": width,
        "columns": min(COLUMNS, channels),
        "map": sheet(np.round(shares * 255), shades(COLOURS, 256)),
        "heat": sheet(np.round(shares * (HEATS - 1) * (not single)), shades("inferno", HEATS)),
        "low": [f"{number:.3g}" for number in low],
        "high": [f"{number:.3g}" for number in high],
        "zeros": [f"{share:.0%}" for share in np.mean(maps == 0, axis=(0, 1))],
        "dead": [] if single else np.flatnonzero(unmoved(low, high)).tolist(),
    }


def sheet(levels: np.ndarray, palette: list[int]) -> str:
    """Maps (H, W, C) of places in the palette, side by side in one PNG, COLUMNS to a row, without gaps."""
    height, width, channels = levels.shape
    columns = min(COLUMNS, channels)
    rows = -(-channels // columns)
    laid = np.zeros((rows * columns, height, width), "uint8")
    laid[:channels] = levels.transpose(2, 0, 1)
    laid = laid.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)
    picture = Image.fromarray(laid)
    picture.putpalette(palette)
    return png(picture)


def shades(colours: str, count: int) -> list[int]:
    """`count` colours of a colour map of Matplotlib, from its first to its last, as a palette: [r, g, b, r, …]."""
    return np.round(255 * colormaps[colours](np.linspace(0, 1, count))[:, :3]).astype(int).ravel().tolist()


def seen(picture: np.ndarray) -> Image.Image:
    return Image.fromarray(np.uint8(np.clip(figures.visible(picture), 0, 1) * 255 + 0.5))


def png(picture: Image.Image) -> str:
    packed = io.BytesIO()
    picture.save(packed, "PNG", optimize=True)
    return base64.b64encode(packed.getvalue()).decode()

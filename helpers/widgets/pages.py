"""What the widgets share: pictures as HTML with words for those who do not see them, and rows that wrap."""

import base64
import io
from html import escape

import ipywidgets
import numpy as np
from PIL import Image

from helpers import figures
from helpers.errors import InputError
from helpers.pipeline import as_numbers


def in_shares(picture: np.ndarray) -> np.ndarray:
    """A picture in 0..1 or uint8 as float32 in 0..1. Raises InputError for other whole numbers: nobody knows how far
    they go."""
    picture = np.asarray(picture)
    if picture.dtype.kind in "iu" and picture.dtype != np.uint8:
        raise InputError(f"A picture of {picture.dtype} is not understood; give numbers in 0..1, or uint8 up to 255.")
    return as_numbers(picture) if picture.dtype == np.uint8 else picture.astype("float32")


def image(picture: np.ndarray, alt: str, width: int, sharp: bool = False) -> str:
    """HTML of a picture, uint8 or float in 0..1, that holds all of it, as `figures.visible` makes it; `width` in pixels
    of the screen, or less where there is less room.

    sharp: each pixel a square, for maps, in place of a soft enlargement.
    """
    picture = figures.visible(picture)
    if picture.dtype != np.uint8:
        picture = np.uint8(np.clip(picture, 0, 1) * 255 + 0.5)
    packed = io.BytesIO()
    Image.fromarray(picture).save(packed, "PNG", compress_level=1)  # quick: it is drawn anew with each key
    style = f"display:block;width:{width}px;max-width:100%;height:auto" + (
        ";image-rendering:pixelated" if sharp else ""
    )
    data = base64.b64encode(packed.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}" style="{style}">'


def captioned(picture: str, words: str) -> str:
    """HTML of a picture with a line below it."""
    return f'<div style="display:inline-block;margin:0 12px 6px 0;vertical-align:top">{picture}{escape(words)}</div>'


def row(children: list) -> ipywidgets.HBox:
    """Widgets side by side, or below each other on a narrow screen."""
    return ipywidgets.HBox(children, layout={"flex_flow": "row wrap", "align_items": "flex-start"})

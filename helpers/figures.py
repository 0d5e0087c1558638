"""The one look of all figures: colours, captions, alt text, grids of pictures.

Colours are from the palette of Okabe and Ito (https://jfly.uni-koeln.de/color/), which colour-blind readers can tell
apart. Colour never carries a meaning alone: a marker, a line style or a word says the same.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display
from PIL import Image

from helpers.errors import InputError

if TYPE_CHECKING:
    import ipywidgets

CAT, DOG, OTHER, GREY = "#0072B2", "#D55E00", "#009E73", "#7F7F7F"
FRAME = "#B3B3B3"
MARKERS = ("o", "^")
MARK = re.compile(r"([$\\])|[`*\[\]<>&~]|(?<![^\W_])_|_(?![^\W_])")  # what Markdown may make something of
LINES = ("o-", "^--", "s:", "D-.", "v-", "P--")
DPI = 100

matplotlib.rcParams.update(
    {
        "figure.constrained_layout.use": True,
        "axes.prop_cycle": matplotlib.cycler(color=[CAT, DOG, OTHER, "#CC79A7", "#E69F00", "#56B4E9"]),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#E5E5E5",
        "font.size": 11,
        "axes.titlesize": 12,
        "legend.frameon": False,
    }
)


def class_colour(index: int) -> str:
    """The colour of class 0 or class 1."""
    return (CAT, DOG)[index]


def show(figure: plt.Figure, caption: str, alt: str, command: str = "") -> None:
    """Show `figure` under the cell, with `alt` for those who do not see it and `caption` below it for all; close it.

    Both are plain text: names of files and classes may hold anything. command: that made it, named below as code. The
    picture is kept as a PNG of 256 colours: a third of the size, and no difference that the eye would find.
    """
    picture = _png(figure)
    plt.close(figure)
    show_png(picture, caption, alt, command)


def show_png(picture: bytes, caption: str, alt: str, command: str = "") -> None:
    """Show a PNG under the cell, with its alt text, and its caption below it, as `show` does.

    JupyterLab leaves out the alt text of a PNG, but not that of an `<img>`, which it prefers to show. So both are sent;
    of the two, a lesson is saved with the PNG alone, which GitHub shows, too.
    """
    width, height = Image.open(io.BytesIO(picture)).size
    packed = base64.b64encode(picture).decode()
    image = f'<img src="data:image/png;base64,{packed}" alt="{escape(alt)}" width="{width}" height="{height}">'
    display(
        {"image/png": packed, "text/html": image, "text/plain": alt},
        metadata={"image/png": {"alt": alt, "width": width, "height": height}},
        raw=True,
    )
    made = f" Made by `{command}`." if command else ""
    display(Markdown(f"*{as_markdown(caption)}{made}*"))


def as_markdown(text: str) -> str:
    """Any text in one line, so that Markdown shows it and makes nothing of it: no tag, link, code, stress or formula.

    An underscore within a word, as in conv_1, is none of these, and stays as it is. $ and \\ stand in a span of their
    own: notebooks seek formulas once more in what Markdown has made, but not across tags.
    """
    text = re.sub(r"\s*[\r\n]\s*", " ", text).strip()
    return MARK.sub(lambda found: f"<span>\\{found[1]}</span>" if found[1] else f"\\{found[0]}", text)


def show_widget(widget: ipywidgets.Widget, more: Mapping[str, object] | None = None) -> None:
    """Show something to click; where the front end has no widgets, a sentence in its place, and no inner names.

    more: the same for pages without a kernel, by its MIME type."""
    bundle = widget._repr_mimebundle_() | dict(more or {})
    told = "Something to click stands here where there are widgets (ipywidgets). The lesson goes on without it."
    display(bundle | {"text/plain": told}, raw=True)


def legend(axis: plt.Axes, **where: object) -> None:
    """The names of what is drawn, as plain text: one of a class or a layer may hold a $. where: as of `Axes.legend`."""
    for name in axis.legend(**where).get_texts():
        name.set_parse_math(False)


def fit(text: plt.Text, inches: float) -> None:
    """Make a text of a figure smaller, down to 4 points, until it is no wider: a class may have a long name."""
    while text.get_window_extent().width > inches * text.figure.dpi and text.get_fontsize() > 4:
        text.set_fontsize(text.get_fontsize() - 0.25)  # in steps: letters do not shrink evenly


def told_apart(names: Collection[str], styles: Sequence = LINES) -> Iterator[tuple[str, object]]:
    """Each name with a style of its own. Raises InputError without names, and for more of them than there are styles:
    no line is left out, and no two look the same."""
    if not 1 <= len(names) <= len(styles):
        raise InputError(f"{len(names)} lines; a figure can tell 1 to {len(styles)} apart; give it as many.")
    return zip(names, styles, strict=False)


def chart(
    x: Sequence[float], lines: Mapping[str, Sequence[float]], xlabel: str, ylabel: str, caption: str, alt: str = ""
) -> None:
    """Show one line a row of `lines` over `x`, each with a marker and a stroke of its own, and their names beside it.

    alt: made from the caption and the ends of the lines if not given. Raises InputError as `told_apart` does.
    """
    styles = told_apart(lines)
    figure, axis = plt.subplots(figsize=(8, 3.4))
    for name, style in styles:
        axis.plot(x, lines[name], style, label=name)
    axis.set(xlabel=xlabel, ylabel=ylabel)
    legend(axis, bbox_to_anchor=(1, 0.5), loc="center left")
    ends = "; ".join(f"{name} from {values[0]:.3g} to {values[-1]:.3g}" for name, values in lines.items())
    show(figure, caption, alt or f"{caption} {ylabel}: {ends}.")


def visible(picture: np.ndarray) -> np.ndarray:
    """A picture as the eye can take it, (H, W, 3), in the same numbers: three channels stay as they are; one, (H, W, 1)
    or (H, W), becomes grey; of any other count the mean is shown, in grey."""
    picture = np.asarray(picture)
    if picture.ndim == 3 and picture.shape[2] == 3:
        return picture
    one = picture if picture.ndim == 2 else picture.mean(axis=2)
    return one.astype(picture.dtype)[..., None].repeat(3, axis=2)


def _png(figure: plt.Figure) -> bytes:
    drawn, packed = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, dpi=DPI, facecolor="white")
    Image.open(drawn).convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def grid(
    pictures: Sequence[np.ndarray | None],
    titles: Sequence[str] | None = None,
    columns: int = 8,
    size: float = 1.4,
    caption: str = "",
    alt: str = "",
) -> None:
    """Show pictures of any sizes side by side, `columns` to a row, each `size` inches wide, with a title if given.

    pictures: arrays (H, W, C) or (H, W), uint8 in 0..255 or float in 0..1, each shown as `visible` makes it, in a
    thin frame; None leaves a place empty. Nothing is stretched. Raises InputError without pictures, and for fewer
    titles than pictures.
    """
    if not len(pictures):
        raise InputError("no pictures to show; look at what was meant to choose them.")
    if titles and len(titles) < len(pictures):
        raise InputError(f"{len(titles)} titles for {len(pictures)} pictures; give each picture one, or none at all.")
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    heading = 0.06 + 0.18 * max((title.count("\n") + 1 for title in titles if title), default=0) if titles else 0
    wide, high = columns * size, rows * (size + heading)
    figure = plt.figure(figsize=(wide, high), layout="none")
    for index, picture in enumerate(pictures):
        if picture is None:
            continue
        row, column = divmod(index, columns)
        left, bottom = (column * size + 0.03) / wide, 1 - ((row + 1) * (size + heading) - 0.03) / high
        axis = figure.add_axes((left, bottom, (size - 0.06) / wide, (size - 0.06) / high))
        axis.set(xticks=[], yticks=[])
        for edge in axis.spines.values():  # without a frame, a white picture on a white page looks like none at all
            edge.set(visible=True, color=FRAME, linewidth=0.8)
        picture = visible(picture)
        axis.imshow(picture if picture.dtype == np.uint8 else np.clip(picture, 0, 1))
        if titles and titles[index]:
            title = axis.set_title(titles[index], fontsize=9, pad=3, parse_math=False)  # a name may hold a $
            fit(title, size - 0.05)
    show(figure, caption, alt)

"""A film strip: one picture through all the layers, from its pixels to the probability."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyBboxPatch, Rectangle

from helpers import figures
from helpers.activations.display import COLOURS, as_maps, describe, mosaic
from helpers.activations.every_layer import activation_model, look
from helpers.errors import InputError
from helpers.quiet import keras

FRAMES = 9  # in one row of film
TILES = 9  # channels shown of a layer of maps
FILM, INK = "#16161D", "#F2F2F2"
BAND, FRAME, LEFT = 1.85, 1.0, 0.05  # inches: height of a row of film, side of a frame, margin


def film_strip(
    model: keras.Model,
    pictures: Sequence[np.ndarray],
    class_names: Sequence[str] = ("class 0", "class 1"),
    titles: Sequence[str] | None = None,
    layers: Sequence[str] | None = None,
) -> dict[str, list[float]]:
    """Show each of `pictures` as a strip: pixels, each layer's liveliest channels, the probability; strip below strip.

    Below each frame stand a bar, the share of its numbers that are zero, its shape, and that share in words. The
    channels shown are the nine that vary most over the first picture; one that is the same everywhere is grey and
    crossed out. They are the same in every strip, and on the same scale, so that strips can be compared.

    pictures: (H, W, C) each, in 0..1, of the size that the model takes. layers: names to show; all of them if not
    given, save those that change nothing at use (dropout, flatten). Of a layer of one number the number is written,
    and of the last one, if that lies in 0..1, the share of each class.
    Gives back layer name -> share of zeros, one number a picture. Raises InputError as `look` does, for a layer that
    the model does not have, and for pictures of several sizes.
    """
    every = activation_model(model)
    if unknown := set(layers or []) - set(every.layer_names):
        raise InputError(f"{sorted(unknown)[0]!r} is not a layer; the model has {', '.join(every.layer_names)}.")
    if len(sizes := dict.fromkeys(np.shape(picture) for picture in pictures)) > 1:
        first, other, *_ = (" x ".join(map(str, size)) for size in sizes)
        raise InputError(f"pictures of {first} and of {other} cannot be compared frame by frame; give them one size.")
    if titles is not None and len(titles) != len(pictures):
        raise InputError(f"{len(titles)} titles for {len(pictures)} pictures; give each picture one, or none at all.")
    names = ["pixels", *(layers or [name for name in every.layer_names if name not in every.idle])]
    seen = [{"pixels": np.asarray(picture, "float32"), **look(every, picture)} for picture in pictures]
    zeros = {name: [float((one[name] == 0).mean()) for one in seen] for name in names}
    last = every.layer_names[-1] if every.ends_in_layer else ""

    rows, across = -(-len(names) // FRAMES), min(FRAMES, len(names))
    pitch = (10 - 2 * LEFT) / FRAMES
    size = (across * pitch + 2 * LEFT, len(pictures) * (rows * BAND + (0.3 if titles else 0.08)))
    figure = plt.figure(figsize=size, layout="none")
    axis = figure.add_axes((0, 0, 1, 1), xlim=(0, size[0]), ylim=(size[1], 0))
    axis.set_axis_off()
    top = 0.0
    for index, one in enumerate(seen):
        if titles:
            axis.text(LEFT, top + 0.15, titles[index], fontsize=10, va="center", parse_math=False)
        top += 0.3 if titles else 0.08
        for row in range(rows):
            draw_film(axis, size[0], top)
            for column, name in enumerate(names[row * FRAMES : (row + 1) * FRAMES]):
                corner = (LEFT + column * pitch + (pitch - FRAME) / 2, top + 0.33)
                if name == last and is_share(one[name]):
                    draw_probability(axis, corner, one[name].item(), class_names)
                else:
                    draw_frame(axis, corner, name, [other[name] for other in seen], index)
                draw_words(axis, corner, name, one[name])
            top += BAND
    words = (
        f"{len(names)} stations from pixels to probability. Of a layer of maps: the nine channels that vary most. "
        "Below: its shape, and in orange and in words the share of its numbers that are zero."
    )
    if any(seen[0][name].ndim == 2 for name in names[1:]):
        words += " Of rows of numbers: all, a row a place, a column a number."
    heads = titles or ([f"picture {number}" for number in range(1, len(seen) + 1)] if len(seen) > 1 else [])
    told = [
        tell({name: share[index] for name, share in zeros.items()}, one[last] if last in names else None, class_names)
        for index, one in enumerate(seen)
    ]
    told = [f"{head}: {one}" for head, one in zip(heads, told, strict=True)] if heads else told
    figures.show(figure, words, f"{words} {'. '.join(told)}.")
    return zeros


def tell(zeros: Mapping[str, float], answer: np.ndarray | None, class_names: Sequence[str]) -> str:
    """The share of zeros of each layer in words, and the answer, if that is a share."""
    words = ", ".join(f"{name} {100 * share:.0f} % zeros" for name, share in zeros.items())
    if answer is None or not is_share(answer):
        return words
    return f"{words}; " + ", ".join(f"{name} {share:.2f}" for name, share in shares(answer.item(), class_names))


def is_share(output: np.ndarray) -> bool:
    """Whether it is one number, from 0 to 1."""
    return output.size == 1 and 0 <= output.item() <= 1


def shares(probability: float, class_names: Sequence[str]) -> list[tuple[str, float]]:
    """Each class with its share, where `probability` is that of the second."""
    return list(zip(class_names, (1 - probability, probability), strict=False))


def draw_film(axis: plt.Axes, width: float, top: float) -> None:
    """A dark band with holes along both edges."""
    axis.add_patch(Rectangle((0, top), width, BAND - 0.04, color=FILM, linewidth=0, zorder=-2))
    for y in (top + 0.05, top + BAND - 0.13):
        for x in np.arange(0.06, width - 0.1, 0.18):
            style = "round,pad=0,rounding_size=0.015"
            axis.add_patch(FancyBboxPatch((x, y), 0.09, 0.05, boxstyle=style, color="white", linewidth=0, zorder=-1))


def draw_frame(axis: plt.Axes, corner: tuple[float, float], name: str, shown: list[np.ndarray], index: int) -> None:
    """Draw what one layer makes of picture `index`, on the scale of all the pictures `shown`."""
    if name == "pixels":
        draw_picture(axis, corner, np.clip(figures.visible(shown[index]), 0, 1))
        return
    if shown[index].size == 1:
        middle = corner[0] + FRAME / 2, corner[1] + FRAME / 2
        axis.text(*middle, f"{shown[index].item():.3g}", fontsize=10, color=INK, ha="center", va="center")
        return
    maps = [as_maps(laid_out(one)) for one in shown]
    if maps[0].shape[:2] == (1, 1):
        low, high = min(one.min() for one in maps), max(one.max() for one in maps)
        share = (as_square(maps[index].ravel()) - low) / (high - low or 1)
        draw_picture(axis, corner, plt.get_cmap(COLOURS)(share)[..., :3] * np.isfinite(share)[..., None])
        return
    liveliest = np.sort(np.argsort(-maps[0].std(axis=(0, 1)), kind="stable")[:TILES])
    chosen = np.stack([one[:, :, liveliest] for one in maps])  # (pictures, H, W, 9)
    limits = chosen.min(axis=(0, 1, 2)), chosen.max(axis=(0, 1, 2))
    laid = mosaic(chosen[index], columns=3, limits=limits)
    picture = np.where((laid.picture == 1).all(axis=-1, keepdims=True), 0.09, laid.picture)  # gaps as dark as the film
    left, top = draw_picture(axis, corner, picture)
    inch = FRAME / max(picture.shape[:2])  # of a pixel
    for channel in laid.dead:
        y, x = np.array(laid.corner(channel)) + np.array(laid.tile) / 2
        reach = np.array([-1, 1]) * min(laid.tile) / 4 * inch
        for turn in (1, -1):
            axis.plot(left + x * inch + reach, top + y * inch + turn * reach, color=figures.GREY, linewidth=1)


def draw_picture(axis: plt.Axes, corner: tuple[float, float], picture: np.ndarray) -> tuple[float, float]:
    """Fit `picture` into the frame at `corner` (left, top), in its own proportions; gives back its left and top."""
    height, width = np.array(picture.shape[:2]) / max(picture.shape[:2]) * FRAME
    left, top = corner[0] + (FRAME - width) / 2, corner[1] + (FRAME - height) / 2
    axis.imshow(picture, extent=(left, left + width, top + height, top), interpolation="antialiased", aspect="auto")
    return left, top


def laid_out(output: np.ndarray) -> np.ndarray:
    """Rows of numbers (T, C), such as attention gives, as one map, a row below the other; and of more axes than maps
    have, such as those of Conv3D, the maps below one another. All else as it is."""
    if output.ndim == 2 and len(output) > 1:
        return output[..., None]
    return output.reshape(-1, *output.shape[-2:]) if output.ndim > 3 else output


def as_square(numbers: np.ndarray) -> np.ndarray:
    """Numbers (C,) laid out in rows, nearly square; cells left over are NaN."""
    side = int(np.ceil(np.sqrt(numbers.size)))
    cells = np.full(-(-numbers.size // side) * side, np.nan)
    cells[: numbers.size] = numbers
    return cells.reshape(-1, side)


def draw_probability(
    axis: plt.Axes, corner: tuple[float, float], probability: float, class_names: Sequence[str]
) -> None:
    """One bar a class, with its name and share."""
    for index, (name, share) in enumerate(shares(probability, class_names)):
        x, y = corner[0], corner[1] + 0.3 + 0.42 * index
        axis.add_patch(Rectangle((x, y), FRAME, 0.16, color="#44444C", linewidth=0))
        axis.add_patch(Rectangle((x, y), share * FRAME, 0.16, color=figures.class_colour(index), linewidth=0))
        figures.fit(axis.text(x, y - 0.04, f"{name} {share:.2f}", fontsize=8, color=INK, parse_math=False), FRAME)


def draw_words(axis: plt.Axes, corner: tuple[float, float], name: str, output: np.ndarray) -> None:
    """The name above the frame; the share of zeros, as a bar and in words, and the shape below it."""
    x, y = corner
    short = name.split("/")[-1]
    axis.text(x + FRAME / 2, y - 0.05, short, fontsize=min(8, 136 / len(short)), color=INK, ha="center")
    share = float((output == 0).mean())
    axis.add_patch(Rectangle((x, y + FRAME + 0.025), FRAME, 0.035, color="#44444C", linewidth=0))
    axis.add_patch(Rectangle((x, y + FRAME + 0.025), share * FRAME, 0.035, color="#E69F00", linewidth=0))
    shape = " × ".join(map(str, output.shape)) if output.ndim > 1 else describe(as_maps(output).shape)
    axis.text(x + FRAME / 2, y + FRAME + 0.14, shape, fontsize=7, color=INK, ha="center", va="center")
    axis.text(x + FRAME / 2, y + FRAME + 0.26, f"{share:.0%} zero", fontsize=7, color=INK, ha="center", va="center")

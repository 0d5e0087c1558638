"""Heat laid over a picture, and a box drawn into it."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps

from helpers import figures

STRENGTH = 0.6  # of the heat, against the picture below it
HOTTEST = 99  # per cent of a map's places are less hot than what `brightened` shows as hottest


def as_heat(numbers: np.ndarray) -> np.ndarray:
    """Numbers of either sign, (H, W) or (N, H, W), as heat: what is below zero is cut off, the greatest becomes 1.

    float32 in 0..1, of the same shape; a map without any number above zero becomes zeros.
    """
    above = np.maximum(np.asarray(numbers, "float32"), 0)
    greatest = above.max(axis=(-2, -1), keepdims=True)
    return above / np.where(greatest > 0, greatest, 1)


def brightened(heat: np.ndarray) -> np.ndarray:
    """Heat (H, W) in 0..1 to be shown, not measured: its hottest hundredth is made alike, float32 in 0..1. Where a few
    pixels take the whole scale, as with integrated gradients, nothing else could be seen."""
    heat = np.asarray(heat, "float32")
    return np.minimum(heat / (np.percentile(heat, HOTTEST) or heat.max() or 1), 1)


def overlay(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """The image with the heat laid over it: float32 (H, W, 3) in 0..1. Where there is no heat, it is grey and dim.

    image: (H, W, C) or (H, W), in 0..1. heat: (H, W) in 0..1.
    """
    grey = figures.visible(np.asarray(image, "float32")).mean(axis=-1, keepdims=True).repeat(3, axis=-1)
    colours = colormaps["inferno"](heat)[..., :3]
    return (grey * (1 - STRENGTH) + colours * STRENGTH).astype("float32")


def outline(image: np.ndarray, box: Sequence[float]) -> np.ndarray:
    """A copy of `image`, (H, W, C) or (H, W) in 0..1, with the box (x0, y0, x1, y1) drawn in white; unchanged if the
    box is NaN."""
    image = np.array(image, "float32")
    if np.isnan(box).any():
        return image
    height, width = image.shape[:2]
    x0, x1 = np.clip([box[0], box[2] - 1], 0, width - 1).round().astype(int)
    y0, y1 = np.clip([box[1], box[3] - 1], 0, height - 1).round().astype(int)
    image[[y0, y1], x0 : x1 + 1] = 1
    image[y0 : y1 + 1, [x0, x1]] = 1
    return image

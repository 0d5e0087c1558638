"""Heat maps held against the truth: how often the hottest place lies in the box of the pet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from helpers import figures
from helpers.errors import InputError
from helpers.training import wilson


@dataclass
class Score:
    """How often the hottest place lies in the box of the pet, against two that do not look at the picture."""

    pictures: int  # whose map has a peak
    empty: int  # further pictures, whose map is zero everywhere: it points nowhere, right or wrong
    hits: float  # share of the pictures with a peak, 0..1; NaN if there are none
    low: float  # its 95 % interval
    high: float
    chance: float  # a place picked at random: the mean share of the picture that the box covers
    centre: float  # always the centre of the picture


def peak(heat: np.ndarray) -> tuple[float, float] | None:
    """(x, y) of the hottest place, the middle of it if several are as hot; None for a map of zeros."""
    if heat.max() <= 0:
        return None
    y, x = np.nonzero(heat == heat.max())
    return float(x.mean() + 0.5), float(y.mean() + 0.5)


def inside(point: tuple[float, float] | None, box: Sequence[float]) -> bool:
    """Whether the point lies in the box (x0, y0, x1, y1)."""
    return point is not None and box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def peak_in_box(heats: np.ndarray, boxes: np.ndarray) -> Score:
    """How often the peak of each heat map (N, H, W) lies in its box (N, 4: x0, y0, x1, y1 in pixels of the map).

    Maps of zeros are counted apart; a map whose box is not known (NaN) does not count.
    Raises InputError if there are no boxes, or not as many as maps.
    """
    if len(heats) != len(boxes) or not (known := ~np.isnan(boxes).any(axis=1)).any():
        raise InputError(f"{len(heats)} heat maps and {len(boxes)} boxes; give one box a map, and at least one.")
    heats, boxes = heats[known], boxes[known]
    height, width = heats.shape[1:]
    peaks = [peak(heat) for heat in heats]
    hits = sum(inside(point, box) for point, box in zip(peaks, boxes, strict=True))
    count = sum(point is not None for point in peaks)
    share, interval = (hits / count, wilson(hits, count)) if count else (math.nan, (0.0, 1.0))
    x0, y0, x1, y1 = np.clip(boxes, 0, [width, height, width, height]).T
    chance = float(((x1 - x0) * (y1 - y0)).mean() / (width * height))
    centre = float(np.mean([inside((width / 2, height / 2), box) for box in boxes]))
    return Score(count, len(heats) - count, share, *interval, chance, centre)


def show_scores(scores: dict[str, Score]) -> None:
    """Show each score by name, with its interval, against a place at random and the centre (those of the first)."""
    figure, axis = plt.subplots(figsize=(8, 0.8 + 0.34 * len(scores)))
    for place, score in enumerate(scores.values()):
        axis.plot([score.low, score.high], [place, place], color=figures.OTHER, linewidth=2)
        axis.plot(score.hits, place, "o", color=figures.OTHER)
    first = next(iter(scores.values()))
    axis.axvline(first.chance, color=figures.DOG, linestyle=":", label="a place at random")
    axis.axvline(first.centre, color=figures.CAT, linestyle="--", label="always the centre")
    labels = [f"{name} ({score.empty} empty)" if score.empty else name for name, score in scores.items()]
    axis.set(yticks=range(len(scores)), yticklabels=labels, xlim=(0, 1.03))
    axis.set_xlabel("share of peaks in the box")
    axis.invert_yaxis()
    figures.legend(axis, bbox_to_anchor=(1, 0.5), loc="center left")
    words = f"How often the hottest place lies in the pet's box, with 95 % intervals ({first.pictures} pictures)."
    numbers = ", ".join(f"{name} {score.hits:.2f}" for name, score in scores.items())
    figures.show(figure, words, f"{words} {numbers}; at random {first.chance:.2f}, the centre {first.centre:.2f}.")


def truth_boxes(rows: Sequence, root: str | Path, paths: Sequence[Path], image_size: tuple[int, int]) -> np.ndarray:
    """Boxes float32 (N, 4: x0, y0, x1, y1) of `paths`, in pixels at `image_size`; NaN where not known.

    rows: of `drawing.read_truth(root)`, with `path` (relative to root) and a box in pixels of the file.
    """
    root = Path(root)
    known = {root / row["path"]: row for row in rows}
    boxes = np.full((len(paths), 4), np.nan, "float32")
    for index, path in enumerate(paths):
        row = known.get(Path(path))
        if row is None or row["x0"] is None:
            continue
        with Image.open(path) as picture:
            width, height = picture.size
        scale = np.array([image_size[1] / width, image_size[0] / height] * 2)
        boxes[index] = np.array([float(row[k]) for k in ("x0", "y0", "x1", "y1")]) * scale
    return boxes

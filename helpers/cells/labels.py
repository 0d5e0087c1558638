"""How a set of solar cells lies on the disk: each file's name says what it is, `labels.csv` says it again in a table.

    train/defective/cell0001_mono_100.png     certainly defective
    train/functional/cell0002_poly_033.png    rather functional, but the expert was not sure: defective by 33 %

Class 1 is functional, the later name.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.errors import InputError

CLASSES = ("defective", "functional")
COLUMNS = ("path", "type", "defect", "sure", "x0", "y0", "x1", "y1")
NAME = re.compile(r".+_(mono|poly)_(\d{3})\.png")
Box = tuple[int, int, int, int]


def place(split: str, number: int, kind: str, defect: float) -> str:
    """Where a cell belongs, relative to the set's folder. kind: "mono" or "poly". defect: its probability, 0..1."""
    name = CLASSES[int(defect < 0.5)]
    return f"{split}/{name}/cell{number:04}_{kind}_{round(100 * defect):03}.png"


def share(path: str | Path) -> float:
    """How probable it is, as the experts say, that the cell is functional (class 1): 0, 0.33, 0.67 or 1.

    Raises InputError for a file that is named otherwise.
    """
    return (100 - int(_parts(path)[2])) / 100


def is_sure(path: str | Path) -> bool:
    """Whether the experts were sure."""
    return share(path) in (0, 1)


def kind_of(path: str | Path) -> str:
    """ "mono" or "poly": cut from one crystal, or cast from many."""
    return _parts(path)[1]


def _parts(path: str | Path) -> re.Match:
    found = NAME.fullmatch(Path(path).name)
    if not found:
        raise InputError(f"{path}: does not say how probable a defect is; only the sets of solar cells are named so.")
    return found


def split(kinds: Sequence[str], defects: Sequence[float], seed: int) -> np.ndarray:
    """bool (N,): which cells are for validation, one in four of each kind and each probability, as in the paper
    (Deitsch et al. 2019, Solar Energy 185, 455-468: three quarters to learn from). Another seed, another split."""
    rng, aside = np.random.default_rng(seed), np.zeros(len(kinds), bool)
    groups = np.array([f"{kind} {defect:.2f}" for kind, defect in zip(kinds, defects, strict=True)])
    for group in np.unique(groups):
        members = rng.permutation(np.flatnonzero(groups == group))
        aside[members[: round(len(members) / 4)]] = True
    return aside


def write_set(
    folder: Path, kinds: Sequence[str], defects: Sequence[float], pictures: Iterable[np.ndarray | Path],
    seed: int, found: Mapping[int, Box] | None = None,
) -> None:  # fmt: skip
    """Lay out cells as train/ and validation/, with `labels.csv`. pictures: uint8 (H, W), or files, copied as they are.
    found: the box of the defect, by the number of the cell, where it is known."""
    aside, rows = split(kinds, defects, seed), []
    for number, picture in enumerate(pictures):
        kind, defect = kinds[number], float(defects[number])
        path = place("validation" if aside[number] else "train", number + 1, kind, defect)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(picture.read_bytes() if isinstance(picture, Path) else _png(picture))
        box = (found or {}).get(number, ("", "", "", ""))
        rows.append([path, kind, f"{defect:.2f}", "sure" if defect in (0, 1) else "doubtful", *box])
    with open(folder / "labels.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


def _png(pixels: np.ndarray) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "PNG")
    return packed.getvalue()


def boxes(folder: str | Path, paths: Sequence[Path], image_size: tuple[int, int]) -> np.ndarray:
    """float32 (N, 4: x0, y0, x1, y1): the defect of each cell in pixels at `image_size`; NaN where it is not known.

    folder: the set's, which holds `labels.csv`.
    """
    with open(Path(folder) / "labels.csv", newline="", encoding="utf-8") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    made = np.full((len(paths), 4), np.nan, "float32")
    for index, path in enumerate(paths):
        row = rows.get(Path(path).relative_to(folder).as_posix(), {})
        if row.get("x0"):
            with Image.open(path) as picture:
                scale = np.array([image_size[1] / picture.width, image_size[0] / picture.height] * 2)
            made[index] = np.array([float(row[name]) for name in ("x0", "y0", "x1", "y1")]) * scale
    return made

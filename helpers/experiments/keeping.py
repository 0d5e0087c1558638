"""Longer runs than a lesson has time for: their results, kept as small tables beside the command that made them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers import figures
from helpers.errors import InputError
from helpers.experiments.intervals import draw_intervals, mean_interval
from helpers.whole import whole

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
COLUMNS = ("what", "way", "mean", "half", "unit", "seeds", "pictures", "equal", "values", "command")
DIFFERENCE = "difference of shares"
SHOWN = {"share": "%", DIFFERENCE: "points"}  # 72 % less 70 % are 2 points, not 2 %


@dataclass(frozen=True)
class Measured:
    """One row: a number of one way, measured once for each seed.

    what: is measured, as in "test accuracy". unit: of the values; "share" is 0..1, DIFFERENCE what lies between two of
    these. pictures: how many it was judged on, 0 where that has no meaning. equal: what was the same for all ways, as
    in "1,000 steps". command: that made it.
    """

    what: str
    way: str
    values: tuple[float, ...]
    unit: str = "share"
    pictures: int = 0
    equal: str = ""
    command: str = ""

    @property
    def mean(self) -> float:
        return mean_interval(self.values)[0]

    @property
    def half(self) -> float:
        """Half of the 95 % interval of the mean; NaN for one seed."""
        return mean_interval(self.values)[1]


def write(name: str, rows: Sequence[Measured], folder: Path | None = None) -> Path:
    """Keep the rows as `folder`/`name`.csv, whole or not at all; returns its path. folder: `RESULTS` if not given."""
    folder = folder or RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    with whole(path) as unfinished, open(unfinished, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            half = "" if np.isnan(row.half) else f"{row.half:.4g}"
            values = " ".join(f"{value:.5g}" for value in row.values)
            about = (row.unit, len(row.values), row.pictures or "", row.equal, values, row.command)
            writer.writerow([row.what, row.way, f"{row.mean:.4g}", half, *about])
    return path


def longer_run(name: str, what: str | None = None, folder: Path | None = None) -> list[Measured]:
    """The rows of a kept result, as "claims_stop"; `what`: only those that measure it.

    An empty list where the project's benchmarks are not at hand, as where only the package is installed. Raises
    InputError for a name that is none of them, and for a `what` that it does not have.
    """
    folder = folder or RESULTS
    if not folder.is_dir():
        return []
    path = folder / f"{name}.csv"
    if not path.is_file():
        names = ", ".join(sorted(one.stem for one in folder.glob("claims_*.csv"))) or "none"
        raise InputError(f"{name}: there is no such result; there are {names}.")
    with open(path, newline="", encoding="utf-8") as file:
        rows = [
            Measured(
                one["what"],
                one["way"],
                tuple(float(value) for value in one["values"].split()),
                one["unit"],
                int(one["pictures"] or 0),
                one["equal"],
                one["command"],
            )
            for one in csv.DictReader(file)
        ]
    found = [row for row in rows if what in (None, row.what)]
    if not found:
        raise InputError(f"{name} does not measure {what!r}, but {', '.join(sorted({row.what for row in rows}))}.")
    return found


def label_of(rows: Sequence[Measured]) -> str:
    """What rows of one kind measure, as the label of an axis: with how many pictures, where all have as many, and the
    unit."""
    counts = {row.pictures for row in rows}
    pictures = f" on {rows[0].pictures} pictures" if len(counts) == 1 and 0 not in counts else ""
    return f"{rows[0].what}{pictures} ({SHOWN[rows[0].unit]})"


def show_longer_run(name: str, what: str, caption: str, ways: Sequence[str] | None = None) -> None:
    """Show the rows of a kept result, in % or points with their intervals, and the command that made them; `ways`: only
    these.

    Where the project's benchmarks are not at hand, it says so in a line. Raises InputError as `longer_run` does, for a
    way that is not among them, and for what is no share, as seconds.
    """
    rows = longer_run(name, what)
    if not rows:
        print("The longer run lies with the project's benchmarks, which are not here.")
        return
    if unknown := set(ways or []) - {row.way for row in rows}:
        raise InputError(f"{name} has no way {sorted(unknown)[0]!r}, but {', '.join(row.way for row in rows)}.")
    if (unit := SHOWN.get(rows[0].unit)) is None:
        raise InputError(f"{what!r} is in {rows[0].unit}, not a share; print what `longer_run` gives.")
    shown = {row.way: row.values for row in rows if ways is None or row.way in ways}
    figure, told = draw_intervals(shown, label_of(rows), unit)
    seeds = len(rows[0].values)
    equal = f"; {rows[0].equal}" if rows[0].equal else ""
    words = f"{caption} A longer run: {seeds} seeds (dots), their mean with its 95 % interval{equal}."
    made = f"Made by `{rows[0].command}`."
    figures.show(figure, words, f"{words} {made} {'; '.join(told)}.", rows[0].command)

"""What the benchmarks of speed share: measuring in turns, a table on the screen, a CSV, and one figure."""

import csv
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

from helpers import figures

RESULTS = Path(__file__).parents[1] / "results"
CLOCKS: dict[str, Callable[[], float]] = {
    "wall": time.perf_counter,
    "processor": lambda: time.process_time() / os.cpu_count(),  # for a busy machine
}


@dataclass(frozen=True)
class Speeds:
    """Pictures a second, one number for each repeat: by the clock on the wall, and for each second of one core."""

    wall: list[float]
    core: list[float]


def speed(work: Callable[[], int]) -> tuple[float, float]:
    """Pictures a second by the wall clock and by processor time; `work` returns how many pictures it did."""
    wall, core = time.perf_counter(), time.process_time()
    pictures = work()
    return pictures / (time.perf_counter() - wall), pictures / (time.process_time() - core)


def in_turns(ways: Mapping[str, Callable[[], int]], repeats: int) -> dict[str, Speeds]:
    """Every way once, then every way again, so that a busy minute of the machine falls on all of them alike."""
    found = {name: Speeds([], []) for name in ways}
    for _ in range(repeats):
        for name, work in ways.items():
            wall, core = speed(work)
            found[name].wall.append(wall)
            found[name].core.append(core)
    return found


def spread(numbers: Sequence[float]) -> str:
    """Median, and in brackets the least and the most."""
    return f"{np.median(numbers):,.0f} ({min(numbers):,.0f} to {max(numbers):,.0f})"


def machine() -> str:
    import tensorflow as tf

    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, TensorFlow {tf.__version__}"


def show(title: str, rows: Sequence[Mapping[str, str]]) -> None:
    """A table on the screen, its columns as wide as they must be."""
    print(f"\n{title}\n{machine()}; load of the machine now {os.getloadavg()[0]:.1f}\n")
    columns = list(rows[0])
    widths = [
        max(len(str(row[column])) for row in [dict(zip(columns, columns, strict=True)), *rows]) for column in columns
    ]
    for row in [dict(zip(columns, columns, strict=True)), *rows]:
        print("  ".join(str(row[column]).ljust(width) for column, width in zip(columns, widths, strict=True)).rstrip())


def write(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """The rows as benchmarks/results/`name`.csv."""
    RESULTS.mkdir(exist_ok=True)
    with open(RESULTS / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def bars(name: str, title: str, axis_name: str, speeds: Mapping[str, Sequence[float]], ours: Sequence[str]) -> None:
    """Medians as bars from zero, every repeat as a dot, ours in another colour and marked with a star."""
    figure, axis = plt.subplots(figsize=(8, 0.9 + 0.5 * len(speeds)))
    for place, (way, numbers) in enumerate(speeds.items()):
        colour = figures.DOG if way in ours else figures.GREY
        axis.barh(place, np.median(numbers), color=colour, alpha=0.75)
        axis.plot(numbers, [place] * len(numbers), "|", color="black", markersize=9)
        axis.annotate(
            f"{np.median(numbers):,.0f}", (max(numbers), place), xytext=(6, 0), textcoords="offset points", va="center"
        )
    axis.set_yticks(range(len(speeds)), [f"★ {way}" if way in ours else way for way in speeds])
    axis.invert_yaxis()
    axis.set(title=title, xlabel=axis_name, xlim=(0, 1.15 * max(max(numbers) for numbers in speeds.values())))
    axis.grid(axis="y", visible=False)
    RESULTS.mkdir(exist_ok=True)
    figure.savefig(RESULTS / f"{name}.png", dpi=100, facecolor="white")
    plt.close(figure)

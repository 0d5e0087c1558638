"""What the benchmarks of speed share: measuring in turns, a table on the screen, a CSV, and one figure."""

import argparse
import csv
import itertools
import os
import platform
import re
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

from helpers import figures
from helpers.whole import whole

RESULTS = Path(__file__).parents[1] / "results"
MADE = "made"  # the table of who made the others
CLOCKS: dict[str, Callable[[], float]] = {
    "wall": time.perf_counter,
    "processor": lambda: time.process_time() / os.cpu_count(),  # for a busy machine
}


def parser(about: str) -> argparse.ArgumentParser:
    """With the one option that all have, --keep. about: the docstring of the script. Each of its lines that begins with
    `python` and has --keep is what a committed table is made by: `make bench` runs them."""
    made = argparse.ArgumentParser(description=about.splitlines()[0])
    made.add_argument("--keep", action="store_true", help="in place of the committed table; else beside it, as _small")
    return made


def name(table: str, keep: bool) -> str:
    """Of the table to write: a quick look does not take the place of the committed one."""
    return table if keep else f"{table}_small"


def command() -> str:
    """What was typed to make this, from the project's folder; PYTHON where it named one on this machine."""
    words = ["PYTHON" if before == "--rivals" else word for before, word in itertools.pairwise(sys.argv)]
    return shlex.join(["python", f"benchmarks/{os.path.basename(sys.argv[0])}", *words])


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
    from helpers.quiet import tf

    told = Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    processor = re.search(r"^model name\s*: (.+)", told, re.M)
    kind = processor[1] if processor else platform.processor() or platform.machine()
    return f"{os.cpu_count()} cores, {kind}, {platform.machine()}, {platform.system()}, TensorFlow {tf.__version__}"


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
    """The rows as benchmarks/results/`name`.csv, whole or not at all; and what made them, if it is a committed one."""
    RESULTS.mkdir(exist_ok=True)
    with whole(RESULTS / f"{name}.csv") as unfinished, open(unfinished, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    if not name.endswith("_small") and name != MADE:
        note(name)


def note(name: str) -> None:
    """Keep on which machine and by which command this table was made, in benchmarks/results/made.csv."""
    path = RESULTS / f"{MADE}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.exists() else []
    rows = [row for row in rows if row["table"] != name]
    rows.append({"table": name, "machine": machine(), "command": command()})
    write(MADE, sorted(rows, key=lambda row: row["table"]))


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

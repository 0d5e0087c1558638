"""Several seeds, one number: the mean, how sure it is, and a figure of both."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import pyplot as plt
from scipy import stats

from helpers import figures


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Mean of the values and half the width of its 95 % interval (Student's t): nan for a single value."""
    if len(values) < 2:
        return float(np.mean(values)), float("nan")
    reach = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values)), float(reach)


def show_intervals(rows: Mapping[str, Sequence[float]], label: str, caption: str) -> None:
    """Show one line a row of `rows`: each value as a dot, their mean as a diamond with its 95 % interval.

    rows: name -> one value a seed, in 0..1; drawn as %. The alt text tells the means and intervals.
    """
    figure, told = draw_intervals(rows, label)
    seeds = len(next(iter(rows.values())))
    dots = f"Dots: {seeds} seeds; diamond: their mean, with its 95 % interval."
    words = f"{caption} {dots if seeds > 1 else 'One seed: it has no interval, so it tells no two rows apart.'}"
    figures.show(figure, words, f"{words} {'; '.join(told)}.")


def draw_intervals(rows: Mapping[str, Sequence[float]], label: str, unit: str = "%") -> tuple[plt.Figure, list[str]]:
    """The figure of `show_intervals`, and what it tells of each row in words. unit: of a hundredth, for the words."""
    figure, axis = plt.subplots(figsize=(8, 0.8 + 0.5 * len(rows)))
    told = []
    for place, (name, values) in enumerate(rows.items()):
        mean, half = mean_interval(values)
        axis.errorbar(100 * mean, place, xerr=100 * half, fmt="D", color="black", capsize=4, markersize=6)
        dots = [place + 0.2] * len(values)
        axis.plot(100 * np.array(values), dots, "o", color=figures.CAT, alpha=0.7, markersize=5)
        number = f"{100 * mean:.0f}"
        one = unit.removesuffix("s") if number == "1" else unit
        told.append(f"{name} {number} {one}" + (f" ± {100 * half:.0f}" if len(values) > 1 else ""))
    low, high = axis.get_xlim()
    if unit == "%" and all(0 <= value <= 1 for values in rows.values() for value in values):
        # The interval of two seeds may reach far beyond what a share can be.
        axis.set_xlim(max(low, -3), min(high, 103))
    axis.set_yticks(range(len(rows)), rows, parse_math=False)  # a name may hold a $
    axis.set_xlabel(label)
    axis.set_ylim(len(rows) - 0.5, -0.5)  # the first on top
    axis.grid(axis="y", visible=False)
    return figure, told

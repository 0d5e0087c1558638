"""The figures of what layers keep: amounts, distilling, firing."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from helpers import figures
from helpers.activations.measures import LayerMeasure
from helpers.activations.probes import Probe
from helpers.activations.redraw import Redrawing

BESIDE = {"bbox_to_anchor": (1, 0.5), "loc": "center left"}  # the legend, right of the axes
MARKERS = "o^sDvP*X."


def show_amounts(measures: Sequence[LayerMeasure], pictures: int) -> None:
    """Bars: how many numbers each layer holds of a picture, and how many of them are zero. pictures: of how many."""
    names = [layer.name for layer in measures]
    numbers = np.array([layer.numbers for layer in measures])
    filled = numbers * (1 - np.array([layer.zeros for layer in measures]))
    figure, axis = plt.subplots(figsize=(9, 3.2))
    axis.bar(names, numbers, color="#D9D9D9", label="zero")
    axis.bar(names, filled, color=figures.OTHER, label="not zero")
    axis.set_ylabel("numbers of a picture")
    axis.tick_params(axis="x", labelrotation=90 if len(names) > 10 else 0)
    axis.legend(**BESIDE)
    words = f"The numbers that each layer holds of a picture, and how many are zero (mean of {pictures} pictures)."
    shares = ", ".join(f"{layer.name} {layer.zeros:.0%} zero" for layer in measures)
    figures.show(figure, words, f"{words} {shares}.")


def show_distilling(
    drawings: Sequence[Redrawing], runs: Sequence[Sequence[Probe]], by_chance: Sequence[Probe], pictures: int
) -> None:
    """Lines, layer by layer: how much of the picture comes back, and how well the class is told.

    drawings: of `redraw`. runs: of `probe_layers`, one list a network; the band is the interval of the first.
    by_chance: the same with shuffled labels. All over the same layers. pictures: how many the probes were judged on.
    """
    names = [probe.name for probe in runs[0]]
    figure, axis = plt.subplots(figsize=(9.6, 4))
    axis.plot(names, [one.kept for one in drawings], "s--", color=figures.GREY, label="picture: drawn again")
    for number, run in enumerate(runs):
        style = ("-", "--", ":", "-.")[number % 4]
        label = f"class: told by a probe,\nnetwork {number + 1}"
        axis.plot(names, [probe.accuracy for probe in run], f"o{style}", color=figures.CAT, label=label)
    axis.fill_between(names, [p.low for p in runs[0]], [p.high for p in runs[0]], color=figures.CAT, alpha=0.15)
    axis.plot(names, [probe.accuracy for probe in by_chance], "^:", color=figures.DOG, label="shuffled class")
    axis.set(ylim=(0, 1.02), ylabel="share")
    axis.tick_params(axis="x", labelrotation=90 if len(names) > 10 else 0)
    axis.legend(**BESIDE)
    words = f"How much of the picture, and of its class, each layer still tells ({pictures} unseen pictures; "
    words += "band: 95 % interval of network 1)."
    told = ", ".join(
        f"{one.name} {one.kept:.0%} of the picture and {probe.accuracy:.0%} right"
        for one, probe in zip(drawings, runs[0], strict=True)
    )
    figures.show(figure, words, f"{words} {told}.")


def show_firing(measures: Sequence[LayerMeasure], names: Sequence[str], pictures: int) -> None:
    """Marks: on what share of the pictures each channel of the layers `names` fires. pictures: of how many."""
    figure, axis = plt.subplots(figsize=(9, 3.2))
    chosen = [layer for layer in measures if layer.name in names and layer.numbers > 1]
    for number, layer in enumerate(chosen):
        rank = np.linspace(0, 100, len(layer.fires))
        marker = MARKERS[number % len(MARKERS)]
        axis.plot(rank, np.sort(layer.fires), marker, markersize=5, markerfacecolor="none", label=layer.name)
    axis.set_xlabel("channels of a layer, from the rarest (0) to the most frequent (100)")
    axis.set_ylabel("share of pictures")
    axis.legend(**BESIDE)
    words = f"On what share of {pictures} pictures each channel fires, layer by layer."
    middles = ", ".join(f"{layer.name} {np.median(layer.fires):.0%}" for layer in chosen)
    figures.show(figure, words, f"{words} In the middle of each layer: {middles}.")

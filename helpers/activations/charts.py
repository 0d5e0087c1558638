"""The figures of what layers keep: amounts, distilling, firing."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from helpers import figures
from helpers.activations.measures import LayerMeasure
from helpers.activations.probes import Probe
from helpers.activations.redraw import Redrawing
from helpers.errors import InputError

MANY = 10  # layers; of more, names and numbers stand upright
BESIDE = {"bbox_to_anchor": (1, 0.5), "loc": "center left"}  # the legend, right of the axes
FACTS = (
    ("D-.", figures.OTHER),
    ("P--", "#E69F00"),
    ("v:", "#CC79A7"),
    ("X-.", "#56B4E9"),
)  # of other facts than the class


def show_amounts(measures: Sequence[LayerMeasure], pictures: int) -> None:
    """Bars: how many numbers each layer holds of a picture, and how many of them are zero. pictures: of how many."""
    names = [layer.name for layer in measures]
    numbers = np.array([layer.numbers for layer in measures])
    filled = numbers * (1 - np.array([layer.zeros for layer in measures]))
    figure, axis = plt.subplots(figsize=(9, 3.2))
    axis.bar(names, numbers, color="#D9D9D9", label="zero")
    axis.bar(names, filled, color=figures.OTHER, label="not zero")
    axis.set_ylabel("numbers of a picture")
    fit_names(axis, names)
    figures.legend(axis, **BESIDE)
    words = f"The numbers that each layer holds of a picture, and how many are zero (mean of {pictures} pictures)."
    shares = ", ".join(f"{layer.name} {layer.zeros:.0%} zero" for layer in measures)
    figures.show(figure, words, f"{words} {shares}.")


def show_distilling(
    drawings: Sequence[Redrawing],
    runs: Sequence[Sequence[Probe]],
    by_chance: Sequence[Sequence[Probe]],
    pictures: int,
    others: Mapping[str, Sequence[Probe]] | None = None,
    measures: Sequence[LayerMeasure] = (),
) -> None:
    """One figure, layer by layer: what is kept of the picture, its class and other facts; and in how many numbers.

    All lines go from 0, nothing or chance, to 1, all of it. drawings: of `redraw`. runs: of `probe_layers` for the
    class, one list a network; the band is the interval of the first. by_chance: the same with shuffled labels, one
    list a shuffling; their mean is drawn, for one shuffling alone is luck. others: a list for each other fact, such as
    the background. measures: of `measure`; without them the lower chart is left out. All over the same layers.
    pictures: how many the probes were judged on. Raises InputError for more other facts than can be told apart.
    """
    facts = figures.told_apart(others, FACTS) if others else ()
    names = [probe.name for probe in runs[0]]
    below = [1] if measures else []
    size = (9.6, 4 + 2 * len(below))
    figure, axes = plt.subplots(1 + len(below), sharex=True, squeeze=False, figsize=size, height_ratios=[2, *below])
    axis = axes[0, 0]
    axis.plot(names, [one.kept for one in drawings], "s--", color=figures.GREY, label="picture: drawn again")
    for fact, (style, colour) in facts:
        scaled, label = [probe.above_chance() for probe in others[fact]], f"{fact}: told by a probe"
        axis.plot(names, scaled, style, color=colour, label=label)
    for number, run in enumerate(runs):
        style, label = ("o-", "class: told by a probe") if number == 0 else ("o:", "class: other networks")
        label = label if number < 2 else None
        axis.plot(names, [probe.above_chance() for probe in run], style, color=figures.CAT, label=label)
    low, high = ([p.above_chance(p.low) for p in runs[0]], [p.above_chance(p.high) for p in runs[0]])
    axis.fill_between(names, low, high, color=figures.CAT, alpha=0.15)
    luck = np.mean([[probe.above_chance() for probe in run] for run in by_chance], axis=0)
    axis.plot(names, luck, "^:", color=figures.DOG, label=f"class, shuffled:\nmean of {len(by_chance)}")
    lowest = min(min(line.get_ydata()) for line in axis.lines)  # of few pictures, a probe may do worse than chance
    axis.set(ylim=(min(-0.15, lowest - 0.05), 1.02), ylabel="kept: 0 chance, 1 all")
    figures.legend(axis, **BESIDE)
    if measures:
        draw_shares(axes[1, 0], measures)
    fit_names(axes[-1, 0], names)
    words = f"What each layer still tells of a picture ({pictures} unseen pictures; 0 is chance, 1 is all; band: 95 % "
    words += "interval of network 1)" + ("; below, in how many numbers." if measures else ".")
    told = [
        f"{one.name} {one.kept:.0%} of the picture and the class of {probe.accuracy:.0%}"
        for one, probe in zip(drawings, runs[0], strict=True)
    ]
    for fact, probes in (others or {}).items():
        first, last, chance = probes[0].accuracy, probes[-1].accuracy, probes[0].chance
        told.append(f"{fact} from {first:.0%} to {last:.0%} right, by chance {chance:.0%}")
    figures.show(figure, words, f"{words} {', '.join(told)}.")


def fit_names(axis: plt.Axes, names: Sequence[str]) -> None:
    """The names of layers below a chart: upright where they are many or long, and then the figure grows by them."""
    longest = max(map(len, names))
    if len(names) > MANY or longest * len(names) > 70:
        axis.tick_params(axis="x", labelrotation=90)
        axis.figure.set_figheight(axis.figure.get_figheight() + 0.085 * longest)


def draw_shares(axis: plt.Axes, measures: Sequence[LayerMeasure]) -> None:
    """Bars: numbers of each layer as a share of the picture's, those that are zero lighter."""
    names = [layer.name for layer in measures]
    shares = np.array([layer.numbers for layer in measures]) / measures[0].numbers
    turn = 90 if len(names) > MANY else 0
    axis.bar(names, shares, color="#D9D9D9", label="zero")
    axis.bar(names, shares * (1 - np.array([layer.zeros for layer in measures])), color=figures.GREY, label="not zero")
    for place, (layer, share) in enumerate(zip(measures, shares, strict=True)):
        axis.text(place, share, f"{layer.numbers:,}", ha="center", va="bottom", fontsize=8, rotation=turn)
    axis.set(ylabel="numbers; 1: as many\nas the picture has", ylim=(0, (1.5 if turn else 1.15) * shares.max()))
    figures.legend(axis, **BESIDE)


def show_firing(measures: Sequence[LayerMeasure], names: Sequence[str], pictures: int) -> None:
    """Marks: on what share of the pictures each channel of the layers `names` fires, a panel a layer. pictures: of how
    many. Raises InputError if none of them is a layer of more than one number."""
    chosen = [layer for layer in measures if layer.name in names and layer.numbers > 1]
    if not chosen:
        raise InputError(f"{', '.join(names) or 'nothing'}: no layer that was measured, of more than one number.")
    across = min(len(chosen), 4)
    rows = -(-len(chosen) // across)
    figure, axes = plt.subplots(rows, across, sharex=True, sharey=True, squeeze=False, figsize=(9, 0.6 + 2.5 * rows))
    for axis, layer in zip(axes.flat, chosen, strict=False):
        rank = np.linspace(0, 100, len(layer.fires))
        axis.plot(
            rank, np.sort(layer.fires), "o", color=figures.OTHER, markersize=4, markerfacecolor="none", clip_on=False
        )
        title = f"{layer.name} ({len(layer.fires)})"
        axis.set_title(title, fontsize=min(12, 250 / len(title)), parse_math=False)
    for axis in axes.flat[len(chosen) :]:
        axis.set_axis_off()
    figure.supxlabel("channels of a layer, sorted by how often they fire (% of its channels)", fontsize=11)
    figure.supylabel("share of pictures", fontsize=11)
    words = f"On what share of {pictures} pictures each channel fires, a panel a layer, with its number of channels."
    middles = ", ".join(f"{layer.name} {np.median(layer.fires):.0%}" for layer in chosen)
    figures.show(figure, words, f"{words} In the middle of each layer: {middles}.")

"""How sure a network is, and whether it may be: calibration, and the confidence of wrong answers by epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import pyplot as plt

from helpers import figures
from helpers.experiments.runs import Run
from helpers.one_probability import checked
from helpers.training import wilson


@dataclass(frozen=True)
class Reliability:
    """Answers sorted into bins by how sure they were, from 0.5 to 1. Arrays: one number a bin, NaN where it is empty.

    sure: the mean confidence. right: the share of right answers. pictures: int. error: the mean distance of the two
    over all pictures, 0..1 (expected calibration error: Guo and others 2017, arXiv 1706.04599).
    """

    sure: np.ndarray
    right: np.ndarray
    pictures: np.ndarray
    error: float


def reliability(answers: np.ndarray, truth: np.ndarray, bins: int = 10) -> Reliability:
    """Is the network right as often as it is sure? answers: (N,) in 0..1. truth: (N,) of 0 and 1.

    Raises InputError as `one_probability.checked` does.
    """
    answers, truth = checked(answers, truth)
    confidence, correct = np.maximum(answers, 1 - answers), (answers > 0.5) == truth
    place = np.minimum(((confidence - 0.5) * 2 * bins).astype(int), bins - 1)
    pictures = np.bincount(place, minlength=bins)
    filled = np.where(pictures, pictures, np.nan)
    sure = np.bincount(place, confidence, bins) / filled
    right = np.bincount(place, correct, bins) / filled
    error = np.nansum(np.abs(sure - right) * pictures) / len(answers)
    return Reliability(sure, right, pictures, float(error))


def sureness(run: Run) -> dict[str, list[float]]:
    """By epoch, on the test pictures: name -> one number an epoch.

    "accuracy"; "loss", the binary cross-entropy; "loss of right", "loss of wrong": what the right and the wrong answers
    add to it, which come to "loss" together; "sure and wrong": the share of the wrong answers that were given with more
    than 90 % confidence; "calibration error", as in `Reliability`.
    """
    columns: dict[str, list[float]] = {}
    for answers in run.answers:
        answers = np.clip(answers.astype(float), 1e-7, 1 - 1e-7)  # as Keras does, so that no loss is endless
        losses = -np.log(np.where(run.truth, answers, 1 - answers))
        wrong = (answers > 0.5) != run.truth
        found = {
            "accuracy": np.mean(~wrong),
            "loss": losses.mean(),
            "loss of right": losses[~wrong].sum() / len(losses),
            "loss of wrong": losses[wrong].sum() / len(losses),
            "sure and wrong": np.mean(np.maximum(answers, 1 - answers)[wrong] > 0.9) if wrong.any() else 0.0,
            "calibration error": reliability(answers, run.truth).error,
        }
        for name, value in found.items():
            columns.setdefault(name, []).append(float(value))
    return columns


def draw_sureness(columns: dict[str, Sequence[float]]) -> plt.Figure:
    """Two charts over the epochs: shares on the left, on the right what right and wrong answers add to the loss."""
    figure, (shares, losses) = plt.subplots(1, 2, figsize=(9.6, 3.4))
    epochs = range(1, len(columns["loss"]) + 1)
    for axis, names in (
        (shares, ("accuracy", "sure and wrong", "calibration error")),
        (losses, ("loss", "loss of wrong", "loss of right")),
    ):
        for name, style in figures.told_apart(names):
            axis.plot(epochs, columns[name], style, label=name, markersize=4)
        axis.set(xlabel="epoch", ylim=(0, None))
        figures.legend(axis, fontsize=9)
    shares.set(ylabel="share", ylim=(0, 1))
    losses.set(ylabel="loss")
    return figure


def show_sureness(run: Run) -> None:
    """Show `sureness` of a run. The alt text tells the first and the last epoch."""
    columns = sureness(run)
    words = f"One run of {run.recipe} on {len(run.truth)} test pictures: what happens to the answers, epoch by epoch."
    ends = "; ".join(f"{name} from {column[0]:.2f} to {column[-1]:.2f}" for name, column in columns.items())
    figures.show(draw_sureness(columns), words, f"{words} {ends}.")


def show_reliability(kinds: dict[str, Reliability], caption: str) -> None:
    """Show how often answers are right, with 95 % intervals, against how sure they were, a line a network; on the
    diagonal, all is well. Raises InputError without networks, and for more than a figure can tell apart."""
    styles = figures.told_apart(kinds)
    figure, axis = plt.subplots(figsize=(6.4, 4))
    axis.plot([0.5, 1], [0.5, 1], color=figures.GREY, linewidth=1, label="as sure as right")
    for name, style in styles:
        one = kinds[name]
        some = one.pictures > 0
        right, count = one.right[some], one.pictures[some]
        low, high = np.array([wilson(round(share * n), int(n)) for share, n in zip(right, count, strict=True)]).T
        bars = np.maximum(0, [right - low, high - right])
        label = f"{name} (error {one.error:.2f})"
        axis.errorbar(one.sure[some], right, bars, fmt=style, elinewidth=0.8, capsize=3, label=label)
    axis.set(
        xlabel="how sure the answers were", ylabel="share of them that are right\n(with 95 % interval)", ylim=(0, 1.02)
    )
    figures.legend(axis, bbox_to_anchor=(1, 0.5), loc="center left")
    told = "; ".join(f"{name}: calibration error {one.error:.2f}" for name, one in kinds.items())
    figures.show(figure, caption, f"{caption} {told}.")

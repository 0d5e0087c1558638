"""Two networks judged on the same pictures: only those count that one got right and the other wrong."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from helpers.errors import InputError
from helpers.one_probability import checked

Z = 1.959964  # 95 % of a bell curve lie within so many standard deviations


@dataclass(frozen=True)
class Comparison:
    """The second network against the first, on the same `pictures`.

    gained, lost: pictures that only the second, only the first got right. difference: of the accuracies, second minus
    first. paired: its 95 % interval, from the pictures on which they differ. apart: the interval that the two
    accuracies alone would give, as if the pictures were not the same. p: how often chance alone would make the two
    differ by as much (exact test of McNemar 1947, Psychometrika 12, 153-157).
    """

    pictures: int
    gained: int
    lost: int
    difference: float
    paired: tuple[float, float]
    apart: tuple[float, float]
    p: float


def compare(first: np.ndarray, second: np.ndarray, truth: np.ndarray) -> Comparison:
    """Compare the answers of two networks, (N,) or (N, 1) in 0..1, on pictures with the labels `truth`, 0 or 1.

    The paired interval is Wald's, with half a picture added to each of the four cells (Agresti and Min 2005, Statistics
    in Medicine 24, 729-740), so that it is not empty where the two never differ.
    Raises InputError if the three differ in length, or are empty, and for answers that are no probabilities.
    """
    one, other, n = (np.size(given) for given in (first, second, truth))
    if not n or one != n or other != n:
        raise InputError(
            f"{one} and {other} answers for {n} labels; give both networks the same pictures in one order."
        )
    (first, truth), (second, _) = checked(first, truth), checked(second, truth)
    first, second = first > 0.5, second > 0.5
    right, also = first == truth, second == truth
    gained, lost = int((also & ~right).sum()), int((right & ~also).sum())
    difference = (gained - lost) / n
    more, fewer, all_ = gained + 0.5, lost + 0.5, n + 2
    middle = (more - fewer) / all_
    half = Z * math.sqrt(more + fewer - (more - fewer) ** 2 / all_) / all_
    shares = right.mean(), also.mean()
    wide = Z * math.sqrt(sum(share * (1 - share) for share in shares) / n)
    p = stats.binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    return Comparison(
        n, gained, lost, difference, (middle - half, middle + half), (difference - wide, difference + wide), float(p)
    )


def misled(worse: Sequence[float], better: Sequence[float], seeds: int = 1) -> float:
    """How often `seeds` runs of each way put the two in the wrong order: 0..1, a tie counts as half.

    worse, better: the accuracies of many runs of two ways; which is which, all runs together tell. The means of `seeds`
    runs of one are held against those of the other, over 2,000 draws without repeating a run, the same in each call.
    Raises InputError if there are fewer runs than `seeds`.
    """
    worse, better = np.asarray(worse, float), np.asarray(better, float)
    if min(len(worse), len(better)) < max(seeds, 1):
        raise InputError(f"{min(len(worse), len(better))} runs are too few to draw {seeds} from; run more seeds.")
    rng = np.random.default_rng(0)
    low, high = (rng.permuted(np.tile(one, (2000, 1)), axis=1)[:, :seeds].mean(axis=1) for one in (worse, better))
    apart = np.round(low - high, 12)
    return float(np.mean(apart > 0) + np.mean(apart == 0) / 2)

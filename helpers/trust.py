"""Is it right to trust a network? A temperature for answers that are too sure, a threshold for "I don't know" and what
it costs, and what becomes of it where the pictures are darker, blurred, from another camera, or of something else.

Answers are probabilities of class 1, (N,) in 0..1; truth is (N,) of 0 and 1. Whether a network is right as often as it
is sure is told by `experiments.reliability`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from matplotlib import pyplot as plt
from scipy import optimize

from helpers import figures
from helpers.drawing.backgrounds import PLACES, background
from helpers.drawing.picture import LIGHTS, photograph
from helpers.errors import InputError
from helpers.one_probability import ask, checked
from helpers.quiet import keras
from helpers.training import wilson

COLDEST, HOTTEST = 0.05, 20.0
ALMOST = 1e-7  # no answer is taken for surer than this: its logit would be endless


def temperature(answers: Sequence[float], truth: Sequence[int]) -> float:
    """By how much to divide the logits, so that these answers are as sure as they are right (Guo et al. 2017, arXiv
    1706.04599): the one number for which the loss is lowest. Above 1, the network is too sure; below, not enough.

    Fit it on pictures that the network did not learn from, and judge it on others. Raises InputError without pictures,
    if all of them are of one class, and for answers that are no probabilities, such as NaN.
    """
    answers, truth = checked(answers, truth)
    if truth.min() == truth.max():
        raise InputError("all these pictures are of one class; a temperature needs some of both.")
    logits = _logits(answers)

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        return float(np.mean(np.logaddexp(0, np.where(truth, -scaled, scaled))))

    found = optimize.minimize_scalar(loss, bounds=np.log((COLDEST, HOTTEST)), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def soften(answers: Sequence[float], temperature: float) -> np.ndarray:
    """The answers with their logits divided by the temperature: as right as before, only more or less sure."""
    return 1 / (1 + np.exp(-_logits(np.asarray(answers, float).reshape(-1)) / temperature))


def _logits(answers: np.ndarray) -> np.ndarray:
    kept = np.clip(answers, ALMOST, 1 - ALMOST)
    return np.log(kept / (1 - kept))


def sureness_of(answers: Sequence[float]) -> np.ndarray:
    """How sure each answer is, 0.5 to 1: the probability of the class that it names."""
    answers = np.asarray(answers, float).reshape(-1)
    return np.maximum(answers, 1 - answers)


@dataclass(frozen=True)
class Rule:
    """What comes of it when answers below `threshold` are not given. answered: the share that is, 0..1. n: how many.
    accuracy: the share of these that is right, and `interval`, its 95 % interval; NaN where none is given."""

    threshold: float
    answered: float
    n: int
    accuracy: float
    interval: tuple[float, float]


def rules(answers: Sequence[float], truth: Sequence[int], thresholds: Sequence[float]) -> list[Rule]:
    """A Rule for each threshold, from 0.5 (always answer) to 1. Raises InputError without answers, or for others,
    and as `temperature` does for what is no probability."""
    answers, truth = checked(answers, truth)
    sure, right = sureness_of(answers), (answers > 0.5) == truth
    found = []
    for threshold in thresholds:
        if not 0.5 <= threshold <= 1:
            raise InputError(f"{threshold}: no threshold for an answer between two classes; take one from 0.5 to 1.")
        given = right[sure >= threshold]
        few = not len(given)
        interval = (0.0, 1.0) if few else wilson(int(given.sum()), len(given))
        found.append(Rule(threshold, len(given) / len(right), len(given), np.nan if few else given.mean(), interval))
    return found


# Other light, another camera: float32 (B, H, W, 3) in 0..1 -> the same shape.
def _each(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda pictures: np.stack([np.clip(change(one), 0, 1) for one in pictures]).astype("float32")


def _blurred(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), picture.shape[1] / 50)


def _small_camera(picture: np.ndarray) -> np.ndarray:
    """A third of the pixels a side, and a JPEG of low quality, as an old phone sends it."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(1, width // 3), max(1, height // 3)), interpolation=cv2.INTER_AREA)
    packed = cv2.imencode(".jpg", np.uint8(np.round(255 * small)), [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
    return cv2.resize(cv2.imdecode(packed, cv2.IMREAD_COLOR), (width, height)).astype("float32") / 255


SHIFTS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "as they were": _each(lambda picture: picture),
    "darker": _each(lambda picture: 0.4 * picture),
    "brighter": _each(lambda picture: 1 - 0.5 * (1 - picture)),
    "yellow light": _each(lambda picture: picture * np.array((1.0, 0.8, 0.45), "float32")),
    "blurred": _each(_blurred),
    "small camera": _each(_small_camera),
}


@dataclass(frozen=True)
class Shifted:
    """How a network does on changed pictures: its accuracy with the 95 % interval, and how sure it is on average."""

    name: str
    accuracy: float
    interval: tuple[float, float]
    sure: float


def shifted(model: keras.Model, pictures: np.ndarray, truth: Sequence[int], temperature: float = 1.0) -> list[Shifted]:
    """One Shifted for each of SHIFTS. pictures: float32 (N, H, W, 3) in 0..1, of the model's size.

    temperature: softens how sure it is, as it does for unchanged pictures.
    """
    found = []
    for name, change in SHIFTS.items():
        answers, classes = checked(ask(model, change(pictures)), truth)
        right = (answers > 0.5) == classes
        sure = sureness_of(soften(answers, temperature)).mean()
        found.append(Shifted(name, float(right.mean()), wilson(int(right.sum()), len(right)), float(sure)))
    return found


def of_neither(size: tuple[int, int], count: int = 60, seed: int = 0) -> dict[str, np.ndarray]:
    """Pictures of no cat and no dog, {kind: float32 (count, H, W, 3) in 0..1}: drawn places without an animal, digits,
    and noise. size: (height, width)."""
    from sklearn.datasets import load_digits

    rng, (height, width) = np.random.default_rng(seed), size
    places = [_place(rng, height, width) for _ in range(count)]
    digits = [cv2.resize(one / 16, (width, height)) for one in rng.permutation(load_digits().images)[:count]]
    return {
        "empty places": np.stack(places).astype("float32") / 255,
        "digits": np.repeat(np.stack(digits)[..., None], 3, axis=3).astype("float32"),
        "noise": rng.random((count, height, width, 3), "float32"),
    }


def _place(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A room or a garden, drawn as large as those with animals, then made smaller."""
    large = 240
    paper = background(rng, str(rng.choice(PLACES)), large, large, large * rng.uniform(0.5, 0.9))
    picture = photograph(rng, paper.colour, str(rng.choice(list(LIGHTS))))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def show_rules(kinds: Mapping[str, Sequence[Rule]], caption: str) -> None:
    """Show accuracy, with its 95 % interval, against the share of answers given, a line a kind; each dot is a
    threshold. The alt text tells the ends.

    Raises InputError without kinds, for more than can be told apart, and for one that never answers.
    """
    styles = figures.told_apart(kinds)
    if silent := [name for name, found in kinds.items() if not any(one.n for one in found)]:
        raise InputError(f"{silent[0]}: no answer is given at any of its thresholds; take lower ones, such as 0.5.")
    figure, axis = plt.subplots(figsize=(7, 3.6))
    told = []
    for name, style in styles:
        some = [one for one in kinds[name] if one.n]
        x, right = 100 * np.array([one.answered for one in some]), 100 * np.array([one.accuracy for one in some])
        axis.errorbar(
            x,
            right,
            _bars(right, [one.interval for one in some]),
            fmt=style,
            elinewidth=0.8,
            capsize=3,
            label=f"{name} ({round(some[0].n / some[0].answered)}), with 95 % interval",
        )
        first, last = some[0], some[-1]
        told.append(
            f"{name}: {first.accuracy:.0%} right of {first.answered:.0%}, {last.accuracy:.0%} of {last.answered:.0%}"
        )
    axis.set(xlabel="pictures that get an answer (%)", ylabel="of these, right (%)", xlim=(0, 103), ylim=(None, 101))
    axis.invert_xaxis()
    figures.legend(axis, loc="lower right")
    figures.show(figure, caption, f"{caption} {'; '.join(told)}.")


def _bars(middles: np.ndarray, intervals: Sequence[tuple[float, float]]) -> np.ndarray:
    """How far each interval, of shares, reaches down and up from its middle, in per cent: (2, N)."""
    low, high = 100 * np.array(intervals).T
    return np.maximum(0, [middles - low, high - middles])


def show_shifted(found: Sequence[Shifted], caption: str) -> None:
    """Show for each change how often the network is right, and how sure it is. The alt text tells the numbers."""
    figure, axis = plt.subplots(figsize=(7.5, 0.9 + 0.45 * len(found)))
    places = np.arange(len(found))
    right = 100 * np.array([one.accuracy for one in found])
    axis.errorbar(
        right,
        places,
        xerr=_bars(right, [one.interval for one in found]),
        fmt="D",
        color="black",
        capsize=4,
        label="right, with\n95 % interval",
    )
    axis.plot([100 * one.sure for one in found], places + 0.18, "o", color=figures.DOG, label="how sure,\non average")
    axis.set_yticks(places, [one.name for one in found])
    axis.set_xlabel("share of the pictures, and sureness (%)")
    axis.invert_yaxis()
    figures.legend(axis, bbox_to_anchor=(1, 0.5), loc="center left")
    told = "; ".join(f"{one.name}: right {one.accuracy:.0%}, sure {one.sure:.0%}" for one in found)
    figures.show(figure, caption, f"{caption} {told}.")

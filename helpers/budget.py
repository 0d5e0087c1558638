"""What fits into so many minutes on this machine: which network, pictures how large, and a schedule by the clock."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from helpers.progress import beside, progress
from helpers.quiet import keras

FIRST_PART = 0.5  # share of the time that is spent on small pictures
WARM_UP = 0.1  # share of the time in which the step grows


@dataclass(frozen=True)
class Choice:
    """A network (`widths`, see `models.compact`), and the sides in pixels of the pictures it learns from, first
    `small`, then `large`: what is learned on small ones holds for large ones, at less than half of the time. With fewer
    epochs than `enough`, a quicker choice comes farther."""

    widths: tuple[int, ...]
    small: int
    large: int
    enough: int

    def work(self, side: int) -> int:
        """Multiplications for one picture of that side: nearly all of the time goes into them."""
        inputs = (3, *self.widths[:-1])
        sides = (side // 2**stage for stage in range(len(self.widths)))
        return sum(9 * a * b * s * s for a, b, s in zip(inputs, self.widths, sides, strict=True))

    def epochs(self, pictures: int, seconds: float, speed: float) -> int:
        """How often so many pictures can be seen in `seconds`, at `speed` multiplications a second."""
        seen = FIRST_PART / self.work(self.small) + (1 - FIRST_PART) / self.work(self.large)
        return max(1, int(seen * seconds * speed / pictures))


LADDER = (  # from the quickest to the one that comes farthest
    Choice((24, 48, 96, 128), small=48, large=64, enough=0),
    Choice((24, 48, 96, 192, 256), small=64, large=96, enough=30),
    Choice((32, 64, 128, 256, 384), small=88, large=128, enough=60),
)


def choose(pictures: int, seconds: float, speed: float) -> Choice:
    """The last step of the ladder that sees the pictures often enough."""
    return next(one for one in reversed(LADDER) if one.epochs(pictures, seconds, speed) >= one.enough)


class ByTheClock(keras.callbacks.Callback):
    """Sets the step of learning by the share of the time that has gone, and stops when it is over.

    The step grows from nothing to `peak` and falls as a cosine (Loshchilov and Hutter 2017, arXiv 1608.03983). A clock
    keeps its word on a machine that is busy now and then; a count of epochs, planned ahead, does not.
    """

    def __init__(
        self, seconds: float, peak: float, now: Callable[[], float] = time.perf_counter, gone: float = 0.0
    ):  # gone: the share of the time that went before
        super().__init__()
        self.seconds, self.peak, self.now, self.began = seconds, peak, now, now() - gone * seconds
        self.until = 1.0  # the share of the time at which to stop
        self.bar = progress(total=round(seconds), text="training", unit="s")

    def gone(self) -> float:
        """Share of the time that has gone."""
        return (self.now() - self.began) / self.seconds

    def rate(self, gone: float) -> float:
        if gone < WARM_UP:
            return self.peak * max(gone / WARM_UP, 0.02)
        fall = min(1.0, (gone - WARM_UP) / (1 - WARM_UP))
        return self.peak * max(0.01, (1 + math.cos(math.pi * fall)) / 2)

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self.model.optimizer.learning_rate = self.rate(self.gone())

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.bar.update(min(round(self.gone() * self.seconds), self.bar.total) - self.bar.n)
        if self.gone() >= self.until:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        beside(self.bar, logs)

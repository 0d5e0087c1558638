"""The best that we know for real solar cells, trained from nothing on two cores: two kinds of model, asked together.

Both learn from what the filters of `lines` find. Boosted trees (Friedman 2001, Annals of Statistics 29, 1189-1232) are
given the strengths, without the places; a small network is given the places, in four of the eight ways: a cell lies
with its bars level, and what is upright is often harmless. They err on different cells, so their mean errs on fewer.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from helpers.cells import lines
from helpers.errors import InputError
from helpers.progress import progress
from helpers.quiet import keras

layers = keras.layers
BATCH, STEP = 32, 3e-3
WIDTHS = (48, 96)  # channels of each stage of the network
FOUR = [(up, across) for up in (False, True) for across in (False, True)]  # mirrored this way, and that way


@dataclass(frozen=True)
class Seen:
    """What the filters find in N cells. maps: float16 (N, 37, 37, 39). numbers: float32 (N, 672)."""

    maps: np.ndarray
    numbers: np.ndarray

    def __getitem__(self, some: np.ndarray) -> "Seen":
        return Seen(self.maps[some], self.numbers[some])


def look(cells: Iterable[np.ndarray]) -> Seen:
    """cells: uint8 (300, 300), one after the other. It takes about a tenth of a second for each.

    Raises InputError for no cells, and as `lines.maps` does.
    """
    rows = []
    for cell in progress(cells, text="looking for lines", unit="cells"):
        found = lines.maps(cell)
        rows.append((found, lines.numbers(cell, found)))
    if not rows:
        raise InputError("there are no cells to look at; give at least one.")
    return Seen(*(np.stack(column) for column in zip(*rows, strict=True)))


@dataclass(frozen=True)
class Expert:
    """What `train` made. It tells how probable it is that a cell is functional."""

    trees: object
    networks: list[keras.Model]

    def answers(self, seen: Seen) -> dict[str, np.ndarray]:
        """float (N,) each: by the "trees", by the "networks", and "together", the mean of the two. Without networks,
        by the trees alone."""
        trees = self.trees.predict_proba(seen.numbers)[:, 1]
        if not self.networks:
            return {"trees": trees}
        networks = 1 / (1 + np.exp(-np.mean([_log_odds(one, seen.maps) for one in self.networks], axis=0)))
        return {"trees": trees, "networks": networks, "together": (trees + networks) / 2}


def train(
    seen: Seen, shares: np.ndarray, seconds: float, networks: int = 1, seed: int = 1,
    now: Callable[[], float] = time.process_time,
) -> Expert:  # fmt: skip
    """shares: (N,), how probable it is that each cell is functional; doubts count. seconds: for each network, by the
    clock `now`; the trees take about half a minute more of one core."""
    made = [train_network(seen.maps, shares, seconds, seed + number, now) for number in range(networks)]
    return Expert(grow_trees(seen.numbers, shares, seed), made)


def grow_trees(numbers: np.ndarray, shares: np.ndarray, seed: int):
    """Trees learn classes, so a doubt becomes a weight: 1 for a sure label, a third for one of 0.33 or 0.67."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # half a second, which others need not wait for

    trees = HistGradientBoostingClassifier(
        learning_rate=0.08, max_iter=120, max_leaf_nodes=12, l2_regularization=5, max_features=0.2,
        early_stopping=False, random_state=seed,
    )  # fmt: skip
    return trees.fit(numbers, shares > 0.5, np.abs(2 * shares - 1))


def network() -> keras.Model:
    """Maps in, log-odds out: blocks with a shortcut (He et al. 2015, arXiv 1512.03385), mean and greatest last."""
    x = pictures = layers.Input((37, 37, lines.MAPS))
    x = layers.Activation("relu")(_convolution(x, WIDTHS[0], steps=2))
    for stage, channels in enumerate(WIDTHS):
        steps = 1 if stage == 0 else 2
        inner = layers.Activation("relu")(_convolution(x, channels, steps=steps))
        inner = _convolution(inner, channels)
        if stage > 0:
            x = _convolution(layers.AveragePooling2D(2, padding="same")(x), channels, side=1)
        x = layers.Activation("relu")(layers.Add()([x, inner]))
    x = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)])
    return keras.Model(pictures, layers.Dense(1)(layers.Dropout(0.3)(x)))


def _convolution(x, channels: int, side: int = 3, steps: int = 1):
    x = layers.Conv2D(channels, side, steps, "same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def train_network(
    maps: np.ndarray, shares: np.ndarray, seconds: float, seed: int, now: Callable[[], float] = time.process_time
) -> keras.Model:
    """By the clock: the step grows, then falls to zero when the time is up. Each cell is mirrored, moved by up to a
    square and its maps are made a little stronger or weaker, anew each time. Raises InputError for too few cells."""
    if len(maps) < BATCH:
        raise InputError(f"{len(maps)} cells are too few to learn from; give at least {BATCH}.")
    keras.utils.set_random_seed(seed)
    rng, model, targets = np.random.default_rng(seed), network(), shares.astype("float32")[:, None]
    optimizer = keras.optimizers.AdamW(0.0, weight_decay=0.05, clipnorm=5.0)  # the clock sets the step
    model.compile(optimizer, keras.losses.BinaryCrossentropy(from_logits=True))
    optimizer.build(model.trainable_variables)  # or TensorFlow makes the graph of the first step twice
    padded = [np.pad(one, ((0, 0), (1, 1), (1, 1), (0, 0)), "edge") for one in (maps, lines.mirrored(maps))]
    model.train_on_batch(_varied(padded, np.arange(BATCH), rng), targets[:BATCH])  # the first step builds: not counted
    began, part = now(), 0.0
    while part < 1:
        order = rng.permutation(len(maps))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            part = (now() - began) / seconds
            if part >= 1:
                break
            optimizer.learning_rate = STEP * min(part / 0.08, 0.5 + 0.5 * np.cos(np.pi * max(0, part - 0.08) / 0.92))
            some = order[start : start + BATCH]
            model.train_on_batch(_varied(padded, some, rng), targets[some])
    return model


def _varied(padded: list[np.ndarray], some: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    made = np.empty((len(some), 37, 37, lines.MAPS), "float32")
    for row, number in enumerate(some):
        (up, across), (top, left) = rng.integers(0, 2, 2), rng.integers(0, 3, 2)
        cell = padded[up ^ across][number, top : top + 37, left : left + 37]
        made[row] = _held(cell, up, across)
    return made * np.exp(rng.normal(0, 0.05, (len(some), 1, 1, lines.MAPS))).astype("float32")


def _held(maps: np.ndarray, up: bool, across: bool) -> np.ndarray:
    """The places of maps (..., 37, 37, 39) mirrored this way, and that way; the channels as they are."""
    return maps[..., :: -1 if up else 1, :: -1 if across else 1, :]


def _log_odds(model: keras.Model, maps: np.ndarray) -> np.ndarray:
    """The mean over the four ways to hold each cell with its bars level."""
    said = np.zeros(len(maps))
    for start in range(0, len(maps), 64):
        some = maps[start : start + 64]
        for up, across in FOUR:
            held = _held(lines.mirrored(some) if up != across else some, up, across)
            said[start : start + 64] += model.predict_on_batch(np.ascontiguousarray(held, "float32"))[:, 0] / 4
    return said

"""How much a layer tells of the class: a linear probe on its numbers (Alain, Bengio 2016, arXiv 1610.01644).

The probe is ridge regression in numpy, on the layer's maps averaged over a coarse grid. It is fitted on some pictures
and judged on others, so that what it scores was in the numbers, not in its memory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.activations.every_layer import watch
from helpers.errors import InputError
from helpers.quiet import keras
from helpers.training import wilson

GRID, FOLDS = 4, 5
STRENGTHS = 10.0 ** np.arange(-6, 5)  # of the ridge, where the mean inner product of a picture with itself is 1


@dataclass
class Probe:
    """How well a linear probe on one layer tells the classes apart, on pictures that it was not fitted on."""

    name: str
    features: int  # numbers that the probe reads, a picture
    accuracy: float  # 0..1
    low: float  # 95 % interval for so many pictures
    high: float
    chance: float = 0.5  # accuracy of always naming the class that most pictures have

    def above_chance(self, accuracy: float | None = None) -> float:
        """An accuracy, its own if not given, on a scale from chance, 0, to always right, 1: of few or many classes."""
        return ((self.accuracy if accuracy is None else accuracy) - self.chance) / (1 - self.chance)


def pooled(activation: np.ndarray) -> np.ndarray:
    """Maps (N, H, W, C) averaged over at most GRID x GRID fields -> (N, GRID * GRID * C); (N, C) stays as it is."""
    if activation.ndim != 4:
        return activation.reshape(len(activation), -1)
    for axis in (1, 2):
        size = activation.shape[axis]
        if size > GRID:
            edges = np.arange(GRID) * size // GRID
            counts = np.diff([*edges, size])
            shape = [1] * 4
            shape[axis] = GRID
            activation = np.add.reduceat(activation, edges, axis=axis) / counts.reshape(shape)
    return activation.reshape(len(activation), -1)


def probe_layers(model: keras.Model, pictures: np.ndarray | Iterable, labels: np.ndarray) -> list[Probe]:
    """A linear probe for every layer, the pixels first.

    pictures: (N, H, W, 3) in 0..1 or batches in a fixed order, best of pictures that the network was not trained on.
    labels: (N,) or (N, 1), of two classes or more. Raises InputError as `linear_probe` does.
    """
    features: dict[str, list] = {}
    for outputs in watch(model, pictures):
        for name, output in outputs.items():
            features.setdefault(name, []).append(pooled(output))
    _, counts = np.unique(labels, return_counts=True)
    chance = counts.max() / counts.sum()
    probes = []
    for name, parts in features.items():
        table = np.concatenate(parts)
        right = linear_probe(table, labels)
        low, high = wilson(right, len(table))
        probes.append(Probe(name, table.shape[1], right / len(table), low, high, chance))
    return probes


def facts_of(rows: Sequence[dict], root: str | Path, paths: Sequence[Path], column: str) -> np.ndarray:
    """What the truth file says of the pictures in one column, as numbers for `probe_layers`: int (N,).

    rows: of `drawing.read_truth(root)`. column: such as "background" or "lighting".
    Raises InputError for a column, or a picture, that the truth file does not have.
    """
    known = {Path(root) / row["path"]: row for row in rows}
    if missing := [path for path in paths if Path(path) not in known]:
        raise InputError(f"{Path(missing[0]).name}: the truth file says nothing of it; give pictures of the drawn set.")
    if column not in rows[0]:
        raise InputError(f"The truth file has no column {column!r}, but {', '.join(rows[0])}.")
    _, numbers = np.unique([str(known[Path(path)][column]) for path in paths], return_inverse=True)
    return numbers


def linear_probe(features: np.ndarray, labels: np.ndarray) -> int:
    """How many pictures a linear probe gets right. Each is judged once, by a probe fitted without its fold.

    features: (N, F). labels: (N,) or (N, 1), of two classes or more. The strength of the ridge is chosen among the
    pictures it is fitted on, by leaving out one at a time, which has a closed form.

    Raises InputError if features and labels differ in number, if there are fewer pictures than 4 a fold, and if all
    are of one class.
    """
    _, truth = np.unique(np.asarray(labels).reshape(-1), return_inverse=True)
    features = np.asarray(features, "float64")
    if len(features) != len(truth) or len(truth) < 4 * FOLDS:
        raise InputError(
            f"{len(features)} pictures and {len(truth)} labels for {FOLDS} folds; "
            f"give one label a picture, and at least {4 * FOLDS} of them."
        )
    if not truth.any():
        raise InputError("all these pictures are of one class; a probe needs some of each.")
    # One column a class, 1 for its pictures and -1 for the others; the largest answer wins.
    targets = np.where(truth[:, None] == np.arange(truth.max() + 1), 1.0, -1.0)
    # Dealt out class by class: else a fold with more of one class leaves fewer of it to fit on, which biases the score.
    order = np.random.default_rng(0).permutation(len(truth))
    fold = np.empty(len(truth), int)
    fold[order[np.argsort(truth[order], kind="stable")]] = np.arange(len(truth)) % FOLDS
    right = 0
    for held in range(FOLDS):
        fit = fold != held
        answers = ridge(features[fit], targets[fit], features[~fit])
        right += int((answers.argmax(axis=1) == truth[~fit]).sum())
    return right


def ridge(features: np.ndarray, targets: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Ridge regression fitted on (N, F) -> (N, T), its answers (M, T) for `new` (M, F). Features are standardised."""
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 1e-9 * max(1e-9, spread.max()), spread, np.inf)  # what never varies says nothing
    features, new = (features - mean) / spread, (new - mean) / spread
    return ridge_along(*directions(features), targets, new @ features.T / features.shape[1])


def directions(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (K,) and eigenvectors (N, K) of the pictures' inner products, divided by F, for features (N, F).

    K is the smaller one of N and F: the inner products of the features among themselves give the same directions.
    """
    count, many = features.shape
    if count <= many:
        return np.linalg.eigh(features @ features.T / many)
    values, axes = np.linalg.eigh(features.T @ features / many)
    values = np.maximum(values, 1e-12)  # a direction in which nothing varies has no eigenvector
    return values, features @ axes / np.sqrt(many * values)


def ridge_along(values: np.ndarray, vectors: np.ndarray, targets: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Ridge regression from inner products alone, which are fewer than the features where features are many.

    values, vectors: (K,) and (N, K), the eigenvalues and eigenvectors of the inner products (N, N), centred, of the
    pictures fitted on. targets: (N, T). new: (M, N) inner products of new pictures with those. Returns (M, T).
    """
    offset = targets.mean(axis=0)
    centred, values = targets - offset, np.maximum(values, 0)
    along = vectors.T @ centred / (values + best_strength(values, vectors, centred))[:, None]
    return new @ vectors @ along + offset


def best_strength(values: np.ndarray, vectors: np.ndarray, targets: np.ndarray) -> float:
    """The one of `STRENGTHS` with the least error when each picture is left out once; that error follows from the fit
    (Allen 1974, Technometrics 16, 125-127). As for `ridge_along`; targets: centred."""
    if len(targets) < targets.shape[1]:  # turned so that most are 0, and left out: the errors stay as long as they are
        targets = np.linalg.qr(targets.T, mode="r").T
    turned, errors = vectors.T @ targets, []
    for strength in STRENGTHS:
        kept = values / (values + strength)
        missed = targets - vectors @ (kept[:, None] * turned)
        leverage = (vectors**2 * kept).sum(axis=1, keepdims=True) + 1 / len(targets)  # the offset was fitted, too
        errors.append(((missed / np.maximum(1 - leverage, 1e-12)) ** 2).sum())
    return STRENGTHS[np.argmin(errors)]

"""Which variations help, and which harm? Each alone and all together, by strength; and things that are read.

python benchmarks/claims_variations.py                                            # a minute or two; keeps nothing
python benchmarks/claims_variations.py --images 1000 --epochs 20 --seeds 5 --keep
python benchmarks/claims_variations.py --images 1000 --epochs 20 --seeds 5 --dataset cats_vs_dogs --keep
python benchmarks/claims_variations.py --epochs 0 --seeds 3                       # without the accuracy on pets

In frame: how often three quarters of the pet's box or more are still in the picture, ten draws for each pet. Accuracy:
the course's network at 48 x 48, batches of 20, equal steps. Letters: the network learns to tell b from d, drawn in many
sizes and places, with and without mirroring. Digits: scikit-learn's, by a support vector machine that also gets each
training digit mirrored, or given half a turn, with its label unchanged.
"""

import cv2
import numpy as np
from shared import claiming, measuring
from sklearn.datasets import load_digits
from sklearn.svm import SVC

from helpers import drawing, experiments, models
from helpers.augmentation import RandomWarp
from helpers.experiments import Measured
from helpers.quiet import tf

SIZE, LETTER = (48, 48), (32, 32)
STILL = {"flip": False, "rotation": 0, "zoom": 0, "shear": 0, "shift": 0, "brightness": 0, "contrast": 0}
STRENGTHS = {
    "weak": {"rotation": 15, "zoom": 0.15, "shear": 8, "shift": 0.1},
    "strong": {"rotation": 40, "zoom": 0.3, "shear": 20, "shift": 0.2},  # as the course's lab, but for zoom and shear
    "wild": {"rotation": 120, "zoom": 0.6, "shear": 40, "shift": 0.4},
}
LIGHTS = {"weak": {"brightness": 0.1, "contrast": 0.2}, "strong": {"brightness": 0.3, "contrast": 0.6}}
ACCURACY, FRAME, READ = "test accuracy", "three quarters of the pet in frame", "accuracy on things that are read"


def main() -> None:
    options = claiming.options(__doc__, images=200, epochs=2, seeds=2)
    pictures = claiming.Pictures(options.dataset, SIZE, options.images)
    seeds = range(1, options.seeds + 1)
    about = {
        "command": measuring.command(),
        "equal": f"equal steps: {options.epochs * len(pictures.train):,} of 20 pictures",
    }
    rows = accuracy(pictures, options.epochs, seeds, about) if options.epochs else []
    if pictures.data.truth:
        rows += frames(pictures, about["command"])
        rows += [*letters(seeds, about["command"]), *digits(seeds, about["command"])]
    name = claiming.name("variations", options.dataset)
    claiming.report(name, rows, options.keep)
    if options.epochs:
        claiming.save(claiming.intervals(rows, ACCURACY, "Which variations help?"), name, options.keep)
    for what, ending in ((FRAME, "frame"), (READ, "read")) if pictures.data.truth else ():
        claiming.save(claiming.intervals(rows, what, "Which variations harm?"), f"{name}_{ending}", options.keep)


def accuracy(pictures: claiming.Pictures, epochs: int, seeds: range, about: dict) -> list[Measured]:
    ways = {
        "none": {},
        "flip": {"flip": True},
        **{f"light, {strength}": amounts for strength, amounts in LIGHTS.items()},
        **each_alone(),
        **{f"together, {name}": moved | LIGHTS.get(name, LIGHTS["strong"]) for name, moved in together().items()},
    }
    recipes = {
        way: experiments.Recipe(network, claiming.varied(pictures.train, **STILL | amounts), epochs)
        for way, amounts in ways.items()
    }
    runs = experiments.train_each(recipes, None, pictures.test, seeds, each_epoch=False)
    found = {way: tuple(run.test_accuracy[-1] for run in runs if run.recipe == way) for way in ways}
    return [Measured(ACCURACY, way, values, pictures=len(runs[0].truth), **about) for way, values in found.items()]


def each_alone() -> dict[str, dict[str, float]]:
    """Each movement by itself, in three strengths."""
    amounts = STRENGTHS.values()
    return {f"{name} {one[name]:g}": {name: one[name]} for name in STRENGTHS["weak"] for one in amounts}


def together() -> dict[str, dict[str, float]]:
    """All movements, and mirroring, for each strength."""
    return {strength: {"flip": True, **amounts} for strength, amounts in STRENGTHS.items()}


def network(size: tuple[int, int] = SIZE):
    return claiming.compiled(models.lab_cnn(size))


def frames(pictures: claiming.Pictures, command: str) -> list[Measured]:
    """For each variation and strength, one value a draw."""
    boxes, rows = drawing.boxes(pictures.data.validation), []
    ways = each_alone() | {f"together, {strength}": amounts for strength, amounts in together().items()}
    for way, amounts in ways.items():
        left = experiments.in_frame(boxes, RandomWarp(**STILL | amounts), draws=10) >= 0.75
        rows.append(Measured(FRAME, way, tuple(left.mean(axis=0)), pictures=len(boxes), command=command))
    return rows


def letters(seeds: range, command: str, count: int = 400, epochs: int = 8) -> list[Measured]:
    """b or d? Two alike letters, mirror images of each other."""
    train, test = (drawn_letters(count, seed) for seed in (1, 2))
    recipes = {
        "b or d, not mirrored": experiments.Recipe(lambda: network(LETTER), train, epochs),
        "b or d, mirrored": experiments.Recipe(
            lambda: network(LETTER), claiming.varied(train, **STILL | {"flip": True}), epochs
        ),
    }
    runs = experiments.train_each(recipes, None, test, seeds, each_epoch=False)
    found = {way: tuple(run.test_accuracy[-1] for run in runs if run.recipe == way) for way in recipes}
    return [Measured(READ, way, values, pictures=count, command=command) for way, values in found.items()]


def drawn_letters(count: int, seed: int) -> tf.data.Dataset:
    """Batches of white letters on dark: float32 (20, 32, 32, 3) in 0..1, label 1 for d."""
    rng, shown = np.random.default_rng(seed), np.zeros((count, *LETTER), "uint8")
    labels = np.arange(count) % 2
    fonts = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX)
    for picture, label in zip(shown, labels, strict=True):
        font, size, thick = fonts[rng.integers(3)], rng.uniform(0.6, 0.9), int(rng.integers(1, 3))
        (width, height), _ = cv2.getTextSize("bd"[label], font, size, thick)
        place = int(rng.integers(1, LETTER[1] - width)), int(rng.integers(height + 1, LETTER[0] - 1))
        cv2.putText(picture, "bd"[label], place, font, size, 255, thick, cv2.LINE_AA)
    noisy = np.clip(shown[..., None] / 255 + rng.normal(0, 0.1, (count, *LETTER, 3)), 0, 1).astype("float32")
    return tf.data.Dataset.from_tensor_slices((noisy, labels[:, None].astype("float32"))).batch(20)


def digits(seeds: range, command: str) -> list[Measured]:
    pictures, names = load_digits(return_X_y=True)
    pictures = pictures.reshape(-1, 8, 8)
    turns = {
        "as they are": lambda shown: shown,
        "also mirrored": lambda shown: shown[:, :, ::-1],
        "also half a turn": lambda shown: shown[:, ::-1, ::-1],
        "also lighter": lambda shown: shown * 0.8,
    }
    kinds = {"all digits": range(10), "6 or 9": (6, 9)}
    rows = []
    for kind, some in kinds.items():
        chosen = np.isin(names, some)
        for way, turn in turns.items():
            values = tuple(read_digits(pictures[chosen], names[chosen], turn, seed) for seed in seeds)
            n = int(chosen.sum()) // 3
            rows.append(Measured(READ, f"{kind}, {way}", values, pictures=n, command=command))
    return rows


def read_digits(pictures: np.ndarray, names: np.ndarray, turn, seed: int) -> float:
    """Accuracy on a third of the digits, upright, of a machine that has learned the others and their variations."""
    order = np.random.default_rng(seed).permutation(len(names))
    test, fit = order[: len(order) // 3], order[len(order) // 3 :]
    learned = np.concatenate([pictures[fit], turn(pictures[fit])]).reshape(-1, 64)
    reader = SVC().fit(learned, np.concatenate([names[fit]] * 2))
    return float(reader.score(pictures[test].reshape(-1, 64), names[test]))


if __name__ == "__main__":
    main()

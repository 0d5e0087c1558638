"""A folder of one's own, with few pictures: what comes out of clean and train, on three sets that are nothing alike.

python benchmarks/own_folders.py                             # 20 of each class, 15 seconds each: two minutes
python benchmarks/own_folders.py --each 20 100 --minutes 0.5 --seeds 3 --clock processor --keep

Pets and solar cells are drawn, digits (3 or 5) are scikit-learn's, made larger. Each folder is cleaned and learned as
`labs clean` and `labs train` do it. "It says": the accuracy on the pictures that training set aside, one in five, with
its 95 % interval. "It is": the accuracy on as many as 200 further pictures, which nobody looked at.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from shared import measuring
from sklearn.datasets import load_digits

from helpers import cells, cleaning, datasets, pipeline, training

TEST = 100  # of each class


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--each", nargs="+", type=int, default=[20], help="pictures of each class, one number or more")
    parser.add_argument("--minutes", type=float, default=0.25)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--clock", choices=measuring.CLOCKS, default="wall")
    options = parser.parse_args()
    rows = [
        trial(name, pictures, each, options.minutes, seed, measuring.CLOCKS[options.clock])
        for name, pictures in {"pets": pets, "solar cells": solar_cells, "digits": digits}.items()
        for each in options.each
        for seed in range(1, options.seeds + 1)
    ]
    measuring.show(f"Few pictures of one's own, {options.minutes:g} minutes of {options.clock} time each", rows)
    measuring.write(measuring.name("own_folders", options.keep), rows)


def trial(
    name: str, pictures: Callable[[], Sequence], each: int, minutes: float, seed: int, now: Callable[[], float]
) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as scratch:
        own, new = Path(scratch, "own"), Path(scratch, "new")
        rng = np.random.default_rng(seed)
        for label, of_class in enumerate(pictures()):
            for number, place in enumerate(rng.permutation(len(of_class))[: each + TEST]):
                folder = (own if number < each else new) / f"class_{label}"
                folder.mkdir(parents=True, exist_ok=True)
                of_class[place].save(folder / f"{number}.png", compress_level=1)
        cleaning.clean(own, own.with_name("clean"), workers=1)
        data = datasets.load(own.with_name("clean"), Path(scratch, "data"))
        trained = training.train_within(minutes, data.train, data.validation, seed, say=lambda _: None, now=now)
        size = trained.model.input_shape[1:3]
        looks = [pipeline.image_dataset(folder, size, shuffle=False) for folder in (data.validation, new)]
        says, is_ = (training.evaluate(trained.model, look) for look in looks)
    inside = "yes" if says.interval[0] <= is_.accuracy <= says.interval[1] else "no"
    about = {"set": name, "each": str(each), "seed": str(seed)}
    return about | {"it says": told(says), "it is": told(is_), "within its interval": inside}


def told(result: training.Evaluation) -> str:
    low, high = result.interval
    return f"{result.accuracy:.0%} of {result.n} ({low:.0%} to {high:.0%})"


def pets() -> list[list[Image.Image]]:
    data = datasets.load("drawn")
    return [[Image.open(path) for path in sorted((data.train / name).iterdir())[:400]] for name in data.class_names]


def solar_cells() -> list[list[Image.Image]]:
    data = datasets.load("drawn_cells")
    sure = [path for path in pipeline.list_images(data.train)[0] if cells.is_sure(path)]
    return [[Image.open(path) for path in sure if path.parent.name == name] for name in data.class_names]


def digits() -> list[list[Image.Image]]:
    shown, names = load_digits(return_X_y=True)
    large = [cv2.resize(np.uint8(one.reshape(8, 8) * 15.9), (64, 64), interpolation=cv2.INTER_CUBIC) for one in shown]
    return [
        [Image.fromarray(one) for one, digit in zip(large, names, strict=True) if digit == wanted] for wanted in (3, 5)
    ]


if __name__ == "__main__":
    main()

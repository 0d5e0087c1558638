"""How a picture is given to a network: its proportions and its range of numbers; and which pictures are hard.

python benchmarks/claims_input.py                                                 # some minutes; keeps nothing
python benchmarks/claims_input.py --images 1000 --epochs 5 --seeds 5 --keep
python benchmarks/claims_input.py --images 1000 --epochs 5 --seeds 3 --dataset cats_vs_dogs --keep

The course's network at 48 x 48, batches of 20, mirrored on the fly, equal steps. Stretch: both sides brought to 48
pixels. Crop: the largest square in the middle. Pad: the whole picture, grey beside it. How much of the frame the pet
fills, and what else is in the picture, the drawn set's truth tells; the answers are those of all runs on stretched
pictures from 0 to 1.
"""

import itertools

import numpy as np
from PIL import Image, ImageOps
from shared import claiming, measuring

from helpers import drawing, experiments, models, pipeline
from helpers.experiments import Measured, Run
from helpers.quiet import tf

SIDE, BATCH = 48, 20
GREY = (128, 128, 128)
SPANS = {  # name: what is taken off the bytes, and what they are then divided by; None: mean and spread in training
    "0 to 255": (0.0, 1.0),
    "0 to 1": (0.0, 255.0),
    "-1 to 1": (127.5, 127.5),
    "standardised": None,
}
ACCURACY, SHARE, THINGS = "test accuracy", "accuracy by the pet's share of the frame", "accuracy by what else is there"


def main() -> None:
    options = claiming.options(__doc__, images=200, epochs=2, seeds=2)
    pictures = claiming.Pictures(options.dataset, (SIDE, SIDE), options.images, BATCH)
    ways = [(shape, "0 to 1") for shape in SHAPES] + [("stretch", span) for span in SPANS if span != "0 to 1"]
    shown = {shape: [read(part.paths, shape) for part in (pictures.train, pictures.test)] for shape in SHAPES}
    labels = [labels_of(part.paths, pictures.data.class_names) for part in (pictures.train, pictures.test)]
    rows, steps = [], options.epochs * len(pictures.train)
    about = {"command": measuring.command(), "equal": f"equal steps: {steps:,} of {BATCH} pictures"}
    for shape, span in ways:
        off, by = SPANS[span] or (shown[shape][0].mean(), shown[shape][0].std())
        recipe = experiments.Recipe(network, mirrored(shown[shape][0], labels[0], off, by), options.epochs)
        test = batches(shown[shape][1], labels[1], off, by)
        seeds = range(1, options.seeds + 1)
        runs = experiments.train_each({"": recipe}, None, test, seeds, each_epoch=False)
        values = tuple(run.test_accuracy[-1] for run in runs)
        rows.append(Measured(ACCURACY, f"{shape}, {span}", values, pictures=len(runs[0].truth), **about))
        if (shape, span) == ways[0] and pictures.data.truth:
            hard = by_truth(runs, pictures, about)
    rows += hard if pictures.data.truth else []
    name = claiming.name("input", options.dataset)
    claiming.report(name, rows, options.keep)
    claiming.save(claiming.intervals(rows, ACCURACY, "How a picture is given"), name, options.keep)
    for what, ending in ((SHARE, "share"), (THINGS, "things")):
        if pictures.data.truth:
            figure = claiming.intervals(rows, what, "Which pictures are hard")
            claiming.save(figure, f"{name}_{ending}", options.keep)


def network():
    return claiming.compiled(models.lab_cnn((SIDE, SIDE)))


def stretch(picture: Image.Image) -> Image.Image:
    return picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)


def crop(picture: Image.Image) -> Image.Image:
    return ImageOps.fit(picture, (SIDE, SIDE), Image.Resampling.BILINEAR)


def pad(picture: Image.Image) -> Image.Image:
    return ImageOps.pad(picture, (SIDE, SIDE), Image.Resampling.BILINEAR, color=GREY)


SHAPES = {"stretch": stretch, "crop": crop, "pad": pad}


def read(paths: list, shape: str) -> np.ndarray:
    """uint8 (N, SIDE, SIDE, 3)."""
    shown = []
    for path in paths:
        with Image.open(path) as picture:
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG at a half or a quarter: quicker
            shown.append(np.asarray(SHAPES[shape](picture.convert("RGB"))))
    return np.stack(shown)


def labels_of(paths: list, class_names: list[str]) -> np.ndarray:
    return np.array([[class_names.index(path.parent.name)] for path in paths], "float32")


def batches(pictures: np.ndarray, labels: np.ndarray, off: float, by: float) -> tf.data.Dataset:
    dataset = tf.data.Dataset.from_tensor_slices((pictures, labels)).batch(100)
    return dataset.map(lambda x, y: ((tf.cast(x, tf.float32) - off) / by, y))


def mirrored(pictures: np.ndarray, labels: np.ndarray, off: float, by: float) -> tf.data.Dataset:
    dataset = tf.data.Dataset.from_tensor_slices((pictures, labels)).shuffle(len(labels), seed=1).batch(BATCH)
    dataset = dataset.map(lambda x, y: ((tf.cast(tf.image.random_flip_left_right(x), tf.float32) - off) / by, y))
    return dataset.prefetch(2)


def by_truth(runs: list[Run], pictures: claiming.Pictures, about: dict) -> list[Measured]:
    """The accuracy of each run on parts of the test pictures."""
    rows = {pictures.data.truth.parent / row["path"]: row for row in drawing.read_truth(pictures.data.truth.parent)}
    rows = [rows[path] for path in pictures.test.paths]
    every = zip(pipeline.list_images(pictures.data.validation)[0], drawing.boxes(pictures.data.validation), strict=True)
    boxes = dict(every)
    boxes = np.array([boxes[path] for path in pictures.test.paths])
    share = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    right = [(run.answers[-1] > 0.5) == run.truth for run in runs]

    def part(what: str, name: str, chosen: np.ndarray) -> Measured:
        values = tuple(float(one[chosen].mean()) for one in right)
        return Measured(what, f"{name} ({chosen.sum()})", values, pictures=len(chosen), **about)

    edges = np.quantile(share, [0, 0.25, 0.5, 0.75, 1])
    found = []
    for low, high in itertools.pairwise(edges):
        chosen = (share >= low) & ((share < high) | (high == edges[-1]))
        found.append(part(SHARE, f"{low:.0%} to {high:.0%} of the frame", chosen))
    things = [row["things"].split() for row in rows]
    found.append(part(THINGS, "nothing else", np.array([not one for one in things])))
    for name in sorted({name for one in things for name in one}):
        found.append(part(THINGS, name, np.array([name in one for one in things])))
    for column in ("pose", "lighting"):
        for name in sorted({row[column] for row in rows}):
            found.append(part(THINGS, f"{column}: {name}", np.array([row[column] == name for row in rows])))
    return found


if __name__ == "__main__":
    main()

"""On the fly, or copies on the disk? Bytes, seconds and accuracy at equal steps; and the score when copies come first.

python benchmarks/claims_copies.py                                                # a minute or two; keeps nothing
python benchmarks/claims_copies.py --images 200 --steps 300 --seeds 3 --keep
python benchmarks/claims_copies.py --images 200 --steps 300 --seeds 3 --dataset cats_vs_dogs --keep

Copies are varied once, at the size of their originals, and saved as JPEG; on the fly, each batch is varied anew. The
course's network at 48 x 48, batches of 20. The false score: five copies a picture are made first, then split at random,
three quarters to training; against the same split by photo. Its own score is that of the copies put aside, the honest
one that of pictures which nobody has varied.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from shared import claiming, measuring

from helpers import experiments, models, pipeline
from helpers.augmentation import RandomWarp
from helpers.experiments import DIFFERENCE, Measured
from helpers.quiet import keras, tf

SIZE, BATCH = (48, 48), 20
COPIES = (1, 5, 20)
FALSE = 5  # copies a picture where the split comes after them


def main() -> None:
    options = claiming.options(__doc__, images=60, steps=30, seeds=2)
    pictures = claiming.Pictures(options.dataset, SIZE, options.images, BATCH)
    about = {"command": measuring.command(), "equal": f"equal steps: {options.steps:,} of {BATCH} pictures"}
    seeds = range(1, options.seeds + 1)
    with tempfile.TemporaryDirectory() as scratch:
        rows = amounts(pictures, Path(scratch), options.steps, seeds, about)
        rows += false_score(Path(scratch) / str(FALSE), pictures.test, options.steps, seeds, about)
    name = claiming.name("copies", options.dataset)
    claiming.report(name, rows, options.keep)
    title = f"{options.images} pictures, as copies on the disk or varied on the fly"
    claiming.save(claiming.intervals(rows, "test accuracy", title), name, options.keep)
    title = f"{FALSE} copies of each of {options.images} pictures, split before or after"
    claiming.save(claiming.intervals(rows, "accuracy by split", title), f"{name}_split", options.keep)


def network() -> keras.Model:
    return claiming.compiled(models.lab_cnn(SIZE))


def train(train: tf.data.Dataset, steps: int, validation, test, seeds) -> list[experiments.Run]:
    """One "epoch" of so many steps, whatever the number of pictures."""
    recipe = {"": experiments.Recipe(network, train.repeat().take(steps), 1)}
    return experiments.train_each(recipe, validation, test, seeds, clock=time.process_time)


def amounts(pictures: claiming.Pictures, scratch: Path, steps: int, seeds: range, about: dict) -> list[Measured]:
    paths = pictures.train.paths
    ways = {"originals alone": (pictures.train, 0.0, 0.0), "on the fly": (claiming.varied(pictures.train), 0.0, 0.0)}
    for copies in COPIES:
        began = time.process_time()
        mebibytes = copy_varied(paths, scratch / str(copies), copies)
        kept = pipeline.image_dataset(scratch / str(copies), SIZE, BATCH, seed=1)
        ways[f"{copies} on disk"] = (kept, mebibytes, time.process_time() - began)
    own = sum(path.stat().st_size for path in paths) / 2**20
    rows = [Measured("MiB on disk", "originals", (own,), "MiB", command=about["command"])]
    for way, (dataset, mebibytes, waited) in ways.items():
        runs = train(dataset, steps, None, pictures.test, seeds)
        accuracy = tuple(run.test_accuracy[-1] for run in runs)
        rows.append(Measured("test accuracy", way, accuracy, pictures=len(runs[0].truth), **about))
        rows.append(Measured("MiB on disk", way, (mebibytes,), "MiB", command=about["command"]))
        rows.append(Measured("seconds before training", way, (waited,), "seconds", command=about["command"]))
        spent = tuple(run.seconds[-1] for run in runs)
        rows.append(Measured("seconds of training", way, spent, "seconds", **about))
    return sorted(rows, key=lambda row: row.what != "test accuracy")


def copy_varied(paths: list[Path], folder: Path, copies: int) -> float:
    """Write varied JPEGs of each picture, at its own size, into folder/class/; returns how many MiB they take."""
    warp = RandomWarp(seed=copies)
    for path in paths:
        (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
        picture = np.asarray(Image.open(path).convert("RGB"), "float32") / 255
        for number, new in enumerate(warp(np.stack([picture] * copies), training=True).numpy()):
            name = f"{path.stem}_copy{number:02d}.jpg"
            Image.fromarray(np.uint8(255 * new)).save(folder / path.parent.name / name, quality=90)
    return sum(path.stat().st_size for path in folder.rglob("*.jpg")) / 2**20


def false_score(folder: Path, test: tf.data.Dataset, steps: int, seeds: range, about: dict) -> list[Measured]:
    rows, n = [], {}
    for split in ("copies mixed", "by photo"):
        scores = {"its own score": [], "on new pictures": []}
        for seed in seeds:
            train_side, own_side = (lay_out(folder, split, seed, side) for side in (True, False))
            (run,) = train(train_side, steps, own_side, test, [seed])
            scores["its own score"].append(run.history["val_accuracy"][-1])
            scores["on new pictures"].append(run.test_accuracy[-1])
            n = {"its own score": sum(len(y) for _, y in own_side), "on new pictures": len(run.truth)}
        rows += [
            Measured("accuracy by split", f"{split}: {name}", tuple(values), pictures=n[name], **about)
            for name, values in scores.items()
        ]
        gap = tuple(own - new for own, new in zip(*scores.values(), strict=True))
        what, judged = "own score minus honest score", n["on new pictures"]
        rows.append(Measured(what, split, gap, DIFFERENCE, judged, **about))
    return sorted(rows, key=lambda row: row.what)


def lay_out(folder: Path, split: str, seed: int, training: bool) -> tf.data.Dataset:
    """One side of the copies in `folder`, split copy by copy or photo by photo, in memory."""
    paths, labels, _ = pipeline.list_images(folder)
    group = [path.name if split == "copies mixed" else path.name.rsplit("_copy", 1)[0] for path in paths]
    group = [f"{path.parent.name} {one}" for path, one in zip(paths, group, strict=True)]
    rng = np.random.default_rng(seed)
    to_training = {one: rng.random() < 0.75 for one in sorted(set(group))}
    chosen = [place for place, one in enumerate(group) if to_training[one] == training]
    shown = np.empty((len(chosen), *SIZE, 3), "uint8")
    pipeline.decode_into(shown, [paths[place] for place in chosen])
    answers = labels[chosen][:, None].astype("float32")
    dataset = tf.data.Dataset.from_tensor_slices((shown, answers))
    dataset = dataset.shuffle(len(chosen), seed=seed) if training else dataset
    return dataset.batch(BATCH).map(lambda x, y: (tf.cast(x, tf.float32) / 255, y)).prefetch(2)


if __name__ == "__main__":
    main()

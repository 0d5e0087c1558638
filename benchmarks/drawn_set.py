"""Is the drawn set as hard as it should be? Simple models should fail, the course's network should learn by heart.

python benchmarks/drawn_set.py --quick         # tiny, to see that it runs; writes nothing
python benchmarks/drawn_set.py --networks 1    # one seed for the networks
python benchmarks/drawn_set.py --seeds 3 --keep   # about 40 minutes on two cores

A seed draws a set of its own (2,000 pictures for training, 1,000 for validation) and starts the network. Each row is
printed when it is done, and the table is written anew, with its figure.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from shared import measuring
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers import augmentation, figures, models, pipeline
from helpers.progress import progress
from helpers.quiet import keras
from helpers.training import wilson

COLUMNS = {  # column: what stands in it
    "what": "what was measured",
    "pixels": "height and width of the pictures, as the model gets them",
    "pictures": "for training",
    "epochs": "times that they were seen",
    "seeds": "sets drawn, and trainings",
    "validation": "accuracy in % at the end, mean over the seeds",
    "interval": "95 % interval (Wilson) over all pictures judged",
    "seed_range": "the least and the most of any seed",
    "after_2": "validation accuracy in % after two epochs, each seed",
    "training": "accuracy in % in the last epoch, mean",
    "best": "highest validation accuracy in %, mean",
    "lowest_at": "epoch of the lowest validation loss, each seed",
    "lowest_loss": "that loss, mean",
    "last_loss": "validation loss at the end, mean",
    "seconds": "for one seed, mean",
    "note": "",
}


@dataclass(frozen=True)
class Training:
    """One row of networks: how it is built and fed."""

    what: str
    build: Callable[[tuple[int, int]], keras.Model]
    pixels: int
    pictures: int
    batch: int
    epochs: int
    varied: bool = False
    adam: bool = False  # Adam, its step falling from 0.002 to nothing along a cosine, in place of the course's RMSprop


TRAININGS = (
    Training("the course's network", models.lab_cnn, 150, 2000, 20, 15),
    Training("  with augmentation", models.lab_cnn, 150, 2000, 20, 30, True),
    Training("the compact network with augmentation", models.compact, 96, 2000, 32, 24, True, True),
)


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="sets and trainings for each row")
    parser.add_argument("--networks", type=int, help="as --seeds, for the networks; 0 leaves them out")
    parser.add_argument("--quick", action="store_true", help="tiny, to see that it runs; writes nothing")
    options = parser.parse_args()
    seeds = 1 if options.quick else options.seeds
    trainings = seeds if options.networks is None or options.quick else options.networks
    rows, name = [], measuring.name("drawn_set", options.keep)

    def done(values: dict) -> None:
        rows.append(values)
        print("  ".join(f"{name} {value}" for name, value in values.items() if value != ""), flush=True)
        if not options.quick:
            measuring.write(name, rows)
            draw_figure(name, rows)

    with tempfile.TemporaryDirectory() as folder:
        sets = [Path(folder) / str(seed) for seed in range(max(seeds, trainings))]
        done(draw(sets, 90 if options.quick else 3000))
        for values in simple_models(sets[:seeds]):
            done(values)
        for training in TRAININGS if trainings else ():
            if options.quick:
                training = replace(training, pixels=32, pictures=60, batch=20, epochs=2)
            done(network(training, sets[:trainings]))


def draw(sets: list[Path], images: int) -> dict:
    """Draw a set for each seed, as a person would, and the first one twice; the row of seconds taken."""
    wall, cpu = [], []
    for seed, folder in [*enumerate(sets), (0, sets[0].with_name("again"))]:
        before, began = os.times(), time.perf_counter()
        command = ["data", "drawn", "--to", str(folder), "--images", str(images), "--seed", str(seed)]
        subprocess.run([sys.executable, "-m", "helpers", *command], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        wall.append(time.perf_counter() - began)
        cpu.append(sum(after[:4]) - sum(before[:4]))
    first, again = fingerprint(sets[0]), fingerprint(sets[0].with_name("again"))
    if first != again:
        raise SystemExit("Two draws of one seed differ: the set is not the same in every run.")
    note = f"of all processes {np.mean(cpu):.1f} s; two draws of seed 0 have the same bytes: sha256 {first[:16]}"
    return row(what=f"drawing {images:,} pictures", seeds=len(sets), seconds=f"{np.mean(wall):.1f}", note=note)


def fingerprint(folder: Path) -> str:
    """One mark of the names and bytes of all files below a folder."""
    mark = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        mark.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return mark.hexdigest()


def simple_models(sets: list[Path]) -> list[dict]:
    """Logistic regression on what is seen without looking for shapes. What it reaches at best is told, so as to err on
    the safe side: of three strengths of regularization the one that does best in validation."""
    right = {"linear model on 32 x 32 pixels": [], "linear model on mean colour and contrast": [], "file size": []}
    began = time.perf_counter()
    for folder in sets:
        (train, answers), (validation, truth) = (features(folder / split) for split in ("train", "validation"))
        for name, one, other in zip(right, train, validation, strict=True):
            found = []
            for strength in (1e-4, 1e-3, 1e-2):
                model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=500))
                found.append((model.fit(one, answers).predict(other) == truth).sum())
            right[name].append((max(found), len(truth)))
    seconds = (time.perf_counter() - began) / len(sets)
    note = f"all three simple models: {seconds:.0f} s a seed"
    return [row(what=name, pictures=len(answers), **judged(counts), note=note) for name, counts in right.items()]


def features(folder: Path) -> tuple[list[np.ndarray], np.ndarray]:
    """(pixels (N, 3072), mean and spread of each colour (N, 6), bytes (N, 1)), and the class of each picture (N,)."""
    paths, labels, _ = pipeline.list_images(folder)
    pictures = np.stack([pipeline.decode(path, (32, 32)) for path in paths]) / 255
    colour = np.hstack([pictures.mean((1, 2)), pictures.std((1, 2))])
    sizes = np.array([[path.stat().st_size] for path in paths], float)
    return [pictures.reshape(len(paths), -1), colour, sizes], labels


def network(training: Training, sets: list[Path]) -> dict:
    """Train once for each seed; the row of its figures."""
    histories, began = [], time.perf_counter()
    with progress(total=training.epochs * len(sets), text=training.what.strip(), unit="epochs") as bar:
        for seed, folder in enumerate(sets):
            histories.append(fit(training, folder, seed, bar))
    seconds = (time.perf_counter() - began) / len(sets)
    judged_pictures = len(pipeline.list_images(sets[0] / "validation")[0])
    at_end = [(round(one["val_accuracy"][-1] * judged_pictures), judged_pictures) for one in histories]
    lowest = [int(np.argmin(one["val_loss"])) for one in histories]
    return row(
        what=training.what,
        pixels=training.pixels,
        pictures=training.pictures,
        epochs=training.epochs,
        **judged(at_end),
        after_2=" ".join(percent(one["val_accuracy"][1]) for one in histories),
        training=percent(np.mean([one["accuracy"][-1] for one in histories])),
        best=percent(np.mean([max(one["val_accuracy"]) for one in histories])),
        lowest_at=" ".join(str(epoch + 1) for epoch in lowest),
        lowest_loss=f"{np.mean([min(one['val_loss']) for one in histories]):.2f}",
        last_loss=f"{np.mean([one['val_loss'][-1] for one in histories]):.2f}",
        seconds=f"{seconds:.0f}",
        note=f"{'Adam, falling from 0.002' if training.adam else 'RMSprop(0.001)'}, batches of {training.batch}",
    )


def fit(training: Training, folder: Path, seed: int, bar) -> dict[str, list[float]]:
    """One training; the history by epoch."""
    keras.utils.set_random_seed(seed)
    size = (training.pixels, training.pixels)
    train = pipeline.image_dataset(folder / "train", size, training.batch, seed=seed, images=training.pictures)
    validation = pipeline.image_dataset(folder / "validation", size, 100, shuffle=False)
    if training.varied:
        warp = augmentation.RandomWarp(seed=seed)
        train = train.map(lambda pictures, answers: (warp(pictures, training=True), answers)).prefetch(2)
    model = training.build(size)
    model.compile(optimizer(training), "binary_crossentropy", metrics=["accuracy"])
    tick = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: bar.update(1))
    fitted = model.fit(train, validation_data=validation, epochs=training.epochs, callbacks=[tick], verbose=0)
    return fitted.history


def optimizer(training: Training) -> keras.optimizers.Optimizer:
    if not training.adam:
        return keras.optimizers.RMSprop(1e-3)
    steps = training.epochs * -(-training.pictures // training.batch)
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps))


def judged(counts: list[tuple[int, int]]) -> dict:
    """From (right answers, pictures) of each seed: the columns seeds, validation, interval and seed_range."""
    right, pictures = np.sum(counts, axis=0)
    low, high = wilson(int(right), int(pictures))
    shares = [one / all_ for one, all_ in counts]
    return {
        "seeds": len(counts),
        "validation": percent(right / pictures),
        "interval": f"{percent(low)}-{percent(high)}",
        "seed_range": f"{percent(min(shares))}-{percent(max(shares))}",
    }


def percent(share: float) -> str:
    return f"{100 * share:.1f}"


def row(**values) -> dict:
    return dict.fromkeys(COLUMNS, "") | values


def draw_figure(name: str, rows: list[dict]) -> None:
    """Accuracy of each model: in validation, with its interval, and in training, where that was kept."""
    shown = [one for one in rows if one["validation"]]
    if not shown:  # only the time of drawing yet
        return
    figure, axis = plt.subplots(figsize=(8, 1.4 + 0.4 * len(shown)))
    for place, one in enumerate(shown):
        low, high = map(float, one["interval"].split("-"))
        axis.plot((low, high), (place, place), color=figures.DOG, linewidth=2)
        axis.plot(float(one["validation"]), place, "o", color=figures.DOG, label="validation, with its 95 % interval")
        axis.annotate(one["validation"], (high, place), xytext=(6, 0), textcoords="offset points", va="center")
        if one["training"]:
            axis.plot(float(one["training"]), place, "s", color=figures.GREY, fillstyle="none", label="training")
    axis.axvline(50, color="black", linestyle=":", linewidth=1)
    axis.set_yticks(range(len(shown)), [one["what"].replace("  ", "… ") for one in shown])
    axis.invert_yaxis()
    seeds = max(int(one["seeds"]) for one in shown)
    title = f"The drawn set: accuracy at the end, mean of {seeds} sets drawn anew"
    axis.set(title=title, xlabel="accuracy in %; dotted: by chance", xlim=(45, 103))
    axis.grid(axis="y", visible=False)
    handles = dict(zip(*reversed(axis.get_legend_handles_labels()), strict=True))
    axis.legend(handles.values(), handles, loc="upper right")
    figure.savefig(measuring.RESULTS / f"{name}.png", dpi=100, facecolor="white", bbox_inches="tight")
    plt.close(figure)


if __name__ == "__main__":
    main()

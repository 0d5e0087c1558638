"""What the measured claims share: their options, a table on the screen, and what is kept: a CSV and its figures."""

import argparse
import math
import os
from collections.abc import Sequence

from matplotlib import pyplot as plt
from shared import measuring

from helpers import datasets, experiments, pipeline
from helpers.experiments import Measured
from helpers.experiments.keeping import RESULTS, SHOWN, label_of
from helpers.quiet import keras, tf


def options(about: str, **defaults: int) -> argparse.Namespace:
    """The options of a claim: how much of each (--images, --seeds ...), --dataset and --keep. about: the docstring."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    for name, value in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--dataset", default="drawn", help="a set by name, or a folder with train/ and validation/")
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results/claims_*.csv and .png")
    return parser.parse_args()


def name(claim: str, dataset: str) -> str:
    """The name of a result: "claims_stop", or with the name of the set where it is not the drawn one."""
    return f"claims_{claim}" + ("" if dataset == "drawn" else f"_{os.path.basename(dataset.rstrip('/'))}")


def report(name: str, rows: Sequence[Measured], keep: bool) -> None:
    """Print the rows as tables, one for each thing that they measure; keep them if asked."""
    for what in dict.fromkeys(row.what for row in rows):
        table = [row for row in rows if row.what == what]
        title = f"{what} ({table[0].unit}), {len(table[0].values)} seeds"
        title += f", {table[0].pictures} pictures" if table[0].pictures else ""
        shown = [{"way": row.way, "mean": said(row, row.mean), "±": said(row, row.half)} for row in table]
        measuring.show(title + (f"; {table[0].equal}" if table[0].equal else ""), shown)
    if keep:
        measuring.note(name)
        print(f"\nkept: {experiments.write(name, rows).name}")


def said(row: Measured, value: float) -> str:
    if math.isnan(value):  # the interval of a single value
        return ""
    return f"{100 * value:.1f} {SHOWN[row.unit]}" if row.unit in SHOWN else f"{value:.3g}"


def save(figure: plt.Figure, name: str, keep: bool) -> None:
    """The figure as benchmarks/results/`name`.png, if it is to be kept."""
    if keep:
        figure.savefig(RESULTS / f"{name}.png", dpi=100, facecolor="white")
    plt.close(figure)


def intervals(rows: Sequence[Measured], what: str, title: str) -> plt.Figure:
    """The rows that measure `what`, as `experiments.show_intervals` draws them, with what was equal in the title."""
    table = [row for row in rows if row.what == what]
    seeds = len(table[0].values)
    figure, _ = experiments.draw_intervals({row.way: row.values for row in table}, label_of(table))
    about = f"dots: {seeds} seeds; diamond: their mean, with its 95 % interval"
    figure.set_figheight(figure.get_figheight() + 0.6)  # room for the three lines above
    figure.suptitle("\n".join(one for one in (title, table[0].equal, about) if one), fontsize=10)
    return figure


class Pictures:
    """A set, cut in three: for training, to choose by (two fifths of validation), for the test (three fifths).

    size: (height, width). images: to train with. batch: how many of them in one step.
    """

    def __init__(self, dataset: str, size: tuple[int, int], images: int, batch: int = 20):
        self.data, self.size, self.batch, self.images = datasets.load(dataset), size, batch, images
        chosen = 2 * (len(pipeline.list_images(self.data.validation)[0]) // 5)
        look = {"shuffle": False, "batch_size": 100}
        self.validation = pipeline.image_dataset(self.data.validation, size, images=chosen, **look)
        self.test = pipeline.image_dataset(self.data.validation, size, skip=chosen, **look)
        self.train = self.training(images)

    def training(self, images: int) -> tf.data.Dataset:
        return pipeline.image_dataset(self.data.train, self.size, self.batch, images=images, seed=1)


def varied(train: tf.data.Dataset, **settings: float) -> tf.data.Dataset:
    """Training pictures, varied anew in each epoch by `RandomWarp(**settings)`."""
    from helpers.augmentation import RandomWarp

    warp = RandomWarp(seed=1, **settings)
    return train.map(lambda pictures, labels: (warp(pictures, training=True), labels)).prefetch(2)


def compiled(model: keras.Model, **settings: float) -> keras.Model:
    """As the course does it: RMSprop at a step of 0.001."""
    model.compile(keras.optimizers.RMSprop(1e-3, **settings), loss="binary_crossentropy", metrics=["accuracy"])
    return model

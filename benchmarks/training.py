"""How accurate a network can be after so many seconds: `training.train_within` against the course's labs, in one run.

python benchmarks/training.py                      # 300 drawn pictures, one seed: some minutes
python benchmarks/training.py --photos FOLDER ...  # a folder with train/ and validation/ in place of the drawn set
python benchmarks/training.py --clock processor    # processor time over the cores, for a busy machine
python benchmarks/training.py --budgets fifth lab  # only these of: first (lab), fifth (of the augmentation lab), lab
python benchmarks/training.py --rival-whole ...    # trains the augmentation lab whole, for its accuracy and its seconds
python benchmarks/training.py --whole --budgets first fifth lab --seeds 3 --rival-whole --keep  # all 2,000: hours
python benchmarks/training.py --photos cats_vs_dogs --whole --budgets first fifth lab --seeds 3 --rival-whole --keep

The course's first lab is trained, and ours gets as many seconds as it took. Of the augmentation lab three epochs are
timed, the first of which builds its graph and counts once; ours gets a fifth of what all its epochs would take, or the
whole of it. Rows of an earlier run on the same pictures stay in the table where this one has none of the budget. Half
of validation/ is put aside for the test, and neither side sees it in training; the other half is what they may look at.
`--rival-epochs N` only times the first lab, by N epochs of it, and leaves its accuracy out.
"""

import csv
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from rivals import training_course as course
from shared import measuring

from helpers import datasets, figures, pipeline, training
from helpers.experiments import mean_interval
from helpers.quiet import keras

BUDGETS = {"first": "the first lab", "fifth": "a fifth of the augmentation lab", "lab": "the augmentation lab"}
OURS, LAB, AUGMENTED = "train_within", "course, first lab", "course, augmentation lab"


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--photos", help="cats_vs_dogs, or a folder with train/ and validation/")
    parser.add_argument("--whole", action="store_true", help="all pictures and all epochs")
    parser.add_argument("--budgets", nargs="+", choices=BUDGETS, default=["first"])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--clock", choices=measuring.CLOCKS, default="wall")
    parser.add_argument("--rival-epochs", type=int, help="time the first lab by so many epochs, without its accuracy")
    parser.add_argument(
        "--rival-whole", action="store_true", help="train the augmentation lab whole, do not just time it"
    )
    options = parser.parse_args()
    if options.keep and not options.whole:
        parser.error("--keep needs --whole: the committed table is of all pictures and all epochs")
    data = datasets.load(options.photos or "drawn")
    name = measuring.name("training_" + ("photos" if options.photos else "drawn"), options.keep)

    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        train, looked_at = Path(scratch) / "train", Path(scratch) / "validation"
        copy(data.train, train, None if options.whole else 300)
        half = len(pipeline.list_images(data.validation)[0]) // 2
        copy(data.validation, looked_at, half if options.whole else min(half, 150))
        now = measuring.CLOCKS[options.clock]
        race = Race(train, looked_at, data.validation, half, now, options.rival_epochs, options.rival_whole)
        for seed in range(1, options.seeds + 1):
            for budget in options.budgets:
                run = race.first_lab if budget == "first" else race.augmentation_lab
                rows += [{"within": BUDGETS[budget], **row, "clock": options.clock} for row in run(seed, budget)]
                report(name, (earlier(name, options.budgets) if options.keep else []) + rows, options.clock)


def copy(folder: Path, to: Path, images: int | None) -> None:
    """The first `images` pictures, balanced, so that nobody can look at the others."""
    for path in pipeline.image_dataset(folder, (8, 8), images=images, cache=False).paths:
        target = to / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


class Race:
    """Both sides on the same pictures, by the same clock, judged on the same half of validation."""

    def __init__(
        self,
        train: Path,
        looked_at: Path,
        validation: Path,
        half: int,
        now: Callable[[], float],
        epochs: int | None = None,
        whole: bool = False,
    ):
        self.train, self.looked_at, self.validation, self.half, self.now = train, looked_at, validation, half, now
        self.only_epochs, self.whole = epochs, whole
        self.rows: dict[int, dict] = {}  # of the augmentation lab, by seed: it is trained once for all budgets

    def first_lab(self, seed: int, _budget: str) -> list[dict]:
        """The lab's row, and ours within the same time."""
        keras.utils.set_random_seed(seed)
        epochs = self.only_epochs or course.FIRST_LAB
        began = self.now()
        model = course.train(self.train, self.looked_at, epochs, augmented=False)
        seconds = (self.now() - began) * course.FIRST_LAB / epochs
        lab = row(LAB, seed, seconds, None if self.only_epochs else self.judge(model), f"{course.FIRST_LAB} epochs")
        return [lab, self.ours(seed, seconds)]

    def augmentation_lab(self, seed: int, budget: str) -> list[dict]:
        """The lab's row, and ours within its time, or a fifth of it."""
        if seed not in self.rows:
            self.rows[seed] = self.augmented(seed)
        seconds = self.rows[seed]["seconds"]
        return [self.rows[seed], self.ours(seed, seconds / 5 if budget == "fifth" else seconds)]

    def augmented(self, seed: int) -> dict:
        """Trained whole, or timed by its first three epochs: the second and the third stand for all that follow."""
        keras.utils.set_random_seed(seed)
        epochs = course.AUGMENTATION_LAB
        ends = [self.now()]
        tick = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(self.now()))
        model = course.train(self.train, self.looked_at, epochs if self.whole else 3, augmented=True, callbacks=[tick])
        if self.whole:
            return row(AUGMENTED, seed, self.now() - ends[0], self.judge(model), f"{epochs} epochs")
        first, *others = np.diff(ends)
        seconds = first + (epochs - 1) * np.mean(others)
        return row(AUGMENTED, seed, float(seconds), None, f"{epochs} epochs, timed by the first three")

    def ours(self, seed: int, seconds: float) -> dict:
        began = self.now()
        trained = training.train_within(seconds / 60, self.train, self.looked_at, seed, now=self.now)
        return row(OURS, seed, self.now() - began, self.judge(trained.model), trained.about)

    def judge(self, model: keras.Model) -> training.Evaluation:
        unseen = pipeline.image_dataset(self.validation, model.input_shape[1:3], shuffle=False, skip=self.half)
        return training.evaluate(model, unseen)


def row(way: str, seed: int, seconds: float, result: training.Evaluation | None, setting: str) -> dict:
    low, high = result.interval if result else ("", "")
    return {
        "way": way,
        "seed": seed,
        "seconds": round(seconds, 1),
        "test_accuracy": round(result.accuracy, 4) if result else "",
        "low": round(low, 4) if result else "",
        "high": round(high, 4) if result else "",
        "n": result.n if result else "",
        "setting": setting,
    }


def earlier(name: str, anew: list[str]) -> list[dict]:
    """The rows of an earlier run within other budgets, numbers as numbers."""
    path = measuring.RESULTS / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = [one for one in csv.DictReader(file) if one.get("within") not in [None, *map(BUDGETS.get, anew)]]
    numbers = ("seconds", "test_accuracy", "low", "high")
    return [one | {key: float(one[key]) for key in numbers if one[key]} for one in rows]


def report(name: str, rows: list[dict], clock: str) -> None:
    measuring.show("Accuracy on pictures never looked at, after so many seconds", rows)
    measuring.write(name, rows)
    figure, axis = plt.subplots(figsize=(7, 4.5))
    for way, colour, marker in ((LAB, figures.GREY, "s"), (AUGMENTED, figures.CAT, "^"), (OURS, figures.DOG, "*")):
        shown = [one for one in rows if one["way"] == way and one["test_accuracy"] != ""]
        shown = list({(one["seed"], one["seconds"]): one for one in shown}.values())  # of two budgets: shown once
        if shown:
            x, y = (np.array([one[key] for one in shown]) for key in ("seconds", "test_accuracy"))
            axis.plot(
                x, y, marker, color=colour, markersize=8, alpha=0.5, linestyle="none", label=f"{way}, a seed each"
            )
            for within in dict.fromkeys(one["within"] for one in shown):
                those = [one["within"] == within for one in shown]
                mean, half = mean_interval(y[those])
                axis.errorbar(x[those].mean(), mean, half, fmt="D", color="black", markersize=5, capsize=4)
    axis.set(
        title=f"Accuracy on unseen pictures ({name.removeprefix('training_').replace('_', ', ')})",
        xlabel=f"seconds of training ({clock} time)",
        ylabel="accuracy; black: mean and its 95 % interval",
        xlim=(0, None),
        ylim=(0.5, 1),
    )
    axis.legend(loc="lower right")
    figure.savefig(measuring.RESULTS / f"{name}.png", dpi=100, facecolor="white")
    plt.close(figure)


if __name__ == "__main__":
    main()

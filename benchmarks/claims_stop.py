"""Stop after two epochs, or do something else? Ways to stop and ways to change, at equal steps and at equal time.

python benchmarks/claims_stop.py                                          # some minutes; keeps nothing
python benchmarks/claims_stop.py --images 1000 --epochs 14 --seeds 5 --keep
python benchmarks/claims_stop.py --images 1000 --epochs 14 --seeds 5 --dataset cats_vs_dogs --keep

The course's network at 48 x 48, batches of 20. Each way makes as many steps as the plain one. The rules for stopping
are read off the same runs. Best weights: those with the lowest validation loss. Patience: stop after three epochs
without a lower one. Time is processor time; at equal time, each way is read off when the quickest of them has made all
its steps. "More data" are twice as many pictures, each seen half as often.
"""

import time

import numpy as np
from shared import claiming, measuring

from helpers import experiments, models
from helpers.experiments import DIFFERENCE, Measured, Run, sureness
from helpers.experiments.sureness import draw_sureness
from helpers.quiet import keras

SIZE, PATIENCE = (48, 48), 3
DECAY = 1.0  # times the step of 0.001: each step takes a thousandth off every weight
PLAIN, VARIED = "plain", "augmentation"
layers = keras.layers


def main() -> None:
    options = claiming.options(__doc__, images=400, epochs=6, seeds=2)
    pictures = claiming.Pictures(options.dataset, SIZE, options.images)
    runs = train(pictures, options.epochs, range(1, options.seeds + 1))
    steps = options.epochs * len(pictures.train)
    about = {"pictures": len(runs[0].truth), "command": measuring.command()}
    rows = [*equal_steps(runs, f"equal steps: {steps:,} of 20 pictures", about), *equal_time(runs, about)]
    rows += [*choices(runs, about), *seconds(runs, about)]
    name = claiming.name("stop", options.dataset)
    claiming.report(name, rows, options.keep)
    title = "Stop after two epochs, or do something else?"
    claiming.save(claiming.intervals(rows, "test accuracy", title), name, options.keep)
    what = "test accuracy in equal time"
    claiming.save(claiming.intervals(rows, what, title), f"{name}_time", options.keep)

    name = claiming.name("sureness", options.dataset)
    claiming.report(name, by_epoch(runs, about), options.keep)
    mean = {key: np.mean([sureness(run)[key] for run in of(runs, PLAIN)], axis=0) for key in sureness(runs[0])}
    figure = draw_sureness(mean)
    figure.suptitle(f"The plain network, {about['pictures']} test pictures, mean of {options.seeds} seeds", fontsize=10)
    claiming.save(figure, name, options.keep)


def train(pictures: claiming.Pictures, epochs: int, seeds: range) -> list[Run]:
    def network(dropout: float = 0, decay: float | None = None) -> keras.Model:
        return claiming.compiled(models.lab_cnn(SIZE, dropout), weight_decay=decay)

    more = pictures.training(2 * pictures.images)
    recipes = {
        PLAIN: experiments.Recipe(network, pictures.train, epochs),
        "dropout": experiments.Recipe(lambda: network(dropout=0.5), pictures.train, epochs),
        "weight decay": experiments.Recipe(lambda: network(decay=DECAY), pictures.train, epochs),
        "smaller network": experiments.Recipe(lambda: claiming.compiled(smaller()), pictures.train, epochs),
        VARIED: experiments.Recipe(network, claiming.varied(pictures.train), epochs),
        "more data": experiments.Recipe(network, more, epochs // 2),
    }
    return experiments.train_each(recipes, pictures.validation, pictures.test, seeds, clock=time.process_time)


def smaller() -> keras.Model:
    """The course's network with half of the channels and 32 dense units in place of 512: a twentieth of the weights."""
    x = shown = layers.Input((*SIZE, 3))
    for channels in (8, 16, 32):
        x = layers.MaxPooling2D()(layers.Conv2D(channels, 3, activation="relu")(x))
    x = layers.Dense(32, activation="relu")(layers.Flatten()(x))
    return keras.Model(shown, layers.Dense(1, activation="sigmoid")(x))


def of(runs: list[Run], recipe: str) -> list[Run]:
    return [run for run in runs if run.recipe == recipe]


def patient(run: Run) -> int:
    """The epoch after which `EarlyStopping(patience=PATIENCE)` ends this run, counted from 1."""
    losses = run.history["val_loss"]
    for epoch in range(PATIENCE, len(losses)):
        if min(losses[epoch - PATIENCE + 1 : epoch + 1]) >= min(losses[: epoch - PATIENCE + 1]):
            return epoch + 1
    return len(losses)


def restored(run: Run, last: int | None = None) -> int:
    """The epoch with the lowest validation loss of the first `last`, counted from 1."""
    return int(np.argmin(run.history["val_loss"][:last])) + 1


def equal_steps(runs: list[Run], equal: str, about: dict) -> list[Measured]:
    rules = {
        "two epochs": lambda run: min(2, len(run.test_accuracy)),
        "to the end": lambda run: len(run.test_accuracy),
        "early stopping, last weights": patient,
        "early stopping, best weights": lambda run: restored(run, patient(run)),
        "best weights": restored,
    }
    chosen = [(PLAIN, rule) for rule in rules] + [(VARIED, "to the end"), (VARIED, "early stopping, best weights")]
    ways = dict.fromkeys(run.recipe for run in runs)
    chosen += [(way, "best weights") for way in ways if way != PLAIN]
    return [
        Measured(
            "test accuracy",
            f"{way}, {rule}",
            tuple(run.test_accuracy[rules[rule](run) - 1] for run in of(runs, way)),
            equal=equal,
            **about,
        )
        for way, rule in chosen
    ]


def equal_time(runs: list[Run], about: dict) -> list[Measured]:
    ways = dict.fromkeys(run.recipe for run in runs)
    limit = min(np.mean([run.seconds[-1] for run in of(runs, way)]) for way in ways)
    rows = []
    for way in ways:
        values = []
        for run in of(runs, way):
            within = max(1, int(np.sum(np.array(run.seconds) <= 1.001 * limit)))
            values.append(run.test_accuracy[restored(run, within) - 1])
        equal = f"equal time: {limit:.1f} processor seconds"
        rows.append(
            Measured("test accuracy in equal time", f"{way}, best weights", tuple(values), equal=equal, **about)
        )
    return rows


def choices(runs: list[Run], about: dict) -> list[Measured]:
    """Which epoch each seed chooses, and what that costs against the best epoch, which only the test pictures know."""
    rows = []
    for way in dict.fromkeys(run.recipe for run in runs):
        some = of(runs, way)
        epochs = f"of {len(some[0].test_accuracy)} epochs"
        chosen = tuple(float(restored(run)) for run in some)
        cost = tuple(max(run.test_accuracy) - run.test_accuracy[restored(run) - 1] for run in some)
        rows.append(Measured("epoch of the lowest validation loss", way, chosen, "epochs", 0, epochs, about["command"]))
        rows.append(Measured("lost against the best epoch for the test", way, cost, DIFFERENCE, equal=epochs, **about))
    return sorted(rows, key=lambda row: row.what)


def seconds(runs: list[Run], about: dict) -> list[Measured]:
    return [
        Measured(
            "processor seconds",
            way,
            tuple(run.seconds[-1] for run in of(runs, way)),
            "seconds",
            command=about["command"],
        )
        for way in dict.fromkeys(run.recipe for run in runs)
    ]


def by_epoch(runs: list[Run], about: dict) -> list[Measured]:
    rows = []
    for way in (PLAIN, VARIED):
        columns = [sureness(run) for run in of(runs, way)]
        for key in columns[0]:
            unit = "nats" if "loss" in key else "share"
            for epoch, values in enumerate(zip(*(one[key] for one in columns), strict=True), start=1):
                rows.append(Measured(f"{way}: {key}", f"epoch {epoch}", values, unit, **about))
    return rows


if __name__ == "__main__":
    main()

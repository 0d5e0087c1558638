"""How sure can you be? Intervals from few pictures, two networks on the same pictures, and how often one run misleads.

python benchmarks/claims_certain.py                                               # a minute or two; keeps nothing
python benchmarks/claims_certain.py --images 500 --epochs 12 --seeds 6 --keep
python benchmarks/claims_certain.py --images 500 --epochs 12 --seeds 6 --dataset cats_vs_dogs --keep

The course's network at 48 x 48, trained on so many pictures or on twice as many, equal steps, several seeds. Then,
without training: how wide the interval of an accuracy is (Wilson), and how often it holds the true one, by drawing
pictures anew from all that there are; and each two runs of one seed compared picture by picture, against what their
two accuracies alone would tell.
"""

import numpy as np
from shared import claiming, measuring

from helpers import experiments, models
from helpers.experiments import DIFFERENCE, Measured
from helpers.training import wilson

SIZE = (48, 48)
ACCURACY, WIDTH, MISLED = "test accuracy", "width of the 95 % interval", "how often the order is wrong"
LUCK = "chance of such a difference by luck (McNemar)"


def main() -> None:
    options = claiming.options(__doc__, images=200, epochs=3, seeds=4)
    pictures = claiming.Pictures(options.dataset, SIZE, options.images)
    few, many = f"{options.images} pictures", f"{2 * options.images} pictures"
    recipes = {
        few: experiments.Recipe(network, pictures.train, options.epochs),
        many: experiments.Recipe(network, pictures.training(2 * options.images), options.epochs // 2),
    }
    runs = experiments.train_each(recipes, None, pictures.test, range(1, options.seeds + 1), each_epoch=False)
    of = {name: [run for run in runs if run.recipe == name] for name in recipes}
    steps = options.epochs * len(pictures.train)
    about = {"command": measuring.command(), "equal": f"equal steps: {steps:,} of 20 pictures"}

    n, values = len(runs[0].truth), {name: tuple(run.test_accuracy[-1] for run in some) for name, some in of.items()}
    rows = [Measured(ACCURACY, name, some, pictures=n, **about) for name, some in values.items()]
    for count in range(1, options.seeds // 2 + 1):
        share = experiments.misled(*values.values(), count)
        rows.append(Measured(MISLED, f"{count} run{'s' * (count > 1)} of each", (share,), **about))
    rows += [*widths(about), *coverage(runs[0], about), *pairs(of, about)]
    name = claiming.name("certain", options.dataset)
    claiming.report(name, rows, options.keep)
    claiming.save(claiming.intervals(rows, ACCURACY, "One run, or many?"), name, options.keep)


def network():
    return claiming.compiled(models.lab_cnn(SIZE))


def widths(about: dict) -> list[Measured]:
    rows = []
    for n in (100, 500, 1000, 5000):
        low, high = wilson(round(0.75 * n), n)
        rows.append(Measured(WIDTH, f"{n:,} pictures, 75 % right", (high - low,), DIFFERENCE, command=about["command"]))
    return rows


def coverage(run: experiments.Run, about: dict, draws: int = 4000) -> list[Measured]:
    """How often the interval from so many pictures holds the accuracy over all of them, drawn anew with replacement."""
    right = (run.answers[-1] > 0.5) == run.truth
    rng, rows = np.random.default_rng(0), []
    for n in (20, 100, 500):
        counts = rng.binomial(n, right.mean(), draws)
        held = np.mean([low <= right.mean() <= high for low, high in (wilson(int(count), n) for count in counts)])
        what = "how often the 95 % interval holds the accuracy"
        rows.append(Measured(what, f"{n} pictures", (float(held),), command=about["command"]))
    return rows


def pairs(of: dict[str, list[experiments.Run]], about: dict) -> list[Measured]:
    """Each seed's two runs on the same pictures."""
    both = zip(*of.values(), strict=True)
    found = [experiments.compare(a.answers[-1], b.answers[-1], a.truth) for a, b in both]
    columns = {
        (WIDTH, "of a difference, from two accuracies"): [one.apart[1] - one.apart[0] for one in found],
        (WIDTH, "of a difference, from the same pictures"): [one.paired[1] - one.paired[0] for one in found],
        ("difference, second minus first", "each seed"): [one.difference for one in found],
        (LUCK, "each seed"): [one.p for one in found],
    }
    n = found[0].pictures
    return [
        Measured(what, way, tuple(values), "share" if what == LUCK else DIFFERENCE, pictures=n, **about)
        for (what, way), values in columns.items()
    ]


if __name__ == "__main__":
    main()

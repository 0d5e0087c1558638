"""Do layers distil? What each layer still tells of the class and of the picture, and how much of it is zero.

python benchmarks/claims_layers.py                                                # a minute; keeps nothing
python benchmarks/claims_layers.py --images 2000 --epochs 10 --seeds 3 --keep
python benchmarks/claims_layers.py --images 2000 --epochs 10 --seeds 3 --dataset cats_vs_dogs --keep

The course's network at 64 x 64, batches of 20, one for each seed. All is measured on the test pictures, which no
network was trained on. The class: accuracy of a linear probe (ridge regression on maps averaged over a 4 x 4 grid),
each picture judged by a probe that has not seen it; and the same with the labels shuffled. The background and the
lighting, which the truth of the drawn set knows: the same probe, on a scale from chance, 0, to always right, 1. The
picture: the share of its variance that a linear method draws again from the layer, for a sixth of the pictures.
"""

import numpy as np
from shared import claiming, measuring

from helpers import activations, drawing, experiments, models
from helpers.experiments import Measured

SIZE = (64, 64)
CLASS, CHANCE = "accuracy of a linear probe", "accuracy of a linear probe, labels shuffled"
DRAWN, ZERO = "share of the picture drawn again", "share of zeros"
FACTS = {fact: f"{fact} told by a linear probe, above chance" for fact in ("background", "lighting")}


def main() -> None:
    options = claiming.options(__doc__, images=400, epochs=3, seeds=2)
    pictures = claiming.Pictures(options.dataset, SIZE, options.images)
    seeds = range(1, options.seeds + 1)
    recipe = experiments.Recipe(lambda: claiming.compiled(models.lab_cnn(SIZE)), pictures.train, options.epochs)
    runs = experiments.train_each({"": recipe}, None, pictures.test, seeds, each_epoch=False)
    shown = np.concatenate([batch for batch, _ in pictures.test])
    labels = np.concatenate([batch for _, batch in pictures.test]).ravel().astype(int)
    facts = facts_of(pictures) if pictures.data.truth else {}
    found = [layers_of(run, shown, labels, facts) for run in runs]
    about = {"pictures": len(shown), "command": measuring.command()}
    rows = [
        Measured(what, layer, tuple(one[what][layer] for one in found), **about)
        for what in found[0]
        for layer in found[0][what]
    ]
    name = claiming.name("layers", options.dataset)
    claiming.report(name, rows, options.keep)
    claiming.save(claiming.intervals(rows, CLASS, "What each layer tells of the class"), name, options.keep)


def facts_of(pictures: claiming.Pictures) -> dict[str, np.ndarray]:
    """What the truth says of the test pictures, as numbers of kinds (N,)."""
    root = pictures.data.truth.parent
    rows = drawing.read_truth(root)
    return {fact: activations.facts_of(rows, root, pictures.test.paths, fact) for fact in FACTS}


def layers_of(
    run: experiments.Run, shown: np.ndarray, labels: np.ndarray, facts: dict[str, np.ndarray]
) -> dict[str, dict[str, float]]:
    """For each measure, a number a layer, of one network. shown: (N, H, W, 3). labels: 0 and 1, (N,)."""
    every = activations.activation_model(run.model)
    order = np.random.default_rng(run.seed).permutation(len(shown))
    test, fit = order[: len(order) // 6], order[len(order) // 6 :]
    nonsense = np.random.default_rng(run.seed).permutation(labels)
    return {
        CLASS: {one.name: one.accuracy for one in activations.probe_layers(run.model, shown, labels)},
        CHANCE: {one.name: one.accuracy for one in activations.probe_layers(run.model, shown, nonsense)},
        DRAWN: {one.name: one.kept for one in activations.redraw(every, shown[fit], shown[test])},
        ZERO: {one.name: one.zeros for one in activations.measure(run.model, shown)},
        **{
            FACTS[fact]: {one.name: one.above_chance() for one in activations.probe_layers(run.model, shown, kinds)}
            for fact, kinds in facts.items()
        },
    }


if __name__ == "__main__":
    main()

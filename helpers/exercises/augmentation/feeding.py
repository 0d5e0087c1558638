"""Which pictures are varied, and when: a pipeline."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import items, numbers
from helpers.exercises.sandbox import TryAgain, ask

SLIPS = {
    "multiple values for argument 'training'": "`map` hands over pictures and labels, and the layer took the "
    "labels for `training`: write a function of both, that sends only the pictures through `warp`.",
    "BatchDataset": "A layer takes a batch of pictures, a dataset is something else: let `train.map(…)` send each "
    "batch through it.",
    "Only input tensors may be passed": "Name the argument: `warp(pictures, training=True)`.",
    "takes 1 positional argument but 2 were given": "`map` hands over pictures and labels: take both.",
    "is not defined": "A name is used that is not there: `map` takes one function, with pictures and labels in its "
    "parentheses, and returns both in a pair.",
    "int32": "Labels are no pictures: send only the pictures through `warp`, and hand on the labels as they are.",
}


def _prepare(train, validation, warp):
    varied = train.map(lambda pictures, labels: (warp(pictures, training=True), labels))
    return varied, validation


def _judge_only_training(answer):
    probe = "two datasets of 8 pictures, in batches of 4"
    made = ask(answer, _marked(0), _marked(50), _marking_layer(), probe=probe, known=SLIPS)
    made = tuple(made.values()) if isinstance(made, dict) else made
    if not isinstance(made, tuple | list) or len(made) != 2:
        raise TryAgain("Two datasets are asked for: `return train, validation`.", probe, type(made).__name__)
    if any(one is None for one in made):
        raise TryAgain("One of the two datasets is missing: it is None.", probe)
    train, amounts, labels = _read(made[0], "the training dataset")
    validation, validation_amounts, validation_labels = _read(made[1], "the validation dataset")
    if len(train) != 8 or len(validation) != 8:
        sizes = f"{len(train)} for training and {len(validation)} for validation"
        raise TryAgain("The number of pictures has changed.", probe, sizes, "8 and 8")
    if train.min() >= 50:
        raise TryAgain("The two are exchanged: training comes first.", probe)
    for name, first, which, given in (
        ("training", 0, train, labels),
        ("validation", 50, validation, validation_labels),
    ):
        if set(which) != set(range(first, first + 8)):
            why = f"These are not the {name} pictures, each of them once; nothing but `warp` may change them."
            raise TryAgain(why, probe)
        if not np.array_equal(given, which % 2):
            raise TryAgain("Labels have changed, too; only pictures are to be varied.", probe, given, which % 2)
    if validation_amounts.max() > 0:
        both = "both" if amounts.min() > 0 else "only the wrong one"
        why = f"Validation pictures are varied ({both}): the score would waver, and speak of other pictures."
        raise TryAgain(why, probe)
    if amounts.min() == 0 < amounts.max():
        raise TryAgain("Only some of the training pictures are varied; all of them should be.", probe)
    if amounts.max() == 0:
        raise TryAgain("Nothing is varied. Inside `map` a layer is still, unless it is told `training=True`.", probe)
    if set(_read(made[0], probe)[1]) == set(amounts):
        why = "The second epoch gets the same variations as the first: they are made once and kept (by `cache`, or "
        raise TryAgain(f"{why}outside of `map`). Vary after caching.", probe)


def _marked(first):
    """A dataset of 8 pictures that can be told apart: picture n is 100 n all over, and its label is n % 2."""
    from helpers.quiet import tf

    which = tf.range(first, first + 8)
    pictures = tf.reshape(100 * tf.cast(which, tf.float32), (8, 1, 1, 1)) * tf.ones((1, 4, 4, 3))
    return tf.data.Dataset.from_tensor_slices((pictures, which % 2)).batch(4)


def _marking_layer():
    """In training it adds an amount from 1 to 9, at random: so what it did can be read off."""
    from helpers.quiet import keras

    # A generator that goes on counts for itself: after `set_random_seed`, TensorFlow's own begins anew in each epoch.
    generator = keras.random.SeedGenerator()

    class Warp(keras.layers.Layer):
        def call(self, pictures, training=False):
            return pictures + keras.random.uniform((), 1.0, 9.0, seed=generator) if training else pictures

    return Warp()


def _read(data, probe):
    """Of each picture: which one it is, the amount that was added, its label."""
    if isinstance(data, str) or not hasattr(data, "__iter__"):
        raise TryAgain("A dataset is asked for.", probe, data)
    try:
        batches = items(data, probe)
    except TryAgain:
        raise TryAgain("This dataset does not end (by `repeat`?); an epoch goes through it once.", probe) from None
    if not batches and hasattr(data, "__next__"):
        raise TryAgain("A generator is used up after one epoch; a dataset can be read again and again.", probe)
    if not batches or not all(isinstance(one, tuple | list) and len(one) == 2 for one in batches):
        raise TryAgain("A dataset hands out pictures and labels; here they are not in pairs.", probe)
    pairs = [(numbers(pictures, probe), numbers(labels, probe)) for pictures, labels in batches]
    if all(pictures.ndim == 3 for pictures, _ in pairs):
        raise TryAgain("Pictures come one by one here; leave them in their batches.", probe)
    if any(pictures.ndim != 4 and labels.ndim == 4 for pictures, labels in pairs):
        raise TryAgain("Pictures and labels are exchanged: pictures come first.", probe)
    if any(pictures.shape[1:] != (4, 4, 3) or len(pictures) != len(labels) for pictures, labels in pairs):
        why = "Pictures (B, 4, 4, 3) with a label each are asked for."
        raise TryAgain(why, probe, " and ".join(f"shape {part.shape}" for part in pairs[0]))
    pictures, labels = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    which, amounts = np.divmod(pictures[:, 0, 0, 0], 100)
    return which, amounts, labels


only_training = Exercise(
    "augmentation.only_training",
    kind="finish a pipeline",
    concept="varied training pictures, anew in each epoch",
    prompt="Write `prepare`. It gets two datasets of (pictures, labels) in batches, and a layer `warp`. It returns "
    "both: training pictures go through `warp` anew in each epoch, labels and validation stay as they are.",
    stub="""
def prepare(train, validation, warp):
    # return the two datasets, one of them varied
    ...


exercises.augmentation.only_training.check(prepare)
""",
    hints=[
        "Which of the two does the network learn from, and which one tells the truth about it?",
        "`train.map(…)` calls a function for each batch, in each epoch. It gets pictures and labels.",
        "`train.map(lambda pictures, labels: (warp(pictures, training=True), labels))`; return it with `validation`.",
    ],
    insight="Varied for learning, still for judging; and anew each epoch, so no variation is learned by heart.",
    answer=_prepare,
    judge=_judge_only_training,
    needs_keras=True,
)

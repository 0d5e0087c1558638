"""What a network computes: convolution, last layers, loss, and what its number means."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import agree, compare, numbers, text
from helpers.exercises.sandbox import TryAgain, ask


def _name_of(probability, folders):
    return sorted(folders)[int(probability > 0.5)]


def _judge_which_class(answer):
    asked = [
        (0.9, ["cats", "dogs"]),
        (0.2, ["cats", "dogs"]),
        (0.9, ["dogs", "cats"]),
        (0.3, ["wolf", "fox"]),
        (0.8, ["husky", "poodle"]),
    ]
    probes = [f"probability {probability}, folders {folders}" for probability, folders in asked]
    came = []
    for (probability, folders), probe in zip(asked, probes, strict=True):
        value = ask(answer, probability, list(folders), probe=probe)
        came.append(text(value, "The name of a folder is asked for, not its number.", probe))
    known = {
        "It is read the wrong way round: a probability above 0.5 speaks **for** class 1.": lambda p, f: sorted(f)[
            p < 0.5
        ],
        "It takes the folders in the order in which they come; Keras numbers them by the alphabet.": lambda p, f: f[
            p > 0.5
        ],
        "It knows cats and dogs only; the names of the folders are in `folders`.": lambda p, f: (
            "dogs" if p > 0.5 else "cats"
        ),
        "Class 1 is the later name in the alphabet, not the earlier one.": lambda p, f: sorted(f, reverse=True)[
            p > 0.5
        ],
        "`int` cuts off the fraction: 0.9 becomes 0. Compare with 0.5.": lambda p, f: sorted(f)[int(p)],
        "It gives the same class, whatever the probability.": lambda p, f: sorted(f)[1],
    }
    wrong = {why: [rule(*one) for one in asked] for why, rule in known.items()}
    agree(came, [_name_of(*one) for one in asked], probes, wrong, "That is not the class that the model means.")


which_class = Exercise(
    "training.which_class",
    kind="write a function",
    concept="which class is 1?",
    prompt="A network with one sigmoid unit was trained from two folders, one for each class. Write `name_of`. It gets "
    "the network's `probability` for a picture, and the names of the `folders` in the order in which the disk lists "
    "them (any order). It returns the name of the class that the network means.",
    stub="""
def name_of(probability, folders):
    # 0.9, ["dogs", "cats"] -> the name of a folder
    ...


exercises.training.which_class.check(name_of)
""",
    hints=[
        "One unit, one number: the probability of which class?",
        "Of class 1. Keras numbers the folders in alphabetical order, from 0.",
        "`sorted(folders)[int(probability > 0.5)]`.",
    ],
    insight="Class 1 is the second folder in the alphabet: rename a folder, and the number turns over.",
    answer=_name_of,
    judge=_judge_which_class,
)


def _convolve(picture, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)
    return (windows * kernel).sum(axis=(2, 3))


def _judge_convolution(answer):
    rng = np.random.default_rng(4)
    for shape, words in (((5, 6), "small"), ((9, 7), "larger")):
        picture, kernel = (
            rng.uniform(0, 1, shape).astype("float32"),
            np.array([[1, 2, -1], [0, 3, -2], [4, -3, 0.5]], "float32"),
        )
        probe = f"a {words} grey picture {shape} and a kernel that is not symmetric"
        right = _convolve(picture, kernel)
        known = {
            "The kernel is turned round first, as mathematicians do; networks lay it on as it is.": _convolve(
                picture, kernel[::-1, ::-1]
            ),
            "Rows and columns of the kernel are exchanged.": _convolve(picture, kernel.T),
            "That is the mean of the nine products; asked for is their sum.": right / 9,
            "Pixels are summed up without the weights of the kernel.": _convolve(picture, np.ones((3, 3))),
            "Sums below zero are gone: that is ReLU, which comes after the convolution.": np.maximum(right, 0),
            "The window jumps by two; it should move on by one pixel.": right[::2, ::2],
            "There is a border of zeros around it. Here the kernel must lie wholly on the picture, so the result is "
            "two pixels smaller.": _convolve(np.pad(picture, 1), kernel),
        }
        came = numbers(ask(answer, picture, kernel, probe=probe), probe)
        if came.ndim > 2 and came.size in (right.size, picture.size):
            came = came.squeeze()  # (1, H, W, 1), as Keras has it
        compare(came, right, probe, known, "These are not the sums of the nine products.")


convolution = Exercise(
    "training.convolution",
    kind="write a function",
    concept="a convolution by hand",
    prompt="Write `convolve`. It lays a 3 × 3 `kernel` on every place of a grey `picture` (H, W) where it fits wholly, "
    "multiplies each weight by the pixel below it and adds up the nine products. It returns (H − 2, W − 2).",
    stub="""
def convolve(picture, kernel):
    # (H, W) and (3, 3) -> (H - 2, W - 2)
    ...


exercises.training.convolution.check(convolve)
""",
    hints=[
        "Two loops, over rows and columns, are a fine beginning.",
        "One number of the result: `(picture[row : row + 3, column : column + 3] * kernel).sum()`.",
        "For all `row` in `range(H - 2)` and `column` in `range(W - 2)`; collect them in a list of lists.",
    ],
    insight="That is all a convolution layer does; training only chooses the weights.",
    answer=_convolve,
    judge=_judge_convolution,
    needs_keras=True,
)


def _last_layers():
    from helpers.quiet import keras

    return [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(1, activation="sigmoid")]


def _judge_last_layers(answer):
    from helpers.quiet import keras

    if callable(answer) and not isinstance(answer, keras.layers.Layer) and not _takes_maps(answer):
        answer = ask(answer, probe="no input")
    if isinstance(answer, list | tuple):
        parts, probe = list(answer), "the layers in a Sequential"
        answer = ask(lambda: keras.Sequential([keras.layers.Input((6, 6, 4)), *parts]), probe=probe)
    if not callable(answer):
        raise TryAgain("A list of layers is asked for.", came=answer)
    probe = "64 random maps of shape (6, 6, 4), with several random weights"
    maps = np.random.default_rng(0).normal(size=(64, 6, 6, 4)) * np.repeat([0.1, 1, 10, 100], 16)[:, None, None, None]
    came = np.stack([_ending(answer, maps.astype("float32"), draw, probe) for draw in range(8)])
    _judge_range(came, probe)


def _ending(end, maps, draw, probe):
    """What the layers make of the maps: weights are drawn at random, so that no lucky start decides; and put back."""
    ask(end, maps, probe=probe)  # has weights from now on
    rng, variables = np.random.default_rng(draw), getattr(end, "trainable_variables", [])
    kept = [variable.numpy() for variable in variables]
    for variable in variables:
        variable.assign(rng.normal(0, 0.5, variable.shape))
    try:
        came = numbers(ask(end, maps, probe=probe), probe)
    finally:
        for variable, old in zip(variables, kept, strict=True):
            variable.assign(old)
    if came.shape in ((64, 1), (64,)):
        return came.ravel()
    shape = f"shape {came.shape}"
    if came.ndim == 4:
        raise TryAgain("There is a number for each place; maps must become one row first.", probe, shape, "(64, 1)")
    raise TryAgain("One number a picture is asked for, since a label is one number.", probe, shape, "(64, 1)")


def _judge_range(came, probe):
    if not np.isfinite(came).all():
        raise TryAgain("There is NaN or infinity in it.", probe)
    low, high = float(came.min()), float(came.max())
    if low == high == 1:
        why = "Softmax shares out 1 among the units; one unit alone always gets all of it."
        raise TryAgain(why, probe, "1 for each picture", "an answer that depends on the picture")
    if high - low < 1e-6:
        why = "It says the same to every picture."
    elif low < 0 and high > 1.001:
        why = "These are logits, any number at all; a sigmoid makes probabilities of them."
    elif high > 1.001:
        why = "ReLU has no upper end; a probability ends at 1."
    elif low < 0:
        why = "It goes below 0 (as tanh does); a probability does not."
    elif low >= 0.4999 and high <= 0.7312:
        why = "Two sigmoids, one upon the other: it never leaves 0.5 to 0.73, and can never say class 0."
    elif low == 0.5:
        why = "It never goes below 0.5: ReLU before the sigmoid cuts off all that speaks for class 0."
    else:
        return
    raise TryAgain(why, probe, f"numbers from {low:.3g} to {high:.3g}", "0 to 1, and all of it")


def _takes_maps(function: object) -> bool:
    code = getattr(function, "__code__", None)
    return code is None or code.co_argcount > 0


last_layers = Exercise(
    "training.last_layers",
    kind="finish a model",
    concept="the end of a network",
    prompt="A network has arrived at maps (B, 6, 6, 4). Write down the layers that are still missing, as a list, so "
    "that it ends in **one** number a picture, the probability of class 1, between 0 and 1. There are several "
    "good ways.",
    stub="""
last_layers = None  # a list, as in [keras.layers.…, keras.layers.…]

exercises.training.last_layers.check(last_layers)
""",
    hints=[
        "Two steps: from maps to a row of numbers, and from there to one.",
        "`Flatten()` or `GlobalAveragePooling2D()`; then a dense layer with one unit. Which activation ends in 0 to 1?",
        '`keras.layers.Dense(1, activation="sigmoid")` is the last one.',
    ],
    insight="One unit takes a sigmoid; a softmax needs two or more to share among.",
    answer=_last_layers,
    judge=_judge_last_layers,
    needs_keras=True,
)


def _mean_loss(truth, probability):
    of_the_right_class = np.where(truth == 1, probability, 1 - probability)
    return -np.log(of_the_right_class).mean()


def _judge_loss(answer):
    for truth, given in (([1, 1, 0, 0], [0.9, 0.2, 0.3, 0.6]), ([0, 0, 1], [0.05, 0.98, 0.5])):
        t, p = np.array(truth, "float32"), np.array(given, "float32")
        each = -(t * np.log(p) + (1 - t) * np.log(1 - p))
        twice = 1 / (1 + np.exp(-p))
        known = {
            "It is below zero: minus the logarithm. A loss is something to make small.": -each.mean(),
            "Pictures of class 0 cost nothing here; for them the right probability is `1 - p`.": -(
                t * np.log(p)
            ).mean(),
            "Pictures of class 1 cost nothing here.": -((1 - t) * np.log(1 - p)).mean(),
            "That is the sum; asked for is the mean.": each.sum(),
            "That is the loss of each picture; asked for is their mean.": each,
            "Another logarithm: the natural one is meant, `np.log`.": each.mean() / np.log(2),
            "Another logarithm: the natural one is meant, not that to base 10.": each.mean() / np.log(10),
            "That is the mean of the squares; it hardly minds being sure and wrong.": ((t - p) ** 2).mean(),
            "That is the mean error, without any logarithm.": np.abs(t - p).mean(),
            "`from_logits=True` puts a sigmoid on probabilities that have had theirs. Once is right.": -(
                t * np.log(twice) + (1 - t) * np.log(1 - twice)
            ).mean(),
            "It is 0 for every network: categorical cross-entropy over one unit takes the one as certain. There "
            "is nothing to learn from.": 0.0,
        }
        probe = f"truth {truth}, probability {given}"
        came = numbers(ask(answer, t, p, probe=probe), probe)
        compare(came, each.mean(), probe, known, "This is not the mean of minus the logarithm.")


loss = Exercise(
    "training.loss",
    kind="write a function",
    concept="binary cross-entropy by hand",
    prompt="Write `mean_loss`, the binary cross-entropy. It gets arrays of equal length: `truth` (0 or 1) and "
    "`probability` (of class 1). For each picture take minus the natural logarithm of the probability that was given "
    "to its **right** class; return the mean.",
    stub="""
def mean_loss(truth, probability):
    # one number
    ...


exercises.training.loss.check(mean_loss)
""",
    hints=[
        "What probability did the right class get, if the truth is 0?",
        "`probability` where truth is 1, and `1 - probability` where it is 0. Then `-np.log(…)`, then the mean.",
        "`-np.log(np.where(truth == 1, probability, 1 - probability)).mean()`.",
    ],
    insight="Being sure and wrong costs most: at 0.98 for the wrong class it is 3.9, at 0.5 only 0.7.",
    answer=_mean_loss,
    judge=_judge_loss,
    needs_keras=True,
)

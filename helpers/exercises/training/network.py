"""What a network computes: convolution, loss, and what its number means."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import agree, compare, numbers, text
from helpers.exercises.sandbox import ask


def _name_of(probability, folders):
    return sorted(folders)[int(probability > 0.5)]


def _judge_which_class(answer):
    asked = [
        (0.9, ["cats", "dogs"]),
        (0.2, ["cats", "dogs"]),
        (0.9, ["dogs", "cats"]),
        (0.3, ["wolf", "fox"]),
        (0.8, ["husky", "poodle"]),
        (1.0, ["cats", "dogs"]),
    ]
    probes = [f"probability {probability}, folders {folders}" for probability, folders in asked]
    came = []
    for (probability, folders), probe in zip(asked, probes, strict=True):
        value = ask(answer, probability, list(folders), probe=probe)
        came.append(text(value, "The name of a folder is asked for, as text, not its number or a list.", probe))
    known = {
        "It is read the wrong way round: a probability above 0.5 speaks for class 1, the later in the alphabet.": (
            lambda p, f: sorted(f)[p < 0.5]
        ),
        "It takes the folders in the order in which they come; Keras numbers them by the alphabet.": lambda p, f: f[
            p > 0.5
        ],
        "It knows cats and dogs only; the names of the folders are in `folders`.": lambda p, f: (
            "dogs" if p > 0.5 else "cats"
        ),
        "It is read the wrong way round, and the folders are taken in the order in which they come.": lambda p, f: f[
            p < 0.5
        ],
        "`int` cuts off the fraction: 0.9 becomes 0. Compare with 0.5.": lambda p, f: sorted(f)[int(p)],
        "It gives the same class, whatever the probability.": lambda p, f: sorted(f)[1],
        "It gives class 0, whatever the probability.": lambda p, f: sorted(f)[0],
        "It gives the folder that comes first, whatever the probability.": lambda p, f: f[0],
        "It gives the folder that comes second, whatever the probability.": lambda p, f: f[1],
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
        border = np.pad(right, 1)
        known = {
            "The kernel is turned round first, as mathematicians do; networks lay it on as it is.": _convolve(
                picture, kernel[::-1, ::-1]
            ),
            "Rows and columns of the kernel are exchanged.": _convolve(picture, kernel.T),
            "That is the mean of the nine products; asked for is their sum.": right / 9,
            "Pixels are summed up without the weights of the kernel.": _convolve(picture, np.ones((3, 3))),
            "Sums below zero are gone: that is ReLU, which comes after the convolution.": np.maximum(right, 0),
            "The window jumps by two; it should move on by one pixel.": right[::2, ::2],
            "The last row and column are missing: the kernel fits on H − 2 rows and W − 2 columns.": right[:-1, :-1],
            "There is a border of zeros round the sums; the result is two pixels smaller than the picture.": border,
            "The sums lie on their side: rows of the result are rows of the picture.": right.T,
            "The sums are in one row; they belong into rows and columns.": right.ravel(),
            "The nine products are not added up yet.": np.lib.stride_tricks.sliding_window_view(picture, (3, 3))
            * kernel,
            "Minus signs are lost: a sum may be below zero.": np.abs(right),
            "`@` multiplies matrices; here each weight is multiplied by the pixel below it, with `*`.": (
                np.lib.stride_tricks.sliding_window_view(picture, (3, 3)) @ kernel
            ).sum(axis=(2, 3)),
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


def _mean_loss(truth, probability):
    of_the_right_class = np.where(truth == 1, probability, 1 - probability)
    return -np.log(of_the_right_class).mean()


AT_ONCE = {
    "converted to Python scalars": "`math.log` takes one number; `np.log` takes a whole array.",
    "is ambiguous": "`if` asks about one value, and `truth` is a whole array: take `np.where`, or a loop.",
}


def _judge_loss(answer):
    from helpers.quiet import keras

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
            "The losses of the two classes are exchanged: `log(p)` belongs to truth 1, `log(1 - p)` to truth 0.": -(
                t * np.log(1 - p) + (1 - t) * np.log(p)
            ).mean(),
            "Every picture counts as one of class 1; for class 0 the right probability is `1 - p`.": -np.log(p).mean(),
            "Truth and probability are exchanged: the logarithm is taken of the probability.": float(
                keras.losses.BinaryCrossentropy()(p, t)
            ),
            "The mean is taken first, and the logarithm of it; take the logarithm of each, and then the mean.": -np.log(
                np.where(t == 1, p, 1 - p).mean()
            ),
            "That is the accuracy; loss asks how sure each answer was.": np.mean((p > 0.5) == t),
            "Each class has a mean of its own here; asked for is the mean over all pictures.": (
                each[t == 1].mean() + each[t == 0].mean()
            )
            / 2,
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
        came = numbers(ask(answer, t, p, probe=probe, known=AT_ONCE), probe)
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

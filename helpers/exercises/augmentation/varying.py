"""How a batch is varied, and how many pictures that makes."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import compare, numbers, picture
from helpers.exercises.questions import Number
from helpers.exercises.sandbox import TryAgain, ask

CALLS = 40  # a coin falls 40 times on the same side once in half a million million


def _mirror(pictures):
    return pictures[:, :, ::-1]


def _judge_mirror(answer):
    for batch, probe in (
        (np.stack([picture(seed=1), picture(seed=2)]) / np.float32(255), "two pictures of shape (24, 36, 3)"),
        (np.arange(2 * 3 * 3).reshape(2, 3, 3, 1).astype("float32"), "two grey pictures of shape (3, 3, 1)"),
    ):
        known = {
            "Nothing has changed.": batch,
            "It is upside down: the second axis counts rows, the third one columns.": batch[:, ::-1],
            "The order of the pictures in the batch is turned round, not the pictures.": batch[::-1],
            "The channels are turned round: red became blue.": batch[..., ::-1],
            "It is turned by 180°: mirrored, and upside down as well.": batch[:, ::-1, ::-1],
            "Rows and columns are exchanged: that is another mirror, along the diagonal.": batch.swapaxes(1, 2),
            "All axes are turned round; only the columns should be.": batch[::-1, ::-1, ::-1, ::-1],
        }
        if batch.shape[-1] == 1:
            del known["The channels are turned round: red became blue."]
        tries = [numbers(ask(answer, batch, probe=probe), probe) for _ in range(CALLS)]
        if any(not np.array_equal(tries[0], one) for one in tries[1:]):
            why = "It leaves it to chance: the same batch is mirrored in one call, and not in another."
            raise TryAgain(f"{why} `mirror` mirrors each picture, each time.", probe)
        came = tries[0]
        same_shape = came.shape == batch.shape
        if same_shape and np.isclose(came, batch[:, :, ::-1]).all(axis=(1, 2, 3)).sum() == 1:
            raise TryAgain("Only some of the pictures are mirrored; all of them should be.", probe)
        compare(came, batch[:, :, ::-1], probe, known, "This is not the mirror image, left for right.", within=1e-5)


mirror = Exercise(
    "augmentation.mirror",
    kind="write a function",
    concept="left and right exchanged",
    prompt="Write `mirror`. It gets a batch of pictures (B, H, W, C) and returns it mirrored: what was on the left is "
    "on the right.",
    stub="""
def mirror(pictures):
    # (B, H, W, C) -> the same shape, left and right exchanged
    ...


exercises.augmentation.mirror.check(mirror)
""",
    hints=[
        "Which of the four axes goes from left to right?",
        "The columns are the third axis, `W`. A slice `::-1` turns an axis round.",
        "`pictures[:, :, ::-1]`, or `tf.image.flip_left_right(pictures)`.",
    ],
    insight="Rows come before columns: (B, H, W, C). One axis wrong, and the cats stand on their heads.",
    answer=_mirror,
    judge=_judge_mirror,
    needs_keras=True,
)


def _lighten(pictures, training=False):
    if not training:
        return pictures
    amounts = np.random.uniform(-0.2, 0.2, (len(pictures), 1, 1, 1))  # one for each picture
    return np.clip(pictures + amounts, 0, 1)


def _judge_lighten(answer):
    if not callable(answer):
        raise TryAgain("A function or a layer is asked for: hand it in by its name, without parentheses.", came=answer)
    if isinstance(answer, type):
        raise TryAgain(f"That is a class; a layer is made of it by a call, as in `{answer.__name__}(…)`.")
    batch = np.stack([np.full((6, 8, 3), level, "float32") for level in (0.35, 0.5, 0.5, 0.6)])
    batch[:, :3] += 0.05
    probe = "four pictures, with training=False"
    if np.abs(_lit(answer, batch, False, probe) - batch).max() > 1e-5:
        raise TryAgain("At use, pictures must stay as they are; here they change, too.", probe)
    probe = "four pictures, with training=True"
    _judge_amounts([_lit(answer, batch, True, probe) - batch for _ in range(12)], probe)
    probe = "three pictures, black, white and black, with training=True"
    edges = np.stack([np.full((6, 8, 3), level, "float32") for level in (0.0, 1.0, 0.0)])  # three: any size of batch
    wide = np.stack([_lit(answer, edges, True, probe) for _ in range(6)])
    if wide.min() < -1e-5 or wide.max() > 1 + 1e-5:
        raise TryAgain("Values leave the range from 0 to 1.", probe, wide, "numbers from 0 to 1")


def _lit(answer, pictures, training, probe):
    came = numbers(ask(lambda pixels: answer(pixels, training=training), pictures, probe=probe), probe)
    if came.shape != pictures.shape:
        raise TryAgain("The shape has changed.", probe, f"shape {came.shape}", f"shape {pictures.shape}")
    return came


def _judge_amounts(changes, probe):
    """changes: what was added to a batch, call by call."""
    change = changes[0]
    if np.abs(changes).max() > 1:
        why = "Values leave the range from 0 to 1 by far. Some layers take pixels up to 255, unless they are told"
        raise TryAgain(f"{why} `value_range=(0, 1)`.", probe, np.stack(changes))
    if np.abs(change).max() < 1e-5 and np.abs(changes).max() < 1e-5:
        raise TryAgain("In training, nothing changes; it should.", probe)
    if np.abs(changes).max() > 0.2 + 1e-3:
        raise TryAgain("It goes too far; at most 0.2 may be added or taken away.", probe, np.stack(changes))
    if np.abs(changes - np.mean(changes, axis=(2, 3, 4), keepdims=True)).max() > 1e-3:
        raise TryAgain("Parts of a picture are changed differently. Light comes to all of its pixels alike.", probe)
    if all(np.abs(change - other).max() < 1e-5 for other in changes[1:]):
        raise TryAgain("Two calls give the same. The amount must be drawn anew at each call.", probe)
    if all(np.ptp(one.mean(axis=(1, 2, 3))) < 1e-5 for one in changes):
        raise TryAgain("All pictures of the batch get the same amount; each should get its own.", probe)
    amounts = np.stack(changes)[:, :, 0, 0, 0]
    if (still := np.sum(np.abs(amounts) < 1e-5)) > 7:  # amounts in whole hundredths are 0 once or twice in 48
        raise TryAgain("Some pictures stay as they are; each should get an amount.", probe, f"{still} of 48 unchanged")
    if amounts.min() > -0.01 or amounts.max() < 0.01:
        raise TryAgain("It goes one way only; pictures should become darker as well as lighter.", probe, amounts)
    if len(np.unique(amounts.round(4))) < 12:
        why = "There are only a few different amounts; any number between −0.2 and 0.2 may come."
        raise TryAgain(why, probe, np.unique(amounts.round(4)))
    if np.abs(amounts).max() < 0.1:
        raise TryAgain("It is too timid: in 48 pictures it never came near 0.2.", probe, amounts)


lighten = Exercise(
    "augmentation.lighten",
    kind="finish a layer",
    concept="lively in training, still at use",
    prompt="Finish `lighten`, or hand in a Keras layer that does the same. With `training=True` it adds to each "
    "picture of the batch (B, H, W, 3) an amount of its own, at random between −0.2 and 0.2, and keeps the result "
    "within 0 to 1. With `training=False` it returns the pictures as they are.",
    stub="""
def lighten(pictures, training=False):
    # floats (B, H, W, 3) from 0 to 1 -> the same shape
    ...


exercises.augmentation.lighten.check(lighten)
""",
    hints=[
        "Begin with the easy half: what is returned at use?",
        "Draw B amounts, of shape (B, 1, 1, 1), so that each is added to a whole picture. Then clip.",
        "`np.clip(pictures + np.random.uniform(-0.2, 0.2, (len(pictures), 1, 1, 1)), 0, 1)`.",
    ],
    insight="A layer that heeds `training` can stay inside the model: `fit` varies, `predict` does not.",
    answer=_lighten,
    judge=_judge_lighten,
    needs_keras=True,
)


different = Number(
    "augmentation.different",
    concept="how many pictures are seen?",
    prompt="There are 200 training pictures, in batches of 20. Each is varied on the fly, at random, whenever it is "
    "read. Training takes 15 epochs. How many different pictures does the network see?",
    what="a number",
    expected=3000,
    known={
        200: "That is how many files there are. Each is varied anew in every epoch.",
        150: "That is the number of steps: 10 in each of 15 epochs. In each step there are 20 pictures.",
        10: "That is the number of steps in one epoch.",
        300: "That is 20 × 15. An epoch goes through all the pictures, not through one batch.",
        4000: "That is 200 × 20. The size of a batch does not make more pictures; epochs do.",
        3200: "The pictures themselves are not shown besides: each time, a variation stands in for one.",
        60000: "An epoch shows each picture once; batches only say how many at a time.",
    },
    otherwise="In an epoch each picture is shown once, in a variation of its own.",
    hints=[
        "How often is one photo read, in all?",
        "Once in each epoch, and each time it looks different.",
        "200 × 15.",
    ],
    insight="As many as pictures times epochs, without a byte on the disk; but it is still 200 animals.",
)

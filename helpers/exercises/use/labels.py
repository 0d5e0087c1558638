"""What a network learns of a doubtful picture, and in how many ways it may be held."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import compare, items, numbers
from helpers.exercises.sandbox import TryAgain, ask

ALL_AT_ONCE = "They come all at once, as an array: compute with the whole array, or go through it one by one."


def _to_learn(defects):
    return 1 - np.asarray(defects)


def _judge_to_learn(answer):
    defects = np.array([0.0, 0.33, 1.0, 0.67, 0.33, 0.0])
    probe = "the defect probabilities 0, 0.33, 1, 0.67, 0.33, 0"
    slips = dict.fromkeys(("unhashable", "0-dimensional", "size-1", "length-1", "truth value"), ALL_AT_ONCE)
    came = numbers(ask(answer, defects, probe=probe, known=slips), probe).reshape(-1)
    lengths = {
        1: "One number for six cells: give each its own. (Does the `return` stand within the loop?)",
        3: "The doubtful cells are left out. They tell something, too: give all six a number.",
        12: "Two numbers a cell: one is enough, the probability of class 1. The other is what is left to 1.",
    }
    if len(came) in lengths:
        raise TryAgain(lengths[len(came)], probe, came)
    rounded = np.where(defects < 0.5, 1.0, 0.0)
    doubtful = (defects > 0) & (defects < 1)
    known = {
        "That is the probability of a defect. Class 1, of which the network speaks, is functional.": defects,
        "That rounds the doubt away: the network would learn to be certain where the experts were not.": rounded,
        "That rounds the doubt away, and it is the wrong way round: class 1 is functional.": 1 - rounded,
        "Not every doubt is the same: 0.33 and 0.67 say more than half and half.": np.where(doubtful, 0.5, rounded),
        "A probability is never below 0. Those of the two classes add up to 1.": -defects,
        "The difference is turned round, and so below 0. What is left of 1 is asked for: 1 comes first.": defects - 1,
        "That turns the order of the cells round, and not the probabilities: each cell keeps its place.": defects[::-1],
        "The doubtful cells have no number (NaN). They tell something, too: give all six one.": np.where(
            doubtful, np.nan, rounded
        ),
        "These are per cent. A sigmoid gives 0 to 1, and learns the same.": 100 * (1 - defects),
        "That is how sure the experts were; asked for is how probable class 1 is.": np.maximum(defects, 1 - defects),
    }
    why = "This is not the probability that each cell is functional."
    if set(came) == {0, 1}:
        why = "Only 0 and 1 came: that leaves no room for a doubt."
    compare(came, 1 - defects, probe, known, why)


to_learn = Exercise(
    "use.to_learn",
    kind="write a function",
    concept="what to learn from a doubt",
    prompt="Write `to_learn`. It gets, for each cell, how probable a defect is, as the experts say: an array of 0, "
    "0.33, 0.67 and 1. It returns what a network should learn whose class 1 is *functional*: one number a cell, and "
    "the doubt is kept.",
    stub="""
def to_learn(defects):
    # array (N,), the probability of a defect -> what to learn, (N,)
    ...


exercises.use.to_learn.check(to_learn)
""",
    hints=[
        "What should a perfect network answer for a cell that is defective by 33 %?",
        "Its answer is the probability of class 1, which is functional. The two add up to 1.",
        "`1 - defects`.",
    ],
    insight="Cross-entropy takes any number from 0 to 1 as its aim: a doubt is learned as a doubt.",
    answer=_to_learn,
    judge=_judge_to_learn,
)


def _eight(picture):
    turned = [np.rot90(picture, quarter) for quarter in range(4)]
    return turned + [one[:, ::-1] for one in turned]


def _judge_eight(answer):
    picture = np.arange(5 * 5 * 3, dtype="uint8").reshape(5, 5, 3)  # of the kind that Pillow takes, too
    probe = "a picture of 5 by 5 pixels, no two of them alike"
    slips = {"inhomogeneous": "They differ in shape. Turn rows and columns, the first two axes, only."}
    came = [numbers(one, probe) for one in items(ask(answer, picture, probe=probe, known=slips), probe)]
    if any(one.shape != picture.shape for one in came):
        shape = next(one.shape for one in came if one.shape != picture.shape)
        raise TryAgain(_shape_told(shape), probe, f"shape {shape}")
    known = {one.tobytes(): number for number, one in enumerate(map(_as_float, _eight(picture)))}
    found = [known.get(_as_float(one).tobytes()) for one in came]
    if None in found:
        strange = came[found.index(None)]
        same = np.array_equal(np.sort(strange.ravel()), np.sort(picture.ravel()))
        colours = not np.array_equal(np.sort(strange[..., 0].ravel()), np.sort(picture[..., 0].ravel()))
        if same and colours:
            raise TryAgain("The colours are exchanged, too: turn rows and columns, the first two axes, only.", probe)
        why = "a mixture of rows that no turning makes" if same else "other pixels than before"
        raise TryAgain(f"Way {found.index(None) + 1} is no turn or mirror image of the picture: {why}.", probe)
    if len(set(found)) < len(found):
        came, expected = f"{len(found)}, of which {len(set(found))} differ", "8 that differ"
        raise TryAgain(_twice_told(found), probe, came, expected)
    if set(found) == {0, 1, 2, 3}:
        raise TryAgain("The four turns are there. Each can be mirrored, too.", probe, 4, 8)
    if len(found) != 8 and 0 not in found:
        raise TryAgain("The picture as it came is missing: it is one of the eight.", probe, len(found), 8)
    if len(found) != 8:
        raise TryAgain("There are eight: four quarter turns, each as it is and mirrored.", probe, len(found), 8)


def _shape_told(shape):
    if shape == ():
        return "These are single numbers: put eight pictures into a list. (Of a dict, only the keys are read.)"
    if shape == (5, 3):
        return "This is one picture, row by row: a list of eight pictures is asked for."
    if sorted(shape) == [3, 5, 5]:
        return "The colours do not stand last any more: exchange rows and columns, the first two axes, only."
    if shape[1:] == (5, 5, 3):
        return "There are lists within the list: put the eight pictures into one, side by side."
    return "Each way to hold the picture has its shape, (5, 5, 3)."


def _twice_told(found):
    """found: the number of each way, 0 to 3 for the turns, 4 to 7 for their mirror images."""
    ways = set(found)
    second = next(place for place, way in enumerate(found) if way in found[:place])
    if len(ways) == 1:
        return "It is the same way each time: turn or mirror the picture anew for each."
    half_turns = len(found) in (4, 8) and all(way % 4 in (0, 2) for way in ways)
    if half_turns and found[0] == found[2]:
        return "Only half turns came: `np.rot90` counts quarter turns, 0 to 3, and no degrees."
    if ways <= {0, 1, 2, 3}:
        return (
            "Only turns are in it. Four quarter turns lead back to the beginning, and two mirrorings, left and right "
            "and then up and down, are half a turn: mirror once."
        )
    return (
        f"Way {second + 1} is way {found.index(found[second]) + 1} once more. (Two mirrorings, left and right and then "
        "up and down, are half a turn.)"
    )


def _as_float(picture):
    return np.ascontiguousarray(picture, "float64")


eight = Exercise(
    "use.eight",
    kind="write a function",
    concept="eight ways to hold a square",
    prompt="Write `eight`. It gets one square picture (S, S, 3), and returns a list of the eight ways to hold it: four "
    "quarter turns, each as it is and mirrored. The picture itself is one of them.",
    stub="""
def eight(picture):
    # (S, S, 3) -> a list of eight pictures (S, S, 3)
    ...


exercises.use.eight.check(eight)
""",
    hints=[
        "`np.rot90(picture, 2)` is the picture after two quarter turns.",
        "`picture[:, ::-1]` is its mirror image. How many different ones do you get from the four turns?",
        "The four turns, and the mirror image of each: two lists, added.",
    ],
    insight="The answer stays the same in all eight, and no pixel is lost: variations that cost nothing.",
    answer=_eight,
    judge=_judge_eight,
)

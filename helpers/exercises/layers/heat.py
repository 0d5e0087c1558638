"""Heat maps: how they are made, and how to test them."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import agree, compare, numbers, truth_value
from helpers.exercises.questions import Choice
from helpers.exercises.sandbox import TryAgain, ask


def _heat(maps, slopes):
    importance = slopes.mean(axis=(0, 1))  # one number a channel
    return np.maximum(0, (maps * importance).sum(axis=-1))


def _judge_grad_cam(answer):
    rng = np.random.default_rng(5)
    maps = np.maximum(0, rng.normal(0.3, 1, (5, 7, 4))).astype("float32")
    slopes = (rng.normal(0, 0.5, (5, 7, 4)) + [0.6, -0.5, 0.2, -0.1]).astype("float32")
    each = slopes.mean(axis=(0, 1))
    probe = "maps (5, 7, 4) and slopes (5, 7, 4); two channels speak for the class, two against"
    known = {
        "What speaks against the class is below zero, and should become zero.": (maps * each).sum(-1),
        "The channels are added up as they are; each counts by its mean slope.": maps.sum(-1),
        "Slopes are multiplied place by place. Grad-CAM takes their mean over all places first.": np.maximum(
            0, (maps * slopes).sum(-1)
        ),
        "What speaks against the class counts as if it spoke for it.": np.abs((maps * each).sum(-1)),
        "What speaks against the class is cut off too early (by setting slopes or channels below zero to zero), so it "
        "cannot weigh against the rest: first add, then cut.": np.maximum(0, maps * each).sum(-1),
        "Slopes below zero are cut off before their mean is taken; they count, too.": np.maximum(
            0, (maps * np.maximum(0, slopes).mean((0, 1))).sum(-1)
        ),
        "The mean is taken over the channels, axis −1. Each channel has its own, over axes 0 and 1.": (
            np.maximum(0, (maps * slopes.mean(-1, keepdims=True)).sum(-1))
        ),
        "The mean is taken over the rows only; take it over rows and columns, axes 0 and 1.": np.maximum(
            0, (maps * slopes.mean(0)).sum(-1)
        ),
        "The mean is taken over the columns only; take it over rows and columns, axes 0 and 1.": np.maximum(
            0, (maps * slopes.mean(1, keepdims=True)).sum(-1)
        ),
        "Slopes lose their sign: what speaks against the class counts as if it spoke for it.": (
            maps * np.abs(each)
        ).sum(-1),
        "It is turned round: bright is what speaks against the class.": np.maximum(0, -(maps * each).sum(-1)),
        "Maps and slopes are exchanged: the slopes are weighed by the mean of the maps.": np.maximum(
            0, (slopes * maps.mean((0, 1))).sum(-1)
        ),
        "Only the greatest channel counts at each place; they are to be added up.": np.maximum(0, maps * each).max(-1),
        "Each channel counts by its greatest slope; Grad-CAM takes the mean.": np.maximum(
            0, (maps * slopes.max((0, 1))).sum(-1)
        ),
        "These are the slopes alone, without the maps.": np.maximum(0, slopes.sum(-1)),
    }
    came = _in_shape(ask(answer, maps, slopes, probe=probe), probe)
    if np.abs(came).max() == 0:
        raise TryAgain("It is zero everywhere.", probe)
    scaled = {why: wrong / np.abs(wrong).max() for why, wrong in known.items()}
    right = _heat(maps, slopes)
    why = "This is not the heat map (up to a factor)."
    compare(came / np.abs(came).max(), right / right.max(), probe, scaled, why, within=0.01)
    probe = "maps and slopes where each channel speaks against the class"
    came = _in_shape(ask(answer, maps, -np.abs(slopes), probe=probe), probe)
    divided = (
        "The map is divided by its greatest number (or its range), which is 0 here: 0 / 0 is NaN. Divide only if the "
        "number is above 0; or not at all, for any scale will do."
    )
    known = {divided: np.full((5, 7), np.nan)}
    compare(came, np.zeros((5, 7)), probe, known, "A map that has nothing to say is zero everywhere.")


def _in_shape(value, probe):
    came = numbers(value, probe)
    if came.squeeze().shape == (5, 7):
        return came.reshape(5, 7)
    why = "A heat map has one number for each place."
    if came.squeeze().shape == (7, 5):
        why = "It lies on its side: rows of the map are rows of the heat map."
    raise TryAgain(why, probe, f"shape {came.shape}", "shape (5, 7)")


grad_cam = Exercise(
    "layers.grad_cam",
    kind="write a function",
    concept="the heart of Grad-CAM",
    prompt="Write the heart of Grad-CAM. `heat` gets the `maps` of a layer (H, W, C), and the `slopes` (H, W, C) of "
    "the class's score with respect to them. Each channel counts by the mean of its slopes; add the channels up, and "
    "set to zero what is below. Return (H, W), on any scale.",
    stub="""
def heat(maps, slopes):
    # (H, W, C) twice -> (H, W)
    ...


exercises.layers.grad_cam.check(heat)
""",
    hints=[
        "First one number for each channel: how much would the score rise with it?",
        "`slopes.mean(axis=(0, 1))`. Multiply the maps by it, and add up over the last axis.",
        "`np.maximum(0, (maps * slopes.mean(axis=(0, 1))).sum(axis=-1))`.",
    ],
    insight="Three lines; which is why it is so widely used, and why it must be tested before it is believed.",
    answer=_heat,
    judge=_judge_grad_cam,
    needs_keras=True,
)


def _hits(heat, box):
    x0, y0, x1, y1 = box
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    return bool(heat.max() > 0 and x0 <= column <= x1 and y0 <= row <= y1)


def _centre(heat):
    rows, columns = np.indices(heat.shape)
    return (rows * heat).sum() / max(heat.sum(), 1e-9), (columns * heat).sum() / max(heat.sum(), 1e-9)


def _judge_peak(answer):
    def spots(*places):
        heat = np.zeros((20, 40), "float32")
        for row, column, strength, reach in places:
            heat[row : row + reach, column : column + reach] = strength
        return heat

    asked = [
        (spots((5, 30, 1, 1)), (25, 0, 35, 10), "peak in row 5, column 30; box x 25 to 35, y 0 to 10"),
        (spots((15, 5, 1, 1)), (10, 0, 20, 10), "peak in row 15, column 5; box x 10 to 20, y 0 to 10"),
        (
            spots((2, 2, 1, 1), (8, 20, 0.6, 8)),
            (18, 6, 30, 18),
            "peak in row 2, column 2; a weaker, larger spot in the box",
        ),
        (
            spots((8, 20, 1, 1), (2, 2, 0.6, 6)),
            (18, 6, 24, 12),
            "peak in row 8, column 20, in the box; a weaker, larger spot outside",
        ),
        (spots((15, 30, 1, 1)), (25, 0, 35, 10), "peak in row 15, column 30; box x 25 to 35, y 0 to 10"),
        (spots((5, 12, 1, 1)), (25, 0, 35, 10), "peak in row 5, column 12; box x 25 to 35, y 0 to 10"),
        (spots((8, 24, 1, 1)), (10, 4, 18, 12), "peak in row 8, column 24; box x 10 to 18, y 4 to 12"),
        (spots((15, 14, 1, 1)), (10, 4, 18, 12), "peak in row 15, column 14; box x 10 to 18, y 4 to 12"),
        (spots(), (0, 0, 10, 10), "a map of zeros; box x 0 to 10, y 0 to 10"),
    ]
    came = [truth_value(ask(answer, heat, box, probe=probe), probe) for heat, box, probe in asked]

    def share(heat, box):
        x0, y0, x1, y1 = box
        return heat[y0 : y1 + 1, x0 : x1 + 1].sum() > 0.5 * heat.sum()

    def middle(heat, box):
        row, column = _centre(heat)
        return box[0] <= column <= box[2] and box[1] <= row <= box[3]

    known = {
        "Rows and columns are exchanged: x counts columns, y rows.": lambda heat, box: _hits(
            heat, (box[1], box[0], box[3], box[2])
        ),
        "Rows and columns are exchanged: x counts columns, y rows. And a map of zeros points nowhere.": (
            lambda heat, box: _hits(heat + 1e-6, (box[1], box[0], box[3], box[2]))
        ),
        "The box is two corners, (x0, y0) and (x1, y1), not a corner and a size.": lambda heat, box: _hits(
            heat, (box[0], box[1], box[0] + box[2], box[1] + box[3])
        ),
        "A map of zeros points nowhere; `argmax` says 0 all the same.": lambda heat, box: _hits(heat + 1e-6, box),
        "It asks where most of the heat is, not where it is greatest.": share,
        "It takes the middle of all the heat, not the peak.": middle,
        "It asks whether there is any heat in the box.": lambda h, b: h[b[1] : b[3] + 1, b[0] : b[2] + 1].max() > 0,
        "It is turned round: True is for a peak within the box.": lambda heat, box: not _hits(heat, box),
        "It says yes to everything.": lambda heat, box: True,
        "It says no to everything.": lambda heat, box: False,
        "One of the two is enough for it: x and y must lie within the box.": lambda heat, box: (
            _hits(heat, (box[0], 0, box[2], 99)) or _hits(heat, (0, box[1], 99, box[3]))
        ),
        "Only x is looked at.": lambda heat, box: _hits(heat, (box[0], 0, box[2], 99)),
        "Only y is looked at.": lambda heat, box: _hits(heat, (0, box[1], 99, box[3])),
    }
    wrong = {why: [bool(rule(heat, box)) for heat, box, _probe in asked] for why, rule in known.items()}
    probes = [probe for _heat, _box, probe in asked]
    agree(came, [_hits(heat, box) for heat, box, _probe in asked], probes, wrong, "That is not where the peak is.")


peak = Exercise(
    "layers.peak",
    kind="write a function",
    concept="does the map point at the pet?",
    prompt="Write `hits`. It gets a `heat` map (H, W) and the pet's `box` (x0, y0, x1, y1) in its pixels, and returns "
    "whether the map's **peak** lies in the box (`True` or `False`). A map of zeros points nowhere: `False`.",
    stub="""
def hits(heat, box):
    # True or False
    ...


exercises.layers.peak.check(hits)
""",
    hints=[
        "Where is the greatest number? In which row, in which column?",
        "`np.unravel_index(heat.argmax(), heat.shape)` gives row and column. Which of them is x?",
        "The column is x: `x0 <= column <= x1 and y0 <= row <= y1`, and `heat.max() > 0`.",
    ],
    insight="An array is read row first, a box x first: exchanged, a score looks bad, or good, for no reason.",
    answer=_hits,
    judge=_judge_peak,
    needs_keras=True,
)


heat_proof = Choice(
    "layers.heat_proof",
    concept="a heat map of a network that knows nothing",
    prompt="A heat map lies on the dog. You shuffle all the weights of the network, so that it knows nothing, and draw "
    "it again: nearly the same map. What follows?",
    options={
        "a": (
            "The network has learned dogs well: the map is stable.",
            "This network has learned nothing any more, and draws the same.",
        ),
        "b": (
            "Shuffling was not thorough enough.",
            "Even so, its answers are worthless now, and the map did not notice.",
        ),
        "c": (
            "The map shows edges of the picture, not what was learned; as evidence for this network it is worthless.",
            "Test the tool before you believe it: a map that depends on nothing learned can tell nothing about it.",
        ),
        "d": ("Heat maps never show anything.", "Some methods change with the weights; this test is how to find them."),
        "e": (
            "The dog is in the middle, so any map would do.",
            "That would need another test: against the centre of the picture.",
        ),
        "f": ("Smooth the map and show it in other colours.", "Better looks do not make better evidence."),
        "g": (
            "The network knew nothing before, either: its right answers were luck.",
            "How good its answers were, test pictures tell. Here it is the map that has failed.",
        ),
    },
    right="c",
    hints=[
        "What should a map show, if nothing has been learned?",
        "It has stayed the same: so what does it depend on?",
        "The picture.",
    ],
)

"""How a network ends."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import numbers
from helpers.exercises.sandbox import TryAgain, ask


def _last_layers():
    from helpers.quiet import keras

    return [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(1, activation="sigmoid")]


def _judge_last_layers(answer):
    from helpers.quiet import keras

    if callable(answer) and not isinstance(answer, keras.layers.Layer) and not _takes_maps(answer):
        answer = ask(answer, probe="no input")
    if isinstance(answer, list | tuple) or hasattr(answer, "__next__"):
        parts, probe = _without_input(list(answer)), "the layers in a Sequential"
        answer = ask(lambda: keras.Sequential([keras.layers.Input((6, 6, 4)), *parts]), probe=probe)
    if not callable(answer):
        raise TryAgain("A list of layers is asked for.", came=answer)
    probe = "64 random maps of shape (6, 6, 4), with several random weights"
    maps = np.random.default_rng(0).normal(size=(64, 6, 6, 4)) * np.repeat([0.1, 1, 10, 100], 16)[:, None, None, None]
    came = np.stack([_ending(answer, maps.astype("float32"), draw, probe) for draw in range(8)])
    _judge_range(came, probe)
    if getattr(answer, "trainable_variables", []):
        undecided = float(_ending(answer, maps.astype("float32"), 0, probe, spread=0).max())
        if undecided in (0, 1):
            why = "A ReLU that is cut off at 1, or its like, stands still on one side of 0: there it cannot learn."
            raise TryAgain(why, "the maps, with all weights 0", undecided, "0.5, from where it can go either way")
    if isinstance(answer, keras.layers.Layer) and np.max(answer(maps.astype("float32"), training=True)) > 1.001:
        raise TryAgain("In training it goes beyond 1: dropout behind the answer makes it twice as large, or 0.", probe)


def _without_input(parts):
    """The layers that do something; names, classes and inputs of another size are answered."""
    from helpers.quiet import keras

    kept = []
    for part in parts:
        if isinstance(part, keras.KerasTensor | keras.layers.InputLayer):
            shape = tuple(part.shape if isinstance(part, keras.KerasTensor) else part.batch_shape)
            if shape[1:] != (6, 6, 4):
                why = "The maps that arrive are (6, 6, 4); an `Input` may be left out, or must say so."
                raise TryAgain(why, came=f"shape {shape}")
            continue
        if isinstance(part, str | type):
            raise TryAgain(
                "Layers are asked for, not their names: each is made by a call, as in `Flatten()`.", came=part
            )
        if callable(part) and not isinstance(part, keras.layers.Layer):
            why = "A function is no layer: it goes into one, as in `Dense(1, activation=…)`, or into `Activation(…)`."
            raise TryAgain(why, came=getattr(part, "__name__", part))
        kept.append(part)
    return kept


def _ending(end, maps, draw, probe, spread=0.5):
    """What the layers make of the maps: weights are drawn at random, so that no lucky start decides; and put back."""
    ask(end, maps, probe=probe)  # has weights from now on
    rng, variables = np.random.default_rng(draw), getattr(end, "trainable_variables", [])
    kept = [variable.numpy() for variable in variables]
    for variable in variables:
        variable.assign(rng.normal(0, spread, variable.shape))
    try:
        came = numbers(ask(end, maps, probe=probe), probe)
    finally:
        for variable, old in zip(variables, kept, strict=True):
            variable.assign(old)
    if came.shape in ((64, 1), (64,)):
        return came.ravel()
    shape = f"shape {came.shape}"
    if came.size == 64:
        raise TryAgain("The number sits in too many axes: flatten it.", probe, shape, "shape (64, 1)")
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
        why = "It has no upper end (nor has ReLU); a probability ends at 1."
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

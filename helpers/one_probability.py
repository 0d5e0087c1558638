"""What a model must be so that its answer can be told as a probability: one number in 0..1, of class 1."""

from collections.abc import Sequence

import numpy as np

from helpers.errors import InputError
from helpers.pipeline import as_numbers
from helpers.quiet import keras

SIGMOIDS = (keras.activations.sigmoid, keras.activations.hard_sigmoid, keras.activations.sparse_sigmoid)

IDLE = ("Flatten", "Reshape", "GaussianNoise", "Identity", "ActivityRegularization")  # layers that hand on numbers


def must_take_pictures(model: keras.Model, name: str = "model") -> None:
    """Raise InputError unless the model turns one picture of one size, in colour, into one probability. Of two units
    with a softmax, the first would be taken for the probability of the second class."""
    inputs = getattr(model, "inputs", None) or ()  # a subclass of keras.Model has none
    must(len(inputs) == 1 and len(inputs[0].shape) == 4 and gives_one_number(model), name)
    if None in model.input_shape[1:3]:
        raise InputError(f"{name}: takes pictures of any size; give one that takes one size, as `labs train` makes.")
    if model.input_shape[3] != 3:
        raise InputError(
            f"{name}: takes pictures of {model.input_shape[3]} channels; give one for red, green and blue."
        )
    must_end_in_a_probability(model, name)


def must_end_in_a_probability(model: keras.Model, name: str = "model") -> None:
    """Raise InputError unless the model gives one number a picture, and ends in no activation but a sigmoid. A layer
    that has none, such as the mean of two answers, is taken at its word."""
    must(gives_one_number(model), name)
    last = model
    while isinstance(last, keras.Model) or is_idle(last):
        last = (last.outputs[0] if isinstance(last, keras.Model) else last.input)._keras_history.operation
    activation = getattr(last, "activation", None)
    if activation is keras.activations.linear:
        raise InputError(
            f"{name}: ends in a number of any size, and not in a probability; put a sigmoid behind it, as in "
            '`keras.Sequential([model, keras.layers.Activation("sigmoid")])`.'
        )
    if activation in vars(keras.activations).values() and activation not in SIGMOIDS:
        raise InputError(
            f"{name}: ends in {activation.__name__}, which gives no probability; train one that ends in a sigmoid."
        )


def is_idle(layer: keras.layers.Layer) -> bool:
    """Whether `layer` hands on the very numbers that it gets, outside training. Layers of ours say so themselves."""
    kind = type(layer).__name__
    by_kind = kind.startswith("Random") or "Dropout" in kind or kind in IDLE
    linear = kind == "Activation" and layer.activation is keras.activations.linear
    return by_kind or linear or getattr(layer, "idle_at_use", False)


def must_name_two(names: Sequence[str]) -> None:
    """Raise InputError unless these are the names of two classes."""
    if [isinstance(name, str) for name in names] != [True, True]:
        raise InputError(f'{list(names)}: not the names of two classes; give both, as in ["cats", "dogs"].')


def gives_one_number(model: keras.Model) -> bool:
    return tuple(model.output_shape)[1:] == (1,)


def must(fit: bool, name: str) -> None:
    if not fit:
        raise InputError(
            f"{name}: this model does not turn one picture into one probability; give one that does, "
            "made by `keras.Sequential` or `keras.Model(inputs, outputs)`, with an `Input`."
        )


def must_be_numbers(answers: np.ndarray) -> np.ndarray:
    """The same answers. Raises InputError if NaN is among them, which would pass for class 0."""
    if np.isnan(answers).any():
        raise InputError("model: answers nan, which is no probability; train it anew, with a lower learning rate.")
    return answers


def ask(model: keras.Model, pictures: Sequence[np.ndarray]) -> np.ndarray:
    """The answers of a one-unit model to pictures, uint8 or float in 0..1, in batches of 64: (N,). Raises InputError if
    it answers NaN."""
    lots = (np.asarray(pictures[start : start + 64]) for start in range(0, len(pictures), 64))
    numbers = (as_numbers(lot) if lot.dtype == np.uint8 else lot for lot in lots)
    return must_be_numbers(np.concatenate([model.predict_on_batch(lot)[:, 0] for lot in numbers]))


def checked(answers: Sequence[float], truth: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Answers as float (N,), and whether each picture is of class 1, bool (N,). Raises InputError if the two differ in
    length, or are empty, and for what is no probability."""
    answers, truth = np.asarray(answers, float).reshape(-1), np.asarray(truth, float).reshape(-1) > 0.5
    if not len(answers) or len(answers) != len(truth):
        raise InputError(f"{len(answers)} answers and {len(truth)} labels; give one label an answer.")
    if len(wrong := answers[~((answers >= 0) & (answers <= 1))]):  # NaN is neither
        raise InputError(
            f"{wrong[0]:g}: no probability, 0 to 1; give the answers of a network that ends in a sigmoid; one that "
            "answers nan must be trained anew, with a lower learning rate."
        )
    return answers, truth

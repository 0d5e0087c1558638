"""Settings of a network that fit each other."""

import warnings

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.sandbox import TryAgain, ask, told

BROKEN = {"units": 1, "activation": "softmax", "loss": "categorical_crossentropy", "steps_per_epoch": 100}


def _settings():
    return {
        "units": 1,
        "activation": "sigmoid",
        "loss": "binary_crossentropy",
        "steps_per_epoch": None,
    }


def _judge_settings(answer):
    from helpers.quiet import keras

    if not isinstance(answer, dict):
        raise TryAgain("The settings are a dict.", came=answer)
    if strange := set(answer) - set(BROKEN):
        raise TryAgain(f"The settings are {', '.join(BROKEN)}.", came=sorted(map(str, strange)))
    units, activation, steps = answer.get("units", 1), answer.get("activation"), answer.get("steps_per_epoch")
    if steps is not None and (isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1):
        raise TryAgain("`steps_per_epoch` is a number of batches, or `None`: then the dataset says it.", came=steps)
    rng = np.random.default_rng(0)
    labels = np.arange(64) % 2
    points = (rng.normal(size=(64, 3)) + 2.5 * (2 * labels[:, None] - 1)).astype("float32")
    probe = "64 points of two classes, 4 batches of 16, ten epochs"
    start = keras.initializers.Constant(
        -0.4
    )  # all answers wrong at first: what cannot learn does not get there by luck
    slips = {
        "function identifier": "Keras knows no activation of this name; all are in small letters, such as `relu`.",
        "for `units`": "`units` is a whole number: how many numbers the layer gives for a picture.",
    }
    made = {"probe": "the last layer", "known": slips}
    last = ask(lambda: keras.layers.Dense(units, activation, kernel_initializer=start), **made)
    model = keras.Sequential([keras.layers.Input((3,)), last])
    history = _fitted(model, points, labels[:, None], answer, probe)
    logits = last.activation is keras.activations.linear
    _judge_learning(model(points).numpy(), labels, history, logits, probe)


def _fitted(model, points, labels, settings, probe):
    from helpers.quiet import keras, tf

    batches = tf.data.Dataset.from_tensor_slices((points, labels)).batch(16)
    steps = settings.get("steps_per_epoch")
    if steps is not None and steps < 4:
        why = "An epoch has 4 batches; with fewer steps the rest are not seen in it. Leave the steps out."
        raise TryAgain(why, probe, f"{steps} step{'s' * (steps > 1)} per epoch")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model.compile(keras.optimizers.Adam(0.1), loss=settings.get("loss"), jit_compile=False)
            history = model.fit(batches, epochs=10, steps_per_epoch=steps, shuffle=False, verbose=0).history["loss"]
        except Exception as error:  # noqa: BLE001 settings that do not fit fail in many ways
            why = "These settings do not fit each other, or the labels, which are one number a picture (0 or 1)."
            if "loss identifier" in str(error):
                why = "Keras knows no loss of this name; they are in small letters, words joined by `_`."
            elif "No loss" in str(error):
                why = "There is no `loss`: without one, nothing says what a better answer is."
            elif "sparse" in str(error).lower():
                why = "Sparse categorical cross-entropy wants a unit for each class; with one unit, class 1 has none."
            raise TryAgain(why, probe, told(error)) from None
    if any("received `from_logits=True`" in str(one.message) for one in caught):
        why = (
            "The layer makes probabilities, and `from_logits=True` would make probabilities of these once more. Here "
            "Keras notices it and warns; elsewhere nobody does. Do it once: in the layer or in the loss."
        )
        raise TryAgain(why, probe)
    if any("ran out of data" in str(one.message) for one in caught):
        why = (
            "“Your input ran out of data”: an epoch has 4 batches, and the dataset knows its end. Leave the steps out."
        )
        raise TryAgain(why, probe, f"{steps} steps per epoch")
    return history


def _judge_learning(said, labels, history, logits, probe):
    fell = f"loss {history[0]:.3g} in the first epoch, {history[-1]:.3g} in the last"
    if said.shape[1] == 1 and np.ptp(said) == 0 and said[0, 0] == 1:
        raise TryAgain("Softmax over one unit says 1 to each picture, whatever the loss makes of it.", probe, fell)
    if not np.isfinite(history).all():
        raise TryAgain("The loss is not a number: it takes logarithms of what are no probabilities.", probe, fell)
    if said.shape[1] == 1 and history[0] < 1e-6:
        why = "The loss is 0 from the start: categorical cross-entropy compares units, and there is only one."
        raise TryAgain(why, probe, fell)
    beyond = said.min() < -1e-6 or said.max() > 1 + 1e-6
    guesses = [said.argmax(axis=1)] if said.shape[1] > 1 else [said[:, 0] > 0.5, said[:, 0] > 0]
    right = max(float(np.mean(guess == labels)) for guess in guesses)
    if right >= 0.95 and history[-1] <= 0.5 * history[0] and (logits or not beyond):
        return
    why = "It does not learn as it should."
    if beyond and logits:
        why = (
            "Logits go into a loss that takes probabilities: a sigmoid in the layer, or `from_logits=True` in the loss."
        )
    elif beyond:
        why = "This activation leaves the range from 0 to 1, which the loss needs: take the one made for probabilities."
    came = f"outputs from {said.min():.3g} to {said.max():.3g}; {fell}; {right:.0%} right"
    raise TryAgain(why, probe, came, "a loss that falls by half or more, and 95 % right")


settings = Exercise(
    "training.settings",
    kind="repair a broken script",
    concept="settings that fit each other",
    prompt="A network for two classes does not learn; its labels are one number a picture, 0 or 1. The cause is in "
    "these settings of its last layer (`units`, `activation`), its `loss` and its `fit` (`steps_per_epoch`; the "
    "dataset is finite). Mend them. The check trains a small network with them.",
    stub="""
settings = {
    "units": 1,
    "activation": "softmax",
    "loss": "categorical_crossentropy",
    "steps_per_epoch": 100,
}
exercises.training.settings.check(settings)
""",
    hints=[
        "What does a softmax over one unit say? And who knows best how many batches there are?",
        "One unit goes with a sigmoid and the **binary** loss. `steps_per_epoch` may be left out, or be `None`.",
        '`"sigmoid"`, `"binary_crossentropy"`, `None`.',
    ],
    insight="One unit, sigmoid, binary cross-entropy; or two, softmax, sparse categorical. Never one of each.",
    answer=_settings,
    judge=_judge_settings,
    untouched=BROKEN,
    needs_keras=True,
)

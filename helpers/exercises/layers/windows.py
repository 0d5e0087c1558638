"""A model with the outputs of all layers."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import items, numbers
from helpers.exercises.questions import Choice
from helpers.exercises.sandbox import TryAgain, ask

never_called = Choice(
    "layers.never_called",
    concept="a layer that has never been called",
    prompt="`model = keras.Sequential([Conv2D(8, 3), Flatten(), Dense(1)])`, and then `model.layers[0].output`: “The "
    "layer conv2d has never been called and thus has no defined output.” What is missing?",
    options={
        "a": ("`model.compile(…)`", "Compiling names loss and optimizer; it does not tell the model what goes in."),
        "b": (
            "The model does not know what goes in: put an `Input` first, or call it once on a batch.",
            "Only with the shape of the input do layers have outputs to look at. (Of a built Sequential take "
            "`model.inputs`: its `.input` says “never called” all the same.)",
        ),
        "c": (
            "`model.fit(…)`: it must be trained first.",
            "Fitting would call it, but no training is needed to see shapes.",
        ),
        "d": ("An activation in each layer.", "Layers without an activation have outputs, too."),
        "e": ("Names for the layers.", "Keras makes up names; `layer.output` does not need them."),
        "f": ("A newer release of Keras.", "No release can know the size of pictures that nobody has told it."),
        "g": (
            "`model.summary()`: it sets the layers up.",
            "It only tells what is there: of this model, `?` for each shape, and “unbuilt”.",
        ),
    },
    right="b",
    hints=[
        "How many weights has a dense layer whose input nobody knows?",
        "Calling it once, on anything, tells.",
        "An `Input`.",
    ],
)


def _window(model):
    from helpers.quiet import keras

    return keras.Model(model.inputs[0], [layer.output for layer in model.layers])


def _networks():
    """A chain with dropout, a chain that was built by being called, and one whose way parts and joins."""
    from helpers.quiet import keras

    layers = keras.layers
    chain = keras.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(2, 3, activation="relu", bias_initializer="ones"),  # awake, or dropout would change nothing
            layers.Dropout(0.5),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    called = keras.Sequential([layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])
    called(np.zeros((1, 8, 8, 3), "float32"))
    pictures = layers.Input((8, 8, 3))
    both = layers.Concatenate()([layers.GlobalAveragePooling2D()(pictures), layers.GlobalMaxPooling2D()(pictures)])
    parted = keras.Model(pictures, layers.Dense(1, activation="sigmoid")(both))
    return {"a chain of layers": chain, "a chain built by a call": called, "a network whose way parts": parted}


def _judge_window(answer):
    from helpers.quiet import keras

    batch = np.random.default_rng(0).uniform(0.2, 1, (2, 8, 8, 3)).astype("float32")
    for words, model in _networks().items():
        layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
        probe = f"{words}: {', '.join(layer.name for layer in layers)}; a batch of two pictures"
        kept = model.get_weights()
        look = _opened(answer, model, probe)
        if not callable(look):
            raise TryAgain("A model (or a function) is asked for, that can be given a batch.", probe, look)
        outputs = _outputs(look, batch, probe, parts="parts" in words)
        if not all(np.array_equal(*pair) for pair in zip(kept, model.get_weights(), strict=True)):
            raise TryAgain("The weights of the model have changed; a window only looks.", probe)
        if isinstance(outputs, dict):
            outputs = list(outputs.values())
        if hasattr(outputs, "__next__"):
            outputs = items(outputs, probe)
        if not isinstance(outputs, list | tuple):
            raise TryAgain(
                "Only one output came: the answer, or one layer. Asked for is a list of all of them.", probe, outputs
            )
        came = [numbers(one, probe) for one in outputs]
        if len(came) == len(layers) + 1 and came[0].shape == batch.shape:
            came = came[1:]  # the pictures themselves, as an Input has them
        expected = [one.numpy() for one in _all_outputs(model, layers, batch)]
        _compare_outputs(came, expected, layers, probe)


def _opened(answer, model, probe):
    known = {
        "never been called": "It takes `model.input`, which a Sequential does not have, though it is built: take "
        "`model.inputs`.",
        "`inputs` argument cannot be empty": "What goes in is not always the first layer's input: take `model.inputs`.",
        "missing 1 required positional": "It gets the model only, and returns something that can be given a batch.",
    }
    return ask(answer, model, probe=probe, known=known)


def _outputs(look, batch, probe, parts):
    """What the window answers. Whoever sends the batch from layer to layer is stuck where the way parts."""
    try:
        return ask(look, batch, probe=probe)
    except TryAgain as error:
        if not parts or "It raised an error" not in str(error):
            raise
        why = "It sends the batch through one layer after another. Here the way parts: a layer may get what several"
        why += " others made, or what came in. Each `layer.output` knows its own way."
        raise TryAgain(f"{why}\n{str(error).splitlines()[0]}", probe) from None


def _all_outputs(model, layers, batch):
    from helpers.quiet import keras

    made = keras.Model(model.inputs[0], [layer.output for layer in layers])(batch, training=False)
    return made if isinstance(made, list | tuple) else [made]


def _compare_outputs(came, expected, layers, probe):
    if len(came) != len(expected):
        raise TryAgain(
            "Not each layer has its output here, or some have two.", probe, f"{len(came)} outputs", f"{len(expected)}"
        )
    shapes = [one.shape for one in came]
    if shapes != [one.shape for one in expected]:
        if shapes == [one.shape for one in expected[::-1]]:
            raise TryAgain(
                "The order is turned round: the first layer comes first.", probe, shapes[0], expected[0].shape
            )
        raise TryAgain(
            "The outputs are not those of the layers, in their order.", probe, shapes, [one.shape for one in expected]
        )
    for one, right, layer in zip(came, expected, layers, strict=True):
        if np.allclose(one, right, atol=1e-4):
            continue
        if layer.name.startswith("dropout") or (
            layer.name.startswith("max") and np.isclose(one.max(), 2 * right.max(), rtol=0.01)
        ):
            raise TryAgain("Dropout is at work: the window is used as in training. Look with `training=False`.", probe)
        if np.isclose(one.min(), 0, atol=1e-4) and np.isclose(one.max(), 1, atol=1e-4):
            raise TryAgain(
                f"The output of {layer.name} is stretched to 0..1; a window shows numbers as they are.",
                probe,
                one,
                right,
            )
        why = f"The output of {layer.name} is not what this model computes: are its layers copied, with new weights?"
        raise TryAgain(why, probe, one, right)


window = Exercise(
    "layers.window",
    kind="finish a model",
    concept="a model with many outputs",
    prompt="Write `window`. It gets a built model, whose way may also part and join again, and returns "
    "another one (or a function) that, called with a batch of "
    "pictures, answers with a list: the output of **each** layer, in order. The layers are shared, not copied.",
    stub="""
def window(model):
    # -> a model with the outputs of all layers
    ...


exercises.layers.window.check(window)
""",
    hints=[
        "`keras.Model(inputs, outputs)` takes a list of outputs.",
        "Each layer has its `layer.output`, the model its `model.inputs`.",
        "`keras.Model(model.inputs[0], [layer.output for layer in model.layers])`.",
    ],
    insight="The window costs nothing: same layers, same weights, only more places to look at.",
    answer=_window,
    judge=_judge_window,
    needs_keras=True,
)

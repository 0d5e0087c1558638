"""Answers and file names in the same order."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import encoded, files, numbers
from helpers.exercises.sandbox import TryAgain, ask


def _answers_by_file(model, folder):
    from helpers import pipeline

    data = pipeline.image_dataset(folder, (8, 8), shuffle=False)
    return dict(zip(data.paths, model.predict(data, verbose=0)[:, 0], strict=True))


def _judge_order(answer):
    from helpers import pipeline
    from helpers.quiet import keras

    layers = keras.layers
    model = keras.Sequential([layers.Input((8, 8, 3)), layers.GlobalAveragePooling2D(), layers.Dense(1, "sigmoid")])
    model.set_weights([np.full((3, 1), 1.0), np.array([-1.5])])
    shades = np.random.default_rng(1).permutation(np.arange(10, 250, 20))
    contents = {
        f"{'cats' if n < 6 else 'dogs'}/{n:02}.png": encoded(np.full((8, 8, 3), shade, "uint8"), "PNG")
        for n, shade in enumerate(shades)
    }
    probe = "a folder of 12 pictures from dark to bright; the brighter, the more probable"
    with files(contents) as paths:
        folder = next(iter(paths.values())).parent.parent
        expected = {path.name: float(model(pipeline.load_image(path, (8, 8))[None])[0, 0]) for path in paths.values()}
        given = ask(answer, model, folder, probe=probe)
    if not isinstance(given, dict):
        try:
            given = dict(given)
        except (TypeError, ValueError):
            raise TryAgain("A dict is asked for: path → probability.", probe, type(given).__name__) from None
    found = {
        str(getattr(key, "name", key)).replace("\\", "/").rsplit("/", 1)[-1]: value for key, value in given.items()
    }
    if set(found) != set(expected):
        raise TryAgain(
            "There should be one answer for each file, under its path.",
            probe,
            f"{len(given)} keys, such as {next(iter(given), None)}",
            "12 files",
        )
    came = np.array([numbers(found[name], probe).ravel()[:1] for name in expected]).ravel()
    right = np.array(list(expected.values()))
    bright = np.array([float(model(np.full((1, 8, 8, 3), shade, "float32"))[0, 0]) for shade in shades])
    if np.allclose(came, right, atol=0.01):
        return
    if np.allclose(came, bright, atol=0.01):
        raise TryAgain("The pictures were not divided by 255, as in training.", probe, came, right)
    if np.allclose(came, 1 - right, atol=0.01):
        raise TryAgain("That is the probability of class 0.", probe, came, right)
    if set(np.unique(came)) <= {0, 1}:
        raise TryAgain("That is the class; asked for is the probability.", probe, came, right)
    if np.allclose(np.sort(came), np.sort(right), atol=0.01):
        why = "The right numbers at the wrong files: pictures and paths came in different orders (one is shuffled?)."
        raise TryAgain(why, probe, came, right)
    raise TryAgain("These are not the model's answers to these files.", probe, came, right)


order = Exercise(
    "training.order",
    kind="repair a broken script",
    concept="predictions beside file names",
    prompt="This function should return a dict: the path of each picture in `folder` → the model's probability for it. "
    "Its numbers look fine, and stand at the wrong files. Mend it.",
    stub="""
def answers_by_file(model, folder):
    data = pipeline.image_dataset(folder, (8, 8))
    return dict(zip(data.paths, model.predict(data, verbose=0)[:, 0]))


exercises.training.order.check(answers_by_file)
""",
    hints=[
        "In which order does the dataset hand out the pictures, and in which order are the paths?",
        "`image_dataset` shuffles, unless it is told not to.",
        "`pipeline.image_dataset(folder, (8, 8), shuffle=False)`; or load each path by itself.",
    ],
    insight="Shuffle for training only; whatever is joined with names keeps its order.",
    answer=_answers_by_file,
    judge=_judge_order,
    needs_keras=True,
)

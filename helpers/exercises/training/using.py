"""Answers and file names in the same order."""

from pathlib import PurePath

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import compare, encoded, files, one_number
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
    probe = "a folder of 12 pictures from dark to bright; the brighter, the more probable"
    with files(_shaded_files()) as paths:
        pictures = np.stack([pipeline.load_image(path, (8, 8)) for path in paths.values()])
        given = ask(answer, model, next(iter(paths.values())).parent.parent, probe=probe)
    came = _in_order(given, list(paths), probe)
    right, undivided = (model(batch).numpy()[:, 0] for batch in (pictures, 255 * pictures))
    known = {
        "That is in percent; a probability is between 0 and 1.": 100 * right,
        "The pictures were not divided by 255, as in training.": undivided,
        "That is the probability of class 0.": 1 - right,
        "That is the class; asked for is the probability.": right > 0.5,
    }
    why = "These are not the model's answers to these files."
    if np.allclose(np.sort(came), np.sort(right), atol=0.01):
        why = "The right numbers at the wrong files: pictures and paths came in different orders (one is shuffled?)."
    compare(came, right, probe, known, why, within=0.01)


def _shaded_files():
    """Twelve pictures of one shade each; the order of their names is not that of their shades, and each name is there
    twice, in two folders."""
    shades = np.random.default_rng(1).permutation(np.arange(10, 250, 20))
    folders = ["cats"] * 6 + ["dogs"] * 6
    return {
        f"{folder}/{n % 6:02}.png": encoded(np.full((8, 8, 3), shade, "uint8"), "PNG")
        for n, (folder, shade) in enumerate(zip(folders, shades, strict=True))
    }


def _in_order(given, names, probe):
    """The answers by file name, whatever stands for a path, in the order of `names`."""
    try:
        given = dict(given)
    except (TypeError, ValueError):
        raise TryAgain("A dict is asked for: path → probability.", probe, type(given).__name__) from None
    found = {"/".join(PurePath(str(key).replace("\\", "/")).parts[-2:]): value for key, value in given.items()}
    if set(found) != set(names):
        came = f"{len(given)} key{'s' * (len(given) != 1)}, such as {next(iter(given), None)}"
        why = "There should be one answer for each file, under its path."
        if found and all("/" not in key for key in found):
            why = "The keys are no paths: `cats/00.png` and `dogs/00.png` have one name, and need two keys."
        raise TryAgain(why, probe, came, "12 paths")
    return np.array([one_number(found[name], probe) for name in names])


order = Exercise(
    "training.order",
    kind="repair a broken script",
    concept="predictions beside file names",
    prompt="This function should return a dict: the path of each picture in `folder` → the model's probability for it, "
    "one number. Its numbers look fine, and stand at the wrong files. Mend it.",
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

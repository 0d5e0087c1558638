"""Errors to put into the lessons, one at a time: (lesson, id of the cell, what stands there, what takes its place).

In brackets, what is not text of a cell: (cell) is taken away; so is a (tag …); (alt) text is emptied; in an (output)
the first digit is changed.
"""

import json
import re
import sys
from pathlib import Path

RUN = "nbval"  # the check for which a lesson is run, with small parameters
CELL, ALT, OUTPUT, TAG = "(cell)", "(alt)", "(output)", "(tag "

MUTANTS = (
    ("01_cleaning", "01-06", "IMAGES = 160", "IMAGE = 160"),
    ("01_cleaning", "01-08", "for name in data.class_names:", "for name in data.class_names[:1]:"),
    ("01_cleaning", "01-15", 'sizes.min(), "pixels', 'sizes.max(), "pixels'),
    ("01_cleaning", "01-24", "share < 0.25", "share > 0.25"),
    ("01_cleaning", "01-34", 'return "error"', 'return "fine"'),
    ("01_cleaning", "01-77", "if path not in flagged", "if path in flagged"),
    ("01_cleaning", "01-51", "mkdtemp(dir=scratch)", "mkdtemp(dir=spoiled)"),
    ("01_cleaning", "01-54", "rescale=1 / 255", "rescale=1.0"),
    ("01_cleaning", "01-61", "img_to_array(img) / 255", "img_to_array(img)"),
    ("01_cleaning", "01-68", "y[hit] = 1 - y[hit]", "y[hit] = y[hit]"),
    ("01_cleaning", "01-70", "binary_crossentropy", "mse"),
    ("01_cleaning", "01-65", "800", "900"),
    ("01_cleaning", "01-74", "## What we found", "## The end"),
    ("01_cleaning", "01-31", CELL, ""),
    ("01_cleaning", "01-11", ALT, ""),
    ("01_cleaning", "01-15", OUTPUT, ""),
    ("02_augmentation", "02-08", "shape, pet.dtype", "shape[::-1], pet.dtype"),
    ("02_augmentation", "02-24", "pet[:, ::-1]", "pet[::-1]"),
    ("02_augmentation", "02-26", "warp(pet, training=False)", "warp(pet, training=True)"),
    ("02_augmentation", "02-28", "training=True", "training=False"),
    ("02_augmentation", "02-42", "== before", "!= before"),
    ("02_augmentation", "02-44", "side[photo_of[path]]", "rng.random() < 0.75"),
    ("02_augmentation", "02-51", '["val_accuracy"]', '["accuracy"]'),
    ("02_augmentation", "02-62", "new[:, :, ::-1]", "new[:, ::-1]"),
    ("02_augmentation", "02-66", "03_training.ipynb", "03_trainings.ipynb"),
    ("02_augmentation", "ex-augmentation-mirror", "check(mirror)", "check(mirrored)"),
    ("02_augmentation", "ex-augmentation-split-first-text", "three quarters", "a quarter"),
    ("02_augmentation", "02-38", CELL, ""),
    ("02_augmentation", "02-17", "(tag cover)", ""),
    ("03_training", "03-08", ", skip=HALF", ""),
    ("03_training", "03-11", "enumerate(data.class_names)", "enumerate(data.class_names[::-1])"),
    ("03_training", "03-19", "kernel[:, :, None, None]", "kernel.T[:, :, None, None]"),
    ("03_training", "03-26", "loss = -(truth", "loss = (truth"),
    ("03_training", "03-28", "axis=1", "axis=0"),
    ("03_training", "03-30", 'loss="binary_crossentropy"', 'loss="mse"'),
    ("03_training", "03-36", "{lowest + 1}", "{lowest}"),
    ("03_training", "03-48", "epoch(run) - 1", "epoch(run)"),
    ("03_training", "03-65", "(better, again)", "(better, better)"),
    ("03_training", "ex-training-best-epoch-text", "lowest", "highest"),
    ("03_training", "ex-training-loss", CELL, ""),
    ("03_training", "03-40", CELL, ""),
    ("03_training", "03-28", OUTPUT, ""),
    ("03_training", "03-66", CELL, ""),
    ("04_layer_visualization", "04-01", "**You will be able to**", "**Aims**"),
    ("04_layer_visualization", "04-07", "images=600, shuffle=False", "images=600, shuffle=True"),
    ("04_layer_visualization", "04-13", "np.where(right, sure, -1)", "np.where(right, -1, sure)"),
    ("04_layer_visualization", "04-17", "answers[chosen]", "1 - answers[chosen]"),
    ("04_layer_visualization", "04-29", "np.maximum(0,", "np.minimum(0,"),
    ("04_layer_visualization", "04-29", "row : row + 3", "row : row + 2"),
    ("04_layer_visualization", "04-36", "measures[0].numbers", "measures[1].numbers"),
    ("04_layer_visualization", "04-60", "Cropping2D(((0, 48), (0, 48)))", "Cropping2D(((48, 0), (48, 0)))"),
    ("04_layer_visualization", "04-62", "for class_index in (0, 1)", "for class_index in (1, 0)"),
    ("04_layer_visualization", "ex-layers-dead", "exercises.layers.dead", "exercises.layers.dying"),
    ("04_layer_visualization", "04-09", CELL, ""),
    ("04_layer_visualization", "04-20", ALT, ""),
    ("04_layer_visualization", "04-36", "(tag compare)", ""),
    ("05_your_own_photos", "05-06", "IMAGES = 900", "IMAGE = 900"),
    ("05_your_own_photos", "05-08", "1 - cells.share(path)", "cells.share(path)"),
    ("05_your_own_photos", "05-14", "digests(data.train) & digests(data.validation)", "digests(data.train)"),
    ("05_your_own_photos", "05-17", "rotation=10)", "rotation=10"),
    ("05_your_own_photos", "05-23", "model.class_names = data.class_names", "pass"),
    ("05_your_own_photos", "05-26", "(~sure).sum()", "sure.sum()"),
    ("05_your_own_photos", "05-38", "(answers[~first] > 0.5)", "(answers[~first] < 0.5)"),
    ("05_your_own_photos", "05-46", "faults=True", "faults=False"),
    ("05_your_own_photos", "05-50", "0.8 * count", "0.9 * count"),
    ("05_your_own_photos", "05-55", 'bytes_of["float32"] >', 'bytes_of["float32"] <'),
    ("05_your_own_photos", "05-11", ALT, ""),
    ("05_your_own_photos", "05-50", OUTPUT, ""),
)  # fmt: skip

ONLY = "from helpers.checking import RULES, Lesson, code; from pathlib import Path; import sys; "
LINT = ONLY + "sys.exit(any(f for rule in RULES if rule is not code.fresh for f in rule(Lesson(Path(sys.argv[1])))))"
FRESH = ONLY + "sys.exit(any(code.fresh(Lesson(Path(sys.argv[1])))))"


def spoil(whole: str, cell_id: str, was: str, became: str) -> str:
    """The text of a notebook with the error in it; the same text if it cannot be put in."""
    notebook = json.loads(whole)
    cell = next((one for one in notebook["cells"] if one.get("id") == cell_id), None)
    if cell is None:
        return whole
    if was == CELL:
        notebook["cells"].remove(cell)
    elif was == ALT:
        for output in cell["outputs"]:
            output.get("metadata", {}).get("image/png", {}).update(alt="")
    elif was == OUTPUT:
        text = json.dumps(cell["outputs"])
        first = re.search(r'"text": \[?"[^\d"]*(\d)', text)
        text = f"{text[: first.start(1)]}{(int(first[1]) + 1) % 10}{text[first.end(1) :]}"
        cell["outputs"] = json.loads(text)
    elif was.startswith(TAG):
        cell["metadata"]["tags"].remove(was.removeprefix(TAG).rstrip(")"))
    else:
        cell["source"] = "".join(cell["source"]).replace(was, became, 1)
    spoilt = json.dumps(notebook, indent=1, ensure_ascii=False)
    return whole if json.loads(spoilt) == json.loads(whole) else spoilt


def checks(lesson: str) -> list[tuple[str, tuple[str, ...]]]:
    """(name, command) of what may notice an error in a lesson, the cheapest first, change of the code itself last."""
    file = f"notebooks/{lesson}.ipynb"
    nbval = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--nbval-lax", "--nbval-cell-timeout=300")
    return [
        ("ruff", (sys.executable, "-m", "ruff", "check", "-q", file)),
        ("lint", (sys.executable, "-c", LINT, file)),
        (RUN, (sys.executable, *nbval, f"quick/{lesson}.ipynb")),
        ("outputs of other code", (sys.executable, "-c", FRESH, file)),
    ]


def ready(lesson: str) -> tuple[str, ...]:
    """The command that makes quick/LESSON.ipynb in the copy."""
    return (sys.executable, str(Path(__file__).with_name("quick.py")), lesson)

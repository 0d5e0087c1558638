"""Fit a network, watch it learn, keep it, and use it on pictures that it has not seen."""

import csv
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.by_hand import between_steps
from helpers.by_the_clock import Trained, train_within  # noqa: F401 part of this room for its callers
from helpers.datasets import digest_of
from helpers.decoding_apart import decoded
from helpers.errors import InputError
from helpers.exporting import export as export  # a part of what one does with a model, in a room of its own
from helpers.exporting import read_note, write_note
from helpers.one_probability import must_be_numbers, must_name_two, must_take_pictures
from helpers.pipeline import as_numbers
from helpers.progress import beside, progress
from helpers.quiet import keras, tf
from helpers.whole import must_be_free, whole

MARK = 8  # characters
EXPORTED = "`labs export` made this for other programs; give the model that it was made from."


def fit(
    model: keras.Model,
    train: tf.data.Dataset,
    validation: tf.data.Dataset | None,
    epochs: int = 15,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> keras.callbacks.History:
    """`model.fit` with one line of live progress in place of a page of log.

    A model that is not compiled yet gets what the course gives it: RMSprop at a step of 0.001, binary cross-entropy,
    accuracy. Returns Keras's History: `.history` maps "loss", "accuracy", "val_loss", "val_accuracy" to one number an
    epoch. Stopped by Ctrl-C or the stop button, it returns what there is so far.
    """
    if not model.compiled:
        model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
    live = LiveProgress(epochs)
    try:
        with between_steps() as stop_if_asked:
            between = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: stop_if_asked())
            model.fit(
                train,
                validation_data=validation,
                epochs=epochs,
                callbacks=[live, between, *callbacks],
                shuffle=False,  # the dataset shuffles itself
                verbose=0,
            )
    except KeyboardInterrupt:
        print("Stopped by hand: the model stays as it is now.")
    finally:
        live.close()
    return model.history


class LiveProgress(keras.callbacks.Callback):
    """One bar over all epochs, with the latest accuracies beside it."""

    def __init__(self, epochs: int):
        super().__init__()
        self.bar = progress(total=epochs, text="training", unit="epochs")

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        beside(self.bar, logs)
        self.bar.update(1)

    def close(self) -> None:
        self.bar.close()


@dataclass(frozen=True)
class Evaluation:
    """How a model did on a set of pictures.

    accuracy: share of right answers, in 0..1. interval: its 95 % interval (Wilson 1927). n: how many pictures.
    confusion: int (2, 2), rows are the true class, columns the answer. class_names: in the order of both.
    """

    accuracy: float
    interval: tuple[float, float]
    n: int
    confusion: np.ndarray
    class_names: list[str]


def evaluate(model: keras.Model, dataset: tf.data.Dataset) -> Evaluation:
    """Answers against labels over all batches of `dataset`; an answer above 0.5 says class 1, and so does a label.

    Raises InputError for a model that gives more than one number a picture, or NaN, and for a dataset without pictures.
    """
    confusion = np.zeros((2, 2), int)
    for pictures, labels in dataset:
        answers = must_be_numbers(model.predict_on_batch(pictures))
        if answers.shape[1:] != (1,):
            raise InputError("model: gives more than one number a picture; give one that ends in one sigmoid unit.")
        np.add.at(confusion, ((labels.numpy()[:, 0] > 0.5).astype(int), (answers[:, 0] > 0.5).astype(int)), 1)
    n, right = int(confusion.sum()), int(confusion.trace())
    if not n:
        raise InputError("dataset: holds no pictures to evaluate on; look at the folder that it was made of.")
    names = getattr(dataset, "class_names", None) or ["class 0", "class 1"]
    return Evaluation(right / n, wilson(right, n), n, confusion, names)


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share: `right` out of `n` (Wilson 1927, JASA 22, 209-212). Both ends are in 0..1."""
    z = 1.959964
    share, spread = right / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Prediction:
    """The answer to one file: the class it was given and how probable the network holds it, or why there is none."""

    path: Path
    class_name: str = ""
    probability: float | None = None
    error: str = ""


def predict(
    model: keras.Model, paths: Iterable[str | Path], class_names: Sequence[str] | None = None
) -> list[Prediction]:
    """One Prediction a path, in the same order. A file that cannot be read costs its own row, not the others': files
    are decoded in processes of their own, so that holds for one that crashes or stops a decoder, too.

    class_names: only needed for a model that does not carry them (see `save`).
    Raises InputError for a model that does not turn one picture of one size into one probability, or that answers NaN,
    and for names that are not those of two classes.
    """
    must_take_pictures(model)
    names = class_names or getattr(model, "class_names", None) or ["class 0", "class 1"]
    must_name_two(names)
    paths = [Path(path) for path in paths]
    answers = {}
    with (
        progress(total=len(paths), text="predicting") as bar,
        closing(decoded(paths, model.input_shape[1:3])) as lots,
    ):
        for lot in lots:
            answers |= {at: Prediction(paths[at], error=why) for at, why in lot if isinstance(why, str)}
            good = [(at, picture) for at, picture in lot if not isinstance(picture, str)]
            ones = model.predict_on_batch(as_numbers([picture for _, picture in good]))[:, 0] if good else ()
            for (at, _), one in zip(good, map(float, must_be_numbers(ones)), strict=True):
                answers[at] = Prediction(paths[at], names[int(one > 0.5)], max(one, 1 - one))
            bar.update(len(lot))
    return [answers[at] for at in range(len(paths))]


def marks_of(pictures: Sequence[Path]) -> list[str]:
    """Eight characters for each picture, by which its bytes are known again. Raises InputError for one that cannot be
    read."""
    return [digest_of(path).hex()[:MARK] for path in progress(pictures, text="looking at pictures")]


def learned_from(model: keras.Model, pictures: Sequence[Path]) -> int | None:
    """How many of the pictures it learned from, by their bytes; None where its file does not say (see `save`)."""
    known = getattr(model, "learned_from", None)
    return sum(mark in known for mark in marks_of(pictures)) if known else None


def save(
    model: keras.Model,
    path: str | Path,
    class_names: Sequence[str],
    overwrite: bool = False,
    marks: Sequence[str] = (),
) -> None:
    """Write the model, with its class names inside, to one `.keras` file; whole or not at all.

    marks: of the pictures that it learned from, as `marks_of` gives them, to be known again where it is judged.
    Raises InputError if the name does not end in .keras, its folder is missing, the file is there already and
    `overwrite` is not set, or the class names are not two.
    """
    path = Path(path)
    must_name_two(class_names)
    if path.suffix != ".keras":
        raise InputError(f"{path}: a model is saved under a name that ends in .keras; choose such a name.")
    must_be_free(path, overwrite)
    with whole(path) as unfinished:
        model.save(unfinished)
        write_note(unfinished, class_names=list(class_names), learned_from="".join(marks))


def load_model(path: str | Path) -> keras.Model:
    """A model from a `.keras` file, in Keras's safe mode; `.class_names` is set if `save` wrote the file, and
    `.learned_from`, the marks of the pictures that it learned from, if it was told.

    Raises InputError if there is no such file, it is no model, or its output is not one probability.
    """
    from helpers.cells import networks  # noqa: F401 so that Keras knows its layer

    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such model file; train one with `labs train`, or check the path.")
    try:
        _must_be_what_its_name_says(path)
        model = keras.models.load_model(path, safe_mode=True)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 Keras raises many kinds for a file that is no model
        raise InputError(f"{path}: {_why_not(error)}; give a file that `labs train` made.") from None
    note = read_note(path)
    if note.get("takes"):
        raise InputError(f"{path}: {EXPORTED}")
    must_take_pictures(model, str(path))
    model.class_names = note.get("class_names")
    marks = note.get("learned_from", "")
    model.learned_from = frozenset(marks[k : k + MARK] for k in range(0, len(marks), MARK))
    return model


def _must_be_what_its_name_says(path: Path) -> None:
    """Raise InputError for a file of another kind than its name says: Keras would say that it was not found."""
    if path.suffix in (".h5", ".hdf5"):
        return
    with path.open("rb") as file:
        start = file.read(8)
    if start == b"\x89HDF\r\n\x1a\n":
        why = "is an HDF5 model, as older versions of Keras write them; let its name end in .h5"
    elif zipfile.is_zipfile(path):
        if path.suffix == ".keras":
            return
        if read_note(path).get("takes"):
            raise InputError(f"{path}: {EXPORTED}")
        why = "is not named as a Keras model; let its name end in .keras if it is one"
    elif start.startswith(b"PK"):
        why = "cannot be read as a Keras model (it is cut off); fetch or copy it again"
    else:
        why = "cannot be read as a Keras model (it is of another kind); give a file that `labs train` made"
    raise InputError(f"{path}: {why}.")


def _why_not(error: Exception) -> str:
    """Why Keras did not load a file; of its safe mode, which it only advises to leave, what that keeps away."""
    text = str(error).rpartition("Exception encountered: ")[2].strip() or type(error).__name__
    if "safe_mode=False" in text:
        asked = text.partition(". ")[0]
        return f"is refused by Keras's safe mode, as it may run code of its own here or read other files ({asked})"
    if own := re.search(r"Could not (?:locate (?:class|function)|deserialize class) '([^']+)'", text):
        return f"is refused: it needs {own[1]!r}, which is no layer of Keras, and nobody's own code is run from a model"
    if tool := re.search(r"deserialize [`']([\w.]+)[`'] because it is not a (?:modeling|KerasSaveable)", text):
        return f"is refused: it calls {tool[1]!r}, which is no part of a network, and may fetch or write files here"
    return f"cannot be read as a Keras model ({text.splitlines()[0]})"


def write_history(history: dict[str, list[float]], path: str | Path) -> None:
    """One row an epoch, counted from 1, with the columns of a Keras History; whole or not at all."""
    with whole(Path(path)) as unfinished, open(unfinished, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["epoch", *history])
        for epoch, row in enumerate(zip(*history.values(), strict=True), start=1):
            writer.writerow([epoch, *(f"{number:.6g}" for number in row)])

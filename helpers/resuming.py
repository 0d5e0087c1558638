"""A training that is killed goes on: its state lies in a folder beside the model, written anew every few seconds."""

import hashlib
import io
import json
import time
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from helpers.datasets import Dataset, digest_of, list_pictures
from helpers.errors import InputError
from helpers.progress import progress
from helpers.quiet import keras
from helpers.whole import write_whole

STATE = "state.json"
WEIGHTS = "[0-9]*.weights.npz"  # beside it, named by the time; others may lie there, too
FORM = 3  # of the state; another version of labs may have kept another one
EVERY = 5.0  # seconds between two states; one takes some hundredths of a second to write


def of(model_file: Path, dataset: Dataset, minutes: float, seed: int) -> "Unfinished":
    """The state of the training that makes `model_file` from these pictures, in a folder beside it.

    The bytes of all pictures are read, so that a copy of the folder is known again, and a changed picture noticed: 3
    seconds for 100,000 of 23 kB that the system has at hand, as it has after that for the training.
    Raises InputError for a picture that cannot be read.
    """
    pictures, told = [*list_pictures(dataset.train), *list_pictures(dataset.validation)], hashlib.sha256()
    for path in progress(pictures, text="looking at pictures"):
        name = path.relative_to(dataset.train.parent).as_posix()
        told.update(f"{name}\0".encode("utf-8", "surrogateescape") + digest_of(path))
    about = {"pictures": told.hexdigest()[:16], "minutes": minutes, "seed": seed, "version of labs": FORM}
    return Unfinished(model_file.with_name(f"{model_file.name}.unfinished"), about)


class Unfinished:
    """The state of a training, on disk.

    folder: for it alone. about: what must be the same for a training to go on, such as minutes and seed.
    """

    def __init__(self, folder: Path, about: Mapping[str, object]):
        self.folder, self.about, self.written = folder, dict(about), time.monotonic()

    def is_there(self) -> bool:
        return (self.folder / STATE).is_file()

    def read(self) -> dict:
        """What was kept last; {} if nothing is there. Raises InputError if it is of another training, or damaged."""
        if not self.is_there():
            return {}
        try:
            state = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
            other = [name for name, value in self.about.items() if state["about"].get(name) != value]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
            raise InputError(f"{self.folder}: is damaged; take it away, and train from the start.") from None
        if other == ["pictures"]:
            raise InputError(
                f"{self.folder}: learned from other pictures than are there now: some were changed, renamed, added or "
                "taken away; put them back as they were, or begin anew with --overwrite in place of --resume."
            )
        if other:
            told = "; ".join(
                "other pictures" if name == "pictures" else f"{name}: {state['about'].get(name)} then, {value} now"
                for name, value in self.about.items()
                if name in other
            )
            raise InputError(
                f"{self.folder}: is of another training ({told}); go on with that one, or take the folder away and "
                "train from the start."
            )
        return state

    def load_weights(self, model: keras.Model, state: Mapping) -> None:
        """Give the compiled model its weights, and the state of its optimizer. Raises InputError if damaged."""
        try:
            with np.load(self.folder / state["weights"]) as kept:
                for variable, name in zip(all_of(model), kept.files, strict=True):
                    variable.assign(kept[name])
        except (KeyError, OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
            raise InputError(f"{self.folder}: is damaged; take it away, and train from the start.") from None

    def is_due(self) -> bool:
        """Whether it is time to write the state again."""
        return time.monotonic() - self.written > EVERY

    def write(self, model: keras.Model, state: Mapping) -> None:
        """Keep the model, its optimizer and `state`. The small file names the large one, so both change at once; what
        was kept before goes only then. Raises InputError where there is no room: what was kept before stays."""
        name = f"{time.time_ns()}.weights.npz"
        told = {"about": self.about, "weights": name, **state}
        numbers = io.BytesIO()  # not written by HDF5 itself: that takes the whole program down where a disk is full
        np.savez(numbers, *map(np.asarray, all_of(model)))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            before = list(self.folder.glob(WEIGHTS))
            write_whole(self.folder / name, numbers.getvalue())
            write_whole(self.folder / STATE, json.dumps(told).encode())
        except OSError as error:
            if self.is_there():
                what_next = "what was learned before is kept: make room, and go on by --resume"
            else:
                what_next = "make room"
                self.forget()  # no empty folder stays behind
            raise InputError(f"{self.folder}: cannot be written ({error.strerror}); {what_next}.") from None
        for path in before:
            path.unlink(missing_ok=True)
        self.written = time.monotonic()

    def forget(self) -> None:
        """The training is done, or is to begin anew. What is not from here stays, and the folder with it."""
        with suppress(OSError):
            for pattern in (STATE, WEIGHTS, ".*.unfinished*"):
                for path in self.folder.glob(pattern):
                    path.unlink(missing_ok=True)
            self.folder.rmdir()


def all_of(model: keras.Model) -> list[keras.Variable]:
    """What changes in it as it learns; of the optimizer, too, if it has not learned yet."""
    model.optimizer.build(model.trainable_variables)
    return [*model.weights, *model.optimizer.variables]

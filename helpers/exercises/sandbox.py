"""Runs what a learner wrote without letting it harm the lesson: no traceback, no endless loop, no page of printing,
no end of Python.

Nothing here keeps anybody from doing harm on purpose: it is the learner's own machine.
"""

import copy
import ctypes
import io
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
from PIL import Image

from helpers.exercises.guarding import ENDS, Refused, guarded

SECONDS = 10.0  # time for one check
GOES_ON = "It goes on behind the scenes until what it is doing is done. If the machine stays busy, restart the kernel."
TOO_LARGE = "It asks for more memory than there is: something in it is far too large. Mind the shapes."
COLOUR = r"\x1b\[[\d;]*m"
BARS = re.compile(
    rf"(?:{COLOUR}|\x08|\d+/(?:\d+|Unknown)(?:{COLOUR})* (?:{COLOUR})*━[^\n\x08]*)+"
)  # Keras's own, no answer


class TryAgain(Exception):
    """An answer is wrong. why: the misconception, named; then the probe that showed it, what came and was expected."""

    def __init__(self, why: str, probe: object = None, came: object = None, expected: object = None):
        said = {"Tried on": probe, "Came": came, "Expected": expected}
        parts = {
            word: _ended(_cut(text, 300) if isinstance(text, str) else short(text))
            for word, text in said.items()
            if text is not None
        }
        if parts.get("Came", "") == parts.get("Expected"):  # alike in so few words, so they tell nothing
            del parts["Came"], parts["Expected"]
        super().__init__("\n".join([why, *(f"{word}: {text}" for word, text in parts.items())]))


class Stopped(BaseException):
    """Put into the thread of an answer that takes too long; no `except Exception` of the learner catches it."""


class FirstWords(io.TextIOBase):
    """Takes what is printed, and keeps only the beginning, so that an endless loop cannot fill the memory."""

    def __init__(self):
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text[: max(0, 1000 - len(self.text))]
        return len(text)


def run(judge: Callable[[object], None], answer: object) -> None:
    """`judge(answer)` in a thread of its own, so that it can be left when the time is up (on each system, in a notebook
    as in a script). What it raises is raised here; what would end Python, or need more memory than there is, becomes
    TryAgain."""
    raised = []

    def work() -> None:
        try:
            judge(answer)
        except BaseException as error:  # noqa: BLE001 SystemExit too: it goes over to the caller's thread
            raised.append(error)

    worker = threading.Thread(target=work, daemon=True)
    words = FirstWords()
    with guarded(worker), redirect_stdout(words), redirect_stderr(words):
        worker.start()
        try:
            worker.join(SECONDS)
        finally:
            late = worker.is_alive()
            if late:
                stop(worker)
    if late:
        left = f" {GOES_ON}" if worker.is_alive() else ""
        raise TryAgain(f"No answer after {SECONDS:g} seconds: does a loop in it ever end?{left}")
    if raised and isinstance(raised[0], Refused):
        raise TryAgain(str(raised[0]))
    if raised and is_too_large(raised[0]):
        raise TryAgain(TOO_LARGE)
    if raised and isinstance(raised[0], Exception):
        raise raised[0]
    if raised:
        raise TryAgain(ENDS.format(type(raised[0]).__name__))


def stop(worker: threading.Thread) -> None:
    """Ask the thread to stop, several times: the learner's code may catch whatever is raised in it."""
    for _ in range(20):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(Stopped))
        worker.join(0.05)
        if not worker.is_alive():
            return


def ask(function: Callable, *inputs: object, probe: str, known: Mapping[str, str] | None = None) -> object:
    """What the function returns for the inputs.

    Raises TryAgain if it is no function, raises, returns nothing or changes an input. probe: the inputs in words.
    known: {part of an error's message: the sentence that names the misconception behind it}.
    """
    if not callable(function):
        raise TryAgain("A function is asked for: hand it in by its name, without parentheses.", came=function)
    before = [_pristine(one) for one in inputs]
    printed = getattr(sys.stdout, "text", "")
    try:
        value = function(*inputs)
    except TryAgain:
        raise
    except Exception as error:  # noqa: BLE001 whatever the learner's code raises is told, not thrown
        if is_too_large(error):
            raise TryAgain(TOO_LARGE, probe, told(error)) from None
        said = _ended(f"It raised an error: {told(error)}")
        why = next((sentence for part, sentence in (known or {}).items() if part in str(error)), "")
        raise TryAgain(f"{why}\n{said}".strip(), probe) from None
    if value is None or value is Ellipsis:
        said = BARS.sub(" ", getattr(sys.stdout, "text", "")[len(printed) :])
        if said.strip():
            raise TryAgain(
                "It prints its answer; a function hands it back with `return`.", probe, " ".join(said.split())[:80]
            )
        raise TryAgain("It returns nothing: is there a `return` on each way through it?", probe, "None")
    if not all(_same(old, new) for old, new in zip(before, inputs, strict=True)):
        raise TryAgain(
            "It changes what it was given; whoever called it still needs that. Work on a new array or a copy.", probe
        )
    return value


def is_too_large(error: BaseException) -> bool:
    """Whether there was not enough memory: NumPy and Python say so in one way, TensorFlow in another."""
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


def told(error: BaseException) -> str:
    """The kind of an error and the first line of its message that says something."""
    plain = re.sub(r"\{\{.*?\}\}|\x1b\[\d+m", "", str(error))  # TensorFlow's {{function_node …}}, Keras's bold letters
    lines = [line.strip() for line in plain.splitlines()]
    lines = [line for line in lines if line and not line.startswith("Exception encountered when calling")]
    if lines and lines[0].startswith("in user code"):  # then TensorFlow's own lines follow, and the error comes last
        return next((line for line in lines[1:] if re.match(r"\w*(Error|Exception): ", line)), lines[-1])[:180]
    return f"{type(error).__name__}: {lines[0][:160]}" if lines else type(error).__name__


def short(thing: object) -> str:
    """A value in a few words: a number, a small array, or the shape and range of a large one."""
    array = np.asarray(thing.numpy()) if hasattr(thing, "numpy") else thing
    array = array.item() if isinstance(array, np.generic) else array
    if isinstance(array, np.ndarray):
        if array.size <= 12 or array.dtype.kind not in "biuf":
            return " ".join(np.array2string(array, threshold=12, formatter={"float_kind": plain}).split())
        low, high = np.min(array), np.max(array)
        return f"numbers of shape {array.shape} from {low:.4g} to {high:.4g}"
    if isinstance(array, float):
        return plain(array)
    if isinstance(array, list | tuple | set | dict) and not array:
        return "nothing in it"
    if callable(array):
        return f"a {type(array).__name__}"
    if isinstance(array, list | tuple):
        array = type(array)(one.item() if isinstance(one, np.generic) else one for one in array)
    return _cut(repr(array), 100)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def plain(number: float) -> str:
    """23 for 23.0; otherwise what four digits tell."""
    return f"{number:.0f}" if abs(number) < 1e9 and number == int(number) else f"{number:.4g}"


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _pristine(thing: object) -> object:
    if isinstance(thing, Image.Image):
        return thing.size, thing.tobytes()
    return copy.deepcopy(thing) if isinstance(thing, np.ndarray | list | dict | set) else None


def _same(before: object, thing: object) -> bool:
    if before is None:
        return True
    if isinstance(thing, Image.Image):
        return before == (thing.size, thing.tobytes())
    if isinstance(thing, np.ndarray):
        return before.shape == thing.shape and np.array_equal(before, thing, equal_nan=before.dtype.kind == "f")
    return _flat(before) == _flat(thing)


def _flat(thing: object) -> object:
    """Lists and dicts of arrays as something that `==` compares with one answer."""
    if isinstance(thing, dict):
        return [(key, _flat(value)) for key, value in thing.items()]
    if isinstance(thing, list):
        return [_flat(value) for value in thing]
    return (
        thing.tolist() if isinstance(thing, np.ndarray) else os.fspath(thing) if hasattr(thing, "__fspath__") else thing
    )

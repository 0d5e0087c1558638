"""Python functions inside a `tf.data` pipeline that let the program end.

TensorFlow works ahead in threads of its own. While Python shuts down, a thread that asks for Python waits for ever, and
an iterator that is taken down then waits for its threads: the program hangs after its last line. So when the program is
about to end, and threads may still enter Python, the functions answer with an error, until no thread asks any more.
"""

import atexit
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from helpers.quiet import tf

QUIET = 0.1  # seconds without a call, after which TensorFlow's short queues are full, and it asks for nothing more
PATIENCE = 30.0  # seconds: a call that takes longer holds the end of the program up no more


def in_python(function: Callable[..., np.ndarray], inputs: Sequence[tf.Tensor], dtype: tf.DType) -> tf.Tensor:
    """`tf.numpy_function`, whose calls are over before the program ends, and which does not keep `function`.

    TensorFlow keeps what it is given here until the program ends, and with it all that it works on: the pictures of a
    dataset that is long gone. So it gets a weak reference, and the caller must hold `function`, which is no bound
    method (each is a new object), as long as it may be called.
    """
    held = weakref.ref(function)

    def call(*arrays: np.ndarray) -> np.ndarray:
        alive = held()
        if alive is None:
            raise RuntimeError("the dataset that this works for is gone; keep it in a variable as long as it is used")
        with _calls:
            return alive(*arrays)

    return tf.numpy_function(call, inputs, dtype)


def in_steps(iterable: Iterable) -> Iterator:
    """The same things, for a generator that `Dataset.from_generator` is given: each step is such a call."""
    steps, end = iter(iterable), object()
    while True:
        with _calls:
            one = next(steps, end)
        if one is end:
            return
        yield one


def is_over() -> bool:
    """Is the program about to end? What waits in such a call should then wait no longer."""
    return _calls.over


class _Calls:
    """Those that run now, and when one last came or went. Each change is one step for Python: it needs no lock."""

    def __init__(self):
        self.running, self.last, self.over = [], time.monotonic(), False

    def __enter__(self) -> None:
        self.last = time.monotonic()
        if self.over:
            raise RuntimeError("the program is about to end")
        self.running.append(None)

    def __exit__(self, *_: object) -> None:
        self.running.pop()
        self.last = time.monotonic()

    def end(self) -> None:
        self.over, began = True, time.monotonic()
        while (self.running or time.monotonic() - self.last < QUIET) and time.monotonic() - began < PATIENCE:
            time.sleep(QUIET / 10)


_calls = _Calls()
atexit.register(_calls.end)  # after TensorFlow's own, so it runs before them

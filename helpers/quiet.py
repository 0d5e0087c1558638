"""Loads TensorFlow and Keras, quick and without their start-up log: `from helpers.quiet import keras, tf`.

TensorFlow 2.21 writes to file descriptor 2, past Python's `sys.stderr` and whatever TF_CPP_MIN_LOG_LEVEL says, what
the processor can do. In a lesson that is a red box under the first cell, and nothing in it is for the learner.
Errors still come: they are Python exceptions.
"""

import gc
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# With oneDNN our networks learn up to twice as fast (docs/pages/speed.md). TensorFlow uses it by itself only where the
# processor has AVX-512 for networks, which many laptops lack (release notes of TensorFlow 2.9).
if platform.machine() in ("x86_64", "AMD64"):
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


@contextmanager
def without_stderr() -> Iterator[None]:
    """Silence what libraries in C write past Python, such as a JPEG decoder's mutterings."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def never_garbage() -> Iterator[None]:
    """What is made meanwhile stays to the end, and Python need not look through it for garbage: TensorFlow's modules
    are 400,000 objects, and to go through them again and again, while they load and once more in the end, was a quarter
    of the time of a program that does little else (measured with Python 3.11; see `gc.freeze` in its documentation)."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if on:
            gc.enable()


with without_stderr(), never_garbage():
    import keras
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")  # hints on speed, such as those on retracing, are not for the learner
    tf.constant(0)  # the first operation starts the runtime, which has its own lines to say

__all__ = ["keras", "tf", "without_stderr"]

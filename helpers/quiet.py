"""Loads TensorFlow and Keras without their start-up log: `from helpers.quiet import keras, tf`.

TensorFlow 2.21 writes to file descriptor 2, past Python's `sys.stderr` and whatever TF_CPP_MIN_LOG_LEVEL says, what
the processor can do. In a lesson that is a red box under the first cell, and nothing in it is for the learner.
Errors still come: they are Python exceptions.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


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


with without_stderr():
    import keras
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")  # hints on speed, such as those on retracing, are not for the learner
    tf.constant(0)  # the first operation starts the runtime, which has its own lines to say

__all__ = ["keras", "tf", "without_stderr"]

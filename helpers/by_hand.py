"""Ctrl-C, or the stop button, ends a training between two of its steps.

Where it falls otherwise, Python raises KeyboardInterrupt at once. Inside TensorFlow that may be a destructor, where
Python drops it and the training goes on, or the tracing of a graph, which hands it on as another error.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def between_steps() -> Iterator[Callable[[], None]]:
    """Gives a function to call where it is safe to stop: it raises KeyboardInterrupt if Ctrl-C was pressed before.

    Pressed a second time, Ctrl-C breaks off at once. Where Python does not listen to it (in another thread than the
    main one, in the background) or somebody else does, all stays as it is.
    """
    pressed = []

    def note(number: int, frame: FrameType | None) -> None:
        if pressed:
            signal.default_int_handler(number, frame)
        pressed.append(number)

    def stop_if_asked() -> None:
        if pressed:
            raise KeyboardInterrupt

    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if ours:
        signal.signal(signal.SIGINT, note)
    try:
        yield stop_if_asked
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
    stop_if_asked()

"""While an answer is tried: what would end Python, or wait for somebody to type, is refused; the folder comes back."""

import builtins
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

ENDS = "It ends the program ({}) where it should return something."
WAITS = "It waits for somebody to type ({}); all that it needs is handed to it."
REFUSED = [  # (where, name, what is said); not each is there on each system
    *((os, name, ENDS) for name in ("_exit", "abort", "kill", "killpg", "execv", "execve")),
    *((builtins, name, ENDS) for name in ("exit", "quit")),
    (signal, "raise_signal", ENDS),
    *((builtins, name, WAITS) for name in ("input", "breakpoint")),
]


class Refused(BaseException):
    """Raised in place of what is refused; no `except Exception` of the learner catches it."""


@contextmanager
def guarded(worker: threading.Thread) -> Iterator[None]:
    """For the thread `worker` alone, the functions of REFUSED raise Refused; other threads may need them meanwhile.
    Afterwards they are as before, and so is the folder that Python works in."""
    kept = [(where, name, said, getattr(where, name)) for where, name, said in _refused() if hasattr(where, name)]
    folder = _folder()
    try:
        for where, name, said, function in kept:
            setattr(where, name, _refusing(function, said.format(name.removeprefix("ask_")), worker))
        yield
    finally:
        for where, name, _said, function in kept:
            setattr(where, name, function)
        if folder is not None:
            with suppress(OSError):  # it may have been taken away
                os.chdir(folder)


def _refused() -> list[tuple[object, str, str]]:
    """In a notebook, `exit()` is not Python's own: it asks the shell."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return REFUSED if shell is None else [*REFUSED, (type(shell), "ask_exit", ENDS)]


def _refusing(function: Callable, sentence: str, worker: threading.Thread) -> Callable:
    def instead(*inputs: object, **named: object) -> object:
        if threading.current_thread() is worker and not _is_of_another(function, inputs):
            raise Refused(sentence)
        return function(*inputs, **named)

    return instead


def _is_of_another(function: Callable, inputs: tuple) -> bool:
    """Whether it is a signal to another process, such as a child that took too long."""
    group = getattr(os, "getpgrp", os.getpid)()
    own = {0, -1, os.getpid(), os.getppid(), group, -group}
    return getattr(function, "__name__", "") in ("kill", "killpg") and bool(inputs) and inputs[0] not in own


def _folder() -> str | None:
    """Where Python works; None if that folder is gone."""
    with suppress(OSError):
        return os.getcwd()

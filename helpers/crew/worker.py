"""The loop of a process that works on one file after another for `crew`.

It reads (task, paths) as pickles from its standard input, and answers with lists, so that the answers to all of the
paths come in order: many in one list if they are quick, since each list wakes the other side up.
"""

import os
import pickle
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from helpers.crew.together import WHOLE_PICTURES, Later, PutOff

SECONDS = 0.1  # after which answers are not held back
MEGABYTES = 600  # that a process may take beyond what it has at its start


def main(known: dict[str, Callable]) -> None:
    """Answer until the other side hangs up."""
    import cv2

    cv2.setNumThreads(1)  # the processes share the cores between them
    warnings.simplefilter("ignore")  # decoders warn of what is found here anyway
    bound_memory()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print must not come between the answers
    send("ready", answers)
    while True:
        try:
            task, paths = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        lot, since = [], time.monotonic()
        for path in paths:
            try:
                lot.append(known[task](Path(path)))
            except Later:
                lot.append(PutOff())
            if time.monotonic() - since > SECONDS or task in WHOLE_PICTURES:
                send(lot, answers)
                lot, since = [], time.monotonic()
        if lot:
            send(lot, answers)


def send(answer: object, to) -> None:
    to.write(pickle.dumps(answer))
    to.flush()


def bound_memory() -> None:
    """Let a file that swells beyond measure end in a MemoryError. Only where the system has such bounds."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MEGABYTES * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ImportError, OSError, ValueError):
        pass

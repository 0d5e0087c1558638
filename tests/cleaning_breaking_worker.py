"""A worker whose decoder breaks, hangs or swells over files with such names: what a bug in a C library does."""

import os
import signal
import time
from pathlib import Path

from helpers.cleaning import worker


def inspect(path: Path, most: float = 0):
    if path.name.startswith("breaks"):
        os.kill(os.getpid(), signal.SIGKILL)
    if path.name.startswith("hangs"):
        time.sleep(1000)
    if path.name.startswith("swells"):
        bytearray(3 * 10**9)
    return worker.tasks()["inspect"](path)


if __name__ == "__main__":
    worker.main(worker.tasks() | {"inspect": inspect})

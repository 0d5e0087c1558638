"""A process whose decoder breaks, hangs or swells over files with such names: what a bug in a C library does."""

import os
import signal
import sys
import time
from pathlib import Path

from helpers import decoding_apart
from helpers.crew import worker


def decode(path: Path):
    if path.name.startswith("breaks"):
        os.kill(os.getpid(), signal.SIGKILL)
    if path.name.startswith("hangs"):
        time.sleep(1000)
    if path.name.startswith("swells"):
        bytearray(3 * 10**9)
    return decoding_apart.answer(path, (int(sys.argv[1]), int(sys.argv[2])))


if __name__ == "__main__":
    worker.main({"decode": decode})

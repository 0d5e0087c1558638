"""Opens a file to read it once, never a pipe, a device or a link, and leaves no trace on it."""

import hashlib
import math
import os
import stat
from pathlib import Path

from helpers.crew.together import BYTES, wait_if_large

MOST_BYTES = 200_000_000  # no photo is as long; a disk image under the name of one may be
FLAGS = os.O_RDONLY
for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"):  # which of them exist depends on the system
    FLAGS |= getattr(os, name, 0)


def read(path: str | Path, most: float = math.inf) -> bytes:
    """The bytes of a regular file. The time of its last reading stays too, where the system allows that.

    most: pixels that may be held now, of which BYTES count as one. Raises OSError as `open` does, and for what is not a
    regular file or is longer than MOST_BYTES; Later, before it is read.
    """
    descriptor = opened(path)
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(0, "turned into something else while it was looked at")
        if about.st_size > MOST_BYTES:
            raise OSError(0, f"{about.st_size:,} bytes long")
        wait_if_large(about.st_size / BYTES, most)
        data = os.read(descriptor, about.st_size + 1)
        while len(data) < about.st_size and (more := os.read(descriptor, about.st_size + 1 - len(data))):
            data += more  # some disks give a file in parts
    finally:
        os.close(descriptor)
    if len(data) != about.st_size:
        raise OSError(0, "changed its length while it was read")
    return data


def opened(path: str | Path, more: int = 0) -> int:
    """A descriptor to read from, by which the time of the last reading stays where the system allows that. more: flags.

    Raises OSError as `os.open` does, also for a link.
    """
    try:
        return os.open(path, FLAGS | more | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # only the owner may leave that time
        return os.open(path, FLAGS | more)


def digest_of(data: bytes) -> bytes:
    """A digest by which equal files are known."""
    return hashlib.blake2b(data, digest_size=16).digest()

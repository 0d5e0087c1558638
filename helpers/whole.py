"""A file is written whole or not at all: a program that is stopped, or a full disk, leaves it as it was."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

DAY = 24 * 60 * 60  # seconds


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Gives a place beside `path` to write to, with the same suffix, which takes the name of `path` at the end.

    After an error nothing of it is left; what a program left that was killed is removed here, a day later. Two
    programs may do it at once: the later one stays.
    Raises OSError where it cannot be written.
    """
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.unfinished{path.suffix}")
    remove_left(path.parent, re.escape(path.stem), re.escape(path.suffix))
    try:
        yield unfinished
        with open(unfinished, "rb+") as file:
            os.fsync(file.fileno())  # or a power cut may leave the name without the content
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def remove_left(folder: Path, stem: str = ".+", suffix: str = ".*") -> None:
    """Remove what programs that were killed left in a folder: whatever was not written to for a day. By the number of
    the process alone nobody can tell, where other machines use the same disk. stem, suffix: regular expressions."""
    left = re.compile(rf"\.{stem}\.\d+\.unfinished{suffix}")
    for path in folder.glob(".*.unfinished*"):
        with suppress(OSError):  # somebody else removed it
            if left.fullmatch(path.name) and time.time() - path.stat().st_mtime > DAY:
                path.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """The file as it was or with all of the content, never half of it. Raises OSError where it cannot be written."""
    with whole(path) as unfinished:
        unfinished.write_bytes(content)

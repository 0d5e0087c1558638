"""A file is written whole or not at all: a program that is stopped, or a full disk, leaves it as it was."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Gives a place beside `path` to write to, with the same suffix, which takes the name of `path` at the end.

    After an error nothing of it is left. Two programs may do it at once: the later one stays.
    Raises OSError where it cannot be written.
    """
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.unfinished{path.suffix}")
    try:
        yield unfinished
        with open(unfinished, "rb+") as file:
            os.fsync(file.fileno())  # or a power cut may leave the name without the content
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """The file as it was or with all of the content, never half of it. Raises OSError where it cannot be written."""
    with whole(path) as unfinished:
        unfinished.write_bytes(content)

"""A file is written whole or not at all: a program that is stopped, or a full disk, leaves it as it was."""

from __future__ import annotations  # so that an old Python gets as far as our message

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers.errors import InputError

DAY = 24 * 60 * 60  # seconds
LEFT = re.compile(r"\..+\.\d+\.unfinished.*")  # names that `whole` gives

looked: dict[str, float] = {}  # folders in which was looked for what is left, and when


def must_be_free(path: Path, overwrite: bool) -> None:
    """Raise InputError where a file would be replaced unasked, or its folder cannot be written to."""
    folder = path.resolve().parent if path.is_symlink() else path.parent  # `whole` writes what a link leads to
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder to write in; make it first.")
    if not os.access(folder, os.W_OK):
        raise InputError(f"{folder}: may not be written to; choose another folder.")
    if path.exists() and not overwrite:
        raise InputError(f"{path}: is there already and is not overwritten; choose another name.")
    if path.is_dir():  # which no file can take the place of
        raise InputError(f"{path}: is a folder; choose another name.")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Gives a place beside `path` to write to, with the same suffix, which takes the name of `path` at the end. Where
    that is a link, it stays one, and the file that it leads to is written.

    After an error nothing of it is left; what a program left in this folder that was killed is removed a day later, at
    the first write. Two programs may do it at once: the later one stays.
    Raises OSError where it cannot be written.
    """
    place = Path(os.path.realpath(path))  # a link stays one: what it leads to is written
    unfinished = place.with_name(f".{path.stem}.{os.getpid()}.unfinished{path.suffix}")
    look_for_left(place.parent)
    try:
        yield unfinished
        with open(unfinished, "rb+") as file:
            os.fsync(file.fileno())  # or a power cut may leave the name without the content
        os.replace(unfinished, place)
    finally:
        unfinished.unlink(missing_ok=True)


def look_for_left(folder: Path) -> None:
    """`remove_left`, once a day: a folder of many files takes long to list."""
    place, now = os.path.abspath(folder), time.monotonic()
    if now - looked.get(place, -DAY) >= DAY:
        looked[place] = now
        remove_left(folder)


def remove_left(folder: Path) -> None:
    """Remove what programs that were killed left in a folder: whatever was not written to for a day. By the number of
    the process alone nobody can tell, where other machines use the same disk."""
    for path in folder.glob(".*.unfinished*"):
        with suppress(OSError):  # somebody else removed it
            if LEFT.fullmatch(path.name) and time.time() - path.stat().st_mtime > DAY:
                path.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """The file as it was or with all of the content, never half of it. Raises OSError where it cannot be written."""
    with whole(path) as unfinished:
        unfinished.write_bytes(content)

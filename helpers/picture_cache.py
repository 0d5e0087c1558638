"""Decoded pictures kept as bytes, so that only the first epoch pays for decoding: in memory, or on disk if many."""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from helpers import memory
from helpers.downloads import cache
from helpers.whole import remove_left, whole

IN_MEMORY = 2**30  # bytes: a set that is larger goes to disk, so that one of any size costs no more memory than this
ON_DISK = 16 * 2**30  # bytes of all kept sets together: the ones that were used longest ago go first
FOLDER = cache()

Fill = Callable[[np.ndarray], None]  # writes all pictures into a uint8 array (N, H, W, 3)


def keep(paths: Sequence[Path], image_size: tuple[int, int], decoding: str, fill: Fill) -> np.ndarray | None:
    """uint8 (N, H, W, 3), made by `fill`: in memory up to IN_MEMORY, or a quarter of what is left of it, else a file on
    disk that is read as it is needed.

    None where neither has room, the folder cannot be made, or the disk is full meanwhile. Only `FOLDER`, the user's own
    cache folder, is written to. The file is found again in the next run for the same paths, sizes and times of change,
    picture size, and name of the way of `decoding`; any other set, or a changed picture, has a file of its own.
    """
    shape = (len(paths), *image_size, 3)
    size = int(np.prod(shape))
    if size <= min(IN_MEMORY, memory.available() // 4):
        pictures = np.empty(shape, "uint8")
        fill(pictures)
        return pictures

    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
    except OSError:  # a file is in its place, or one may not write there
        return None
    kept = FOLDER / f"{fingerprint(paths, image_size, decoding)}.npy"
    if (pictures := _opened(kept, shape)) is None:
        if size > min(ON_DISK, shutil.disk_usage(FOLDER).free // 2) or not _has_written(kept, shape, fill):
            return None
        pictures = _opened(kept, shape)
    _make_room(kept)
    return pictures


def _opened(kept: Path, shape: tuple[int, ...]) -> np.ndarray | None:
    """The pictures of a file, read as they are needed; None if there is none, or it is not a whole one."""
    try:
        os.utime(kept)
        pictures = np.load(kept, mmap_mode="r")
    except (OSError, ValueError, EOFError):  # not there, cut off, overwritten
        return None
    return pictures if pictures.shape == shape and pictures.dtype == np.uint8 else None


def fingerprint(paths: Sequence[Path], image_size: tuple[int, int], decoding: str) -> str:
    """A name for these files as they are now, brought to this size in this way: another where anything differs."""
    files = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    return hashlib.sha256(json.dumps([decoding, image_size, files]).encode()).hexdigest()[:32]


def _has_written(kept: Path, shape: tuple[int, ...], fill: Fill) -> bool:
    """Fill a file; it gets its name when it is whole and on the disk, so that a run that was stopped, or a power cut,
    leaves none that looks so. Whether there was room."""
    try:
        with whole(kept) as unfinished:
            pictures = np.lib.format.open_memmap(unfinished, mode="w+", dtype="uint8", shape=shape)
            with open(unfinished, "rb+") as file:
                take_room(file)
            fill(pictures)
            pictures.flush()
        return True
    except OSError:
        return False


def take_room(file: BinaryIO) -> None:
    """Have the disk keep room for all of a file that has its length already. To write into it through memory where
    there is none would end the program. Raises OSError if there is none."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, os.fstat(file.fileno()).st_size)


def _make_room(newest: Path) -> None:
    remove_left(FOLDER)
    found = []
    for path in FOLDER.glob("[!.]*.npy"):
        with contextlib.suppress(OSError):  # another program makes room, too
            about = path.stat()
            found.append((about.st_mtime, about.st_size, path))
    together = 0
    for _, size, path in sorted(found, reverse=True):
        together += size
        if together > ON_DISK and path != newest:
            with contextlib.suppress(OSError):  # somebody else reads it just now, and on Windows that holds it fast
                path.unlink()

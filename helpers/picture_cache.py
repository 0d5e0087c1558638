"""Decoded pictures kept as bytes, so that only the first epoch pays for decoding: in memory, or on disk if many."""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from helpers.downloads import cache

IN_MEMORY = 2**30  # bytes: what does not fit goes to disk, so that a set of any size costs no more memory than this
ON_DISK = 16 * 2**30  # bytes of all kept sets together: the ones that were used longest ago go first
FOLDER = cache()

Fill = Callable[[np.ndarray], None]  # writes all pictures into a uint8 array (N, H, W, 3)


def keep(paths: Sequence[Path], image_size: tuple[int, int], decoding: str, fill: Fill) -> np.ndarray | None:
    """uint8 (N, H, W, 3), made by `fill`: in memory up to IN_MEMORY, else a file on disk that is read as it is needed.

    None where neither has room. Only `FOLDER`, the user's own cache folder, is written to. The file is found again in
    the next run for the same paths, sizes and times of change, picture size, and name of the way of `decoding`; any
    other set, or a changed picture, has a file of its own.
    """
    shape = (len(paths), *image_size, 3)
    size = int(np.prod(shape))
    if size <= IN_MEMORY:
        pictures = np.empty(shape, "uint8")
        fill(pictures)
        return pictures

    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / f"{fingerprint(paths, image_size, decoding)}.npy"
    if not kept.exists():
        if size > min(ON_DISK, shutil.disk_usage(FOLDER).free // 2):
            return None
        _write(kept, shape, fill)
    os.utime(kept)
    _make_room(kept)
    return np.load(kept, mmap_mode="r")


def fingerprint(paths: Sequence[Path], image_size: tuple[int, int], decoding: str) -> str:
    """A name for these files as they are now, brought to this size in this way: another where anything differs."""
    files = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    return hashlib.sha256(json.dumps([decoding, image_size, files]).encode()).hexdigest()[:32]


def _write(kept: Path, shape: tuple[int, ...], fill: Fill) -> None:
    """Fill a file; it gets its name when it is whole, so that a run that was stopped leaves none that looks so."""
    unfinished = kept.with_suffix(f".{os.getpid()}.unfinished")
    try:
        fill(np.lib.format.open_memmap(unfinished, mode="w+", dtype="uint8", shape=shape))
        os.replace(unfinished, kept)
    finally:
        unfinished.unlink(missing_ok=True)


def _make_room(newest: Path) -> None:
    files = sorted(FOLDER.glob("*.npy"), key=lambda path: path.stat().st_mtime, reverse=True)
    together = 0
    for path in files:
        together += path.stat().st_size
        if together > ON_DISK and path != newest:
            with contextlib.suppress(OSError):  # somebody else reads it just now, and on Windows that holds it fast
                path.unlink()

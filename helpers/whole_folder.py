"""A folder that appears whole or not at all, whatever happens to the program that fills it, or to others beside it."""

import errno
import getpass
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.errors import InputError

UNFINISHED = "_unfinished"  # how the name of a folder ends that is being filled
HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)  # what systems say of a file that another program has locked


def must_be_new(folder: Path) -> None:
    """Raise InputError where something is there already that `whole_folder` cannot take the place of: anything but an
    empty folder."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise InputError(f"{folder}: is there already and is not overwritten; choose another folder.")


@contextmanager
def whole_folder(destination: Path) -> Iterator[Path]:
    """Gives a folder beside `destination` to fill, which gets that name at the end. After an error nothing is left.

    A locked file beside it says that it is being filled. The system lets go of the lock however the program ends, so
    the next run can tell what a killed one left, and removes it.
    Raises InputError if it has no name of its own, as "." has none, if another run is filling it, if something else is
    in the way, and if it cannot be written.
    """
    if destination.name in ("", ".."):
        raise InputError(f"{destination}: this needs a folder of its own; give a path that ends in its name.")
    work = destination.with_name(f".{destination.name}{UNFINISHED}")
    mark = destination.with_name(f".{destination.name}{UNFINISHED}.lock")
    mine, known = False, True
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        known = mark.exists()
        with open(mark, "a") as file:
            lock(file, destination)
            mine = True
            must_be_new(destination)  # another run may have filled it since the caller looked
            if work.exists() and not known:
                raise InputError(f"{work}: is in the way and not from here; move it, or choose another place.")
            shutil.rmtree(work, ignore_errors=True)
            try:
                work.mkdir()
                yield work
                if hasattr(os, "sync"):
                    os.sync()  # or a power cut may leave the name, and files without their content
                must_be_new(destination)
                if destination.is_dir():
                    destination.rmdir()
                work.rename(destination)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        mine = mine or not known  # where the disk has no locks, the file that was to be locked goes, too
        reason = error.strerror or type(error).__name__
        raise InputError(
            f"{destination}: cannot be written ({reason}), and nothing of it was left behind; make room, or choose "
            "another place."
        ) from None
    finally:
        if mine:
            mark.unlink(missing_ok=True)


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """One program of this user at a time goes on from here, for the same path; the others wait. So two lessons that
    begin at once do not both make what neither of them found. The locked file is in the system's folder for such."""
    with open(mark_of(path), "a") as file:
        while not locked(file):
            time.sleep(0.05)
        yield


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """No other program of this user on this machine goes on from here, for the same path, until this one is through or
    ends, in whatever way. Raises InputError if one does just now."""
    with open(mark_of(path), "a") as file:
        lock(file, path)
        yield


def mark_of(path: Path) -> Path:
    """The file that is locked for a path, another one for each user: by number, as in a container users may have no
    name; by name on Windows, where they have no number."""
    name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
    return Path(tempfile.gettempdir(), f"labs_{user}_{name}.lock")


def lock(file, destination: Path) -> None:
    """Lock an open file until it is closed. Raises InputError if another program holds it."""
    if not locked(file):
        raise InputError(f"{destination}: another run is writing it just now; wait for it to end.")


def locked(file) -> bool:
    """Lock an open file until it is closed, unless another program holds it. Whether it is ours now. Raises OSError on
    a disk that has no locks: to wait there would be for ever, and to go on would let two programs fill one folder."""
    try:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno not in HELD:
            raise
        return False
    return True

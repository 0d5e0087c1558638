"""The files of a folder, without ever following a link or opening a pipe."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from helpers.cleaning.names import portable, same_name
from helpers.errors import InputError

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"})
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})
TRAINING = frozenset({"", "train", "training"})
SPLITS = TRAINING - {""} | {"validation", "valid", "val", "test", "testing"}

Row = tuple[str, str, str]  # path, fault, detail


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies. path: relative to the folder. split: "" where the folder holds class folders directly.

    label: the class, as a folder may be named everywhere, spelt alike where spellings differ by case.
    """

    path: str
    split: str
    label: str


def walk(folder: str | Path) -> tuple[list[Place], list[Row]]:
    """(files to look at, findings about what is not to be read), both in the order of their paths.

    A folder holds class folders, or splits that hold class folders; a class folder may hold further folders.
    Raises InputError if there is no such folder, or no folder of files in it.
    """
    folder = Path(folder)
    if not folder.exists():
        raise InputError(f"{folder}: there is no such folder; check the path.")
    if not folder.is_dir():
        raise InputError(f"{folder}: a file, where a folder with a folder of pictures per class is due.")
    files, folders, rows = [], [], []  # files by name only: a million paths would fill the memory
    for path, fault, detail in entries(folder):
        if fault:
            rows.append((str(path), fault, detail))
        elif detail:
            folders.append(path)
        else:
            files.append(str(path))
    depth = 2 if has_splits(files) else 1
    spelling = spellings(files, depth)
    places = []
    splits = {"": ""}  # each name once in memory, not once for each file
    for path in sorted(files):
        parts = path.split("/")
        split = parts[0] if depth == 2 else ""
        if len(parts) > depth:
            split = splits.setdefault(split, portable(split))
            places.append(Place(path, split, spelling[parts[depth - 1].casefold()]))
        elif PurePosixPath(path).suffix.lower() in PICTURE_SUFFIXES:  # lists and notes may lie beside class folders
            rows.append((path, "no class", ""))
    if not places:
        raise InputError(f"{folder}: holds no folder with pictures in it; give one that holds a folder per class.")
    filled = {parent for path in {path.rpartition("/")[0] for path in files} for parent in above(path)}
    for path in folders:
        name = spelling.get(path.name.casefold(), path.name)
        if len(path.parts) <= depth and path not in filled:
            rows.append((str(path), "empty class", ""))
        elif len(path.parts) == depth and name.casefold() == path.name.casefold() and name != path.name:
            rows.append((str(path), "same but for case", f"as {name}"))
    return places, sorted(rows)


def entries(folder: Path) -> Iterator[tuple[PurePosixPath, str, str]]:
    """(path, fault, detail) of all below a folder. No fault: a file to look at, or, with a detail, a folder."""
    waiting = [PurePosixPath()]
    while waiting:
        inside = waiting.pop()
        try:
            found = list(os.scandir(folder / inside))
        except OSError as error:
            if inside == PurePosixPath():
                raise InputError(f"{folder}: cannot be read ({error.strerror}); ask for the right to.") from None
            yield inside, "unreadable", error.strerror or "cannot be listed"
            continue
        for entry in found:
            path, is_folder = inside / entry.name, entry.is_dir(follow_symlinks=False)
            if entry.is_symlink() or getattr(entry, "is_junction", bool)():
                yield path, "link", f"to {target(entry.path)}"
            elif entry.name.startswith(".") or entry.name.lower() in SYSTEM_FILES:
                yield path, "hidden", "folder" if is_folder else "file"
            elif is_folder and path.suffix.lower() in PICTURE_SUFFIXES:
                yield path, "folder as picture", ""
            elif is_folder:
                waiting.append(path)
                yield path, "", "folder"
            elif not entry.is_file(follow_symlinks=False):
                yield path, "special file", "a pipe, a socket or a device"
            else:
                yield path, "", ""


def target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return "nowhere"


def above(path: str) -> list[PurePosixPath]:
    """A folder and those that it lies in."""
    return [PurePosixPath(path), *PurePosixPath(path).parents]


def has_splits(files: list[str]) -> bool:
    """Whether the folder holds train, validation and the like, rather than class folders with folders in them.

    It does where one of its folders has such a name, or where all its files lie two folders deep and two of its
    folders hold folders of one name, as splits do.
    """
    inner = defaultdict(set)
    for path in files:
        first, *more = path.split("/", 2)
        if more:
            inner[first] |= {more[0]} if len(more) > 1 else set()
    if any(name.lower() in SPLITS and names for name, names in inner.items()):
        return True
    names = Counter(name for names in inner.values() for name in names)
    return all(inner.values()) and (len(inner) == 1 or max(names.values(), default=0) > 1)


def spellings(files: list[str], depth: int) -> dict[str, str]:
    """{name of a class without regard to case: its most frequent spelling, as it may be written everywhere}.

    Raises InputError where two classes would become one by that, such as "a:b" and "a?b".
    """
    counts = Counter(path.split("/", depth)[depth - 1] for path in files if path.count("/") >= depth)
    found, written = {}, {}
    for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        found.setdefault(name.casefold(), portable(name))
        other = written.setdefault(same_name(portable(name)), name)
        if other.casefold() != name.casefold():
            raise InputError(
                f"The classes {other!r} and {name!r} would both be named {portable(name)!r}, as a name must be to fit "
                "every system; rename one of them."
            )
    return found

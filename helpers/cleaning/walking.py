"""The files of a folder, without ever following a link or opening a pipe."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from helpers.cleaning.reading import opened
from helpers.errors import InputError
from helpers.layout import NO_CLASS, Row, check_around, doubts, has_splits, is_picture, spellings

SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})
LINK, FOLDER, FILE, SPECIAL = "link", "folder", "file", "special"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies. path: relative to the folder. split: "" where the folder holds class folders directly.

    label: the class. Both as a folder may be named everywhere, spelt alike where spellings differ by case.
    """

    path: str
    split: str
    label: str


def walk(folder: str | Path) -> tuple[list[Place], list[Row]]:
    """(files to look at, findings about what is not to be read), both in the order of their paths.

    A folder holds class folders, or parts of a split (train, validation and the like) that hold class folders; a class
    folder may hold further folders.
    Raises InputError if there is no such folder, no folder of files in it, or just one around the class folders.
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
    check_around(folder, files)
    depth = 2 if has_splits(files) else 1
    rows += doubts(files, depth)
    splits = spellings(files, 1, "splits") if depth == 2 else {}
    labels = spellings(files, depth, "classes")
    places = []
    for path in sorted(files):
        parts = path.split("/")
        if len(parts) > depth:
            split = splits[parts[0].casefold()] if depth == 2 else ""
            places.append(Place(path, split, labels[parts[depth - 1].casefold()]))
        elif is_picture(path):  # lists and notes may lie beside class folders
            rows.append((path, "no class", ""))
    rows += no_classes(rows, depth)
    if not places:
        links = ", ".join(path for path, fault, _ in rows if fault == "link" and "/" not in path)
        why = f" (links are not followed: {links})" if links else ""
        raise InputError(f"{folder}: holds no folder with pictures in it{why}; give one that holds a folder per class.")
    unread = {path for path, fault, _ in rows if fault == "unreadable"}
    filled = {parent for path in {path.rpartition("/")[0] for path in files} for parent in above(path)}
    for path in folders:
        level = len(path.parts)
        name = (labels if level == depth else splits).get(path.name.casefold(), path.name)
        if level <= depth and path not in filled:
            rows.append((str(path), "empty class", "as it cannot be read" if str(path) in unread else ""))
        elif level <= depth and name.casefold() == path.name.casefold() and name != path.name:
            rows.append((str(path), "same but for case", f"as {name}"))
    return places, sorted(rows)


def no_classes(rows: list[Row], depth: int) -> Iterator[Row]:
    """What stands where class folders do and looks like one, and of which nothing is read: a person must know that a
    class is missing. Where a link leads is not asked; a name without a dot may be that of a folder."""
    for path, fault, _ in list(rows):
        place = PurePosixPath(path)
        if len(place.parts) == depth and fault == "folder as picture":
            yield path, "empty class", "as it is named like a picture, nothing of it is read"
        elif len(place.parts) == depth and fault == "link" and not place.suffix:
            yield path, "empty class", "as it is a link, nothing of it is read"


def entries(folder: Path) -> Iterator[tuple[PurePosixPath, str, str]]:
    """(path, fault, detail) of all below a folder. No fault: a file to look at, or, with a detail, a folder."""
    waiting = [PurePosixPath()]
    folder = folder.resolve()  # a link to the folder itself is the one that is followed
    while waiting:
        inside = waiting.pop()
        try:
            found = listing(folder / inside)
        except OSError as error:
            if inside == PurePosixPath():
                raise InputError(f"{folder}: cannot be read ({error.strerror}); ask for the right to.") from None
            yield inside, "unreadable", error.strerror or "cannot be listed"
            continue
        for name, kind in found:
            path = inside / name
            if kind == LINK:
                yield path, "link", ""
            elif name.startswith(".") or name.lower() in SYSTEM_FILES or (kind == FOLDER and NO_CLASS.match(name)):
                yield path, "hidden", "folder" if kind == FOLDER else "file"
            elif kind == FOLDER and is_picture(name):
                yield path, "folder as picture", ""
            elif kind == FOLDER:
                waiting.append(path)
                yield path, "", "folder"
            elif kind == SPECIAL:
                yield path, "special file", "a pipe, a socket or a device"
            else:
                yield path, "", ""


def listing(place: Path) -> list[tuple[str, str]]:
    """(name, LINK, FOLDER, FILE or SPECIAL) of each in a folder; where the system allows it, without a trace: not even
    the time of its last reading changes. Where a link leads is not asked, since that would change the link's."""
    if os.scandir not in os.supports_fd:
        with os.scandir(place) as found:
            return [(entry.name, kind_of(entry)) for entry in found]
    descriptor = opened(place, os.O_DIRECTORY)
    try:
        with os.scandir(descriptor) as found:
            return [(entry.name, kind_of(entry)) for entry in found]
    finally:
        os.close(descriptor)


def kind_of(entry: os.DirEntry) -> str:
    if entry.is_symlink() or getattr(entry, "is_junction", bool)():
        return LINK
    if entry.is_dir(follow_symlinks=False):
        return FOLDER
    return FILE if entry.is_file(follow_symlinks=False) else SPECIAL


def above(path: str) -> list[PurePosixPath]:
    """A folder and those that it lies in."""
    return [PurePosixPath(path), *PurePosixPath(path).parents]

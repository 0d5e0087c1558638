"""The files of a folder, without ever following a link or opening a pipe."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from helpers.errors import InputError

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"})
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Place:
    """Where a file lies. path: relative to the folder. split: "" where the folder holds class folders directly."""

    path: str
    split: str
    label: str


def walk(folder: str | Path) -> tuple[list[Place], list[tuple[str, str, str]]]:
    """(files to look at, findings about what is not to be read), both in the order of their paths.

    A folder holds class folders, or splits that hold class folders. A finding is (path, fault, detail).
    Raises InputError if there is no such folder, or no folder of files in it.
    """
    folder = Path(folder)
    if not folder.exists():
        raise InputError(f"{folder}: there is no such folder; check the path.")
    if not folder.is_dir():
        raise InputError(f"{folder}: a file, where a folder with a folder of pictures per class is due.")
    places: list[Place] = []
    findings: list[tuple[str, str, str]] = []
    visit(folder, PurePosixPath("."), places, findings)
    if not places:
        raise InputError(f"{folder}: holds no folder with pictures in it; give one that holds a folder per class.")
    return places, sorted(findings)


def visit(folder: Path, inside: PurePosixPath, places: list[Place], findings: list) -> None:
    """Look into one folder, and the folders in it, in the order of their names."""
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    lower = [entry.name.lower() for entry in entries]
    for entry in entries:
        path = inside / entry.name
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            findings.append((str(path), "link", "to elsewhere"))
        elif entry.name.startswith(".") or entry.name.lower() in SYSTEM_FILES:
            findings.append((str(path), "hidden", "folder" if stat.S_ISDIR(mode) else "file"))
        elif stat.S_ISDIR(mode):
            if lower.count(entry.name.lower()) > 1:
                findings.append((str(path), "same but for case", entry.name.lower()))
            before = len(places) + len(findings)
            visit(Path(entry.path), path, places, findings)
            if len(places) + len(findings) == before:
                findings.append((str(path), "empty class", ""))
        elif not stat.S_ISREG(mode):
            findings.append((str(path), "special file", stat.filemode(mode)[0]))
        elif len(path.parts) < 2:
            if path.suffix.lower() in PICTURE_SUFFIXES:  # lists and notes may well lie beside the class folders
                findings.append((str(path), "no class", ""))
        else:
            split = path.parts[0] if len(path.parts) > 2 else ""
            places.append(Place(str(path), split, path.parts[-2]))

"""Which folders are classes, and which are parts of a split that hold class folders: their names decide, no guess."""

import re
from collections import Counter, defaultdict
from pathlib import Path, PurePosixPath

from helpers.errors import InputError
from helpers.names import portable, same_name

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"})
# Hidden folders, those that systems and disks keep for themselves, and what `labs train` keeps beside its model.
NO_CLASS = re.compile(
    r"\.|(__MACOSX|@eaDir|\$RECYCLE\.BIN|System Volume Information|lost\+found)$|.*\.keras\.unfinished$"
)
# As people name them: train, Training, training_set, train2017, test1, val_images.
PART = re.compile(r"(?i)(?:(train(?:ing)?)|val|valid|validation|test|testing)(?:[ _-]?(?:set|data|images|\d+))*")
NAMED = 4  # folders named in a sentence; the rest are left out

Row = tuple[str, str, str]  # path, fault, detail


def is_picture(name: str) -> bool:
    """Whether a file of that name, by its ending, is a picture."""
    return PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES


def is_part(name: str) -> bool:
    """Whether a folder of that name is a part of a split."""
    return PART.fullmatch(name) is not None


def is_training(split: str) -> bool:
    """Whether a part of a split is the one to train on; "" is, where there is no split."""
    found = PART.fullmatch(split)
    return not split or (found is not None and found[1] is not None)


def folders_within(files: list[str]) -> dict[str, set[str]]:
    """{each folder that holds files, at any depth: the folders in it}. The empty name among these stands for pictures
    that lie in it directly."""
    inner: dict[str, set[str]] = defaultdict(set)
    for path in files:
        first, *more = path.split("/", 2)
        if len(more) > 1:
            inner[first].add(more[0])
        elif more and is_picture(more[0]):
            inner[first].add("")
        elif more:
            inner.setdefault(first, set())  # lists and notes may lie beside class folders
    return inner


def has_splits(files: list[str]) -> bool:
    """Whether the folder holds train, validation and the like, which hold class folders, rather than class folders."""
    return any(is_part(name) and names - {""} for name, names in folders_within(files).items())


def check_around(folder: Path, files: list[str]) -> None:
    """Raise InputError where all lies in one more folder, as archives are often unpacked: its classes would be one."""
    inner = folders_within(files)
    if len(inner) == 1 and not has_splits(files):
        ((name, names),) = inner.items()
        if "" not in names and (len(names) > 1 or any(map(is_part, names))):
            raise InputError(
                f"{folder}: holds nothing but the folder {name}, and in it {listed(names)}; give {folder / name} if "
                "these are the classes or the parts of a split. If not, put a folder of another class beside it."
            )


def doubts(files: list[str], depth: int) -> list[Row]:
    """Findings about folders that were read as the one, and may be meant as the other. depth: of class folders."""
    inner = folders_within(files)
    if depth == 2:
        sure = min(name for name, names in inner.items() if is_part(name) and names - {""})
        return [
            (name, "class or split", f"read as a part of a split, as {sure} is")
            for name, names in inner.items()
            if names - {""} and not is_part(name)
        ]
    alone = [names for names in inner.values() if "" not in names]
    often = Counter(name for names in alone for name in names) if len(alone) == len(inner) else Counter()
    rows = []
    for name, names in inner.items():
        if is_part(name):
            rows.append((name, "class or split", "read as a class, as it holds no class folders"))
        elif shared := {one for one in names if often[one] > 1}:
            rows.append((name, "class or split", f"read as a class; {listed(shared)} lie in others, too"))
    return rows


def listed(names: set[str]) -> str:
    shown = sorted(names)[:NAMED]
    return ", ".join(shown) + " and others" * (len(names) > len(shown))


def spellings(files: list[str], depth: int, what: str) -> dict[str, str]:
    """{name of a folder without regard to case: its most frequent spelling, as it may be written everywhere}.

    depth: of these folders, from 1. Raises InputError where two would become one by that, such as "a:b" and "a?b".
    what: they are, for people.
    """
    counts = Counter(path.split("/", depth)[depth - 1] for path in files if path.count("/") >= depth)
    found, written = {}, {}
    for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        proper = portable(name) or "class"  # a name of spaces alone would be none
        found.setdefault(name.casefold(), proper)
        other = written.setdefault(same_name(proper), name)
        if other.casefold() != name.casefold():
            raise InputError(
                f"The {what} {other!r} and {name!r} would both be named {proper!r}, as a name must be to fit "
                "every system; rename one of them."
            )
    return found

"""Names of files: as they may be written on any system, and as they stand in a cell of a CSV and come back from it."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 240  # bytes of a name; most systems allow 255
UNWRITABLE = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:"/\\|?*]')
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)")  # Windows keeps these for devices
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
# Where a spreadsheet parts cells by something else than commas, the rest of a cell may begin one of its own.
INSIDE = re.compile(r"([;|\t\r\n]\s*)('*[=+\-@])")
MARKED = re.compile(r"([;|\t\r\n]\s*)'('*[=+\-@])")
SURROGATE = re.compile(r"(\\*)([\ud800-\udfff]|ud[89a-f][0-9a-f]{2})")


def portable(name: str) -> str:
    """A name as it may be written on any system and opened by any decoder: what may not stand in it becomes "_"."""
    name = UNWRITABLE.sub("_", name).strip().rstrip(". ")
    if RESERVED.match(name) or name.startswith("."):
        name = f"_{name}"
    return name


def composed(name: str) -> str:
    """A name with each accent in one character with its letter, however it was stored."""
    return unicodedata.normalize("NFC", name)


def same_spelt(names: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two rows of names are the same, however their accents were stored."""
    return [*map(composed, names)] == [*map(composed, others)]


def same_name(name: str) -> str:
    """What two names have in common that some systems take for one: by case, or by how an accent is stored."""
    return composed(name).casefold()


def shortened(stem: str, room: int) -> str:
    """A stem of at most LONGEST - room bytes."""
    return stem.encode()[: LONGEST - room].decode(errors="ignore")


def to_cell(text: str) -> str:
    r"""A cell that no spreadsheet runs as a formula, and that any text can be had back from.

    Bytes of a name that are no UTF-8, which Python keeps as lone surrogates, are written as `\udc80` and so on.
    """

    def written(found: re.Match) -> str:
        slashes, rest = found.groups()
        return 2 * slashes + (rest if len(rest) > 1 else f"\\u{ord(rest):04x}")

    text = INSIDE.sub(r"\1'\2", SURROGATE.sub(written, text))
    return f"'{text}" if FORMULA.match(text) else text


def from_cell(cell: str) -> str:
    """The text that `to_cell` was given."""

    def read(found: re.Match) -> str:
        slashes, rest = found.groups()
        half = "\\" * (len(slashes) // 2)
        return half + (chr(int(rest[1:], 16)) if len(slashes) % 2 else rest)

    cell = cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
    return re.sub(r"(\\*)(ud[89a-f][0-9a-f]{2})", read, MARKED.sub(r"\1\2", cell))

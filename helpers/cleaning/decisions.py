"""What a person decided about single pictures: a small CSV that can be read, edited, shared and used again."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers.cleaning.report import write_rows
from helpers.errors import InputError
from helpers.names import from_cell, to_cell

COLUMNS = ("path", "decision")
KEEP, DROP = "keep", "drop"


def read_decisions(path: str | Path) -> dict[str, str]:
    """{path of the picture: "keep", "drop" or the name of the class it belongs to}.

    The file may come back from a spreadsheet: with ";" or tabs between the cells, with a mark at its start, with empty
    cells at the end of a row, or with capitals.
    Raises InputError if the file is missing, or a row is not of this form: the message names the row.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file of decisions; check the path.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not written in UTF-8; save it as CSV in UTF-8.") from None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark_between(text)))
    except csv.Error as error:
        raise InputError(f"{path}: is not a CSV that can be read ({error}); mend it, or save it anew.") from None
    rows = [row[:2] if not any(row[2:]) else row for row in rows]
    if not rows or tuple(cell.strip().lower() for cell in rows[0]) != COLUMNS:
        raise InputError(f"{path}: its first row must be {','.join(COLUMNS)}.")
    decisions: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        if len(row) != 2 or not row[0] or not row[1].strip():
            raise InputError(f"{path}: row {number} does not hold a path and a decision (keep, drop or a class).")
        name, word = from_cell(row[0]), row[1].strip()
        decision = word.lower() if word.lower() in (KEEP, DROP) else from_cell(word)
        if decisions.setdefault(name, decision) != decision:
            raise InputError(f"{path}: row {number} decides otherwise about {row[0]} than an earlier row; keep one.")
    return decisions


def check_classes(labels: Iterable[str], folder: Path) -> None:
    """Raise InputError for a class that no decision can name, since the word for it decides something else."""
    for label in labels:
        if label.lower() in (KEEP, DROP):
            raise InputError(
                f"{folder}: its class folder {label} is named like a decision, so the two cannot be told apart; "
                "rename the folder."
            )


def mark_between(text: str) -> str:
    """What stands between the cells of a table, by its first row."""
    first = text.partition("\n")[0]
    return next((mark for mark in (";", "\t") if mark in first), ",")


def write_decisions(decisions: Mapping[str, str], path: str | Path) -> None:
    """Write the decisions in the order of their paths, whole or not at all."""
    rows = ([to_cell(name), to_cell(decision)] for name, decision in sorted(decisions.items()))
    write_rows(path, COLUMNS, rows)

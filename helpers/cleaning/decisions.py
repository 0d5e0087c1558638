"""What a person decided about single pictures: a small CSV that can be read, edited, shared and used again."""

import csv
import os
from collections.abc import Mapping
from pathlib import Path

from helpers.cleaning.report import harmless
from helpers.errors import InputError

COLUMNS = ("path", "decision")
KEEP, DROP = "keep", "drop"


def read_decisions(path: str | Path) -> dict[str, str]:
    """{path of the picture: "keep", "drop" or the name of the class it belongs to}.

    Raises InputError if the file is missing, or a row is not of this form: the message names the row.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file of decisions; check the path.")
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise InputError(f"{path}: its first row must be {','.join(COLUMNS)}.")
    decisions: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != 2 or not all(cell.strip() for cell in row):
            raise InputError(f"{path}: row {number} does not hold a path and a decision (keep, drop or a class).")
        if row[0] in decisions and decisions[row[0]] != row[1]:
            raise InputError(f"{path}: row {number} decides otherwise about {row[0]} than an earlier row; keep one.")
        decisions[row[0].removeprefix("'") if row[0][:2] in ("'=", "'+", "'-", "'@") else row[0]] = row[1].strip()
    return decisions


def write_decisions(decisions: Mapping[str, str], path: str | Path) -> None:
    """Write the decisions in the order of their paths, whole or not at all."""
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.unfinished")
    with open(unfinished, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([harmless(name), decision] for name, decision in sorted(decisions.items()))
    os.replace(unfinished, path)

"""What every lesson must have, so that CI can prove it and a reader can use it: each rule says where, what, and a cure.

    check(path)          # -> list of Finding of one lesson, in the order of its cells
    homeless(paths)      # -> those that concern the series as a whole

A rule is a function from a `Lesson` to findings, in the file of its kind, and named in that file's `RULES`.
"""

from collections.abc import Sequence
from pathlib import Path

from helpers.checking import code, outputs, series, structure, words
from helpers.checking.lesson import Cell, Finding, Lesson

RULES = (*structure.RULES, *code.RULES, *outputs.RULES, *words.RULES, *series.RULES)

__all__ = ["RULES", "Cell", "Finding", "Lesson", "check", "homeless"]


def check(path: Path) -> list[Finding]:
    """All that is wrong with one lesson; nothing if all is well."""
    lesson = Lesson(path)
    found = [finding for rule in RULES for finding in rule(lesson)]
    return sorted(found, key=lambda one: (one.cell or 0, one.line or 0))


def homeless(paths: Sequence[Path]) -> list[Finding]:
    """Groups of exercises that stand in none of these lessons."""
    return list(series.homeless([Lesson(path) for path in paths]))

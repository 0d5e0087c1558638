"""Rules about lessons and `helpers.exercises` together: what one names, the other has."""

import ast
import re
from collections.abc import Iterator, Sequence

from helpers import exercises
from helpers.checking.lesson import Cell, Finding, Lesson

NAMED = re.compile(r"\bexercises\.(\w+)\.(\w+)\.(?:check|hint|solution)\b")


def named(lesson: Lesson) -> list[tuple[Cell, int, str, str]]:
    """(cell, line, group, name) of each exercise that is named in code or text."""
    return [
        (cell, number, found[1], found[2])
        for cell in lesson.cells
        for number, line in enumerate(cell.source.splitlines(), start=1)
        for found in NAMED.finditer(line)
    ]


def there(lesson: Lesson) -> Iterator[Finding]:
    """Each exercise that is named exists; of each group that the lesson checks, all stand in it."""
    checked: dict[str, set] = {}
    for cell, line, group, name in named(lesson):
        known = {one.path.split(".")[1] for one in exercises.of(group)} if group in exercises.LESSONS else set()
        if name not in known:
            what = f"`exercises.{group}.{name}` is not in `helpers.exercises`"
            yield lesson.finding(what, f"mend the name ({', '.join(sorted(known)) or 'no such group'})", cell, line)
        elif cell.made.cell_type == "code":
            checked.setdefault(group, set()).add(name)
    for group, names in checked.items():
        for one in exercises.of(group):
            if one.path.split(".")[1] not in names:
                what = f"the exercise {one.path} is in `helpers.exercises` and not in the lesson"
                yield lesson.finding(what, f"add its text and its stub, as `labs new-exercise` does ({one.concept})")


def stubs(lesson: Lesson) -> Iterator[Finding]:
    """An exercise stands in the lesson as it stands in the package."""
    for cell, line, group, name in named(lesson):
        if (
            cell.made.cell_type != "code"
            or group not in exercises.LESSONS
            or not hasattr(getattr(exercises, group), name)
        ):
            continue
        one = getattr(getattr(exercises, group), name)
        if ast.dump(cell.tree) != ast.dump(ast.parse(one.stub)):
            what = f"the stub of {one.path} is not the one in `helpers/exercises`"
            yield lesson.finding(what, "copy it from there, or change both", cell, line)
        before = lesson.cells[cell.number - 2] if cell.number > 1 else cell
        if before.made.cell_type != "markdown" or one.prompt not in before.source:
            what = f"the text of {one.path} above this cell is not the one in `helpers/exercises`"
            yield lesson.finding(what, "copy it from there, or change both", before)


def homeless(lessons: Sequence[Lesson]) -> Iterator[Finding]:
    """Groups of exercises that stand in no lesson."""
    groups = {group for lesson in lessons for cell, _, group, _ in named(lesson) if cell.made.cell_type == "code"}
    for group in exercises.LESSONS:
        if group not in groups:
            what = f"the exercises of `helpers.exercises.{group}` stand in no lesson"
            yield Finding("all lessons", what, "put each into the lesson that teaches it, or take the group away")


RULES = (there, stubs)

"""Write docs/exercises.md anew, in a minute or so: each exercise is tried on the answers of its tests.

`python tests/exercise_page.py`. Tests say when it is needed: after a change of an exercise that asks for a function, or
of its answers in tests/test_exercises_LESSON.py. Questions are put on the page by `labs new-exercise`.
"""

import importlib

import exercise_tables  # noqa: F401 progress made here is not the reader's own

from helpers import exercises
from helpers.exercises.forms import right_forms, wrong_forms
from helpers.scaffold.exercise_page import PAGE, on_the_page, piece, whole


def tried(exercise: exercises.Exercise) -> tuple[list, list]:
    """The right and the wrong answers that the tests try."""
    if type(exercise) is not exercises.Exercise:
        return right_forms(exercise), wrong_forms(exercise)
    lesson, name = exercise.path.split(".")
    tables = importlib.import_module(f"test_exercises_{lesson}")
    return tables.RIGHT[name], list(tables.WRONG[name].values())


def promised(exercise: exercises.Exercise, number: int) -> str:
    """What the page says that the wrong answer of this number, from 1, is told."""
    _, lines = on_the_page().get(exercise.path, ("", []))
    return lines[number - 1] if number <= len(lines) else "nothing: run `python tests/exercise_page.py`"


if __name__ == "__main__":
    every = [one for lesson in exercises.LESSONS for one in exercises.of(lesson)]
    PAGE.write_text(whole([(one.path, *piece(one, *tried(one))) for one in every]), encoding="utf-8")
    print(f"{PAGE.relative_to(PAGE.parents[1])}: {len(on_the_page())} exercises")

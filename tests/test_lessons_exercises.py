"""Each exercise stands in its lesson as it is in the package: its words, and a stub that does the same."""

import ast
import re

import pytest

from helpers import exercises, lessons

ALL = [exercise for lesson in exercises.LESSONS for exercise in exercises.of(lesson)]
LESSONS = {name: lessons.read(name).cells for name in lessons.names()}


def checks(cell, exercise):
    return cell.cell_type == "code" and f"exercises.{exercise.path}.check(" in cell.source


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.path)
def test_an_exercise_stands_in_its_lesson_as_in_the_package(exercise):
    there = [(cells, cell) for cells in LESSONS.values() for cell in cells if checks(cell, exercise)]
    assert len(there) == 1
    ((cells, stub),) = there
    assert ast.dump(ast.parse(stub.source)) == ast.dump(ast.parse(exercise.stub))
    before = cells[cells.index(stub) - 1]
    assert before.cell_type == "markdown" and exercise.prompt in before.source


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_names_no_exercise_that_is_not_there(lesson):
    named = set(re.findall(r"exercises\.(\w+\.\w+)\.", "\n".join(cell.source for cell in LESSONS[lesson])))
    assert named <= {exercise.path for exercise in ALL}


@pytest.mark.parametrize("lesson", exercises.LESSONS)
def test_progress_lists_the_exercises_in_the_order_of_the_lesson(lesson):
    code = "\n".join(cell.source for cells in LESSONS.values() for cell in cells if cell.cell_type == "code")
    asked = re.findall(rf"exercises\.({lesson}\.\w+)\.check\(", code)
    assert list(dict.fromkeys(asked)) == [exercise.path for exercise in exercises.of(lesson)]

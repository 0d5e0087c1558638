"""Each exercise stands in its lesson as it is in the package: its words, and a stub that does the same."""

import ast
import re

import pytest

from helpers import exercises, lessons

LESSON_OF = {
    "cleaning": "01_cleaning",
    "augmentation": "02_augmentation",
    "training": "03_training",
    "layers": "04_layer_visualization",
}
ALL = [exercise for lesson in exercises.LESSONS for exercise in exercises.of(lesson)]


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.path)
def test_an_exercise_stands_in_its_lesson_as_in_the_package(exercise):
    cells = lessons.read(LESSON_OF[exercise.path.split(".")[0]]).cells
    stubs = [cell for cell in cells if cell.cell_type == "code" and f"exercises.{exercise.path}.check(" in cell.source]
    assert len(stubs) == 1
    assert ast.dump(ast.parse(stubs[0].source)) == ast.dump(ast.parse(exercise.stub))
    before = cells[cells.index(stubs[0]) - 1]
    assert before.cell_type == "markdown" and exercise.prompt in before.source


@pytest.mark.parametrize("lesson", LESSON_OF.values())
def test_a_lesson_names_no_exercise_that_is_not_there(lesson):
    named = set(re.findall(r"exercises\.(\w+\.\w+)\.", "\n".join(cell.source for cell in lessons.read(lesson).cells)))
    assert named and named <= {exercise.path for exercise in ALL}

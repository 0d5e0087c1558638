"""A new lesson and new exercises pass every check at once, in a copy of the project; bad names are refused."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers import drawing, lessons
from helpers.errors import InputError
from helpers.scaffold import exercise, lesson, new_exercise, new_lesson, update_exercise

WHAT = (
    "helpers",
    "notebooks",
    "docs",
    "README.md",
    "requirements.txt",
    "pyproject.toml",
    "CONTRIBUTING.md",
    "Makefile",
)


@dataclass
class Copy:
    """A copy of the project. number: of its new lesson."""

    place: Path
    number: int

    def run(self, *words):
        return self.python("-m", *words)

    def python(self, *words):
        home = {"PYTHONPATH": str(self.place), "LABS_HOME": str(self.place / "home"), "PYTHONIOENCODING": "utf-8"}
        words = [sys.executable, *words]
        return subprocess.run(words, cwd=self.place, env=os.environ | home, capture_output=True, text=True, check=False)

    def labs(self, *words):
        done = self.run("helpers", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """With few drawn pictures, a new lesson "colours", and new exercises."""
    place = tmp_path_factory.mktemp("project")
    for name in WHAT:
        if (source := lessons.PROJECT / name).is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, place)
    (place / "tests").mkdir()
    for file in (lessons.PROJECT / "tests").glob("*.py"):
        shutil.copy(file, place / "tests")
    (place / "data").mkdir()
    shutil.copy(lessons.PROJECT / "data" / "README.md", place / "data")
    drawing.draw_set(place / "data" / "drawn", images=100)
    (place / "data" / "drawn" / "drawn_by.txt").write_text(drawing.version())
    made = Copy(place, int(lessons.names()[-1][:2]) + 1)
    assert f"{made.number:02d}_colours.ipynb: made, run, and named" in made.labs("new-lesson", "colours")
    assert "more.py: holds the new exercise" in made.labs("new-exercise", "1", "pixel", "--kind", "choice")
    made.labs("new-exercise", str(made.number), "edge")
    return made


def test_they_pass_the_lint_at_once(copy):
    said = copy.labs("check", str(copy.number))
    assert f"{copy.number:02d}_colours: nothing is missing." in said
    said = copy.run("helpers", "check", "1").stdout  # which may be in the middle of a change
    assert not any(name in said for name in ("ex-cleaning-pixel", "cleaning.pixel", "not laid out"))


def test_the_page_on_the_first_exercise_works_as_it_is_written(copy):
    page = (lessons.PROJECT / "docs" / "first_exercise.md").read_text(encoding="utf-8")
    (given,) = re.findall(r"```python\n(.*?)```", page, re.S)
    lines = [line for block in re.findall(r"```bash\n(.*?)```", page, re.S) for line in block.splitlines()]
    steps = [shlex.split(line.split(" #")[0]) for line in lines]
    begin, update, check = (step[1:] for step in steps if step[0] == "labs")
    copy.labs(*begin)
    file = copy.place / "helpers" / "exercises" / "training" / "more.py"
    file.write_text(re.sub(r"^steps = Number\(.*?^\)\n", lambda _: given, file.read_text(), flags=re.M | re.S))
    copy.labs(*update)
    (tried,) = (step[1:] for step in steps if step[:2] == ["python", "-c"])
    said = copy.python(*tried).stdout
    assert said.startswith("↻ Try again. The pictures left over make a batch, too") and "✓ Correct." in said
    said = copy.run("helpers", *check).stdout
    assert "ex-training-steps" not in said and "training.steps" not in said


def test_they_pass_the_tests_at_once(copy):
    new = "colours or edge or steps or pixel or enough or stubs_are or every_lesson"
    files = ("exercises", "lessons_exercises", "checking", "readme")
    done = copy.run("pytest", "-q", "-p", "no:cacheprovider", "-k", new, *(f"tests/test_{name}.py" for name in files))
    assert done.returncode == 0, done.stdout
    done = copy.run("ruff", "check", "-q", "--no-cache", "helpers", "notebooks")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("make", "words", "says"),
    [
        (new_lesson, ("Two Words",), "Two Words: no name for a lesson"),
        (new_lesson, ("colours",), "colours: a lesson of that name is there already"),
        (new_exercise, ("1", "pixel"), "pixel: is taken"),
        (new_exercise, ("1", "2x"), "2x: is no name for an exercise"),
        (new_exercise, ("1", "third", "essay"), "essay: no kind of exercise"),
        (new_exercise, ("99", "third"), "99: no such lesson"),
        (update_exercise, ("1", "third"), "third: no exercise of 01_cleaning"),
    ],
)
def test_bad_names_are_refused_and_nothing_is_left(copy, monkeypatch, make, words, says):
    monkeypatch.setattr(lessons, "NOTEBOOKS", copy.place / "notebooks")
    monkeypatch.setattr(exercise, "EXERCISES", copy.place / "helpers" / "exercises")
    monkeypatch.setattr(lesson, "README", copy.place / "README.md")
    before = {path: path.read_bytes() for path in copy.place.rglob("*.ipynb")}
    with pytest.raises(InputError, match=says):
        make(*words)
    assert {path: path.read_bytes() for path in copy.place.rglob("*.ipynb")} == before

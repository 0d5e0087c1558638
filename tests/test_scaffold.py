"""A new lesson and new exercises pass every check at once, in a copy of the project; bad names are refused."""

import ast
import copy as copying
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import drawing, exercises, lessons
from helpers.errors import InputError
from helpers.scaffold import exercise, exercise_page, lesson, new_exercise, new_lesson, update_exercise

WHAT = (  # what tests of pages and lessons read
    *("helpers", "notebooks", "docs", "tests", "texts", "benchmarks", "binder", ".github", "Makefile", "README.md"),
    *("CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-TEXT", "pyproject.toml"),
    *("requirements.txt", "requirements.lock", "requirements-cluster.lock", "requirements-solar.lock"),
)
READ = [  # the tests that read pages, lessons and exercises
    *sorted(file.name[5:-3] for file in Path(__file__).parent.glob("test_page_*.py")),
    *("exercises", "lessons_exercises", "readme", "readme_figures", "pages", "front_ends", "translating"),
    *("site", "handout", "collecting", "mutants"),
    *("checking.py::test_the_lessons_pass", "checking.py::test_a_group_of_exercises_that_no_lesson_has_is_named"),
]
BLIND = [  # to what is new: what an answer does to Python, and within which time; what is kept; a training; a page
    "exercises.py::test_an_answer_that_ends_python_by_force_does_not_end_it",
    "exercises.py::test_an_answer_that_never_ends_is_ended",
    "exercises.py::test_what_swallows_everything_is_left_behind_in_time",
    "exercises.py::test_what_sleeps_too_long_ends_by_itself_and_it_is_said",
    "exercises.py::test_progress_outlives_the_kernel",
    "exercises.py::test_two_lessons_that_note_at_once_lose_nothing",
    *(
        f"front_ends.py::test_lessons_begin_wherever_a_front_end_starts_their_kernel[{place}]"
        for place in ("empty folder", "notebooks")
    ),
    "readme.py::test_the_steps_for_photos_of_ones_own_work_as_they_are_written",
    "handout.py::test_the_longer_runs_that_lessons_show_are_in_it",
    *(f"page_wrong.py::test_the_{one}" for one in ("message_is_what_is_really_said", "lines_print_what_stands_below")),
]


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
        elif source.is_file():  # not all are in a handout
            shutil.copy(source, place)
    (place / "data").mkdir()
    shutil.copy(lessons.PROJECT / "data" / "README.md", place / "data")
    drawing.draw_set(place / "data" / "drawn", images=100)
    (place / "data" / "drawn" / "drawn_by.txt").write_text(drawing.version())
    made = Copy(place, int(lessons.names()[-1][:2]) + 1)
    assert f"{made.number:02d}_colours.ipynb: made, run, and named in README.md" in made.labs("new-lesson", "colours")
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
    (tried,) = (step[1:] for step in steps if step[0] == "python")
    said = copy.python(*tried).stdout
    assert said.startswith("↻ Try again. The pictures left over make a batch, too") and "✓ Correct." in said
    said = copy.run("helpers", *check).stdout
    assert "ex-training-steps" not in said and "training.steps" not in said


def test_they_pass_the_tests_at_once(copy):
    files = [f"tests/test_{name}" if "::" in name else f"tests/test_{name}.py" for name in READ]
    done = copy.run("pytest", "-p", "no:cacheprovider", *files, *(f"--deselect=tests/test_{name}" for name in BLIND))
    assert done.returncode == 0, done.stdout
    done = copy.run("ruff", "check", "-q", "--no-cache", "helpers", "notebooks")
    assert done.returncode == 0, done.stdout


def test_the_new_lesson_can_be_run_anew_and_elsewhere_at_once(copy, draw_elsewhere):
    draw_elsewhere(copy.place)
    assert "nothing is missing." in copy.labs("check", str(copy.number), "--run")


def test_the_lesson_before_the_new_one_leads_to_it_and_is_else_as_it_was(copy):
    name = f"{lessons.names()[-1]}.ipynb"
    text = (copy.place / "notebooks" / name).read_text(encoding="utf-8")
    old, new = nbformat.read(lessons.NOTEBOOKS / name, 4), nbformat.reads(text, 4)
    assert f"**Next:** [Colours]({copy.number:02d}_colours.ipynb)" in new.cells[-1].source
    new.cells[-1].source = old.cells[-1].source
    assert new == old and text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    ("ends", "then"),
    [
        ("## Try it", "## Try it\n\n**Next:** [b](b.ipynb)"),
        ("- One.\n\n**Back:** [c](c.ipynb)", "- One.\n\n**Next:** [b](b.ipynb)\n\n**Back:** [c](c.ipynb)"),
        ("**Next:** [what was?](gone.ipynb)\n\nMore.", "**Next:** [b](b.ipynb)\n\nMore."),
    ],
)
def test_the_link_stands_where_a_lesson_ends(ends, then):
    notebook = new_notebook(cells=[new_markdown_cell("# A"), new_markdown_cell(ends), new_code_cell("x")])
    lesson.lead_on(notebook, "**Next:** [b](b.ipynb)")
    assert [cell.source for cell in notebook.cells] == ["# A", then, "x"]


@pytest.mark.parametrize(
    ("make", "words", "says"),
    [
        (new_lesson, ("Two Words",), "Two Words: no name for a lesson"),
        (new_lesson, ("colours",), "colours: a lesson of that name is there already"),
        (new_lesson, ("import",), "import: its exercises could not be named so"),
        (new_lesson, ("layers",), r"layers: its exercises could not be named so \(those of 04_layer_visualization are"),
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
    monkeypatch.setattr(exercise_page, "PAGE", copy.place / "docs" / "exercises.md")
    monkeypatch.setattr(lesson, "README", copy.place / "README.md")
    before = written(copy.place)
    with pytest.raises(InputError, match=says):
        make(*words)
    assert written(copy.place) == before


def written(place):
    """All files that the commands may touch."""
    return {path: path.read_bytes() for kind in ("ipynb", "py", "md", "png") for path in place.rglob(f"*.{kind}")}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A project with the exercises, the first lesson, and lessons of unlucky names, in a moment."""
    away = shutil.ignore_patterns("__pycache__")
    shutil.copytree(lessons.PROJECT / "helpers" / "exercises", tmp_path / "exercises", ignore=away)
    shutil.copytree(lessons.PROJECT / "notebooks", tmp_path / "notebooks", ignore=shutil.ignore_patterns("0[2-9]*"))
    cells = [new_code_cell("from helpers import environment"), new_markdown_cell("## What we found")]
    for name in ("03_training", "06_progress", "07_of", "08_class", "09_colours", "10_cleaning"):
        nbformat.write(new_notebook(cells=cells), tmp_path / "notebooks" / f"{name}.ipynb")
    (tmp_path / "exercises" / "training" / "more.py").write_text("import numpy as np\n\nmany = len(np.ones(3))\n")
    shutil.copy(lessons.PROJECT / "README.md", tmp_path)
    shutil.copy(exercise_page.PAGE, tmp_path)
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(lessons, "PICTURES", tmp_path / "pictures")
    monkeypatch.setattr(exercise, "EXERCISES", tmp_path / "exercises")
    monkeypatch.setattr(exercise_page, "PAGE", tmp_path / "exercises.md")
    monkeypatch.setattr(lesson, "README", tmp_path / "README.md")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("1", "import"), "import: is a word of Python's own; take another one"),
        (("1", "class", "choice"), "class: is a word of Python's own; take another one"),
        (("1", "files"), "files: is the name of a file in .*cleaning; take another one"),
        (("3", "np"), r"np: is used in .*more\.py; take another one"),
        (("3", "len"), r"len: is used in .*more\.py; take another one"),
        (("10", "half"), r"10_cleaning: its exercises .* \(those of 01_cleaning are named so\); rename the lesson"),
        (("6", "half"), r"06_progress: its exercises .* `progress` \(.*progress.py is another module\); rename"),
        (("7", "half"), r"07_of: its exercises .* \(`exercises.of` is a function\); rename the lesson"),
        (("8", "half"), "08_class: its exercises .* no name for a module of Python.*; rename the lesson"),
    ],
)
def test_a_name_that_would_break_the_project_is_refused_before_anything_is_written(small, monkeypatch, words, says):
    before = written(small)
    monkeypatch.setattr(exercise, "write", lambda *_: pytest.fail("something was written"))
    with pytest.raises(InputError, match=says):
        new_exercise(*words)
    assert written(small) == before


@pytest.mark.parametrize("name", ["7_mine", "10_cleaning-Copy1"])
def test_a_file_that_is_not_named_as_lessons_are_is_told_before_anything_is_written(small, name):
    shutil.copy(small / "notebooks" / "10_cleaning.ipynb", small / "notebooks" / f"{name}.ipynb")
    before = written(small)
    with pytest.raises(InputError, match=f"{name}: this lesson has no name as in 06_colours; rename its file"):
        new_lesson("shapes")
    assert written(small) == before


def test_after_an_error_all_is_as_it_was(small, monkeypatch):
    before = written(small)
    with pytest.raises(InputError, match=r"colours: cannot be imported .*, so nothing was changed; mend it first"):
        new_exercise("9", "half")  # Python imports the package of the real project, where there are no colours
    assert written(small) == before and not (small / "exercises" / "colours").exists()
    more = small / "exercises" / "cleaning" / "more.py"
    more.write_text("def broken(:\n")
    with pytest.raises(InputError, match=r"cleaning: cannot be laid out \(.*more.py.*\), so nothing was changed"):
        new_exercise("1", "half")
    more.unlink()
    assert written(small) == before

    def stop(names):
        (small / "pictures").mkdir()
        (small / "pictures" / f"{names[0]}.png").write_bytes(b"")
        raise KeyboardInterrupt

    monkeypatch.setattr(lessons, "refresh", stop)
    with pytest.raises(KeyboardInterrupt):
        new_lesson("shapes")
    assert written(small) == before


def test_after_an_error_at_the_very_end_all_is_as_it_was(small, monkeypatch):
    before, write_whole = written(small), lessons.write_whole
    made = copying.copy(exercises.cleaning.ball)
    made.path = "cleaning.half"
    monkeypatch.setattr(exercise, "imported", lambda *_: made)
    monkeypatch.setattr(lessons, "refresh", lambda _: None)

    def stop(file, content):  # once it is written
        write_whole(file, content)
        if file.name in ("01_cleaning.ipynb", "10_cleaning.ipynb"):
            raise KeyboardInterrupt

    monkeypatch.setattr(lessons, "write_whole", stop)
    for make, name in ((new_exercise, ("1", "half")), (new_lesson, ("shapes",))):
        with pytest.raises(KeyboardInterrupt):
            make(*name)
        assert written(small) == before


def test_many_groups_can_follow_one_another(small, monkeypatch):
    """Also when their names fill more than a line."""
    monkeypatch.setattr(exercise, "imported", lambda *_: exercises.training.loss)
    for number in range(11, 17):
        nbformat.write(lessons.read("09_colours"), small / "notebooks" / f"{number}_colours_of_{number}.ipynb")
        new_exercise(str(number), "half")
    said = (small / "exercises" / "__init__.py").read_text(encoding="utf-8")
    made = {one.targets[0].id: one.value for one in ast.parse(said).body if isinstance(one, ast.Assign)}
    groups = [f"colours_of_{number}" for number in range(11, 17)]
    assert ast.literal_eval(made["LESSONS"])[-6:] == tuple(groups)
    assert set(groups) < set(ast.literal_eval(made["__all__"]))
    (imports,) = [one for one in ast.parse(said).body if getattr(one, "module", "") == "helpers.exercises"]
    assert set(groups) < {one.name for one in imports.names}


def test_an_exercise_that_is_not_there_yet_cannot_follow(small):
    with pytest.raises(InputError, match="half: no exercise of 09_colours; begin it"):
        update_exercise("9", "half")

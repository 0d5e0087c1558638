"""A lesson that passed is run again as soon as anything changes that its run depends on, and not before."""

import nbformat
import pytest
from broken_lessons import good, printed

from helpers import cli, lessons
from helpers.checking import Finding, passed, tools

NAME = "09_nine"


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """The lesson in a small project. Gives the names of lessons run, and what runs are to find, the last one first."""
    for name in ("helpers/pipeline.py", "tests/guarded/sitecustomize.py", "data/drawn/cats/cat.1.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was")
    for name in ("PROJECT", "NOTEBOOKS", "BUILD"):
        monkeypatch.setattr(lessons, name, tmp_path / {"PROJECT": "", "NOTEBOOKS": "notebooks"}.get(name, "build"))
    lessons.NOTEBOOKS.mkdir()
    for name in passed.FILES:
        (tmp_path / name).write_text("as it was")
    notebook = good()
    notebook.metadata["labs"] = {"code": lessons.code_marks(notebook)}
    nbformat.write(notebook, lessons.NOTEBOOKS / f"{NAME}.ipynb")
    monkeypatch.setattr(tools, "style", lambda lesson: [])
    finds, runs = [], []

    def both(lesson):
        runs.append(lesson.name)
        return finds.pop() if finds else []

    monkeypatch.setattr(tools, "both", both)
    return runs, finds


def edit(change):
    path = lessons.NOTEBOOKS / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    change(notebook)
    nbformat.write(notebook, path)


def of_a_text(notebook):
    notebook.cells[0].source += "\n\nOne sentence more."


def of_a_comment(notebook):
    lessons.code_cells(notebook)[0].source += "  # why"


def of_code(notebook):
    lessons.code_cells(notebook)[2].source += "\nprint(3)"


def of_an_output(notebook):
    lessons.code_cells(notebook)[3].outputs = [printed("something else\n")]


def of_a_tag(notebook):
    lessons.code_cells(notebook)[2].metadata["tags"] = ["timing"]


def of_the_order(notebook):
    notebook.cells[5], notebook.cells[7] = notebook.cells[7], notebook.cells[5]


@pytest.mark.parametrize("change", [of_a_text, of_a_comment])
def test_after_a_change_of_words_a_lesson_that_passed_is_not_run_again(runs, capsys, change):
    assert cli.main(["check", "9", "--run"]) == 0
    edit(change)
    capsys.readouterr()
    assert cli.main(["check", "9", "--run"]) == 0
    assert runs[0] == [NAME]
    assert "09_nine: passed when it was run (" in (said := capsys.readouterr().out) and "not run again" in said
    assert "09_nine: nothing is missing." in said


@pytest.mark.parametrize("change", [of_code, of_an_output, of_a_tag, of_the_order])
def test_a_change_of_the_lesson_that_can_change_its_run_has_it_run_again(runs, change):
    for _ in range(2):
        cli.main(["check", "9", "--run"])
    edit(change)
    cli.main(["check", "9", "--run"])
    assert runs[0] == [NAME, NAME]


@pytest.mark.parametrize(
    "name",
    ["helpers/pipeline.py", "tests/guarded/sitecustomize.py", "data/drawn/cats/cat.1.jpg", "notebooks/conftest.py"],
)
def test_so_does_a_change_of_what_it_works_with(runs, tmp_path, name):
    cli.main(["check", "9", "--run"])
    (tmp_path / name).write_text("another")
    cli.main(["check", "9", "--run"])
    (tmp_path / name).with_name("new.py").write_text("one more")
    cli.main(["check", "9", "--run"])
    assert len(runs[0]) == (2 if name.startswith("notebooks") else 3)


def test_so_does_another_version_of_a_package(runs, monkeypatch):
    cli.main(["check", "9", "--run"])
    monkeypatch.setattr(passed, "packages", lambda: ["tensorflow 2.22.0"])
    cli.main(["check", "9", "--run"])
    assert len(runs[0]) == 2


def test_one_that_failed_is_run_again_and_so_is_one_that_passed_where_it_is_asked(runs):
    wrong = [Finding(f"{NAME}.ipynb", "it fails", "mend it")]
    runs[1][:] = [wrong, [], wrong]  # the last one first
    codes = [cli.main(["check", "9", "--run", *more]) for more in ([], [], [], ["--again"], [])]
    assert codes == [1, 0, 0, 1, 0]  # not run in the third; what passed and then failed has not passed
    assert len(runs[0]) == 4


def test_one_that_was_edited_while_it_ran_has_not_passed_nor_has_what_it_was_before(runs, monkeypatch):
    path, both = lessons.NOTEBOOKS / f"{NAME}.ipynb", tools.both
    before = path.read_bytes()
    monkeypatch.setattr(tools, "both", lambda lesson: [edit(of_code), *both(lesson)][1:])
    cli.main(["check", "9", "--run"])
    monkeypatch.setattr(tools, "both", both)
    path.write_bytes(before)
    cli.main(["check", "9", "--run"])
    assert len(runs[0]) == 2


def test_a_damaged_memory_is_none(runs):
    cli.main(["check", "9", "--run"])
    passed.memory().write_text('{"09_nine": {"ma')
    cli.main(["check", "9", "--run"])
    assert len(runs[0]) == 2

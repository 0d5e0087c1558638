"""A lesson that passed is run again as soon as anything changes that its run depends on, and not before."""

import nbformat
import pytest
from broken_lessons import good, printed
from PIL import Image

from helpers import cli, datasets, lessons, pipeline
from helpers.checking import Finding, passed, tools

NAME = "09_nine"
WORKS_WITH = (
    "helpers/pipeline.py",
    "tests/guarded/sitecustomize.py",
    "benchmarks/results/claims_stop.csv",
    "data/drawn/cats/cat.1.jpg",
    *passed.FILES,
)


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """The lesson in a small project. Gives the names of lessons run, and what runs are to find, the last one first."""
    for name in WORKS_WITH:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was")
    for name in ("PROJECT", "NOTEBOOKS", "BUILD"):
        monkeypatch.setattr(lessons, name, tmp_path / {"PROJECT": "", "NOTEBOOKS": "notebooks"}.get(name, "build"))
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


def of_code(notebook):
    lessons.code_cells(notebook)[2].source += "\nprint(3)"


def of_an_output(notebook):
    lessons.code_cells(notebook)[3].outputs = [printed("something else\n")]


def of_a_tag(notebook):
    lessons.code_cells(notebook)[2].metadata["tags"] = ["timing"]


def of_the_order(notebook):
    notebook.cells[5], notebook.cells[7] = notebook.cells[7], notebook.cells[5]


def test_after_a_change_of_texts_a_lesson_that_passed_is_not_run_again(runs, capsys):
    assert cli.main(["check", "9", "--run"]) == 0
    edit(of_a_text)
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


@pytest.mark.parametrize("name", WORKS_WITH)
def test_so_does_a_change_of_what_it_works_with(runs, tmp_path, name):
    cli.main(["check", "9", "--run"])
    (tmp_path / name).write_text("another")
    cli.main(["check", "9", "--run"])
    assert len(runs[0]) == 2


def test_so_does_a_new_picture(runs, tmp_path):
    cli.main(["check", "9", "--run"])
    (tmp_path / "data" / "drawn" / "cats" / "cat.2.jpg").write_text("one more")
    cli.main(["check", "9", "--run"])
    assert len(runs[0]) == 2


def test_what_the_run_itself_lays_out_of_a_folder_of_its_own_does_not(runs, monkeypatch, tmp_path):
    both = tools.both

    def as_elsewhere(lesson):
        folder = tmp_path / f"scratch_{len(runs[0])}" / "my_pets"
        for name in ("barkers", "whiskers"):
            for number in range(40):
                (folder / name).mkdir(parents=True, exist_ok=True)
                Image.new("RGB", (8, 8), (6 * number, 0, 0)).save(folder / name / f"{number}.jpg")
        assert len(pipeline.list_images(datasets.load(folder, tmp_path / "data").train)[0])
        return both(lesson)

    monkeypatch.setattr(tools, "both", as_elsewhere)
    for _ in range(2):
        cli.main(["check", "9", "--run"])
    assert len(runs[0]) == 1 and list((tmp_path / "data" / "splits").iterdir())


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
    for text in ('{"09_nine": {"ma', "[]"):
        passed.memory().write_text(text)
        cli.main(["check", "9", "--run"])
    assert len(runs[0]) == 3

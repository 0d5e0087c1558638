# ruff: noqa: E501 the table of what is spoilt reads best in rows
"""Each rule of `labs check` fires where it should, names the cell and the line, and all lessons pass all of them."""

import json
import os
import socket
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import checking, cli, lessons
from helpers.checking import tools

OPENING = """# 9 · Nine

One paragraph.

**You will be able to**

- count.
"""
FIGURE = {"image/png": "iVBO", "text/plain": "a line"}
CAPTION = {"text/markdown": "*A line.*"}


def printed(text):
    return new_output("stream", text=text)


def figure():
    shown = new_output("display_data", dict(FIGURE), metadata={"image/png": {"alt": "a line"}})
    return [shown, new_output("display_data", dict(CAPTION))]


def good():
    """A lesson with nothing wrong: opening, imports, text, knobs, text, figure, then text and compared cells in turn."""
    cells = [
        new_markdown_cell(OPENING),
        new_code_cell("import numpy as np\n\nfrom helpers import figures"),
        new_markdown_cell("These are the knobs."),
        new_code_cell('DATASET = "drawn"\nSEED = 1', metadata={"tags": ["parameters"]}),
        new_markdown_cell("## A part\n\nWhat will it show?"),
        new_code_cell("figures.show(np)", metadata={"tags": ["cover"]}, outputs=figure()),
    ]
    for number in range(5):
        ask = "### Another\n\nHow many?" if number == 0 else f"How many are {number}?"
        cells.append(new_markdown_cell(ask))
        said = [printed(f"{number}\n2,000 of them\n")]
        cells.append(new_code_cell(f"print({number})", metadata={"tags": ["compare"]}, outputs=said))
    cells.append(new_markdown_cell("## What we found\n\n- There are 2,000 of them."))
    for number, cell in enumerate(cells, start=1):
        cell.id = f"id-{number}"
    return new_notebook(cells=cells)


def findings(notebook, folder, marked=True):
    """What the lint says of a lesson, as text."""
    if marked:
        notebook.metadata["labs"] = {"code": lessons.code_marks(notebook)}
    path = folder / "09_nine.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return [str(one) for one in checking.check(path)]


def source(cell, text):
    return lambda nb: nb.cells[cell - 1].update(source=text)


def tags(cell, *names):
    return lambda nb: nb.cells[cell - 1].metadata.update(tags=list(names))


def outputs(cell, *made):
    return lambda nb: nb.cells[cell - 1].update(outputs=list(made))


def prints(text, cell=8):
    return outputs(cell, printed(text))


def add_code(nb):
    """Four cells of code in a row, at the end of a part."""
    for number in range(3):
        nb.cells.insert(8, new_code_cell("x = 1", id=f"new-{number}"))


def drop(cell):
    return lambda nb: nb.cells.pop(cell - 1)


def size(nb):
    for cell in (6, 8, 10, 12, 14):
        data = {"image/png": "A" * 450_000, "text/plain": "5"}
        shown = new_output("display_data", data, metadata={"image/png": {"alt": "noise"}})
        nb.cells[cell - 1].outputs = [shown, new_output("display_data", dict(CAPTION))]


NO_ALT = new_output("display_data", dict(FIGURE), metadata={"image/png": {"alt": " "}})
BARE = new_output("display_data", dict(FIGURE), metadata={"image/png": {"alt": "a line"}})
BIG = new_output("display_data", {"text/html": "A" * 510_000})
STDERR = new_output("stream", name="stderr", text="careful")
ERROR = new_output("error", ename="ValueError", evalue="", traceback=[])
HTML = new_output("display_data", {"text/html": '<img src="data:image/png;base64,AA">'})
STUB = "answer = None  # width and height, as in (60, 60)\n\nexercises.cleaning.ball.check(answer)"
WRONG = {  # what is spoilt: how, and what the lint must say
    "no parameters": (tags(4), ["0 cells are tagged `parameters`; tag the one"]),
    "two of them": (tags(2, "parameters"), ["2 cells are tagged `parameters`", "cell 2 (id id-2), line 1: this is no"]),
    "many parameters": (source(4, "\n".join(f"A{n} = {n}" for n in range(7))), ["cell 4 (id id-4): 7 parameters"]),
    "a parameter that is computed": (source(4, "A = 1\nB = A + 1"), ["cell 4 (id id-4), line 2: this is no parameter"]),
    "work before the parameters": (source(2, "import os\nx = 2\n"), ["cell 2 (id id-2), line 2: the lesson begins to"]),
    "a long cell": (source(8, "print(0)\n" * 16), ["cell 8 (id id-8), line 16: the cell has 16 lines, and 15"]),
    "code in a row": (add_code, ["cell 11 (id new-0): 4 cells of code in a row; say above it"]),
    "code first": (drop(1), ["cell 1 (id id-2): there is no text before", "names no goal"]),
    "a figure without alt text": (outputs(6, NO_ALT, figure()[1]), ["cell 6 (id id-6): output 1 is a figure without alt"]),
    "a figure without a caption": (outputs(6, BARE), ["cell 6 (id id-6): output 1 is a figure without a caption"]),
    "HTML without alt text": (outputs(8, printed("0"), HTML), ["cell 8 (id id-8): output 2 is a figure without alt"]),
    "no goal": (source(1, "# 9 · Nine"), ["the lesson names no goal"]),
    "no recap": (source(17, "There are 2,000 of them."), ["the lesson has no recap"]),
    "no question": (
        lambda nb: [cell.update(source=cell.source.replace("?", ".")) for cell in nb.cells[6:]],
        ["1 cells of text ask something"],
    ),
    "a claim that nothing prints": (source(9, "It helps.\n\nBy 37 % or so."), ["line 3: the text says '37 %', which"]),
    "a count that nothing prints": (source(9, "All 2,001 of them."), ["line 1: the text says '2,001', which"]),
    "an absolute path": (prints("one\nin /home/me/m.keras"), ["cell 8 (id id-8), line 2: the output shows the path /home"]),
    "a path of Windows": (prints(r"in C:\Users\me"), [r"the output shows the path C:\Users\me"]),
    "the name of the machine": (prints("on thismachine"), ["the output shows thismachine, which is the name"]),
    "a date": (prints("made 2026-02-03"), ["the output shows the time 2026-02-03"]),
    "a time": (prints("at 12:31:59"), ["the output shows the time 12:31:59"]),
    "an address": (prints("<object at 0x7f00aa11bb>"), ["the output shows the address 0x7f00aa11bb"]),
    "a warning": (prints("UserWarning: slow"), ["the output shows a warning (UserWarning: slow)"]),
    "standard error": (outputs(8, printed("0"), STDERR), ["cell 8 (id id-8): it was saved with a warning or a log"]),
    "an error": (outputs(8, printed("0"), ERROR), ["cell 8 (id id-8): it was saved with an error (ValueError)"]),
    "a large output": (outputs(8, printed("0"), BIG), ["cell 8 (id id-8): output 2 takes 510 kB, and 500 are"]),
    "a long output": (prints("0\n" * 61), ["cell 8 (id id-8), line 61: output 1 has 61 lines, and 60 are"]),
    "a large file": (size, ["the file is larger than 2 MB"]),
    "compare without output": (outputs(8), ["cell 8 (id id-8): it is tagged `compare` and has no saved text"]),
    "compare with long floats": (prints("a\n0.12345"), ["cell 8 (id id-8), line 2: it is tagged `compare` and prints"]),
    "compare and timing": (tags(8, "compare", "timing"), ["cell 8 (id id-8): it is tagged `compare` and `timing`"]),
    "few compared": (tags(8), ["4 cells are tagged `compare`; tag 5"]),
    "a run count": (lambda nb: nb.cells[7].update(execution_count=3), ["cell 8 (id id-8): it was saved with a run count"]),
    "no cover": (tags(6), ["0 cells are tagged `cover`"]),
    "cover without figure": (outputs(6), ["cell 6 (id id-6): it is tagged `cover` and has no saved figure"]),
    "a tag that nothing reads": (tags(8, "compare", "compair"), ["cell 8 (id id-8): nothing reads the tag `compair`"]),
    "a relative path": (source(8, 'x = 1\nopen("a/b.csv")'), ["cell 8 (id id-8), line 2: 'a/b.csv' is a relative path"]),
    "a path of the project": (source(8, 'x = "../data/drawn"'), ["cell 8 (id id-8), line 1: '../data/drawn' is a rel"]),
    "an import": (source(2, "import numpy as np\nimport torch"), ["line 2: `torch` is imported and is no dependency"]),
    "a part of an import": (source(2, "from pandas.io import sql"), ["line 1: `pandas` is imported and is no"]),
    "a dead link": (source(3, "The\n[first](01_one.ipynb)."), ["cell 3 (id id-3), line 2: the link to 01_one.ipynb"]),
    "a link to no heading": (source(3, "[a](09_nine.ipynb#b)"), ["leads nowhere (there is no such heading)"]),
    "an exercise that is not there": (source(8, "exercises.cleaning.bal.check(1)"), ["line 1: `exercises.cleaning.bal`"]),
    "a heading that skips": (source(7, "text\n\n#### Deep?"), ["cell 7 (id id-7), line 3: the heading 'Deep?' skips a"]),
    "a second title": (source(7, "# Again?"), ["cell 7 (id id-7), line 1: 'Again?' is a second title"]),
    "an id twice": (lambda nb: nb.cells[9].update(id="id-8"), ["cell 10 (id", "the cell id id-8 stands 2 times"]),
    "no id": (lambda nb: nb.cells[2].pop("id"), ["cell 3 (id", "the cell has no id"]),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Non-unique cell id", "ignore:Cell is missing an id")
@pytest.mark.parametrize("name", WRONG)
def test_each_rule_fires_and_names_the_place(tmp_path, monkeypatch, name):
    monkeypatch.setattr(socket, "gethostname", lambda: "thismachine.local")
    assert findings(good(), tmp_path) == []
    spoil, expected = WRONG[name]
    notebook = good()
    spoil(notebook)
    found = findings(notebook, tmp_path)
    assert len(found) <= 3, found
    for part in expected:
        assert any(part in one for one in found), found
    assert all(one.startswith("09_nine.ipynb") and "; " in one for one in found)  # the file, and a cure


def test_a_claim_may_rest_on_what_the_parameters_make(tmp_path):
    notebook = good()
    notebook.cells[3].source = "IMAGES = 160\nSEED = 1"
    notebook.cells[7].source = "SIZE, MANY = (48, 48), 5 * IMAGES\nprint(0 * MANY)"
    notebook.cells[8].source = "All 800 of them."
    assert findings(notebook, tmp_path) == []
    notebook.cells[8].source = "All 801 of them."
    assert len(findings(notebook, tmp_path)) == 1


def test_exercises_stand_in_the_lesson_as_in_the_package(tmp_path):
    notebook = good()
    text = "**Exercise: what becomes of a ball.** Not these words, and 777 is free here."
    notebook.cells[8:8] = [new_markdown_cell(text, id="text"), new_code_cell(STUB.replace("60", "61"), id="stub")]
    notebook.cells[9].source = STUB.replace("None", "1")
    found = findings(notebook, tmp_path)
    assert "cell 10 (id stub), line 3: the stub of cleaning.ball is not the one in `helpers/exercises`" in "".join(
        found
    )
    assert "cell 9 (id text): the text of cleaning.ball above this cell is not the one" in "".join(found)
    assert sum("is in `helpers.exercises` and not in the lesson" in one for one in found) == 7
    assert not any("777" in one or "exercise cleaning.ball is in" in one for one in found)


def test_a_group_of_exercises_that_no_lesson_has_is_named(tmp_path):
    findings(good(), tmp_path)
    found = [str(one) for one in checking.homeless([tmp_path / "09_nine.ipynb"])]
    assert any("`helpers.exercises.cleaning` stand in no lesson" in one for one in found)
    assert checking.homeless([lessons.NOTEBOOKS / f"{name}.ipynb" for name in lessons.names()]) == []


def change(nb):
    nb.cells[7].source = "print(7)"


def comment(nb):
    nb.cells[7].source = "# why\nprint(0)"


def take_away(nb):
    nb.cells.pop(7)


def move(nb):
    nb.cells[7], nb.cells[9] = nb.cells[9], nb.cells[7]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (change, "cell 8 (id id-8): its code was changed after the outputs were saved; run `labs refresh 09_nine`"),
        (comment, ""),
        (take_away, "the cell id-8 was taken away after the outputs were saved"),
        (
            lambda nb: nb.metadata.pop("labs"),
            "it does not say of which code its outputs are; run `labs refresh 09_nine`",
        ),
        (move, "cells were moved after the outputs were saved"),
    ],
)
def test_outputs_that_are_not_those_of_the_code_are_named(tmp_path, spoil, says):
    notebook = good()
    notebook.metadata["labs"] = {"code": lessons.code_marks(notebook)}
    spoil(notebook)
    found = [one for one in findings(notebook, tmp_path, marked=False) if "tagged" not in one]
    assert [says in one for one in found] == ([True] if says else [])


def test_what_ruff_says_is_told_with_cell_and_line(tmp_path):
    notebook = good()
    notebook.cells[1].source = "import os\n\nimport numpy as np\nfrom helpers import figures"
    notebook.cells[3].source = "SEED   =   1"
    findings(notebook, tmp_path)
    found = [str(one) for one in tools.style(checking.Lesson(tmp_path / "09_nine.ipynb"))]
    assert any("cell 2 (id id-2), line 1: `os` imported but unused; mend it (F401" in one for one in found)
    assert [one for one in found if "not laid out" in one] == [
        "09_nine.ipynb, cell 4 (id id-4): the code is not laid out as ruff does it; run `ruff format notebooks/09_nine.ipynb`."
    ]


def test_a_lesson_run_anew_is_compared_with_what_is_saved(tmp_path):
    (tmp_path / "conftest.py").write_bytes((lessons.NOTEBOOKS / "conftest.py").read_bytes())
    notebook = good()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = (
                cell.source + "\nprint('2,000 of them')" if "compare" in cell.metadata.get("tags", []) else "1"
            )
    notebook.cells[7].source, notebook.cells[9].source = "1 / 0", "print(1)"
    findings(notebook, tmp_path)
    found = [str(one) for one in tools.anew(checking.Lesson(tmp_path / "09_nine.ipynb"))]
    assert "cell 8 (id id-8): run anew, it fails (ZeroDivisionError: division by zero)" in found[0]
    assert "cell 10 (id id-10): run anew, it prints something else (now: nothing; saved: 2,000 of them)" in found[1]


@pytest.mark.parametrize("lesson", lessons.names())
def test_the_lessons_pass(lesson):
    assert [str(one) for one in checking.check(lessons.NOTEBOOKS / f"{lesson}.ipynb")] == []


def test_the_command_lists_what_is_wrong_and_ends_with_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path)
    notebook = good()
    findings(notebook, tmp_path)
    assert cli.main(["check", "9"]) == 0
    assert "09_nine: nothing is missing." in capsys.readouterr().out
    tags(4)(notebook)
    findings(notebook, tmp_path)
    assert cli.main(["check"]) == 1
    said = capsys.readouterr().out
    assert "09_nine.ipynb: 0 cells are tagged `parameters`" in said
    assert "all lessons.ipynb" not in said
    assert "stand in no lesson" in said
    assert Path(tmp_path / "09_nine.ipynb").exists()
    assert nbformat.read(tmp_path / "09_nine.ipynb", 4).cells[0].id == "id-1"


def test_watching_says_what_is_missing_at_each_save(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path)
    findings(good(), tmp_path)
    rounds = iter((1, 2))

    def sleep(_seconds):
        if next(rounds) == 2:
            raise KeyboardInterrupt
        notebook = good()
        tags(4)(notebook)
        findings(notebook, tmp_path)
        os.utime(tmp_path / "09_nine.ipynb", (1, 1))

    monkeypatch.setattr("helpers.instructing.time.sleep", sleep)
    assert cli.main(["check", "--watch"]) == 130
    assert "09_nine.ipynb: 0 cells are tagged `parameters`" in capsys.readouterr().out

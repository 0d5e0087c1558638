"""Each rule of `labs check` fires where it should, names the cell and the line, and all lessons pass all of them."""

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from broken_lessons import STUB, WRONG, findings, good, printed, tags
from nbformat.v4 import new_code_cell, new_markdown_cell
from tqdm import tqdm

from helpers import checking, cli, lessons
from helpers.checking import tools
from helpers.environment import python_path


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


def test_small_whole_numbers_count_what_the_reader_sees_and_need_no_cell(tmp_path):
    notebook = good()
    notebook.cells[8].source = "In 7 ways, and by 0.05 each."
    (found,) = findings(notebook, tmp_path)
    assert "says '0.05'" in found


@pytest.mark.parametrize(
    ("prints", "says"),
    [
        ("0.007", "0.7 % of them"),
        ("0.018", "1.8 % of them"),
        ("0.286", "28.6 % of them"),
        ("0.563", "56.3 percent"),
        ("97 %", "0.97 of them"),
        ("28.6%", "a share of 0.286"),
        ("0.37", "37 percentage points, or .37"),
        (".37", "37 per cent"),
        ("36,912", "some 37k, 36.9 thousand"),
        ("100,000", "1e5"),
        ("1.5e-05", "with 1.5e-5"),
        ("0.81 0.92", "from 0.81–0.92, .81 to .92"),
    ],
)
def test_a_number_may_be_said_in_another_way(tmp_path, prints, says):
    notebook = good()
    notebook.cells[7].outputs = [printed(f"{prints}\n2,000 of them")]
    notebook.cells[8].source = says
    assert findings(notebook, tmp_path) == []


def test_a_small_number_of_the_code_may_be_told(tmp_path):
    notebook = good()
    notebook.cells[7].source = "print(np.adam(0.00001, 1_600))"
    notebook.cells[8].source = "With 0.00001, in 1,600 steps."
    assert findings(notebook, tmp_path) == []


def test_a_share_is_not_any_number_a_hundred_times_smaller(tmp_path):
    notebook = good()
    notebook.cells[7].outputs = [printed("97\n0.36\n2,000 of them")]
    notebook.cells[8].source = "0.97, 36.1 % of them"
    assert len(findings(notebook, tmp_path)) == 2


def test_a_number_in_a_title_is_a_name_and_no_claim(tmp_path):
    notebook = good()
    notebook.cells[0].source = notebook.cells[0].source.replace("9 · Nine", "9 · The best 4,711")
    assert findings(notebook, tmp_path) == []


FINE = {
    "code": [
        'from pathlib import Path\nfolder = Path("/")\nopen(folder / "pets.csv")\nlist(folder.glob("*.jpg"))',
        'import tempfile\nprint("pets.csv")\nfolder = tempfile.mkdtemp()\nopen(f"{folder}/pets.csv")',
        '"train/cats/1.jpg".startswith("train/")\nlabels = ["cats/dogs", "3 km/h"]\nnp.load(DATASET)',
        "%matplotlib inline\nif SEED:\n    !ls\nfiles = !ls\nfigures?",
        "%%bash\nif [ -f x ]; then echo 1; fi",
        "x = (1\n  % 2)",
        'x = f""\nopen(x)\nprint(f"")',
        'print(["pets.csv", "a.jpg"], ", ".join(["a", "b.csv"]))\nfolder = "/"\nnp.join("/", DATASET)\n%timeit 1 / 2',
        'x = {"data/": 1, "a": "pets.csv"}\nif "data/drawn" in x and "/a/b" in x:\n    pass',
        'model.trainable = False\nos.environ["A"] = "b"\na[0] = 1\nA, B = 1\nC, *D = 1, 2\nE = F = 5 % 0\nG = "a" - 1',
        'x = "/ a", "/contents", "~", "/dogs", "a:/b c"[1:]\nprint("/content-type", "see /home")\n!ls /dev/null',
        "x = 0.00001\nN = 1_000\n# why 5 # 6\n!ls",
        'model.save(DATASET)\nfolder.mkdir()\nseries.walk("x")\nfolder.glob("*/*.jpg")\nopen(1)\nx.append("a.jpg")',
        'folder.rglob("pets/*.jpg")\nx.export()\nnp.map("x", "a")\ndef f():\n    return "a/b"\nnames.copy("a")',
        'ax.set_title("cat.jpg")\nplt.title("cat.jpg")\nfig.suptitle("a.png")\nax.text(0, 0, "data/a.csv")',
        "%timeit 1 / 2\n!pip list\n!echo hello\n!mkdir {x} && echo hi\n%run -h\n%time x.y()",
        "A = 10 ** 400\nB = 1e999 * 2\nC = 9**9**9\nD = 1 << 10**10\nE = 'a' * 10**12\nF = (1,) * 10**12\nG = 1j ** 2",
    ],
    "text": [
        '[here](09_nine.ipynb "the same"), [there](<09_nine.ipynb#a-part>), [out](https://a.b/c_(d) "e"), x[1](2',
        "The first row is x[i][j], says a note.[^1]\n\n[^1]: here.md",
        "![a pet](attachment:a.png) <img src='https://a.b/c.png' alt='a pet'>",
        "the grid [3][4]",
        "[a][b] and [B][] and `[c][d]`\n\n```\n[e](f.md)\n```\n\n[b]: https://a.b 'c'",
        "How?\n\n~~~python\n#### deep\nx[a][b](c.md) 777\n~~~\n\n````\n```\n#### deep 777\n```\n````",
        "How? <!-- 777\n778 [a](b.md) -->",
        'How? <img alt="a" src="https://a.b/c.png" width="640"> [c](https://a.b "of 1998 and 777")',
        "Python 3.11, 3.12 or 3.13 (Python >= 3.11, Python 3.11–3.13), Keras 3.12+, version 23.1.",
        "So:\n\n    x = 777\n\n    # why [a](b.md) [c][d]\n\tx[a][b]\n\nHow?",
        "- So:\n\n  a\n\nThen:\n\n    x = 777",
        "$x_{777} = 0.97 y$, $$\na[i][j] [k][l] 777 \\\\ 778\n$$, \\begin{align}\nx &= 777\n\\end{align}",
        "- [x][ ] done\n- [ ][x] not, [ ](09_nine.ipynb)",
        "How?\n\nA part\n---\n\n<h3>Another `one`</h3>\n\n[a](#a-part) [b](#a-part-1) [c](#another-one)",
        "How?\n\n- a\n  b\n===\n\n1. c\n2. d\n   e\n===\n\n> f\ng\n===",
        "How?\n\n---\n\n- a\n===\n\n|a|\n===\n\n<hr>\n===\n\n---\n===\n\n```\n<h5>a</h5>\nb\n===\n```\n\n#### ",
        "Points in [0, 255] become ones in [0, 1], or `[-128, 127]`.",
        "## 9 · Part\n\nIn 1998, since May 2024, from 0–255, pages 20-30, `64 * 64`, `-1`, co-20, in 5 and 2 %.",
        "On 24 May, and on June 30, in _conv_97_ and dense_98_2.",
        "## What `fit` does\n\nHow?\n\n## A part\n\n[a](#what-fit-does) [b](#a-part) [c](#a-part-1)",
        "<https://a.b/c.md>, <me@a.b>, <a name='d'></a><a href=\"#d\">e</a><img alt='f' src=data:image/png;base64,AA>",
    ],
    "shown": [
        "1 on disk 2.9 MiB,  2.5 s before training, in 5 steps, 12 msx, 5.3 processor seconds, time: 3, in 2 hats",
        "a /content-type, train/content/x, /contents, ~/",
        "a/b, 1/2 and https://a.b/c/d",
        "train/cats/1.jpg",
        "<div><br/></div></td>",
        "at 12:31, 3 of May",
        "C: 3",
        "<img src='data:image/png;base64,AA' alt='a pet'><figcaption><b>A</b> pet.</figcaption>",
        "2026/13 of all, 1/2/3, 20260203-4, 20269999-123456",
        "<svg><title>a cat</title></svg> <svg role='img' aria-label='a cat'></svg><figcaption>A cat.</figcaption>",
        "<svg aria-hidden='true'></svg><img alt='' aria-hidden='true' src='data:,'>",
        "97.1234, 1e-07 and 1.5e-07",
        "Layer 3, 2048 numbers",
        "64 Dense 2080",
        "<a href='09_nine.ipynb#a-part'>a</a> <script>a[b](c)</script>",
        "OpenCV 4.11.0.86, Keras 3.1.0.1",
        "<script>\nimage.src = frames[at];\n</script><style>a { href = b }</style>",
        "<a href='#Part'>a</a> <h2 id='part'>b</h2> <svg aria-hidden='true'><use xlink:href='#part'/></svg>",
        "n = 3 min = 0.2 max = 0.9, shape: 5 min: 0.3",
    ],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FINE.items() for text in texts])
def test_what_only_looks_wrong_is_let_be(tmp_path, kind, text):
    notebook = good()
    if kind == "shown":
        notebook.cells[7].outputs.append(nbformat.v4.new_output("display_data", {"text/html": text}))
    else:
        notebook.cells[7 if kind == "code" else 2].source = text
    assert findings(notebook, tmp_path) == []


@pytest.mark.parametrize(
    "data",
    [
        [{"text/markdown": "![a pet](data:image/png;base64,AA)\n\n*A pet.*"}],
        [{"text/html": "<img alt='a pet' src='data:,'>"}, {"text/markdown": "*A pet.*"}],
    ],
)
def test_a_picture_in_html_or_markdown_may_have_its_caption_below_it(tmp_path, data):
    notebook = good()
    notebook.cells[7].outputs += [nbformat.v4.new_output("display_data", one) for one in data]
    assert findings(notebook, tmp_path) == []


def test_a_cell_tagged_timing_may_show_how_long_it_took(tmp_path):
    notebook = good()
    notebook.cells[5].outputs.append(printed("It took 3.2 s, 12 ms/step."))
    notebook.cells[5].metadata["tags"] = ["cover", "timing"]
    assert findings(notebook, tmp_path) == []


@pytest.mark.parametrize("mark", ["*", "+", "1.", "1)"])
def test_the_goal_may_be_a_list_of_any_kind(tmp_path, mark):
    notebook = good()
    notebook.cells[0].source = notebook.cells[0].source.replace("- count", f"{mark} count")
    assert findings(notebook, tmp_path) == []


def test_findings_come_in_the_order_of_the_cells(tmp_path):
    notebook = good()
    notebook.cells[6].source += "\n\nBy 37 % or so."
    notebook.cells[8].source = "By 38 % or so."
    found = findings(notebook, tmp_path)
    assert ["37 %" in found[0], "38 %" in found[1]] == [True, True]


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
    (laid_out,) = [one for one in found if "not laid out" in one]
    assert laid_out.startswith("09_nine.ipynb, cell 4 (id id-4): ") and "`ruff format notebooks/09" in laid_out


def test_a_lesson_run_anew_is_told_by_cell_first_line_and_error(tmp_path):
    notebook = good()
    for cell in lessons.code_cells(notebook):
        compared = "compare" in cell.metadata.get("tags", [])
        cell.source = f"{cell.source}\nprint('2,000 of them')" if compared else "1"
    notebook.cells[7].source, notebook.cells[9].source = "# why\n1 / 0", "print(1)"
    notebook.cells[11].source = "import os\nos._exit(1)"
    findings(notebook, tmp_path)
    began = time.monotonic()
    found = [str(one) for one in tools.anew(checking.Lesson(tmp_path / "09_nine.ipynb"))]
    assert time.monotonic() - began < tools.SECONDS  # a kernel that is dead is not waited for
    assert [one.removeprefix("09_nine.ipynb, ") for one in found] == [
        "cell 8 (id id-8): run anew, code cell 4 (`# why`): it fails (ZeroDivisionError: division by zero); mend it.",
        "cell 10 (id id-10): run anew, code cell 5 (`print(1)`): it prints something else in line 2 (now: nothing; "
        "saved: 2,000 of them); mend it; or, if what it prints now is right, `labs refresh 09_nine`.",
        "cell 12 (id id-12): run anew, code cell 6 (`import os`): it fails (the kernel died, as it does when memory "
        "runs out); mend it.",
    ]


def test_a_kernel_whose_port_was_taken_as_it_started_is_started_anew(tmp_path, monkeypatch):
    notebook, mark = good(), tmp_path / "mark"
    for cell in lessons.code_cells(notebook):
        cell.source, cell.outputs = "None", []
    findings(notebook, tmp_path)
    dies = f"import os, pathlib, sys\nmark = pathlib.Path({str(mark)!r})\nkernel = 'ipykernel' in str(sys.orig_argv)\n"
    dies += "if kernel and not mark.exists():\n    mark.touch()\n    os._exit(1)\n"
    (tmp_path / "sitecustomize.py").write_text(dies)
    monkeypatch.setenv("PYTHONPATH", python_path(tmp_path))
    assert list(tools.anew(checking.Lesson(tmp_path / "09_nine.ipynb"))) == [] and mark.exists()


def test_while_a_lesson_runs_a_bar_counts_its_cells(tmp_path, monkeypatch):
    notebook, bars = good(), []
    for cell in lessons.code_cells(notebook):
        cell.source, cell.outputs = "None", []
    notebook.cells[9].source = "1 / 0"
    findings(notebook, tmp_path)

    def counting(total, text, unit):  # also where standard error is no terminal
        bars.append(tqdm(total=total, desc=text, unit=unit, file=io.StringIO()))
        return bars[-1]

    monkeypatch.setattr(tools, "progress", counting)
    (found,) = tools.anew(checking.Lesson(tmp_path / "09_nine.ipynb"))
    assert "ZeroDivisionError" in str(found)
    assert [(bar.n, bar.total, bar.desc) for bar in bars] == [(8, 8, "running 09_nine")]


def test_of_many_cells_that_fail_the_first_are_told_so_that_nobody_scrolls(tmp_path):
    notebook = good()
    for cell in lessons.code_cells(notebook):
        cell.source = "from helpers.errors import InputError\nraise InputError('a.jpg: is no picture; look.')"
    findings(notebook, tmp_path)
    found = [str(one) for one in tools.anew(checking.Lesson(tmp_path / "09_nine.ipynb"))]
    assert len(found) == 4 and all("it fails (a.jpg: is no picture; look.)" in one for one in found[:3])
    assert "cells after these that fail or print something else: 5" in found[3]


def test_a_run_that_ends_before_it_comes_to_a_cell_is_told_with_its_last_words(tmp_path, monkeypatch):
    findings(good(), tmp_path)
    lesson = checking.Lesson(tmp_path / "09_nine.ipynb")
    monkeypatch.setattr(tools, "by_cell", lambda *_: (3, "INTERNALERROR>\n  no nbval"))
    (found,) = tools.anew(lesson)
    assert found.what == "it could not be run anew (INTERNALERROR> no nbval)" and found.cure == "mend that"
    monkeypatch.setattr(tools, "by_cell", lambda *_: (0, "8 passed"))
    assert list(tools.anew(lesson)) == []


def test_a_run_elsewhere_that_ends_before_it_comes_to_a_cell_is_told_with_its_last_words(tmp_path, monkeypatch):
    findings(good(), tmp_path)
    lesson = checking.Lesson(tmp_path / "09_nine.ipynb")
    ended = subprocess.CompletedProcess([], 1, "", "labs: the disk\n  is full.")
    monkeypatch.setattr(tools, "run", lambda *_: ended)
    (found,) = tools.other(lesson)
    assert found.what.startswith("it could not be run on another folder, with other class names and another seed")
    assert found.what.endswith(" (labs: the disk is full.)") and found.cure == "mend that"
    ended.returncode = 0
    assert list(tools.other(lesson)) == []


def test_the_two_ways_to_run_a_lesson_share_the_cores(monkeypatch):
    """Each with a thread a core, they would take ten times as long in NumPy's linear algebra."""
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    for way in ("anew", "other"):
        monkeypatch.setattr(tools, way, lambda _: [os.environ["OPENBLAS_NUM_THREADS"]])
    assert tools.both(None) == ["2", "2"]


def test_a_lesson_that_is_run_is_run_elsewhere_too_and_named_if_it_knows_its_data(tmp_path, draw_elsewhere):
    for name in ("helpers", "docs", "tests/guarded"):
        shutil.copytree(lessons.PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "notebooks").mkdir()
    for name in ("pyproject.toml", "requirements.txt", "notebooks/conftest.py", "notebooks/ruff.toml"):
        shutil.copy(lessons.PROJECT / name, tmp_path / name)
    notebook = good()
    code = lessons.code_cells(notebook)
    code[0].source, code[2].source = "import os", "SEED"
    for cell in code[3:]:
        cell.source, cell.outputs = 'print(0)\nprint("2,000 of them")', [printed("0\n2,000 of them\n")]
    elsewhere = ("SEED == 5", 'sorted(os.listdir(DATASET)) == ["barkers", "whiskers"]')
    code[4].source += "".join(f'\nassert DATASET == "drawn" or {so}' for so in elsewhere)
    code[6].source = 'assert DATASET == "drawn", "by heart"\n' + code[6].source
    findings(notebook, tmp_path / "notebooks")
    draw_elsewhere(tmp_path)
    words = [sys.executable, "-m", "helpers", "check", "9", "--run"]
    surroundings = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(words, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False)
    (said,) = done.stdout.splitlines()  # run anew, nothing is wrong with it
    assert said.startswith(
        "09_nine.ipynb, cell 14 (id id-14): run on another folder, with other class names and another seed, code cell "
        '7 (`assert DATASET == "drawn", "by heart"`): AssertionError: by heart; mend it: it must not know its data'
    )
    assert done.returncode == 1 and list((tmp_path / "build" / "quick" / "lessons").glob("unfinished_09_nine.ipynb"))


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


@pytest.mark.parametrize("text", ['{"cells": [', "{}", ""])
def test_a_file_that_is_no_notebook_is_named(tmp_path, monkeypatch, capsys, text):
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path)
    (tmp_path / "09_nine.ipynb").write_text(text)
    assert cli.main(["check", "9"]) == 2
    assert "09_nine.ipynb: is no notebook that can be read" in capsys.readouterr().err


def here(words, real=subprocess.run, **options):
    """What watching runs in a Python of its own; ruff has one in any case."""
    return cli.main(words[3:]) if "helpers" in words else real(words, **options)


def test_watching_speaks_of_a_lesson_that_is_new_and_runs_none(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path)
    findings(good(), tmp_path, "08_eight.ipynb")
    rounds = iter((1, 2))

    def sleep(_seconds):
        if next(rounds) == 2:
            raise KeyboardInterrupt
        findings(good(), tmp_path)

    monkeypatch.setattr("helpers.instructing.time.sleep", sleep)
    monkeypatch.setattr("helpers.instructing.subprocess.run", here)
    assert cli.main(["check", "--watch"]) == 130
    said = capsys.readouterr().out
    assert said.startswith("09_nine") and "08_eight" not in said
    assert cli.main(["check", "--watch", "--run"]) == 2
    assert "leave --run and --again out" in capsys.readouterr().err


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
    monkeypatch.setattr("helpers.instructing.subprocess.run", here)
    assert cli.main(["check", "--watch"]) == 130
    assert "09_nine.ipynb: 0 cells are tagged `parameters`" in capsys.readouterr().out


def test_watching_knows_an_exercise_that_is_new(tmp_path):
    away = shutil.ignore_patterns("__pycache__")
    shutil.copytree(lessons.PROJECT / "helpers", tmp_path / "helpers", ignore=away)
    shutil.copy(lessons.PROJECT / "requirements.txt", tmp_path)
    (tmp_path / "notebooks").mkdir()

    def until_said(what, notebook):
        """It is saved again and again, for what watches may not look yet."""
        end = time.monotonic() + 120
        while what not in (said := (tmp_path / "said").read_text()):
            assert time.monotonic() < end and watching.poll() is None, said
            findings(notebook, tmp_path / "notebooks")
            time.sleep(1)

    findings(good(), tmp_path / "notebooks")
    words = [sys.executable, "-u", "-m", "helpers", "check", "--watch"]
    surroundings = os.environ | {"PYTHONPATH": str(tmp_path)}
    with (tmp_path / "said").open("a") as out:
        watching = subprocess.Popen(words, cwd=tmp_path, env=surroundings, stdout=out, stderr=out)
    try:
        until_said("09_nine: nothing is missing.", good())
        group = tmp_path / "helpers" / "exercises" / "cleaning" / "__init__.py"
        new = 'import copy\nnew_ball = copy.copy(ball)\nnew_ball.path = "cleaning.new_ball"\n__all__ += ["new_ball"]\n'
        group.write_text(group.read_text(encoding="utf-8") + new, encoding="utf-8")
        notebook = good()
        notebook.cells.append(new_code_cell("exercises.cleaning.new_ball.check(1)", id="new"))
        until_said("the stub of cleaning.new_ball is not the one", notebook)
    finally:
        watching.kill()
        watching.wait()

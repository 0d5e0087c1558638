# ruff: noqa: E501 the table of what is spoilt reads best in rows
"""A lesson with nothing wrong, and how it is spoilt for each rule of the lint."""

import json

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import checking, lessons

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

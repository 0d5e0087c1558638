# ruff: noqa: E501 the table of what is spoilt reads best in rows
"""A lesson with nothing wrong, and how it is spoilt for each rule of the lint."""

import json

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

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


def move_tag(cell, to):
    return lambda nb: nb.cells[to - 1].metadata.update(tags=nb.cells[cell - 1].metadata.pop("tags"))


def outputs(cell, *made):
    return lambda nb: nb.cells[cell - 1].update(outputs=list(made))


def prints(text, cell=8):
    return outputs(cell, printed(text))


def shows(kind, text, cell=8):
    return outputs(cell, printed("0"), new_output("display_data", {kind: text}))


def add_code(nb):
    """Three cells of code in a row, at the end of a part."""
    for number in range(2):
        nb.cells.insert(8, new_code_cell("x = 1", id=f"new-{number}"))


def raw(nb):
    """The same, with a cell between that no reader sees."""
    add_code(nb)
    nb.cells.insert(9, new_raw_cell("no text", id="raw"))


def injected(nb):
    """A copy that `labs run -p` made, in the place of the lesson."""
    nb.cells.insert(4, new_code_cell("SEED = 2", metadata={"tags": ["injected-parameters"]}, id="put-in"))


def drop(cell):
    return lambda nb: nb.cells.pop(cell - 1)


def move_recap(nb):
    nb.cells.pop(16)
    nb.cells[2].source += "\n\n## What we found\n\n- There are 2,000 of them."


def claimed_in_comment(nb):
    nb.cells[7].source = "print(0)  # 97 would be fine"
    nb.cells[8].source = "It is 97 %."


def size(nb):
    data = {"image/png": "A" * 450_000, "text/plain": "5"}
    shown = new_output("display_data", data, metadata={"image/png": {"alt": "noise"}})
    nb.cells[5].outputs = [shown, new_output("display_data", dict(CAPTION))] * 5


def claimed_by_a_colour(nb):
    """What `model.summary()` shows."""
    nb.cells[7].outputs.append(new_output("display_data", {"text/plain": "params: \x1b[38;5;34m16\x1b[0m"}))
    nb.cells[8].source = "By 34 %, with 16 of them."


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
    "a parameter that would become a text": (source(4, "A = {[]: 1}\nSIZE = (48, 48)"), ["line 1: this is no parameter", "cell 4 (id id-4), line 2: this is no parameter"]),
    "work before the parameters": (source(2, "import os\nx = 2\n"), ["cell 2 (id id-2), line 2: the lesson begins to"]),
    "a long cell": (source(8, "print(0)\n" * 16), ["cell 8 (id id-8), line 16: the cell has 16 lines, and 15"]),
    "code in a row": (add_code, ["cell 10 (id new-0): 3 cells of code in a row; say above it"]),
    "code below empty texts": (lambda nb: [nb.cells[at].update(source=" \n<!-- - -->") for at in (8, 10)], ["cell 12 (id id-12): 3 cells of code in a row"]),
    "code around a raw cell": (raw, ["cell 11 (id new-0): 3 cells of code in a row"]),
    "code first": (drop(1), ["cell 1 (id id-2): there is no text before", "names no goal"]),
    "a figure without alt text": (outputs(6, NO_ALT, figure()[1]), ["cell 6 (id id-6): output 1 is a figure without alt"]),
    "a figure without a caption": (outputs(6, BARE), ["cell 6 (id id-6): output 1 is a figure without a caption"]),
    "HTML without alt text": (outputs(8, printed("0"), HTML), ["cell 8 (id id-8): output 2 is a figure without alt"]),
    "HTML with empty alt text": (shows("text/html", "<img alt='' src='data:,'>"), ["output 2 is a figure without alt"]),
    "HTML without a caption": (shows("text/html", "<table><img alt='a' src='data:,'>b<figcaption> <b></b></figcaption>"), ["output 2 is a figure without a caption"]),
    "a drawing without a caption": (shows("text/html", "<svg><title>a cat</title></svg>"), ["output 2 is a figure without a cap"]),
    "Markdown without a caption": (shows("text/markdown", "![a cat](data:,)\n<b></b>"), ["output 2 is a figure without a caption"]),
    "Markdown without alt text": (shows("text/markdown", "![](data:,)"), ["output 2 is a figure without alt"]),
    "a picture in the text": (source(3, "a\n![ ](https://a.b/c.png)"), ["line 2: there is a picture without alt text"]),
    "a picture that was pasted": (source(3, "![image.png](attachment:a) ![my cat-1.jpg](attachment:b)"), ["line 1: there is a picture without alt text"]),
    "HTML in the text": (source(3, "<img\nsrc='https://a.b/c.png'>"), ["line 1: there is a picture without alt text"]),
    "no goal": (source(1, "# 9 · Nine"), ["the lesson names no goal"]),
    "no recap": (source(17, "There are 2,000 of them."), ["the lesson has no recap"]),
    "a recap without words": (source(17, "## What we found\n\n"), ["cell 17 (id id-17), line 1: the recap says nothing"]),
    "a recap at the start": (move_recap, ["cell 3 (id id-3), line 3: the recap stands before what it sums up"]),
    "questions in links only": (
        lambda nb: [cell.update(source=cell.source.replace("?", ": [a](https://b.c/?d=e) https://b.c/?d")) for cell in nb.cells[6:]],
        ["1 cells of text ask something"],
    ),
    "no question": (
        lambda nb: [cell.update(source=cell.source.replace("?", ".")) for cell in nb.cells[6:]],
        ["1 cells of text ask something"],
    ),
    "a claim that nothing prints": (source(9, "It helps.\n\nBy 37 % or so."), ["line 3: the text says '37 %', which"]),
    "a count that nothing prints": (source(9, "All 2,001 of them."), ["line 1: the text says '2,001', which"]),
    "a range that nothing prints": (source(9, "x\nIt is 80–90 % now."), ["line 2: the text says '80 %'", "says '90 %'"]),
    "a range in words": (source(9, "From 80 to 90 %."), ["line 1: the text says '80 %', which", "says '90 %'"]),
    "a claim in a heading": (source(9, "### We reach 97 %"), ["line 1: the text says '97 %', which"]),
    "a claim in backticks": (source(9, "`x`, `y`: `0.97` of `z`."), ["line 1: the text says '0.97', which"]),
    "a claim in italics": (source(9, "x\nIt is _97 %_ or __0.98__."), ["line 2: the text says '97 %', which", "says '0.98', which"]),
    "a claim below 0": (source(9, "It fell by -0.37."), ["line 1: the text says '0.37', which"]),
    "a claim that begins with its point": (source(9, "It is .37 now."), ["line 1: the text says '.37', which"]),
    "a claim in thousands": (source(9, "All 37k, 1.2 million."), ["the text says '37k', which", "says '1.2 million'"]),
    "a claim as a power": (source(9, "x\nOf 1e5 and 2e-3."), ["line 2: the text says '1e5', which", "says '2e-3'"]),
    "a claim with its unit": (source(9, "In 37ms, 20x as fast."), ["the text says '37ms', which", "says '20x', which"]),
    "a range of shares": (source(9, "It is 0.81–0.92 now."), ["the text says '0.81', which", "says '0.92', which"]),
    "a claim in mathematics": (source(9, "So $0.97$, or $$\n37\\,\\%\n$$"), ["line 1: the text says '0.97', which", "says '37 %', which"]),
    "a claim between sums of money": (source(9, "From $4 to 0.96, or 0.97 of $5."), ["says '0.96', which", "says '0.97', which"]),
    "a claim that goes on in a list": (source(9, "- a\n\n    It is 0.97."), ["line 3: the text says '0.97', which"]),
    "a claim that is only indented": (source(9, "It is\n    0.97."), ["line 2: the text says '0.97', which"]),
    "a claim below indented code": (source(9, "x\n\n    y = 98\n\n    z = 99\nIt is 0.97."), ["line 6: the text says '0.97'"]),
    "a claim beside a version": (source(9, "Python 3.11 and 0.97."), ["the text says '0.97', which"]),
    "a count that is no year": (source(9, "The 2048 rows, and 1997 pictures."), ["says '2048', which", "says '1997', which"]),
    "a claim of a comment": (claimed_in_comment, ["cell 9 (id id-9), line 1: the text says '97 %', which"]),
    "a claim of a colour": (claimed_by_a_colour, ["cell 9 (id id-9), line 1: the text says '34 %', which"]),
    "an absolute path": (prints("one\nin /home/me/m.keras"), ["cell 8 (id id-8), line 2: the output shows the path /home"]),
    "the folder of Colab": (prints("in /content, now"), ["the output shows the path /content, which is there"]),
    "a path of Colab behind a colon": (prints("saved:/content/x"), ["the output shows the path /content/x, which is"]),
    "a path of Windows": (prints(r"in C:\Users\me"), [r"the output shows the path C:\Users\me"]),
    "the name of the machine": (prints("on thismachine"), ["the output shows thismachine, which is the name"]),
    "a date": (prints("made 2026-02-03"), ["the output shows the time 2026-02-03"]),
    "a time in a name": (prints("saved as run_20260203-123159"), ["the output shows the time 20260203-123159"]),
    "a time": (prints("at 12:31:59"), ["the output shows the time 12:31:59"]),
    "an address": (prints("<object at 0x7f00aa11bb>"), ["the output shows the address 0x7f00aa11bb"]),
    "an address of a network": (prints("on 192.168.1.20"), ["the output shows the address 192.168.1.20"]),
    "an address with a port": (prints("on 93.184.216.34:8888"), ["the output shows the address 93.184.216.34:8888"]),
    "a warning": (prints("UserWarning: slow"), ["the output shows a warning (UserWarning: slow)"]),
    "a path in colour": (prints("in \x1b[1m/home/me\x1b[0m"), ["the output shows the path /home/me, which is there"]),
    "a path in HTML": (shows("text/html", "<b>x</b>\n<a href='/srv/me/x'>"), ["cell 8 (id id-8), line 2: the output shows the path /srv/me/x"]),
    "a path in Markdown": (shows("text/markdown", "in `/root/pets`"), ["the output shows the path /root/pets"]),
    "a path of a network": (prints(r"in \\server\pets"), [r"the output shows the path \\server\pets"]),
    "a time in HTML": (shows("text/html", "at 12:31:59"), ["the output shows the time 12:31:59"]),
    "a day with slashes": (prints("made 2026/2/3"), ["the output shows the time 2026/2/3"]),
    "a folder of the system": (prints("in /tmp, now"), ["the output shows the path /tmp, which is there"]),
    "a day in words": (prints("made February 3, 2026"), ["the output shows the time February 3, 2026"]),
    "a warning in HTML": (shows("text/html", "<pre>UserWarning: x"), ["the output shows a warning (UserWarning: x)"]),
    "a machine in Markdown": (shows("text/markdown", "on thismachine"), ["the output shows thismachine, which"]),
    "a timing": (prints("0\nIt took 3.2 s."), ["cell 8 (id id-8), line 2: the output shows the timing 'took 3.2 s', which"]),
    "a timing by a colon": (prints("training: 12 seconds"), ["the output shows the timing ': 12 seconds', which"]),
    "timings of Keras": (prints("1/1 0s 12ms/step"), ["the output shows the timing '12ms', which is another"]),
    "timings of a magic": (prints("CPU times: user 3 s\nWall time: 4 s"), ["timing 'CPU times: user 3 s', which", "line 2: the output shows the timing 'time: 4 s'"]),
    "a speed": (prints("523 pictures a second\n3.1 it/s"), ["timing '523 pictures a second', which", "timing '3.1 it/s'"]),
    "a timing in HTML": (shows("text/html", "<b>after 2 minutes</b>"), ["the output shows the timing 'after 2 minutes'"]),
    "standard error": (outputs(8, printed("0"), STDERR), ["cell 8 (id id-8): it was saved with a warning or a log"]),
    "an error": (outputs(8, printed("0"), ERROR), ["cell 8 (id id-8): it was saved with an error (ValueError)"]),
    "a large output": (outputs(8, printed("0"), BIG), ["cell 8 (id id-8): output 2 takes 510 kB, and 500 are"]),
    "a long output": (prints("0\n" * 61), ["cell 8 (id id-8), line 61: output 1 has 61 lines, and 60 are"]),
    "a long value": (lambda nb: nb.cells[7].outputs.append(new_output("execute_result", {"text/plain": "1,\n" * 61})), ["line 61: output 2 has 61 lines, and 60 are"]),
    "a large file": (size, ["the file is larger than 2 MB"]),
    "compare without output": (outputs(8), ["cell 8 (id id-8): it is tagged `compare` and has no saved text"]),
    "compare with long floats": (prints("a\n0.12345"), ["cell 8 (id id-8), line 2: it is tagged `compare` and prints"]),
    "compare and timing": (tags(8, "compare", "timing"), ["cell 8 (id id-8): it is tagged `compare` and `timing`"]),
    "compare and a figure": (outputs(8, printed("0"), *figure()), ["cell 8 (id id-8): it is tagged `compare` and shows"]),
    "few compared": (tags(8), ["4 cells are tagged `compare`; tag 5"]),
    "a run count": (lambda nb: nb.cells[7].update(execution_count=3), ["cell 8 (id id-8): it was saved with a run count"]),
    "no cover": (tags(6), ["0 cells are tagged `cover`"]),
    "cover without figure": (outputs(6), ["cell 6 (id id-6): it is tagged `cover` and has no saved figure"]),
    "parameters on a text": (move_tag(4, 3), ["0 cells are tagged `parameters`", "cell 3 (id id-3): nothing reads the tag `parameters` here, for this is no code; move"]),
    "compare on a text": (move_tag(8, 7), ["4 cells are tagged `compare`", "cell 7 (id id-7): nothing reads the tag `compare` here, for"]),
    "cover on a text": (move_tag(6, 5), ["0 cells are tagged `cover`", "cell 5 (id id-5): nothing reads the tag `cover` here, for"]),
    "no knobs": (source(4, "# none"), ["cell 4 (id id-4): it is tagged `parameters` and sets none; write one"]),
    "a tag that nothing reads": (tags(8, "compare", "compair"), ["cell 8 (id id-8): nothing reads the tag `compair`"]),
    "parameters of a run": (injected, ["cell 5 (id put-in): `labs run` put this cell into its copy of the lesson; remove the"]),
    "a relative path": (source(8, 'x = 1\nopen("a/b.csv")'), ["cell 8 (id id-8), line 2: 'a/b.csv' is a relative path"]),
    "a path of the project": (source(8, 'x = "../data/drawn"'), ["cell 8 (id id-8), line 1: '../data/drawn' is a rel"]),
    "a path to save to": (source(8, 'figures.savefig("out")'), ["line 1: 'out' is a relative path; go through"]),
    "a path by its keyword": (source(8, 'np.x(1).save(\n    filepath="pets")'), ["line 2: 'pets' is a relative path"]),
    "a path to load": (source(8, 'np.load("pets.npy")'), ["line 1: 'pets.npy' is a relative path"]),
    "a path made of pieces": (source(8, 'open(f"pet_{np.e}.txt")'), ["line 1: 'pet_….txt' is a relative path"]),
    "a path added up": (source(8, 'np.Path("pets" + str(1))'), ["line 1: 'pets…' is a relative path"]),
    "a path that is named first": (source(8, 'FILE = "pets.csv"'), ["line 1: 'pets.csv' is a relative path"]),
    "a path by %": (source(8, 'np.x(1)\nopen("pet_%d" % 1)'), ["line 2: 'pet_%d' is a relative path"]),
    "a path by format": (source(8, 'open("pet_{}".format(1))'), ["line 1: 'pet_{}' is a relative path"]),
    "a path by join": (source(8, 'np.path.join("pets", "a")'), ["line 1: 'pets' is a relative path"]),
    "paths in a list": (source(8, 'x = [\n    "../a"]'), ["line 2: '../a' is a relative path"]),
    "paths in a table": (source(8, 'x = {"a": "data/a"}'), ["line 1: 'data/a' is a relative path"]),
    "a path for want of another": (source(8, 'def f(x="a.csv"):\n    return x'), ["line 1: 'a.csv' is a relative"]),
    "a path of a command": (source(8, "x = 1\n%cd .."), ["line 2: '..' is a relative path"]),
    "a path to import from": (source(8, 'import sys\nsys.path.append("..")'), ["line 2: '..' is a relative path"]),
    "paths by a pattern": (source(8, 'np.glob.glob("../data/*.jpg")'), ["line 1: '../data/*.jpg' is a relative path"]),
    "paths by a pattern from here": (source(8, 'import glob\nglob.glob("pets/*.jpg")'), ["line 2: 'pets/*.jpg' is a relative path"]),
    "a folder that is made": (source(8, 'import os\nos.mkdir("out")'), ["line 2: 'out' is a relative path"]),
    "arrays that are saved": (source(8, 'np.savez("out", a=1)'), ["line 1: 'out' is a relative path"]),
    "a model that is exported": (source(8, 'model.export("m1")'), ["line 1: 'm1' is a relative path"]),
    "a folder that is copied": (source(8, 'import shutil\nshutil.copytree("pets", "b")'), ["line 2: 'pets' is a relative path"]),
    "a folder that is copied to": (source(8, 'import shutil\nshutil.copytree(DATASET, "b")'), ["line 2: 'b' is a relative path"]),
    "a folder that is walked": (source(8, 'import os\nos.walk("pets")'), ["line 2: 'pets' is a relative path"]),
    "a name of one letter": (source(8, 'open("x", "w")'), ["line 1: 'x' is a relative path"]),
    "a folder of logs": (source(8, 'np.TensorBoard(log_dir="logs")'), ["line 1: 'logs' is a relative path"]),
    "a path that is returned": (source(8, 'def f():\n    return "../data/x"'), ["line 2: '../data/x' is a relative path"]),
    "a folder made by a command": (source(8, 'x = 1\n!mkdir out'), ["line 2: 'out' is a relative path"]),
    "a program that is run": (source(8, 'x = 1\n%run other.py'), ["line 2: 'other.py' is a relative path"]),
    "a file that a cell is written to": (source(8, '%%writefile out.py\nx = 1'), ["line 1: 'out.py' is a relative path"]),
    "a path of one machine": (source(8, 'open("/srv/a")'), ["line 1: '/srv/a' is a path that is there on one machine"]),
    "a path of one machine, kept": (source(8, 'X = "/srv/a"'), ["line 1: '/srv/a' is a path that is there on one ma"]),
    "a path of Colab, passed on": (source(8, 'x = 1\nnp.f(f"/content/{x}")'), ["cell 8 (id id-8), line 2: '/content/…' is a path that is there on one machine"]),
    "a path of Colab in a list": (source(8, 'x = ["/content"]'), ["line 1: '/content' is a path that is there on one"]),
    "a path of Colab in a command": (source(8, "x = 1\n%cd /content/pets"), ["line 2: '/content/pets' is a path that is"]),
    "a path from home in the code": (source(8, 'np.f(x="~/my pets")'), ["line 1: '~/my pets' is a path that is there on"]),
    "the folder it runs in": (source(8, "x = 1\nnp.Path.cwd()"), ["line 2: 'np.Path.cwd()' is a relative path"]),
    "code that is no Python": (source(8, "x = 1\nif x\n    2"), ["cell 8 (id id-8), line 2: Python cannot read this"]),
    "an import": (source(2, "import numpy as np\nimport torch"), ["line 2: `torch` is imported and is no dependency"]),
    "an import by name": (source(8, "import importlib\nimportlib.import_module('torch.nn')"), ["line 2: `torch` is im"]),
    "an import from here": (source(2, "from .pets import cat"), ["line 1: `.` is imported and is no dependency"]),
    "a part of an import": (source(2, "from pandas.io import sql"), ["line 1: `pandas` is imported and is no"]),
    "a dead link": (source(3, "The\n[first](01_one.ipynb)."), ["cell 3 (id id-3), line 2: the link to 01_one.ipynb"]),
    "a link to no heading": (source(3, "[a](09_nine.ipynb#b)"), ["leads nowhere (there is no such heading)"]),
    "a dead link with a title": (source(3, 'The\n[a](b.md "c").'), ["line 2: the link to b.md leads nowhere (there is"]),
    "a dead link in brackets": (source(3, "[a](<b c.ipynb>)"), ["line 1: the link to b c.ipynb leads nowhere"]),
    "a dead link over two lines": (source(3, "[an\narrow](b.md)"), ["line 2: the link to b.md leads nowhere"]),
    "a dead picture that is a link": (source(3, "[![a](b.png)](https://c.d)"), ["the link to b.png leads nowhere"]),
    "a dead address": (source(3, "See <b.ipynb>."), ["line 1: the link to b.ipynb leads nowhere"]),
    "a dead reference": (source(3, "[a][b]\n\n[b]: c.md 'd'"), ["line 3: the link to c.md leads nowhere"]),
    "a reference to nothing": (source(3, "x\n[a][b]"), ["line 2: the link [a][b] leads nowhere (its cell has no line"]),
    "a dead link in HTML": (source(3, "x\n<a href='b.md'>a</a>"), ["line 2: the link to b.md leads nowhere"]),
    "a dead picture in HTML": (source(3, '<img alt="a" src=b.png>'), ["line 1: the link to b.png leads nowhere"]),
    "a dead link in shown Markdown": (shows("text/markdown", "a\n[a](b.md)"), ["cell 8 (id id-8), line 2: the link to b.md leads"]),
    "a dead link in shown HTML": (shows("text/html", "a\n<a href='#b'>a</a>"), ["cell 8 (id id-8), line 2: the link to #b leads"]),
    "a link to this machine": (source(3, "[a](/etc/hosts)"), ["to /etc/hosts leads nowhere (it is a place on one"]),
    "an exercise that is not there": (source(8, "exercises.cleaning.bal.check(1)"), ["line 1: `exercises.cleaning.bal`"]),
    "a heading that skips": (source(7, "text\n\n#### Deep?"), ["cell 7 (id id-7), line 3: the heading 'Deep?' skips a"]),
    "a heading of code that skips": (source(7, "#### `fit` it?"), ["line 1: the heading '`fit` it?' skips a level"]),
    "an underlined heading that skips": (source(1, OPENING.replace("# 9 · Nine\n", "9 · Nine\n---\n")), ["cell 1 (id id-1), line 1: no title stands above the heading '9 · Nine'"]),
    "an underlined second title": (source(7, "How?\n\nA `b`\n==="), ["line 3: 'A `b`' is a second title"]),
    "a heading of HTML that skips": (source(7, "How?\n<h4 id='a'>Deep\n<b>`x`</b></h4>"), ["line 2: the heading 'Deep `x`' skips"]),
    "an indented heading that skips": (source(7, "   #### Deep?"), ["line 1: the heading 'Deep?' skips a"]),
    "a link to a heading too many": (source(3, "[a](#a-part-1)"), ["leads nowhere (there is no such heading)"]),
    "compare with blank output": (prints("\n"), ["cell 8 (id id-8): it is tagged `compare` and has no saved text"]),
    "a caption without words": (outputs(6, figure()[0], new_output("display_data", {"text/markdown": "*.*"})), ["output 1 is a figure without a caption"]),
    "alt text without words": (outputs(6, new_output("display_data", dict(FIGURE), metadata={"image/png": {"alt": "."}}), figure()[1]), ["output 1 is a figure without alt"]),
    "a path behind a colon": (prints("saved:/home/me/m.keras"), ["the output shows the path /home/me/m.keras"]),
    "a path from home": (prints("in ~/pets/x.keras"), ["the output shows the path ~/pets/x.keras"]),
    "a drawing without words": (shows("text/html", "<svg width='1'><path/></svg>"), ["output 2 is a figure without alt"]),
    "compare with digits behind thousands": (prints("12345.6789"), ["is tagged `compare` and prints 12345.6789"]),
    "compare with a long power": (prints("1.2345e-07"), ["is tagged `compare` and prints 1.2345e-07"]),
    "a second title": (source(7, "# Again?"), ["cell 7 (id id-7), line 1: 'Again?' is a second title"]),
    "an id twice": (lambda nb: nb.cells[9].update(id="id-8"), ["cell 10 (id id-8)", "the cell id id-8 stands 2 times; run `labs refresh`, which gives it one"]),
    "no id": (lambda nb: nb.cells[2].pop("id"), ["cell 3 (id missing)", "the cell has no id"]),
}  # fmt: skip

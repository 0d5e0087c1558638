"""A new lesson: a small one about brightness, which runs, and whose cells are to be replaced one by one."""

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import lessons
from helpers.errors import InputError
from helpers.scaffold.exercise import unfit_group
from helpers.scaffold.restoring import unless_it_fails

README = lessons.PROJECT / "README.md"
BACK = "\n\n**Back:** "
NEXT = re.compile(r"\*\*Next:\*\* \[[^\]]*\]\([^)]*\)")
BEFORE = "\n## How to use it\n"  # the part of the README that follows the lessons
ALT = "Eight pets, from the darkest picture on the left to the brightest on the right"
SUMMARY = "Some pictures are dark, others are bright. This lesson measures how much, and whether one class is brighter."
# (id, tag or "" for text, source)
CELLS = (
    (
        "01",
        "",
        """# {number} · {title}

{summary}

**You will be able to**

- say how bright a picture is, as a number;
- compare two classes by it.

**Time:** a few seconds to run, ten minutes to read and try.""",
    ),
    (
        "02",
        "",
        "## Set up\n\nOn your own machine, `make lab` has installed everything. In a hosted notebook, first "
        "run three lines, each in a cell of its own: `!git clone` with the address of this project's repository, `%cd` "
        "into the folder that this makes, and `%pip install -r requirements.txt`. Until then the cell below knows no "
        "module `helpers`. Of any other package that is missing or too old it tells.",
    ),
    (
        "03",
        "code",
        "from helpers import environment\n\nenvironment.check()  # says what to do if something is missing\n\n"
        "from helpers import datasets, figures, pipeline\nimport numpy as np",
    ),
    ("04", "", "These are the knobs. Change one, and run everything again."),
    (
        "05",
        "parameters",
        'DATASET = "drawn"  # or "cats_vs_dogs", or a folder of yours\nIMAGES = 40  # pictures to look at',
    ),
    ("06", "", "## The pictures\n\nBefore you run it: as many of each class, or more of one?"),
    (
        "07",
        "compare",
        "data = datasets.load(DATASET)\n"
        "some = pipeline.image_dataset(data.train, (64, 64), shuffle=False, images=IMAGES)\n"
        "for name in data.class_names:\n"
        '    print(name, sum(path.parent.name == name for path in some.paths))',
    ),
    ("08", "", "All of them as one array: pictures, rows, columns, colours. Between which numbers do the pixels lie?"),
    (
        "09",
        "compare",
        "pictures = np.concatenate([batch for batch, _ in some])\n"
        "labels = np.concatenate([batch for _, batch in some])[:, 0]\n"
        "print(pictures.shape, pictures.dtype)",
    ),
    (
        "10",
        "compare",
        'print("between 0 and 1:", bool(pictures.min() >= 0 and pictures.max() <= 1))',
    ),
    ("11", "", "## How bright?\n\nThe brightness of a picture is the mean of its pixels."),
    (
        "12",
        "compare",
        "brightness = pictures.mean(axis=(1, 2, 3))\n"
        'print(f"from {{brightness.min():.1f}} to {{brightness.max():.1f}}")',
    ),
    ("13", "", "Before you run it: will you see which ones are dark without the numbers?"),
    (
        "14",
        "cover",
        "order = np.argsort(brightness)[:: max(1, len(brightness) // 8)][:8]\n"
        "figures.grid(\n"
        "    [pictures[i] for i in order],\n"
        '    [f"{{brightness[i]:.2f}}" for i in order],\n'
        '    caption="From dark to bright, with the mean of the pixels.",\n'
        '    alt="{alt}",\n'
        ")",
    ),
    ("15", "", "Before you run it: is one class brighter than the other?"),
    (
        "16",
        "compare",
        "means = [brightness[labels == label].mean() for label in (0, 1)]\n"
        "for name, mean in zip(data.class_names, means):\n"
        '    print(f"{{name}}: {{mean:.1f}}")',
    ),
    (
        "17",
        "",
        "## What we found\n\n- Brightness is one number a picture, and differs widely.\n"
        "- A class that is brighter than the other would be told apart without a look at the animal.",
    ),
    ("18", "", "## Try it\n\n- Set `IMAGES` to 400. Do the means come nearer to each other?"),
)  # fmt: skip


def new_lesson(name: str, title: str = "") -> Path:
    """Make notebooks/NN_name.ipynb, run it, save its outputs and its picture, name it in the README, and lead to it
    from where the last lesson ends.

    name: small letters, digits and underscores. title: made from the name if not given.
    Raises InputError for another kind of name, one that its exercises could not have, where such a lesson is there
    already, and where the file of another has no such name; then all files are as they were.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InputError(f"{name}: no name for a lesson; take small letters, digits and underscores, as in my_lesson.")
    if any(one[3:] == name for one in lessons.names()):
        raise InputError(f"{name}: a lesson of that name is there already; choose another name.")
    if reason := unfit_group(name):
        raise InputError(f"{name}: its exercises could not be named so ({reason}); choose another name.")
    if odd := next((one for one in lessons.names() if not re.fullmatch(r"\d\d_\w+", one)), ""):
        raise InputError(f"{odd}: this lesson has no name as in 06_colours; rename its file, or move it away.")
    text = README.read_text(encoding="utf-8")
    if BEFORE not in text:
        raise InputError(f"{README}: has no part {BEFORE.strip()!r} to put the lesson before; give it one.")
    last = lessons.names()[-1]
    number = int(last[:2]) + 1
    stem, title = f"{number:02d}_{name}", title or name.replace("_", " ").capitalize()
    words = {"number": number, "title": title, "summary": SUMMARY, "alt": ALT}
    path = lessons.NOTEBOOKS / f"{stem}.ipynb"
    entry = f"\n### [{number} · {title}](notebooks/{stem}.ipynb)\n\n{SUMMARY}\n\n![{ALT}](docs/pictures/{stem}.png)\n"
    shown = lessons.NOTEBOOKS / f"{last}.ipynb"
    with unless_it_fails([path, lessons.PICTURES / f"{stem}.png", README, shown]):
        lessons.write_whole(path, (nbformat.writes(notebook(number, words)) + "\n").encode())
        lessons.refresh([stem])
        lessons.write_whole(README, text.replace(BEFORE, entry + BEFORE, 1).encode())
        before = lessons.read(last)
        lead_on(before, f"**Next:** [{question(title)}]({stem}.ipynb)")
        lessons.write_whole(shown, (nbformat.writes(before) + "\n").encode())
    return path


def lead_on(notebook: nbformat.NotebookNode, link: str) -> None:
    """Put the link into the last text of a lesson: in place of one to a next lesson, or before the way back, or at the
    end."""
    cell = [cell for cell in notebook.cells if cell.cell_type == "markdown"][-1]
    text = cell.source
    if NEXT.search(text):
        cell.source = NEXT.sub(lambda _: link, text, count=1)
    elif BACK in text:
        cell.source = text.replace(BACK, f"\n\n{link}{BACK}", 1)
    else:
        cell.source = f"{text.rstrip()}\n\n{link}"


def question(title: str) -> str:
    """What a link to a lesson says: of "Augmentation: can one picture be twenty?" the question, of others all."""
    return title.partition(": ")[2] or title


def notebook(number: int, words: dict) -> nbformat.NotebookNode:
    cells = []
    for place, kind, source in CELLS:
        source = source.format(**words) if "{" in source else source
        about = {"id": f"{number:02d}-{place}"}
        if kind in ("", "code"):
            cells.append((new_code_cell if kind else new_markdown_cell)(source, **about))
        else:
            cells.append(new_code_cell(source, metadata={"tags": [kind]}, **about))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "labs": {"seconds": 10.0}})

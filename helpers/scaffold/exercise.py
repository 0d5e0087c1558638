"""A new exercise: in `helpers/exercises`, in its lesson and on the page of exercises, with a question that works and is
to be replaced."""

import ast
import importlib
import keyword
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from helpers import lessons
from helpers.errors import InputError
from helpers.scaffold import exercise_page
from helpers.scaffold.restoring import unless_it_fails

EXERCISES = lessons.PROJECT / "helpers" / "exercises"
FILE = "more.py"  # where new exercises of a lesson begin; move them to a file of their subject when there are some
KINDS = ("number", "choice")
NUMBER = """
{name} = Number(
    "{group}.{name}",
    concept="how many pixels are left",
    prompt="A picture of 8 × 8 pixels loses one pixel at each of its four edges. How many pixels are left?",
    what="a number",
    expected=36,
    known={{  # a wrong answer: the thought that leads to it
        64: "That is how many there were.",
        49: "You took away one row and one column; there are two of each.",
        60: "You took away one pixel an edge, and not a whole row or column.",
        32: "You took away the four edges with their corners counted twice.",
        28: "That is how many are lost.",
        6: "That is the side; asked for is the number of pixels.",
    }},
    otherwise="How long is a side after the loss? Then multiply.",
    hints=[
        "Draw it.",
        "Each side loses two pixels.",
        "6 times 6.",
    ],
    insight="A side of 8 keeps 6, so 64 pixels become 36: edges cost more than they seem to.",
)
"""
CHOICE = """
{name} = Choice(
    "{group}.{name}",
    concept="what a pixel is",
    prompt="What is one pixel of a colour picture?",
    options={{  # the text, and what to say to who chose it
        "a": ("One number.", "That is a pixel of a grey picture."),
        "b": ("Three numbers: how much red, green and blue.", "Three channels, each from 0 to 255 in a file."),
        "c": ("A colour name.", "Names are for people; the file holds numbers."),
        "d": ("Two numbers: row and column.", "Those say where it is, not what it is."),
        "e": ("A square of paper.", "Printed perhaps; in memory it is numbers."),
        "f": ("255 numbers.", "255 is the greatest value of a number, not how many there are."),
        "g": ("Eight bits.", "So much room one of its numbers takes."),
    }},
    right="b",
    hints=[
        "Look at the last number of the shape of a picture.",
        "(H, W, 3).",
        "Red, green and blue.",
    ],
)
"""
TEMPLATES = {"number": ("Number", NUMBER), "choice": ("Choice", CHOICE)}
BEFORE = "## What we found"


def new_exercise(lesson: str, name: str, kind: str = "number") -> Path:
    """Put an exercise into the file `more.py` of its lesson's folder, as a text and a stub into the lesson before its
    recap, and on the page of exercises. Returns that file.

    lesson: as for `labs run`. name: as a variable of Python. kind: "number" or "choice".
    Raises InputError for an unknown lesson or kind, a name that is none or is taken, a group that cannot have a folder,
    and a lesson without a recap; and where what is there already cannot be read. Then all files are as they were.
    """
    lesson, notebook = lessons.find(lesson), lessons.read(lessons.find(lesson))
    if kind not in KINDS:
        raise InputError(f"{kind}: no kind of exercise that can be begun so; choose among these: {', '.join(KINDS)}.")
    group = group_of(lesson, notebook)
    folder = EXERCISES / group
    if reason := unfit_group(group, lesson):
        raise InputError(f"{lesson}: its exercises cannot be named `{group}` ({reason}); rename the lesson.")
    if reason := unfit(folder, name):
        raise InputError(f"{name}: {reason}; take another one, of small letters, digits and underscores.")
    place = next((k for k, cell in enumerate(notebook.cells) if cell.source.startswith(BEFORE)), None)
    if place is None:
        raise InputError(f"{lesson}: has no part {BEFORE!r} to put the exercise before; give it one.")
    package, shown = EXERCISES / "__init__.py", lessons.NOTEBOOKS / f"{lesson}.ipynb"
    code = {*folder.glob("*.py"), folder / "__init__.py", folder / FILE, package}
    with unless_it_fails({*code, shown, exercise_page.PAGE}):
        write_exercise(folder, group, name, kind)
        made = imported(group, name)
        exercise_page.put(made, in_order())
        notebook.cells[place:place] = cells_of(made)
        save(lesson, notebook, {notebook.cells[place + 1].id, import_exercises(notebook)})
    return folder / FILE


def unfit(folder: Path, name: str) -> str:
    """Why an exercise in that folder cannot have the name; "" if it can."""
    if name in names_of(folder / "__init__.py"):
        return "is taken"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name == "check":
        return "is no name for an exercise"
    if keyword.iskeyword(name):
        return "is a word of Python's own"
    if name == Path(FILE).stem or (folder / f"{name}.py").exists() or (folder / name).exists():
        return f"is the name of a file in {folder}"
    return f"is used in {folder / FILE}" if name in used(folder / FILE) else ""


def used(file: Path) -> set[str]:
    """The names that a file of Python sets, imports or reads: one more of them would change what it means."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8") if file.exists() else "")
    except SyntaxError:  # which ruff will name
        return set()
    found = {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}
    found |= {part.name for part in ast.walk(tree) if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    return found | {part.asname or part.name for part in ast.walk(tree) if isinstance(part, ast.alias)}


def unfit_group(group: str, lesson: str = "") -> str:
    """Why the exercises of a lesson, new if none is named, cannot be in a folder of that name; "" if they can."""
    if not group.isidentifier() or keyword.iskeyword(group):
        return "this is no name for a module of Python"
    if (file := EXERCISES / f"{group}.py").exists():
        return f"{file} is another module"
    tree = ast.parse((EXERCISES / "__init__.py").read_text(encoding="utf-8"))
    made = {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
    if group in made:
        return f"`exercises.{group}` is a function"
    owners = [one for one in lessons.names() if group in checked(lessons.read(one))]
    return f"those of {owners[0]} are named so" if owners and lesson not in owners else ""


def imported(group: str, name: str):
    """The exercise that was just written. Raises InputError if what stands beside it cannot be imported."""
    module = f"helpers.exercises.{group}.{Path(FILE).stem}"
    sys.modules.pop(module, None)  # it has changed
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:  # noqa: BLE001 code of others, which may raise anything
        reason = f"cannot be imported ({type(error).__name__}: {error})"
        raise InputError(f"{EXERCISES / group}: {reason}, so nothing was changed; mend it first.") from None


def update_exercise(lesson: str, name: str) -> Path:
    """Put the text and the stub of an exercise, as they are in `helpers/exercises` now, into its lesson anew, and a
    question, with what it answers, on the page of exercises.

    Returns the lesson's file. Raises InputError if there is no such exercise, or the lesson does not show it.
    """
    lesson, notebook = lessons.find(lesson), lessons.read(lessons.find(lesson))
    group = group_of(lesson, notebook)
    if name not in names_of(EXERCISES / group / "__init__.py"):
        raise InputError(f"{name}: no exercise of {lesson}; begin it with `labs new-exercise {lesson} {name}`.")
    one = getattr(importlib.import_module(f"helpers.exercises.{group}"), name)
    text, stub = cells_of(one)
    places = {cell.id: place for place, cell in enumerate(notebook.cells)}
    if text.id not in places or stub.id not in places:
        raise InputError(f"{lesson}: shows no cells {text.id} and {stub.id}; put the exercise there by hand.")
    for cell in (text, stub):
        notebook.cells[places[cell.id]] = cell
    shown = lessons.NOTEBOOKS / f"{lesson}.ipynb"
    with unless_it_fails([shown, exercise_page.PAGE]):
        exercise_page.put(one, in_order())
        save(lesson, notebook, {stub.id})
    return shown


def save(lesson: str, notebook: nbformat.NotebookNode, fresh: set[str]) -> None:
    """Write the lesson; the outputs of the cells `fresh`, by their ids, are as fresh as those saved before."""
    marks = notebook.metadata.get("labs", {})
    if "code" in marks:
        now = lessons.code_marks(notebook)
        marks["code"] = [mark for mark in now if mark in marks["code"] or mark.split()[0] in fresh]
    lessons.write_whole(lessons.NOTEBOOKS / f"{lesson}.ipynb", (nbformat.writes(notebook) + "\n").encode())


def group_of(lesson: str, notebook: nbformat.NotebookNode) -> str:
    """The group of exercises that stand in the lesson; one named as the lesson if there are none yet."""
    found = checked(notebook)
    return found.most_common(1)[0][0] if found else lesson[3:]


def checked(notebook: nbformat.NotebookNode) -> Counter[str]:
    """How many exercises of each group stand in a lesson."""
    code = "\n".join(cell.source for cell in lessons.code_cells(notebook))
    return Counter(re.findall(r"\bexercises\.(\w+)\.\w+\.check\(", code))


def names_of(file: Path) -> list[str]:
    """The exercises of a group, in their order."""
    if not file.is_file():
        return []
    found = re.search(r"__all__ = (\[[^\]]*\])", file.read_text(encoding="utf-8"))
    return ast.literal_eval(found[1]) if found else []


def in_order() -> list[str]:
    """All exercises, as in "training.steps", in the order of the lessons, as the files have them now."""
    package = (EXERCISES / "__init__.py").read_text(encoding="utf-8")
    groups = ast.literal_eval(re.search(r"^LESSONS = (\([^)]*\))", package, re.MULTILINE)[1])
    return [f"{group}.{name}" for group in groups for name in names_of(EXERCISES / group / "__init__.py")]


def write_exercise(folder: Path, group: str, name: str, kind: str) -> None:
    """Add the exercise to its file, name it in its group, and the group in the package if it is new."""
    file, listed, package = folder / FILE, folder / "__init__.py", EXERCISES / "__init__.py"
    wanted, template = TEMPLATES[kind]
    folder.mkdir(exist_ok=True)
    if not listed.is_file():
        write(
            listed,
            f'"""Exercises of the lesson {group}."""\n\n__all__ = []\n',
        )
        text = package.read_text(encoding="utf-8")
        line = "from helpers.exercises import "
        text = text.replace(line, f"{line}{group}\n{line}", 1)  # ruff makes one line of two, or breaks it
        text = re.sub(r"^(LESSONS = \([^)]*?),?(\s*\))$", rf'\1, "{group}"\2', text, flags=re.MULTILINE)
        write(package, re.sub(r"^__all__ = \[", rf'__all__ = ["{group}", ', text, flags=re.MULTILINE))
    if not file.is_file():
        write(file, '"""More exercises; each moves to the file of its subject when there is one."""\n')
    head, mark, rest = file.read_text(encoding="utf-8").partition('"""\n')
    line = f"\n\nfrom helpers.exercises.questions import {wanted}\n"
    write(file, f"{head}{mark}{line}{rest}\n{template.format(group=group, name=name)}")
    text = listed.read_text(encoding="utf-8")
    text = re.sub(r"__all__ = \[[^\]]*\].*", listing([*names_of(listed), name]), text)
    write(listed, text.replace("\n__all__", f"\nfrom helpers.exercises.{group}.more import {name}\n\n__all__", 1))
    for words in (("check", "--fix", "--select=I,RUF022"), ("format",)):
        ruff = (sys.executable, "-m", "ruff", *words, "--quiet", str(folder), str(package))
        done = subprocess.run(ruff, check=False, cwd=lessons.PROJECT, capture_output=True, encoding="utf-8")
        if done.returncode:
            reason = " ".join((done.stdout + done.stderr).split("\n")[:2])
            raise InputError(f"{folder}: cannot be laid out ({reason}), so nothing was changed; mend it first.")


def listing(names: list[str]) -> str:
    """`__all__` of a group, in the order of the lesson, as ruff wants it to be written."""
    quoted = ", ".join(f'"{one}"' for one in names)
    line = f"__all__ = [{quoted}]"
    note = "" if names == sorted(names) else "  # noqa: RUF022 in the order of the lesson"
    if len(line) <= 120:
        return line + note
    rows = "".join(f'    "{one}",\n' for one in names)
    return f"__all__ = [{note}\n{rows}]"


def write(file: Path, text: str) -> None:
    lessons.write_whole(file, text.encode())


def import_exercises(notebook: nbformat.NotebookNode) -> str:
    """Import `exercises` where the lesson first imports from the package, if it does not; the id of that cell."""
    pattern = re.compile(r"^(from helpers import (?!environment\b)[\w, ]+)$", re.MULTILINE)
    code = lessons.code_cells(notebook)
    if any(re.search(r"^from helpers import .*\bexercises\b", cell.source, re.MULTILINE) for cell in code):
        return ""
    cell = next((cell for cell in code if pattern.search(cell.source)), code[0])
    if pattern.search(cell.source):
        cell.source = pattern.sub(r"\1, exercises", cell.source, count=1)
    else:
        cell.source += "\nfrom helpers import exercises"
    return cell.id


def cells_of(one) -> list[nbformat.NotebookNode]:
    """The text and the stub of an exercise, with what its check says of the stub."""
    name = "ex-" + one.path.replace(".", "-").replace("_", "-")
    verdict = one._verdict(one.untouched)
    data = {"text/html": verdict._repr_html_(), "text/plain": repr(verdict)}
    title = one.concept if one.concept.endswith("?") else f"{one.concept}."
    text = new_markdown_cell(f"**Exercise: {title}** {one.prompt}", id=f"{name}-text")
    return [text, new_code_cell(one.stub, outputs=[new_output("execute_result", data)], id=name)]

"""Rules about the code of a lesson: what it imports, where it looks for files, and that its outputs are its own."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from helpers import environment
from helpers.checking.lesson import Cell, Finding, Lesson
from helpers.lessons import code_marks

OURS = "helpers"
OPENERS = {"open", "Path", "imread", "load_img", "load_image", "load_model", "read_csv", "loadtxt", "scan", "clean"}
LIKE_A_PATH = re.compile(
    r"\.{1,2}[/\\]\S*|(?:data|build|notebooks|helpers|docs|tests)[/\\]\S*|[\w-]+\.(?:jpg|png|csv|keras|zip|npy|json)"
)


def imports(lesson: Lesson) -> Iterator[Finding]:
    allowed = packages()
    for cell in lesson.code:
        for step in ast.walk(cell.tree):
            names = [one.name for one in step.names] if isinstance(step, ast.Import) else []
            names += [step.module or ""] if isinstance(step, ast.ImportFrom) else []
            for name in (name.split(".")[0] for name in names):
                if name not in allowed and name != OURS and name not in sys.stdlib_module_names:
                    what = f"`{name}` is imported and is no dependency of the project"
                    cure = "do without it, or add its package to requirements.txt, with the reason"
                    yield lesson.finding(what, cure, cell, step.lineno)


@cache
def packages() -> frozenset[str]:
    """What may be imported: the modules of the packages that requirements.txt names."""
    from packaging.requirements import Requirement

    needed = {plain(Requirement(line).name) for line in environment.requirement_lines()}
    installed = metadata.packages_distributions()
    return frozenset(module for module, dists in installed.items() if needed & {plain(dist) for dist in dists})


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def paths(lesson: Lesson) -> Iterator[Finding]:
    """papermill runs a lesson in another folder than JupyterLab, so a relative path leads elsewhere."""
    for cell in lesson.code:
        for text, line in file_names(cell):
            cure = "go through `datasets.load`, or make a folder of its own with `tempfile.mkdtemp()`"
            yield lesson.finding(f"{text!r} is a relative path", cure, cell, line)


def file_names(cell: Cell) -> Iterator[tuple[str, int]]:
    """(text, line) of what is opened under a relative name, or looks like a path of the project."""
    seen = set()
    for step in ast.walk(cell.tree):
        if isinstance(step, ast.Call) and step.args and called(step) in OPENERS:
            texts = [step.args[0]]
        else:
            texts = [step] if isinstance(step, ast.Constant) and looks_like_one(step) else []
        for text in texts:
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and id(text) not in seen:
                seen.add(id(text))
                if text.value and not Path(text.value).is_absolute() and "://" not in text.value:
                    yield text.value, text.lineno


def called(call: ast.Call) -> str:
    """`open` in `Image.open(…)`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def looks_like_one(text: ast.Constant) -> bool:
    return isinstance(text.value, str) and bool(
        re.fullmatch(r"(?:\.{1,2}[/\\]|(?:data|build|notebooks|docs)/)\S+", text.value)
    )


def fresh(lesson: Lesson) -> Iterator[Finding]:
    """The outputs are those of this code: `labs refresh` leaves a mark of each cell's code."""
    saved, again = lesson.notebook.metadata.get("labs", {}).get("code"), f"run `labs refresh {lesson.name}`"
    if saved is None:
        yield lesson.finding("it does not say of which code its outputs are", again)
        return
    now = code_marks(lesson.notebook)
    for cell, mark in zip(lesson.code, now, strict=True):
        if mark not in saved:
            yield lesson.finding("its code was changed after the outputs were saved", again, cell)
    kept, ids = [mark for mark in saved if mark in now], [mark.split()[0] for mark in now]
    for name in (mark.split()[0] for mark in saved if mark.split()[0] not in ids):
        yield lesson.finding(f"the cell {name} was taken away after the outputs were saved", again)
    if kept != [mark for mark in now if mark in saved]:
        yield lesson.finding("cells were moved after the outputs were saved", again)


RULES = (imports, paths, fresh)

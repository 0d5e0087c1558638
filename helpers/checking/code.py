"""Rules about the code of a lesson: what it imports, where it looks for files, and that its outputs are its own."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path, PureWindowsPath

from helpers import environment
from helpers.checking.lesson import ROOTS, Cell, Finding, Lesson
from helpers.lessons import code_marks
from helpers.telling import INJECTED

OURS = "helpers"
IMPORTERS = {"import_module", "__import__"}
# What takes the name of a file or a folder as its first argument, or as the one that is called so.
OPENERS = re.compile(
    r"open|Path|im(?:read|write|save)|savefig|save(?:_\w+|txt|z\w*)?|export|load_(?:img|image|model|weights)|(?:read|to)_(?:csv|json)|"
    r"loadtxt|genfromtxt|fromfile|tofile|scan|clean|listdir|scandir|makedirs|chdir|rmtree|unpack_archive|ZipFile|File|"
    r"image_dataset(?:_from_directory)?|ModelCheckpoint|CSVLogger|TensorBoard"
)
# The same, of modules whose words are methods of other things, too; both arguments of those that copy.
OF_MODULES = re.compile(r"(?:.*\.)?(?:os\.(?:mkdir|walk)|shutil\.(?:copy\w*|move)|glob\.i?glob|sys\.path\.append)")
MAKES = re.compile(r"\s*!\s*(?:mkdir|rmdir|touch|cd) (?:-\w+ )*(\w[\w./-]*)\s*")
PROJECT = re.compile(r"\.\.?[/\\]\S*|\.\.|(?:data|build|notebooks|helpers|docs|tests)[/\\]\S+")
ABSOLUTE = re.compile(r"/[\w.-]+/\S*|[A-Za-z]:[\\/]\S*|\\\\\S+")
ANYWHERE = re.compile(rf"(?:file://)?/(?:{ROOTS})(?:/.*)?|~[/\\].+|[A-Z]:[\\/]\w.*")  # it means nothing else
NAMES = {"file", "filename", "fname", "path", "filepath", "fp", "directory", "folder", "destination", "io", "log_dir"}
HERE = {"cwd", "getcwd"}  # the folder in which a lesson runs is not the same everywhere
SUFFIXES = (
    "jpe?g|png|gif|bmp|webp|tiff?|svg|pdf|csv|tsv|txt|json|ya?ml|html?|md|keras|h5|tflite|onnx|zip|gz|npy|npz|pkl"
)
LIKE_A_PATH = re.compile(rf"{PROJECT.pattern}|(?:[\w.-]+[/\\])*[\w-][\w.-]*\.(?:{SUFFIXES})")
# Calls to which a name with such an ending is a piece of text, or is put behind a folder.
TEXT_ONLY = re.compile(
    r"print|(?:set_|sup)?title|text|startswith|endswith|remove(?:prefix|suffix)|replace|"
    r"r?(?:split|partition|index)|count|match|search|sub|findall|"
    r"fullmatch|r?glob|joinpath|with_name|append|add|get"
)


def imports(lesson: Lesson) -> Iterator[Finding]:
    allowed = packages()
    for cell in lesson.code:
        for step in ast.walk(cell.tree):
            names = [one.name for one in step.names] if isinstance(step, ast.Import) else []
            names += ["." * step.level or step.module] if isinstance(step, ast.ImportFrom) else []
            if isinstance(step, ast.Call) and called(step) in IMPORTERS and step.args:
                names += [start_of(step.args[0])]
            for name in (name.split(".")[0] or name for name in names if name):
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
        for text, line in dict.fromkeys([*file_names(cell), *machine_paths(cell)]):
            what = "a relative path" if is_relative(text) else "a path that is there on one machine only"
            cure = "go through `datasets.load`, or make a folder of its own with `tempfile.mkdtemp()`"
            yield lesson.finding(f"{text!r} is {what}", cure, cell, line)


def file_names(cell: Cell) -> Iterator[tuple[str, int]]:
    """(text, line) of what is opened or saved under a name that is not there everywhere, or kept under one."""
    for number, line in enumerate(cell.source.splitlines(), start=1):
        if line.lstrip().startswith(("%", "!")):
            made = MAKES.fullmatch(line)
            for word in line.split()[1:]:
                named = LIKE_A_PATH.fullmatch(word) or re.fullmatch(r"[\w./-]*\w\.py", word)
                if named or (made and word == made[1]):
                    yield word, number
    for step in ast.walk(cell.tree):
        if isinstance(step, ast.Call) and (called(step) in HERE or (called(step) == "Path" and not step.args)):
            yield ast.unparse(step), step.lineno
        for text, pattern in held(step):
            name = start_of(text)
            if re.search(r"\w|..", name) and "://" not in name and (pattern.fullmatch(name) or text in opened(step)):
                yield name, text.lineno


def machine_paths(cell: Cell) -> Iterator[tuple[str, int]]:
    """(text, line) of what is a path on one machine wherever it stands: `copy("/content/pets")`, `!ls /content`."""
    for number, line in enumerate(cell.source.splitlines(), start=1):
        if line.lstrip().startswith(("%", "!")):
            yield from ((word, number) for word in line.split()[1:] if ANYWHERE.fullmatch(word))
    pieces: set[int] = set()
    for step in ast.walk(cell.tree):  # from the whole to its pieces
        if id(step) not in pieces and (name := start_of(step)) and ANYWHERE.fullmatch(name):
            pieces |= {id(part) for part in ast.walk(step)}
            yield name, step.lineno


def held(step: ast.AST) -> list[tuple[ast.expr, re.Pattern]]:
    """What may be the name of a file or a folder in this step, and how it must look to be one."""
    if isinstance(step, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        return [(step.value, LIKE_A_PATH), (step.value, ABSOLUTE)] if step.value else []
    if isinstance(step, ast.Return):
        return [(step.value, PROJECT)] if step.value else []
    if isinstance(step, ast.Call) and (opened(step) or not TEXT_ONLY.fullmatch(called(step))):
        return [(text, LIKE_A_PATH) for text in (*step.args, *(word.value for word in step.keywords))]
    if isinstance(step, ast.List | ast.Tuple | ast.Set):  # often names in a folder that is told elsewhere
        return [(text, PROJECT) for text in step.elts]
    if isinstance(step, ast.Dict):
        return [(text, PROJECT) for text in step.values]
    return (
        [(text, LIKE_A_PATH) for text in step.defaults + step.kw_defaults if text]
        if isinstance(step, ast.arguments)
        else []
    )


def opened(step: ast.AST) -> list[ast.expr]:
    """The arguments of a call that are names of files or folders, whatever they look like."""
    if isinstance(step, ast.Call) and OF_MODULES.fullmatch(ast.unparse(step.func)):
        return step.args[: 2 if "shutil" in ast.unparse(step.func) else 1]
    if not isinstance(step, ast.Call) or not (OPENERS.fullmatch(called(step)) or is_join(step)):
        return []
    return [*step.args[:1], *(word.value for word in step.keywords if word.arg in NAMES)]


def is_join(step: ast.Call) -> bool:
    """`os.path.join("a", b)`, and not `", ".join(names)`."""
    return called(step) == "join" and len(step.args) > 1


def start_of(text: ast.AST | None) -> str:
    """The text, with … for what is computed; "" where the start is computed, or it is no text."""
    if isinstance(text, ast.Constant):
        return text.value if isinstance(text.value, str) else ""
    if isinstance(text, ast.JoinedStr) and text.values:
        return (start := start_of(text.values[0])) and start + "".join(
            start_of(part) or "…" for part in text.values[1:]
        )
    if isinstance(text, ast.BinOp) and isinstance(text.op, ast.Add):
        return (start := start_of(text.left)) and start + (start_of(text.right) or "…")
    if isinstance(text, ast.BinOp) and isinstance(text.op, ast.Mod):
        return start_of(text.left)
    if isinstance(text, ast.Call) and called(text) == "format" and isinstance(text.func, ast.Attribute):
        return start_of(text.func.value)
    return ""


def is_relative(name: str) -> bool:
    return (
        "://" not in name
        and name[:1] != "~"
        and not Path(name).is_absolute()
        and not PureWindowsPath(name).is_absolute()
    )


def called(call: ast.Call) -> str:
    """`open` in `Image.open(…)`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def python(lesson: Lesson) -> Iterator[Finding]:
    """The other rules see nothing in code that Python cannot read."""
    for cell in lesson.code:
        if error := cell.mistake:
            line = min(error.lineno or 1, cell.source.count("\n") + 1)
            yield lesson.finding(f"Python cannot read this code ({error.msg})", "mend that place", cell, line)


def fresh(lesson: Lesson) -> Iterator[Finding]:
    """The outputs are those of this code: `labs refresh` leaves a mark of each cell's code."""
    saved, again = lesson.notebook.metadata.get("labs", {}).get("code"), f"run `labs refresh {lesson.name}`"
    if saved is None:
        yield lesson.finding("it does not say of which code its outputs are", again)
        return
    now = code_marks(lesson.notebook)
    own = [cell for cell in lesson.code if INJECTED not in cell.tags]
    for cell, mark in zip(own, now, strict=True):
        if mark not in saved:
            yield lesson.finding("its code was changed after the outputs were saved", again, cell)
    kept, ids = [mark for mark in saved if mark in now], [mark.split()[0] for mark in now]
    for name in (mark.split()[0] for mark in saved if mark.split()[0] not in ids):
        yield lesson.finding(f"the cell {name} was taken away after the outputs were saved", again)
    if kept != [mark for mark in now if mark in saved]:
        yield lesson.finding("cells were moved after the outputs were saved", again)


RULES = (python, imports, paths, fresh)

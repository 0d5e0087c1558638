"""Run the lessons without a screen, and save them with fresh outputs.

`run` leaves the lessons as they are and writes executed copies; `refresh` puts fresh outputs into the lessons.
"""

import ast
import base64
import copy
import hashlib
import io
import os
import queue
import re
import tempfile
import threading
import time
import tokenize
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir
from functools import partial
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.corpus.words import generate_corpus_id
from papermill.exceptions import PapermillExecutionError
from PIL import Image

from helpers import environment, site_explorer
from helpers.errors import InputError
from helpers.telling import INJECTED, Teller
from helpers.whole import write_whole

PROJECT = Path(__file__).resolve().parent.parent
NOTEBOOKS = PROJECT / "notebooks"
BUILD = PROJECT / "build"
PICTURES = PROJECT / "docs" / "pictures"
PICTURE_BYTES = 150_000  # a page with five of them opens at once
NOT_READY = "Kernel died before replying"  # as jupyter_client says it
CELL_SECONDS = 600  # the longest of ours takes three minutes on a slow machine that does something else, too


def names() -> list[str]:
    """The lessons in their order, such as ["01_cleaning", …]. Raises InputError where there are none."""
    found = sorted(path.stem for path in NOTEBOOKS.glob("[0-9]*.ipynb"))
    if not found:
        raise InputError(f"{NOTEBOOKS}: no lessons are here; they come with a clone of the project, work in that.")
    return found


def run(
    chosen: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
    output: Path | None = None,
    at_once: int = 2,
) -> Path:
    """Run the chosen lessons (all if none) with papermill; write the executed copies into `output`, and return it.

    parameters: values by name, as text; "12" becomes a number. Each must be a parameter of at least one chosen lesson.
    output: `build/lessons` if not given. at_once: how many lessons run side by side; one alone leaves a core idle.
    Raises InputError for an unknown lesson or parameter, and for a lesson that breaks: the message says where.
    """
    chosen = list(dict.fromkeys(find(name) for name in chosen)) or names()
    values = {name: value_of(text) for name, text in (parameters or {}).items()}
    taken = {lesson: parameters_of(read(lesson)) for lesson in chosen}
    for name in values:
        if not any(name in those for those in taken.values()):
            known = ", ".join(sorted(set().union(*taken.values()))) or "none"
            raise InputError(f"{name}: no parameter of {', '.join(chosen)}; choose among these: {known}.")
        for those in taken.values():
            must_fit(name, values[name], those.get(name))
    output = (output or BUILD / "lessons").absolute()
    output.mkdir(parents=True, exist_ok=True)
    expected = {lesson: seconds_of(read(lesson)) for lesson in chosen}
    at_once = min(at_once, len(chosen), os.cpu_count() or 1)
    teller = Teller(expected, at_once)

    def work(lesson: str) -> None:
        mine = {name: value for name, value in values.items() if name in taken[lesson]}
        run_one(lesson, mine, output, teller)

    # The folder for all threads at once; papermill would change it for each, and they would cross.
    with environment.variable(site_explorer.ASKED, "1"), environment.shared_cores(at_once), chdir(NOTEBOOKS):
        side_by_side(sorted(chosen, key=expected.get, reverse=True) if at_once > 1 else chosen, work, at_once)
    teller.done()
    return output


def side_by_side(lessons: Sequence[str], work: Callable[[str], None], at_once: int) -> None:
    """Call `work` for each lesson, so many at once. Once one raises, no further one begins, and what it raised is
    raised here. Threads are enough, for each lesson has a kernel of its own; and they end with this process."""
    todo, errors = queue.SimpleQueue(), []
    for lesson in lessons:
        todo.put(lesson)

    def one_after_another() -> None:
        while not errors:
            try:
                lesson = todo.get_nowait()
            except queue.Empty:
                return
            try:
                work(lesson)
            except Exception as error:  # noqa: BLE001 raised again below
                errors.append(error)

    threads = [threading.Thread(target=one_after_another, daemon=True) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and not errors:
        time.sleep(0.05)
    if errors:
        raise errors[0]


def run_one(lesson: str, values: Mapping[str, object], output: Path, teller: Teller) -> None:
    """One lesson through papermill, in the folder of the lessons. It gets its name in `output` when it is whole; of one
    that breaks, what there is stays as `unfinished_….ipynb`. Raises InputError for one that breaks."""
    unfinished = output / f"unfinished_{lesson}.ipynb"
    teller.begin(lesson, len(code_cells(read(lesson))))
    execute = partial(
        papermill.execute_notebook,
        NOTEBOOKS / f"{lesson}.ipynb",
        unfinished,
        values,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        log_output=False,
        execution_timeout=CELL_SECONDS,
        on_cell_start=lambda cell, **_more: teller.cell(lesson, cell),
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors only: how the kernel listens is no news here
    )
    try:
        made = with_a_kernel(execute)
    except PapermillExecutionError as error:
        reason = error.evalue if error.ename == "InputError" else f"{error.ename}: {error.evalue}"
        raise broken(lesson, error.source, reason, teller, unfinished) from None
    except (CellTimeoutError, DeadKernelError) as error:
        cells = code_cells(read(lesson))
        source = cells[min(max(teller.seen[lesson], 1), len(cells)) - 1].source
        raise broken(lesson, source, f"{type(error).__name__}: {error}", teller, unfinished) from None
    except RuntimeError as error:
        if NOT_READY not in str(error):
            raise
        teller.stop()
        why = "its kernel ends as it starts; run `python -m ipykernel_launcher` in this environment to see why"
        raise InputError(f"{lesson}: {why}.") from None
    for cell in code_cells(made):  # papermill takes sys.exit(0) for a good end
        if cell.metadata.get("papermill", {}).get("status") != "completed" or has_error(cell):
            raise broken(lesson, cell.source, "ends the lesson here (SystemExit)", teller, unfinished)
    os.replace(unfinished, output / f"{lesson}.ipynb")
    teller.end(lesson)


def with_a_kernel(work: Callable[[], object]) -> object:
    """What `work` gives. Where its kernel ends before it is ready, it is begun anew, three times in all: of two that
    start at the same moment, one may find that its port is taken."""
    left = 3
    while True:
        left -= 1
        try:
            return work()
        except RuntimeError as error:
            if not left or NOT_READY not in str(error):
                raise


def broken(lesson: str, source: str, reason: str, teller: Teller, unfinished: Path) -> InputError:
    """The error that names lesson, cell, its first line and what went wrong, in one line of a screen or two."""
    teller.stop()
    first = (source.strip().splitlines() or [""])[0]
    reason = (reason.strip().splitlines() or [""])[0][:300].rstrip(".")
    return InputError(f"{lesson}, code cell {teller.seen[lesson]} (`{first}`): {reason}; look at {unfinished}.")


def refresh(chosen: Sequence[str] = (), timings: bool = False) -> None:
    """Run the chosen lessons (all if none) on their defaults; save the outputs into the lessons themselves, and the
    picture of each for the README.

    timings: measure anew what cells tagged `timing` show, too (see `refreshed`).
    Raises InputError for a lesson that breaks, and for one that was edited meanwhile; then no lesson is changed.
    """
    chosen = list(dict.fromkeys(find(name) for name in chosen)) or names()
    made = run(chosen, output=BUILD / "refreshed", at_once=1 if timings else 2)
    fresh = {lesson: refreshed(lesson, nbformat.read(made / f"{lesson}.ipynb", 4), timings) for lesson in chosen}
    PICTURES.mkdir(parents=True, exist_ok=True)
    for lesson, notebook in fresh.items():
        write_whole(NOTEBOOKS / f"{lesson}.ipynb", (nbformat.writes(notebook) + "\n").encode())
        if found := cover(notebook):
            write_whole(PICTURES / f"{lesson}.png", found[0])


def refreshed(lesson: str, executed: nbformat.NotebookNode, timings: bool = False) -> nbformat.NotebookNode:
    """The lesson as it is committed, with the outputs of its executed copy, as far as they are the same in each run.

    What a cell tagged `timing` shows is never the same twice. So such a cell keeps what is saved, as long as no code
    up to it has changed since. It gets what was measured now where nothing is saved, and where `timings` asks for it.
    """
    notebook = read(lesson)
    if [cell.source for cell in notebook.cells] != [cell.source for cell in executed.cells]:
        raise InputError(f"{lesson}: was edited while it ran, so nothing was saved; refresh it again.")
    about = dict(notebook.metadata.get("labs", {}))
    before, about["code"] = about.get("code", []), code_marks(notebook)
    for place, (cell, other) in enumerate(zip(code_cells(notebook), code_cells(executed), strict=True), start=1):
        same_code = before[:place] == about["code"][:place]
        if "timing" not in cell.metadata.get("tags", []) or not same_code or not cell.outputs or timings:
            cell.outputs = stable_outputs(other.outputs)
        cell.execution_count = None
        cell.metadata.pop("execution", None)
    kernel = {name: notebook.metadata[name] for name in ("kernelspec",) if name in notebook.metadata}
    notebook.metadata = {**kernel, "labs": about, "language_info": {"name": "python"}}
    return notebook


def code_marks(notebook: nbformat.NotebookNode) -> list[str]:
    """ "id mark" of each cell of code, in order; another mark where the code is another, but for comments and blanks at
    the ends of lines. Saved with the outputs, they tell of which code these are."""
    cells = code_cells(notebook)
    return [f"{cell.id} {hashlib.sha256(essence(cell.source).encode()).hexdigest()[:8]}" for cell in cells]


def essence(source: str) -> str:
    """The code without comments, empty lines and blanks at the ends of lines."""
    lines = source.splitlines()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column]
    except (tokenize.TokenError, SyntaxError):  # no Python; as it stands, then
        pass
    return "\n".join(line.rstrip() for line in lines if line.strip())


def stable_outputs(outputs: list) -> list:
    """The outputs without what differs from run to run: bars, buttons, run counts, addresses, temporary folders; what a
    cell prints in one piece, however it arrived; and each picture once."""
    kept: list = []
    for output in copy.deepcopy(outputs):
        data = output.get("data", {})
        if "application/vnd.jupyter.widget-view+json" in data or output.get("name") == "stderr":
            continue
        if output.output_type == "execute_result":
            output.execution_count = None
        if "image/png" in data:
            data.pop("text/html", None)  # the same picture once more, see `figures.show_png`
        if "text/plain" in data:
            data["text/plain"] = stable_text(data["text/plain"])
        output.get("metadata", {}).pop("papermill", None)
        if output.output_type == "stream":
            if kept and kept[-1].output_type == "stream":
                output.text = kept.pop().text + output.text
            output.text = stable_text(output.text)
        kept.append(output)
    return kept


def stable_text(text: str) -> str:
    """Text without addresses in memory, names of temporary folders, and lines that were written over."""
    text = re.sub(r" at 0x[0-9a-f]+", "", text)
    text = re.sub(re.escape(tempfile.gettempdir()) + r"[\\/][\w.-]+", "TEMP", text)
    return re.sub(r"[^\n]*\r(?!\n)", "", text)


def cover(notebook: nbformat.NotebookNode) -> tuple[bytes, str] | None:
    """The picture that stands for a lesson, as a small PNG, with its alt text: the figure of the cell tagged `cover`,
    or else the first figure there is; None if there is none."""
    cells = sorted(code_cells(notebook), key=lambda cell: "cover" not in cell.metadata.get("tags", []))
    for output in (output for cell in cells for output in cell.outputs):
        if png := output.get("data", {}).get("image/png"):
            return small(base64.b64decode(png)), output.metadata.get("image/png", {}).get("alt", "")
    return None


def small(png: bytes) -> bytes:
    """The PNG at no more than 960 pixels wide and PICTURE_BYTES."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    for width in (960, 800, 640, 480, 320):
        packed, scaled = io.BytesIO(), picture.copy()
        scaled.thumbnail((width, 10 * width), Image.Resampling.LANCZOS)
        scaled.quantize(256, method=Image.Quantize.MEDIANCUT).save(packed, "PNG", optimize=True)
        if len(packed.getvalue()) <= PICTURE_BYTES:
            break
    return packed.getvalue()


def value_of(text: str) -> object:
    """The number in '12'; a folder as its full path, since lessons run in a folder of their own; else the text."""
    if os.path.isdir(text):  # not by Path, for which "" is the folder one works in
        return str(Path(text).resolve())
    return plain_value(text, otherwise=text)


def find(name: str) -> str:
    """The lesson that is meant: by its name, its number or its file. Raises InputError if there is none, and for a file
    of the same name in another folder."""
    stem, folder = Path(name).stem, Path(name).parent
    if folder != Path() and folder.resolve() != NOTEBOOKS.resolve():
        raise InputError(f"{name}: lies in another folder than the lessons; put it into {NOTEBOOKS}, or name a lesson.")
    found = [lesson for lesson in names() if stem in (lesson, lesson[:2], lesson[:2].lstrip("0"))]
    if not found:
        raise InputError(f"{name}: no such lesson; choose among these: {', '.join(names())}.")
    return found[0]


def read(lesson: str) -> nbformat.NotebookNode:
    return read_file(NOTEBOOKS / f"{lesson}.ipynb")


def read_file(path: Path) -> nbformat.NotebookNode:
    """A notebook, with an id for each cell: older programs save cells without. Raises InputError if the file is none,
    as after an edit by hand that broke its JSON."""
    try:
        notebook = nbformat.read(path, 4)
    except Exception as error:  # noqa: BLE001 nbformat raises many kinds over a damaged file
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{path}: is no notebook that can be read ({reason}); take its last change back.") from None
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    for cell in notebook.cells:
        cell.setdefault("id", generate_corpus_id())
    return notebook


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cells of code that stand in the lesson itself: not the one that papermill puts in for parameters."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in code if INJECTED not in cell.metadata.get("tags", [])]


def has_error(cell: nbformat.NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.outputs)


def parameters_of(notebook: nbformat.NotebookNode) -> dict[str, object]:
    """{name: default} of what is set in the cell tagged `parameters`; a default that is no plain value is None."""
    for cell in code_cells(notebook):
        if "parameters" in cell.metadata.get("tags", []):
            set_there = re.findall(r"^(\w+) *= *(.*)", cell.source, flags=re.MULTILINE)
            return {name: plain_value(text) for name, text in set_there}
    return {}


def plain_value(text: str, otherwise: object = None) -> object:
    """The value that Python reads in the text, as True or 0.5; `otherwise` where it is no such value."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):  # all that it raises over odd text
        return otherwise


def must_fit(name: str, value: object, default: object) -> None:
    """Raise InputError where the default is a number and `value` is none like it, so that nobody waits for a lesson
    that will break. A name in the plural counts something, of which there must be some, unless the default is none."""
    if isinstance(default, bool) or not isinstance(default, (int, float)):
        return
    kinds = int if isinstance(default, int) else (int, float)
    is_number = isinstance(value, kinds) and not isinstance(value, bool)
    counts = name.endswith("S") and default > 0
    if not is_number or (default >= 0 and (value < 0 or (counts and not value))):
        kind = "whole number" if kinds is int else "number"
        least = "" if default < 0 else " above 0" if counts else " of 0 or more"
        raise InputError(f"{name}: {value}: give a {kind}{least}, such as {default}.")


def seconds_of(notebook: nbformat.NotebookNode) -> float:
    """How long a lesson takes on two cores, as its metadata says; 60 where it says nothing."""
    return float(notebook.metadata.get("labs", {}).get("seconds", 60))

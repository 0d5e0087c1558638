"""Run the lessons without a screen, and save them with fresh outputs.

`run` leaves the lessons as they are and writes executed copies; `refresh` puts fresh outputs into the lessons.
"""

import copy
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import nbformat
import papermill
import yaml
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from helpers.errors import InputError

PROJECT = Path(__file__).resolve().parent.parent
NOTEBOOKS = PROJECT / "notebooks"
BUILD = PROJECT / "build"
CELL_SECONDS = 600  # no cell of a lesson takes a tenth of it on a quiet machine


def names() -> list[str]:
    """The lessons in their order, such as ["01_cleaning", …]."""
    return sorted(path.stem for path in NOTEBOOKS.glob("[0-9]*.ipynb"))


def run(
    chosen: Sequence[str] = (), parameters: Mapping[str, str] | None = None, output: Path = BUILD / "lessons"
) -> Path:
    """Run the chosen lessons (all if none) with papermill; write the executed copies into `output`, and return it.

    parameters: values by name, as text; "12" becomes a number. Each must be a parameter of at least one chosen lesson.
    Raises InputError for an unknown lesson or parameter, and for a lesson that breaks: the message says where.
    """
    chosen = [find(name) for name in chosen] or names()
    values = {name: value_of(text) for name, text in (parameters or {}).items()}
    taken = {lesson: parameters_of(read(lesson)) for lesson in chosen}
    for name in values:
        if not any(name in those for those in taken.values()):
            known = sorted(set().union(*taken.values()))
            raise InputError(f"{name}: no parameter of {', '.join(chosen)}; there is {', '.join(known)}.")
    output.mkdir(parents=True, exist_ok=True)
    say = Teller(chosen)
    for lesson in chosen:
        mine = {name: value for name, value in values.items() if name in taken[lesson]}
        papermill_run(lesson, mine, output / f"{lesson}.ipynb", say)
    say.done()
    return output


def refresh(chosen: Sequence[str] = ()) -> None:
    """Run the chosen lessons (all if none) on their defaults, and save the outputs into the lessons themselves."""
    made = run(chosen, output=BUILD / "refreshed")
    for lesson in [find(name) for name in chosen] or names():
        old, new = read(lesson), nbformat.read(made / f"{lesson}.ipynb", 4)
        for cell, executed in zip(old.cells, new.cells, strict=True):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = stable_outputs(executed.outputs), None
        old.metadata = {name: old.metadata[name] for name in ("kernelspec", "labs") if name in old.metadata}
        old.metadata["language_info"] = {"name": "python"}
        nbformat.write(old, NOTEBOOKS / f"{lesson}.ipynb")


def stable_outputs(outputs: list) -> list:
    """The outputs without what differs from run to run: bars, counters, addresses in memory."""
    kept = []
    for output in copy.deepcopy(outputs):
        data = output.get("data", {})
        if "application/vnd.jupyter.widget-view+json" in data or output.get("name") == "stderr":
            continue
        if output.output_type == "execute_result":
            output.execution_count = None
        if "text/plain" in data:
            data["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", data["text/plain"])
        output.get("metadata", {}).pop("papermill", None)
        kept.append(output)
    return kept


def value_of(text: str) -> object:
    """The number in '12'; a folder as its full path, since lessons run in a folder of their own."""
    return str(Path(text).resolve()) if Path(text).is_dir() else yaml.safe_load(text)


def find(name: str) -> str:
    """The lesson that is meant: by its name, its number or its file. Raises InputError if there is none."""
    stem = Path(name).stem
    found = [lesson for lesson in names() if stem in (lesson, lesson[:2], lesson[:2].lstrip("0"))]
    if not found:
        raise InputError(f"{name}: no such lesson; there is {', '.join(names())}.")
    return found[0]


def read(lesson: str) -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", 4)


def parameters_of(notebook: nbformat.NotebookNode) -> list[str]:
    """Names set in the cell tagged `parameters`."""
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            return re.findall(r"^(\w+) *=", cell.source, flags=re.MULTILINE)
    return []


def papermill_run(lesson: str, values: dict, target: Path, say: "Teller") -> None:
    """One lesson through papermill, in the folder of the lessons, telling of each cell."""
    say.lesson(lesson, sum(cell.cell_type == "code" for cell in read(lesson).cells))
    try:
        papermill.execute_notebook(
            NOTEBOOKS / f"{lesson}.ipynb",
            target,
            values,
            cwd=NOTEBOOKS,
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            execution_timeout=CELL_SECONDS,
            on_cell_executed=say.cell,
            extra_arguments=["--IPKernelApp.log_level=40"],  # errors only: how the kernel listens is no news here
        )
    except PapermillExecutionError as error:
        first = error.source.strip().splitlines()[0] if error.source.strip() else ""
        raise InputError(f"{lesson}, cell {error.cell_index + 1} ({first}): {error.ename}: {error.evalue}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise InputError(f"{lesson}: {type(error).__name__}: {str(error).splitlines()[0]}") from None


class Teller:
    """Says which lesson and which cell is being run, and about how long is left."""

    def __init__(self, chosen: Sequence[str], write: Callable[[str], object] = sys.stderr.write):
        self.total = {lesson: seconds_of(read(lesson)) for lesson in chosen}
        self.write, self.live = write, sys.stderr.isatty()
        self.began = time.monotonic()
        self.name, self.cells, self.seen, self.before = "", 1, 0, 0.0

    def lesson(self, name: str, cells: int) -> None:
        self.before += self.total.get(self.name, 0)
        self.name, self.cells, self.seen = name, cells, 0
        self.tell()

    def cell(self, cell: nbformat.NotebookNode, **_ignored) -> None:
        if cell.cell_type == "code":
            self.seen += 1
            if self.live:
                self.tell()

    def tell(self) -> None:
        whole = sum(self.total.values())
        done = self.before + self.total[self.name] * self.seen / self.cells
        spent = time.monotonic() - self.began
        left = (whole - done) * (spent / done if done > 20 else 1)
        line = f"{self.name}: cell {self.seen} of {self.cells}, about {left / 60:.0f} min {left % 60:02.0f} s left"
        self.write(f"\r{line:78}" if self.live else f"{line}\n")

    def done(self) -> None:
        spent = time.monotonic() - self.began
        line = f"{len(self.total)} lessons in {spent // 60:.0f} min {spent % 60:02.0f} s"
        self.write(f"\r{line:78}\n" if self.live else f"{line}\n")


def seconds_of(notebook: nbformat.NotebookNode) -> float:
    """How long a lesson takes on two cores, as its metadata says; 60 where it says nothing."""
    return float(notebook.metadata.get("labs", {}).get("seconds", 60))

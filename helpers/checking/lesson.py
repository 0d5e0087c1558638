"""A lesson as the rules see it, and what a rule says of it."""

import ast
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat

from helpers.lessons import read_file

EXERCISE = re.compile(r"\*\*Exercise: ")
BLOCKS = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^`\n]*\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)|<!--.*?-->",
    re.DOTALL | re.MULTILINE,
)
# The first folder of paths on one machine only: of Linux, macOS, Colab, Kaggle, and rented machines.
ROOTS = "home|root|tmp|var|usr|opt|srv|etc|mnt|media|Users|Volumes|content|kaggle|workspaces?"
SPANS = re.compile(r"`(?:(-?\d[\d.,]*(?: ?%)?)|[^`\n]*)`")
MATHS = re.compile(  # $x$ and $$x$$, no sums of money: `$5 to $10`
    r"\$\$(?P<block>(?:(?!\n[ \t]*\n)[^$])+)\$\$|"
    r"(?<![\w$\\])\$(?P<line>(?=\S)(?:(?!\n[ \t]*\n)(?:\\.|[^$\\]))*(?<=\S))\$(?!\d)|"
    r"\\begin\{(?P<kind>\w+\*?)\}.*?\\end\{(?P=kind)\}",
    re.DOTALL,
)
LONE = re.compile(r"\s*([-+]?[\d.,]*\d)((?:\\[,; ])?\s*\\%)?\s*")
HEADING = re.compile(
    r"^ {0,3}(?P<marks>#{1,6})[ \t]+|"
    r"^ {0,3}(?!(?:[-*+]|\d+[.)])\s|[>#<|]|[-=*_ ]+$)\S.*\n {0,3}(?P<under>=+|-+)[ \t]*$|"
    r"<h(?P<level>[1-6])\b[^>]*>(?s:.*?)</h(?P=level)\s*>",
    re.MULTILINE | re.IGNORECASE,
)
COLOURS = re.compile(r"\x1b\[[\d;]*m")  # whose digits are no numbers: `model.summary()` has them
ITEM = re.compile(r" {0,3}(?:[-*+]|\d+[.)])(?:\s|$)")


@dataclass(frozen=True)
class Finding:
    """What is wrong and where. lesson: its file. cure: what to do, as a command.

    cell: its number from the top, from 1; line: in the cell, or in what it printed, from 1; both None where it is about
    the whole lesson. id: of the cell.
    """

    lesson: str
    what: str
    cure: str
    cell: int | None = None
    line: int | None = None
    id: str = ""

    def __str__(self) -> str:
        where = "" if self.cell is None else f", cell {self.cell} (id {self.id or 'missing'})"
        line = "" if self.line is None else f", line {self.line}"
        return f"{self.lesson}{where}{line}: {self.what}; {self.cure}."


@dataclass(frozen=True)
class Cell:
    """A cell with its number, from 1."""

    number: int
    made: nbformat.NotebookNode

    @property
    def source(self) -> str:
        return self.made.source

    @property
    def tags(self) -> list[str]:
        return self.made.metadata.get("tags") or []

    @property
    def outputs(self) -> list:
        return self.made.get("outputs", [])

    @property
    def is_exercise(self) -> bool:
        """Whether the text asks an exercise: what it says is a supposition, not what the lesson found."""
        return bool(EXERCISE.search(self.source))

    @cached_property
    def prose(self) -> str:
        """The text without comments, code and mathematics, line for line in its place; a number alone stays."""
        text = BLOCKS.sub(lambda block: "\n" * block.group().count("\n"), self.source)
        text = SPANS.sub(lambda span: span[1] or "", "\n".join(unindented(text.split("\n"))))
        return MATHS.sub(number_alone, text)

    @cached_property
    def tree(self) -> ast.Module:
        """The code, with lines of magic left out; empty where it is no Python."""
        try:
            return parsed(self.source)
        except SyntaxError:
            return ast.Module([], [])

    @property
    def mistake(self) -> SyntaxError | None:
        """What Python says of code that it cannot read."""
        try:
            parsed(self.source)
        except SyntaxError as error:
            return error
        return None

    def texts(self) -> list[str]:
        """What a cell of code printed, returned or showed in words, each as text without its colours."""
        said = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in self.outputs]
        return [COLOURS.sub("", text) for text in said if text]

    def shown(self) -> list[str]:
        """What a cell of code showed as HTML and Markdown, as written."""
        made = [
            output.get("data", {}).get(kind, "") for output in self.outputs for kind in ("text/html", "text/markdown")
        ]
        return [text for text in made if text]


@dataclass(frozen=True)
class Lesson:
    """path: the notebook, as it lies on the disk; name: of the file, without its suffix."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def notebook(self) -> nbformat.NotebookNode:
        """Raises InputError if the file is none."""
        return read_file(self.path)

    @cached_property
    def as_written(self) -> dict:
        """The file itself: nbformat gives new ids where one is missing or stands twice."""
        self.notebook  # noqa: B018 says so if it is none
        return json.loads(self.path.read_text(encoding="utf-8"))

    @cached_property
    def cells(self) -> list[Cell]:
        return [Cell(number, cell) for number, cell in enumerate(self.notebook.cells, start=1)]

    @cached_property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.made.cell_type == "code"]

    @cached_property
    def text(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.made.cell_type == "markdown"]

    def tagged(self, tag: str) -> list[Cell]:
        """The cells of code with this tag."""
        return [cell for cell in self.code if tag in cell.tags]

    def finding(self, what: str, cure: str, cell: Cell | None = None, line: int | None = None) -> Finding:
        if cell is None:
            return Finding(self.path.name, what, cure)
        written = self.as_written["cells"][cell.number - 1]
        return Finding(self.path.name, what, cure, cell.number, line, written.get("id", ""))


def parsed(source: str) -> ast.Module:
    """Code as a notebook takes it, each line in its place, without magic as far as it can be left out.

    Raises SyntaxError, with the line.
    """
    from IPython.core.inputtransformer2 import TransformerManager  # here, since the other commands need none of it

    def compiled(text: str) -> ast.Module:
        with warnings.catch_warnings(action="ignore"):  # what Python only advises is no matter of this
            return compile(text, "lesson", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    without = re.sub(r"^([ \t]*)[%!].*", r"\1pass", source, flags=re.MULTILINE)
    for text in (source, without, TransformerManager().transform_cell(source)):
        with suppress(SyntaxError):
            return compiled(text)
    return compiled(without)


def unindented(lines: Iterable[str]) -> Iterator[str]:
    """The lines of Markdown, with empty ones for those that four blanks make a block of code.

    So they do after an empty line, but not in a list, whose items go on that way.
    """
    is_code, after_empty, in_list = False, True, False
    for line in lines:
        is_empty, is_indented = not line.strip(), bool(re.match(r" {4}| {0,3}\t", line))
        if not is_empty:
            in_list = bool(ITEM.match(line)) or (in_list and (line[0] in " \t" or not after_empty))
            is_code = is_indented and not in_list and (is_code or after_empty)
        yield "" if is_code else line
        after_empty = is_empty


def number_alone(maths: re.Match) -> str:
    """What stays of mathematics as text: its ends of lines, and a number if it is no more, as in $97\\,\\%$."""
    lone = LONE.fullmatch(maths["block"] or maths["line"] or "")
    return "\n" * maths.group().count("\n") + (lone[1] + " %" * bool(lone[2]) if lone else "")


def headings(cell: Cell) -> Iterator[tuple[int, int, str]]:
    """(line, level, words) of each heading of a cell of text: by #, underlined, or in HTML; in code there is none."""
    whole = cell.source.split("\n")  # with its spans of code, which belong to the words
    for found in HEADING.finditer(cell.prose):
        line = cell.prose.count("\n", 0, found.start()) + 1
        if found["marks"]:
            if words := whole[line - 1].strip().lstrip("#").strip():
                yield line, len(found["marks"]), words
        elif found["under"]:
            above = cell.prose[: found.start()].rpartition("\n\n")[2].split("\n")
            if not any(ITEM.match(one) or one.startswith(">") for one in above):  # a list or a quotation goes on
                yield line, "=-".index(found["under"][0]) + 1, whole[line - 1].strip()
        else:
            text = "\n".join(whole[line - 1 : line + found.group().count("\n")])
            inner = re.search(rf"<h{found['level']}\b[^>]*>(.*?)</h", text, re.DOTALL | re.IGNORECASE)[1]
            yield line, int(found["level"]), " ".join(re.sub(r"<[^>]*>", "", inner).split())

"""Rules about how a lesson is built: its cells, their tags and ids, its headings, what a learner needs in it."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from helpers.checking.lesson import ITEM, Cell, Finding, Lesson, headings
from helpers.lessons import plain_value
from helpers.telling import INJECTED

MEGABYTES = 2
COMPARED = 5
KNOBS = 6
LINES = 15
IN_A_ROW = 2  # cells of code after a text
LINK = re.compile(r"\]\([^)]*\)|<[^>]*>|https?://\S+")
QUESTIONS = 3
# Each has somebody who reads it: the lint, `labs refresh` and nbval; nbclient; the makers of the site.
TAGS = {"parameters", "compare", "cover", "timing", "raises-exception", "scroll-output"}
TAGS |= {f"{what}-{part}" for what in ("hide", "remove") for part in ("input", "output", "cell")}
OF_CODE = {"parameters", "compare", "cover"}


def size(lesson: Lesson) -> Iterator[Finding]:
    if lesson.path.stat().st_size > MEGABYTES * 1_000_000:
        yield lesson.finding(f"the file is larger than {MEGABYTES} MB", "make its figures smaller or fewer")


def ids(lesson: Lesson) -> Iterator[Finding]:
    names, cure = [cell.get("id") for cell in lesson.as_written["cells"]], "run `labs refresh`, which gives it one"
    for cell, name in zip(lesson.cells, names, strict=True):
        if name is None:
            yield lesson.finding("the cell has no id", cure, cell)
        elif names.index(name) != cell.number - 1:
            yield lesson.finding(f"the cell id {name} stands {names.count(name)} times", cure, cell)


def tags(lesson: Lesson) -> Iterator[Finding]:
    counts = Counter(tag for cell in lesson.code for tag in cell.tags)
    if counts["parameters"] != 1:
        yield lesson.finding(f"{counts['parameters']} cells are tagged `parameters`", "tag the one with the knobs")
    if counts["compare"] < COMPARED:
        what = f"{counts['compare']} cells are tagged `compare`"
        yield lesson.finding(what, f"tag {COMPARED} that print the same on every machine")
    if counts["cover"] != 1:
        what = f"{counts['cover']} cells are tagged `cover`"
        yield lesson.finding(what, "tag the one whose figure stands for the lesson")
    for cell in lesson.cells:
        for tag in cell.tags:
            if tag in OF_CODE and cell.made.cell_type != "code":
                what = f"nothing reads the tag `{tag}` here, for this is no code"
                yield lesson.finding(what, "move the tag to the cell of code that it means", cell)
            if tag == INJECTED:
                yield lesson.finding("`labs run` put this cell into its copy of the lesson", "remove the cell", cell)
            elif tag not in TAGS:
                yield lesson.finding(f"nothing reads the tag `{tag}`", f"take it away, or mend its name: {KNOWN}", cell)


KNOWN = ", ".join(sorted(tag for tag in TAGS if "-" not in tag))


def parameters(lesson: Lesson) -> Iterator[Finding]:
    cure = 'write one `NAME = value` a line, with a number or a text, as in `DATASET = "drawn"`'
    for cell in lesson.tagged("parameters"):
        if not cell.tree.body and not cell.mistake:
            yield lesson.finding("it is tagged `parameters` and sets none", cure, cell)
        knobs = [step for step in cell.tree.body if isinstance(step, ast.Assign)]
        if len(knobs) > KNOBS:
            what = f"{len(knobs)} parameters are more than a learner oversees"
            yield lesson.finding(what, f"keep {KNOBS}, and write the others where they are used", cell)
        for step in cell.tree.body:
            if not (isinstance(step, ast.Assign) and is_plain(step)):
                yield lesson.finding("this is no parameter that can be set from outside", cure, cell, step.lineno)
        for other in lesson.code:
            done = [step for step in other.tree.body if not isinstance(step, ast.Import | ast.ImportFrom | ast.Expr)]
            if other.number < cell.number and done:
                what = "the lesson begins to work before its parameters are set"
                yield lesson.finding(what, f"move it below cell {cell.number}", other, done[0].lineno)


def is_plain(step: ast.Assign) -> bool:
    """Whether papermill can set it: of a tuple and its like it would make a text."""
    value = plain_value(ast.unparse(step.value), otherwise=())
    is_handed_on = isinstance(value, int | float | str | list | dict | None)
    return is_handed_on and len(step.targets) == 1 and isinstance(step.targets[0], ast.Name)


def lengths(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        if (lines := len(cell.source.splitlines())) > LINES:
            cure = "split it in two with a text between, or move a part into `helpers/`"
            yield lesson.finding(f"the cell has {lines} lines, and {LINES} are the most", cure, cell, LINES + 1)


def told(lesson: Lesson) -> Iterator[Finding]:
    """Code is introduced by text: at the start, and at least before every third cell."""
    in_a_row = IN_A_ROW
    for cell in lesson.cells:
        is_code = cell.made.cell_type == "code"
        if cell.made.cell_type == "markdown" and cell.prose.strip():  # an empty cell and a raw one tell nothing
            in_a_row = 0
        in_a_row += is_code
        if is_code and in_a_row > IN_A_ROW:
            what = (
                "there is no text before this code" if cell == lesson.code[0] else f"{in_a_row} cells of code in a row"
            )
            yield lesson.finding(what, "say above it, in a cell of text, what is done and why", cell)


def levels(lesson: Lesson) -> Iterator[Finding]:
    before = 0
    for cell in lesson.text:
        for line, level, words in headings(cell):
            if not before and level > 1:
                what = f"no title stands above the heading {words!r}"
                yield lesson.finding(what, "begin the lesson with its title, after one `#`", cell, line)
            elif level == 1 and before:
                yield lesson.finding(
                    f"{words!r} is a second title", "give it two `#`: a lesson has one title", cell, line
                )
            elif level > before + 1:
                what = f"the heading {words!r} skips a level (from {before} to {level})"
                yield lesson.finding(what, f"give it {before + 1} `#`", cell, line)
            before = level


def goal(lesson: Lesson) -> Iterator[Finding]:
    first = lesson.text[0].source if lesson.text else ""
    after = first.partition("**You will be able to**")[2].strip()
    if not ITEM.match(after):
        cure = "write `**You will be able to**` and a list below it into the first cell"
        yield lesson.finding("the lesson names no goal", cure)


def recap(lesson: Lesson) -> Iterator[Finding]:
    places = [(cell, line) for cell in lesson.text for line, _, words in headings(cell) if words == "What we found"]
    if not places:
        yield lesson.finding("the lesson has no recap", "write a section `## What we found` near its end")
        return
    cell, line = places[-1]
    if not any(re.search(r"\w", text) for text in below(lesson, cell, line)):
        yield lesson.finding("the recap says nothing", "write below its heading what the lesson found", cell, line)
    before = sum(other.number < cell.number for other in lesson.code)
    if before < len(lesson.code) - before:
        yield lesson.finding("the recap stands before what it sums up", "move it near the end", cell, line)


def below(lesson: Lesson, cell: Cell, line: int) -> Iterator[str]:
    """The lines of text below a heading, up to the next section."""
    for other in lesson.text:
        if other.number < cell.number:
            continue
        heads = {number for number, level, _ in headings(other) if level <= 2}
        for number, text in enumerate(other.prose.splitlines(), start=1):
            if other.number > cell.number or number > line:
                if number in heads:
                    return
                yield text


def questions(lesson: Lesson) -> Iterator[Finding]:
    asked = sum("?" in LINK.sub("", cell.prose) for cell in lesson.text if not cell.is_exercise)
    if asked < QUESTIONS:
        what = f"{asked} cells of text ask something"
        yield lesson.finding(what, f"ask before a result what will come, at least {QUESTIONS} times")


RULES = (size, ids, tags, parameters, lengths, told, levels, goal, recap, questions)

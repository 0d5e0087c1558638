"""Rules about what a lesson says: its numbers are printed by a cell, its links lead somewhere."""

import ast
import operator
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from nbformat.v4 import new_markdown_cell

from helpers.checking.lesson import Cell, Finding, Lesson, headings

NUMBER = re.compile(  # 2,000; 0.97; .97; 1e5; with what may follow: 37 %, 37k, 1.2 million, 20x, 37ms
    r"(?<![\w.,])(?<![^\s(*][–-])(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?P<power>e[+-]?\d{1,3})?"
    r"(?:\s?(?P<percent>%|per ?cent)(?:age points?)?|(?P<thousands>k|M| thousand| million| billion)|x|ms|px|[kMG]i?B)?"
    r"(?![\w–]|[.,]\d)"
)
EMPHASIS = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")  # _97 %_, not conv_97
THOUSANDS = {"k": 1e3, "M": 1e6, "thousand": 1e3, "million": 1e6, "billion": 1e9}
RANGE = re.compile(r"(?<![\w.,–-])(\d+(?:\.\d+)?)(?: ?%)?(?:–|-| to )(\d+(?:\.\d+)?)(?: ?%| percent)")
SHARES = re.compile(r"(?<![\w.,–-])(\d*\.\d+)(?:–|-| to )(\d*\.\d+)(?![\w.–-])")
PRINTED = re.compile(
    r"(\d+(?:\.\d+)?e[+-]?\d{1,3}\b|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|(?<![\w.])\.\d+|\d+)( ?(?:%|percent))?"
)
VERSIONS = re.compile(
    r"\b(?:Python|Keras|TensorFlow|NumPy|Pillow|OpenCV|JupyterLab|CUDA|Windows|macOS|Ubuntu|[Vv]ersions?|[Rr]eleases?)"
    r" (?:[<>≥≤]=? ?)?(\d+)(?:\.\d+)*(?:(?:,|,? and|,? or|–|-| to) ?\1(?:\.\d+)+)*\+?(?!\d| ?%)"
)
PLACES = 9  # 1.8 / 100 is not quite 0.018
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NO_CLAIM = re.compile(
    r"https?://\S+|\]\([^)]*\)|arXiv:? ?\d+\.\d+|\blessons? \d+|\d+ (?:×|x|by) \d+|"
    r"(?<![\d.])\d+(?:–|-| to )\d+(?!\.?\d)|"
    r"\b(?:19\d\d|20[0-3]\d)\b(?! (?:pictures|photos|images|weights|numbers|values|steps|of them)\b)|"  # a year
    rf"\b\d\d? (?:{MONTHS})\b|\b(?:{MONTHS}) \d\d?\b(?! ?%)|"
    r"^#+ \d+ · |^\d+\. |\[-?\d+, -?\d+\]|"
    r"""\b(?!alt|title)[\w-]+=(?:"[^"]*"|'[^']*'|[\w%.]+(?=[^<>]*>))""",
    re.MULTILINE,
)
LINKS = (  # [a](b "title"), ![a](<b>); [a]: b, which [a] and [c][a] lead to; <b.md>; HTML
    re.compile(r"\]\(\s*(?:<(?P<quoted>[^>\n]*)>|(?P<plain>(?:[^()\s]|\([^()\s]*\))+))(?:\s[^)]*)?\)"),
    re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:\s*(?:<(?P<quoted>[^>\n]*)>|(?P<plain>\S+))", re.MULTILINE),
    re.compile(r"<(?P<quoted>[\w./-]+\.(?:ipynb|md|png|jpg|csv|html)(?:#[\w-]*)?)>(?P<plain>)"),
    re.compile(r"""\b(?:href|src)\s*=\s*(?:(?P<mark>["'])(?P<quoted>.*?)(?P=mark)|(?P<plain>[^\s"'>]+))""", re.DOTALL),
)
# No link, for Markdown either: rows and columns as [3][4], boxes to tick as [ ] and [x][ ].
REFERENCE = re.compile(r"(?<![\w\]`])\[(?!\d+\]\[\d*\]|\s*\])([^\]\[]+)\]\[(?!\s+\])([^\]\[]*)\]")
DEFINED = re.compile(r"^ {0,3}\[(?!\^)([^\]\n]+)\]:", re.MULTILINE)
PLACE = re.compile(r"""<[^>]*\b(?:id|name)\s*=\s*["']?([^\s"'>]+)""")
SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
SIGNS = {ast.USub: operator.neg, ast.UAdd: operator.pos}
LARGEST = 1e15  # of what is worked out; no text tells more
MOST_POWER = 64
SMALL = 12  # whole numbers up to here count things that the reader sees: "three ways"


def claims(lesson: Lesson) -> Iterator[Finding]:
    """A number in the text is one that a cell prints, shows or sets. What is asked or proposed is free."""
    known = numbers_of(lesson)
    for cell in lesson.text:
        if cell.is_exercise or any(words == "Try it" for _, _, words in headings(cell)):
            continue
        told = RANGE.sub(r"\1 % \2 %", VERSIONS.sub("", EMPHASIS.sub("", cell.prose)))
        told = SHARES.sub(r"\1 \2", told)
        told = NO_CLAIM.sub(lambda found: " " + "\n" * found.group().count("\n"), told)
        titles = {line for line, level, _ in headings(cell) if level == 1}  # a name, as "The top 100"
        for line, text in enumerate(told.splitlines(), start=1):
            for found in () if line in titles else NUMBER.finditer(text):
                if not is_told(found, known):
                    what = f"the text says {found.group().strip()!r}, which no cell prints"
                    cure = "print it below a cell of code, or say it without the number"
                    yield lesson.finding(what, cure, cell, line)


def is_told(found: re.Match, known: set[float]) -> bool:
    """Whether a number of the text is among the known ones, or counts what the reader sees."""
    digits = found["number"].replace(",", "")
    value = float(digits + (found["power"] or ""))
    if unit := THOUSANDS.get((found["thousands"] or "").strip()):  # 37k is said of 36,912, too
        places = len(digits.partition(".")[2])
        return any(round(one / unit, places) == value for one in known)
    if not found["percent"] and not found["power"] and "." not in digits and value <= SMALL:
        return True
    shares = [round(value / 100, PLACES)] if found["percent"] else []
    return not known.isdisjoint([round(value, PLACES), *shares])


def numbers_of(lesson: Lesson) -> set[float]:
    """All numbers in the code and in what it printed and showed, what is printed in percent as a share, too."""
    code = "\n".join(ast.unparse(cell.tree) for cell in lesson.code)  # without comments
    texts = [text for cell in lesson.code for text in cell.texts()]
    texts += [str(output.get("data", {}).get("text/markdown", "")) for cell in lesson.code for output in cell.outputs]
    printed = [(float(found[1].replace(",", "")), found[2]) for found in PRINTED.finditer("\n".join(texts))]
    known = {float(found[1].replace(",", "")) for found in PRINTED.finditer(code)} | worked_out(lesson)
    parts = (part for cell in lesson.code for part in ast.walk(cell.tree) if isinstance(part, ast.Constant))
    known |= {float(part.value) for part in parts if isinstance(part.value, float)}  # 0.00001 was written as 1e-05
    known |= {value for value, _ in printed} | {value / 100 for value, percent in printed if percent}
    return {round(value, PLACES) for value in known}


def worked_out(lesson: Lesson) -> set[float]:
    """The numbers that arithmetic alone makes of the parameters, as in `MANY = 5 * IMAGES`."""
    values: dict[str, object] = {}
    for step in (step for cell in lesson.code for step in cell.tree.body if isinstance(step, ast.Assign)):
        with suppress(ArithmeticError, KeyError, TypeError, ValueError):
            value = worth(step.value, values)
            for target in step.targets:
                many = isinstance(target, ast.Tuple)
                pairs = zip(target.elts, value, strict=True) if many else [(target, value)]
                values |= {name.id: one for name, one in pairs if isinstance(name, ast.Name)}
    flat = [one for value in values.values() for one in (value if isinstance(value, tuple) else (value,))]
    return {float(one) for one in flat if isinstance(one, int | float)}


def worth(part: ast.expr, values: dict[str, object]) -> object:
    """What arithmetic makes of this: a number, or a tuple.

    Raises KeyError, TypeError or an ArithmeticError where it is none, or would become too large to wait for.
    """
    if isinstance(part, ast.Name):
        return values[part.id]
    if isinstance(part, ast.Tuple):
        return tuple(worth(one, values) for one in part.elts)
    if isinstance(part, ast.Constant):
        made = part.value
    elif isinstance(part, ast.UnaryOp):
        made = SIGNS[type(part.op)](worth(part.operand, values))
    elif isinstance(part, ast.BinOp):
        left, right = worth(part.left, values), worth(part.right, values)
        if isinstance(left, tuple) or isinstance(right, tuple):
            raise TypeError
        if isinstance(part.op, ast.Pow) and abs(right) > MOST_POWER:
            raise OverflowError
        made = OPERATIONS[type(part.op)](left, right)
    else:
        raise TypeError
    if not isinstance(made, int | float):
        raise TypeError
    if not abs(made) < LARGEST:
        raise OverflowError
    return made


def links(lesson: Lesson) -> Iterator[Finding]:
    cure = "mend the link; lessons are named as in `02_augmentation.ipynb`"
    for cell, text, patterns in linking(lesson):
        own = {f"#{name.lower()}" for name in PLACE.findall(text)}  # what is shown may lead to a place in itself
        for line, address in addresses(text, patterns):
            if address.lower() not in own and (wrong := dead(lesson, address)):
                yield lesson.finding(f"the link to {address} leads nowhere ({wrong})", cure, cell, line)
    for cell in lesson.text:
        names = {name.lower() for name in DEFINED.findall(cell.prose)}  # a cell of text knows its own only
        for found in REFERENCE.finditer(cell.prose):
            if (found[2] or found[1]).lower() not in names:
                what = f"the link {found.group()} leads nowhere (its cell has no line `[{found[2] or found[1]}]: …`)"
                yield lesson.finding(what, cure, cell, line_of(cell.prose, found))


def linking(lesson: Lesson) -> Iterator[tuple[Cell, str, Sequence[re.Pattern]]]:
    """(cell, text, what links look like there) of all that a lesson says and shows as Markdown and HTML."""
    for cell in lesson.cells:
        if cell.made.cell_type == "markdown":
            yield cell, cell.prose, LINKS
        for data in (output.get("data", {}) for output in cell.outputs):
            yield cell, Cell(cell.number, new_markdown_cell(data.get("text/markdown", ""))).prose, LINKS
            html = SCRIPT.sub(lambda code: "\n" * code.group().count("\n"), data.get("text/html", ""))
            yield cell, html, LINKS[-1:]


def addresses(text: str, patterns: Sequence[re.Pattern]) -> Iterator[tuple[int, str]]:
    """(line, where to) of each link and picture."""
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield line_of(text, found), found["quoted"] or found["plain"] or ""


def line_of(text: str, found: re.Match) -> int:
    return text.count("\n", 0, found.end()) + 1


def dead(lesson: Lesson, address: str) -> str:
    """Why a link leads nowhere; "" if it leads somewhere, or out of the project."""
    if re.match(r"(?!file:)[a-z]{3,}:|//", address):  # https:, mailto:, attachment:, data:
        return ""
    name, _, part = unquote(address).partition("#")
    if re.match(r"/|\\|[A-Za-z]:|file:", name):
        return "it is a place on one machine"
    target = lesson.path.parent / name if name else lesson.path
    if not target.is_file():
        return "there is no such file"
    if not part or target.suffix not in (".ipynb", ".md"):
        return ""
    return "" if part.lower() in places(target) else "there is no such heading"


def places(target: Path) -> set[str]:
    """What the headings of a lesson or a page are called in links, and the places that are named in its HTML."""
    if target.suffix == ".ipynb":
        cells = Lesson(target).text
    else:
        cells = [Cell(1, new_markdown_cell(target.read_text(encoding="utf-8")))]
    named = {name.lower() for cell in cells for name in PLACE.findall(cell.prose)}
    seen: Counter[str] = Counter()
    for name in (anchor(words) for cell in cells for _, _, words in headings(cell)):
        named.add(f"{name}-{seen[name]}" if seen[name] else name)  # the second one of a name ends in -1
        seen[name] += 1
    return named


def anchor(words: str) -> str:
    """How a heading is named in a link, as GitHub and the site do it, in small letters."""
    return re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")


RULES = (claims, links)

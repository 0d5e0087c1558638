"""Rules about what a lesson says: its numbers are printed by a cell, its links lead somewhere."""

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

from helpers.checking.lesson import Finding, Lesson, headings

NUMBER = re.compile(r"(?<![\w.,–-])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?:\s?(%|percent))?(?![\w–]|[.,]\d)")
NO_CLAIM = re.compile(
    r"https?://\S+|\]\([^)]*\)|arXiv:? ?\d+\.\d+|\blessons? \d+|\d+ (?:×|x|by) \d+|\d+(?:–|-| to )\d+|"
    r"\b(?:19|20)\d\d\b|^#+ .*|^\d+\. ",
    re.MULTILINE,
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
ARITHMETIC = (ast.Constant, ast.Name, ast.BinOp, ast.Tuple, ast.operator, ast.expr_context)
SMALL = 12  # whole numbers up to here count things that the reader sees: "three ways"


def claims(lesson: Lesson) -> Iterator[Finding]:
    """A number in the text is one that a cell prints, shows or sets. What is asked or proposed is free."""
    known = numbers_of(lesson)
    for cell in lesson.text:
        if cell.is_exercise or any(words == "Try it" for _, _, words in headings(cell)):
            continue
        for line, text in enumerate(cell.prose.splitlines(), start=1):
            for found in NUMBER.finditer(NO_CLAIM.sub(" ", text)):
                value = float(found[1].replace(",", "") + (found[2] or ""))
                trivial = not found[2] and not found[3] and value <= SMALL
                if not trivial and value not in known and (not found[3] or value / 100 not in known):
                    what = f"the text says {found.group().strip()!r}, which no cell prints"
                    cure = "print it below a cell of code, or say it without the number"
                    yield lesson.finding(what, cure, cell, line)


def numbers_of(lesson: Lesson) -> set[float]:
    """All numbers in the code and in what it printed and showed."""
    texts = [cell.source for cell in lesson.code]
    texts += [text for cell in lesson.code for text in cell.texts()]
    texts += [str(output.get("data", {}).get("text/markdown", "")) for cell in lesson.code for output in cell.outputs]
    found = re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+", "\n".join(texts).replace("_", ""))
    return {float(number.replace(",", "")) for number in found} | worked_out(lesson)


def worked_out(lesson: Lesson) -> set[float]:
    """The numbers that arithmetic alone makes of the parameters, as in `MANY = 5 * IMAGES`."""
    values: dict[str, object] = {}
    for step in (step for cell in lesson.code for step in cell.tree.body if isinstance(step, ast.Assign)):
        parts = [*ast.walk(step.value)]
        if all(isinstance(part, ARITHMETIC) and getattr(part, "id", None) in {None, *values} for part in parts):
            with suppress(ArithmeticError, TypeError, ValueError):
                exec(compile(ast.Module([step], []), "lesson", "exec"), {"__builtins__": {}}, values)
    flat = [one for value in values.values() for one in (value if isinstance(value, tuple) else (value,))]
    return {float(one) for one in flat if isinstance(one, int | float)}


def links(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.text:
        for line, text in enumerate(cell.source.splitlines(), start=1):
            for address in (one[0] or one[1] for one in LINK.findall(text)):
                if wrong := dead(lesson, address):
                    cure = "mend the link; lessons are named as in `02_augmentation.ipynb`"
                    yield lesson.finding(f"the link to {address} leads nowhere ({wrong})", cure, cell, line)


def dead(lesson: Lesson, address: str) -> str:
    """Why a link leads nowhere; "" if it leads somewhere, or out of the project."""
    if "://" in address or address.startswith(("mailto:", "attachment:")):
        return ""
    name, _, part = unquote(address).partition("#")
    target = lesson.path.parent / name if name else lesson.path
    if not target.is_file():
        return "there is no such file"
    if not part or target.suffix != ".ipynb":
        return ""
    titles = {anchor(words) for cell in Lesson(target).text for _, _, words in headings(cell)}
    return "" if part.lower() in titles else "there is no such heading"


def anchor(words: str) -> str:
    """How a heading is named in a link, as GitHub and the site do it, in small letters."""
    return re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")


RULES = (claims, links)

"""The texts of a lesson out to one file for a translator, and in again as the lesson in that language.

The file, `texts/NN_name.LANGUAGE.po`, is of the format that translators' tools know (gettext PO). It holds each
paragraph, each caption and each alt text, with the id of its cell beside it. Code is neither in it nor changed by it.

    update("02_augmentation", "de")   # texts/02_augmentation.de.po follows the lesson; what was translated stays
    build("02_augmentation", "de")    # build/lessons/de/02_augmentation.ipynb, and what is untranslated or outdated

A paragraph that was changed after it was translated is marked `fuzzy`, as the format has it; until the translator has
looked at it, the lesson shows the original there.
"""

import copy
import difflib
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import nbformat
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, unescape, write_po

from helpers import lessons
from helpers.checking import Cell, Finding
from helpers.checking.lesson import headings
from helpers.checking.words import LINKS, anchor
from helpers.errors import InputError
from helpers.whole import write_whole

TEXTS = lessons.PROJECT / "texts"
HEADER = re.compile(r'(?:#[^\n]*\n)*msgid ""\nmsgstr ""\n(?:"[^\n]*\n)+\n')  # with what a translator's tool notes there
HEAD = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
QUOTED = re.compile(r'(?:msg\w+(?:\[\d+\])? *)?".*"\s*')  # a line with a text; babel cuts off what is not quoted
STRING = r'("[^\n]*"\s*?(?:\n"[^\n]*"\s*?)*)$'  # in one line or in many
ENTRY = re.compile(rf"^(?:msgctxt +{STRING}\n)?msgid +{STRING}", re.MULTILINE)
PARAGRAPH = re.compile(r"```.*?```|[^\n](?:(?!\n\s*\n|\n```).)*", re.DOTALL)
KINDS = ("text", "caption", "alt text")
BEFORE = "translated from: "
ALIKE = 0.5  # share of letters from which on a paragraph counts as an older form of another
KEPT = {
    "code": re.compile(r"`[^`\n]+`"),
    "link": re.compile(r"\]\(([^)\s]+)\)"),
    "number": re.compile(r"\d+(?:[.,\u202f\u00a0]\d+)*"),
    "heading mark": re.compile(r"^ {0,3}(#{1,6})(?=\s)", re.MULTILINE),
    "list mark": re.compile(r"^[ \t]*([-*+]|\d+[.)])(?=[ \t])", re.MULTILINE),
    "bold mark": re.compile(r"\*\*"),
}
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True)
class Text:
    """cell: its number, from 1; id: of the cell; kind: "text", "caption" or "alt text"; words: to be translated."""

    cell: int
    id: str
    kind: str
    words: str


def texts_of(notebook: nbformat.NotebookNode) -> Iterator[Text]:
    """Each paragraph, caption and alt text of a lesson, in order."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            for words in PARAGRAPH.findall(cell.source):
                if not words.startswith("```"):
                    yield Text(number, cell.id, "text", words)
        for output in cell.get("outputs", []):
            if words := output.get("metadata", {}).get("image/png", {}).get("alt", ""):
                yield Text(number, cell.id, "alt text", words)
            if words := output.get("data", {}).get("text/markdown", ""):
                yield Text(number, cell.id, "caption", words)


def path_of(lesson: str, language: str) -> Path:
    """Where the texts of a lesson are. Raises InputError for a language that is none."""
    try:
        usual = str(Locale.parse(language))
    except (UnknownLocaleError, ValueError):
        raise InputError(f"{language}: no language that we know; name it as in de, or pt_BR.") from None
    if usual != language and usual.lower() == language.lower():  # a second file, beside the one that there is
        raise InputError(f"{language}: write {usual}, as its texts are named.")
    return TEXTS / f"{lesson}.{language}.po"


def read(path: Path, language: str) -> Catalog:
    """The translations in a file. Raises InputError for one that is missing, or is no PO file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        for number, line in enumerate(text.split("\n"), start=1):
            if line.startswith(("msg", '"')) and not QUOTED.fullmatch(line):
                raise InputError(f"{path}, line {number}: the text does not stand between quotes; mend that place.")
        must_differ(text, path)
        return read_po(io.BytesIO(text.encode()), locale=language, abort_invalid=True, charset="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: there are no texts in that language yet; name it, to begin with them.") from None
    except (PoFileError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path}: cannot be read as a PO file ({reason}); mend that place.") from None


def must_differ(text: str, path: Path) -> None:
    """Raise InputError for a text that has two entries, as after a merge: babel keeps the last, and drops the other."""
    first = {}
    for entry in ENTRY.finditer(text):
        number = text.count("\n", 0, entry.start()) + 1
        key = tuple("".join(unescape(line.strip()) for line in part.splitlines()) for part in entry.groups(""))
        if (before := first.setdefault(key, number)) != number:
            raise InputError(f"{path}, line {number}: this text has an entry in line {before}, too; keep one of them.")


def update(lesson: str, language: str) -> Path:
    """Let the file follow the lesson: what is translated stays, new texts are empty, changed ones are marked `fuzzy`
    with their old translation, and those that the lesson no longer has stand at the end, as obsolete (`#~`), until one
    takes them out or the lesson has them again. The header stays. Returns the file, new or not.

    Raises InputError for an unknown lesson or language, and for a file that cannot be read.
    """
    lesson = lessons.find(lesson)
    path, texts = path_of(lesson, language), list(texts_of(lessons.read(lesson)))
    before = read(path, language) if path.exists() else Catalog(locale=language)
    present = {(text.id, text.words) for text in texts}
    left = [one for one in before if one.id and one.string and (one.context, one.id) not in present]
    left += [one for one in before.obsolete.values() if one.string]
    made = Catalog(locale=language)
    for text in texts:
        if there := made.get(text.words, context=text.id):  # a caption that is the alt text, too
            there.auto_comments += [] if text.kind in there.auto_comments else [text.kind]
            continue
        one = before.get(text.words, context=text.id)
        if not one or not one.string:
            one = from_another(text, left) or Message(text.words)
        was = " ".join(line for line in one.auto_comments if line not in KINDS)  # the file has it in many lines
        comments = [text.kind, was] if one.fuzzy and was else [text.kind]
        about = {"auto_comments": comments, "user_comments": one.user_comments, "context": text.id}
        message = made.add(text.words, one.string, flags=one.flags, **about)
        message.flags &= {"fuzzy"}  # without the remark that a per cent sign might be a placeholder of Python
    for one in left:
        one.flags.discard("fuzzy")
        made.obsolete[one.id, one.context] = one
    head = HEADER.match(path.read_text(encoding="utf-8-sig")) if path.exists() else None
    TEXTS.mkdir(exist_ok=True)
    packed = io.BytesIO()
    write_po(packed, made, width=None, omit_header=True)
    write_whole(path, (head[0] if head else HEAD.format(language)).encode() + packed.getvalue().strip() + b"\n")
    return path


def from_another(text: Text, left: list[Message]) -> Message | None:
    """The translation of the same words in another cell, or, marked `fuzzy`, of what most looks like an older form of
    them in this cell; it is taken out of `left`. None if there is neither."""
    for one in left:
        if one.id == text.words:
            left.remove(one)
            return one
    likely = {one.id: likeness(one.id, text.words) for one in left if one.context == text.id}
    old = max(likely, key=likely.get, default="")
    if likely.get(old, 0) < ALIKE:
        return None
    one = next(one for one in left if (one.context, one.id) == (text.id, old))
    left.remove(one)
    was = [BEFORE + " ".join(old.split())]
    return Message(text.words, one.string, flags={"fuzzy"}, auto_comments=was, user_comments=one.user_comments)


def likeness(one: str, other: str) -> float:
    """0: nothing in common; 1: the same."""
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def build(lesson: str, language: str, folder: Path | None = None) -> tuple[Path, list[Finding]]:
    """Write the lesson in that language into `folder` (`build/lessons/LANGUAGE` if not given): the same cells, code,
    tags and outputs, with the texts, captions and alt texts that are translated. Returns its file, and what is not
    well yet.

    Raises InputError for an unknown lesson or language, and where there are no texts in that language.
    """
    lesson = lessons.find(lesson)
    path, notebook = path_of(lesson, language), lessons.read(lesson)
    known = read(path, language)
    folder = folder or lessons.BUILD / "lessons" / language
    folder.mkdir(parents=True, exist_ok=True)
    found = [finding for text in dict.fromkeys(texts_of(notebook)) for finding in wrong(text, known, path.name)]
    made = translated(notebook, known, language, folder)
    write_whole(folder / f"{lesson}.ipynb", (nbformat.writes(made) + "\n").encode())
    return folder / f"{lesson}.ipynb", found


def translated(notebook: nbformat.NotebookNode, known: Catalog, language: str, folder: Path) -> nbformat.NotebookNode:
    """A copy with the words that are known in place of the original ones. Its links lead to where a lesson in that
    language will be, or else to the original file, from `folder`; and to headings by their translated names."""
    made, names = worded(notebook, known), {"": anchors(notebook, known)}

    def goal(address: str) -> str:
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]", address):  # https:, attachment:, and places on one machine
            return address
        name, mark, part = address.partition("#")
        texts = (TEXTS / name).with_suffix(f".{language}.po")
        if name.endswith(".ipynb") and "/" not in name and texts.exists():
            if part and name not in names:
                names[name] = anchors(lessons.read(Path(name).stem), read(texts, language))
        elif name:
            there = Path(os.path.relpath(lessons.NOTEBOOKS / unquote(name), folder)).as_posix()
            return quote(there) + mark + part
        return name + mark + names.get(name, {}).get(unquote(part).lower(), part)

    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = led(cell.source, goal)
        for output in cell.get("outputs", []):
            if "text/markdown" in (data := output.get("data", {})):
                data["text/markdown"] = led(data["text/markdown"], goal)
    return made


def led(text: str, goal: Callable[[str], str]) -> str:
    """The text with each link in it, but for those in code, led to where `goal` says."""
    bare = CODE.sub(lambda code: re.sub(r"[^\n]", " ", code.group()), text)
    found = (match.span("quoted" if match["quoted"] else "plain") for one in LINKS for match in one.finditer(bare))
    for start, end in sorted(set(found), reverse=True):
        text = text[:start] + goal(text[start:end]) + text[end:]
    return text


def anchors(notebook: nbformat.NotebookNode, known: Catalog) -> dict[str, str]:
    """What the headings of a lesson are called in links: the original name, and the one in that language."""
    found = {}
    for cells in zip(notebook.cells, worded(notebook, known).cells, strict=True):
        if cells[0].cell_type == "markdown":
            here, there = ([anchor(words) for _, _, words in headings(Cell(1, cell))] for cell in cells)
            found |= dict(zip(here, there, strict=True)) if len(here) == len(there) else {}
    return found


def worded(notebook: nbformat.NotebookNode, known: Catalog) -> nbformat.NotebookNode:
    """A copy with the words that are known in place of the original ones; all links are as they were."""
    made = copy.deepcopy(notebook)

    def said(words: str, cell: nbformat.NotebookNode) -> str:
        one = known.get(words, context=cell.id)
        return one.string if one and one.string and not one.fuzzy else words

    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = PARAGRAPH.sub(lambda part, cell=cell: said(part.group(), cell), cell.source)
        for output in cell.get("outputs", []):
            about, data = output.get("metadata", {}).get("image/png", {}), output.get("data", {})
            if "alt" in about:
                data["text/plain"] = about["alt"] = said(about["alt"], cell)
            if "text/markdown" in data:
                data["text/markdown"] = said(data["text/markdown"], cell)
    return made


def wrong(text: Text, known: Catalog, file: str) -> Iterator[Finding]:
    """That a text is not translated, or was changed since, or that the translation lost something on the way."""
    one = known.get(text.words, context=text.id)
    start = " ".join(text.words.split())[:50]

    def finding(what: str, cure: str) -> Finding:
        return Finding(file, f"the {text.kind} {start!r} {what}", cure, text.cell, None, text.id)

    if not one:
        yield finding("is not in the file", "run `labs texts` with this lesson and language")
    elif not one.string:
        yield finding("is not translated", "write the translation below it, as its `msgstr`")
    elif one.fuzzy:
        yield finding("was changed after it was translated", "mend the translation, and take the mark `fuzzy` away")
    else:
        for kind, pattern in KEPT.items():
            here, there = (
                Counter(as_kept(found) for found in pattern.findall(part)) for part in (text.words, one.string)
            )
            if lost := [*(here - there), *(there - here)]:
                yield finding(
                    f"and its translation differ in the {kind} {', '.join(lost)}", "take it over as it stands"
                )


def as_kept(found: str) -> str:
    """A number without its marks, which differ from language to language: 2,000 and 2.000; 0.5 and 0,5."""
    return re.sub(r"(?<=\d)[.,\u202f\u00a0](?=\d)", "", found)

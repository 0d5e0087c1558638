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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from helpers import lessons
from helpers.checking import Finding
from helpers.errors import InputError
from helpers.whole import write_whole

TEXTS = lessons.PROJECT / "texts"
HEAD = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
PARAGRAPH = re.compile(r"```.*?```|[^\n](?:(?!\n\s*\n|\n```).)*", re.DOTALL)
BEFORE = "translated from: "
ALIKE = 0.5  # share of letters from which on a paragraph counts as an older form of another
KEPT = {
    "code": re.compile(r"`[^`\n]+`"),
    "link": re.compile(r"\]\(([^)\s]+)\)"),
    "number": re.compile(r"\d+(?:[.,\u202f\u00a0]\d+)*"),
}
LESSON_LINK = re.compile(r"\]\((\d\d_\w+\.ipynb)")


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
        Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        raise InputError(f"{language}: no language that we know; name it as in de, or pt_BR.") from None
    return TEXTS / f"{lesson}.{language}.po"


def read(path: Path, language: str) -> Catalog:
    """The translations in a file. Raises InputError for one that is missing, or is no PO file."""
    try:
        return read_po(io.BytesIO(path.read_bytes()), locale=language, abort_invalid=True, charset="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: there are no texts in that language yet; name it, to begin with them.") from None
    except (PoFileError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path}: cannot be read as a PO file ({reason}); mend that place.") from None


def update(lesson: str, language: str) -> Path:
    """Let the file follow the lesson: what is translated stays, new texts are empty, changed ones are marked `fuzzy`
    with their old translation, and those that the lesson no longer has are gone. Returns the file, new or not.

    Raises InputError for an unknown lesson or language, and for a file that cannot be read.
    """
    lesson = lessons.find(lesson)
    path, texts = path_of(lesson, language), list(texts_of(lessons.read(lesson)))
    before = read(path, language) if path.exists() else Catalog(locale=language)
    present = {(text.id, text.words) for text in texts}
    left = [one for one in before if one.id and one.string and (one.context, one.id) not in present]
    made = Catalog(locale=language)
    for text in texts:
        if there := made.get(text.words, context=text.id):  # a caption that is the alt text, too
            there.auto_comments += [] if text.kind in there.auto_comments else [text.kind]
            continue
        one = before.get(text.words, context=text.id)
        if not one or not one.string:
            one = from_another(text, left) or Message(text.words)
        was = [line for line in one.auto_comments if line.startswith(BEFORE) and one.fuzzy]
        about = {"auto_comments": [text.kind, *was], "user_comments": one.user_comments, "context": text.id}
        message = made.add(text.words, one.string, flags=one.flags, **about)
        message.flags &= {"fuzzy"}  # without the remark that a per cent sign might be a placeholder of Python
    TEXTS.mkdir(exist_ok=True)
    packed = io.BytesIO()
    write_po(packed, made, width=None, omit_header=True)
    write_whole(path, HEAD.format(language).encode() + packed.getvalue().strip() + b"\n")
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
    """A copy with the words that are known in place of the original ones; links lead to where a lesson in that
    language will be, or else to the original."""
    made = copy.deepcopy(notebook)

    def said(words: str, cell: nbformat.NotebookNode) -> str:
        one = known.get(words, context=cell.id)
        return one.string if one and one.string and not one.fuzzy else words

    def link(found: re.Match) -> str:
        there = (TEXTS / found[1]).with_suffix(f".{language}.po").exists()
        return "](" + (found[1] if there else Path(os.path.relpath(lessons.NOTEBOOKS / found[1], folder)).as_posix())

    for cell in made.cells:
        if cell.cell_type == "markdown":
            source = PARAGRAPH.sub(lambda part, cell=cell: said(part.group(), cell), cell.source)
            cell.source = LESSON_LINK.sub(link, source)
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

"""A lesson goes into another language and keeps its code and outputs; what is missing or outdated is named."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import cli, lessons, translating
from helpers.checking import Lesson
from helpers.checking.words import links
from helpers.errors import InputError

OPENING = "# One\n\nThere are 2,000 of them, see `load`.\n\n```python\nleft = alone\n```\n\n[Next](02_two.ipynb)"
GERMAN = {
    "# One": "# Eins",
    "There are 2,000 of them, see `load`.": "Es sind 2.000, siehe `load`.",
    "[Next](02_two.ipynb)": "[Weiter](02_two.ipynb)",
    "*A line.*": "*Eine Linie.*",
    "a line": "eine Linie",
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A project with one small lesson, and no texts yet."""
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(lessons, "BUILD", tmp_path / "build")
    monkeypatch.setattr(lessons, "PROJECT", tmp_path)
    monkeypatch.setattr(translating, "TEXTS", tmp_path / "texts")
    (tmp_path / "notebooks").mkdir()
    write(tmp_path, OPENING)
    return tmp_path


def write(place, opening):
    alt = {"image/png": {"alt": "a line", "width": 3}}
    figure = new_output("display_data", {"image/png": "iVBO", "text/plain": "a line"}, metadata=alt)
    caption = new_output("display_data", {"text/markdown": "*A line.*"})
    code = new_code_cell('print("# One")', metadata={"tags": ["compare"]}, id="code", outputs=[figure, caption])
    notebook = new_notebook(cells=[new_markdown_cell(opening, id="open"), code])
    nbformat.write(notebook, place / "notebooks" / "01_one.ipynb")


def fill(place, changed=()):
    """Translate as a person would, in the file."""
    file = place / "texts" / "01_one.de.po"
    text = file.read_text(encoding="utf-8")
    for old, new in (GERMAN | dict(changed)).items():
        text = text.replace(f'msgid {json.dumps(old)}\nmsgstr ""', f"msgid {json.dumps(old)}\nmsgstr {json.dumps(new)}")
    file.write_text(text, encoding="utf-8")


def said():
    """What `labs texts` finds wrong, after the file was brought up to date."""
    translating.update("1", "de")
    made, found = translating.build("1", "de")
    return nbformat.read(made, 4), [str(one) for one in found]


def test_all_words_go_out_and_come_back_and_the_rest_stays(place):
    before, found = said()
    assert [one.split("; ")[0] for one in found] == [
        f"01_one.de.po, cell {cell}: the {kind} {words[:50]!r} is not translated"
        for cell, kind, words in [
            *(("1 (id open)", "text", words) for words in list(GERMAN)[:3]),
            ("2 (id code)", "alt text", "a line"),
            ("2 (id code)", "caption", "*A line.*"),
        ]
    ]
    fill(place)
    made, found = said()
    assert found == []
    text, code = made.cells
    block = "```python\nleft = alone\n```"
    link = "[Weiter](../../../notebooks/02_two.ipynb)"  # lesson 2 is not there in German
    assert text.source == f"# Eins\n\nEs sind 2.000, siehe `load`.\n\n{block}\n\n{link}"
    figure, caption = code.outputs
    assert caption.data["text/markdown"] == "*Eine Linie.*"
    assert figure.data["text/plain"] == figure.metadata["image/png"]["alt"] == "eine Linie"
    original = before.cells[1]
    for one in (original, code):
        one.outputs = [figure.data["image/png"]]
    assert code == original
    assert lessons.read("01_one").cells[0].source == OPENING  # the lesson itself is only read


def test_twice_gives_the_same_bytes(place):
    translating.update("1", "de")
    fill(place)
    write(place, OPENING.replace("of them", "of those"))
    first = translating.update("1", "de").read_bytes(), translating.build("1", "de")[0].read_bytes()
    assert (translating.update("1", "de").read_bytes(), translating.build("1", "de")[0].read_bytes()) == first
    assert b"CREATION" not in first[0].upper()  # no date: it would change with each run


def test_a_text_that_was_changed_is_named_and_shown_as_in_the_original(place):
    translating.update("1", "de")
    fill(place)
    write(place, "A new beginning.\n\n" + OPENING.replace("2,000 of them", "3,000 of those"))
    made, (new, changed) = said()
    assert "'A new beginning.' is not translated; write the translation below it" in new
    assert "'There are 3,000 of those, see `load`.' was changed after it was translated; mend" in changed
    assert "A new beginning.\n\n# Eins\n\nThere are 3,000 of those" in made.cells[0].source
    file = place / "texts" / "01_one.de.po"
    text = file.read_text(encoding="utf-8")
    assert "#. translated from: There are 2,000 of them, see `load`.\n#, fuzzy\n" in text
    assert "Es sind 2.000" in text
    file.write_text(text.replace("#, fuzzy\n", "").replace("2.000, siehe", "3.000, siehe"), encoding="utf-8")
    made, found = said()
    assert len(found) == 1 and "Es sind 3.000, siehe `load`." in made.cells[0].source
    assert "translated from" not in file.read_text(encoding="utf-8")


def test_a_text_that_moved_to_another_cell_keeps_its_translation(place):
    translating.update("1", "de")
    fill(place)
    notebook = lessons.read("01_one")
    notebook.cells[0].source = "# One"
    notebook.cells.append(new_markdown_cell("[Next](02_two.ipynb)", id="new"))
    nbformat.write(notebook, place / "notebooks" / "01_one.ipynb")
    made, found = said()
    assert found == [] and made.cells[2].source.startswith("[Weiter]")


def test_nothing_that_a_translator_wrote_is_lost(place):
    file = translating.update("1", "de")
    fill(place)
    text = file.read_text(encoding="utf-8").replace('"Language: de', '"Last-Translator: Eva\\n"\n"Language: de', 1)
    file.write_text(f"# Copyright Eva\n{text}", encoding="utf-8")
    write(place, OPENING.replace("There are 2,000 of them, see `load`.", "Nothing is as it was."))
    kept = translating.update("1", "de").read_text(encoding="utf-8")
    assert kept.startswith("# Copyright Eva\n") and '"Last-Translator: Eva\\n"' in kept
    assert '#~ msgstr "Es sind 2.000, siehe `load`."' in kept
    assert translating.update("1", "de").read_text(encoding="utf-8") == kept
    write(place, OPENING)
    assert said()[1] == []  # the lesson has it again, so it is taken out again
    assert "#~" not in file.read_text(encoding="utf-8")


def test_twice_gives_the_same_bytes_though_what_was_changed_is_long(place):
    translating.update("1", "de")
    long = "One word after the other, " * 8
    write(place, f"# One\n\n{long}here.")
    fill(place, {f"{long}here.": "Ein Wort nach dem andern."})
    translating.update("1", "de")
    fill(place, {f"{long}here.": "Ein Wort nach dem andern."})
    write(place, f"# One\n\n{long}there.")
    first = translating.update("1", "de").read_bytes()
    assert b"fuzzy" in first and translating.update("1", "de").read_bytes() == first


def test_a_file_from_another_editor_is_read_and_a_torn_line_is_named(place):
    file = translating.update("1", "de")
    fill(place)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert said()[1] == []
    torn = text.replace('msgstr "# Eins"', 'msgstr "# Eins')
    file.write_text(torn, encoding="utf-8")
    with pytest.raises(
        InputError, match=rf"de.po, line {torn[: torn.index('# Eins')].count(chr(10)) + 1}: the text does not"
    ):
        translating.update("1", "de")
    assert file.read_text(encoding="utf-8") == torn


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("Es sind 2.001, siehe `load`.", "differ in the number 2000, 2001; take it over as it stands"),
        ("Es sind 2.000, siehe load.", "differ in the code `load`"),
        ("Es sind 2.000, siehe `load` [hier](x.ipynb).", "differ in the link x.ipynb; take"),
        ("- Es sind 2.000, siehe `load`.", "differ in the list mark -; take"),
        ("Es sind **2.000**, siehe `load`.", "differ in the bold mark **; take"),
        ("## Es sind 2.000, siehe `load`.", "differ in the heading mark ##; take"),
    ],
)
def test_what_a_translation_must_keep(place, wrong, says):
    translating.update("1", "de")
    fill(place, {"There are 2,000 of them, see `load`.": wrong})
    assert [says in one for one in said()[1]] == [True]


@pytest.mark.parametrize(
    ("words", "wrong", "says"),
    [
        ("## Set up", "Vorbereiten", "the heading mark ##; take it over as it stands"),
        ("## Set up", "# Vorbereiten", "the heading mark ##, #; take"),
        ("- one;\n- two.", "- eins;\nzwei.", "the list mark -; take"),
        ("1. one;\n2. two.", "1. eins;\n2 zwei.", "the list mark 2.; take"),
        ("**Next:** two", "Weiter: zwei", "the bold mark **; take"),
        ("**Next:** two", "**Weiter: zwei", "the bold mark **; take"),
    ],
)
def test_marks_that_a_translation_lost_are_named(place, words, wrong, says):
    write(place, words)
    translating.update("1", "de")
    known = translating.read(place / "texts" / "01_one.de.po", "de")
    known.get(words, context="open").string = wrong
    text = next(translating.texts_of(lessons.read("01_one")))
    assert [says in str(one) for one in translating.wrong(text, known, "x.po")] == [True]


def test_every_link_leads_where_the_original_leads(place):
    """From where the result stands, be it in a folder of another depth; what is in code is not touched."""
    words = (
        "[a](glossary.md#label) ![p](../docs/a%20b.png) [q](<../docs/a b.png>) [t](glossary.md 'a title') [r][s] "
        '<a href="../README.md">x</a> [w](https://example.org/x.md) [top](#one) [part](03_three.ipynb#the-end) '
        "`[c](glossary.md)`\n\n```\n[c](glossary.md)\n```\n\n[s]: glossary.md#label"
    )
    write(place, f"# One\n\n{words}")
    (place / "docs").mkdir()
    for file in ("docs/a b.png", "README.md"):
        (place / file).write_text("")
    (place / "notebooks" / "glossary.md").write_text("## Label\n")
    three = new_notebook(cells=[new_markdown_cell("## The end", id="end")])
    for folder in ("notebooks", "build/lessons/de", "elsewhere"):
        (place / folder).mkdir(parents=True, exist_ok=True)
        nbformat.write(three, place / folder / "03_three.ipynb")
    assert list(links(Lesson(place / "notebooks" / "01_one.ipynb"))) == []
    translating.update("3", "de")
    file = translating.update("1", "de")
    for folder in (None, place / "elsewhere"):
        made, _ = translating.build("1", "de", folder)
        assert list(links(Lesson(made))) == []
        assert "`[c](glossary.md)`\n\n```\n[c](glossary.md)\n```" in nbformat.read(made, 4).cells[0].source
    fill(place)
    text = (place / "texts" / "03_three.de.po").read_text(encoding="utf-8").replace('msgstr ""', 'msgstr "## Das Ende"')
    (place / "texts" / "03_three.de.po").write_text(text.replace("## Das Ende", "", 1), encoding="utf-8")
    assert "# Eins" in file.read_text(encoding="utf-8")
    translating.build("3", "de")
    made, _ = translating.build("1", "de")
    assert list(links(Lesson(made))) == []
    source = nbformat.read(made, 4).cells[0].source
    assert "[top](#eins) [part](03_three.ipynb#das-ende)" in source and "(https://example.org/x.md)" in source


def test_what_cannot_be_done_is_said(place, capsys):
    with pytest.raises(InputError, match="klingonisch: no language that we know; name it as in de, or pt_BR"):
        translating.update("1", "klingonisch")
    with pytest.raises(InputError, match="DE: write de, as its texts are named"):
        translating.update("1", "DE")
    with pytest.raises(InputError, match=r"01_one\.de\.po: there are no texts in that language yet"):
        translating.build("1", "de")
    (place / "texts").mkdir()
    nonsense = 'msgid "One"\nmsgstr "Eins"\nnonsense\n'
    (place / "texts" / "01_one.de.po").write_text(nonsense)
    assert cli.main(["texts", "1", "de"]) == 2
    assert "01_one.de.po: cannot be read as a PO file" in capsys.readouterr().err
    assert (place / "texts" / "01_one.de.po").read_text() == nonsense  # the translator's work stays


@pytest.mark.parametrize("text", ["Eins", 'Eins"', '"Eins', '"', "'Eins'", '"Eins" # one', '"Ei"\n"ns'])
def test_a_text_without_its_quotes_is_told_with_its_line_and_nothing_is_cut_off(place, text):
    file = place / "texts" / "01_one.de.po"
    file.parent.mkdir()
    file.write_text(f'msgid "One"\nmsgstr {text}\n')
    with pytest.raises(InputError, match=r"01_one\.de\.po, line [23]: the text does not stand between quotes"):
        translating.update("1", "de")
    assert file.read_text() == f'msgid "One"\nmsgstr {text}\n'


@pytest.mark.parametrize("second", ['msgid "One two"', 'msgid ""\n"One "\n"two"', 'msgid  "One two" '])
def test_a_text_that_has_two_entries_is_named_and_neither_is_dropped(place, second):
    file = place / "texts" / "01_one.de.po"
    file.parent.mkdir()
    other = 'msgctxt "open"\nmsgid "Two"\nmsgstr "Zwei"\n\nmsgctxt "code"\nmsgid "Two"\nmsgstr "Zwo"\n\n'
    text = f'msgid "One two"\nmsgstr "Eins"\n\n{other}{second}\nmsgstr "Ein"\n\n#~ msgid "Two"\n#~ msgstr "Zwei"\n'
    for end in ("\n", "\r\n"):
        file.write_text(text, newline=end)
        with pytest.raises(InputError, match=r"01_one\.de\.po, line 12: this text has an entry in line 1, too"):
            translating.update("1", "de")
        assert file.read_bytes() == text.replace("\n", end).encode()


def test_the_command_ends_with_1_as_long_as_something_is_missing(place, capsys):
    assert cli.main(["texts", "1", "de"]) == 1
    assert "is not translated" in capsys.readouterr().out
    fill(place)
    assert cli.main(["texts", "1", "de"]) == 0
    assert "01_one.de.po: nothing is missing." in capsys.readouterr().out


@pytest.mark.parametrize("file", sorted(translating.TEXTS.glob("*.po")), ids=lambda file: file.name)
def test_the_translations_that_there_are(file, tmp_path, monkeypatch):
    """They may be behind their lesson, and then say so; but what is translated keeps numbers, code and links."""
    lesson, language, _ = file.name.split(".")
    known = translating.read(file, language)
    texts = {(one.id, one.words) for one in translating.texts_of(lessons.read(lesson))}
    behind = {
        (id, words) for id, words in texts if not (one := known.get(words, context=id)) or not one.string or one.fuzzy
    }
    made, found = translating.build(lesson, language, tmp_path)
    assert {one.id for one in found} == {id for id, _ in behind} and len(found) >= len(behind)
    assert not [str(one) for one in found if "differ" in one.what]
    original, there = lessons.code_cells(lessons.read(lesson)), lessons.code_cells(nbformat.read(made, 4))
    assert [(cell.id, cell.source, cell.metadata) for cell in original] == [
        (cell.id, cell.source, cell.metadata) for cell in there
    ]
    unmade = [one.name.split(".")[0] for one in translating.TEXTS.glob(f"*.{language}.po")]  # in `tmp_path`, that is
    assert not [one for one in links(Lesson(made)) if not any(f"to {name}" in one.what for name in unmade)]
    assert len(texts) - len(behind) >= len(texts) / 2  # else it is no translation any more

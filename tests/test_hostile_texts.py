"""Names of files and classes, and texts from tables, are text wherever they are shown: no tag, attribute or code."""

import csv
import re
import sys
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest
from cleaning_corpus import good, packed, write
from hostile_texts import TEXTS
from markdown_it import MarkdownIt
from PIL import Image

from helpers import cleaning, figures, model_card, models, page, site, site_explorer
from helpers.cleaning import review_widget
from helpers.exercises.base import TRY_AGAIN, Verdict
from helpers.widgets import pages

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
unix = pytest.mark.skipif(sys.platform == "win32", reason="such names of files are not possible there")


class Structure(HTMLParser):
    """The tags of a page with the names of their attributes, in order; what stands between them is text."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, *(name for name, _ in attributes)))

    def handle_endtag(self, tag):
        self.found.append(f"/{tag}")

    def handle_comment(self, text):
        self.found.append("a comment")

    handle_decl = unknown_decl = handle_pi = handle_comment


def structure(html):
    return Structure(html).found


def pets(folder, names):
    """A grey picture of each name, dogs and cats in turns."""
    for number, name in enumerate(names):
        write(folder / ("cats", "dogs")[number % 2] / f"{name}.jpg", packed(good(number).convert("L")))
    return folder


HARMLESS = [f"name {number:02}" for number in range(len(TEXTS))]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """(folder, report) of pictures with hostile names, and of as many with others."""
    folders = [pets(tmp_path_factory.mktemp("pets"), names) for names in (TEXTS, HARMLESS)]
    return [(folder, cleaning.scan(folder)) for folder in folders]


@unix
def test_on_the_page_of_a_scan(scanned, tmp_path):
    found = []
    for folder, report in scanned:
        cleaning.write_page(report, folder, tmp_path / f"{len(found)}.html")
        found.append(structure((tmp_path / f"{len(found)}.html").read_text(encoding="utf-8")))
        assert found[-1].count(("img", "src", "alt")) == len(report) >= len(TEXTS)
    assert set(found[0]) == set(found[1])  # there are more of them: some names are a fault, too


@unix
def test_in_the_widget_that_reviews_doubtful_pictures(scanned, tmp_path):
    found = []
    for folder, report in scanned:
        doubted = [
            replace(one, fault="copy across classes", detail=f"copy of {one.path}")
            for one in report
            if one.fault == "grey"
        ]
        state = cleaning.review(doubted, folder, tmp_path / f"{len(found)}.csv")
        found.append([])
        for _ in state.findings:
            state.move(1)
            parts = review_widget.up(state, lambda *_: b""), review_widget.about(state)
            found[-1] += map(structure, (*parts, review_widget.around(state, lambda *_: b"")))
    assert len(found[0]) == 3 * len(TEXTS) and found[0] == found[1]


@unix
def test_in_the_report_as_a_table(scanned, tmp_path):
    [(_, report), _] = scanned
    report.to_csv(tmp_path / "report.csv")
    for delimiter in ",;\t|":  # some countries' spreadsheets part cells by another
        with open(tmp_path / "report.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file, delimiter=delimiter))
        assert not any(cell.lstrip().startswith(tuple("=+-@")) for row in rows for cell in row)
        assert delimiter != "," or (len(rows) == len(report) + 1 and {len(row) for row in rows} == {4})


@pytest.mark.parametrize("text", TEXTS)
def test_wherever_a_text_is_shown(text, monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "display", lambda data, **_: shown.append(data))
    png = figures._png(figures.plt.figure(figsize=(1, 1)))

    def all_of(words):
        figures.show_png(png, f"Of {words}.", words, "python x")
        picture, caption = shown[-2]["text/html"], shown[-1].data
        yield picture
        for made in (MARKDOWN.render(caption), site.plain(caption.strip("*"))):
            assert unescape(re.sub(r"<[^>]+>", "", made)).split() == f"Of {words}. Made by python x.".split()
            yield made.replace("<span>", "").replace("</span>", "")
        picture = np.zeros((2, 2, 3), "uint8")
        yield pages.captioned(pages.image(picture, words, 20), words)
        yield Verdict(TRY_AGAIN, words.replace("`", ""))._repr_html_().replace("<br>", "")

    for hostile, harmless in zip(all_of(text), all_of("a name"), strict=True):
        assert structure(hostile) == structure(harmless)


@pytest.fixture(scope="module")
def model():
    return models.compact((24, 24), (8, 16))


@pytest.mark.parametrize("text", TEXTS)
def test_as_the_name_of_a_class_on_the_page_that_answers_and_on_the_one_that_explores(text, model, tmp_path):
    (tmp_path / "_static" / "figures").mkdir(parents=True)

    def all_of(name):
        right = SimpleNamespace(
            right=np.array([True, False]), labels=np.array([0, 1]), names=["cats", name], newness=str
        )
        yield page.document(["cats", name], model, right)
        kept = {"pictures": [{"name": name, "called": name, "png": ""}], "layers": [{"name": name, "maps": []}]}
        yield site_explorer.explorer(kept, "one", tmp_path)

    for hostile, harmless in zip(all_of(text), all_of("dogs"), strict=True):
        assert structure(hostile) == structure(harmless)


def test_a_name_that_looks_like_a_formula_stays_a_name_on_a_card():
    assert model_card.plain(r"a_$x$ \(y\)") == r"a\_<span>\$</span>x<span>\$</span> <span>\\</span>(y<span>\\</span>)"
    assert MARKDOWN.render(model_card.plain("$x$")) == "<p><span>$</span>x<span>$</span></p>\n"


@pytest.mark.parametrize("text", TEXTS)
def test_on_the_card_of_a_model(text, model, tmp_path):
    """As the name of a class, of a set, of a column and of a kind."""

    def card(name):
        right = np.ones(4, bool)
        groups = {("class", name): right, (name, name): right}
        measured = SimpleNamespace(right=right, groups=groups, newness=str)
        set_of = SimpleNamespace(class_names=["cats", name], about=f"Pictures of {name}.", train=sky, validation=sky)
        return model_card.card(model, ["cats", name], ["model.keras"], set_of, measured, [])

    sky = tmp_path / "sky"
    for name in ("cats", "dogs"):
        (sky / name).mkdir(parents=True)
        Image.new("RGB", (20, 20)).save(sky / name / "a.png")
    hostile, harmless = card(text).replace("<span>", "").replace("</span>", ""), card("dogs")
    assert structure(MARKDOWN.render(hostile)) == structure(MARKDOWN.render(harmless))
    [code] = re.findall(r"```python\n(.*?)```", hostile, re.S)
    assert [line.partition("  # ")[0] for line in code.splitlines()] == [
        line.partition("  # ")[0] for line in re.findall(r"```python\n(.*?)```", harmless, re.S)[0].splitlines()
    ]
    compile(code, "card", "exec")
    shown = unescape(re.sub(r"<[^>]+>", "", MARKDOWN.render(hostile)))
    assert shown.count(" ".join(text.split())) == 8  # nothing of it is lost either

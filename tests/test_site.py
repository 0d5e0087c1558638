"""The site: a front page, a page a lesson, pages that help, whole links, figures with words, nothing from elsewhere."""

import base64
import hashlib
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from helpers import site, site_explorer, site_finish
from helpers.cli import main
from helpers.errors import InputError
from helpers.lessons import code_cells, names, read


def figure(shade, alt, caption):
    """The two outputs that `figures.show` leaves under a cell."""
    packed = io.BytesIO()
    Image.new("RGB", (60, 40), (shade, 0, 0)).save(packed, "PNG")
    about = {"alt": alt, "width": 60, "height": 40}
    picture = {"image/png": base64.b64encode(packed.getvalue()).decode(), "text/plain": alt}
    return [
        new_output("display_data", picture, metadata={"image/png": about}),
        new_output("display_data", {"text/markdown": f"*{caption}*"}),
    ]


def explorer():
    """What `widgets.explorer` keeps: a picture of a hostile name, and one layer of two channels."""

    def png(*size):
        packed = io.BytesIO()
        Image.new("RGB", size, (0, 0, 200)).save(packed, "PNG")
        return base64.b64encode(packed.getvalue()).decode()

    maps = {"height": 3, "width": 4, "columns": 2, "map": png(8, 3), "heat": png(8, 3)}
    maps |= {"low": ["0", "-1"], "high": ["2.5", "1"], "zeros": ["50%", "0%"], "dead": []}
    about = {"name": "1 · </script><b>", "called": "called <i>dogs</i> (98%)", "png": png(9, 7)}
    kept = {"pictures": [about], "layers": [{"name": "block/conv", "maps": [maps]}]}
    view = {"model_id": "2"}
    return new_output("display_data", {"application/vnd.jupyter.widget-view+json": view, site_explorer.KIND: kept})


def lesson(title, *cells):
    first = "In **one [sentence](glossary.md#kernel)** with `code` & a <tag>."
    opening = f"# {title}\n\n{first}\n\n## A part\n\nBack to [one](01_one.ipynb)."
    return new_notebook(cells=[new_markdown_cell(opening), *cells], metadata={"language_info": {"name": "python"}})


def help_pages(folder):
    """Small ones of the same names as the project's: one links to a part of a lesson as on GitHub, one shows a picture
    from another folder."""
    folder.mkdir()
    (folder.parent / "results").mkdir()
    Image.new("RGB", (60, 40), "red").save(folder.parent / "results" / "a_red.png")
    (folder / "start.md").write_text("# Where to begin\n\n[A part](../../notebooks/01_one.ipynb#a-part).\n")
    shown = "![A red square](../results/a_red.png)"
    (folder / "peers.md").write_text(
        f"# Beside others\n\n{shown} [Elsewhere][there]\n\n[there]: https://example.org/\n"
    )
    (folder / "glossary.md").write_text("# Glossary\n\n## Kernel\n\nA table.\n")
    (folder / "wrong.md").write_text(
        "# When it goes wrong\n\n```text\nInput is empty.\n```\n\n[Kernel](glossary.md#kernel)\n"
    )
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a site of two lessons."""
    place = tmp_path_factory.mktemp("site")
    (place / "lessons").mkdir()
    (place / "notebooks").mkdir()
    bar = new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}})
    first = lesson(
        "1 · The first",
        new_code_cell("SEED = 5", metadata={"tags": ["injected-parameters"]}),
        new_code_cell("plain()", outputs=[bar, *figure(50, "a dark square", "Dark.")]),
        new_code_cell("best()", metadata={"tags": ["cover"]}, outputs=figure(250, 'a "red" square', "Red, 5 < 6.")),
    )
    printed = new_output("stream", text="6\n")
    second = lesson("2 · The second", new_code_cell("print(6)", outputs=[explorer(), printed]))
    nbformat.write(first, place / "lessons" / "01_one.ipynb")
    nbformat.write(second, place / "lessons" / "02_two.ipynb")
    for name in ("01_one", "02_two"):  # as they are committed; what was run just now goes before
        nbformat.write(lesson("An older one", new_code_cell("1")), place / "notebooks" / f"{name}.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "NOTEBOOKS", place / "notebooks")
        patch.setattr(site, "PAGES", help_pages(place / "pages"))
        site.build(place / "lessons", place / "made")
    return place / "made"


class Elements(HTMLParser):
    """Every element of a page: (tag, attributes); and its text."""

    def __init__(self, file):
        super().__init__()
        self.all, self.text = [], ""
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.all.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def of(self, tag):
        return [attributes for name, attributes in self.all if name == tag]


def pages(folder):
    return sorted(folder.glob("*.html"))


def test_there_is_a_page_for_each_lesson_and_each_page_that_helps(made):
    lessons, helping = ["01_one", "02_two"], ["glossary", "peers", "start", "wrong"]
    assert [page.stem for page in pages(made)] == sorted([*lessons, *helping, "index", "search"])


def test_every_link_and_picture_leads_somewhere(made):
    marks = {page.name: {a["id"] for _, a in Elements(page).all if "id" in a} for page in pages(made)}
    for page in pages(made):
        elements = Elements(page)
        links = [a["href"] for a in elements.of("a") if a.get("href")] + [i["src"] for i in elements.of("img")]
        links += [link["href"] for link in elements.of("link") if "href" in link]
        links += [script["src"] for script in elements.of("script") if "src" in script]
        for link in links:
            parts = urlsplit(link)
            if not parts.scheme and parts.fragment:
                assert unquote(parts.fragment) in marks[parts.path or page.name], f"{page.name}: {link}"
            if parts.scheme or not parts.path:
                continue
            assert (page.parent / unquote(parts.path)).is_file(), f"{page.name}: {link}"


def test_a_page_shows_pictures_from_elsewhere_in_the_project(made):
    (picture,) = [one for one in Elements(made / "peers.html").of("img") if one["alt"] == "A red square"]
    with Image.open(made / picture["src"]) as shown:
        assert shown.getpixel((0, 0)) == (255, 0, 0)


def test_scripts_and_styles_come_from_the_site_itself(made):
    for page in pages(made):
        elements = Elements(page)
        used = [s.get("src", "") for s in elements.of("script")] + [i["src"] for i in elements.of("img")]
        used += [one["href"] for one in elements.of("link") if one.get("rel") in ("stylesheet", "preload", "icon")]
        assert used
        assert not [address for address in used if "//" in address]
    styles = "".join(file.read_text(encoding="utf-8") for file in made.rglob("*.css"))
    assert "@import" not in styles
    assert "url(http" not in styles.replace('"', "").replace("'", "")


def test_the_front_page_shows_each_lesson_with_its_cover(made):
    front = Elements(made / "index.html")
    cards = [a["href"] for a in front.of("a") if a.get("class") == "lesson"]
    assert cards == ["01_one.html", "02_two.html"]
    (picture,) = front.of("img")  # the second lesson has none, and leaves no gap
    assert picture["alt"] == 'a "red" square'
    assert Image.open(made / picture["src"]).convert("RGB").getpixel((5, 5))[0] == 250
    assert "In one sentence with code & a <tag>." in front.text


def test_figures_have_alt_text_size_and_caption(made):
    page = made / "01_one.html"
    shown = [i for i in Elements(page).of("img") if "figures" in i["src"]]
    assert [i["alt"] for i in shown] == ["a dark square", 'a "red" square']
    assert all((i["width"], i["height"]) == ("60", "40") for i in shown)
    words = page.read_text(encoding="utf-8")
    assert "<figcaption>Dark.</figcaption></figure>" in words
    assert "<figcaption>Red, 5 &lt; 6.</figcaption></figure>" in words


def test_every_figure_of_the_lessons_has_alt_text_and_a_caption(tmp_path):
    (tmp_path / "_static" / "figures").mkdir(parents=True)
    for name in names():
        cells = code_cells(read(name))
        shown = [output for cell in cells for output in site.figures_as_html(cell.outputs, "figure", tmp_path)]
        figures = [one["data"]["text/html"] for one in shown if "<figure>" in one.get("data", {}).get("text/html", "")]
        pictures = [one for cell in cells for one in cell.outputs if "image/png" in one.get("data", {})]
        assert len(figures) == len(pictures) >= 1
        for one in figures:
            assert re.search(r'alt="[^"]{15,}"', one), f"{name}: {one[:200]}"
            assert re.search("<figcaption>.+</figcaption>", one), f"{name}: {one[:200]}"


def test_outputs_are_shown_and_bars_and_injected_values_are_not(made):
    assert "6\n" in Elements(made / "02_two.html").text
    first = Elements(made / "01_one.html").text
    assert "plain()" in first
    assert "SEED = 5" not in first
    assert "model_id" not in first


def test_an_explorer_can_be_used_without_a_kernel(made):
    page = Elements(made / "02_two.html")
    (form,) = [form for form in page.of("form") if form.get("class") == "explorer"]
    assert "hidden" in form  # until a script shows it
    choices = [(one["name"], one["value"], "checked" in one) for one in page.of("input") if one.get("type") == "radio"]
    assert choices == [("picture", "0", True), ("layer", "0", True)]
    assert "1 · </script><b>" in page.text and "block/conv" in page.text
    assert len(page.of("canvas")) == 3
    (data,) = re.findall('<script type="application/json">(.*?)</script>', (made / "02_two.html").read_text("utf-8"))
    kept = json.loads(data)
    assert kept["pictures"][0]["called"] == "called <i>dogs</i> (98%)"
    one = kept["layers"][0]["maps"][0]
    sizes = [Image.open(made / file).size for file in (kept["pictures"][0]["png"], one["map"], one["heat"])]
    assert sizes == [(9, 7), (8, 3), (8, 3)]
    assert [script["src"] for script in page.of("script") if "explorer" in script.get("src", "")]
    assert not [script for script in Elements(made / "01_one.html").of("script") if "explorer" in str(script)]


def test_pages_lead_on_and_back_and_have_contents(made):
    second = Elements(made / "02_two.html").of("a")
    assert ["prev-page", "01_one.html"] in [[a.get("class"), a.get("href")] for a in second]
    assert "#a-part" in [a.get("href") for a in second]
    first = Elements(made / "01_one.html").of("a")
    assert ["next-page", "02_two.html"] in [[a.get("class"), a.get("href")] for a in first]


def in_the_text(page):
    """Where the links of the text of a page lead, without those of the theme around it."""
    article = re.search("<article.*</article>", page.read_text(encoding="utf-8"), re.S)[0]
    return re.findall(r'<a class="reference internal" href="([^"]+)"', article)


def test_the_pages_that_help_are_reached_from_the_front_page_and_from_each_lesson(made):
    assert in_the_text(made / "index.html") == ["start.html", "glossary.html", "wrong.html"]
    for lesson in ("01_one.html", "02_two.html"):
        assert {"glossary.html", "wrong.html"} <= set(in_the_text(made / lesson))
        around = [a.get("href") for a in Elements(made / lesson).of("a")]
        assert {"start.html", "glossary.html", "wrong.html"} <= set(around)
    assert in_the_text(made / "start.html") == ["01_one.html#a-part"]


def test_a_page_loads_nothing_from_elsewhere_by_its_own_rules(made):
    for page in pages(made):
        words = page.read_text(encoding="utf-8")
        (rules,) = re.findall('<meta http-equiv="Content-Security-Policy" content="([^"]+)">', words)
        assert words.index("Content-Security-Policy") < min(words.index("<script"), words.index("<link"))
        rules = dict(rule.strip().split(" ", 1) for rule in rules.split(";"))
        assert rules["default-src"] == "'none'"
        assert not re.search(r"https?:|\*|unsafe", rules["script-src"] + rules["connect-src"] + rules["img-src"])
        scripts = re.findall(r"<script([^>]*)>(.*?)</script>", words, re.S)
        inline = [
            text for of, text in scripts if not re.search('src=|type="application/json"', of)
        ]  # data does not run
        assert inline  # the theme's
        for script in inline:
            own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{own}'" in rules["script-src"]
        assert not [name for _, attributes in Elements(page).all for name in attributes if name.startswith("on")]


def test_the_rules_find_their_place_in_pages_of_older_themes_and_miss_it_aloud():
    assert '<meta charset="utf-8"/><meta http-equiv="Content-' in site_finish.finish(
        '<head><meta charset="utf-8"/></head>'
    )
    with pytest.raises(InputError, match="lack the place for the policy"):
        site_finish.finish("<html><head><meta charset=utf-16></head></html>")


def test_the_parts_of_a_page_have_names_and_it_has_one_heading(made):
    for page in pages(made):
        elements = Elements(page)
        assert len(elements.of("h1")) == 1, page.name
        aside = [a.get("aria-label") for a in elements.of("aside")]
        assert all(aside) and len(set(aside)) == len(aside), page.name
        assert not [a for _, a in elements.all if a.get("role") == "heading" and "aria-level" not in a]


def test_light_and_dark_follow_the_reader(made):
    words = (made / "index.html").read_text(encoding="utf-8")
    assert "theme-toggle" in words
    assert "prefers-color-scheme" in "".join(file.read_text(encoding="utf-8") for file in made.rglob("furo.css"))


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "NOTEBOOKS", tmp_path / "none")
    monkeypatch.setattr(site, "PAGES", help_pages(tmp_path / "pages"))
    (tmp_path / "lessons").mkdir()
    nbformat.write(lesson("1 · One"), tmp_path / "lessons" / "01_one.ipynb")
    return tmp_path / "lessons"


def test_a_link_that_leads_nowhere_is_named_and_the_old_site_stays(lessons, tmp_path):
    site.build(lessons, tmp_path / "site")
    before = (tmp_path / "site" / "index.html").read_bytes()
    nbformat.write(lesson("1 · One", new_markdown_cell("[gone](07_gone.ipynb)")), lessons / "01_one.ipynb")
    with pytest.raises(InputError, match=r"could not be made: .*07_gone\.ipynb"):
        site.build(lessons, tmp_path / "site")
    nbformat.write(lesson("1 · One", new_markdown_cell("[gone](glossary.md#gone)")), lessons / "01_one.ipynb")
    with pytest.raises(InputError, match=r"could not be made: .*gone"):
        site.build(lessons, tmp_path / "site")
    assert (tmp_path / "site" / "index.html").read_bytes() == before


def test_a_lesson_that_cannot_be_read_is_named(lessons, tmp_path):
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "02_two.ipynb").write_text("<<<<<<< HEAD")
    with pytest.raises(InputError, match="02_two.ipynb: is no notebook that can be read"):
        site.build(lessons, tmp_path / "site")


def test_a_folder_of_somebody_else_is_not_replaced(lessons, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("my own pages")
    with pytest.raises(InputError, match="site: is something else than a site of the lessons"):
        site.build(lessons, tmp_path / "site")
    assert (tmp_path / "site" / "index.html").read_text() == "my own pages"
    with pytest.raises(InputError, match="index.html: is something else than a site of the lessons"):
        site.build(lessons, tmp_path / "site" / "index.html")


def test_without_executed_lessons_it_says_what_to_run_first(tmp_path, monkeypatch, capsys):
    from helpers import lessons

    monkeypatch.setattr(lessons, "BUILD", Path(tmp_path))
    assert main(["site"]) == 2
    assert "holds no executed lessons; run `labs run` first" in capsys.readouterr().err

"""Where to begin, and the glossary: each link leads to a part of a lesson, and what is said of it is true."""

import importlib.util
import re

import pytest
import test_readme

from helpers import lessons

PAGES = lessons.PROJECT / "docs" / "pages"
GLOSSARY = lessons.NOTEBOOKS / "glossary.md"
ALL = [*sorted(PAGES.glob("*.md")), GLOSSARY]
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
LESSON = re.compile(r"\]\((\w+)\.ipynb(?:#([^)]+))?\)(?: \(there: \*(.+?)\*\))?")


def slug(heading):
    """The name that GitHub and the site give to a heading: "## 3. Layers distil" -> "3-layers-distil"."""
    text = re.sub(r"[`*]", "", heading.lstrip("#").strip().lower())
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def parts(lesson):
    """{name of a heading: the words below it, up to the next heading, with what its cells print} of a lesson."""
    found, name = {}, ""
    for cell in lessons.read(lesson).cells:
        printed = [output.get("text", "") for output in cell.get("outputs", [])]
        text = "\n".join([cell.source, *printed])
        for piece in re.split(r"^(?=#+ )", text, flags=re.M) if cell.cell_type == "markdown" else [text]:
            if cell.cell_type == "markdown" and piece.startswith("#"):
                name = slug(piece.splitlines()[0])
            found[name] = found.get(name, "") + piece + "\n"
    return found


def opening(lesson):
    return lessons.read(lesson).cells[0].source


PARTS = {lesson: parts(lesson) for lesson in lessons.names()}
# A lesson just begun has no such question yet; one that has it is on the way that the start page shows.
ON_THE_WAY = [lesson for lesson in PARTS if "**Before you start**, a question" in opening(lesson)]


def terms():
    """{term: what stands below it} of the glossary, in its order."""
    pieces = re.split(r"^## ", GLOSSARY.read_text(encoding="utf-8"), flags=re.M)[1:]
    return {piece.split("\n", 1)[0]: piece.split("\n", 1)[1].strip() for piece in pieces}


def test_the_glossary_is_in_order_and_has_the_words_of_the_lessons():
    names = list(terms())
    assert names == sorted(names, key=str.lower)
    asked = """Convolution, Kernel, Channel, Pooling, Epoch, Batch, Loss, Sigmoid, Logit, Binary cross-entropy,
    Overfitting, Validation, Augmentation, Dropout, Early stopping, Seed, Interval, Grad-CAM, Receptive field,
    Leakage, Near copy, EXIF orientation, Label, Class, Weights"""
    assert {one.lower() for one in re.split(r",\s+", asked)} <= set(map(str.lower, names))


def test_headings_of_the_glossary_have_one_name_on_github_on_the_site_and_in_jupyterlab():
    """JupyterLab keeps capitals in the name of a heading, the others do not; only what is written so anyway has any."""
    capitals = [name for name in terms() if name != name.lower()]
    assert capitals == ["CMYK", "EXIF orientation", "Grad-CAM", "ReLU"]


@pytest.mark.parametrize(("lesson", "least"), [("01_cleaning", 7), ("03_training", 12)])
def test_a_lesson_links_its_key_terms_to_the_glossary_once(lesson, least):
    text = "\n".join(cell.source for cell in lessons.read(lesson).cells if cell.cell_type == "markdown")
    linked = [link.partition("#") for _, link in LINK.findall(text) if link.startswith("glossary.md")]
    assert {part for _, _, part in linked} <= {slug(name) for name in terms()}
    assert len({part for _, _, part in linked}) == len(linked) >= least


@pytest.mark.parametrize("term", terms())
def test_a_term_stands_in_the_part_of_the_lesson_that_it_leads_to(term):
    said, where = terms()[term].split("\n\n")
    assert 1 <= len(re.findall(r"[.!?](?= |$)", said)) <= 4, said
    (found,) = LESSON.finditer(where)
    lesson, part, called = found.groups()
    assert part in PARTS[lesson], f"{lesson} has no part {part}"
    words = r"\s+".join(re.escape(word) for word in (called or term).split())
    assert re.search(rf"\b{words}", PARTS[lesson][part], re.I), f"{called or term!r} is not in {lesson}#{part}"


@pytest.mark.parametrize(
    ("term", "explained"),
    [("epoch", "once through all training pictures|all training pictures once"),
     ("seed", "all chance in them begins with|sets the first weights"),
     ("validation", "never trained on")],
)  # fmt: skip
def test_a_term_that_several_lessons_explain_leads_to_the_first(term, explained):
    first = next((lesson, name) for lesson, found in PARTS.items() for name, text in found.items()
                 if f"glossary.md#{term}" in text and re.search(explained, text))  # fmt: skip
    assert LESSON.search(terms()[term]).groups()[:2] == first


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page):
    for _, link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, part = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        if part and target.suffix == ".ipynb":
            assert part in PARTS[target.stem], link
        elif part:
            assert part in map(slug, re.findall(r"^#+ .*$", target.read_text(encoding="utf-8"), re.M)), link


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.name)
def test_what_a_page_tells_to_type_is_understood(page, tmp_path):
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)  # messages are no commands
    (tmp_path / page.name).write_text(text, encoding="utf-8")
    test_readme.test_every_make_target_exists(tmp_path / page.name)
    test_readme.test_every_labs_command_is_understood(tmp_path / page.name)


def test_the_start_page_names_each_lesson_with_the_time_that_it_says_itself():
    start = (PAGES / "start.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|.*\((?:\S*/)(\w+)\.ipynb\).*\| (.+) \|$", start, re.M)
    assert {lesson for lesson, _ in rows} == set(ON_THE_WAY)
    assert len(ON_THE_WAY) >= 4
    for lesson, takes in rows:
        (time,) = re.findall(r"^\*\*Time:\*\* (.+)$", "\n".join(PARTS[lesson].values()), re.M)
        assert time.endswith(f", {takes} to read and try."), f"{lesson}: the start page says {takes}, the lesson {time}"


def test_the_start_page_names_knobs_that_the_lessons_have():
    start = (PAGES / "start.md").read_text(encoding="utf-8")
    knobs = {lesson: set(lessons.parameters_of(lessons.read(lesson))) for lesson in ON_THE_WAY}
    assert {"IMAGES", "EPOCHS"} <= set(re.findall(r"`([A-Z]+) = [0-9]", start))
    assert all({"IMAGES", "EPOCHS"} <= have for have in knobs.values())
    [takes] = re.findall(r"`DATASET = [^`]+` in lesson ([^;]+);", start)
    assert [int(lesson[:2]) for lesson in knobs if "DATASET" in knobs[lesson]] == [
        int(number) for number in re.findall(r"\d", takes)
    ]


def test_a_reader_comes_from_the_readme_to_each_page():
    readme = (lessons.PROJECT / "README.md").read_text(encoding="utf-8")
    for page in ALL:
        assert f"]({page.relative_to(lessons.PROJECT).as_posix()})" in readme


@pytest.mark.parametrize("lesson", ON_THE_WAY)
def test_a_lesson_opens_with_what_it_gives_its_time_and_a_question_from_the_one_before(lesson):
    for wanted in ("**You will be able to**\n\n- ", "\n**Time:** "):
        assert wanted in opening(lesson)
    if before := ON_THE_WAY.index(lesson):
        name = ON_THE_WAY[before - 1]
        assert f"a question from [lesson {int(name[:2])}]({name}.ipynb): " in opening(lesson)


def test_the_tables_of_many_workers_are_those_of_their_script_each_once():
    place = lessons.PROJECT / "benchmarks" / "many_workers_cost.py"
    about = importlib.util.spec_from_file_location("many_workers_cost", place)
    script = importlib.util.module_from_spec(about)
    about.loader.exec_module(script)
    text = (PAGES / "many_workers.md").read_text(encoding="utf-8")
    given = {name: value for name, (value, _) in script.ASSUMED.items()}
    for name, table in (
        ("measured", script.speeds()),
        ("assumed", script.assumptions(given)),
        ("cost", script.costs(given)),
    ):
        opening = f"<!-- {name}: made by benchmarks/many_workers_cost.py -->\n"
        assert text.count(opening) == 1 and f"{opening}{table}<!-- end -->" in text
        assert text.count(table) == 1

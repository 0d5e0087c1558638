"""What a person decides comes back as it was written, and goes before the rules."""

import csv
import re
import unicodedata

import pytest
from cleaning_corpus import good, packed, write
from hypothesis import given, settings
from hypothesis import strategies as some

from helpers import cleaning
from helpers.errors import InputError
from helpers.names import from_cell, to_cell

PIECES = ("\\", "udcff", "\udcff", *"'=+-@\n\r\t,;\" \u2028\x0b🐈a")
names = some.one_of(
    some.text(some.characters(exclude_characters="\0"), min_size=1),
    some.lists(some.sampled_from(PIECES), min_size=1).map("".join),
)
choices = some.sampled_from(("keep", "drop", "cats", "Hunde, große"))
settings.register_profile("quiet", database=None, deadline=None, derandomize=True)  # the same in each run
settings.load_profile("quiet")


@given(decisions=some.dictionaries(names, choices))
def test_any_names_come_back(tmp_path_factory, decisions):
    path = tmp_path_factory.mktemp("csv") / "decisions.csv"
    cleaning.write_decisions(decisions, path)
    assert cleaning.read_decisions(path) == decisions


@given(text=names)
def test_a_cell_is_no_formula_and_gives_the_text_back(text):
    cell = to_cell(text)
    assert from_cell(cell) == text
    assert cell[0] not in "=+-@\t\r"
    cell.encode()  # can be written in UTF-8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "first row must be path,decision"),
        ("name,what\na.jpg,keep\n", "first row must be path,decision"),
        ("path,decision\na.jpg\n", "row 2"),
        ("path,decision\na.jpg,keep\nb.jpg,\n", "row 3"),
        ("path,decision\na.jpg,keep\na.jpg,drop\n", "row 3 decides otherwise"),
        ("path,decision\ncaf\xe9.jpg,keep\n", "UTF-8"),
        ("path,decision\n" + 150_000 * "a" + ",keep\n", "is not a CSV that can be read"),
    ],
)
def test_a_file_that_is_wrong_is_answered_in_a_sentence(tmp_path, text, words):
    (tmp_path / "decisions.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=words):
        cleaning.read_decisions(tmp_path / "decisions.csv")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffpath;decision\r\na, b.jpg;keep\r\n\r\n'=c.jpg;drop\r\n",
        '"path";"decision"\n"a, b.jpg";"Keep"\n"\'=c.jpg";"DROP"\n',
        "Path\tDecision\na, b.jpg\tkeep\n'=c.jpg\tdrop\n",
        'path, decision,,\n"a, b.jpg", keep,,\n\'=c.jpg, drop,,\n',
    ],
)
def test_a_file_that_comes_back_from_a_spreadsheet_is_read(tmp_path, text):
    path = tmp_path / "decisions.csv"
    path.write_bytes(text.encode())
    assert cleaning.read_decisions(path) == {"a, b.jpg": "keep", "=c.jpg": "drop"}


@pytest.fixture
def pets(tmp_path):
    """Good pictures, one of them in both classes, and one that is nearly black."""
    folder = tmp_path / "pets"
    for number in range(6):
        write(folder / ("cats", "dogs")[number % 2] / f"{number}.jpg", packed(good(number)))
    for path in ("cats/twice.jpg", "dogs/twice.jpg"):
        write(folder / path, packed(good(9)))
    write(folder / "cats" / "tiny.jpg", packed(good(10).resize((12, 12))))
    write(folder / "cats" / "cut.jpg", packed(good(11))[:900])
    return folder


def copied(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_is_said_to_be_done_is_what_was_decided(pets, tmp_path):
    write(pets / "cats" / "small.jpg", packed(good(12).resize((12, 12))))
    report = cleaning.clean(pets, tmp_path / "clean", {"cats/tiny.jpg": "keep", "cats/twice.jpg": "drop"})
    said = report.summary()
    for action in ("leave out", "keep"):
        assert re.search(rf"^ +1  tiny +{action} ", said, re.M), said
    assert "decide" not in said
    cleaning.write_page(report, pets, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    rows = re.findall(r'href="#tiny">tiny</a></td><td>(\d)</td><td>([\w ]+)</td>', page)
    assert rows == [("1", "leave out"), ("1", "keep")]
    assert "What is done: leave out (1), keep (1).</p>" in page and "decide" not in page


def test_without_decisions_what_stands_in_two_classes_waits(pets, tmp_path):
    report = cleaning.clean(pets, tmp_path / "clean")
    assert report.needs_a_person()
    assert copied(tmp_path / "clean") == [f"{('cats', 'dogs')[n % 2]}/{n}.jpg" for n in (0, 2, 4, 1, 3, 5)]


def test_decisions_go_before_the_rules(pets, tmp_path):
    decisions = {"cats/twice.jpg": "drop", "dogs/3.jpg": "CATS", "cats/tiny.jpg": "keep", "cats/0.jpg": "drop"}
    report = cleaning.clean(pets, tmp_path / "clean", decisions)
    assert not report.needs_a_person()
    assert copied(tmp_path / "clean") == [
        *("cats/2.jpg", "cats/3.jpg", "cats/4.jpg", "cats/tiny.jpg"),
        *("dogs/1.jpg", "dogs/5.jpg", "dogs/twice.jpg"),
    ]


@pytest.mark.parametrize(("here", "there"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_decision_from_a_system_that_stores_accents_otherwise_is_followed(tmp_path, here, there):
    name = {form: unicodedata.normalize(form, "café.jpg") for form in (here, there)}
    for label in ("cats", "dogs"):
        write(tmp_path / "pets" / label / name[here], packed(good(ord(label[0]))))
    cleaning.clean(tmp_path / "pets", tmp_path / "clean", {f"cats/{name[there]}": "drop"})
    assert [path.parent.name for path in (tmp_path / "clean").rglob("*.jpg")] == ["dogs"]


def test_two_decisions_by_names_of_one_picture_are_refused(tmp_path):
    for label in ("cats", "dogs"):
        write(tmp_path / "pets" / label / "caf\u00e9.jpg", packed(good(ord(label[0]))))
    decisions = {"cats/caf\u00e9.jpg": "keep", "cats/cafe\u0301.jpg": "drop"}
    with pytest.raises(InputError, match="decided in two ways"):
        cleaning.clean(tmp_path / "pets", tmp_path / "clean", decisions)


def test_moved_into_one_class_one_of_two_copies_stays(pets, tmp_path):
    cleaning.clean(pets, tmp_path / "clean", {"cats/twice.jpg": "dogs"})
    assert [name for name in copied(tmp_path / "clean") if "twice" in name] == ["dogs/twice.jpg"]


def test_moved_the_other_way_one_of_two_copies_stays_too(pets, tmp_path):
    report = cleaning.clean(pets, tmp_path / "clean", {"dogs/twice.jpg": "cats"})
    assert [name for name in copied(tmp_path / "clean") if "twice" in name] == ["cats/twice.jpg"]
    assert [(one.path, one.action) for one in report if one.fault == "copy"] == [("dogs/twice.jpg", "leave out")]


@pytest.mark.parametrize("size", [(130, 100), (100, 77)], ids=["same bytes", "smaller"])
def test_moved_to_the_class_of_its_copy_in_training_a_picture_leaks_into_no_other_split(tmp_path, size):
    folder = tmp_path / "parted"
    for number, place in enumerate(("train/cats", "train/dogs", "validation/cats", "validation/dogs")):
        write(folder / place / "a.jpg", packed(good(20 + number)))
    write(folder / "train" / "cats" / "x.jpg", packed(good(9)))
    write(folder / "validation" / "dogs" / "x.jpg", packed(good(9).resize(size)))
    cleaning.clean(folder, tmp_path / "clean", {"validation/dogs/x.jpg": "cats"})
    assert [name for name in copied(tmp_path / "clean") if "x.jpg" in name] == ["train/cats/x.jpg"]


@pytest.mark.parametrize(
    ("decisions", "words"),
    [
        ({"cats/gone.jpg": "keep"}, "not in"),
        ({"cats/0.jpg": "birds"}, "no class here"),
        ({"cats/0.jpg": "../outside"}, "no class here"),
        ({"cats/cut.jpg": "keep"}, "truncated"),
    ],
)
def test_a_decision_that_cannot_be_followed_is_said(pets, tmp_path, decisions, words):
    with pytest.raises(InputError, match=words):
        cleaning.clean(pets, tmp_path / "clean", decisions)
    assert not (tmp_path / "clean").exists()


def test_each_choice_of_a_review_is_written_and_can_be_taken_back(pets, tmp_path):
    state = cleaning.reviewing.Review(cleaning.scan(pets), pets, tmp_path / "mine.csv")
    assert [one.path for one in state.findings] == ["cats/twice.jpg", "dogs/twice.jpg"]
    state.decide("drop")
    state.decide("dogs")
    assert cleaning.read_decisions(tmp_path / "mine.csv") == {"cats/twice.jpg": "drop", "dogs/twice.jpg": "dogs"}
    state.undo()
    assert cleaning.read_decisions(tmp_path / "mine.csv") == {"cats/twice.jpg": "drop"}
    assert state.findings[state.at].path == "dogs/twice.jpg"
    with pytest.raises(InputError, match="no decision"):
        state.decide("birds")
    assert not cleaning.clean(pets, tmp_path / "clean", state.decisions | {"dogs/twice.jpg": "keep"}).needs_a_person()


def test_what_is_edited_by_hand_during_a_review_stays(pets, tmp_path):
    mine = tmp_path / "mine.csv"
    state = cleaning.reviewing.Review(cleaning.scan(pets), pets, mine)
    state.decide("keep")
    cleaning.write_decisions({"cats/twice.jpg": "dogs", "cats/0.jpg": "drop"}, mine)
    state.decide("drop")
    by_hand = {"cats/twice.jpg": "dogs", "cats/0.jpg": "drop"}
    assert cleaning.read_decisions(mine) == by_hand | {"dogs/twice.jpg": "drop"}
    state.undo()
    assert cleaning.read_decisions(mine) == by_hand == state.decisions


def test_classes_named_like_buttons_can_be_chosen(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("helpers.figures.show_widget", shown.append)
    for number, path in enumerate(("back/a.jpg", "next/a.jpg", "back/b.jpg", "next/b.jpg")):
        write(tmp_path / "pets" / path, packed(good(number // 2)))
    state = cleaning.review(cleaning.scan(tmp_path / "pets"), tmp_path / "pets", tmp_path / "mine.csv")
    words, *rows, field = shown[-1].children[0].children[1].children
    {button.description: button for row in rows for button in row.children}["back (1)"].click()
    assert state.decisions == {"back/a.jpg": "back"}
    field.value = "2"
    assert state.decisions == {"back/a.jpg": "back", "back/b.jpg": "next"} and state.at == 2
    field.value = "b"
    assert state.at == 1


@pytest.mark.parametrize("name", ["keep", "Drop"])
def test_a_class_named_like_a_decision_is_said(pets, tmp_path, name):
    (pets / "dogs").rename(pets / name)
    report = cleaning.clean(pets, tmp_path / "clean")  # nothing is decided, so nothing can be mistaken
    with pytest.raises(InputError, match=f"class folder {name}.*rename"):
        cleaning.clean(pets, tmp_path / "other", {"cats/0.jpg": "drop"})
    with pytest.raises(InputError, match=f"class folder {name}.*rename"):
        cleaning.reviewing.Review(report, pets, tmp_path / "mine.csv")


def test_the_widget_decides_by_mouse_and_by_keyboard(pets, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("helpers.figures.show_widget", shown.append)
    state = cleaning.review(cleaning.scan(pets), pets, tmp_path / "mine.csv")
    (pictures, side), strip = shown[-1].children[0].children, shown[-1].children[1]
    words, *rows, field = side.children
    assert 'alt="cats/twice.jpg"' in pictures.value and 'alt="dogs/twice.jpg"' in pictures.value  # it and its twin
    assert "copy across classes" in words.value and strip.value.count("<img") == 2
    {button.description: button for row in rows for button in row.children}["drop (d)"].click()
    assert state.decisions == {"cats/twice.jpg": "drop"} and "dogs/twice.jpg" in words.value
    assert ">drop</div>" in strip.value
    field.value = "2"
    assert cleaning.read_decisions(tmp_path / "mine.csv") == {"cats/twice.jpg": "drop", "dogs/twice.jpg": "dogs"}
    assert "All are decided" in words.value
    field.value = "u"
    assert state.decisions == {"cats/twice.jpg": "drop"} and field.value == ""


def test_the_report_keeps_any_name(tmp_path):
    name = 'cats/=1+1,"\n\udcff.jpg'
    report = cleaning.Report([cleaning.Finding(name, "empty", "", "leave out")], 1)
    report.to_csv(tmp_path / "findings.csv")
    with open(tmp_path / "findings.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert from_cell(row["path"]) == name and row["fault"] == "empty"


@pytest.mark.parametrize("undecided", [{}, {"train/dogs/a.jpg": "cats"}], ids=["one is undecided", "all are decided"])
def test_of_copies_in_two_classes_that_come_together_none_leaks_into_another_split(tmp_path, undecided):
    folder = tmp_path / "parted"
    for number, place in enumerate(("train/cats", "train/dogs", "validation/cats", "validation/dogs")):
        write(folder / place / "other.jpg", packed(good(20 + number)))
    for path in ("train/dogs/a.jpg", "train/cats/bb.jpg", "validation/cats/ccc.jpg"):
        write(folder / path, packed(good(9)))
    decisions = {"train/cats/bb.jpg": "cats", "validation/cats/ccc.jpg": "cats"} | undecided
    report = cleaning.clean(folder, tmp_path / "clean", decisions)
    assert "validation/cats/ccc.jpg" not in copied(tmp_path / "clean")
    assert "copy across splits" in {one.fault for one in report if one.path == "validation/cats/ccc.jpg"}

"""How a tree of folders is read: which are classes, which are parts of a split; and that no trace is left."""

import os
import re
import sys

import pytest
from cleaning_corpus import good, packed, sixteen, write
from cleaning_promise import make_old, state

from helpers import cleaning, cli, datasets
from helpers.cleaning import walking
from helpers.cleaning.walking import walk
from helpers.errors import InputError
from helpers.names import portable


def planted(folder, *paths):
    """A folder of different good pictures at these paths."""
    for number, path in enumerate(paths):
        write(folder / path, packed(good(number)))
    return folder


def read_as(folder):
    """({(split, label)}, {path of a folder: what is said of it})."""
    places, rows = walk(folder)
    said = {path: detail for path, fault, detail in rows if fault in ("class or split", "same but for case")}
    return {(place.split, place.label) for place in places}, said


def test_a_class_named_by_a_space_stays_a_class(tmp_path):
    pets = planted(tmp_path / "pets", " /a.jpg", " /b.jpg", "cats/c.jpg")
    cleaning.clean(pets, tmp_path / "clean")
    found = {path.relative_to(tmp_path / "clean").as_posix() for path in (tmp_path / "clean").rglob("*.jpg")}
    assert found == {"class/a.jpg", "class/b.jpg", "cats/c.jpg"}


def test_class_folders_with_years_in_them_are_classes_and_it_is_said(tmp_path):
    years = planted(tmp_path / "pets", "cats/2020/1.jpg", "cats/2021/2.jpg", "dogs/2020/3.jpg", "dogs/2021/4.jpg")
    kinds, said = read_as(years)
    assert kinds == {("", "cats"), ("", "dogs")}
    assert sorted(said) == ["cats", "dogs"] and all("read as a class" in words for words in said.values())
    assert "2020" in said["cats"]
    report = cleaning.clean(years, tmp_path / "clean")
    assert "class or split" in report.summary() and not report.needs_a_person()
    assert sorted(os.listdir(tmp_path / "clean")) == ["cats", "dogs"]


@pytest.mark.parametrize(
    ("training", "other"),
    [("train", "validation"), ("Training", "VAL"), ("training_set", "test_set"), ("train2017", "val2017")],
)
def test_folders_named_as_parts_of_a_split_are_parts(tmp_path, training, other):
    paths = [f"{split}/{label}/1.jpg" for split in (training, other) for label in ("cats", "dogs")]
    kinds, said = read_as(planted(tmp_path, *paths))
    assert kinds == {(split, label) for split in (training, other) for label in ("cats", "dogs")} and not said


@pytest.mark.parametrize(("training", "other"), [("training_set", "a_test_set"), ("train2017", "test")])
def test_of_copies_in_two_parts_the_one_in_training_stays(tmp_path, training, other):
    planted(tmp_path, f"{training}/cats/long name.jpg", f"{training}/dogs/2.jpg", f"{other}/dogs/3.jpg")
    write(tmp_path / other / "cats" / "1.jpg", packed(good(0)))
    (leak,) = (one for one in cleaning.scan(tmp_path) if one.fault == "copy across splits")
    assert leak.path == f"{other}/cats/1.jpg"


GREY = {
    "grey": lambda picture: packed(picture.convert("L")),
    "grey and transparent": lambda picture: packed(picture.convert("LA"), "PNG"),
    "grey of 16 bits": lambda picture: sixteen(picture),
}


@pytest.mark.parametrize("made", GREY.values(), ids=GREY)
def test_of_near_copies_of_one_size_the_one_in_colour_stays(tmp_path, made):
    planted(tmp_path, "cats/a long name.jpg", "dogs/2.jpg")
    write(tmp_path / "cats" / "1.jpg", made(good(0)))
    (near,) = (one for one in cleaning.scan(tmp_path) if one.fault == "near copy")
    assert (near.path, near.detail) == ("cats/1.jpg", "of cats/a long name.jpg")


def test_class_folders_with_unlike_folders_in_them_are_nothing_to_speak_of(tmp_path):
    assert read_as(planted(tmp_path, "cats/siamese/1.jpg", "dogs/poodle/2.jpg")) == ({("", "cats"), ("", "dogs")}, {})


@pytest.mark.parametrize("more", [[], ["cats/2020/3.jpg", "dogs/2020/4.jpg"]])
def test_pictures_right_in_a_folder_make_it_a_class(tmp_path, more):
    assert read_as(planted(tmp_path, "cats/1.jpg", "dogs/2.jpg", *more)) == ({("", "cats"), ("", "dogs")}, {})


def test_a_folder_beside_a_split_is_read_as_one_and_it_is_said(tmp_path):
    kinds, said = read_as(planted(tmp_path, "train/cats/1.jpg", "train/dogs/2.jpg", "plane/jet/3.jpg"))
    assert ("plane", "jet") in kinds and list(said) == ["plane"] and "part of a split, as train is" in said["plane"]


def test_parts_of_a_split_without_class_folders_are_said(tmp_path):
    kinds, said = read_as(planted(tmp_path, "train/1.jpg", "test/2.jpg"))
    assert kinds == {("", "train"), ("", "test")}
    assert sorted(said) == ["test", "train"] and "read as a class" in said["train"]


@pytest.mark.parametrize("inner", [("Cat", "Dog"), ("train", "validation"), ("train",)])
def test_a_folder_around_it_all_is_named_with_the_way_out(tmp_path, inner):
    planted(tmp_path, *(f"PetImages/{name}/cats/{number}.jpg" for number, name in enumerate(inner)))
    with pytest.raises(InputError, match=rf"holds nothing but the folder PetImages.*give .*{tmp_path.name}/PetImages"):
        cleaning.scan(tmp_path)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="their disks tell no capitals apart")
def test_parts_of_a_split_that_differ_by_case_are_put_together_and_it_is_said(tmp_path):
    paths = ("train/cats/1.jpg", "train/dogs/2.jpg", "train/dogs/3.jpg", "Train/cats/1.jpg", "Train/dogs/5.jpg")
    kinds, said = read_as(planted(tmp_path / "pets", *paths))
    assert kinds == {("train", "cats"), ("train", "dogs")} and said == {"Train": "as train"}
    cleaning.clean(tmp_path / "pets", tmp_path / "clean")
    assert os.listdir(tmp_path / "clean") == ["train"]
    assert sorted(os.listdir(tmp_path / "clean" / "train" / "cats")) == ["1.jpg", "1_2.jpg"]


@pytest.mark.parametrize("names", [("training_set", "test_set"), ("train2017", "val2017")])
def test_two_parts_of_a_split_are_not_taken_for_two_classes_to_train_on(tmp_path, names):
    planted(tmp_path, *(f"{name}/cats/{number}.jpg" for name in names for number in range(3)))
    with pytest.raises(InputError, match="parts of a split, not kinds of pictures"):
        datasets.load(tmp_path, tmp_path / "kept")


def test_what_a_training_keeps_beside_its_model_is_no_class(tmp_path):
    planted(tmp_path / "pets", "cats/1.jpg", "dogs/2.jpg", "pets.keras.unfinished/state.npz")
    report = cleaning.scan(tmp_path / "pets")
    assert [(one.path, one.fault) for one in report] == [("pets.keras.unfinished", "hidden")]


@pytest.mark.skipif(not hasattr(os, "O_NOATIME"), reason="only Linux can read without a trace")
def test_not_even_the_time_of_the_last_reading_changes(tmp_path):
    pets = planted(tmp_path / "pets", *(f"train/{label}/{n}.jpg" for label in ("cats", "dogs") for n in range(12)))
    (pets / "train" / "cats" / "link").symlink_to("0.jpg")
    write(pets / "train" / "cats" / "cut.jpg", packed(good(3))[:900])
    make_old(pets)
    before = state(pets)
    report = cleaning.scan(pets)
    assert state(pets) == before
    cleaning.clean(pets, tmp_path / "clean")
    cleaning.suspects(pets, 2)
    cleaning.write_page(report, pets, tmp_path / "page.html")
    cleaning.reviewing.Review(report, pets, tmp_path / "mine.csv")
    assert state(pets) == before


def test_a_disk_that_does_not_let_its_times_be_left_is_read_all_the_same(tmp_path, monkeypatch):
    planted(tmp_path, "cats/1.jpg", "dogs/2.jpg")
    opened, noatime = os.open, getattr(os, "O_NOATIME", 0)

    def refuse(path, flags, *more, **named):
        if flags & noatime:
            raise PermissionError(1, "Operation not permitted")
        return opened(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refuse)
    assert len(walk(tmp_path)[0]) == 2


def test_where_folders_cannot_be_listed_by_number_they_are_listed_by_name(tmp_path, monkeypatch):
    planted(tmp_path, "cats/1.jpg", "dogs/2.jpg")
    monkeypatch.setattr(os, "supports_fd", set())
    assert len(walk(tmp_path)[0]) == 2


@pytest.mark.parametrize("name", ["cats .", "x ..", "CON .jpg", "com¹.jpg", "lpt³", " a. "])
def test_a_portable_name_is_one_on_windows_too_and_stays_as_it_is(name):
    made = portable(name)
    assert portable(made) == made
    assert made.rstrip(" .") == made
    assert not re.match(r"(?i)(con|com¹|lpt³)\s*(\.|$)", made)


@pytest.mark.parametrize("name", ["__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found"])
def test_a_folder_that_a_system_keeps_for_itself_is_no_class(tmp_path, name):
    pets = planted(tmp_path / "pets", "cats/a.jpg", "dogs/b.jpg", f"{name}/c.jpg", f"{name}/cats/._a.jpg")
    assert [place.path for place in walk(pets)[0]] == ["cats/a.jpg", "dogs/b.jpg"]
    assert walk(pets)[1] == [(name, "hidden", "folder")]
    assert [one.name for one in datasets.class_folders(pets)] == ["cats", "dogs"]


@pytest.mark.skipif(sys.platform == "win32", reason="there, links need a right of their own")
def test_a_class_of_which_nothing_is_read_is_a_matter_for_a_person(tmp_path, capsys):
    pets = planted(tmp_path / "pets", "cats/a.jpg", "dogs.jpg/b.jpg", "cats/more.d/c.jpg")
    (tmp_path / "elsewhere").mkdir()
    (pets / "birds").symlink_to(tmp_path / "elsewhere")
    (pets / "notes.txt").symlink_to(tmp_path / "notes")
    (pets / "cats" / "further").symlink_to(tmp_path / "elsewhere")
    _, rows = walk(pets)
    assert {path for path, fault, _ in rows if fault == "empty class"} == {"dogs.jpg", "birds"}
    assert cli.main(["clean", str(pets), "--to", str(tmp_path / "clean")]) == 1
    said = capsys.readouterr().out
    assert f"2 files written to {tmp_path / 'clean'}." in said
    assert "put pictures into its folder, or take it away" in said and "--decisions" not in said  # which take pictures
    only = tmp_path / "only"
    only.mkdir()
    (only / "cats").symlink_to(pets / "cats")
    with pytest.raises(InputError, match=r"no folder with pictures in it \(links are not followed: cats\)"):
        walk(only)


def test_a_class_that_cannot_be_read_is_not_said_to_be_without_pictures(tmp_path, monkeypatch):
    pets = planted(tmp_path / "pets", "cats/a.jpg", "dogs/b.jpg")
    (pets / "birds").mkdir()
    listing = walking.listing

    def refused(place):
        if place.name == "dogs":
            raise PermissionError(13, "Permission denied")
        return listing(place)

    monkeypatch.setattr(walking, "listing", refused)
    assert walk(pets)[1] == [
        ("birds", "empty class", ""),
        ("dogs", "empty class", "as it cannot be read"),
        ("dogs", "unreadable", "Permission denied"),
    ]

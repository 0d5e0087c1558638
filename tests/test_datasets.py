"""Names and folders become train and validation; the person's own folder stays as it was."""

import hashlib
import os
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from helpers import datasets, decoding
from helpers.errors import InputError


def picture(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (24, 30, 3), "uint8")
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def two_classes(tmp_path):
    for number in range(40):
        picture(tmp_path / "fruit" / "apples" / f"a{number}.jpg", number)
        picture(tmp_path / "fruit" / "pears" / f"p{number}.png", 1000 + number)
    return tmp_path / "fruit"


@pytest.fixture
def split_folder(tmp_path):
    for number, split in enumerate(("train", "validation")):
        for name in ("cats", "dogs"):
            picture(tmp_path / "filtered" / split / name / f"{name}.{number}.jpg", number)
    return tmp_path / "filtered"


def everything(folder):
    """Path, bytes and time of every file below a folder."""
    return {
        path.relative_to(folder): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sides(dataset):
    return {path.name: split for split in ("train", "validation") for path in getattr(dataset, split).rglob("*.*")}


@pytest.fixture
def drawing_is_quick(few_are_drawn):
    from helpers import drawing

    return few_are_drawn(drawing, "draw_set", 12)


def test_the_drawn_set_is_drawn_once_and_again_by_another_version(tmp_path, capsys, drawing_is_quick):
    found = datasets.load("drawn", tmp_path)
    assert found.truth.is_file()
    before = everything(tmp_path)
    assert datasets.load("drawn", tmp_path) == found
    assert everything(tmp_path) == before
    drawing_is_quick.append("2")
    datasets.load("drawn", tmp_path)
    assert everything(tmp_path) != before
    assert [path.name for path in tmp_path.iterdir()] == ["drawn"]  # no heap of old ones
    assert capsys.readouterr().out == ""  # it may happen in a cell whose output is compared


def test_a_folder_that_was_not_drawn_here_is_kept(tmp_path, drawing_is_quick):
    picture(tmp_path / "drawn" / "train" / "cats" / "mine.jpg")
    datasets.load("drawn", tmp_path)
    assert (tmp_path / "drawn_old_1" / "train" / "cats" / "mine.jpg").is_file()
    assert (tmp_path / "drawn" / "truth.csv").is_file()


@pytest.mark.parametrize("mine", ["my_model.keras", "train/cats/mine.jpg", "validation/notes/.hidden"])
def test_what_a_person_put_beside_drawn_pictures_is_kept_when_they_are_drawn_afresh(
    tmp_path, capsys, drawing_is_quick, mine
):
    datasets.load("drawn", tmp_path)
    (tmp_path / "drawn" / mine).parent.mkdir(exist_ok=True)
    (tmp_path / "drawn" / mine).write_bytes(b"mine")
    drawing_is_quick.append("2")
    found = datasets.load("drawn", tmp_path)
    assert (tmp_path / "drawn_old_1" / mine).read_bytes() == b"mine"
    assert not (tmp_path / "drawn" / mine).exists() and len(sides(found)) == 12
    assert "holds more than it drew, and is kept as drawn_old_1; drawing afresh" in capsys.readouterr().err


def test_an_empty_folder_is_as_none_and_gets_the_drawn_set(tmp_path, capsys, drawing_is_quick):
    (tmp_path / "drawn").mkdir()
    assert len(sides(datasets.load("drawn", tmp_path))) == 12
    assert [path.name for path in tmp_path.iterdir()] == ["drawn"] and capsys.readouterr().err == ""


def test_a_folder_with_its_own_split_is_used_as_it_is(split_folder, tmp_path):
    found = datasets.load(split_folder, tmp_path / "data")
    assert (found.train, found.validation) == (split_folder / "train", split_folder / "validation")
    assert found.class_names == ["cats", "dogs"]
    assert found.truth is None
    assert not (tmp_path / "data").exists()


def test_class_folders_are_split_and_the_folder_is_only_read(two_classes, tmp_path):
    before = everything(two_classes)
    found = datasets.load(two_classes, tmp_path / "data")
    assert everything(two_classes) == before
    assert found.class_names == ["apples", "pears"]
    placed = sides(found)
    assert len(placed) == 80
    assert 4 <= sum(side == "validation" for side in placed.values()) <= 32


def test_the_split_stays_when_files_are_added(two_classes, tmp_path):
    before = sides(datasets.load(two_classes, tmp_path / "data"))
    for number in range(20):
        picture(two_classes / "apples" / f"new{number}.jpg", 5000 + number)
    after = sides(datasets.load(two_classes, tmp_path / "data"))
    assert len(after) == 100
    assert {name: after[name] for name in before} == before


def test_copies_of_one_picture_land_on_one_side(two_classes, tmp_path):
    for path in sorted((two_classes / "apples").iterdir()):
        (two_classes / "apples" / f"copy_of_{path.name}").write_bytes(path.read_bytes())
    placed = sides(datasets.load(two_classes, tmp_path / "data"))
    assert all(placed[name] == placed[name.removeprefix("copy_of_")] for name in placed)


def test_hidden_files_and_folders_are_no_pictures(two_classes, tmp_path):
    picture(two_classes / ".thumbnails" / "x.jpg")
    picture(two_classes / "apples" / ".hidden.jpg")
    (two_classes / "apples" / "Thumbs.db").write_bytes(b"x")
    assert len(sides(datasets.load(two_classes, tmp_path / "data"))) == 80


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda d: d / "nowhere", "neither a set .* nor a folder"),
        (lambda d: picture(d / "one.jpg"), "a file, where a folder"),
        (lambda d: picture(d / "one" / "cats" / "a.jpg").parent.parent, "holds 1 class folders .cats.; two"),
        (lambda d: [picture(d / "three" / n / "a.jpg") for n in "abc"][0].parent.parent, "holds 3 class folders"),
        (
            lambda d: [picture(d / n / "a.jpg") for n in "abcdef"][0].parent.parent,
            "6 class folders .a, b, c, d and others",
        ),
        (
            lambda d: (picture(d / "e" / "a" / "a.jpg"), (d / "e" / "b").mkdir())[0].parent.parent,
            "b: holds no pictures",
        ),
        (lambda d: [picture(d / "few" / n / "1.jpg") for n in "ab"][0].parent.parent, "too few pictures"),
        (
            lambda d: [picture(d / "s" / n / "cats" / "1.jpg") for n in ("train", "val")][0].parent.parent.parent,
            "train, val. are parts of a split.*, or name them train and validation",
        ),
        (
            lambda d: (
                (picture(d / "h" / "a" / "1.jpg"), picture(d / "h" / "b" / "1.jpg").rename(d / "h" / "b" / "1.heic"))[
                    1
                ].parent.parent
            ),
            r"b: holds no pictures; only 1 file \(.heic\), which we do not read: save them as JPEG or PNG",
        ),
    ],
)
def test_a_folder_that_cannot_be_used_is_named_with_the_reason(tmp_path, make, says):
    with pytest.raises(InputError, match=says):
        datasets.load(make(tmp_path), tmp_path / "data")
    assert not (tmp_path / "data").exists() or not list((tmp_path / "data").iterdir())


def test_adding_pictures_lays_the_folder_out_anew_and_leaves_no_heap(two_classes, tmp_path):
    first = datasets.load(two_classes, tmp_path / "data").train
    picture(two_classes / "apples" / "new.jpg", 5000)
    assert datasets.load(two_classes, tmp_path / "data").train == first
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["splits"]
    assert len(list((tmp_path / "data" / "splits").iterdir())) == 1
    two_classes.rename(tmp_path / "moved")
    second = datasets.load(tmp_path / "moved", tmp_path / "data").train
    assert list((tmp_path / "data" / "splits").iterdir()) == [second.parent]


def test_a_folder_that_did_not_change_is_not_laid_out_again(two_classes, tmp_path):
    found = datasets.load(two_classes, tmp_path / "data")
    inode = found.train.stat().st_ino
    assert datasets.load(two_classes, tmp_path / "data") == found
    assert found.train.stat().st_ino == inode  # a training that reads from it at this moment goes on


def test_several_that_lay_out_one_folder_at_once_get_the_same(two_classes, tmp_path):
    with ThreadPoolExecutor(4) as crew:
        found = list(crew.map(lambda _: datasets.load(two_classes, tmp_path / "data"), range(8)))
    assert all(one == found[0] for one in found)
    assert len(datasets.list_pictures(found[0].train)) + len(datasets.list_pictures(found[0].validation)) == 80


def test_what_a_person_put_beside_the_splits_stays(two_classes, tmp_path):
    picture(tmp_path / "data" / "splits" / "mine" / "a.jpg")
    datasets.load(two_classes, tmp_path / "data")
    assert (tmp_path / "data" / "splits" / "mine" / "a.jpg").is_file()


def test_a_few_pictures_are_enough_for_both_sides(tmp_path):
    for number in range(2):
        for name in "ab":
            picture(tmp_path / "few" / name / f"{number}.png", number)
    found = datasets.load(tmp_path / "few", tmp_path / "data")
    for side in (found.train, found.validation):
        assert [len(list((side / name).iterdir())) for name in "ab"] == [1, 1]


def test_names_of_all_kinds_and_folders_within_folders(tmp_path, monkeypatch):
    folder = tmp_path / "my photos — älter ♥"
    for number in range(10):
        picture(folder / "Äpfel & co" / f"bild {number}.jpg", number)
        picture(folder / "birnen" / "a_b" / f"{number}.png", 100 + number)
        picture(folder / "birnen" / "a" / f"{number}.png", 200 + number)
    before = everything(folder)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    monkeypatch.chdir(tmp_path)
    ways = [folder, f"{folder.name}/", f"./{folder.name}/../{folder.name}"]
    if sys.platform != "win32":  # links take rights there that users lack
        (tmp_path / "link").symlink_to(folder, target_is_directory=True)
        ways.append("link")
    for way in ways:
        found = datasets.load(way, tmp_path / "data")
        assert found.class_names == ["birnen", "Äpfel & co"]
        placed = [p.relative_to(side).as_posix() for side in (found.train, found.validation) for p in side.rglob("*.*")]
        assert sorted(placed) == names
    assert len(list((tmp_path / "data" / "splits").iterdir())) == 1
    assert everything(folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="links take rights there that users lack")
def test_links_and_folders_that_look_like_pictures(two_classes, tmp_path):
    (two_classes / "apples" / "folder.jpg").mkdir()
    (two_classes / "apples" / "nowhere.jpg").symlink_to("gone.jpg")
    picture(tmp_path / "elsewhere.jpg", 77)
    (two_classes / "apples" / "linked.jpg").symlink_to("../../elsewhere.jpg")
    placed = sides(datasets.load(two_classes, tmp_path / "data"))
    assert len(placed) == 81
    assert "linked.jpg" in placed
    assert all(Image.open(path).size == (30, 24) for path in (tmp_path / "data").rglob("*.jpg"))


def test_what_is_left_out_is_said(two_classes, tmp_path):
    (two_classes / "apples" / "IMG_1.HEIC").write_bytes(b"x")
    (two_classes / "pears" / "notes").write_bytes(b"x")
    found = datasets.load(two_classes, tmp_path / "data")
    assert "Left out, as no pictures that we read: 2 files (.heic, no suffix)." in found.about


def test_a_disk_without_links_gets_copies(two_classes, tmp_path, monkeypatch):
    def no_links(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(datasets.os, "link", no_links)
    found = datasets.load(two_classes, tmp_path / "data")
    assert len(sides(found)) == 80


def test_classes_must_be_alike_on_both_sides(split_folder):
    (split_folder / "validation" / "dogs").rename(split_folder / "validation" / "wolves")
    with pytest.raises(InputError, match="dogs .*wolves"):
        datasets.load(split_folder)


def zipped(folder, target):
    with zipfile.ZipFile(target, "w") as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(folder.parent))
    return target


def test_the_courses_archive_as_zip_and_as_folder(split_folder, tmp_path):
    for source in (split_folder, zipped(split_folder, tmp_path / "photos.zip")):
        target = tmp_path / f"from_{source.suffix or 'folder'}"
        found = datasets.fetch_cats_vs_dogs(target, source)
        assert found.class_names == ["cats", "dogs"]
        assert everything(target) and {p.as_posix() for p in everything(target)} == {
            p.as_posix() for p in everything(split_folder)
        }


def test_the_other_archive_gets_a_split(two_classes, tmp_path):
    two_classes.rename(tmp_path / "PetImages")
    (tmp_path / "PetImages" / "apples").rename(tmp_path / "PetImages" / "Cat")
    (tmp_path / "PetImages" / "pears").rename(tmp_path / "PetImages" / "Dog")
    found = datasets.fetch_cats_vs_dogs(tmp_path / "made", zipped(tmp_path / "PetImages", tmp_path / "p.zip"))
    assert found.class_names == ["cats", "dogs"]
    assert len(sides(found)) == 80


def test_what_is_there_is_not_overwritten(split_folder, tmp_path):
    datasets.fetch_cats_vs_dogs(tmp_path / "made", split_folder)
    before = everything(tmp_path / "made")
    with pytest.raises(InputError, match="is there already and is not overwritten"):
        datasets.fetch_cats_vs_dogs(tmp_path / "made", split_folder)
    assert everything(tmp_path / "made") == before


@pytest.mark.parametrize("source", ["nowhere.zip", "filtered/train/cats/cats.0.jpg"])
def test_a_source_that_is_no_archive_is_named(split_folder, tmp_path, source):
    with pytest.raises(InputError, match=f"{source}: "):
        datasets.fetch_cats_vs_dogs(tmp_path / "made", tmp_path / source)
    assert not (tmp_path / "made").exists()
    (tmp_path / "keepme").mkdir()
    with pytest.raises(InputError, match=f"{source}: "):
        datasets.fetch_cats_vs_dogs(tmp_path / "keepme", tmp_path / source)
    assert (tmp_path / "keepme").is_dir()


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (("fruit/apples/1.jpg",), "fruit.zip: neither train/ and validation/ nor"),
        (("Cat/1.jpg", "Dog/2.jpg"), r"fruit.zip.Cat: too few pictures"),
    ],
)
def test_what_is_wrong_in_an_archive_is_said_of_it_and_not_of_a_folder_that_is_gone(tmp_path, inside, says):
    with zipfile.ZipFile(tmp_path / "fruit.zip", "w") as packed:
        for name in inside:
            packed.writestr(name, name)
    with pytest.raises(InputError, match=says):
        datasets.fetch_cats_vs_dogs(tmp_path / "made", tmp_path / "fruit.zip")
    assert not (tmp_path / "made").exists()


def test_an_empty_folder_takes_the_photos(split_folder, tmp_path):
    (tmp_path / "made").mkdir()
    assert len(sides(datasets.fetch_cats_vs_dogs(tmp_path / "made", split_folder))) == 4


def test_a_file_in_the_place_of_the_photos_stays(split_folder, tmp_path):
    (tmp_path / "made").write_text("mine")
    with pytest.raises(InputError, match="made: is there already"):
        datasets.fetch_cats_vs_dogs(tmp_path / "made", split_folder)
    assert (tmp_path / "made").read_text() == "mine"


@pytest.mark.parametrize("name", ["../outside.jpg", "train/../../outside.jpg"])
def test_a_zip_that_climbs_out_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as packed:
        packed.writestr(name, b"x")
    with pytest.raises(InputError, match="would leave the folder"):
        datasets.fetch_cats_vs_dogs(tmp_path / "made", tmp_path / "bad.zip")
    assert not list(tmp_path.rglob("outside.jpg"))
    assert not (tmp_path / "made").exists()


def test_a_zip_cut_short_leaves_nothing(split_folder, tmp_path):
    whole = zipped(split_folder, tmp_path / "whole.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="cut.zip: neither a zip nor a tar that can be read"):
        datasets.fetch_cats_vs_dogs(tmp_path / "made", tmp_path / "cut.zip")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.zip", "filtered", "whole.zip"]


def test_a_zip_of_something_else_says_what_is_wanted(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as packed:
        packed.writestr("readme.txt", b"x")
    with pytest.raises(InputError, match="cats_and_dogs_filtered or PetImages"):
        datasets.fetch_cats_vs_dogs(tmp_path / "made", tmp_path / "other.zip")


def test_an_interrupted_copy_leaves_nothing(split_folder, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(datasets.shutil, "copyfile", stopped)
    with pytest.raises(KeyboardInterrupt):
        datasets.fetch_cats_vs_dogs(tmp_path / "made", split_folder)
    assert [p.name for p in tmp_path.iterdir()] == ["filtered"]


def test_photos_that_are_not_here_yet_say_how_to_get_them(tmp_path):
    with pytest.raises(InputError, match="labs data cats_vs_dogs"):
        datasets.load("cats_vs_dogs", tmp_path)


@pytest.mark.parametrize("kept", [".thumbnails/a{}.jpg", "@eaDir/a{}.jpg/SYNOPHOTO_THUMB_M.jpg"])
def test_small_versions_that_a_system_keeps_beside_photos_are_no_photos(two_classes, tmp_path, kept):
    for number in range(40):
        picture(two_classes / "apples" / kept.format(number), 9000 + number)
    assert len(sides(datasets.load(two_classes, tmp_path / "data"))) == 80


def test_what_a_killed_run_left_of_a_split_keeps_nobody_from_a_new_one(two_classes, tmp_path):
    splits = tmp_path / "data" / "splits"
    datasets.load(two_classes, tmp_path / "data")
    (whole,) = splits.iterdir()
    whole.rename(splits / f".{whole.name}_unfinished")  # killed before it had its name
    (splits / f".{whole.name}_unfinished.lock").touch()
    assert len(sides(datasets.load(two_classes, tmp_path / "data"))) == 80


def test_classes_and_pictures_come_in_one_order_on_every_system(tmp_path, monkeypatch):
    for name in ("cats", "Dogs"):
        for file in ("b.jpg", "C.jpg", "a/d.jpg"):
            picture(tmp_path / "pets" / name / file)
    monkeypatch.setattr(type(tmp_path), "__lt__", lambda one, other: str(one).lower() < str(other).lower())  # Windows
    assert [one.name for one in datasets.class_folders(tmp_path / "pets")] == ["Dogs", "cats"]
    assert [one.name for one in datasets.list_pictures(tmp_path / "pets" / "cats")] == ["C.jpg", "d.jpg", "b.jpg"]


def test_a_name_that_begins_with_a_tilde_is_one_where_no_user_has_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="~nobody_here: neither a set"):
        datasets.load("~nobody_here")
    with pytest.raises(InputError, match="~nobody_here: there is no such archive"):
        datasets.fetch_cats_vs_dogs(tmp_path / "photos", "~nobody_here")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="who may do all reads all")
def test_a_photo_that_may_not_be_read_is_named(split_folder, tmp_path):
    (split_folder / "train" / "cats" / "cats.0.jpg").chmod(0)
    with pytest.raises(InputError, match=r"cats\.0\.jpg: cannot be read \(Permission denied\)"):
        datasets.fetch_cats_vs_dogs(tmp_path / "photos", split_folder)


@pytest.mark.parametrize("names", [("invalid", "valid"), ("control", "test")])
def test_kinds_may_be_named_as_parts_of_a_split_are(two_classes, tmp_path, names):
    for folder, name in zip(sorted(two_classes.iterdir()), names, strict=True):
        folder.rename(two_classes / name)
    assert datasets.load(two_classes, tmp_path / "data").class_names == list(names)


def test_a_picture_that_cannot_be_read_is_named_where_it_lies_and_not_in_the_split(two_classes, tmp_path):
    broken = two_classes / "pears" / "inner" / "broken.jpg"
    broken.parent.mkdir()
    broken.write_bytes(b"no picture")
    data = datasets.load(two_classes, tmp_path / "data")
    (laid,) = tmp_path.glob("data/splits/*/*/pears/inner/broken.jpg")
    assert datasets.origin_of(laid) == broken and datasets.origin_of(broken) == broken
    with pytest.raises(InputError, match="broken.jpg: not a readable picture") as said:
        decoding.decode(laid, (8, 8))
    assert str(said.value).startswith(f"{broken}: ") and data.class_names == ["apples", "pears"]

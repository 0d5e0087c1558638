"""Every fault that is planted is really there, and `truth.csv` tells where."""

import io
import shutil
from collections import Counter

import numpy as np
import pytest
import simplejpeg
from PIL import Image, ImageOps

from helpers import drawing
from helpers.errors import InputError
from helpers.quiet import tf


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good") / "set"
    drawing.draw_set(folder, 90)
    return folder


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faulty") / "set"
    drawing.draw_set(folder, 90, faults=True)
    return folder


@pytest.fixture(scope="module", params=[1, 28])
def tiny(tmp_path_factory, request):
    """Such as handwritten digits: what stands before the pixels of so small a file is most of it."""
    folder = tmp_path_factory.mktemp("tiny")
    for number in range(88):
        path = folder / ("three", "five")[number % 2] / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        Image.new("L", (request.param, request.param), number).save(path)
    drawing.plant_faults(folder)
    return folder


def rows_of(folder, fault):
    rows = [row for row in drawing.read_truth(folder) if row["fault"] == fault]
    assert len(rows) == 2
    return rows


def files_of(folder, fault):
    return [folder / row["path"] for row in rows_of(folder, fault)]


def test_every_fault_is_planted_twice_and_every_file_has_its_row(faulty):
    rows = drawing.read_truth(faulty)
    assert Counter(row["fault"] for row in rows if row["fault"]) == dict.fromkeys(drawing.FAULTS, 2)
    files = {path.relative_to(faulty).as_posix() for path in faulty.rglob("*") if path.suffix not in ("", ".csv")}
    assert sorted(row["path"] for row in rows) == sorted(files)


def test_the_rest_is_as_good_as_without_faults(good, faulty):
    sound = [row["path"] for row in drawing.read_truth(faulty) if not row["fault"]]
    assert len(sound) == 90 - 2 * (len(drawing.FAULTS) - 3)  # three kinds of copies leave their original as it is
    assert all((good / path).read_bytes() == (faulty / path).read_bytes() for path in sound)


def test_empty_and_web_page(faulty):
    assert all(path.read_bytes() == b"" for path in files_of(faulty, "empty"))
    assert all(path.read_bytes().startswith(b"<!DOCTYPE html>") for path in files_of(faulty, "web page"))


def test_truncated_files_open_but_cannot_be_read_to_the_end(faulty, tiny):
    for path in [*files_of(faulty, "truncated"), *files_of(tiny, "truncated")]:
        with Image.open(path) as picture, pytest.raises(OSError, match="truncated"):
            picture.load()


def test_garbled_files_hold_damage_that_a_strict_decoder_sees(faulty, tiny):
    for path in [*files_of(faulty, "garbled"), *files_of(tiny, "garbled")]:
        with pytest.raises(ValueError):
            simplejpeg.decode_jpeg(path.read_bytes())


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "WebP", "TIFF"])
def test_files_of_another_kind_are_named_jpg(faulty, kind):
    for path in files_of(faulty, f"{kind} named .jpg"):
        assert path.suffix == ".jpg" and Image.open(path).format == kind.upper()


@pytest.mark.parametrize(
    ("fault", "mode"), [("CMYK", "CMYK"), ("grey", "L"), ("16 bit", "I;16"), ("transparent", "RGBA")]
)
def test_channels_are_what_the_fault_says(faulty, fault, mode):
    assert all(Image.open(path).mode == mode for path in files_of(faulty, fault))


def test_tensorflow_makes_of_cmyk_what_pillow_makes_only_where_adobe_s_note_is_in_the_file(good, faulty):
    for path in files_of(faulty, "CMYK"):
        content = path.read_bytes()
        assert content[2:11] == b"\xff\xee\0\x0eAdobe"
        (by_tensorflow, by_pillow), (bare, bare_by_pillow) = map(decoded, (content, content[:2] + content[18:]))
        original = np.asarray(Image.open(good / path.relative_to(faulty)), float)
        assert np.abs(by_tensorflow - by_pillow).mean() < 2 and np.abs(by_tensorflow - original).mean() < 8
        assert np.abs(bare - bare_by_pillow).mean() > 50


def decoded(content):
    """What TensorFlow and what Pillow make of a file, as floats."""
    by_pillow = Image.open(io.BytesIO(content)).convert("RGB")
    return tf.io.decode_image(content, channels=3).numpy().astype(float), np.asarray(by_pillow, float)


def test_transparent_pictures_can_be_seen_through_in_part(faulty):
    for path in files_of(faulty, "transparent"):
        assert Image.open(path).getchannel("A").getextrema() == (0, 255)


def test_animated_pictures_move(faulty):
    assert all(Image.open(path).n_frames == 3 for path in files_of(faulty, "animated"))


def test_turned_pictures_are_upright_once_turned_back(good, faulty):
    for path in files_of(faulty, "turned"):
        with Image.open(path) as stored, Image.open(good / path.relative_to(faulty)) as original:
            upright = np.asarray(ImageOps.exif_transpose(stored), float)
            assert stored.size == original.size[::-1] and upright.shape[1::-1] == original.size
            assert np.abs(upright - np.asarray(original, float)).mean() < 8


def test_one_pixel_and_all_black(faulty):
    assert all(Image.open(path).size == (1, 1) for path in files_of(faulty, "one pixel"))
    assert all(np.asarray(Image.open(path)).max() == 0 for path in files_of(faulty, "all black"))


def test_where_no_pet_is_left_the_truth_has_no_box(faulty):
    for fault in ("neither", "all black", "empty", "web page", "one pixel"):
        assert all(row["x0"] is None and row["nose"] is None for row in rows_of(faulty, fault))
    with_pet = [row for row in drawing.read_truth(faulty) if row["x0"] is not None and "train/" in row["path"]]
    assert len(drawing.boxes(faulty / "train")) == len(with_pet)


def test_pictures_of_neither_are_pictures(good, faulty):
    for path in files_of(faulty, "neither"):
        with Image.open(path) as empty, Image.open(good / path.relative_to(faulty)) as original:
            assert empty.size == original.size and np.asarray(empty).std() > 5
            assert np.abs(np.asarray(empty, float) - np.asarray(original, float)).mean() > 8


def test_exact_copies_are_copies_in_the_same_or_the_other_class(faulty):
    for fault, same_class in (("exact copy", True), ("copy in other class", False)):
        for path in files_of(faulty, fault):
            content = path.read_bytes()
            twins = [one for one in faulty.rglob("*.jpg") if one != path and one.read_bytes() == content]
            assert len(twins) == 1 and (twins[0].parent == path.parent) is same_class


def test_near_copies_lie_in_the_other_split_and_are_nearly_the_same(faulty):
    for row in rows_of(faulty, "near copy"):
        path = faulty / row["path"]
        other = "validation" if row["path"].startswith("train") else "train"
        original = faulty / other / path.parent.name / path.name.replace("_small", "")
        with Image.open(path) as near, Image.open(original) as first:
            assert near.width < first.width and path.read_bytes() != original.read_bytes()
            width, height = first.size
            again = first.crop((0, 0, int(width * 0.98), int(height * 0.98))).resize(near.size)
            assert np.abs(np.asarray(near, float) - np.asarray(again, float)).mean() < 8
            assert row["x1"] <= near.width and row["y1"] <= near.height


def test_wrong_labels_lie_in_the_folder_of_the_other_class(faulty):
    assert all(f"{row['class']}s" != row["path"].split("/")[1] for row in rows_of(faulty, "wrong label"))


def test_planting_again_gives_the_same_faults(good, faulty, tmp_path):
    shutil.copytree(good, tmp_path / "copy")
    planted = drawing.plant_faults(tmp_path / "copy")
    assert planted == [
        {"path": row["path"], "fault": row["fault"]}
        for row in sorted(drawing.read_truth(faulty), key=lambda row: row["path"])
        if row["fault"]
    ]


def test_a_folder_of_ones_own_gets_a_truth_of_its_faults(good, tmp_path):
    shutil.copytree(good, tmp_path / "mine", ignore=shutil.ignore_patterns("truth.csv"))
    planted = drawing.plant_faults(tmp_path / "mine", seed=5)
    rows = {row["path"]: row["fault"] for row in drawing.read_truth(tmp_path / "mine")}
    assert rows == {row["path"]: row["fault"] for row in planted}


def test_too_few_pictures_to_plant_faults_among(tmp_path):
    with pytest.raises(InputError, match="holds 0 JPEGs, too few"):
        drawing.plant_faults(tmp_path)

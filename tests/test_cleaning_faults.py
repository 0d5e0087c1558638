"""Every fault is found, nothing else is; and the clean copy keeps its promise."""

import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest
from cleaning_corpus import build
from PIL import Image

from helpers import cleaning, pipeline
from helpers.quiet import keras, tf

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names and pipes that Windows does not have")


def state(folder):
    """All that can be seen of a tree from outside: names, kinds, sizes, times, modes, bytes."""
    seen = {}
    for root, folders, files in os.walk(os.fsencode(folder)):
        for name in folders + files:
            path = os.path.join(root, name)
            about = os.lstat(path)
            content = Path(os.fsdecode(path)).read_bytes() if stat.S_ISREG(about.st_mode) else b""
            seen[path] = about.st_mode, about.st_size, about.st_mtime_ns, about.st_nlink, content
    return seen


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "pets"
    due = build(folder)
    before = state(folder)
    report = cleaning.clean(folder, folder.parent / "clean")
    return folder, due, before, report


@pytest.fixture(scope="module")
def clean_files(corpus):
    return [path for path in (corpus[0].parent / "clean").rglob("*") if path.is_file()]


def test_every_fault_is_found(corpus):
    _, due, _, report = corpus
    found = {(finding.path, finding.fault) for finding in report}
    assert [case for case in due.items() if case[1] and case not in found] == []


def test_good_pictures_are_not_accused(corpus):
    _, due, _, report = corpus
    good = {path for path, fault in due.items() if not fault}
    assert [finding for finding in report if finding.path in good] == []


def test_the_original_tree_is_as_before(corpus):
    folder, _, before, _ = corpus
    assert state(folder) == before


def test_nothing_beside_the_copy_is_left(corpus):
    assert sorted(os.listdir(corpus[0].parent)) == ["clean", "pets"]


def test_what_was_not_left_out_is_in_the_copy_and_nothing_else(corpus, clean_files):
    _, due, _, report = corpus
    gone = {finding.path for finding in report if finding.action in ("leave out", "decide")}
    files = {path for path, fault in due.items() if fault not in ("same but for case", "empty class")}
    assert len(clean_files) == len(files - gone) + 1  # the one in the folder that differs by case


def test_pillow_and_tensorflow_decode_each_file_alike(clean_files):
    for path in clean_files:
        with Image.open(path) as picture:
            picture.load()
            assert (picture.mode, picture.getexif().get(0x0112, 1)) == ("RGB", 1), path
        pixels = tf.io.decode_image(tf.io.read_file(str(path)), expand_animations=False).numpy()
        assert pixels.dtype == np.uint8 and pixels.shape == (picture.height, picture.width, 3), path
        assert np.abs(pixels.astype(int) - np.asarray(picture)).mean() < 3, path


def test_all_loaders_read_all_of_the_copy_and_count_the_same(corpus, clean_files):
    for split in ("train", "validation"):
        folder = corpus[0].parent / "clean" / split
        count = sum(folder in path.parents for path in clean_files)
        theirs = keras.utils.image_dataset_from_directory(folder, image_size=(32, 32), verbose=False)
        assert sum(len(labels) for _, labels in theirs) == count
        ours = pipeline.image_dataset(folder, (32, 32))
        assert sum(len(labels) for _, labels in ours) == count
        generator = tf.keras.preprocessing.image.ImageDataGenerator()
        old = generator.flow_from_directory(folder, target_size=(32, 32), class_mode="binary")
        assert old.samples == count == sum(len(old[k][1]) for k in range(len(old)))


def test_no_two_copies_stand_on_both_sides(corpus):
    again = cleaning.scan(corpus[0].parent / "clean")
    assert {"copy", "near copy", "copy across splits", "copy across classes"} & set(again.counts()) == set()


def test_what_is_mended_shows_the_same(corpus, clean_files):
    by_stem = {path.stem: path for path in clean_files}
    folder = corpus[0] / "train"
    with Image.open(by_stem["turned_6"]) as mended, Image.open(folder / "cats" / "turned_6.jpg") as was:
        turned = was.transpose(Image.Transpose.ROTATE_270)
        assert np.abs(np.asarray(mended).astype(int) - np.asarray(turned)).mean() < 3
    clear = np.asarray(Image.open(by_stem["clear"]))
    assert (clear[:, :60] == 255).all() and clear[:, 70:].std() > 20


def test_only_the_name_is_changed_where_only_the_name_is_wrong(corpus, clean_files):
    by_name = {path.name: path for path in clean_files}
    originals = {path.name: path for path in (corpus[0] / "train").rglob("*") if path.is_file()}
    for was, now in (("jpeg.png", "jpeg.jpg"), ("png.jpg", "png.png"), ("photo.jfif", "photo.jpg")):
        assert by_name[now].read_bytes() == originals[was].read_bytes()

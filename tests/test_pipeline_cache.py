"""Decoded pictures are kept on disk where memory would not do: found again, and never mistaken for others."""

import errno
import os
import sys
import time

import numpy as np
import pytest
from PIL import Image

from helpers import picture_cache, pipeline
from helpers.errors import InputError

SIZE = (8, 8)
ONE_SET = 6 * 8 * 8 * 3  # bytes of six pictures


@pytest.fixture
def folder(tmp_path):
    for number in range(3):
        for name in ("apples", "pears"):
            paint(tmp_path / "fruit" / name / f"{number}.png", 10 * number)
    return tmp_path / "fruit"


@pytest.fixture(autouse=True)
def little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_cache, "FOLDER", tmp_path / "kept")
    monkeypatch.setattr(picture_cache, "IN_MEMORY", ONE_SET - 1)


@pytest.fixture
def decoded(monkeypatch):
    """The pictures that were decoded, as they come."""
    paths, decode = [], pipeline.decode
    monkeypatch.setattr(pipeline, "decode", lambda path, size: paths.append(path) or decode(path, size))
    return paths


def paint(path, level):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (10, 10), (level, 0, 0)).save(path)


def levels(folder, **options):
    """The red of each picture, in the order of the paths."""
    dataset = pipeline.image_dataset(folder, SIZE, shuffle=False, **options)
    return [round(float(picture[0, 0, 0]) * 255) for pictures, _ in dataset for picture in pictures]


def files():
    return sorted(path.name for path in picture_cache.FOLDER.iterdir())


def test_what_does_not_fit_in_memory_is_decoded_once_and_found_again(folder, decoded):
    assert levels(folder) == levels(folder) == [0, 10, 20, 0, 10, 20]
    assert len(decoded) == 6 and len(files()) == 1


def test_what_fits_in_memory_leaves_nothing_on_disk(folder, monkeypatch, decoded):
    monkeypatch.setattr(picture_cache, "IN_MEMORY", ONE_SET)
    dataset = pipeline.image_dataset(folder, SIZE)
    for _ in range(3):
        assert sum(len(pictures) for pictures, _ in dataset) == 6
    assert len(decoded) == 6 and not picture_cache.FOLDER.exists()


def test_a_changed_picture_is_seen(folder):
    levels(folder)
    paint(folder / "pears" / "1.png", 99)
    assert levels(folder) == [0, 10, 20, 0, 99, 20]


def test_a_change_that_keeps_the_size_of_the_file_is_seen(folder):
    levels(folder)
    path = folder / "pears" / "1.png"
    size = path.stat().st_size
    paint(path, 11)
    os.utime(path, ns=(0, 12345))
    assert path.stat().st_size == size
    assert levels(folder)[4] == 11


def test_another_picture_size_another_way_of_decoding_and_another_set_do_not_get_it(folder, tmp_path, monkeypatch):
    levels(folder)
    dataset = pipeline.image_dataset(folder, (9, 9))
    assert next(iter(dataset))[0].shape == (6, 9, 9, 3)
    monkeypatch.setattr(pipeline, "DECODING", "another")
    levels(folder)
    for name in ("apples", "pears"):
        for number in range(3):
            paint(tmp_path / "other" / name / f"{number}.png", 77)
    assert levels(tmp_path / "other") == [77] * 6
    assert len(files()) == 4


def test_a_run_that_breaks_off_leaves_nothing(folder):
    (folder / "pears" / "1.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"1\.png"):
        levels(folder)
    assert files() == []


def test_the_sets_used_longest_ago_make_room(folder, monkeypatch):
    monkeypatch.setattr(picture_cache, "ON_DISK", 2.5 * 1500)
    for side, day in ((8, 1), (9, 3), (10, 2)):
        pipeline.image_dataset(folder, (side, side))
        newest = max(picture_cache.FOLDER.iterdir(), key=lambda path: path.stat().st_mtime)
        os.utime(newest, (day, day))
    sizes = sorted(np.load(picture_cache.FOLDER / name).shape[1] for name in files())
    assert sizes == [9, 10]


def test_where_there_is_no_room_at_all_pictures_are_decoded_anew(folder, monkeypatch, decoded):
    monkeypatch.setattr(picture_cache, "ON_DISK", ONE_SET - 1)
    assert levels(folder) == [0, 10, 20, 0, 10, 20]
    assert files() == []
    levels(folder)
    assert len(decoded) == 12


@pytest.mark.parametrize("spoil", [lambda data: b"", lambda data: data[:-50], lambda data: bytes(len(data))])
def test_a_kept_file_that_is_not_whole_is_made_anew(folder, decoded, spoil):
    levels(folder)
    [kept] = picture_cache.FOLDER.iterdir()
    kept.write_bytes(spoil(kept.read_bytes()))
    assert levels(folder) == [0, 10, 20, 0, 10, 20] and len(decoded) == 12


def test_where_the_disk_fills_up_meanwhile_pictures_are_decoded_anew(folder, monkeypatch, decoded):
    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(picture_cache, "take_room", full)
    assert levels(folder) == [0, 10, 20, 0, 10, 20] and files() == []


def test_room_is_taken_before_the_file_is_written_through_memory(folder, monkeypatch):
    monkeypatch.setattr(picture_cache, "take_room", lambda file: taken.append(os.fstat(file.fileno()).st_size))
    taken = []
    levels(folder)
    assert taken == [next(picture_cache.FOLDER.iterdir()).stat().st_size]


def test_what_a_killed_run_left_is_removed_a_day_later(folder):
    picture_cache.FOLDER.mkdir()
    for name, hours in ((".a.1234.unfinished.npy", 25), (".b.1234.unfinished.npy", 23)):
        (picture_cache.FOLDER / name).write_bytes(b"half")
        then = time.time() - 3600 * hours
        os.utime(picture_cache.FOLDER / name, (then, then))
    levels(folder)
    assert [name for name in files() if name.startswith(".")] == [".b.1234.unfinished.npy"]


@pytest.mark.skipif(sys.platform == "win32", reason="links are not for everyone there")
def test_a_kept_file_that_another_program_removes_meanwhile_is_nothing_to_stumble_over(folder):
    picture_cache.FOLDER.mkdir()
    (picture_cache.FOLDER / "gone.npy").symlink_to("nowhere")  # still listed, and no longer there
    assert levels(folder) == [0, 10, 20, 0, 10, 20]


def test_where_memory_is_short_pictures_go_to_disk(folder, monkeypatch):
    monkeypatch.setattr(picture_cache, "IN_MEMORY", 2**30)
    monkeypatch.setattr(picture_cache.memory, "available", lambda: 4 * ONE_SET)
    levels(folder)
    assert not picture_cache.FOLDER.exists()
    monkeypatch.setattr(picture_cache.memory, "available", lambda: 4 * ONE_SET - 1)
    assert levels(folder) == [0, 10, 20, 0, 10, 20] and len(files()) == 1


def test_where_no_folder_for_it_can_be_made_each_epoch_decodes_anew(folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(picture_cache, "FOLDER", tmp_path / "file" / "kept")
    assert sum(len(pictures) for pictures, _ in pipeline.image_dataset(folder, SIZE)) == 6

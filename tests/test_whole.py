"""A file is as it was or as it should be, whatever breaks meanwhile."""

import os
import time

import pytest

from helpers.whole import whole, write_whole


def test_what_was_there_is_replaced_and_nothing_else_is_left(tmp_path):
    write_whole(tmp_path / "one.csv", b"first")
    write_whole(tmp_path / "one.csv", b"second")
    assert (tmp_path / "one.csv").read_bytes() == b"second"
    assert os.listdir(tmp_path) == ["one.csv"]


def test_after_an_error_it_is_as_it_was(tmp_path):
    write_whole(tmp_path / "one.csv", b"first")
    with pytest.raises(OSError, match="full"), whole(tmp_path / "one.csv") as unfinished:
        unfinished.write_bytes(b"half of the sec")
        assert unfinished.suffix == ".csv"
        raise OSError("the disk is full")
    assert (tmp_path / "one.csv").read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["one.csv"]


def test_what_a_killed_program_left_is_removed_a_day_later(tmp_path):
    for name, hours in ((".one.99.unfinished.csv", 25), (".one.98.unfinished.csv", 23), (".two.97.unfinished.csv", 25)):
        (tmp_path / name).write_bytes(b"half")
        then = time.time() - 3600 * hours
        os.utime(tmp_path / name, (then, then))
    write_whole(tmp_path / "one.csv", b"first")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".one.98.unfinished.csv",
        ".two.97.unfinished.csv",
        "one.csv",
    ]

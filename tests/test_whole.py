"""A file is as it was or as it should be, whatever breaks meanwhile."""

import os

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

"""A file is as it was or as it should be, whatever breaks meanwhile."""

import errno
import os
import sys
import time

import pytest

from helpers import whole as whole_file
from helpers.errors import InputError
from helpers.whole import whole, write_whole
from helpers.whole_folder import alone, in_turn, must_be_new, whole_folder


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


def leave(path, hours):
    """As a program that was killed so long ago."""
    path.write_bytes(b"half")
    os.utime(path, (time.time() - 3600 * hours,) * 2)


def test_what_a_killed_program_left_is_removed_a_day_later(tmp_path):
    leave(tmp_path / ".one.99.unfinished.csv", 25)
    leave(tmp_path / ".one.98.unfinished.csv", 23)
    leave(tmp_path / ".two.97.unfinished.json", 25)
    leave(tmp_path / ".mine.unfinished.csv", 25)  # from nobody here
    write_whole(tmp_path / "one.csv", b"first")
    assert sorted(os.listdir(tmp_path)) == [".mine.unfinished.csv", ".one.98.unfinished.csv", "one.csv"]


def test_a_folder_is_looked_through_at_the_first_write_and_again_a_day_later(tmp_path, monkeypatch):
    write_whole(tmp_path / "one.csv", b"first")
    leave(tmp_path / ".one.99.unfinished.csv", 25)
    write_whole(tmp_path / "one.csv", b"second")
    assert len(os.listdir(tmp_path)) == 2
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + whole_file.DAY)
    write_whole(tmp_path / "one.csv", b"third")
    assert os.listdir(tmp_path) == ["one.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="links take rights there that users lack")
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path, there):
    (tmp_path / "far").mkdir()
    if there:
        (tmp_path / "far" / "content").write_bytes(b"first")
    (tmp_path / "one.csv").symlink_to("far/content")
    with whole(tmp_path / "one.csv") as unfinished:
        assert unfinished.suffix == ".csv"  # some writers go by it
        unfinished.write_bytes(b"second")
    assert (tmp_path / "one.csv").is_symlink() and (tmp_path / "far" / "content").read_bytes() == b"second"
    assert os.listdir(tmp_path / "far") == ["content"]


@pytest.mark.parametrize("what", ["a file", "a filled folder", "a link to an empty folder", "a link to nothing"])
def test_what_a_new_folder_cannot_take_the_place_of_is_said_before(tmp_path, what):
    place = tmp_path / "place"
    if what == "a file":
        place.touch()
    elif what == "a filled folder":
        (place / "mine").mkdir(parents=True)
    elif sys.platform == "win32":
        pytest.skip("links take rights there that users lack")
    else:
        (tmp_path / "empty").mkdir()
        place.symlink_to("empty" if "empty" in what else "nothing")
    with pytest.raises(InputError, match="place: is there already and is not overwritten"):
        must_be_new(place)


def test_an_empty_folder_gives_its_place_to_a_new_one(tmp_path):
    (tmp_path / "place").mkdir()
    must_be_new(tmp_path / "place")
    must_be_new(tmp_path / "new" / "place")
    with whole_folder(tmp_path / "place") as unfinished:
        (unfinished / "made").touch()
    assert os.listdir(tmp_path) == ["place"] and os.listdir(tmp_path / "place") == ["made"]


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_folder_that_another_program_has_filled_is_said_to_be_there(tmp_path, when):
    place = tmp_path / "place"
    if when == "before":
        (place / "theirs").mkdir(parents=True)
    with pytest.raises(InputError, match="place: is there already and is not overwritten"), whole_folder(place):
        assert when == "meanwhile", "work that is for nothing"
        (place / "theirs").mkdir(parents=True)
    assert os.listdir(tmp_path) == ["place"] and os.listdir(place) == ["theirs"]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there, every user has a name")
def test_one_program_at_a_time_goes_on_where_the_user_has_no_name_too(tmp_path, monkeypatch):
    """As in a container that is started for a number."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with alone(tmp_path / "a.keras"), pytest.raises(InputError, match="another run"), alone(tmp_path / "a.keras"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="locks of another kind")
def test_where_the_disk_has_no_locks_nobody_waits_for_ever(tmp_path, monkeypatch):
    import fcntl

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (
        pytest.raises(InputError, match="made: cannot be written .No locks available."),
        whole_folder(tmp_path / "made"),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="No locks available"), in_turn(tmp_path / "made"):
        pass

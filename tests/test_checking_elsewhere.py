"""The folder that lessons are run on elsewhere: what it is like, and that it is drawn once."""

import pytest

from helpers import drawing, lessons
from helpers.checking import elsewhere


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(lessons, "BUILD", tmp_path)
    monkeypatch.setattr(elsewhere, "IMAGES", 24)
    return tmp_path / "elsewhere"


def test_it_is_as_a_learner_has_one(place):
    folder = elsewhere.pictures()
    assert sorted(path.name for path in folder.iterdir()) == ["barkers", "whiskers"]
    for kind in folder.iterdir():
        assert [path.name for path in sorted(kind.iterdir())][:3] == ["IMG_0001.JPG", "IMG_0002.JPG", "IMG_0003.png"]
        assert len(list(kind.iterdir())) == 12


def test_it_is_drawn_once_until_the_code_that_draws_it_changes(place, monkeypatch):
    first = elsewhere.pictures()
    before = {path: path.stat().st_mtime_ns for path in first.rglob("*")}
    assert elsewhere.pictures() == first
    assert {path: path.stat().st_mtime_ns for path in first.rglob("*")} == before
    monkeypatch.setattr(elsewhere, "mark", lambda: "by_other_code")
    second = elsewhere.pictures()
    assert second != first and not first.exists() and len(list(second.rglob("*.*"))) == 24


def test_what_draws_it_is_in_its_mark(monkeypatch, tmp_path):
    before = elsewhere.mark()
    with monkeypatch.context() as once:
        once.setattr(drawing, "version", lambda: "another")
        assert elsewhere.mark() != before
    (tmp_path / "elsewhere.py").write_text("another number of pictures")
    monkeypatch.setattr(elsewhere, "__file__", str(tmp_path / "elsewhere.py"))
    assert elsewhere.mark() != before


def test_a_drawing_that_was_broken_off_is_begun_anew(place, monkeypatch):
    with monkeypatch.context() as once, pytest.raises(KeyboardInterrupt):
        once.setattr(drawing, "draw_set", stopped)
        elsewhere.pictures()
    assert len(list(elsewhere.pictures().rglob("*.*"))) == 24


def stopped(*_):
    raise KeyboardInterrupt

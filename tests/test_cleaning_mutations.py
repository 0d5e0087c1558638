"""The promise holds for files spoilt at random; `python tests/soak_cleaning.py` tries three times as many."""

import pytest
from cleaning_corpus import good
from cleaning_mutations import plant
from cleaning_promise import assert_all_loaded, assert_decoded_alike, make_old, state

from helpers import cleaning
from helpers.cleaning.inspecting import inspect


def test_the_promise_holds_for_files_spoilt_at_random(tmp_path):
    plant(tmp_path / "spoilt", 1000)
    make_old(tmp_path / "spoilt")
    before = state(tmp_path / "spoilt")
    report = cleaning.clean(tmp_path / "spoilt", tmp_path / "clean")
    files = [path for path in (tmp_path / "clean").rglob("*") if path.is_file()]
    assert 100 <= len(files) < report.pictures
    assert_decoded_alike(files, apart=255)  # quick and exact arithmetic differ on tables that no encoder writes
    assert_all_loaded(tmp_path / "clean", len(files))
    assert state(tmp_path / "spoilt") == before


@pytest.mark.parametrize(("width", "height"), [(1, 600), (600, 1), (1, 20_000)])
def test_a_line_of_pixels_is_small_and_breaks_nothing(tmp_path, width, height):
    """What fuzzing found: brought to the size at which blur is judged, it has no pixel left."""
    good(1, 64, 64).resize((width, height)).save(tmp_path / "line.png")
    assert ("tiny", f"{width} x {height} pixels") in inspect(tmp_path / "line.png").faults

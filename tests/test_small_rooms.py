"""What small files promise that no other test would miss: each came out of `make mutations`."""

import io
import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageOps

from helpers import figures
from helpers.activations import charts
from helpers.activations.measures import LayerMeasure
from helpers.cleaning import faults, page, pixels, reading, reviewing, thumbnails
from helpers.cleaning.report import Finding, Report
from helpers.errors import InputError
from helpers.progress import progress
from helpers.quiet import without_stderr


def test_a_notebook_shows_one_sentence_in_place_of_a_traceback():
    assert InputError("a: is gone; look.")._render_traceback_() == ["Please check: a: is gone; look."]


def test_a_bar_takes_itself_away():
    assert progress(range(3)).leave is False


def test_standard_error_is_silent_for_a_while_and_then_there_again(capfd):
    with without_stderr():
        os.write(2, b"muttering")
    os.write(2, b"news")
    assert capfd.readouterr().err == "news"


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="elsewhere TensorFlow is left to choose")
@pytest.mark.parametrize(("asked", "used"), [({}, "True"), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, "False")])
def test_convolutions_are_worked_out_by_onednn_unless_one_says_no(asked, used):
    without = {name: value for name, value in os.environ.items() if name != "TF_ENABLE_ONEDNN_OPTS"}
    code = "from helpers import quiet; from tensorflow.python.util import _pywrap_util_port as port"
    words = [sys.executable, "-c", f"{code}; print(port.IsMklEnabled())"]
    said = subprocess.run(words, env=without | asked, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == used


def test_only_what_tensorflow_is_made_of_is_never_looked_through_for_garbage():
    code = """
import gc
from helpers import quiet
print(gc.isenabled(), gc.get_freeze_count() > 100_000)
gc.disable()
with quiet.never_garbage():
    print(gc.isenabled())
print(gc.isenabled())
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "True", "False", "False"]


def test_the_table_of_faults_says_of_each_what_is_done():
    lines = faults.table().splitlines()
    for name, fault in faults.FAULTS.items():
        (line,) = [line for line in lines if line.startswith(f"  {name:20} ")]
        assert line.split(name, 1)[1].strip().startswith(fault.action) and line.endswith(fault.meaning)


def test_the_page_of_findings_writes_any_name_of_a_folder_as_text(tmp_path):
    folder = tmp_path / "cats & <dogs>"
    folder.mkdir()
    page.write_page(Report([], 0), folder, tmp_path / "page.html")
    written = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "cats &amp; &lt;dogs&gt;</title>" in written and "<dogs>" not in written


@pytest.mark.parametrize("turn", range(1, 9))
def test_grey_is_turned_as_pillow_turns_a_photo(turn):
    grey = np.arange(12, dtype="uint8").reshape(3, 4)
    photo = Image.fromarray(grey)
    photo.getexif()[0x0112] = turn
    assert np.array_equal(pixels.upright(grey, turn), np.asarray(ImageOps.exif_transpose(photo)))


def test_a_file_that_becomes_shorter_while_it_is_read_is_not_taken_for_whole(tmp_path, monkeypatch):
    (tmp_path / "a.jpg").write_bytes(b"12345678")
    assert reading.read(tmp_path / "a.jpg") == b"12345678"
    whole = os.read
    parts = iter([3, 0, 0])
    monkeypatch.setattr(reading.os, "read", lambda file, _count: whole(file, next(parts)))
    with pytest.raises(OSError, match="changed its length"):
        reading.read(tmp_path / "a.jpg")


def test_a_thumbnail_is_no_larger_than_asked_for(tmp_path):
    for name in ("photo.jpg", "drawing.png"):
        Image.new("RGB", (640, 480)).save(tmp_path / name)
        assert Image.open(io.BytesIO(thumbnails.thumbnail(tmp_path / name, 100))).size == (100, 75)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_thumbnail_of_a_jpeg_that_was_cut_off_shows_what_is_left(tmp_path, progressive):
    kept = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3), "uint8")
    Image.fromarray(noise).resize((640, 480)).save(kept, "JPEG", progressive=progressive)
    (tmp_path / "cut.jpg").write_bytes(kept.getvalue()[: len(kept.getvalue()) // 2])
    seen = Image.open(io.BytesIO(thumbnails.thumbnail(tmp_path / "cut.jpg", 100)))
    assert seen.size == (100, 75)
    assert np.asarray(seen.crop((0, 0, 100, 25))).std() > 20


def test_a_review_goes_no_further_than_its_first_and_last_picture(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Image.new("RGB", (64, 64)).save(tmp_path / name / "1.png")
    report = Report([Finding(f"{name}/1.png", "dark", "", "keep") for name in ("a", "b")], 2)
    state = reviewing.Review(report, tmp_path, tmp_path / "mine.csv")
    at = []
    for step in (-1, 1, 1, -1, -1):
        state.move(step)
        at.append(state.at)
    assert at == [0, 1, 1, 0, 0]


def test_the_figure_of_amounts_tells_the_share_of_zeros_and_draws_the_rest(monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: shown.append((figure, alt)))
    none = np.zeros(4)
    charts.show_amounts([LayerMeasure("conv_1", (5, 5, 4), 0.25, none, none, none)], 10)
    ((figure, alt),) = shown
    assert "conv_1 25% zero" in alt
    assert [bar.get_height() for bar in figure.axes[0].patches] == [100, 75]

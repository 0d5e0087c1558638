"""Decoding in processes of their own: the same pictures as without, and a decoder that breaks costs its row only."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import crew, decoding, decoding_apart, models, training

BREAKING = [sys.executable, str(Path(__file__).with_name("decoding_breaking_worker.py"))]
SIZE = (12, 16)
unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals and bounds")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    place, chance = tmp_path_factory.mktemp("photos"), np.random.default_rng(0)
    for number in range(40):
        pixels = chance.integers(0, 255, (30, 40, 3), dtype="uint8")
        Image.fromarray(pixels).save(place / f"{number:02}.{'jpg' if number % 3 else 'png'}")
    return place


def taken(paths, **settings):
    """What came for each path, in order."""
    found = dict(pair for lot in decoding_apart.decoded(paths, SIZE, **settings) for pair in lot)
    return [found[place] for place in range(len(paths))]


def test_pictures_are_those_of_decode_and_what_is_none_is_named(photos, tmp_path):
    (tmp_path / "none.jpg").write_text("none")
    paths = [*sorted(photos.iterdir()), tmp_path / "none.jpg", tmp_path / "gone.jpg"]
    found = taken(paths)
    for path, picture in zip(paths[:40], found, strict=False):
        np.testing.assert_array_equal(picture, decoding.decode(path, SIZE))
    assert found[40].startswith(f"{tmp_path / 'none.jpg'}: not a readable picture (no known kind of picture)")
    assert found[41] == f"{tmp_path / 'gone.jpg'}: there is no such file; check the path."


def test_relative_paths_and_odd_names_are_found(photos, tmp_path, monkeypatch):
    names = ["-a.jpg", "new\nline.jpg", "ä ö.jpg"] + (["\udcff.jpg"] if sys.platform == "linux" else [])
    for name in names:
        os.link(photos / "01.jpg", tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert all(isinstance(one, np.ndarray) for one in taken(names))


@unix
def test_nobody_waits_for_a_pipe_or_reads_a_device(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "SECONDS", 5.0)
    os.mkfifo(tmp_path / "pipe.jpg")
    pipe, device, picture = taken([tmp_path / "pipe.jpg", "/dev/null", photos / "00.png"])
    assert pipe.startswith(f"{tmp_path / 'pipe.jpg'}: a pipe or a device") and device.startswith("/dev/null: a pipe or")
    assert isinstance(picture, np.ndarray)


@unix
@pytest.mark.parametrize(
    ("name", "why"),
    [("breaks.jpg", "its process ended"), ("hangs.jpg", "took more than 5 seconds"), ("swells.jpg", "")],
)
def test_a_decoder_that_breaks_costs_its_own_row(photos, tmp_path, monkeypatch, name, why):
    monkeypatch.setattr(decoding_apart, "COMMAND", BREAKING)
    monkeypatch.setattr(crew, "SECONDS", 5.0)
    Image.new("RGB", (20, 20)).save(tmp_path / name)
    paths = sorted(photos.iterdir())
    paths.insert(21, tmp_path / name)
    model = models.lab_cnn((40, 40))
    rows = training.predict(model, paths, ["cats", "dogs"])
    assert [row.path for row in rows] == paths
    assert [row.path.name for row in rows if row.error] == [name]
    assert rows[21].error.startswith(f"{tmp_path / name}: not a readable picture (") and why in rows[21].error


def test_processes_end_when_nobody_takes_more(photos):
    lots = decoding_apart.decoded(sorted(photos.iterdir()) * 20, SIZE)
    next(lots)
    lots.close()
    assert crew.COMMAND[-1] == "helpers.cleaning.worker"

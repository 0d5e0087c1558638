"""A photo of one's own, chosen by button: answered with a picture and a class, or with why not."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers import models, upload


@pytest.fixture(scope="module")
def model():
    return models.lab_cnn((24, 24))


def photo(suffix="PNG"):
    kept = io.BytesIO()
    Image.fromarray(np.full((40, 60, 3), 128, "uint8")).save(kept, suffix)
    return kept.getvalue()


@pytest.fixture
def shown(monkeypatch):
    """What would appear under the cell, as a list of keyword arguments."""
    grids = []
    monkeypatch.setattr(
        upload.figures, "grid", lambda pictures, titles, **words: grids.append((titles[0], words["caption"]))
    )
    return grids


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_a_photo_of_any_format_gets_a_class_and_a_probability(model, shown, kind):
    upload._answer(model, ["cats", "dogs"], "mine", photo(kind))
    assert len(shown) == 1
    assert shown[0][0].split(":")[0] in ("cats", "dogs")
    assert shown[0][0].endswith("%")


def test_a_text_file_is_answered_with_a_sentence(model, shown, capsys):
    upload._answer(model, ["cats", "dogs"], "notes.txt", b"not a picture")
    assert shown == []
    assert "notes.txt" in capsys.readouterr().out

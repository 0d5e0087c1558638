"""What several files of tests use."""

import numpy as np
import pytest
from PIL import Image

from helpers import figures


@pytest.fixture
def shown(monkeypatch):
    """The figures that a call shows: a list of (figure, caption, alt)."""
    seen = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: seen.append((figure, caption, alt)))
    yield seen
    for figure, _, _ in seen:
        figures.plt.close(figure)


@pytest.fixture(scope="session")
def sky(tmp_path_factory):
    """train/ and validation/ of two classes that any network can tell apart: bright days and dark nights. Only read."""
    where = tmp_path_factory.mktemp("sky")
    rng = np.random.default_rng(0)
    for split, many in (("train", 24), ("validation", 10)):
        for name, light in (("day", 190), ("night", 50)):
            (where / split / name).mkdir(parents=True)
            for number in range(many):
                pixels = rng.normal(light, 25, (40, 48, 3)).clip(0, 255).astype("uint8")
                Image.fromarray(pixels).save(where / split / name / f"{number}.jpg")
    return where

"""What several files of tests use."""

import pytest

from helpers import figures


@pytest.fixture
def shown(monkeypatch):
    """The figures that a call shows: a list of (figure, caption, alt)."""
    seen = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: seen.append((figure, caption, alt)))
    yield seen
    for figure, _, _ in seen:
        figures.plt.close(figure)

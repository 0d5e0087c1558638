"""What several files of tests use."""

import os
import random
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from helpers import figures

LONGEST = ("scaffold", "resuming", "readme_runs", "checking", "cleaning_trouble", "cli", "many_workers", "lessons")


def pytest_collection_modifyitems(items: list) -> None:
    """The files that take longest come first: in the end no process is left alone with one of them, as where those of
    most tests come first (`--no-loadscope-reorder`)."""
    items.sort(key=lambda item: LONGEST.index(name) if (name := item.path.stem[5:]) in LONGEST else len(LONGEST))


@pytest.fixture(autouse=True, scope="module")
def chance():
    """Every file of tests begins with the same random numbers, whatever ran before it. `tests/ten_times.py` gives it
    others in each run, by SEED, to find what holds only by luck."""
    seed = int(os.environ.get("SEED", 0))
    random.seed(seed)
    np.random.seed(seed)
    if keras := sys.modules.get("keras"):
        keras.utils.set_random_seed(seed)


@pytest.fixture
def shown(monkeypatch):
    """The figures that a call shows: a list of (figure, caption, alt)."""
    seen = []
    monkeypatch.setattr(
        figures, "show", lambda figure, caption, alt, command="": seen.append((figure, caption + command, alt))
    )
    yield seen
    for figure, _, _ in seen:
        figures.plt.close(figure)


@pytest.fixture
def stand_in(monkeypatch):
    """What computes in the page of `labs page`, but computes nothing, so that nothing is fetched."""
    from helpers.page import runtime  # late: it loads TensorFlow, which most files of tests do without

    monkeypatch.setattr(runtime, "get", lambda given: runtime.Runtime("// script\n", b"binary", "licence"))


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


@pytest.fixture
def small_network(monkeypatch):
    """`labs train` takes the smallest of networks."""
    from steady_training import SMALL  # late: it loads TensorFlow

    from helpers import budget

    monkeypatch.setattr(budget, "LADDER", SMALL)


@pytest.fixture(scope="session")
def draw_elsewhere():
    """A function that gives a copy of the project the pictures which lessons are run on elsewhere. They are drawn once,
    in the project itself, whose own lessons take them next."""
    from helpers import lessons  # late: it loads papermill
    from helpers.checking import elsewhere

    def give(copy):
        drawn = elsewhere.pictures()
        shutil.copytree(drawn, copy / drawn.relative_to(lessons.PROJECT))

    return give


@pytest.fixture
def few_are_drawn(monkeypatch):
    """A function that lets `datasets.load` draw only so many pictures of a set. module, draw: what draws it. It gives
    back the list of versions of the code that draws, whose last is the present one."""

    def few(module, draw, many):
        versions, all_of_it = ["1"], getattr(module, draw)
        monkeypatch.setattr(module, draw, lambda folder: all_of_it(folder, many))
        monkeypatch.setattr(module, "version", lambda: versions[-1])
        return versions

    return few

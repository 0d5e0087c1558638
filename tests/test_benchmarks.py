"""The benchmarks keep what they say: where, by which command, and against rivals that are timed fairly."""

import csv
import importlib
import os
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from helpers import lessons

BENCHMARKS = lessons.PROJECT / "benchmarks"
SCRIPTS = sorted(BENCHMARKS.glob("*.py"))
TABLES = [path for path in sorted(BENCHMARKS.glob("results/*.csv")) if not path.stem.endswith("_small")]
KEPT = [line for path in SCRIPTS for line in re.findall(r"^(python .* --keep)\b", path.read_text("utf-8"), re.M)]


@pytest.fixture
def load(monkeypatch, tmp_path):
    """A module of benchmarks by its name; its results go to a folder of their own."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = set(sys.modules)
    monkeypatch.setattr(importlib.import_module("shared.measuring"), "RESULTS", tmp_path)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")) or name in ("shared", "rivals"):
            del sys.modules[name]


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_that_names_its_command_is_made_by_make_bench(path):
    assert {row.get("command") or KEPT[0] for row in table(path)} <= set(KEPT)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_no_script_writes_a_table_without_asking_whether_to_keep_it(path):
    code = path.read_text(encoding="utf-8")
    assert not re.search(r"measuring\.(write|bars)\(\s*f?[\"']", code)
    assert not re.search(r"RESULTS / f?[\"'](?!\{name\})", code) or path.stem == "many_workers_cost"


def test_it_is_kept_on_which_machine_and_by_which_command(load, monkeypatch, tmp_path):
    measuring = load("shared.measuring")
    monkeypatch.setattr(sys, "argv", ["/anywhere/scaling.py", "--keep"])
    for name in ("scaling", "looking", "scaling", "input_small"):
        measuring.write(name, [{"a": 1}])
    looking, scaling = table(tmp_path / "made.csv")
    assert (looking["table"], scaling["table"]) == ("looking", "scaling")
    assert scaling["command"] == "python benchmarks/scaling.py --keep"
    monkeypatch.setattr(sys, "argv", ["/anywhere/cleaning.py", "--rivals", "/somebody's/python", "--keep"])
    assert measuring.command() == "python benchmarks/cleaning.py --rivals PYTHON --keep"
    assert scaling["machine"].startswith(f"{os.cpu_count()} cores, ") and "TensorFlow 2." in scaling["machine"]
    assert table(tmp_path / "scaling.csv") == [{"a": "1"}]


def test_lesson_2_tells_the_light_of_the_longer_run_as_it_is_set(load):
    run = load("claims_variations")
    weak, strong = run.LIGHTS["weak"], run.LIGHTS["strong"]
    told = (
        f"*weak* is a brightness of {weak['brightness']} and a contrast of {weak['contrast']}, "
        f"*strong* {strong['brightness']} and {strong['contrast']}."
    )
    assert told in (lessons.PROJECT / "notebooks" / "02_augmentation.ipynb").read_text("utf-8")
    assert list(run.together()) == ["weak", "strong", "wild"] and list(run.LIGHTS) == ["weak", "strong"]


def test_how_far_our_pictures_are_from_a_full_decode_is_kept(load, tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(2)]
    for path, grey in zip(paths, (0, 255), strict=True):
        Image.fromarray(np.full((300, 300, 3), grey, "uint8")).save(path)
    script = load("input")
    script.pipeline = SimpleNamespace(decode=lambda path, size: np.full((*size, 3), 2, "uint8"))
    script.keep_difference("input_difference_drawn", paths)
    (row,) = table(tmp_path / "input_difference_drawn.csv")
    assert row == {"pictures": "2", "side": "150", "mean_of_255": "127.50", "most_of_255": "253.00"}


@pytest.fixture
def race(load, monkeypatch):
    """The script, and a race in which the course's lab takes 10 seconds for its first epoch and 2 for each other."""
    script = load("training")
    state = SimpleNamespace(now=0.0, trained=0, ours=[])

    def train(train, looked_at, epochs, augmented, callbacks=()):
        state.trained += 1
        for epoch in range(epochs):
            state.now += 2 if epoch else 10
            for one in callbacks:
                one.on_epoch_end(epoch, {})
        return "its model"

    def ours(self, seed, seconds):
        state.ours.append(seconds)
        return script.row(script.OURS, seed, seconds, None, "")

    monkeypatch.setattr(script.course, "train", train)
    monkeypatch.setattr(script.Race, "ours", ours)
    result = script.training.Evaluation(0.75, (0.65, 0.85), 100, np.eye(2, dtype=int), ["cats", "dogs"])
    monkeypatch.setattr(script.Race, "judge", lambda self, model: result)
    folder = lessons.PROJECT
    return lambda **how: script.Race(folder, folder, folder, 50, lambda: state.now, **how), state, script


def test_building_the_graph_of_the_augmentation_lab_counts_once(race):
    make, state, _ = race
    one = make()
    rows = [one.augmentation_lab(1, budget)[0] for budget in ("fifth", "lab")]
    assert rows[0] == rows[1] and rows[0]["seconds"] == 10 + 79 * 2
    assert rows[0]["test_accuracy"] == "" and rows[0]["setting"] == "80 epochs, timed by the first three"
    assert state.ours == pytest.approx([168 / 5, 168]) and state.trained == 1


def test_the_augmentation_lab_can_be_trained_whole(race):
    make, state, _ = race
    one = make(whole=True)
    lab, ours = one.augmentation_lab(1, "lab")
    assert state.now == lab["seconds"] == ours["seconds"] == 10 + 79 * 2
    assert (lab["test_accuracy"], lab["low"], lab["high"], lab["n"]) == (0.75, 0.65, 0.85, 100)
    assert lab["setting"] == "80 epochs"


def test_the_figure_shows_a_lab_that_was_trained_whole_once(race, monkeypatch, tmp_path):
    make, _, script = race
    shown = []
    monkeypatch.setattr(script.plt, "close", shown.append)
    one = make(whole=True)
    rows = [
        {"within": script.BUDGETS[budget], **row, "clock": "wall"}
        for seed in (1, 2)
        for budget in ("fifth", "lab")
        for row in one.augmentation_lab(seed, budget)
    ]
    script.report("training_drawn_small", rows, "wall")
    (axis,) = shown[0].axes
    (points,) = [line for line in axis.lines if line.get_label().startswith(script.AUGMENTED)]
    assert len(points.get_xdata()) == 2

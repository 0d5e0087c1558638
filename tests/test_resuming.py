"""A training that is broken off, at any moment and in any way, goes on, and nothing that was learned is lost."""

import csv
import itertools
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from helpers import cli, resuming, training
from helpers.errors import InputError
from helpers.quiet import keras


def train(sky, unfinished, looks=None, said=None):
    """`train_within` a tenth of a minute of a clock that goes on an eighth of a second at each look."""
    looks = looks or itertools.count()
    say = (said if said is not None else []).append
    sides = sky / "train", sky / "validation"
    return training.train_within(0.1, *sides, say=say, now=lambda: next(looks) / 8, unfinished=unfinished)


class Broken(Exception):
    """In place of a kill, in the middle of a step."""


def broken_off(sky, unfinished, after):
    """Train, and break off after so many looks at the clock."""

    def looks():
        yield from range(after)
        raise Broken

    with pytest.raises(Broken):
        train(sky, unfinished, looks())


@pytest.mark.parametrize("after", [25, 40])
def test_a_training_that_was_broken_off_goes_on(sky, tmp_path, monkeypatch, after):
    monkeypatch.setattr(resuming, "EVERY", 0)
    unfinished = resuming.Unfinished(tmp_path / "state", {"seed": 1})
    broken_off(sky, unfinished, after)
    before, looks, said = unfinished.read(), itertools.count(), []
    assert 0 < before["gone"] < 1
    result = train(sky, unfinished, looks, said)
    took = next(looks) / 8
    assert said[0].startswith("Going on: compact network")
    assert took < (1 - before["gone"]) * before["plan"]["seconds"] + 2  # what was left, not all of it again
    columns = before["history"].get("loss", [])
    assert result.history["loss"][: len(columns)] == columns and len(result.history["loss"]) > len(columns)
    assert len({len(column) for column in result.history.values()}) == 1


def test_weights_and_optimizer_come_back_as_they_were(tmp_path):
    def fresh():
        model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2), keras.layers.BatchNormalization()])
        model.compile(optimizer=keras.optimizers.AdamW(0.1, use_ema=True, ema_momentum=0.9), loss="mse")
        return model

    pictures, model = np.random.default_rng(0).random((8, 3)), fresh()
    for _ in range(3):
        model.train_on_batch(pictures, np.ones((8, 2)))
    unfinished, other = resuming.Unfinished(tmp_path / "state", {}), fresh()
    unfinished.write(model, {})
    unfinished.load_weights(other, unfinished.read())
    for one in (model, other):
        one.train_on_batch(pictures, np.ones((8, 2)))
    for a, b in zip(model.optimizer.variables, other.optimizer.variables, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_only_one_state_is_kept_and_none_when_it_is_done(tmp_path):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile()
    unfinished = resuming.Unfinished(tmp_path / "state", {})
    for number in range(3):
        unfinished.write(model, {"part": number})
    assert unfinished.read()["part"] == 2 and len(list((tmp_path / "state").iterdir())) == 2
    unfinished.forget()
    assert not list(tmp_path.iterdir())


def test_a_state_of_another_training_is_not_taken(tmp_path):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile()
    resuming.Unfinished(tmp_path / "state", {"seed": 1, "minutes": 3}).write(model, {})
    with pytest.raises(InputError, match=r"state: is of another training \(seed differ"):
        resuming.Unfinished(tmp_path / "state", {"seed": 2, "minutes": 3}).read()


@pytest.mark.parametrize("text", ["[]", "1", '{"about": 1}', 100_000 * "["])
def test_a_state_of_another_form_is_named(tmp_path, text):
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(InputError, match="is damaged; take it away"):
        resuming.Unfinished(tmp_path, {"seed": 1}).read()


@pytest.mark.parametrize("what", ["state.json", "weights"])
def test_a_damaged_state_is_named(tmp_path, what):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile()
    unfinished = resuming.Unfinished(tmp_path / "state", {})
    unfinished.write(model, {})
    path = next(tmp_path.glob(f"state/*{what}*"))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="state: is damaged; take it away"):
        unfinished.load_weights(model, unfinished.read())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_labs_train_goes_on_after_a_kill_and_after_ctrl_c(sky, tmp_path, how):
    model, history = tmp_path / "sky.keras", tmp_path / "sky.csv"
    at_each_step = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"  # ignored in the background
        "from helpers import cli, resuming; resuming.EVERY = 0; sys.exit(cli.main())"
    )
    command = [sys.executable, "-u", "-c", at_each_step, "train", str(sky), "--save", str(model)]
    command += ["--minutes", "0.15", "--history", str(history)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    state = tmp_path / "sky.keras.unfinished" / "state.json"
    while "Chosen" not in process.stdout.readline():
        assert process.poll() is None
    while not state.exists():
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(how)
    said = process.communicate(timeout=60)[1]
    assert json.loads(state.read_text())["gone"] > 0 and not model.exists()
    if how == signal.SIGINT:
        assert process.returncode == 130 and "the same command with --resume goes on" in said
        refused = subprocess.run(command, capture_output=True, text=True)
        assert refused.returncode == 2 and "holds a training that was broken off" in refused.stderr
        return
    done = subprocess.run([*command, "--resume"], capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert "Going on: compact network" in done.stdout and model.exists() and not state.parent.exists()
    with history.open(newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)][:2] == ["1", "2"]


def test_ctrl_c_before_anything_was_learned_promises_nothing(sky, tmp_path, monkeypatch, capsys):
    def at_once(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("helpers.training.train_within", at_once)
    assert cli.main(["train", str(sky), "--save", str(tmp_path / "sky.keras"), "--minutes", "1"]) == 130
    said = capsys.readouterr().err
    assert "nothing had been learned yet" in said and "--resume" not in said

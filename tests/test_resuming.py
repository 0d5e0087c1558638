"""A training that is broken off, at any moment and in any way, goes on, and nothing that was learned is lost."""

import csv
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from steady_training import SMALL, by_steps
from tensorflow.python.framework import config

from helpers import by_the_clock, cli, datasets, resuming, training
from helpers.errors import InputError
from helpers.quiet import keras


@pytest.fixture(autouse=True, scope="module")
def small_networks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_the_clock.budget, "LADDER", SMALL)
        yield


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
    columns = before["at"]["history"].get("loss", [])
    assert result.history["loss"][: len(columns)] == columns and len(result.history["loss"]) > len(columns)
    assert len({len(column) for column in result.history.values()}) == 1


@pytest.fixture(scope="module")
def in_one_order():
    """Sums are added up in the same order in each run, for which TensorFlow must be asked."""
    config.enable_op_determinism()
    yield
    config.disable_op_determinism()


@pytest.fixture(scope="module")
def undisturbed(sky, in_one_order):
    """What nobody disturbed: four epochs on small pictures, two steps each but the last, then four on large ones."""
    with pytest.MonkeyPatch.context() as patch:
        by_steps(14, patch.setattr)
        return train(sky, None)


@pytest.mark.parametrize("kills", [[3], [6, 7, 13]])
def test_it_ends_as_if_undisturbed_bit_for_bit(sky, tmp_path, monkeypatch, undisturbed, kills):
    by_steps(14, monkeypatch.setattr)
    monkeypatch.setattr(resuming, "EVERY", 0)
    unfinished, begin = resuming.Unfinished(tmp_path / "state", {}), by_the_clock.budget.ByTheClock.on_train_batch_begin

    def break_off(clock, batch):
        if kills and int(clock.model.optimizer.iterations) == kills[0]:
            kills.pop(0)
            raise Broken
        begin(clock, batch)

    monkeypatch.setattr(by_the_clock.budget.ByTheClock, "on_train_batch_begin", break_off)
    while kills:
        with pytest.raises(Broken):
            train(sky, unfinished)
        (tmp_path / "state" / "7.weights.npz").write_bytes(b"half")  # as a power cut leaves what it interrupts
        (tmp_path / "state" / ".state.7.unfinished.json").write_bytes(b'{"ab')
    result = train(sky, unfinished)
    assert result.history == undisturbed.history and len(result.history["loss"]) == 8
    for one, other in zip(result.model.get_weights(), undisturbed.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def stream(sky, batches, part=0, epoch=0, began=0, steps=0):
    """So many batches of 32 of the 48 pictures, as one array. An epoch is two of them."""
    at = {"part": part, "epoch": epoch, "began": began}
    found = itertools.islice(by_the_clock._varied(sky / "train", 8, 1, at, steps), batches)
    return np.concatenate([pictures.numpy() for pictures, _ in found])


def test_each_picture_comes_once_before_any_comes_again_in_another_order(sky, monkeypatch):
    monkeypatch.setattr(by_the_clock, "mix_up", lambda pictures, labels, seed: (pictures, labels))
    monkeypatch.setattr(by_the_clock, "RandomWarp", Untouched)
    both, later = stream(sky, 3), stream(sky, 3, part=1)
    rounds = [list(map(bytes, some)) for some in (both[:48], both[48:], later[:48])]
    assert all(sorted(one) == sorted(rounds[0]) and len(set(one)) == 48 for one in rounds)
    assert rounds[0] != rounds[1] and rounds[0] != rounds[2]


def test_what_comes_next_depends_on_nothing_that_came_before(sky):
    all_of_it = stream(sky, 6)
    np.testing.assert_array_equal(stream(sky, 1, steps=1), all_of_it[32:64])
    np.testing.assert_array_equal(stream(sky, 3, epoch=1, began=2, steps=3), all_of_it[96:])
    assert len(set(map(bytes, all_of_it))) == 6 * 32  # no variation comes twice


class Untouched:
    """In place of RandomWarp."""

    def __init__(self, seed, **_):
        self.generator = keras.random.SeedGenerator(seed)

    def __call__(self, pictures, training):
        return pictures


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
    with pytest.raises(InputError, match=r"state: is of another training \(seed: 1 then, 2 now\)"):
        resuming.Unfinished(tmp_path / "state", {"seed": 2, "minutes": 3}).read()


def test_what_somebody_else_put_into_its_folder_stays(tmp_path):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile()
    unfinished = resuming.Unfinished(tmp_path / "state", {})
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "notes.txt").write_text("mine")
    (tmp_path / "state" / "best.weights.npz").write_text("mine")
    unfinished.write(model, {})
    (tmp_path / "state" / ".state.7.unfinished.json").write_text("half")
    unfinished.forget()
    assert sorted(os.listdir(tmp_path / "state")) == ["best.weights.npz", "notes.txt"] and not unfinished.is_there()


@pytest.mark.parametrize("place", [".", "train"])
def test_a_model_that_is_saved_among_the_class_folders_goes_on(sky, tmp_path, place):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile()
    pictures = shutil.copytree(sky / "train" if place == "." else sky, tmp_path / "sky")
    file, data = pictures / place / "m.keras", tmp_path / "data"
    resuming.of(file, datasets.load(pictures, data), 3.0, 1).write(model, {"part": 1})
    assert resuming.of(file, datasets.load(pictures, data), 3.0, 1).read()["part"] == 1


def changed(folder):
    path = folder / "train" / "day" / "3.jpg"
    data = bytearray(path.read_bytes())
    data[-9] ^= 1  # as many bytes as before, from the same moment
    then = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))


def swapped(folder):
    (folder / "train" / "day" / "3.jpg").rename(folder / "x")
    (folder / "train" / "day" / "4.jpg").rename(folder / "train" / "day" / "3.jpg")
    (folder / "x").rename(folder / "train" / "day" / "4.jpg")


@pytest.mark.parametrize("change", [changed, swapped])
def test_pictures_that_were_changed_meanwhile_are_noticed(sky, tmp_path, change):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile()
    pictures = shutil.copytree(sky, tmp_path / "sky")
    resuming.of(tmp_path / "m.keras", datasets.load(pictures), 3.0, 1).write(model, {})
    change(pictures)
    with pytest.raises(InputError, match=r"m\.keras\.unfinished: learned from other pictures .* with --overwrite"):
        resuming.of(tmp_path / "m.keras", datasets.load(pictures), 3.0, 1).read()


def test_a_copy_of_the_pictures_made_at_another_time_is_known_again(sky, tmp_path):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile()
    resuming.of(tmp_path / "m.keras", datasets.load(sky), 3.0, 1).write(model, {"part": 1})
    pictures = tmp_path / "moved" / "sky"
    shutil.copytree(sky, pictures, copy_function=shutil.copyfile)
    assert resuming.of(tmp_path / "m.keras", datasets.load(pictures), 3.0, 1).read()["part"] == 1


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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limits")
def test_a_full_disk_is_named_and_what_was_kept_before_stays(tmp_path):
    import resource

    model = keras.Sequential([keras.layers.Input((300,)), keras.layers.Dense(20)])
    model.compile()
    unfinished = resuming.Unfinished(tmp_path / "state", {})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def write(part):
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))  # no file grows beyond, as on a disk of no room
        try:
            with pytest.raises(InputError) as caught:
                unfinished.write(model, {"part": part})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        return str(caught.value)

    assert write(0).endswith("state: cannot be written (File too large); make room.")
    assert list(tmp_path.iterdir()) == []
    unfinished.write(model, {"part": 1})
    kept = sorted((tmp_path / "state").iterdir())
    assert "what was learned before is kept: make room, and go on by --resume" in write(2)
    assert sorted((tmp_path / "state").iterdir()) == kept and unfinished.read()["part"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_labs_train_goes_on_after_a_kill_and_after_ctrl_c(sky, tmp_path, how):
    model, history = tmp_path / "sky.keras", tmp_path / "sky.csv"
    at_each_step = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"  # ignored in the background
        "from helpers import budget, cli, resuming; resuming.EVERY = 0;"
        f"budget.LADDER = (budget.{SMALL[0]!r},); sys.exit(cli.main())"
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
    process.send_signal(getattr(signal, how))
    said = process.communicate(timeout=600)[1]
    assert json.loads(state.read_text())["gone"] > 0 and not model.exists()
    if how == "SIGINT":
        assert process.returncode == 130 and "the same command with --resume goes on" in said
        refused = subprocess.run(command, capture_output=True, text=True)
        assert refused.returncode == 2 and "holds a training that was broken off" in refused.stderr
    done = subprocess.run([*command, "--resume"], capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert "Going on: compact network" in done.stdout and model.exists() and not state.parent.exists()
    with history.open(newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)][:2] == ["1", "2"]


def test_a_training_for_a_model_that_another_one_makes_just_now_is_refused(sky, tmp_path, monkeypatch, capsys):
    words = ["train", str(sky), "--save", str(tmp_path / "sky.keras"), "--minutes", "1"]
    hold = (
        "import sys; from pathlib import Path; from helpers.whole_folder import alone\n"
        "with alone(Path(sys.argv[1])): print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(tmp_path / "sky.keras")]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    other.stdout.readline()
    monkeypatch.setattr("helpers.training.train_within", lambda *_, **__: pytest.fail("both train"))
    for more in ([], ["--resume"], ["--overwrite"]):
        assert cli.main([*words, *more]) == 2
        assert "sky.keras: another run is writing it just now; wait for it to end" in capsys.readouterr().err
    other.kill()
    other.wait()
    monkeypatch.setattr("helpers.training.train_within", stopped_by_hand)
    assert cli.main(words) == 130


def stopped_by_hand(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize("place", ["before the first step", "after a step, before it is counted"])
def test_ctrl_c_at_an_unlucky_moment_leaves_a_state_to_go_on_from(sky, tmp_path, monkeypatch, place):
    by_steps(6, monkeypatch.setattr)
    monkeypatch.setattr(by_the_clock, "_batches", lambda _: 1)  # as of a set that one batch holds
    unfinished, learn, first = resuming.Unfinished(tmp_path / "state", {}), keras.Model.train_on_batch, [True]

    def by_hand(*inputs, **named):
        found = None if place.startswith("before") else learn(*inputs, **named)
        if first.pop() if first else False:
            raise KeyboardInterrupt
        return found or learn(*inputs, **named)

    monkeypatch.setattr(keras.Model, "train_on_batch", by_hand)
    with pytest.raises(KeyboardInterrupt):
        train(sky, unfinished)
    result = train(sky, unfinished)
    assert len({len(column) for column in result.history.values()}) == 1 and len(result.history["loss"]) >= 5


def test_ctrl_c_before_anything_was_learned_promises_nothing(sky, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("helpers.training.train_within", stopped_by_hand)
    assert cli.main(["train", str(sky), "--save", str(tmp_path / "sky.keras"), "--minutes", "1"]) == 130
    said = capsys.readouterr().err
    assert "nothing had been learned yet" in said and "--resume" not in said


def test_what_is_drawn_at_a_step_differs_from_what_else_is_drawn_there_and_from_the_next():
    drawn = []
    for step in (0, 1):
        for which in range(by_the_clock.GENERATORS):
            generator = keras.random.SeedGenerator(3)
            by_the_clock._at_step(generator, 7, step, which)
            drawn.append(float(keras.random.uniform((), seed=generator)))
    assert len(set(drawn)) == 2 * by_the_clock.GENERATORS

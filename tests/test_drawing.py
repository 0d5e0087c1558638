"""A drawn set is the same in every run, tells the truth about itself, and colour or size do not give it away."""

import hashlib
import signal
import subprocess
import sys
import time
from collections import Counter

import numpy as np
import pytest
from drawn_sheet import draw_sheet, read_sheet
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from helpers import crew, drawing
from helpers.drawing import sets
from helpers.errors import InputError

IMAGES = 120


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A hundred and twenty pictures, drawn by two processes."""
    folder = tmp_path_factory.mktemp("drawn") / "set"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crew, "worth_starting", lambda *_: 2)  # also for so few
        drawing.draw_set(folder, IMAGES)
    return folder


def test_one_process_and_many_give_the_same_bytes(drawn, tmp_path):
    drawing.draw_set(tmp_path / "again", IMAGES)
    assert contents(tmp_path / "again") == contents(drawn)


@pytest.mark.parametrize("given", ["a file", "standard input"])
def test_a_script_without_a_main_guard_may_draw(tmp_path, given):
    script = "from helpers import drawing\ndrawing.draw_set('set', 128)\n"
    (tmp_path / "mine.py").write_text(script)
    command = [sys.executable, "mine.py" if given == "a file" else "-"]
    done = subprocess.run(command, input=script, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert len(drawing.read_truth(tmp_path / "set")) == 128


def begun(folder):
    """`labs data drawn`, which has drawn some pictures and is far from its end."""
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"  # ignored in the background
        "from helpers import cli; sys.exit(cli.main())"
    )
    words = [sys.executable, "-c", code, "data", "drawn", "--to", str(folder), "--images", "2000"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    while not any(folder.parent.rglob("*.jpg")):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_a_drawing_that_is_stopped_by_hand_says_so_and_leaves_nothing(tmp_path):
    process = begun(tmp_path / "set")
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 130 and said.endswith("labs: stopped by hand.\n") and "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_drawing_left_is_removed_by_the_next(tmp_path):
    with begun(tmp_path / "set") as process:
        process.kill()
    assert list(tmp_path.iterdir()) != []
    before = None
    while (now := sorted(tmp_path.rglob("*.jpg"))) != before:
        before = now
        time.sleep(1)  # its own processes end when they have something to tell it
    drawing.draw_set(tmp_path / "set", 8)
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_what_goes_wrong_in_a_process_of_its_own_is_said_here(tmp_path):
    """One of the folders is missing."""
    jobs = sets.plan(12, 0)
    for path in {path.rpartition("/")[0] for path, _, _ in jobs} - {"validation/dogs"}:
        (tmp_path / path).mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match=r"validation/dogs/dog\.\d+\.jpg"):
        list(sets.draw_apart(tmp_path, jobs, 12, 0))


def test_another_seed_gives_other_pictures(drawn, tmp_path):
    drawing.draw_set(tmp_path / "other", 8, seed=1)
    first, other = contents(drawn), contents(tmp_path / "other")
    assert not set(other.values()) & set(first.values())
    assert len(set(first.values())) == IMAGES + 1  # and no two pictures of one set are the same


def test_the_pets_look_as_they_did():
    """Any slip in the drawing is seen here. After a change on purpose: python tests/drawn_sheet.py"""
    apart = np.abs(draw_sheet().astype(int) - read_sheet()).mean(axis=(1, 2, 3))
    assert np.flatnonzero(apart > 0.5).tolist() == []


def test_truth_tells_of_every_picture_its_class(drawn):
    rows = drawing.read_truth(drawn)
    assert {row["path"] for row in rows} == {name for name in contents(drawn) if name.endswith(".jpg")}
    assert all(row["path"].split("/")[1] == f"{row['class']}s" and not row["fault"] for row in rows)
    places = Counter(tuple(row["path"].split("/")[:2]) for row in rows)
    assert places == {
        ("train", "cats"): 40,
        ("train", "dogs"): 40,
        ("validation", "cats"): 20,
        ("validation", "dogs"): 20,
    }


def test_boxes_lie_in_the_picture_and_hold_the_points_that_show(drawn):
    showing = 0
    for row in drawing.read_truth(drawn):
        with Image.open(drawn / row["path"]) as picture:
            width, height = picture.size
        assert 0 <= row["x0"] < row["x1"] <= width and 0 <= row["y0"] < row["y1"] <= height
        for x, y in (row["left_eye"], row["right_eye"], row["nose"]):
            if 2 <= x < width - 2 and 2 <= y < height - 2:
                showing += 1
                assert row["x0"] <= x <= row["x1"] and row["y0"] <= y <= row["y1"]
    assert showing > 0.8 * 3 * IMAGES


def test_left_and_right_are_the_pictures_left_and_right(drawn):
    assert all(row["left_eye"][0] < row["right_eye"][0] for row in drawing.read_truth(drawn))


@pytest.mark.parametrize("kind", ["cat", "dog"])
def test_the_box_is_where_the_animal_is(kind, monkeypatch):
    """The same picture with the animal left out differs inside the box, and nowhere else."""
    picture, truth = drawing.draw_pet(kind, np.random.default_rng(4), (440, 170))
    monkeypatch.setattr("helpers.drawing.canvas.Canvas.lay", lambda *_: None)
    empty, _ = drawing.draw_pet(kind, np.random.default_rng(4), (440, 170))
    changed = np.abs(picture.astype(float) - empty).max(2)
    inside = np.zeros(changed.shape, bool)
    inside[truth["y0"] : truth["y1"], truth["x0"] : truth["x1"]] = True
    assert picture.shape == (170, 440, 3) and picture.dtype == np.uint8
    assert 0.02 < inside.mean() < 0.98
    assert changed[inside].mean() > 20 and changed[~inside].mean() < 0.5


def test_boxes_are_fractions_by_path(drawn):
    found = drawing.boxes(drawn / "validation")
    assert len(found) == 40 and all(0 <= a < c <= 1 and 0 <= b < d <= 1 for a, b, c, d in found)


def test_sizes_vary_as_in_real_sets():
    rng = np.random.default_rng(0)
    sizes = np.array([sets.paper_size(rng) for _ in range(500)])
    assert sizes.min() >= 100 and sizes.max() <= 500 and len(set(map(tuple, sizes))) > 300
    assert 0.5 < (sizes[:, 0] > sizes[:, 1]).mean() < 0.8  # landscape more often than portrait


@pytest.mark.parametrize("what", ["colour", "bytes"])
def test_colour_and_file_size_do_not_give_the_class_away(drawn, what):
    rows = drawing.read_truth(drawn)
    if what == "colour":
        values = [np.asarray(Image.open(drawn / row["path"])).mean((0, 1)) / 255 for row in rows]
    else:
        values = [[(drawn / row["path"]).stat().st_size / 1e4] for row in rows]
    dogs = [row["class"] == "dog" for row in rows]
    assert cross_val_score(LogisticRegression(), np.array(values), dogs, cv=10).mean() < 0.65


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="mine: is there already"):
        drawing.draw_set(tmp_path / "mine", 8)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="links take rights there that users lack")
def test_a_link_is_refused_before_anything_is_drawn(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "set").symlink_to("far")
    with pytest.raises(InputError, match="set: is there already"):
        drawing.draw_set(tmp_path / "set", 8)
    assert (tmp_path / "set").is_symlink() and len(list(tmp_path.iterdir())) == 2


def test_a_failure_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sets, "write_truth", full)
    with pytest.raises(InputError, match="cannot be written .No space left on device., and nothing of it was left"):
        drawing.draw_set(tmp_path / "set", 8)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("images", "faults", "least"), [(7, False, 8), (87, True, 88)])
def test_too_few_pictures_are_refused(tmp_path, images, faults, least):
    with pytest.raises(InputError, match=f"draw at least {least}"):
        drawing.draw_set(tmp_path / "set", images, faults=faults)
    assert not list(tmp_path.iterdir())


def test_a_folder_without_truth_is_named(tmp_path):
    with pytest.raises(InputError, match="there is no truth about these pictures"):
        drawing.read_truth(tmp_path)

"""`labs` does what it says, and answers bad input with one sentence and exit code 2, leaving nothing half-written."""

import csv
import errno
import io
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from helpers import datasets, lessons, picture_cache, pipeline, resuming, training
from helpers.cli import main
from helpers.errors import InputError
from helpers.quiet import tf


def disc_or_square(path, kind, seed):
    """A small picture of a bright disc or a bright square: easy to tell apart."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 60, (40, 48, 3), "uint8")
    y, x = np.mgrid[:40, :48] - rng.integers(15, 25, 2)[:, None, None]
    inside = x**2 + y**2 < 140 if kind == "discs" else (abs(x) < 11) & (abs(y) < 11)
    pixels[inside] += np.uint8(150)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def shapes(folder, number, first=0):
    """`number` pictures a class, in folder/discs and folder/squares."""
    for kind in ("discs", "squares"):
        for seed in range(first, first + number):
            disc_or_square(folder / kind / f"{seed}.png", kind, seed)
    return folder


@dataclass
class Trained:
    model: Path
    history: Path
    pictures: Path  # 16 of each class that the model has not seen
    said: str


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """What `labs train` itself made of a folder of class folders."""
    place = tmp_path_factory.mktemp("trained")
    shapes(place / "my shapes", 40)
    words = ["train", f"{place / 'my shapes'}/", "--save", str(place / "m.keras"), "--minutes", "0.02"]
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setattr(datasets, "default_directory", lambda: place / "data")
        assert main([*words, "--history", str(place / "h.csv")]) == 0
    new = shapes(place / "new", 16, first=100)
    return Trained(place / "m.keras", place / "h.csv", new, said.getvalue())


@pytest.fixture(autouse=True)
def data_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "default_directory", lambda: tmp_path / "data")
    monkeypatch.chdir(tmp_path)


def refused(capsys, *words):
    """The sentence with which `labs WORDS` refuses: exit code 2, one line on standard error, nothing else."""
    assert main([str(word) for word in words]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("labs: ")
    assert said.err.count("\n") == 1
    return said.err


def left_behind(tmp_path):
    """All files below the test's own folder."""
    return sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())


# What it does


def test_training_says_what_it_does_and_leaves_a_model_and_a_history(trained):
    assert "Pictures from my shapes, about one in five set aside for validation." in trained.said
    assert re.search(r"Saved .*m\.keras: right on [\d.]+% of \d+ validation pictures", trained.said)
    assert sorted(p.name for p in trained.model.parent.iterdir()) == ["data", "h.csv", "m.keras", "my shapes", "new"]
    assert re.search(r"\n\d+ pictures prove little: the truth may lie anywhere in the interval", trained.said)
    rows = list(csv.DictReader(trained.history.open()))
    assert {"epoch", "loss", "accuracy", "val_loss", "val_accuracy"} <= set(rows[0])
    assert [int(row["epoch"]) for row in rows] == list(range(1, len(rows) + 1))


def test_evaluation_ends_in_the_accuracy_and_the_number(trained, capsys, tmp_path):
    for name, many in (("discs", 16), ("squares", 5)):  # so many that right and wrong cannot be equally many
        (tmp_path / name).mkdir()
        for path in sorted((trained.pictures / name).iterdir())[:many]:
            shutil.copy(path, tmp_path / name)
    assert main(["evaluate", str(trained.model), str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    *confusion, interval, last = lines
    word, accuracy, n, number = last.split()
    assert (word, n, number) == ("accuracy", "n", "21")
    assert 0 <= float(accuracy) <= 1
    assert len(accuracy) == 6
    assert [line.split()[0] for line in confusion] == ["discs", "squares"]
    right = int(confusion[0].split()[1]) + int(confusion[1].split()[4])
    assert float(accuracy) == pytest.approx(right / 21, abs=1e-4)
    assert interval.startswith("95 % interval")


def test_evaluation_on_what_it_learned_from_says_so(trained, capsys):
    assert main(["evaluate", str(trained.model), str(trained.model.parent / "my shapes")]) == 0
    seen = re.search(
        r"\nIt learned from (\d+) of these pictures, so expect less on new ones\.\n", capsys.readouterr().out
    )
    assert 40 < int(seen[1]) < 80  # one in five was set aside


def test_prediction_goes_on_after_a_bad_file(trained, tmp_path, capsys):
    model, good = trained.model, trained.pictures / "discs" / "100.png"
    (tmp_path / "bad, really.jpg").write_bytes(b"no picture")
    assert main(["predict", str(model), str(tmp_path / "bad, really.jpg"), "gone.jpg", "=1.jpg", str(good)]) == 1
    head, bad, gone, formula, answer = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert head == ["path", "class", "probability"]
    assert bad[0] == str(tmp_path / "bad, really.jpg")
    assert bad[1].startswith("error: ")
    assert gone[1].startswith("error: gone.jpg: there is no such file")
    assert formula[0] == "'=1.jpg"  # as a spreadsheet shows it, and does not reckon
    assert answer[0] == str(good)
    assert answer[1] in ("discs", "squares")
    assert 0.5 <= float(answer[2]) <= 1
    assert main(["predict", str(model), str(good)]) == 0


def test_no_cell_of_a_prediction_is_a_formula_whatever_a_model_calls_its_classes(trained, tmp_path, capsys):
    names = ["=HYPERLINK(0)", "@SUM(1)"]
    training.save(training.load_model(trained.model), tmp_path / "odd.keras", names)
    assert main(["predict", str(tmp_path / "odd.keras"), str(trained.pictures / "discs" / "100.png")]) == 0
    assert list(csv.reader(capsys.readouterr().out.splitlines()))[1][1] in [f"'{name}" for name in names]


def test_no_cell_of_an_error_is_a_formula_whatever_a_picture_is_called(trained, tmp_path, capsys):
    """Where a spreadsheet parts cells by semicolons, the rest of a name begins one of its own."""
    (tmp_path / "a;=HYPERLINK(0).jpg").write_bytes(b"no picture")
    assert main(["predict", str(trained.model), "a;=HYPERLINK(0).jpg"]) == 1
    _, (path, said, _) = csv.reader(capsys.readouterr().out.splitlines())
    assert path == "a;'=HYPERLINK(0).jpg" and said.startswith("error: a;'=HYPERLINK(0).jpg: ")


def test_drawing_a_set(tmp_path, capsys):
    assert main(["data", "drawn", "--to", "pets", "--images", "12", "--seed", "5"]) == 0
    assert "12 pictures drawn in pets" in capsys.readouterr().out
    assert (tmp_path / "pets" / "truth.csv").is_file()
    assert len(list((tmp_path / "pets").rglob("*.jpg"))) == 12


def test_the_photos_from_a_folder_that_one_has(tmp_path, capsys):
    shapes(tmp_path / "mine" / "train", 3)
    shapes(tmp_path / "mine" / "validation", 2)
    assert main(["data", "cats_vs_dogs", "--from", "mine", "--to", "photos"]) == 0
    assert "6 for training, 4 for validation" in capsys.readouterr().out
    assert len(list((tmp_path / "photos").rglob("*.png"))) == 10


def test_the_same_through_python_m(tmp_path):
    words = [sys.executable, "-m", "helpers", "train", "nowhere", "--save", "m.keras"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    names = "drawn, cats_vs_dogs, drawn_cells, solar_cells"
    assert done.stderr == f"labs: nowhere: neither a set ({names}) nor a folder; check the spelling.\n"


# What it refuses


def folder_of(tmp_path, what):
    place = tmp_path / what.replace(" ", "_")
    match what:
        case "no such folder":
            return place
        case "one class only":
            return shapes(place, 3).joinpath("squares").rename(tmp_path / "elsewhere") and place
        case "an empty class":
            (shapes(place, 3) / "squares").rename(place / "old").rename(tmp_path / "elsewhere")
            (place / "squares").mkdir()
            return place
        case "three classes":
            disc_or_square(shapes(place, 3) / "third" / "1.png", "discs", 1)
            return place
        case "a file":
            place.write_text("no folder")
            return place
        case "an unreadable picture":
            shapes(place / "train", 3)
            shapes(place / "validation", 3)
            (place / "train" / "discs" / "0.png").write_bytes(b"no picture")
            return place


WRONG_FOLDERS = [
    ("no such folder", "no_such_folder: .*folder"),
    ("one class only", r"one_class_only: holds 1 class folders \(discs\); .* everything that the first is not"),
    ("an empty class", "squares: holds no pictures; put some in"),
    ("three classes", r"three_classes: holds 3 class folders \(discs, squares, third\); .* choose two, .*not_discs"),
    ("a file", "a_file: "),
    ("an unreadable picture", r"0.png: not a readable picture .*`labs clean` lists such files"),
]


@pytest.mark.parametrize(("what", "says"), WRONG_FOLDERS)
def test_training_refuses_a_folder_that_will_not_do(tmp_path, capsys, what, says):
    folder = folder_of(tmp_path, what)
    before = left_behind(tmp_path)
    capsys.readouterr()
    assert main(["train", str(folder), "--save", "m.keras", "--history", "h.csv"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert re.search(says, said)
    assert left_behind(tmp_path) == before


@pytest.mark.parametrize(("what", "says"), WRONG_FOLDERS)
def test_evaluation_refuses_a_folder_that_will_not_do(trained, tmp_path, capsys, what, says):
    folder = folder_of(tmp_path, what)
    if what == "an unreadable picture":
        folder /= "train"
    assert re.search(says, refused(capsys, "evaluate", trained.model, folder))


def test_a_picture_that_is_taken_away_while_it_is_read_is_named(trained, tmp_path, monkeypatch, capsys):
    folder = shapes(tmp_path / "mine", 20)
    gone, decode = sorted((folder / "squares").iterdir())[3], pipeline.decode
    monkeypatch.setattr(picture_cache, "keep", lambda *_: None)  # as where there is no room for it

    def late(path, size):
        gone.unlink(missing_ok=True)
        return decode(path, size)

    monkeypatch.setattr(pipeline, "decode", late)
    assert f"{gone.name}: there is no such file; check the path." in refused(capsys, "evaluate", trained.model, folder)


def test_parts_of_a_split_that_have_their_names_are_not_to_be_named_so(trained, tmp_path, capsys):
    folder = tmp_path / "both"
    for split in ("train", "validation"):
        shapes(folder / split, 2)
    said = refused(capsys, "evaluate", trained.model, folder)
    assert "give one of them." in said and "or name them" not in said


def test_a_folder_among_the_photos_is_named_as_one(trained, tmp_path, capsys):
    assert main(["predict", str(trained.model), str(tmp_path)]) == 1
    assert "a folder, where a picture is due; name the pictures in it" in "".join(capsys.readouterr())


@pytest.mark.parametrize("words", [("data", "drawn", "--to", "x"), ("train", "x", "--save", "m.keras")])
def test_a_seed_below_zero_is_refused(words, capsys):
    assert "-1: a seed is a whole number from 0 to" in refused(capsys, *words, "--seed", "-1")


def test_classes_of_other_names_are_refused_in_evaluation(trained, tmp_path, capsys):
    folder = shapes(tmp_path / "other", 2)
    (folder / "discs").rename(folder / "circles")
    said = refused(capsys, "evaluate", trained.model, folder)
    assert "its classes are circles, squares, the model's are discs, squares" in said


@pytest.mark.parametrize("command", ["evaluate", "predict"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such model file; train one with `labs train`"),
        (b"", "cannot be read as a Keras model"),
        (b"PK\x03\x04 half an archive", "cannot be read as a Keras model"),
    ],
)
def test_a_model_that_is_none(tmp_path, capsys, command, content, says):
    if content is not None:
        (tmp_path / "m.keras").write_bytes(content)
    shapes(tmp_path / "pictures", 2)
    assert says in refused(capsys, command, "m.keras", "pictures")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["train", "shapes", "--save", "there.keras"], "there.keras: is there already and is not overwritten"),
        (["train", "shapes", "--save", "m.h5"], "m.h5: a model is saved under a name that ends in .keras"),
        (["train", "shapes", "--save", "no/m.keras"], "no: there is no such folder to write in; make it first"),
        (["train", "shapes", "--save", "m.keras", "--history", "there.csv"], "there.csv: is there already"),
        (["train", "shapes", "--save", "m.keras", "--minutes", "0"], "--minutes: 0: a number of minutes above 0"),
        (["train", "shapes"], "the following arguments are required: --save; see `labs train --help`"),
        (["clean", "nowhere"], "nowhere: there is no such folder"),
        (["clean", "shapes", "--to", "shapes/clean"], "shapes"),
        (["clean", "shapes", "--report", "there.csv"], "there.csv: is there already"),
        (["data", "drawn", "--to", "shapes"], "shapes: is there already and is not overwritten"),
        (["data", "drawn", "--images", "50"], "say where with --to DIR"),
        (["data", "drawn", "--to", "new", "--from", "there.csv"], "there.csv: --from goes with cats_vs_dogs"),
        (["data", "drawn_cells", "--to", "new", "--images", "50"], "and --faults go with drawn, not with drawn_cells"),
        (["data", "cats_vs_dogs", "--to", "new", "--faults"], "go with drawn, not with cats_vs_dogs; leave them out"),
        (["data", "drawn", "--to", "new", "--images", "0"], "--images: 0: at least 1 is needed"),
        (["data", "cats_vs_dogs", "--to", "new", "--from", "nowhere.zip"], "nowhere.zip: there is no such archive"),
        (["data", "cats_vs_dogs", "--to", "new", "--from", "there.csv"], "there.csv: neither a zip nor a tar"),
        (["data", "cats_vs_dogs", "--to", "shapes", "--from", "there.csv"], "shapes: is there already"),
        (["data", "mice"], "invalid choice: 'mice'"),
        (["fly"], "invalid choice: 'fly'"),
        (["data", "drawn", "--to", "new", "--image", "9"], "unrecognized arguments: --image 9"),
        ([], "the following arguments are required: COMMAND; see `labs --help`"),
        (["run", "--to", "build", "-p", "IMAGES"], "-p: expected 2 arguments"),
        (["run", "--to", "build", "7"], "7: no such lesson; choose among these: 01_one"),
        (["run", "--to", "build", "-p", "PICTURES", "3"], "PICTURES: no parameter of 01_one; choose among"),
        (["refresh", "7"], "7: no such lesson"),
    ],
)  # fmt: skip
def test_wrong_words_are_answered_and_nothing_is_written(tmp_path, monkeypatch, capsys, words, says):
    shapes(tmp_path / "shapes", 3)
    (tmp_path / "there.keras").write_text("mine")
    (tmp_path / "there.csv").write_text("mine")
    cells = [new_code_cell("IMAGES = 3", metadata={"tags": ["parameters"]})]
    (tmp_path / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=cells), tmp_path / "notebooks" / "01_one.ipynb")
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path / "notebooks")
    before = left_behind(tmp_path)
    assert says in refused(capsys, *words)
    assert left_behind(tmp_path) == before
    assert (tmp_path / "there.keras").read_text() == "mine"


def test_a_full_disk_is_said_in_a_sentence(tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device", "pets")

    monkeypatch.setattr("helpers.drawing.draw_set", full)
    said = refused(capsys, "data", "drawn", "--to", "pets", "--images", "12")
    assert said == "labs: pets: No space left on device; mend that, or name another place.\n"


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libtensorflow_cc.so.2: failed to map segment from shared object"),  # as with `ulimit -v 1000000`
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor"),
    ],
)
def test_where_memory_ran_out_that_is_said(tmp_path, monkeypatch, capsys, error):
    def swell(*_):
        raise error

    monkeypatch.setattr("helpers.drawing.draw_set", swell)
    assert refused(capsys, "data", "drawn", "--to", "pets", "--images", "12").startswith("labs: memory ran out: close")


def test_a_place_that_cannot_take_what_was_learned_is_named_before_it_is_learned(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(training, "train_within", lambda *_, **__: pytest.fail("it was trained"))
    shapes(tmp_path / "shapes", 12)
    monkeypatch.chdir(tmp_path)
    Path("h.csv").mkdir()
    words = ["train", "shapes", "--save", "m.keras", "--history"]
    assert "h.csv: is a folder" in refused(capsys, *words, "h.csv", "--overwrite")
    assert "cannot be the model and its history" in refused(capsys, *words, "h.csv/../m.keras")
    if sys.platform != "win32":  # links take rights there that users lack
        Path("link.csv").symlink_to(tmp_path / "gone" / "h.csv")
        assert "gone: there is no such folder to write in" in refused(capsys, *words, "link.csv")


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize("breaks", ["write_history", "save"])
def test_what_was_learned_stays_where_it_cannot_be_written(tmp_path, monkeypatch, capsys, breaks):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "there")

    shapes(tmp_path / "shapes", 12)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(resuming, "EVERY", 0.0)
    words = ["train", "shapes", "--save", "m.keras", "--history", "h.csv", "--minutes", "0.05"]
    with monkeypatch.context() as broken:
        broken.setattr(training, breaks, full)
        said = refused(capsys, *words)
    assert "there: cannot be written (No space left on device); make room. m.keras.unfinished keeps what was" in said
    assert not Path("m.keras").exists() and Path("m.keras.unfinished").is_dir()
    assert main([*words, "--resume"]) == 0
    assert Path("m.keras").exists() and Path("h.csv").exists() and not Path("m.keras.unfinished").exists()


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize("name", ["m.keras", "h.csv"])
def test_a_file_that_came_to_be_there_meanwhile_stays_and_so_does_what_was_learned(tmp_path, monkeypatch, capsys, name):
    def learn(*arguments, **named):
        found = train_within(*arguments, **named)
        Path(name).write_text("somebody's")
        return found

    shapes(tmp_path / "shapes", 12)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(resuming, "EVERY", 0.0)
    words, train_within = ["train", "shapes", "--save", "m.keras", "--history", "h.csv"], training.train_within
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(training, "train_within", learn)
        said = refused(capsys, *words, "--minutes", "0.05")
    assert f"{name}: came to be there meanwhile" in said and "the same command with --resume goes on" in said
    assert Path(name).read_text() == "somebody's"
    Path(name).rename("elsewhere")
    assert main([*words, "--minutes", "0.05", "--resume"]) == 0 and Path("m.keras").exists()


@pytest.mark.usefixtures("small_network")
def test_ctrl_c_while_the_model_is_written_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    def stopped(*_):
        raise KeyboardInterrupt

    shapes(tmp_path / "shapes", 12)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(resuming, "EVERY", 0.0)
    words = ["train", "shapes", "--save", "m.keras", "--history", "h.csv", "--minutes", "0.05"]
    with monkeypatch.context() as broken:
        broken.setattr(training, "save", stopped)
        assert main(words) == 130
    assert "the same command with --resume goes on" in capsys.readouterr().err
    assert main([*words, "--resume"]) == 0 and Path("m.keras").exists()


def test_a_set_is_trained_on_by_its_name(monkeypatch, capsys):
    def load(name):
        raise InputError(f"asked for {name!r}")

    monkeypatch.setattr(datasets, "load", load)
    assert refused(capsys, "train", "drawn", "--save", "m.keras") == "labs: asked for 'drawn'\n"

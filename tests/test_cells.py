"""Solar cells: drawn ones whose cracks are known, real ones from a package that may be missing, what learns them."""

import csv
import importlib.util
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from helpers import cells, cli, datasets, pipeline, training
from helpers.activations import every_layer
from helpers.activations.fields import receptive_field
from helpers.cells import drawn as drawing
from helpers.cells import labels, networks
from helpers.errors import InputError
from helpers.quiet import keras, tf


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cells")
    cells.draw_cells(folder, 160, seed=3)
    return datasets.load(folder)


def rows_of(folder):
    with open(folder / "labels.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_a_set_is_drawn_with_its_labels(drawn):
    assert drawn.class_names == ["defective", "functional"]
    rows = rows_of(drawn.train.parent)
    paths = [path for split in (drawn.train, drawn.validation) for path in pipeline.list_images(split)[0]]
    assert sorted(row["path"] for row in rows) == sorted(
        path.relative_to(drawn.train.parent).as_posix() for path in paths
    )
    assert len(paths) == 160 and 36 <= len(pipeline.list_images(drawn.validation)[0]) <= 44
    for row in rows:
        path = drawn.train.parent / row["path"]
        assert cells.share(path) == pytest.approx(1 - float(row["defect"]))
        assert cells.kind_of(path) == row["type"] and cells.is_sure(path) is (row["sure"] == "sure")
        assert path.parent.name == ("functional" if float(row["defect"]) < 0.5 else "defective")
        assert bool(row["x0"]) == (float(row["defect"]) == 1) or row["sure"] == "doubtful"
    assert {cells.share(path) for path in paths} == {0, 0.33, 0.67, 1}
    assert {row["defect"] for row in rows} == {"0.00", "0.33", "0.67", "1.00"}


def test_the_same_seed_draws_the_same_set(tmp_path):
    found = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        cells.draw_cells(tmp_path / name, 12, seed)
        files = sorted((tmp_path / name).rglob("*.*"))
        found.append([(path.relative_to(tmp_path / name), path.read_bytes()) for path in files])
    assert found[0] == found[1] != found[2]


def test_in_its_box_a_defective_cell_is_darker_than_without_the_defect():
    for kind in ("mono", "poly"):
        for seed in range(8):
            whole, none = cells.draw_cell(kind, np.random.default_rng(seed), False)
            broken, box = cells.draw_cell(kind, np.random.default_rng(seed), True)
            assert none is None and whole.dtype == np.uint8 and whole.shape == broken.shape == (150, 150)
            x0, y0, x1, y1 = box
            assert 0 <= x0 < x1 <= 150 and 0 <= y0 < y1 <= 150
            assert np.percentile(broken[y0:y1, x0:x1], 1) < np.median(whole)


def test_the_box_is_where_the_defect_is_however_the_cell_is_turned(monkeypatch):
    damage = np.zeros((150, 150), "float32")
    damage[10:20, 100:140] = 0.9
    monkeypatch.setattr(drawing, "_damage", lambda rng, strength: damage)
    found = [cells.draw_cell("mono", np.random.default_rng(seed), True) for seed in range(8)]
    assert len({box for _, box in found}) > 2
    for picture, (x0, y0, x1, y1) in found:
        assert np.median(picture[y0:y1, x0:x1]) < 0.4 * np.median(picture)


def test_boxes_are_told_at_the_size_asked_for(drawn):
    root = drawn.train.parent
    known = [row for row in rows_of(root) if row["x0"]]
    paths = [root / known[0]["path"], root / next(row["path"] for row in rows_of(root) if not row["x0"])]
    found = cells.boxes(root, paths, (75, 300))
    scale = np.array([2, 0.5, 2, 0.5])
    assert np.allclose(found[0], scale * [float(known[0][name]) for name in ("x0", "y0", "x1", "y1")])
    assert np.isnan(found[1]).all()


def test_a_split_takes_a_quarter_of_each_kind_and_probability():
    kinds, defects = ["mono"] * 40 + ["poly"] * 80, [0.0, 0.33, 0.67, 1.0] * 30
    aside = labels.split(kinds, defects, seed=1)
    for kind in ("mono", "poly"):
        for defect in set(defects):
            members = [k for k, one in enumerate(zip(kinds, defects, strict=True)) if one == (kind, defect)]
            assert abs(aside[members].mean() - 0.25) < 0.06
    assert np.array_equal(aside, labels.split(kinds, defects, seed=1))
    assert not np.array_equal(aside, labels.split(kinds, defects, seed=2))


def test_what_is_learned_of_a_picture_may_be_a_share(drawn):
    plain = pipeline.image_dataset(drawn.train, (20, 20), shuffle=False)
    soft = pipeline.image_dataset(drawn.train, (20, 20), shuffle=False, answer=cells.share)
    hard, shares = (np.concatenate([y for _, y in one]) for one in (plain, soft))
    assert shares.dtype == np.float32 and shares.shape == hard.shape
    assert np.allclose(shares[:, 0], [cells.share(path) for path in soft.paths])
    assert np.array_equal(shares > 0.5, hard > 0.5) and set(np.round(np.unique(shares), 2)) > {0, 1}
    with pytest.raises(InputError, match=r"cat\.0\.jpg: does not say how probable a defect is"):
        cells.share("cats/cat.0.jpg")


@pytest.fixture
def drawing_is_quick(few_are_drawn):
    return few_are_drawn(cells, "draw_cells", 160)


def times(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.*")}


def test_the_drawn_set_is_drawn_once_and_again_by_another_version(tmp_path, capsys, drawing_is_quick):
    (tmp_path / "drawn_cells").mkdir()  # an empty one is as none
    found = datasets.load("drawn_cells", tmp_path)
    before = times(tmp_path)
    assert datasets.load("drawn_cells", tmp_path) == found and times(tmp_path) == before and len(before) == 162
    drawing_is_quick.append("2")
    assert datasets.load("drawn_cells", tmp_path) == found and times(tmp_path) != before
    assert [path.name for path in tmp_path.iterdir()] == ["drawn_cells"]  # no heap of old ones
    shown = capsys.readouterr()
    assert "drawn by another version of the project; drawing afresh" in shown.err and shown.out == ""


def test_another_folder_of_that_name_is_kept_and_not_taken_for_the_drawn_set(tmp_path, capsys, drawing_is_quick):
    for name in ("train/cats/a.png", "train/dogs/a.png", "validation/cats/a.png", "validation/dogs/a.png"):
        (tmp_path / "drawn_cells" / name).parent.mkdir(parents=True)
        (tmp_path / "drawn_cells" / name).write_bytes(b"mine")
    assert datasets.load("drawn_cells", tmp_path).class_names == ["defective", "functional"]
    assert (tmp_path / "drawn_cells_old_1" / "train" / "cats" / "a.png").read_bytes() == b"mine"
    assert "was not drawn by this function, and is kept as drawn_cells_old_1" in capsys.readouterr().err


def test_what_a_person_put_beside_drawn_cells_is_kept(tmp_path, drawing_is_quick):
    datasets.load("drawn_cells", tmp_path)
    (tmp_path / "drawn_cells" / "my_model.keras").write_bytes(b"mine")
    drawing_is_quick.append("2")
    datasets.load("drawn_cells", tmp_path)
    assert (tmp_path / "drawn_cells_old_1" / "my_model.keras").read_bytes() == b"mine"


def test_the_command_draws_into_a_new_place_or_an_empty_one(tmp_path, capsys, drawing_is_quick):
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "empty", tmp_path / "new" / "sub"):
        assert cli.main(["data", "drawn_cells", "--to", str(place)]) == 0
        assert "120 for training, 40 for validation" in capsys.readouterr().out
        assert len(rows_of(place)) == 160
    assert cli.main(["data", "drawn_cells", "--to", str(tmp_path / "empty")]) == 2
    assert "empty: is there already and is not overwritten" in capsys.readouterr().err


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package of the same form as elpv-dataset."""
    images = tmp_path / "packages" / "elpv_dataset" / "data" / "images"
    images.mkdir(parents=True)
    (images.parent.parent / "__init__.py").touch()
    lines, rng = [], np.random.default_rng(0)
    for number in range(32):
        Image.fromarray(rng.integers(0, 255, (30, 30), "uint8")).save(images / f"cell{number}.png")
        chance, kind = (0.0, 1.0, 0.3333333333, 0.6666666667)[number % 4], ("mono", "poly")[number // 16]
        lines.append(f"images/cell{number}.png  {chance}   {kind}")
    (images.parent / "labels.csv").write_text("\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(tmp_path / "packages")
    monkeypatch.delitem(sys.modules, "elpv_dataset", raising=False)
    importlib.invalidate_caches()
    return images


def test_the_real_ones_come_out_of_their_package(package, tmp_path, monkeypatch, capsys):
    data = datasets.load("solar_cells", tmp_path / "data")
    assert "32" not in data.about and "24 for training, 8 for validation" in data.about
    assert "CC BY-NC-SA 4.0" in data.about and "Buerhop-Lutz" in data.about
    rows = rows_of(data.train.parent)
    assert len(rows) == 32 and {row["defect"] for row in rows} == {"0.00", "0.33", "0.67", "1.00"}
    first = next(row for row in rows if "cell0001_" in row["path"])
    assert first["path"].endswith("/functional/cell0001_mono_000.png")
    assert (data.train.parent / first["path"]).read_bytes() == (package / "cell0.png").read_bytes()
    before = {path: path.stat().st_mtime_ns for path in data.train.rglob("*.png")}
    assert datasets.load("solar_cells", tmp_path / "data").train == data.train
    assert {path: path.stat().st_mtime_ns for path in data.train.rglob("*.png")} == before
    assert cli.main(["data", "solar_cells", "--to", str(tmp_path / "mine")]) == 0
    assert "CC BY-NC-SA 4.0" in capsys.readouterr().out
    assert len(list((tmp_path / "mine").rglob("*.png"))) == 32
    assert cli.main(["data", "solar_cells", "--to", str(tmp_path / "mine")]) == 2
    assert "is there already and is not overwritten" in capsys.readouterr().err


def test_without_the_package_a_sentence_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        InputError, match=r'not installed; in the project\'s folder, run `pip install -e "\.\[solar\]"`'
    ):
        datasets.load("solar_cells", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_extra_names_the_package():
    text = (datasets.Path(datasets.__file__).parent.parent / "pyproject.toml").read_text()
    assert 'solar = ["elpv-dataset' in text


def test_eight_ways_are_the_eight_and_none_other():
    picture = np.arange(5 * 5 * 2, dtype="float32").reshape(1, 5, 5, 2)
    known = [one[0] for one in networks.all_ways(picture)]
    assert len({one.tobytes() for one in known}) == 8
    layer = networks.EightWays(seed=1)
    seen = layer(np.repeat(picture, 200, axis=0), training=True).numpy()
    places = [next(k for k, one in enumerate(known) if np.array_equal(one, new)) for new in seen]
    counts = np.bincount(places, minlength=8)
    assert counts.min() > 8  # each about 25 times
    assert np.array_equal(layer(picture, training=False), picture)
    again = networks.EightWays.from_config(layer.get_config())
    assert np.array_equal(again(np.repeat(picture, 200, axis=0), training=True), seen)
    in_a_pipeline = (
        tf.data.Dataset.from_tensor_slices(np.repeat(picture, 4, axis=0))
        .batch(2)
        .map(lambda x: layer(x, training=True))
    )
    assert in_a_pipeline.element_spec.shape == (None, 5, 5, 2)
    assert sum(len(one) for one in in_a_pipeline) == 4


@pytest.mark.parametrize("shape", [(2, 4, 6, 3), (4, 4, 3)])
def test_what_is_no_batch_of_squares_cannot_be_held_in_eight_ways(shape):
    layer = networks.EightWays(seed=1)
    with pytest.raises(InputError, match="cannot be turned by quarters; give a batch of square ones"):
        layer(np.zeros(shape, "float32"), training=True)
    assert layer(np.zeros(shape, "float32")).shape == shape  # at use they are handed through


def test_a_saved_model_that_holds_pictures_in_eight_ways_is_used_by_a_program_that_knows_nothing_of_it(tmp_path):
    picture = np.random.default_rng(0).integers(0, 255, (24, 24, 3), "uint8")
    Image.fromarray(picture).save(tmp_path / "cell.png")
    pictures = keras.Input((24, 24, 3))
    model = keras.Model(pictures, networks.inspector((24, 24), (8, 12))(networks.EightWays()(pictures)))
    training.save(model, tmp_path / "cells.keras", ["defective", "functional"])
    words = [sys.executable, "-m", "helpers", "predict", "cells.keras", "cell.png"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = float(model.predict(picture[None] / 255, verbose=0)[0, 0])
    assert done.stdout.endswith(f",{max(answer, 1 - answer):.4f}\n")


def test_behind_the_eight_ways_a_layer_sees_as_much_as_without_them():
    pictures = keras.Input((24, 24, 3))
    model = keras.Model(pictures, keras.layers.Conv2D(2, 3, name="first")(networks.EightWays()(pictures)))
    assert receptive_field(model, "first").size == (3, 3)
    assert every_layer.activation_model(model).idle == [model.layers[1].name]


def test_in_the_inspector_one_spot_counts_wherever_it_is_and_however_much_else_there_is():
    keras.utils.set_random_seed(1)
    model = networks.inspector((40, 40), (8, 12))
    kernel, bias = model.get_layer("answer").get_weights()
    kernel[:12] = 0  # the means do not count, only the greatest
    model.get_layer("answer").set_weights([kernel, bias])
    pictures = np.full((3, 40, 40, 3), 0.6, "float32")
    pictures[1, 12:15, 12:15] = 0.1
    pictures[2, 24:27, 16:19] = 0.1
    plain, here, there = model.predict(pictures, verbose=0)[:, 0]
    assert here == pytest.approx(there, abs=1e-6)
    assert abs(here - plain) > 1e-4 and 0 < here < 1

"""Exported files answer as the notebook does; the card says what was measured; all of it is written, or nothing."""

import contextlib
import csv
import re
import shutil
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from helpers import augmentation, cli, datasets, exporting, model_card, models, pipeline, training
from helpers.cells import networks
from helpers.errors import InputError
from helpers.quiet import keras

SIDE = 24
NAMES = ["day", "night"]
WITHIN = {"keras": 1e-5, "float32": 1e-5, "float16": 1e-3, "int8": 0.02}


def sky(light, rng, size=(40, 48)):
    return rng.normal(light, 25, (*size, 3)).clip(0, 255).astype("uint8")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Days and nights, and what is known of each: windy or calm, and a name of its own."""
    where = tmp_path_factory.mktemp("sky")
    rng, rows = np.random.default_rng(0), []
    for split, many in (("train", 12), ("validation", 30)):
        for name, light in (("day", 150), ("night", 90)):
            (where / split / name).mkdir(parents=True)
            for number in range(many):
                path = where / split / name / f"{number}.png"
                Image.fromarray(sky(light, rng)).save(path)
                wind = "windy" if number % 3 else "calm"
                rows.append([path.relative_to(where).as_posix(), wind, f"{name} {number}"])
    with open(where / "labels.csv", "w", newline="") as file:
        csv.writer(file).writerows([["path", "wind", "called"], *rows])
    return datasets.load(where)


@pytest.fixture(scope="module")
def model(data):
    """All the layers of `models.compact`, and of `train_within`: the mean of a picture and its mirror image."""
    keras.utils.set_random_seed(3)
    network = models.compact((SIDE, SIDE), (16, 48))
    pictures = keras.layers.Input((SIDE, SIDE, 3))
    both = [network(pictures), network(keras.ops.flip(pictures, axis=2))]
    made = keras.Model(pictures, keras.layers.Average()(both))
    made.compile("adam", "binary_crossentropy")
    made.fit(pipeline.image_dataset(data.train, (SIDE, SIDE), 8, seed=1), epochs=2, verbose=0)
    made.class_names = NAMES
    return made


@pytest.fixture(scope="module")
def made(model, tmp_path_factory):
    return training.export(model, tmp_path_factory.mktemp("exported"))


@pytest.mark.parametrize("kind", exporting.KINDS)
def test_a_file_answers_as_the_model_does_in_the_notebook(model, data, made, kind):
    paths = pipeline.list_images(data.validation)[0][::6]
    answer = exporting.opened(made[kind])
    for path, said in zip(paths, training.predict(model, paths), strict=True):
        of_night = said.probability if said.class_name == "night" else 1 - said.probability
        assert answer(pipeline.decode(path, (SIDE, SIDE))) == pytest.approx(of_night, abs=WITHIN[kind])


@pytest.mark.parametrize("size", [(24, 24), (97, 31), (9, 24), (200, 300)])
def test_pixels_of_any_size_are_brought_to_the_models_as_pillow_does_it(model, made, size):
    picture = sky(120, np.random.default_rng(5), size)
    resized = np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BILINEAR))
    expected = float(model.predict(resized[None].astype("float32") / 255, verbose=0)[0, 0])
    by_keras, by_lite = (exporting.opened(made[kind])(picture) for kind in ("keras", "float32"))
    assert by_keras == pytest.approx(by_lite, abs=1e-5)
    assert by_keras == pytest.approx(expected, abs=2e-3)  # Pillow rounds to whole numbers on its way


def test_calling_an_exported_model_is_the_same_as_predicting_with_it_and_changes_nothing(made):
    exported = keras.models.load_model(made["keras"], safe_mode=True)
    picture = sky(120, np.random.default_rng(6))[None]
    before = exported.predict(picture, verbose=0)
    assert np.allclose(exported(picture), before, atol=1e-6)
    assert np.array_equal(exported.predict(picture, verbose=0), before)


def must_need_nothing_of_ours(path):
    """A name of ours within it would make others import this package."""
    with zipfile.ZipFile(path) as archive:
        config = archive.read("config.json").decode()
    assert "labs" not in config and "helpers" not in config
    assert set(re.findall(r'"module": "([^"]+)"', config)) <= {
        "keras", "keras.layers", "keras.ops", "keras.initializers", "keras.src.ops.image", "builtins",
        "keras.src.models.functional", "keras.src.ops.numpy"}  # fmt: skip


def test_the_keras_file_needs_nothing_of_ours(made):
    must_need_nothing_of_ours(made["keras"])


@pytest.mark.parametrize("build", ["in a row", "as a graph", "within another"])
def test_layers_of_ours_that_only_vary_pictures_in_training_are_left_out(model, tmp_path, build):
    pictures = keras.layers.Input((SIDE, SIDE, 3))
    vary = keras.Sequential([pictures, augmentation.RandomWarp(), networks.EightWays()])
    if build == "as a graph":
        varied = keras.Model(pictures, model(networks.EightWays()(augmentation.RandomWarp()(pictures))))
    else:
        varied = keras.Sequential([pictures, *([vary] if build == "within another" else vary.layers), model])
    exporting.from_pixels(varied).save(tmp_path / "out.keras")
    must_need_nothing_of_ours(tmp_path / "out.keras")
    exported = keras.models.load_model(tmp_path / "out.keras", safe_mode=True)
    pixels = sky(120, np.random.default_rng(8), (SIDE, SIDE))[None]
    assert np.allclose(exported.predict(pixels, verbose=0), model.predict(pixels / 255, verbose=0), atol=1e-5)


def test_smaller_kinds_are_smaller_and_each_file_knows_its_classes(made):
    sizes = [made[kind].stat().st_size for kind in exporting.KINDS]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == 4
    assert all(exporting.read_note(path)["class_names"] == NAMES for path in made.values())


def test_costs_are_those_of_the_files(model, made):
    rng = np.random.default_rng(7)
    pictures = [sky(light, rng, (SIDE, SIDE)) for light in (60, 100, 140, 180)]
    says = model.predict(np.stack(pictures) / 255, verbose=0)[:, 0] > 0.5
    found = {one.kind: one for one in exporting.costs(model, made, pictures, ~says)}  # wrong on purpose
    assert set(found) == set(exporting.KINDS)
    for kind, one in found.items():
        assert one.bytes == made[kind].stat().st_size and one.milliseconds > 0 and one.apart <= WITHIN[kind]
    assert found["float32"].accuracy == 0
    lines = exporting.table(list(found.values())).splitlines()
    assert len(lines) == 5 and "ms" in lines[0]
    assert "ms" not in exporting.table(list(found.values()), timed=False)


def test_what_was_exported_is_not_overwritten(model, tmp_path):
    exporting.export(model, tmp_path)
    with pytest.raises(InputError, match=r"model\.keras: is there already and is not overwritten"):
        exporting.export(model, tmp_path)


def test_what_cannot_be_exported_is_said(model, made, tmp_path):
    unnamed = models.lab_cnn((32, 32))
    with pytest.raises(InputError, match="does not say what its two classes are called"):
        exporting.export(unnamed, tmp_path)
    with pytest.raises(InputError, match="takes pictures of any size"):
        exporting.export(models.compact((None, None)), tmp_path, NAMES)
    with pytest.raises(InputError, match="there is no such folder"):
        exporting.export(unnamed, tmp_path / "none", NAMES)
    (tmp_path / "other.tflite").write_bytes(b"no model")
    with pytest.raises(InputError, match="not a file that `labs export` wrote"):
        exporting.opened(tmp_path / "other.tflite")
    for path in made.values():
        with pytest.raises(InputError, match="made this for other programs"):
            training.load_model(path)


@pytest.fixture(scope="module")
def packed(model, data, tmp_path_factory):
    """What `labs export` leaves of the model, through the command line."""
    where = tmp_path_factory.mktemp("packed")
    training.save(model, where / "sky.keras", NAMES)
    words = ["export", str(where / "sky.keras"), "--to", str(where / "out"), "--pictures", str(data.train.parent)]
    assert cli.main(words) == 0
    return where


def test_labs_export_writes_the_files_their_costs_and_a_card(packed):
    names = {"MODEL_CARD.md", "costs.csv", "model.keras", *(f"model_{kind}.tflite" for kind in exporting.KINDS[1:])}
    assert {path.name for path in (packed / "out").iterdir()} == names
    with open(packed / "out" / "costs.csv", newline="") as file:
        assert [row["kind"] for row in csv.DictReader(file)] == list(exporting.KINDS)


def test_the_card_says_what_was_measured(packed, model, data):
    text = (packed / "out" / "MODEL_CARD.md").read_text(encoding="utf-8")
    result = training.evaluate(model, pipeline.image_dataset(data.validation, (SIDE, SIDE), shuffle=False))
    low, high = result.interval
    unknown = "(its file does not tell whether it learned from them)"
    assert f"On 60 pictures {unknown}: **{result.accuracy:.1%} ({low:.1%} to {high:.1%})**" in text
    assert "| day | 12 | 30 |" in text and "| night | 12 | 30 |" in text
    rows = re.findall(r"^\| (\w+) \| (\w+) \| (\d+) \| ([\d.]+)%", text, re.M)
    assert {(name, kind): int(n) for name, kind, n, _ in rows} == {
        ("class", "day"): 30, ("class", "night"): 30, ("wind", "windy"): 40, ("wind", "calm"): 20}  # fmt: skip
    day = {kind: float(share) for _, kind, _, share in rows}["day"]
    assert day == pytest.approx(100 * result.confusion[0, 0] / 30, abs=0.1)
    shares = [float(share) for *_, share in rows]
    assert shares == sorted(shares)
    assert "must not be used" in text


def test_a_card_of_too_few_pictures_says_so_where_the_table_by_kind_would_be_empty():
    few = SimpleNamespace(right=np.array([True, False]), groups={}, newness=str)
    text = model_card.accuracy(few)
    assert text.startswith("On 2 pictures: **50.0% (") and "|" not in text
    assert text.endswith("Not told by kind of picture: there are fewer than 20 of each.")


def test_pictures_that_a_model_learned_from_are_not_called_new(model, data, tmp_path, capsys):
    """Where it is judged by another split of its pictures, or by all of them."""
    training.save(model, tmp_path / "sky.keras", NAMES, marks=training.marks_of(datasets.list_pictures(data.train)))
    swapped = tmp_path / "swapped"
    shutil.copytree(data.train, swapped / "validation")
    shutil.copytree(data.validation, swapped / "train")
    words = ["export", str(tmp_path / "sky.keras"), "--to", str(tmp_path / "out"), "--pictures"]
    assert cli.main([*words, str(swapped)]) == 0
    card = (tmp_path / "out" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "On 24 pictures, of which it learned from 24, so expect less on new ones: **" in card
    assert "It did not learn from 60 of those to learn from: the set is another one" in card
    shutil.rmtree(tmp_path / "out")
    assert cli.main([*words, str(data.train.parent)]) == 0
    card = (tmp_path / "out" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "On 60 pictures that it did not learn from: **" in card and "It did not learn from" not in card
    for folder, seen in ((data.train, True), (data.validation, False)):
        capsys.readouterr()
        assert cli.main(["evaluate", str(tmp_path / "sky.keras"), str(folder)]) == 0
        assert ("It learned from 24 of these pictures, so expect less on new ones." in capsys.readouterr().out) == seen


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"path,wind\n" + b"a" * 150_000 + b",calm\n", "cannot be read as a table"),
        (b"path,wind\n\xff,calm\n", "cannot be read as a table"),
        (b"path,wind\na,calm,more\nb,calm,more\n", None),
        (b"", None),
        (b"path;wind\na;calm\nb;calm\n", "has no column `path`; name it so, and put commas"),
    ],
)
def test_a_table_beside_the_pictures_that_is_wrong_is_named_or_passed_over(tmp_path, text, says):
    (tmp_path / "labels.csv").write_bytes(text)
    given = datasets.Dataset(tmp_path / "train", tmp_path / "validation", NAMES, "")
    paths = [tmp_path / name for name in "ab"]
    with pytest.raises(InputError, match=says) if says else contextlib.nullcontext():
        assert model_card.subgroups(given, paths, NAMES) == {}


def test_a_table_that_excel_saved_is_read(tmp_path):
    names = [f"{number}.jpg" for number in range(40)]
    rows = [f"{name},{'calm' if number % 2 else 'wild'}" for number, name in enumerate(names)]
    (tmp_path / "labels.csv").write_text("\n".join(["path,wind", *rows]), encoding="utf-8-sig")
    given = datasets.Dataset(tmp_path / "train", tmp_path / "validation", NAMES, "")
    found = model_card.subgroups(given, [tmp_path / name for name in names], 20 * list(NAMES))
    assert ("wind", "calm") in found


def test_what_the_converter_lacks_is_said_and_a_folder_that_was_there_stays(model, tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(exporting.tf.lite.TFLiteConverter, "convert", lambda self: 1 / 0)
    named = keras.models.clone_model(model)
    named.class_names = NAMES
    with pytest.raises(InputError, match="has layers that TFLite lacks"):
        model_card.pack(named, tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    named.class_names = None
    with pytest.raises(InputError, match="does not say what its two classes are called"):
        model_card.pack(named, tmp_path / "mine")
    assert (tmp_path / "mine").is_dir()


@pytest.mark.parametrize("transparent", [False, True])
def test_the_card_shows_how_to_use_the_file_and_that_works(packed, data, tmp_path, transparent):
    text = (packed / "out" / "MODEL_CARD.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    photo = pipeline.list_images(data.validation)[0][0]
    if transparent:
        with Image.open(photo) as picture:
            picture.putalpha(Image.linear_gradient("L").resize(picture.size))
            picture.save(photo := tmp_path / "photo.png")
    code = code.replace('"photo.jpg"', repr(str(photo))).replace('"model.keras"', repr(str(packed / "out/model.keras")))
    known = {}
    exec(code, known)
    (said,) = training.predict(training.load_model(packed / "sky.keras"), [photo])
    of_night = said.probability if said.class_name == "night" else 1 - said.probability
    assert known["probability"] == pytest.approx(of_night, abs=2e-3)


def test_nothing_is_left_where_packing_breaks_and_nothing_is_overwritten(
    packed, model, data, tmp_path, monkeypatch, capsys
):
    before = {path: path.stat().st_mtime_ns for path in (packed / "out").iterdir()}
    assert cli.main(["export", str(packed / "sky.keras"), "--to", str(packed / "out")]) == 2
    assert "is there already and is not overwritten" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in (packed / "out").iterdir()} == before
    monkeypatch.setattr(model_card, "card", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        model_card.pack(model, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    other = datasets.Dataset(data.train, data.validation, ["cats", "dogs"], "")
    with pytest.raises(InputError, match="the pictures are of cats, dogs, the model knows day, night"):
        model_card.pack(model, tmp_path / "out", other)


def test_a_card_without_pictures_says_that_nothing_was_measured(model, tmp_path):
    said = model_card.pack(model, tmp_path / "out")
    text = (tmp_path / "out" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Not measured" in text and "Not said" in text and "--pictures" in said
    assert "was measured" not in text

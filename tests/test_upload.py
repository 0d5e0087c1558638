"""A photo of one's own, chosen by button or by path: answered with class, heat and like pictures, or with why not."""

import io
from datetime import UTC, datetime
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from helpers import models, upload
from helpers.photos import Photo, from_disk
from helpers.quiet import keras

NAMES = ["cats", "dogs"]


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return models.compact((24, 24), widths=(8, 16))


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    """Twelve files: dark and light, red and blue, each a little different."""
    folder, rng = tmp_path_factory.mktemp("training") / "cats", np.random.default_rng(0)
    folder.mkdir()
    for number in range(12):
        colour = np.array([(200, 30, 30), (30, 30, 200), (230, 230, 230)][number % 3])
        pixels = np.clip(colour + rng.normal(0, 25, (40, 60, 3)), 0, 255).astype("uint8")
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return sorted(folder.iterdir())


@pytest.fixture
def shown(monkeypatch):
    """What would appear under the cell: (pictures, titles, caption) of each figure."""
    grids = []
    monkeypatch.setattr(
        upload.figures, "grid", lambda pictures, titles, **words: grids.append((pictures, titles, words["caption"]))
    )
    return grids


def file(path, content=None):
    """A file as the button hands it over."""
    content = content or path.read_bytes()
    about = {"type": "image/png", "size": len(content), "last_modified": datetime.now(UTC)}
    return {"name": path.name, "content": memoryview(content)} | about


def test_probability_and_class_are_the_networks_own(model, training):
    photo = from_disk(training[0])
    answer = upload.Photos(model, NAMES).ask(photo)
    one = float(model(photo.as_trained((24, 24))[None])[0, 0])
    assert answer.class_name == NAMES[int(one > 0.5)]
    assert answer.probability == pytest.approx(max(one, 1 - one), abs=1e-5)
    assert answer.heat.shape == (24, 24) and 0 <= answer.heat.min() <= answer.heat.max() <= 1
    assert answer.alike == []


def test_a_training_picture_is_most_like_itself_and_then_like_its_own_kind(model, training):
    photos = upload.Photos(model, NAMES, training)
    for place in (0, 1, 2):
        alike = photos.ask(from_disk(training[place])).alike
        assert alike[0][0] == training[place]
        assert alike[0][1] == pytest.approx(1, abs=1e-4)
        assert {int(path.stem) % 3 for path, _ in alike} == {place}
        assert [likeness for _, likeness in alike] == sorted((likeness for _, likeness in alike), reverse=True)


def test_training_pictures_are_read_once(model, training, monkeypatch):
    photos, reads = upload.Photos(model, NAMES, training), []
    read = upload.decode_into
    monkeypatch.setattr(upload, "decode_into", lambda *words: reads.append(1) or read(*words))
    for path in training[:3]:
        photos.ask(from_disk(path))
    assert len(reads) == 1


@pytest.mark.parametrize("build", [lambda: models.lab_cnn((24, 24)), lambda: models.lab_cnn((24, 24), dropout=0.5)])
def test_features_are_what_the_answer_is_made_of(build):
    network = build()
    picture = np.random.default_rng(1).uniform(0, 1, (1, 24, 24, 3)).astype("float32")
    kernel, bias = network.get_layer("answer").get_weights()
    logit = upload.features_model(network).predict_on_batch(picture) @ kernel + bias
    np.testing.assert_allclose(1 / (1 + np.exp(-logit)), network.predict_on_batch(picture), atol=1e-5)


def test_a_network_without_maps_still_answers(training):
    flat = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")])
    answer = upload.Photos(flat, NAMES, training).ask(from_disk(training[0]))
    assert answer.class_name in NAMES and answer.heat.max() == 0
    assert len(answer.alike) == upload.ALIKE


def test_the_answer_shows_photo_heat_and_like_pictures(model, training, shown):
    upload.show_answer(upload.Photos(model, NAMES, training), from_disk(training[5]))
    ((pictures, titles, caption),) = shown
    assert len(pictures) == len(titles) == 2 + upload.ALIKE
    assert pictures[0].shape == pictures[1].shape == (40, 60, 3)  # in its own proportions, not squashed
    assert caption.startswith("05.png: ") and "most like" in caption


def parts(box):
    (button, field), answers = box.children[0].children, box.children[1]
    return button, field, answers


def test_photos_chosen_by_button_are_answered_one_after_the_other(model, training, shown):
    button, _, _ = parts(upload.box(upload.Photos(model, NAMES)))
    for _ in range(2):  # the same ones once more are answered once more
        button.value = (file(training[0]), file(training[1]))
    assert [caption.split(":")[0] for _, _, caption in shown] == ["00.png", "01.png"] * 2


def test_a_path_typed_is_answered_even_in_quotes(model, training, shown):
    _, field, _ = parts(upload.box(upload.Photos(model, NAMES)))
    field.value = f'"{training[2]}" '
    assert [caption.split(":")[0] for _, _, caption in shown] == ["02.png"]


def test_what_is_no_picture_is_answered_with_a_sentence_and_the_rest_still_shown(model, training, shown, capsys):
    button, field, _ = parts(upload.box(upload.Photos(model, NAMES)))
    button.value = (file(Path("notes.txt"), b"not a picture"), file(training[0]))
    assert "notes.txt: not a picture that can be read; choose another file." in capsys.readouterr().out
    assert len(shown) == 1
    field.value = "nowhere.jpg"
    assert "nowhere.jpg: there is no such file; check the path." in capsys.readouterr().out


def test_an_example_stands_where_there_are_no_widgets(model, training, shown, monkeypatch):
    displayed = []
    monkeypatch.setattr(upload.figures, "show_widget", displayed.append)
    photos = upload.ask(model, NAMES, training, example=training[3])
    assert len(shown) == 1 and shown[0][2].startswith("03.png")
    assert isinstance(displayed[0], ipywidgets.Widget)
    photos.show(training[4])
    assert shown[1][2].startswith("04.png")


def test_the_photo_of_the_button_and_of_the_path_are_the_same(training):
    kept = io.BytesIO(training[0].read_bytes())
    np.testing.assert_array_equal(
        Photo("a", kept.getvalue()).as_trained((9, 9)), from_disk(training[0]).as_trained((9, 9))
    )

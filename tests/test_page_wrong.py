"""The page "When it goes wrong": each message on it is what Python, Keras, TensorFlow, Pillow and `labs` say today.

An entry of the page is a heading, and under it either a message, which `says` brings about here, or a few lines of code
with what they print: these are run as they stand, with the names that `given` lays out for them.
"""

import contextlib
import io
import re
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps
from sklearn.datasets import load_digits

from helpers import attribution, augmentation, cleaning, datasets, environment, lessons, pipeline, training
from helpers.cli import main
from helpers.errors import InputError
from helpers.quiet import keras, tf

TEXT = (lessons.PROJECT / "docs" / "pages" / "wrong.md").read_text(encoding="utf-8")
SAYS, GIVEN = {}, {}


@dataclass(frozen=True)
class Entry:
    """A symptom on the page: what stands under its heading, the lines of code (or none), and what is said."""

    text: str
    code: str
    said: str


def entries():
    found = {}
    for part in re.split(r"^### ", TEXT, flags=re.M)[1:]:
        heading, text = part.split("\n", 1)
        blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", text, re.S | re.M))
        found[heading] = Entry(text, blocks.get("python", ""), blocks.get("text", "").strip())
    return found


ENTRIES = entries()


def says(heading):
    """Register the function that brings about the message under this heading, and returns what was said."""
    return lambda function: SAYS.setdefault(heading, function)


def given(heading):
    """Register the function that returns the names which the code under this heading uses."""
    return lambda function: GIVEN.setdefault(heading, function)


def error_of(call):
    """What a traceback ends with: the kind of the error and its words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Exception) as caught:
            call()
    return re.sub(r"\x1b\[\d+m", "", f"{caught.type.__name__}: {caught.value}")


def warning_of(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return "\n".join(f"{one.category.__name__}: {one.message}" for one in caught)


def labs_says(*words):
    """What `labs` answers to a command that it cannot follow."""
    answer = io.StringIO()
    with contextlib.redirect_stderr(answer):
        assert main([str(word) for word in words]) == 2
    return answer.getvalue()


def pictures(folder, **classes):
    """A folder with so many small pictures in each class folder, no two alike."""
    rng = np.random.default_rng(len(str(folder)) + sum(classes.values()))
    for name, count in classes.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            noise = rng.integers(0, 255, (30, 40, 3), dtype="uint8")
            Image.fromarray(noise).save(folder / name / f"{number}.jpg")
    return folder


def jpeg():
    packed = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (60, 60, 3), dtype="uint8")).save(packed, "JPEG")
    return packed.getvalue()


def network(units=1, activation="sigmoid", loss="binary_crossentropy", **settings):
    model = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(units, activation)])
    model.compile(loss=loss, **settings)
    return model


X = np.random.default_rng(0).random((8, 4, 4, 3), dtype="float32")
Y = np.array([[0], [1]] * 4, "float32")


def fit(model, **settings):
    return model.fit(X, Y, verbose=0, **settings)


# Setting up


def by_shell(command):
    return subprocess.run(
        [shutil.which("bash"), "-c", command], env={"PATH": "/nowhere"}, capture_output=True, text=True
    ).stderr


says("`make` is not found")(lambda place: by_shell("make"))
says("`labs` is not found")(lambda place: by_shell("labs"))


@says("`make` finds no Python that serves")
def _(place):
    shutil.copy(lessons.PROJECT / "Makefile", place)
    (place / "requirements.txt").touch()
    (place / "pyproject.toml").touch()
    return subprocess.run(["make", ".venv", "PYTHON=false"], cwd=place, capture_output=True, text=True).stderr


@says("A lesson says: this is Python 3.10")
def _(place):
    return error_of(lambda: environment.check((3, 10)))


def with_requirement(line):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environment, "requirement_lines", lambda: [line])
        return error_of(environment.check)


says("A package is missing")(lambda place: with_requirement("no-such-package"))
says("A package has the wrong version")(lambda place: with_requirement("numpy>=99"))


@says("No module named helpers")
def _(place):
    bare = [sys.executable, "-I", "-S", "-c", "import helpers"]  # a Python without any packages
    return subprocess.run(bare, cwd=place, capture_output=True, text=True).stderr


@says("A parameter or a lesson is not known")
def _(place):
    return labs_says("run", "03_training", "-p", "EPOCH", "2", "--to", place)


@says("A notebook of an older course: ImageDataGenerator is gone")
def _(place):
    from tensorflow.keras.preprocessing.image import ImageDataGenerator  # noqa: F401 the cure

    return error_of(lambda: exec("from keras.preprocessing.image import ImageDataGenerator", {}))


@says("A notebook of an older course: fit_generator is gone")
def _(place):
    assert not hasattr(keras.Model, "predict_generator")
    assert not hasattr(keras.Sequential, "predict_classes")
    return error_of(lambda: network().fit_generator)


@says("A notebook of an older course: lr is not recognized")
def _(place):
    return error_of(lambda: keras.optimizers.RMSprop(lr=0.001))


@says("A notebook of an older course: no acc in the history")
def _(place):
    history = fit(network(metrics=["accuracy"], run_eagerly=True)).history
    assert "accuracy" in history
    return error_of(lambda: history["acc"])


# Folders


says("Neither a set nor a folder")(lambda place: labs_says("train", place / "fotos", "--save", "m.keras"))


@says("Too few or too many class folders")
def _(place):
    return labs_says("train", pictures(place, cats=1, dogs=1, birds=1), "--save", "m.keras")


@says("Parts of a split where classes are due")
def _(place):
    return labs_says("train", pictures(place, train=1, val=1), "--save", "m.keras")


@says("The two parts have other classes")
def _(place):
    pictures(place / "train", cats=1, dogs=1)
    pictures(place / "validation", cat=1, dog=1)
    return labs_says("train", place, "--save", "m.keras")


@says("A folder holds no pictures")
def _(place):
    pictures(place, cats=1, dogs=0)
    for number in range(3):
        (place / "dogs" / f"{number}.heic").write_bytes(b"ftypheic")
    return labs_says("train", place, "--save", "m.keras")


@says("Too few pictures to split")
def _(place):
    return labs_says("train", pictures(place, cats=1, dogs=1), "--save", "m.keras")


says("The photos of the course are not here")(lambda place: error_of(lambda: datasets.load("cats_vs_dogs", place)))


@says("The zip cannot be read")
def _(place):
    (place / "photos.zip").write_text("<html>not found</html>")
    return labs_says("data", "cats_vs_dogs", "--to", place / "photos", "--from", place / "photos.zip")


@says("Something is there already")
def _(place):
    (place / "mine.keras").write_text("mine")
    return labs_says("train", place, "--save", place / "mine.keras")


@says("Keras finds no images")
def _(place):
    (place / "cats").mkdir()
    with contextlib.redirect_stdout(io.StringIO()):
        return error_of(lambda: keras.utils.image_dataset_from_directory(place))


@says("Training and validation share a picture")
def _(place):
    pictures(place / "train", cats=1, dogs=1)
    shutil.copytree(place / "train", place / "validation")
    return cleaning.scan(place, workers=1).summary()


# Files


says("Input is empty")(lambda place: error_of(lambda: tf.io.decode_image(b"")))
says("Invalid JPEG data")(lambda place: error_of(lambda: tf.io.decode_image(jpeg()[:-900])))
says("Unknown image file format")(lambda place: error_of(lambda: tf.io.decode_image(b"<html>not found</html>")))


@says("BMP in the clothes of a JPEG")
def _(place):
    packed = io.BytesIO()
    Image.new("RGB", (4, 4)).save(packed, "BMP")
    content = packed.getvalue()
    assert tf.io.decode_image(content, channels=3, expand_animations=False).shape == (4, 4, 3)
    return error_of(lambda: tf.io.decode_jpeg(content))


says("Pillow says: image file is truncated")(lambda place: error_of(Image.open(io.BytesIO(jpeg()[:-900])).load))


@says("Pillow cannot identify the file")
def _(place):
    (place / "photo.jpg").write_text("<html>not found</html>")
    return error_of(lambda: Image.open(place / "photo.jpg"))


@says("Not a readable picture")
def _(place):
    (place / "photo.jpg").write_text("<html>not found</html>")
    return error_of(lambda: pipeline.load_image(place / "photo.jpg", (8, 8)))


@given("The check finds nothing, and training still breaks")
def _(place):
    (place / "cut_off.jpg").write_bytes(jpeg()[:-900])
    return {"Image": Image, "cut_off": place / "cut_off.jpg"}


@given("Photos lie on their side")
def _(place):
    note = Image.Exif()
    note[0x0112] = 6
    Image.new("RGB", (40, 30)).save(place / "phone.jpg", exif=note)
    return {"Image": Image, "ImageOps": ImageOps, "from_a_phone": place / "phone.jpg"}


@says("Pictures of different sizes do not go into a batch")
def _(place):
    sizes = tf.data.Dataset.from_tensor_slices([3, 4]).map(lambda side: tf.zeros((side, 5, 3)))
    return error_of(lambda: list(sizes.batch(2)))


given("The animals look squashed")(lambda place: {"Image": Image, "ImageDraw": ImageDraw})


# Models


@says("The answer is always 1")
def _(place):
    answers = []
    said = warning_of(lambda: answers.append(network(activation="softmax")(X).numpy()))
    assert np.all(answers[0] == 1)
    return said


@says("The loss is exactly 0 from the start")
def _(place):
    history = []
    said = warning_of(lambda: history.append(fit(network(loss="categorical_crossentropy")).history))
    assert history[0]["loss"] == [0.0]
    return said


@says("The loss falls very slowly")
def _(place):
    return warning_of(lambda: fit(network(loss=keras.losses.BinaryCrossentropy(from_logits=True))))


says("target and output must have the same shape")(lambda place: error_of(lambda: fit(network(units=2))))


@says("One photo alone is refused")
def _(place):
    model = keras.Sequential([keras.Input((48, 48, 3)), keras.layers.Flatten(), keras.layers.Dense(1)])
    photo = np.zeros((48, 48, 3), "float32")
    assert model(photo[None]).shape == (1, 1)
    return error_of(lambda: model.predict(photo, verbose=0))


says("Pictures of another size are refused")(lambda place: error_of(lambda: network()(np.zeros((1, 5, 5, 3)))))


@says("The output size would be zero or negative")
def _(place):
    layers = keras.layers
    return error_of(lambda: keras.Sequential([keras.Input((4, 4, 3)), layers.MaxPooling2D(), layers.Conv2D(2, 3)]))


def unbuilt():
    return keras.Sequential([keras.layers.Conv2D(2, 3), keras.layers.Dense(1)])


says("The layer has never been called: no output")(lambda place: error_of(lambda: unbuilt().layers[0].output))
says("The layer has never been called: no input")(lambda place: error_of(lambda: unbuilt().input))
says("compile was left out")(lambda place: error_of(lambda: unbuilt().fit(X, Y)))
says("A warning about input_shape")(lambda place: warning_of(lambda: keras.layers.Dense(1, input_shape=(4,))))


# Training


@says("The input ran out of data")
def _(place):
    batches = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)
    model = network(run_eagerly=True)
    return warning_of(lambda: model.fit(batches, steps_per_epoch=100, epochs=2, verbose=0))


given("The loss is nan")(lambda place: {"np": np})
given("Accuracy rises, and validation loss rises, too")(lambda place: {"np": np})


@says("Training stopped early, and the model is worse than its best epoch")
def _(place):
    def stop_with(**settings):
        stop = keras.callbacks.EarlyStopping(patience=2, verbose=1, **settings)
        stop.set_model(network())
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            stop.on_train_begin()
            for epoch, loss in enumerate([0.5, 0.6, 0.7]):
                stop.on_epoch_end(epoch, {"val_loss": loss})
            assert stop.model.stop_training
            stop.on_train_end()
        return printed.getvalue()

    addition = re.search('it adds: "(.+?)"', TEXT)
    assert addition[1] in stop_with(restore_best_weights=True)
    said = stop_with()
    assert addition[1] not in said
    return said


@says("Early stopping does not stop")
def _(place):
    stop = keras.callbacks.EarlyStopping()
    return warning_of(lambda: stop.on_epoch_end(0, {"loss": 0.5}))


given("Every run gives another result, another best epoch")(lambda place: {"np": np, "keras": keras})
given("78 % against 75 %: is it better?")(lambda place: {"training": training})


@given("The network got worse from augmentation")
def _(place):
    return {"np": np, "load_digits": load_digits, "Counter": Counter}


given("Training is slow")(lambda place: {"tf": tf})


# Use


@given("Good in training, nonsense at use")
def _(place):
    return {"photo": np.array([[0, 255], [40, 90]], "uint8")}


@given("Every cat is called a dog")
def _(place):
    return {"pipeline": pipeline, "folder": pictures(place, dogs=1, cats=1)}


@given("The same photo, another answer each time")
def _(place):
    return {"np": np, "layer": augmentation.RandomWarp(seed=1), "pictures": X}


@given("Predictions stand beside the wrong files")
def _(place):
    return {"np": np, "pipeline": pipeline, "folder": pictures(place, cats=12, dogs=12)}


says("The model file is not found")(lambda place: error_of(lambda: keras.models.load_model(place / "gone.keras")))


@says("A warning about HDF5")
def _(place):
    from absl import logging

    heard = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging, "warning", lambda message, *_: heard.append(message))
        network().save(place / "model.h5")
    return "\n".join(heard)


# Looking inside


@given("All maps look grey, or alike")
def _(place):
    faint = np.linspace(0, 1, 36, dtype="float32").reshape(6, 6)
    return {"maps": np.stack([faint / 100, faint * 10, faint * 0], axis=-1)}


@given("A heat map looks convincing")
def _(place):
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Conv2D(4, 3), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")]
    untrained = keras.Sequential([keras.Input((12, 12, 3)), *layers])
    picture = np.random.default_rng(0).random((12, 12, 3), dtype="float32")
    return {"attribution": attribution, "untrained": untrained, "picture": picture}


def test_every_symptom_on_the_page_is_brought_about_here():
    with_message = [heading for heading, entry in ENTRIES.items() if not entry.code]
    assert sorted(with_message) == sorted(SAYS)
    assert sorted(set(ENTRIES) - set(with_message)) == sorted(GIVEN)
    assert len(ENTRIES) > 50


@pytest.mark.parametrize("heading", SAYS)
def test_the_message_is_what_is_really_said(heading, tmp_path):
    if heading.startswith("`") and not shutil.which("make"):
        pytest.skip("there is no make, or no bash, to ask")
    wanted = ENTRIES[heading].said
    rest = SAYS[heading](tmp_path)
    for part in filter(None, (part.strip() for part in wanted.split("…"))):
        assert part in rest, f"the page says {part!r}"
        rest = rest.split(part, 1)[1]


@pytest.mark.parametrize("heading", GIVEN)
def test_the_lines_print_what_stands_below_them(heading, tmp_path):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(ENTRIES[heading].code, GIVEN[heading](tmp_path))
    assert printed.getvalue().strip() == ENTRIES[heading].said


@pytest.mark.parametrize("heading", ENTRIES)
def test_every_symptom_has_a_cause_and_a_cure(heading):
    assert ENTRIES[heading].said
    assert len(re.findall(r"^- \*\*(Cause|Cure)\.\*\* \S", ENTRIES[heading].text, re.M)) == 2
    assert bool(ENTRIES[heading].code) == ENTRIES[heading].text.strip().startswith("There is no message")


def test_the_error_of_a_lesson_is_the_sentence_alone():
    with pytest.raises(InputError) as caught:
        environment.check((3, 10))
    assert "".join(caught.value._render_traceback_()) == f"Please check: {caught.value}"

"""What goes wrong before a network is there: setting up, folders, files."""

import contextlib
import io
import shutil
import subprocess
import sys

import numpy as np
import pytest
from cleaning_corpus import write_digits
from PIL import Image, ImageDraw, ImageOps
from wrong_page import error_of, given, pictures, says

from helpers import cleaning, datasets, environment, lessons, pipeline
from helpers.cli import main
from helpers.quiet import keras, tf


def labs_says(*words):
    """What `labs` answers to a command that it cannot follow."""
    answer = io.StringIO()
    with contextlib.redirect_stderr(answer):
        assert main([str(word) for word in words]) == 2
    return answer.getvalue()


def jpeg():
    packed = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (60, 60, 3), dtype="uint8")).save(packed, "JPEG")
    return packed.getvalue()


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


@says("Different pictures are taken for near copies")
def _(place):
    write_digits(place, 60)
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


@given("Colours are wrong, or a picture is all white")
def _(place):
    for name, mode in {"logo.png": "RGBA", "print.jpg": "CMYK", "scan.png": "I;16", "sketch.jpg": "L"}.items():
        Image.new(mode, (4, 4)).save(place / name)
    return {"Image": Image, "folder": place}


@says("Pictures of different sizes do not go into a batch")
def _(place):
    sizes = tf.data.Dataset.from_tensor_slices([3, 4]).map(lambda side: tf.zeros((side, 5, 3)))
    return error_of(lambda: list(sizes.batch(2)))


given("The animals look squashed")(lambda place: {"Image": Image, "ImageDraw": ImageDraw})

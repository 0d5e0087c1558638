"""Lesson 1's exercises: right answers pass however they are written, wrong ones are told what is wrong."""

import io
import warnings
from pathlib import Path

import cv2
import exercise_page
import numpy as np
import pytest
from exercise_tables import keras, must_be_complete, must_fail_with, must_pass, right_cases, tf, wrong_cases
from PIL import Image, ImageOps

from helpers import exercises, pipeline
from helpers.errors import InputError
from helpers.exercises.probes import encoded, noise
from helpers.scaffold.exercise_page import said


def readable_by(decode, errors):
    def is_readable(path):
        try:
            decode(path)
        except errors:
            return False
        return True

    return is_readable


def verify(path):
    with Image.open(path) as opened:
        opened.verify()


def decode_by_tensorflow(path):
    return tf.io.decode_image(tf.io.read_file(str(path)), channels=3)


def deletes_bad_files(path):
    good = readable_by(lambda p: Image.open(p).load(), OSError)(path)
    if not good:
        path.unlink()
    return good


TURNS = {3: 180, 6: -90, 8: 90}
METHODS = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270, 8: Image.Transpose.ROTATE_90}


def orientation(photo):
    return photo.getexif().get(0x0112, 1)


def by_rotate(photo):
    return photo.rotate(TURNS.get(orientation(photo), 0), expand=True)


def by_transpose(photo):
    method = METHODS.get(orientation(photo))
    return photo if method is None else photo.transpose(method)


def by_numpy(photo):
    return np.rot90(np.asarray(photo), {3: 2, 6: 3, 8: 1}.get(orientation(photo), 0))


def copies_by_loops(train, validation):
    found = []
    for path in validation:
        for other in train:
            if Path(path).read_bytes() == Path(other).read_bytes():
                found.append(str(path))
    return tuple(found)


def copies_by_pixels(train, validation):
    seen = [np.asarray(Image.open(path)) for path in train]
    return {path for path in validation if any(np.array_equal(np.asarray(Image.open(path)), one) for one in seen)}


def within(paths):
    contents = [path.read_bytes() for path in paths]
    return [path for path in paths if contents.count(path.read_bytes()) > 1]


right_copies = exercises.cleaning.copies.answer

RIGHT = {
    "readable": [
        readable_by(lambda path: Image.open(path).load(), (OSError, SyntaxError)),
        readable_by(lambda path: Image.open(path).convert("RGB"), OSError),
        readable_by(decode_by_tensorflow, tf.errors.InvalidArgumentError),
        readable_by(lambda path: pipeline.decode(path, (8, 8)), InputError),
        readable_by(lambda path: keras.utils.load_img(path, target_size=(8, 8)), OSError),
        lambda path: int(readable_by(lambda p: np.asarray(Image.open(p)) + 0, OSError)(path)),
    ],
    "upright": [
        ImageOps.exif_transpose,
        by_rotate,
        by_transpose,
        by_numpy,
        lambda photo: tf.constant(np.asarray(ImageOps.exif_transpose(photo))),
    ],
    "copies": [
        right_copies,
        copies_by_loops,
        copies_by_pixels,
        lambda train, validation: (path for path in right_copies(train, validation)),
        lambda train, validation: np.array([path.name for path in right_copies(train, validation)]),
        lambda train, validation: [f"validation/{path.name}" for path in right_copies(train, validation)],
    ],
    "scale": [
        lambda x: x / 255,
        lambda x: np.asarray(x, "float32") / np.float32(255),
        lambda x: tf.cast(x, tf.float32) / 255.0,
        lambda x: tf.image.convert_image_dtype(x, tf.float32),
        keras.layers.Rescaling(1 / 255),
        keras.Sequential([keras.layers.Rescaling(1 / 255)]),
        keras.Sequential([keras.layers.Input((24, 36, 3)), keras.layers.Rescaling(1 / 255)]),
        lambda x: (x * (1 / 255)).tolist(),
        lambda x: [tf.cast(one, tf.float32) / 255.0 for one in x],
    ],
    "use": [
        lambda model, photo: model.predict(photo[None], verbose=0)[0, 0],
        lambda model, photo: model.predict(np.expand_dims(photo, 0)).item(),
        lambda model, photo: model(tf.cast(photo, tf.float32)[tf.newaxis])[0, 0],
        lambda model, photo: model.predict_on_batch(photo[np.newaxis]).squeeze(),
        lambda model, photo: model.predict(np.stack([photo, photo]), verbose=0)[0].tolist()[0],
        lambda model, photo: float(model(photo[None], training=False)[0, 0]),
    ],
}

WRONG = {
    "readable": {
        "turns a good picture away": lambda path: False,
        "passes an empty file": lambda path: path.suffix.lower() in (".jpg", ".jpeg", ".png"),
        "passes a web page": lambda path: path.stat().st_size > 0,
        "`verify()` do not decode": readable_by(verify, OSError),
        "turns a PNG away": lambda path: (
            path.suffix != ".png" and readable_by(lambda p: Image.open(p).load(), OSError)(path)
        ),
        "judges by the name": lambda path: path.name != "photo.jpg" and RIGHT["readable"][0](path),
        "changes or deletes": deletes_bad_files,
        "It raised an error": lambda path: bool(Image.open(path).load()),
        "True or False": lambda path: "yes",
        "Something must": readable_by(keras.utils.load_img, OSError),  # without a target size it only opens
        "Came: True": lambda path: cv2.imread(str(path)) is not None,  # fills what is missing with grey
    },
    "upright": {
        "nothing has been turned": lambda photo: photo,
        "the wrong way": lambda photo: photo.rotate(90, expand=True),
        "(EXIF orientation 8)": lambda photo: photo.rotate(-90, expand=True),
        "mirror image": lambda photo: np.asarray(by_rotate(photo))[:, ::-1],
        "Mind the shape": lambda photo: np.asarray(by_rotate(photo))[None],
        "its ends are cut off: `rotate`": lambda photo: photo.rotate(TURNS.get(orientation(photo), 0)),
        "mind the sign, and": lambda photo: photo.rotate(-TURNS.get(orientation(photo), 0)),
        "by a quarter, right": lambda photo: photo.rotate({8: 90, 1: 0}.get(orientation(photo), -90), expand=True),
        "by a quarter, left": lambda photo: photo.rotate({6: -90, 1: 0}.get(orientation(photo), 90), expand=True),
        "turned by half": lambda photo: photo.rotate(180, expand=True) if orientation(photo) > 1 else photo,
        "(EXIF orientation 3)": lambda photo: by_rotate(photo) if orientation(photo) in (6, 8) else photo,
        "should stay so": lambda photo: photo.rotate(TURNS.get(orientation(photo), 180), expand=True),
        "upside down and mirrored": lambda photo: np.asarray(by_rotate(photo))[::-1],
        "Numbers are asked": lambda photo: "upright",
    },
    "copies": {
        "compares names": lambda t, v: [path for path in v if path.name in {one.name for one in t}],
        "within validation. Those": lambda t, v: within(v),
        "mixes up both": lambda t, v: right_copies(t, v) + within(v),
        "equal size": lambda t, v: [p for p in v if p.stat().st_size in {one.stat().st_size for one in t}],
        "There are training files": lambda t, v: right_copies(v, t),
        "Came: no file.": lambda t, v: [],
        "no paths of validation files": lambda t, v: [n for n, p in enumerate(v) if p in right_copies(t, v)],
        "does not have": lambda t, v: [path for path in v if path not in right_copies(t, v)],
        "finds none": lambda t, v: [],
        "A list is asked": lambda t, v: len(right_copies(t, v)),
        "not the copies": lambda t, v: right_copies(t, v)[:1],
    },
    "scale": {
        "Nothing is divided": lambda x: x,
        "divided twice": lambda x: keras.layers.Rescaling(1 / 255)(x / 255),
        "brightest pixel": lambda x: x / x.max(),
        "from −1 to 1": lambda x: x / 127.5 - 1,
        "255, not 256": lambda x: x / 256,
        "multiplied by 255": keras.layers.Rescaling(255),
        "It is turned round": lambda x: 1 - x / 255,
        "its own brightest pixel": lambda x: np.stack([one / one.max() for one in x]),
        "whole numbers": lambda x: x // 255,
        "centres the pixels": lambda x: (x - x.mean()) / x.std(),
        "lowest and the highest": lambda x: (x - x.min()) / (x.max() - x.min()),
        "Mind the shape": lambda x: x[0] / 255,
        "Not each value": lambda x: x / 100,
        "changes what it was given": lambda x: np.floor_divide(x, 255, out=x),
        "without parentheses": np.zeros((2, 3)),
    },
    "use": {
        "ValueError: Invalid input shape": lambda model, photo: model.predict(photo, verbose=0),
        "The model wants a batch": lambda model, photo: model.predict(photo)[0, 0],
        "The model comes first": lambda photo, model: model.predict(photo[None])[0, 0],
        "as with `[0, 0]`": lambda model, photo: model.predict(photo[None]),
        "as with `[0]`": lambda model, photo: model.predict(photo[None])[0].tolist(),
        "One number is asked": lambda model, photo: np.array([1, 2]),
        "is there a `return`": lambda model, photo: [model.predict(photo[None]), None][1],  # Keras prints a bar
        "divided twice": lambda model, photo: model.predict(photo[None] / 255, verbose=0),
        "of class 0": lambda model, photo: 1 - model.predict(photo[None], verbose=0)[0, 0],
        "That is the class": lambda model, photo: model.predict(photo[None], verbose=0)[0, 0] > 0.5,
        "percentage": lambda model, photo: 100 * model.predict(photo[None], verbose=0)[0, 0],
        "not what the model says": lambda model, photo: 0.3,
        "Numbers are asked": lambda model, photo: ["cats", "dogs"][int(model.predict(photo[None])[0, 0] > 0.5)],
        "`return`": lambda model, photo: print(model.predict(photo[None], verbose=0)),
    },
}


def test_there_are_enough_ways_in_the_tables():
    must_be_complete("cleaning", RIGHT, WRONG)


@pytest.mark.parametrize(("exercise", "answer"), right_cases("cleaning", RIGHT))
def test_right_answers_pass(exercise, answer):
    must_pass(exercise.check(answer))


@pytest.mark.parametrize(("exercise", "answer", "phrase", "number"), wrong_cases("cleaning", WRONG))
def test_wrong_answers_are_told_why_as_the_page_of_exercises_says(exercise, answer, phrase, number):
    verdict = exercise.check(answer)
    must_fail_with(verdict, phrase)
    assert exercise_page.promised(exercise, number) == said(verdict.message)


def test_the_ball_is_what_pillow_makes_of_it():
    picture = Image.new("L", (400, 200))
    picture.paste(255, (100, 50, 160, 110))
    made = np.asarray(picture.resize((100, 100))) > 127
    assert (np.ptp(np.flatnonzero(made.any(0))) + 1, np.ptp(np.flatnonzero(made.any(1))) + 1) == (15, 30)
    must_pass(exercises.cleaning.ball.check((15, 30)))


def test_the_files_that_break_are_those_that_tensorflow_cannot_decode():
    whole, image = encoded(noise(), "JPEG"), Image.fromarray(noise())
    exif = Image.Exif()
    exif[0x0112] = 6
    contents = {
        "a": whole[: len(whole) * 2 // 3],
        "b": encoded(noise(), "PNG"),
        "c": b"",
        "d": saved(image.convert("CMYK"), "JPEG"),
        "e": encoded(noise(), "JPEG", exif=exif),
        "f": b"<html>not found</html>",
        "g": saved(image.convert("L"), "JPEG"),
        "h": encoded(noise(), "GIF", save_all=True, append_images=[image.transpose(Image.Transpose.ROTATE_90)]),
    }
    assert set(contents) == set(exercises.cleaning.breaks.options)
    broken = [letter for letter, content in contents.items() if not decodes(content)]
    assert broken == exercises.cleaning.breaks.answer


def test_a_truncated_jpeg_passes_verify_and_stops_tensorflow():
    whole = encoded(noise(), "JPEG")
    cut = whole[: len(whole) * 2 // 3]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Image.open(io.BytesIO(cut)).verify()
    with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid JPEG data or crop window"):
        tf.io.decode_jpeg(cut)


def saved(image, kind):
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def decodes(content):
    try:
        tf.io.decode_image(content, channels=3, expand_animations=False)
    except tf.errors.InvalidArgumentError:
        return False
    return True

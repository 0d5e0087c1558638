"""What becomes of a picture on its way into a network: size, direction, range."""

import io

import numpy as np
from PIL import Image, ImageOps

from helpers.exercises.base import Exercise
from helpers.exercises.probes import compare, encoded, numbers, one_number, picture
from helpers.exercises.questions import Number
from helpers.exercises.sandbox import ask

ball = Number(
    "cleaning.ball",
    concept="what becomes of a ball",
    prompt="A ball is 60 pixels across, in a picture 400 wide and 200 high. The picture is **stretched** to 100 × 100. "
    "How wide and how high is the ball now? Give two numbers, in pixels.",
    what="width and height, as in (60, 60)",
    expected=(15, 30),
    known={
        (30, 15): "You have the two numbers, but not in this order: the wide side is the one that shrinks more.",
        (30, 30): "That is what cropping gives: a square of 200 is cut out and halved, and the ball stays round.",
        (
            15,
            15,
        ): "That is what padding gives: 400 × 400 with bars, all of it to a quarter, and the ball stays round.",
        (60, 60): "The picture becomes smaller, and all that is in it with it.",
        (0.25, 0.5): "These are the right factors. Now apply them to the 60 pixels of the ball.",
        (25, 50): "That is the size in percent; asked for are pixels.",
        (22.5, 22.5): "Each side has a factor of its own; their mean is nobody's.",
    },
    otherwise="Width and height each have a factor of their own: new side divided by old side.",
    hints=[
        "The two sides shrink by different factors.",
        "400 → 100 is one factor, 200 → 100 the other.",
        "60 · ¼ wide.",
    ],
    insight="Stretching makes an egg of the ball; a network gets used to that, if use stretches as training did.",
)


def _upright(photo):
    return ImageOps.exif_transpose(photo)


def _slips(photo, note, expected):
    """What usual mistakes make of a photo that does not stand upright."""
    slips = {
        "It is handed back as it lay: nothing has been turned.": photo,
        "It is a mirror image: turn the picture, do not exchange its rows and columns.": expected[:, ::-1],
        "It is upside down and mirrored.": expected[::-1],
    }
    if note == 3:
        why = "It is turned by a quarter, {}; 3 means that it stands on its head, and half a turn is needed."
        slips |= {why.format(way): photo.rotate(by, expand=True) for way, by in (("right", -90), ("left", 90))}
    else:
        by = {6: -90, 8: 90}[note]
        slips |= {
            "It is turned the wrong way, and stands on its head now.": expected[::-1, ::-1],
            "It is turned, and its ends are cut off: `rotate` keeps the old frame, unless it is told `expand=True`.": (
                photo.rotate(by)
            ),
            "It is turned the wrong way, and its ends are cut off: mind the sign, and `expand=True`.": photo.rotate(
                -by
            ),
            "It is turned by half; 6 and 8 mean that a quarter is needed.": photo.rotate(180),
        }
    return {why: np.asarray(wrong) for why, wrong in slips.items()}


def _judge_upright(answer):
    for note, words in (
        (6, "on its right side"),
        (8, "on its left side"),
        (3, "on its head"),
        (1, "upright"),
        (None, "upright"),
    ):
        exif = Image.Exif()
        if note:
            exif[0x0112] = note
        photo = Image.open(io.BytesIO(encoded(picture(), "JPEG", exif=exif)))
        expected = np.asarray(ImageOps.exif_transpose(photo)).astype(float)
        probe = f"a photo, {words} (EXIF orientation {note or 'missing'})"
        came = numbers(ask(answer, photo, probe=probe), probe)
        known = {} if words == "upright" else _slips(photo, note, expected)
        why = (
            "A photo that stands upright should stay so." if words == "upright" else "This is not the upright picture."
        )
        compare(came, expected, probe, known, why)


upright = Exercise(
    "cleaning.upright",
    kind="write a function",
    concept="photos that lie on their side",
    prompt="A phone stores a photo as the sensor saw it, and a note how to turn it (EXIF orientation, tag 0x0112: 1 is "
    "upright, 6, 8 and 3 are not). Write `upright`. It gets a Pillow image, and returns it turned as the note says, as "
    "an image or an array. A photo without a note stays as it is.",
    stub="""
def upright(photo):
    # a Pillow image -> the same, turned as its EXIF note says
    ...


exercises.cleaning.upright.check(upright)
""",
    hints=[
        "Pillow has a function for this; its name says what it does.",
        "Look in `PIL.ImageOps`. By hand: `photo.getexif().get(0x0112)`, and rotate with `expand=True`.",
        "`ImageOps.exif_transpose(photo)` returns the turned image.",
    ],
    insight="Viewers turn a photo for you and decoders do not: so turn them once, when cleaning.",
    answer=_upright,
    judge=_judge_upright,
)


def _to_unit(pictures):
    return pictures.astype("float32") / 255


def _judge_scale(answer):
    pixels = np.stack([picture(seed=1), picture(seed=2)])
    pixels[0, 0, 0] = 255
    for batch, probe in (
        (pixels, "two pictures, with values from 20 to 255"),
        (np.minimum(pixels, 40), "two dark pictures, with no value above 40"),
    ):
        x = batch.astype("float64")
        known = {
            "Nothing is divided: these are still numbers from 0 to 255, and a network would see glare.": x,
            "It is divided twice, as by a generator and a `Rescaling` layer: all but black.": x / 255 / 255,
            "It is divided by the brightest pixel of the batch: so the same picture gets other numbers in other "
            "company.": x / x.max(),
            "This runs from −1 to 1; asked for is 0 to 1. Both are in use, so a program must keep to one.": x / 127.5
            - 1,
            "The largest value is 255, not 256: white should become exactly 1.": x / 256,
            "It is multiplied by 255, not divided: a `Rescaling` takes the factor, 1 / 255.": x * 255,
            "It is turned round: white should become 1, and black 0.": 1 - x / 255,
            "Each picture is divided by its own brightest pixel: so a dark one comes out as bright as any.": (
                x / x.max(axis=(1, 2, 3), keepdims=True)
            ),
            "These are whole numbers: the fractions are cut off.": x // 255,
            "This centres the pixels; the range is 0 to 1 no more.": (x - x.mean()) / x.std(),
            "The lowest and the highest pixel of the batch are taken for 0 and 1; they should be 0 and 255.": (
                x - x.min()
            )
            / (x.max() - x.min()),
        }
        came = numbers(ask(answer, batch, probe=probe), probe)
        compare(came, x / 255, probe, known, "Not each value is divided by 255.", within=1e-5)


scale = Exercise(
    "cleaning.scale",
    kind="write a function",
    concept="from 0–255 to 0–1",
    prompt="Write `to_unit`. It gets a batch of pictures, uint8 (B, H, W, 3) with values from 0 to 255, and returns "
    "them as fractions from 0 to 1. A function, a lambda or a Keras layer will do.",
    stub="""
def to_unit(pictures):
    # uint8 (B, H, W, 3) from 0 to 255 -> fractions from 0 to 1
    ...


exercises.cleaning.scale.check(to_unit)
""",
    hints=[
        "White is 255, and should become 1. Black stays 0.",
        "One division does it, the same for every picture, whatever else is in the batch.",
        "`pictures / 255`, or the layer `keras.layers.Rescaling(1 / 255)`.",
    ],
    insight="One fixed number, not the picture's own maximum: so a dark photo stays dark, in training and at use.",
    answer=_to_unit,
    judge=_judge_scale,
    needs_keras=True,
)


def _probability(model, photo):
    return float(model.predict(photo[None], verbose=0)[0, 0])


BATCH = "The model wants a batch, also of one: a photo (H, W, 3) needs another axis before it."
ORDER = "The model comes first, and then the photo."


def _judge_use(answer):
    from helpers.quiet import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((6, 8, 3)),
            layers.Rescaling(1 / 255),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, "sigmoid"),
        ]
    )
    model.set_weights([np.full((3, 1), 2.0), np.array([-2.5])])
    for level, words in ((40, "dark"), (220, "bright")):
        photo = np.full((6, 8, 3), level, "uint8")
        probe = f"a {words} photo of shape (6, 8, 3), all {level}; the model wants a batch (B, 6, 8, 3)"
        said, twice = (float(model(one[None].astype("float32"))[0, 0]) for one in (photo, photo / 255))
        known = {
            "The photo is divided twice: by you, and by the `Rescaling` inside the model. It sees night.": twice,
            "That is the probability of class 0: one unit speaks of class 1.": 1 - said,
            "That is the class; asked for is the probability that it goes by.": round(said),
            "That is a percentage; a probability is between 0 and 1.": 100 * said,
        }
        came = ask(answer, model, photo, probe=probe, known={"Invalid input shape": BATCH, "'predict'": ORDER})
        came = numbers(came, probe)
        if came.size == 1:
            compare(came, np.array(said), probe, known, "This is not what the model says to that photo.")
        one_number(came, probe)
        compare(came, np.array(said), probe, known, "This is not what the model says to that photo.")


use = Exercise(
    "cleaning.use",
    kind="repair a broken script",
    concept="one photo, as in training",
    prompt="This model was trained with `Rescaling(1 / 255)` as its first layer. The function that uses it is broken: "
    "it raises an error, and when that is mended, its answers are worthless. Mend both. It gets the model and one "
    "photo, uint8 (H, W, 3), and returns the probability of class 1 as one number.",
    stub="""
def probability(model, photo):
    return model.predict(photo / 255)


exercises.cleaning.use.check(probability)
""",
    hints=[
        "Who scales the photo here? Count.",
        "`predict` takes a batch: `photo[None]` is a batch of one. And the model scales by itself.",
        "`model.predict(photo[None])[0, 0]`, with no division.",
    ],
    insight="A model that carries its steps with it cannot be fed wrongly: hand it the pixels as they are.",
    answer=_probability,
    judge=_judge_use,
    needs_keras=True,
)

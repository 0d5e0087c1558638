"""Lesson 2's exercises: right answers pass however they are written, wrong ones are told what is wrong."""

import random

import exercise_page
import numpy as np
import pytest
from exercise_tables import keras, must_be_complete, must_fail_with, must_pass, right_cases, tf, wrong_cases
from sklearn.model_selection import GroupShuffleSplit

from helpers import exercises
from helpers.augmentation import RandomWarp
from helpers.scaffold.exercise_page import said

STILL = {"flip": False, "rotation": 0, "zoom": 0, "shear": 0, "shift": 0, "contrast": 0}


class Lighten(keras.layers.Layer):
    """A learner's own layer."""

    def call(self, pictures, training=False):
        if not training:
            return pictures
        amounts = tf.random.uniform((tf.shape(pictures)[0], 1, 1, 1), -0.2, 0.2)
        return tf.clip_by_value(pictures + amounts, 0.0, 1.0)


def by_loop(pictures, training=False):
    if not training:
        return pictures.copy()
    return [np.clip(one + random.uniform(-0.2, 0.2), 0, 1) for one in pictures]


def lighten_with(amounts, low=0.0, high=1.0):
    """A function that adds `amounts(pictures)` while training, kept between low and high."""
    return lambda pictures, training=False: np.clip(pictures + amounts(pictures), low, high) if training else pictures


def first_alone(pictures):
    """As where the `return` stands within the loop."""
    return uniform(1, 1, 1)(pictures) * (np.arange(len(pictures)) == 0).reshape(-1, 1, 1, 1)


def uniform(*shape, reach=0.2):
    return lambda pictures: np.random.uniform(-reach, reach, (len(pictures), *shape))


def seeded(pictures):
    return np.random.default_rng(0).uniform(-0.2, 0.2, (len(pictures), 1, 1, 1))


def varied(warp):
    return lambda pictures, labels: (warp(pictures, training=True), labels)


def prepare_in_model(train, validation, warp):
    model = keras.Sequential([keras.layers.Input((4, 4, 3)), warp])
    return train.map(lambda x, y: (model(x, training=True), y), num_parallel_calls=2).prefetch(1), validation


def prepare_by_generator(train, validation, warp):
    def batches():
        for pictures, labels in train:
            yield warp(pictures, training=True), labels

    kinds = (tf.TensorSpec((None, 4, 4, 3)), tf.TensorSpec((None,), tf.int32))
    return tf.data.Dataset.from_generator(batches, output_signature=kinds), validation


def prepare_by_loop(train, validation, warp):
    return [(warp(pictures, training=True), labels) for pictures, labels in train], validation


def half_varied(train, validation, warp):
    def half(x, y):
        return tf.concat([warp(x[:2], training=True), x[2:]], 0), y

    return train.map(half), validation


def labels_too(train, validation, warp):
    return train.map(lambda x, y: (warp(x, training=True), 1 - y)), validation


def photo(name):
    return name.split("_copy")[0]


def split_by_groups(files):
    files = np.array(files)
    cutter = GroupShuffleSplit(1, test_size=0.25, random_state=0)
    ((train, rest),) = cutter.split(files, groups=list(map(photo, files)))
    return files[train], files[rest]


def split_by_number(files):
    """The photos whose number ends in 0, 5, … go to validation."""
    chosen = [name for name in files if int(name.split("_")[1]) % 4 == 0]
    return set(files) - set(chosen), set(chosen)


def split_by_dict(files):
    photos = list(dict.fromkeys(map(photo, files)))
    random.Random(1).shuffle(photos)
    return {
        "train": [name for one in photos[:30] for name in files if photo(name) == one],
        "validation": [name for one in photos[30:] for name in files if photo(name) == one],
    }


def split_all(choose):
    """A split that sends a file to training where choose(name) says so."""
    return lambda files: ([n for n in files if choose(n)], [n for n in files if not choose(n)])


def split_one_leak(files):
    train, validation = split_by_number(files)
    (leak, *_) = sorted(validation)
    return sorted(train | {leak}), sorted(validation - {leak})


def split_sorting_in_place(files):
    files.sort()
    return split_by_number(files)


def cut(files, train=slice(150), validation=slice(150, None)):
    shuffled = list(np.random.default_rng(0).permutation(files))
    return shuffled[train], shuffled[validation]


def share_by_min_max(box, shift):
    x0, y0, x1, y1 = box
    left, right = max(0, x0 + shift[0]), min(1, x1 + shift[0])
    top, bottom = max(0, y0 + shift[1]), min(1, y1 + shift[1])
    return max(0, right - left) * max(0, bottom - top) / ((x1 - x0) * (y1 - y0))


def share_by_counting(box, shift):
    y, x = (np.mgrid[:400, :400] + 0.5) / 400
    x, y = box[0] + x * (box[2] - box[0]) + shift[0], box[1] + y * (box[3] - box[1]) + shift[1]
    return np.mean((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1))


def share_by_tensorflow(box, shift):
    moved = tf.constant(box) + tf.constant([*shift, *shift])
    kept = tf.clip_by_value(moved, 0.0, 1.0)
    return (kept[2] - kept[0]) * (kept[3] - kept[1]) / ((box[2] - box[0]) * (box[3] - box[1]))


def share_signed(box, shift):
    (x0, y0, x1, y1), (dx, dy) = box, shift
    wide, high = min(1, x1 + dx) - max(0, x0 + dx), min(1, y1 + dy) - max(0, y0 + dy)
    return wide * high / ((x1 - x0) * (y1 - y0))


def share_cut_at_one(box, shift):
    (x0, y0, x1, y1), (dx, dy) = box, shift
    wide, high = min(1, x1 + dx) - (x0 + dx), min(1, y1 + dy) - (y0 + dy)
    return max(0, wide) * max(0, high) / ((x1 - x0) * (y1 - y0))


right_share = exercises.augmentation.in_frame.answer

RIGHT = {
    "mirror": [
        lambda x: x[:, :, ::-1],
        lambda x: np.flip(x, axis=2),
        tf.image.flip_left_right,
        lambda x: tf.reverse(x, axis=[2]),
        lambda x: [np.fliplr(one).tolist() for one in x],
        keras.layers.Lambda(lambda x: x[:, :, ::-1, :]),
        lambda x: x.astype("float64")[..., ::-1, :],
    ],
    "lighten": [
        exercises.augmentation.lighten.answer,
        Lighten(),
        by_loop,
        keras.layers.RandomBrightness(0.2, value_range=(0, 1)),
        RandomWarp(**STILL, brightness=0.2),
        keras.Sequential([keras.layers.RandomBrightness(0.2, value_range=(0, 1))]),
    ],
    "only_training": [
        lambda train, validation, warp: (train.map(varied(warp)), validation),
        lambda train, validation, warp: [train.cache().map(varied(warp)).prefetch(2), validation.cache()],
        prepare_in_model,
        prepare_by_generator,
        lambda train, validation, warp: (train.shuffle(2).unbatch().shuffle(8).batch(3).map(varied(warp)), validation),
        lambda train, validation, warp: (train.unbatch().batch(8).map(varied(warp)), validation.prefetch(1)),
        lambda train, validation, warp: {"train": train.map(varied(warp)), "validation": validation},
    ],
    "split_first": [split_by_groups, split_by_number, split_by_dict, exercises.augmentation.split_first.answer],
    "in_frame": [right_share, share_by_min_max, share_by_counting, share_by_tensorflow],
}

WRONG = {
    "mirror": {
        "Nothing has changed": lambda x: x,
        "upside down: the second axis": lambda x: x[:, ::-1],
        "order of the pictures": lambda x: x[::-1],
        "red became blue": lambda x: x[..., ::-1],
        "by 180°": lambda x: np.rot90(x, 2, axes=(1, 2)),
        "along the diagonal": lambda x: x.swapaxes(1, 2),
        "All axes": np.flip,
        "not the mirror image": lambda x: 1 - x,
        "Mind the shape": lambda x: x[0, :, ::-1],
        "leaves it to chance": keras.layers.RandomFlip("horizontal"),
        "not in another": lambda x: x[:, :, ::-1] if random.random() < 0.5 else x,
        "`mirror` mirrors each picture, each time": tf.image.random_flip_left_right,
        "Only some of the pictures": lambda x: np.concatenate([x[:1, :, ::-1], x[1:]]),
    },
    "lighten": {
        "At use, pictures must stay": lambda x, training=False: np.clip(x + uniform(1, 1, 1)(x), 0, 1),
        "In training, nothing changes": lambda x, training=False: x,
        "Two calls give the same": lighten_with(seeded),
        "Parts of a picture": lighten_with(uniform(6, 8, 1)),
        "same amount": lighten_with(lambda x: np.random.uniform(-0.2, 0.2)),
        "one way only": lighten_with(lambda x: np.random.uniform(0.02, 0.2, (len(x), 1, 1, 1))),
        "too far": lighten_with(uniform(1, 1, 1, reach=0.3)),
        "too timid": lighten_with(uniform(1, 1, 1, reach=0.05)),
        "leave the range": lighten_with(uniform(1, 1, 1), low=-1, high=2),
        "a few different amounts": lighten_with(lambda x: np.random.choice([-0.2, 0.2], (len(x), 1, 1, 1))),
        "`value_range=(0, 1)`": keras.layers.RandomBrightness(0.2),
        "shapes (3,6,8,3) (4,1,1,1)": lighten_with(lambda x: np.random.uniform(-0.2, 0.2, (4, 1, 1, 1))),
        "shape has changed": lambda x, training=False: x.mean(axis=-1) if training else x[0],
        "It raised an error": lambda pictures: pictures,
        "36 of 48 unchanged": lighten_with(first_alone),
        "by a call, as in `Lighten(…)`": Lighten,
    },
    "only_training": {
        "varied (both)": lambda t, v, warp: (t.map(varied(warp)), v.map(varied(warp))),
        "only the wrong one": lambda t, v, warp: (t, v.map(varied(warp))),
        "Nothing is varied": lambda t, v, warp: (t.map(lambda x, y: (warp(x), y)), v),
        "same variations as the first": lambda t, v, warp: (t.map(varied(warp)).cache(), v),
        "made once and kept": prepare_by_loop,
        "pictures and labels": lambda t, v, warp: (t.map(lambda x, y: warp(x, training=True)), v),
        "Labels have changed": labels_too,
        "exchanged": lambda t, v, warp: (v, t.map(varied(warp))),
        "Two datasets are asked": lambda t, v, warp: t.map(varied(warp)),
        "number of pictures": lambda t, v, warp: (t.take(1).map(varied(warp)), v),
        "Came: 4 for training and 8 for validation": lambda t, v, warp: (t.take(1).map(varied(warp)), v),
        "write a function of both": lambda t, v, warp: (t.map(warp), v),
        "A layer takes a batch": lambda t, v, warp: (warp(t, training=True), v),
        "Name the argument": lambda t, v, warp: (t.map(lambda x, y: (warp(x, True), y)), v),
        "labels: take both": lambda t, v, warp: (t.map(lambda x: warp(x, training=True)), v),
        "A name is used": lambda t, v, warp: (t.map(lambda x, y: warp(x, training=True), labels), v),  # noqa: F821
        "Labels are no pictures": lambda t, v, w: (t.map(lambda x, y: (w(x, training=True), w(y, training=True))), v),
        "it is None": lambda t, v, warp: (t.map(varied(warp)), None),
        "A dataset is asked": lambda t, v, warp: (1, 2),
        "one by one": lambda t, v, warp: (t.unbatch().map(varied(warp)), v),
        "pictures come first": lambda t, v, warp: (t.map(lambda x, y: (y, warp(x, training=True))), v),
        "does not end (by `repeat`?)": lambda t, v, warp: (t.map(varied(warp)).repeat(), v),
        "Only some of the training": half_varied,
        "used up after one epoch": lambda t, v, warp: ((varied(warp)(x, y) for x, y in t), v),
        "not the validation pictures": lambda t, v, warp: (t.map(varied(warp)), t),
        "not the training pictures": lambda t, v, warp: (t.take(1).repeat(2).map(varied(warp)), v),
        "nothing but `warp`": lambda t, v, warp: (t.map(lambda x, y: (warp(x / 255, training=True), y)), v),
        "Expected: [0 1 0 1 0 1 0 1]": lambda t, v, warp: (t.map(varied(warp)), v.map(lambda x, y: (x, 1 - y))),
    },
    "split_first": {
        "of 40 photos have": lambda files: cut(list(reversed(files))),
        "One photo has": split_one_leak,
        "only one class": split_all(lambda name: name.startswith("cat") or int(name.split("_")[1]) < 10),
        "40 photos have copies": split_all(lambda name: "copy4" not in name),
        "letter for letter": lambda files: (files[:150], files[100:]),
        "Validation is empty": lambda files: (files, []),
        "Files are lost": split_all(lambda name: "copy0" in name) and (lambda files: split_by_number(files[:190])),
        "larger part belongs to training": lambda files: split_by_number(files)[::-1],
        "three quarters and one quarter": split_all(lambda name: int(name.split("_")[1]) < 11),
        "changes what it was given": split_sorting_in_place,
        "Two lists are asked": lambda files: split_by_number(files)[0],
    },
    "in_frame": {
        "no negative side": share_signed,
        "Nothing is cut off": lambda box, shift: 1.0,
        "its share of the whole": lambda b, s: right_share(b, s) * (b[2] - b[0]) * (b[3] - b[1]),
        "the other way": lambda box, shift: right_share(box, (-shift[0], -shift[1])),
        "share that is lost": lambda box, shift: 1 - right_share(box, shift),
        "exchanged": lambda box, shift: right_share(box, shift[::-1]),
        "Only one direction is looked at, right": lambda box, shift: right_share(box, (shift[0], 0)),
        "Only one direction is looked at, down": lambda box, shift: right_share(box, (0, shift[1])),
        "in percent": lambda box, shift: 100 * right_share(box, shift),
        "leave to the left": share_cut_at_one,
        "two corners": lambda b, shift: right_share((b[0], b[1], b[0] + b[2], b[1] + b[3]), shift),
        "whether any of it": lambda box, shift: right_share(box, shift) > 0,
        "whether all of it": lambda box, shift: right_share(box, shift) > 0.999,
        "not the share": lambda box, shift: np.sqrt(right_share(box, shift)),
        "here it moves up": lambda box, shift: right_share(box, (shift[0], -shift[1])),
        "here it moves left": lambda box, shift: right_share(box, (-shift[0], shift[1])),
        "Numbers are asked": lambda box, shift: f"{right_share(box, shift):.0%}",
    },
}


def test_there_are_enough_ways_in_the_tables():
    must_be_complete("augmentation", RIGHT, WRONG)


@pytest.mark.parametrize(("exercise", "answer"), right_cases("augmentation", RIGHT))
def test_right_answers_pass(exercise, answer):
    must_pass(exercise.check(answer))


@pytest.mark.parametrize(("exercise", "answer", "phrase", "number"), wrong_cases("augmentation", WRONG))
def test_wrong_answers_are_told_why_as_the_page_of_exercises_says(exercise, answer, phrase, number):
    verdict = exercise.check(answer)
    must_fail_with(verdict, phrase)
    assert exercise_page.promised(exercise, number) == said(verdict.message)


def test_a_random_flip_never_passes():
    """A coin for the whole batch is the likeliest to pass: asked once, it would in every fourth check."""
    coin = random.Random(0)
    for _ in range(100):
        flipped = exercises.augmentation.mirror.check(lambda x: x[:, :, ::-1] if coin.random() < 0.5 else x)
        must_fail_with(flipped, "leaves it to chance")


def test_amounts_that_are_alike_by_chance_are_no_sign_that_they_are_fixed():
    """Of five amounts for the whole batch, two calls in a row give the same one in every fifth check."""
    for _ in range(20):
        verdict = exercises.augmentation.lighten.check(lighten_with(lambda x: random.randint(-2, 2) / 10))
        must_fail_with(verdict, "same amount")


def test_a_coin_that_leaves_pictures_as_they_are_never_passes_and_hundredths_do():
    lighten = exercises.augmentation.lighten
    for _ in range(20):
        coin = lighten.check(lighten_with(lambda x: uniform(1, 1, 1)(x) * np.random.randint(0, 2, (len(x), 1, 1, 1))))
        must_fail_with(coin, "Some pictures stay as they are")
        must_pass(lighten.check(lighten_with(lambda x: uniform(1, 1, 1)(x).round(2))))


def test_random_variations_are_judged_alike_each_time():
    for _ in range(20):
        must_pass(exercises.augmentation.lighten.check(exercises.augmentation.lighten.answer))


def test_pictures_times_epochs_is_what_a_pipeline_hands_out():
    layer = keras.layers.RandomBrightness(0.5, value_range=(0, 1))
    pictures = tf.data.Dataset.from_tensor_slices(np.full((20, 2, 2, 3), 0.5, "float32")).batch(4)
    varied_pictures = pictures.map(lambda x: layer(x, training=True)).unbatch()
    seen = {one[0, 0, 0] for _epoch in range(3) for one in varied_pictures.as_numpy_iterator()}
    assert len(seen) == 20 * 3
    must_pass(exercises.augmentation.different.check(200 * 15))


def test_a_varied_pipeline_is_right_after_a_lesson_has_set_its_seed():
    from helpers.quiet import keras

    keras.utils.set_random_seed(1)
    check = exercises.augmentation.only_training
    assert check.check(check.answer).status == "correct"

"""Lesson 3's exercises: right answers pass however they are written, wrong ones are told what is wrong."""

import math

import exercise_page
import numpy as np
import pytest
from exercise_tables import keras, must_be_complete, must_fail_with, must_pass, right_cases, tf, wrong_cases
from scipy import signal

from helpers import exercises, pipeline
from helpers.scaffold.exercise_page import said

layers = keras.layers
GOOD = {"units": 1, "activation": "sigmoid", "loss": "binary_crossentropy"}


def convolve_by_loops(picture, kernel):
    height, width = picture.shape
    places = [[(row, column) for column in range(width - 2)] for row in range(height - 2)]
    inside = [(i, j) for i in range(3) for j in range(3)]
    return [[sum(picture[r + i, c + j] * kernel[i, j] for i, j in inside) for r, c in line] for line in places]


def convolve_by_keras(picture, kernel):
    layer = layers.Conv2D(1, 3, use_bias=False)
    layer.build((None, *picture.shape, 1))
    layer.set_weights([kernel[:, :, None, None]])
    return layer(picture[None, :, :, None])


def windows(picture):
    return np.lib.stride_tricks.sliding_window_view(picture, (3, 3))


right_convolution = exercises.training.convolution.answer


def functional_end(maps):
    return layers.Dense(1, activation="sigmoid", name="end_of_mine")(tf.reshape(maps, (-1, 144)))


def model_end():
    maps = layers.Input((6, 6, 4))
    return keras.Model(maps, layers.Dense(1, activation="sigmoid")(layers.GlobalMaxPooling2D()(maps)))


def loss_by_keras(loss):
    return lambda truth, probability: loss(truth[:, None], probability[:, None])


def by_formula(truth, probability):
    return -np.mean(truth * np.log(probability) + (1 - truth) * np.log(1 - probability))


def loss_by_loop(truth, probability):
    total = 0.0
    for t, p in zip(truth, probability, strict=True):
        total -= np.log(p) if t else np.log(1 - p)
    return total / len(truth)


def lowest_by_loop(history):
    best = 0
    for epoch, loss in enumerate(history["val_loss"]):
        if loss < history["val_loss"][best]:
            best = epoch
    return best + 1


def first_rise(history):
    losses = history["val_loss"]
    return next((n for n in range(1, len(losses)) if losses[n] > losses[n - 1]), len(losses))


def one_by_one(model, folder):
    answers = {}
    for path in sorted(folder.rglob("*.png")):
        answers[str(path)] = model.predict(pipeline.load_image(path, (8, 8))[None], verbose=0)[0, 0]
    return answers


def by_keras_dataset(model, folder):
    data = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), shuffle=False, verbose=False)
    return dict(zip(data.file_paths, model.predict(data.map(lambda x, y: x / 255), verbose=0)[:, 0], strict=True))


def pairs_by_path_in_the_folder(model, folder):
    answers = exercises.training.order.answer(model, folder)
    return [(path.relative_to(folder).as_posix(), np.array(p)) for path, p in answers.items()]


def shuffled(model, folder):
    data = pipeline.image_dataset(folder, (8, 8))
    return dict(zip(data.paths, model.predict(data, verbose=0)[:, 0], strict=True))


def changed(change):
    """The right answers, changed: a function that makes a new dict of the old one."""
    return lambda model, folder: change(exercises.training.order.answer(model, folder))


def not_divided(model, folder):
    paths = sorted(folder.rglob("*.png"))
    pictures = np.stack([pipeline.decode(path, (8, 8)) for path in paths]).astype("float32")
    return dict(zip(paths, model.predict(pictures, verbose=0)[:, 0], strict=True))


def sorted_answers(answers):
    return dict(zip(answers, sorted(answers.values()), strict=True))


RIGHT = {
    "which_class": [
        lambda p, folders: sorted(folders)[int(p > 0.5)],
        lambda p, folders: sorted(folders)[round(p)],
        lambda p, folders: max(folders) if p >= 0.5 else min(folders),
        lambda p, folders: np.sort(folders)[int(np.round(p))],
        lambda p, folders: tf.constant(sorted(folders))[tf.cast(p > 0.5, tf.int32)],
    ],
    "convolution": [
        right_convolution,
        convolve_by_loops,
        convolve_by_keras,
        lambda picture, kernel: signal.correlate2d(picture, kernel, mode="valid"),
        lambda picture, kernel: np.einsum("hwij,ij->hw", windows(picture.astype("float64")), kernel),
        lambda picture, kernel: tf.nn.conv2d(picture[None, :, :, None], kernel[:, :, None, None], 1, "VALID"),
    ],
    "last_layers": [
        [layers.Flatten(), layers.Dense(1, activation="sigmoid")],
        [layers.Flatten(), layers.Dense(1, activation="hard_sigmoid")],
        (layers.GlobalAveragePooling2D(), layers.Dense(2, "relu"), layers.Dense(1), layers.Activation("sigmoid")),
        [layers.Flatten(), layers.BatchNormalization(), layers.Dense(1, "sigmoid", kernel_initializer="zeros")],
        keras.Sequential([layers.Flatten(), layers.Dropout(0.5), layers.Dense(1, "sigmoid")]),
        [layers.Conv2D(1, 6), layers.Reshape((1,)), layers.Activation(keras.activations.sigmoid)],
        [layers.Flatten(), layers.Dense(1, activation=keras.activations.sigmoid)],
        [layers.Flatten(), layers.Dense(1, activation=layers.Activation("sigmoid"))],
        lambda: [layers.GlobalMaxPooling2D(), layers.Dense(1, keras.ops.sigmoid)],
        model_end(),
        lambda maps: tf.sigmoid(tf.reduce_mean(maps, axis=(1, 2, 3))),
        functional_end,
        [layers.Input((6, 6, 4)), layers.Flatten(), layers.Dense(1, activation="sigmoid")],
        [layers.InputLayer(shape=(6, 6, 4)), layers.Flatten(), layers.Dense(1, activation="sigmoid")],
    ],
    "loss": [
        by_formula,
        loss_by_loop,
        loss_by_keras(keras.losses.BinaryCrossentropy()),
        loss_by_keras(lambda t, p: tf.reduce_mean(keras.losses.binary_crossentropy(t, p))),
        lambda t, p: np.float64(-np.log(np.where(t > 0, p, 1 - p)).mean()),
        lambda t, p: [tf.reduce_mean(-tf.math.log(1 - tf.abs(t - p)))],
    ],
    "settings": [
        GOOD | {"steps_per_epoch": None},
        GOOD | {"loss": keras.losses.BinaryCrossentropy(), "steps_per_epoch": 4},
        {"activation": None, "loss": keras.losses.BinaryCrossentropy(from_logits=True)},
        {"activation": "linear", "loss": keras.losses.BinaryCrossentropy(from_logits=True)},
        {"units": 2, "activation": "softmax", "loss": "sparse_categorical_crossentropy"},
        GOOD | {"activation": keras.activations.sigmoid},
    ],
    "best_epoch": [
        lambda history: int(np.argmin(history["val_loss"])) + 1,
        lowest_by_loop,
        lambda history: history["val_loss"].index(min(history["val_loss"])) + 1,
        lambda history: tf.argmin(history["val_loss"]) + 1,
        lambda history: [1.0 + np.argmin(np.array(history["val_loss"]))],
    ],
    "order": [exercises.training.order.answer, one_by_one, by_keras_dataset, pairs_by_path_in_the_folder],
}

WRONG = {
    "which_class": {
        "wrong way round": lambda p, folders: sorted(folders)[int(p < 0.5)],
        "order in which they come": lambda p, folders: folders[int(p > 0.5)],
        "cats and dogs only": lambda p, folders: "dogs" if p > 0.5 else "cats",
        "cuts off the fraction": lambda p, folders: sorted(folders)[int(p)],
        "not its number": lambda p, folders: int(p > 0.5),
        "same class, whatever": lambda p, folders: max(folders),
        "class 0, whatever": lambda p, folders: min(folders),
        "comes first, whatever": lambda p, folders: folders[0],
        "comes second, whatever": lambda p, folders: folders[1],
        "wrong way round, and the folders": lambda p, folders: folders[int(p < 0.5)],
        "or a list": lambda p, folders: [sorted(folders)[int(p > 0.5)]],
        "not the class that the model means": lambda p, folders: "cat or dog",
        "changes what it was given": lambda p, folders: folders.sort() or folders[int(p > 0.5)],
    },
    "convolution": {
        "turned round first": lambda picture, kernel: signal.convolve2d(picture, kernel, mode="valid"),
        "border of zeros": lambda picture, kernel: signal.correlate2d(picture, kernel, mode="same"),
        "that is ReLU": lambda picture, kernel: np.maximum(0, right_convolution(picture, kernel)),
        "mean of the nine": lambda picture, kernel: (windows(picture) * kernel).mean(axis=(2, 3)),
        "without the weights": lambda picture, kernel: windows(picture).sum(axis=(2, 3)),
        "Rows and columns": lambda picture, kernel: right_convolution(picture, kernel.T),
        "jumps by two": lambda picture, kernel: right_convolution(picture, kernel)[::2, ::2],
        "Mind the shape": lambda picture, kernel: (picture[:3, :3] * kernel).sum(),
        "last row and column": lambda picture, kernel: right_convolution(picture, kernel)[:-1, :-1],
        "zeros round the sums": lambda picture, kernel: np.pad(right_convolution(picture, kernel), 1),
        "on their side": lambda picture, kernel: right_convolution(picture, kernel).T,
        "in one row": lambda picture, kernel: right_convolution(picture, kernel).ravel(),
        "not added up yet": lambda picture, kernel: windows(picture) * kernel,
        "Minus signs": lambda picture, kernel: np.abs(right_convolution(picture, kernel)),
        "multiplies matrices": lambda picture, kernel: (windows(picture) @ kernel).sum(axis=(2, 3)),
        "not the sums": lambda picture, kernel: right_convolution(picture, kernel) + 1,
    },
    "last_layers": {
        "gets all of it": [layers.Flatten(), layers.Dense(1, activation="softmax")],
        "These are logits": [layers.Flatten(), layers.Dense(1)],
        "number for each place": [layers.Dense(1, activation="sigmoid")],
        "One number a picture": [layers.Flatten(), layers.Dense(2, activation="softmax")],
        "no upper end": [layers.Flatten(), layers.Dense(1, activation="relu")],
        "as tanh does": [layers.Flatten(), layers.Dense(1, activation="tanh")],
        "A function is no layer": [layers.Flatten(), layers.Dense(1), keras.activations.sigmoid],
        "Two sigmoids": [layers.Flatten(), layers.Dense(1, "sigmoid"), layers.Activation("sigmoid")],
        "ReLU before the sigmoid": [layers.Flatten(), layers.Dense(1, "relu"), layers.Activation("sigmoid")],
        "cut off at 1": [layers.Flatten(), layers.Dense(1), layers.ReLU(max_value=1)],
        "or its like": [layers.Flatten(), layers.Dense(1, lambda x: keras.ops.clip(x, 0, 1))],
        "same to every picture": lambda maps: tf.fill((len(maps), 1), 0.5),
        "not their names": ["Flatten", "Dense"],
        "made by a call": [layers.Flatten, layers.Dense],
        "maps that arrive": [layers.Input((8, 8, 4)), layers.Flatten(), layers.Dense(1, "sigmoid")],
        "too many axes": [layers.GlobalAveragePooling2D(keepdims=True), layers.Dense(1, "sigmoid")],
        "dropout behind the answer": [layers.Flatten(), layers.Dense(1, "sigmoid"), layers.Dropout(0.5)],
        "list of layers": 1,
    },
    "loss": {
        "below zero": lambda t, p: np.mean(t * np.log(p) + (1 - t) * np.log(1 - p)),
        "class 0 cost nothing": lambda t, p: -(t * np.log(p)).mean(),
        "class 1 cost nothing": lambda t, p: -((1 - t) * np.log(1 - p)).mean(),
        "That is the sum": lambda t, p: by_formula(t, p) * len(t),
        "two classes are exchanged": lambda t, p: -np.mean(t * np.log(1 - p) + (1 - t) * np.log(p)),
        "counts as one of class 1": lambda t, p: -np.log(p).mean(),
        "Truth and probability": loss_by_keras(lambda t, p: keras.losses.BinaryCrossentropy()(p, t)),
        "mean is taken first": lambda t, p: -np.log(np.where(t == 1, p, 1 - p).mean()),
        "accuracy; loss asks": lambda t, p: np.mean((p > 0.5) == t),
        "mean of its own": lambda t, p: (by_formula(1, p[t == 1]) + by_formula(0, p[t == 0])) / 2,
        "takes a whole array": lambda t, p: -math.log(p),
        "np.where": lambda t, p: -np.log(p).mean() if t == 1 else -np.log(1 - p).mean(),
        "of each picture": lambda t, p: -np.log(np.where(t == 1, p, 1 - p)),
        "natural one is meant, `np.log`": lambda t, p: -np.log2(np.where(t == 1, p, 1 - p)).mean(),
        "base 10": lambda t, p: -np.log10(np.where(t == 1, p, 1 - p)).mean(),
        "mean of the squares": lambda t, p: ((t - p) ** 2).mean(),
        "without any logarithm": lambda t, p: np.abs(t - p).mean(),
        "puts a sigmoid on": loss_by_keras(keras.losses.BinaryCrossentropy(from_logits=True)),
        "categorical cross-entropy": loss_by_keras(keras.losses.CategoricalCrossentropy()),
        "NaN or infinity": lambda t, p: -(p * np.log(t + 0.0) + (1 - p) * np.log(1 - t)).mean(),
    },
    "settings": {
        "Softmax over one unit": GOOD | {"activation": "softmax"},
        "loss is 0 from the start": GOOD | {"loss": "categorical_crossentropy"},
        "ran out of data": GOOD | {"steps_per_epoch": 100},
        "Came: 1 step per epoch": GOOD | {"steps_per_epoch": 1},
        "with fewer steps": GOOD | {"steps_per_epoch": 3},
        "is a number of batches": GOOD | {"steps_per_epoch": "all"},
        "no activation of this name": GOOD | {"activation": "sigmod"},
        "no loss of this name": GOOD | {"loss": "binary_cross_entropy"},
        "There is no `loss`": {"units": 1, "activation": "sigmoid"},
        "`units` is a whole number": GOOD | {"units": "1"},
        "a unit for each class": GOOD | {"loss": "sparse_categorical_crossentropy"},
        "do not fit each other": GOOD | {"units": 2},
        "Logits go into": GOOD | {"activation": None},
        "leaves the range": GOOD | {"activation": "tanh"},
        "probabilities of these once more": GOOD | {"loss": keras.losses.BinaryCrossentropy(from_logits=True)},
        "`from_logits=True` would": {
            "units": 2,
            "activation": "softmax",
            "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        },
        "The settings are units": GOOD | {"epochs": 30},
        "The settings are a dict": ["sigmoid", "binary_crossentropy"],
    },
    "best_epoch": {
        "Counted from 0": lambda history: np.argmin(history["val_loss"]),
        "where training loss": lambda history: np.argmin(history["loss"]) + 1,
        "validation accuracy": lambda history: np.argmax(history["val_accuracy"]) + 1,
        "validation loss is highest": lambda history: np.argmax(history["val_loss"]) + 1,
        "first rise": first_rise,
        "lowest loss itself": lambda history: min(history["val_loss"]),
        "a loss or an accuracy itself": lambda history: max(history["val_accuracy"]),
        "well-known advice": lambda history: 2,
        "It raised an error": lambda history: history.history["val_loss"].index(0),
        "One number": lambda history: history["val_loss"],
    },
    "order": {
        "at the wrong files": shuffled,
        "(one is shuffled?)": changed(sorted_answers),
        "not divided by 255": not_divided,
        "of class 0": changed(lambda answers: {path: 1 - p for path, p in answers.items()}),
        "That is the class": changed(lambda answers: {path: p > 0.5 for path, p in answers.items()}),
        "one answer for each file": changed(lambda answers: dict(list(answers.items())[:6])),
        "have one name, and need two keys": changed(lambda answers: {path.name: p for path, p in answers.items()}),
        "as with `[0]`": changed(lambda answers: {path: np.array([p]) for path, p in answers.items()}),
        "One number is asked": changed(lambda answers: {path: (1 - p, p) for path, p in answers.items()}),
        "in percent": changed(lambda answers: {path: 100 * p for path, p in answers.items()}),
        "0 keys": changed(lambda answers: {}),
        "A dict is asked": changed(lambda answers: list(answers.values())),
        "Numbers are asked": changed(lambda answers: {path: "dogs" for path in answers}),
        "not the model's answers": changed(lambda answers: {path: p / 2 for path, p in answers.items()}),
    },
}


def test_there_are_enough_ways_in_the_tables():
    must_be_complete("training", RIGHT, WRONG)


@pytest.mark.parametrize(("exercise", "answer"), right_cases("training", RIGHT))
def test_right_answers_pass(exercise, answer):
    must_pass(exercise.check(answer))


@pytest.mark.parametrize(("exercise", "answer", "phrase", "number"), wrong_cases("training", WRONG))
def test_wrong_answers_are_told_why_as_the_page_of_exercises_says(exercise, answer, phrase, number):
    verdict = exercise.check(answer)
    must_fail_with(verdict, phrase)
    assert exercise_page.promised(exercise, number) == said(verdict.message)


def test_early_stopping_does_what_the_curve_says():
    """Keras's own callback, led along the curve of the question; the one weight tells of which epoch it is."""
    curve = [0.70, 0.60, 0.55, 0.57, 0.54, 0.56, 0.58, 0.50]
    assert all(f"{loss:.2f}" in exercises.training.early_stopping.prompt for loss in curve)
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1, use_bias=False)])
    stop = keras.callbacks.EarlyStopping(patience=2)
    stop.set_model(model)
    stop.on_train_begin()
    model.stop_training = False
    for epoch, val_loss in enumerate(curve, start=1):
        model.set_weights([np.array([[epoch]])])
        stop.on_epoch_end(epoch - 1, {"val_loss": val_loss})
        if model.stop_training:
            break
    stop.on_train_end()
    must_pass(exercises.training.early_stopping.check((epoch, model.get_weights()[0].item())))


def test_two_figures_of_200_pictures_are_uncertain_by_about_six_points():
    from helpers.training import wilson

    low, high = wilson(152, 200)
    assert 0.05 < (high - low) / 2 < 0.07

"""What goes wrong with a network: building, training and using it, and looking inside."""

import contextlib
import io
import re
from collections import Counter

import numpy as np
import pytest
from sklearn.datasets import load_digits
from wrong_page import TEXT, error_of, given, pictures, says, warning_of

from helpers import attribution, augmentation, pipeline, training
from helpers.quiet import keras, tf


def network(units=1, activation="sigmoid", loss="binary_crossentropy", **settings):
    model = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(units, activation)])
    model.compile(loss=loss, **settings)
    return model


X = np.random.default_rng(0).random((8, 4, 4, 3), dtype="float32")
Y = np.array([[0], [1]] * 4, "float32")


def fit(model, **settings):
    return model.fit(X, Y, verbose=0, **settings)


# Notebooks of older courses


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


@given("95 % in validation, and far less on new pictures")
def _(place):
    return {"train": ["cat_1_copy0", "cat_1_copy1", "dog_1_copy0"], "validation": ["cat_1_copy2", "dog_1_copy1"]}


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

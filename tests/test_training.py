"""Fit, measure, use, keep: what a learner does with a network, on real files."""

import csv
import itertools
import json
import os
import zipfile

import numpy as np
import pytest

from helpers import exporting, models, one_probability, page, pipeline, training, upload
from helpers.errors import InputError
from helpers.quiet import keras, tf

SIZE = (32, 32)
EPOCHS = 12  # after half as many, one network in twenty has not learned it yet


@pytest.fixture(scope="module")
def sets(sky):
    train = pipeline.image_dataset(sky / "train", SIZE, batch_size=8, seed=1)
    return train, pipeline.image_dataset(sky / "validation", SIZE, shuffle=False)


@pytest.fixture(scope="module")
def trained(sets):
    """A model that knows day from night."""
    keras.utils.set_random_seed(1)
    model = models.lab_cnn(SIZE)
    model.fitted = training.fit(model, *sets, epochs=EPOCHS)
    return model


def fixed(answers):
    """A model that gives to picture number i, which is i / 100 all over, `answers[i]`."""
    picture = keras.layers.Input((4, 4, 3))
    number = keras.ops.cast(keras.ops.round(keras.ops.mean(picture, axis=(1, 2, 3)) * 100), "int32")
    return keras.Model(picture, keras.ops.take(np.array(answers, "float32"), number)[:, None])


def numbered(labels):
    pictures = np.ones((len(labels), 4, 4, 3), "float32") * np.arange(len(labels))[:, None, None, None] / 100
    return tf.data.Dataset.from_tensor_slices((pictures, np.array(labels, "float32")[:, None])).batch(3)


def test_fit_gives_a_history_of_every_epoch(trained):
    history = trained.fitted.history
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(history)
    assert all(len(column) == EPOCHS for column in history.values())
    assert history["loss"][-1] < history["loss"][0] and history["val_accuracy"][-1] == 1.0


def test_a_model_that_is_not_compiled_gets_the_loss_of_the_course(trained, sets):
    answers = trained.predict(sets[1], verbose=0)[:, 0]
    truth = np.concatenate([labels[:, 0] for _, labels in sets[1]])
    given = np.clip(np.where(truth == 1, answers, 1 - answers), 1e-7, 1)
    assert trained.evaluate(sets[1], verbose=0)[0] == pytest.approx(-np.log(given).mean(), rel=1e-3)


def test_fit_leaves_a_compiled_model_as_it_was_compiled(sets):
    model = models.lab_cnn(SIZE)
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="binary_crossentropy", metrics=["accuracy"])
    before = model.get_weights()
    history = training.fit(model, sets[0], None, epochs=1)
    assert "val_loss" not in history.history
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_stopped_by_hand_it_keeps_what_there_is(sets, capsys):
    class Impatient(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    model = models.lab_cnn(SIZE)
    history = training.fit(model, *sets, epochs=50, callbacks=[Impatient()])
    assert len(history.history["loss"]) in (1, 2)
    assert "Stopped by hand" in capsys.readouterr().out
    assert training.evaluate(model, sets[1]).n == 20


def test_evaluate_counts_right_and_wrong_by_class():
    labels, answers = [0, 0, 0, 1, 1, 1, 1], [0.1, 0.4, 0.9, 0.2, 0.6, 0.7, 0.8]
    result = training.evaluate(fixed(answers), numbered(labels))
    assert result.confusion.tolist() == [[2, 1], [1, 3]]
    assert (result.n, result.accuracy) == (7, 5 / 7)
    assert result.interval == training.wilson(5, 7)


def test_a_label_that_is_a_share_counts_as_the_class_that_most_of_it_is():
    result = training.evaluate(fixed([0.1, 0.4, 0.6, 0.9]), numbered([0, 0.33, 0.67, 1]))
    assert result.accuracy == 1 and result.confusion.tolist() == [[2, 0], [0, 2]]


def test_evaluate_knows_the_class_names(trained, sets):
    result = training.evaluate(trained, sets[1])
    assert result.class_names == ["day", "night"]
    assert result.accuracy == 1.0 and result.confusion.tolist() == [[10, 0], [0, 10]]


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0), (700, 1000, 0.6709, 0.7276)],
)
def test_the_interval_is_wilsons(right, n, low, high):
    """81 of 263 and 0 of 20 are the worked examples of Newcombe 1998 (Statistics in Medicine 17, 857-872)."""
    assert training.wilson(right, n) == pytest.approx((low, high), abs=2e-4)


def test_predict_gives_a_row_a_file_in_order_and_one_bad_file_costs_only_its_own(trained, sky, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture")
    paths = [
        sky / "validation" / "night" / "0.jpg",
        bad,
        sky / "validation" / "day" / "0.jpg",
        tmp_path / "gone.jpg",
    ]
    rows = training.predict(trained, paths, ["day", "night"])
    assert [row.path for row in rows] == paths
    assert [row.class_name for row in rows] == ["night", "", "day", ""]
    assert all(0.5 <= row.probability <= 1 for row in (rows[0], rows[2]))
    assert rows[1].probability is None and "not a readable picture" in rows[1].error
    assert "no such file" in rows[3].error


def test_predict_says_what_the_network_says_of_the_picture_that_training_saw(trained, sets):
    rows = training.predict(trained, sets[1].paths, ["day", "night"])
    answers = trained.predict(sets[1], verbose=0)[:, 0]
    said = [row.probability if row.class_name == "night" else 1 - row.probability for row in rows]
    np.testing.assert_allclose(said, answers, atol=1e-5)


def test_saved_and_loaded_a_model_answers_the_same_and_knows_its_classes(trained, sets, tmp_path):
    training.save(trained, tmp_path / "sky.keras", ["day", "night"])
    again = training.load_model(tmp_path / "sky.keras")
    assert again.class_names == ["day", "night"]
    np.testing.assert_allclose(again.predict(sets[1], verbose=0), trained.predict(sets[1], verbose=0), atol=1e-6)
    assert {row.class_name for row in training.predict(again, sets[1].paths)} == {"day", "night"}
    assert [path.name for path in tmp_path.iterdir()] == ["sky.keras"]


def test_a_model_is_not_overwritten_unasked(trained, tmp_path):
    path = tmp_path / "mine.keras"
    path.write_bytes(b"precious")
    with pytest.raises(InputError, match="is there already"):
        training.save(trained, path, ["day", "night"])
    assert path.read_bytes() == b"precious"
    training.save(trained, path, ["day", "night"], overwrite=True)
    assert training.load_model(path).class_names == ["day", "night"]


def test_a_folder_is_no_place_for_a_model_even_if_overwriting_is_asked_for(trained, tmp_path):
    (tmp_path / "sky.keras").mkdir()
    with pytest.raises(InputError, match="is a folder; choose another name"):
        training.save(trained, tmp_path / "sky.keras", ["day", "night"], overwrite=True)


@pytest.mark.parametrize(("name", "says"), [("sky.h5", "ends in .keras"), ("nowhere/sky.keras", "no such folder")])
def test_a_place_where_no_model_can_be_saved_is_named(trained, tmp_path, name, says):
    with pytest.raises(InputError, match=says):
        training.save(trained, tmp_path / name, ["day", "night"])
    assert not list(tmp_path.iterdir())


def test_saving_that_fails_leaves_the_old_model_and_nothing_else(trained, tmp_path, monkeypatch):
    path = tmp_path / "sky.keras"
    training.save(trained, path, ["day", "night"])
    before = path.read_bytes()

    def full(*_arguments, **_keywords):
        raise OSError("no space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="no space"):
        training.save(trained, path, ["night", "day"], overwrite=True)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def run_here(pictures):
    pytest.fail("the code of a model was run")


def layer_from(module, name):
    """Changes the settings of a model: its first layer is one of that module."""

    def change(settings):
        layer = settings["config"]["layers"][1]
        layer |= {"module": module, "class_name": name, "registered_name": None, "config": {"command": "true"}}

    return change


def activation(settings):
    settings["config"]["layers"][-1]["config"]["activation"] = {
        "module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"
    }  # fmt: skip


def download(settings):
    layer_from("keras.utils", "get_file")(settings)
    settings["config"]["layers"][1]["config"] = {"fname": "fetched", "origin": "http://localhost:9/fetched"}


def vocabulary(settings):
    layer_from("keras.layers", "StringLookup")(settings)
    settings["config"]["layers"][1]["config"] = {"name": "words", "vocabulary": __file__}


@pytest.mark.parametrize(
    ("layer", "change", "says"),
    [
        (
            keras.layers.Lambda(lambda x: run_here(x), output_shape=(8, 8, 3)),
            None,
            "by Keras's safe mode, as it may run",
        ),
        (
            keras.layers.Lambda(run_here, output_shape=(8, 8, 3)),
            None,
            "it needs 'run_here', which is no layer of Keras",
        ),
        (keras.layers.ReLU(), layer_from("os", "system"), "it needs 'system', which is no layer of Keras"),
        (keras.layers.ReLU(), activation, "it needs 'eval', which is no layer of Keras"),
        (keras.layers.ReLU(), vocabulary, "or read other files"),
        (keras.layers.ReLU(), download, "it calls 'keras.utils.get_file', which is no part of a network, and may"),
    ],
)
def test_a_model_that_brings_its_own_code_is_refused(tmp_path, layer, change, says):
    inputs, path = keras.layers.Input((8, 8, 3)), tmp_path / "foreign.keras"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layer, "call", lambda pictures: pictures)
        keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(layer(inputs)))).save(path)
    if change:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        change(settings := json.loads(files["config.json"]))
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in (files | {"config.json": json.dumps(settings)}).items():
                archive.writestr(name, content)
    with pytest.raises(InputError, match=rf"foreign\.keras: is refused.*{says}") as caught:
        training.load_model(path)
    assert "safe_mode" not in str(caught.value)


def test_a_file_of_another_kind_than_its_name_says_is_named_with_what_to_do(trained, tmp_path):
    def said(name):
        with pytest.raises(InputError) as caught:
            training.load_model(tmp_path / name)
        return str(caught.value).removeprefix(f"{tmp_path}{os.sep}")

    trained.save(tmp_path / "old.h5")
    (tmp_path / "old.h5").rename(tmp_path / "old.keras")
    assert said("old.keras").startswith("old.keras: is an HDF5 model, ") and "end in .h5." in said("old.keras")
    (tmp_path / "old.keras").rename(tmp_path / "old.h5")
    assert training.load_model(tmp_path / "old.h5").input_shape == (None, *SIZE, 3)  # the advice helps
    trained.save(tmp_path / "new.keras")
    (tmp_path / "cut.keras").write_bytes((tmp_path / "new.keras").read_bytes()[:-50])
    assert "(it is cut off); fetch or copy it again" in said("cut.keras")
    (tmp_path / "new.keras").rename(tmp_path / "new.zip")
    assert said("new.zip") == "new.zip: is not named as a Keras model; let its name end in .keras if it is one."


def test_what_is_not_a_model_is_named(tmp_path):
    (tmp_path / "text.keras").write_text("hello")
    with pytest.raises(InputError, match=r"text\.keras: cannot be read as a Keras model"):
        training.load_model(tmp_path / "text.keras")
    with pytest.raises(InputError, match=r"gone\.keras: there is no such model file"):
        training.load_model(tmp_path / "gone.keras")
    many = keras.Sequential([keras.layers.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(3)])
    many.save(tmp_path / "many.keras")
    with pytest.raises(InputError, match="does not turn one picture into one probability"):
        training.load_model(tmp_path / "many.keras")
    pooled = [keras.layers.Input((None, None, 3)), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(1)]
    keras.Sequential(pooled).save(tmp_path / "any.keras")
    with pytest.raises(InputError, match=r"any\.keras: takes pictures of any size"):
        training.load_model(tmp_path / "any.keras")


@pytest.mark.parametrize(
    "note", ["[1]", '{"class_names": 5}', '{"class_names": ["day"]}', '{"class_names": [1, {}]}', "{", 100_000 * "[",
             f'{{"longer than a note is": "{2_000_000 * "a"}"}}']
)  # fmt: skip
def test_a_model_with_a_spoilt_note_is_named(trained, tmp_path, note):
    trained.save(path := tmp_path / "sky.keras")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(exporting.NOTE, note)
    with pytest.raises(InputError, match=r"sky\.keras: its note is damaged"):
        training.load_model(path)


@pytest.fixture(scope="module")
def by_the_clock(sky):
    """What `train_within` gave after a fifth of a minute, what it said, and what the clock then showed.

    The clock goes on an eighth of a second at each look, however busy the machine is.
    """
    said, looks = [], itertools.count()
    result = training.train_within(
        0.2, sky / "train", sky / "validation", seed=1, say=said.append, now=lambda: next(looks) / 8
    )
    return result, said, next(looks) / 8


def test_train_within_says_what_it_chose_and_keeps_to_the_time(by_the_clock):
    result, said, took = by_the_clock
    assert 0.9 * 12 < took < 1.2 * 12
    assert len(said) == 1 and result.about in said[0]
    assert "pixels" in result.about and "epochs" in result.about


def test_train_within_learns_and_tells_how_it_went(by_the_clock, sky):
    result = by_the_clock[0]
    assert result.class_names == ["day", "night"]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(result.history)
    assert len({len(column) for column in result.history.values()}) == 1
    validation = pipeline.image_dataset(sky / "validation", result.model.input_shape[1:3], shuffle=False)
    assert training.evaluate(result.model, validation).accuracy >= 0.9


def test_the_mirror_image_of_a_picture_gets_the_same_answer(by_the_clock):
    model = by_the_clock[0].model
    pictures = np.random.default_rng(0).uniform(0, 1, (3, *model.input_shape[1:3], 3)).astype("float32")
    np.testing.assert_allclose(model(pictures), model(pictures[:, :, ::-1]), atol=1e-6)


def test_a_model_trained_by_the_clock_is_saved_and_loaded(by_the_clock, sky, tmp_path):
    result, picture = by_the_clock[0], sky / "validation" / "day" / "0.jpg"
    training.save(result.model, tmp_path / "sky.keras", result.class_names)
    (one,) = training.predict(result.model, [picture], ["day", "night"])
    (other,) = training.predict(training.load_model(tmp_path / "sky.keras"), [picture])
    assert one.class_name == other.class_name
    assert one.probability == pytest.approx(other.probability, abs=1e-6)


def built(shape, units, activation=None):
    layers = keras.layers
    last = layers.Dense(units, activation=activation)
    return keras.Sequential([layers.Input(shape), layers.GlobalAveragePooling2D(), last])


@pytest.mark.parametrize(
    ("shape", "units", "says"),
    [
        ((8, 8, 3), 2, "does not turn one picture into one probability"),
        ((None, None, 3), 1, "takes pictures of any size"),
        ((8, 8, 1), 1, "takes pictures of 1 channels"),
        ((8, 8, 3), 1, "ends in a number of any size, and not in a probability"),
    ],
)
def test_a_model_that_would_be_misread_is_refused_wherever_it_is_asked(shape, units, says, sky):
    model = built(shape, units)
    for ask in (lambda: training.predict(model, [sky]), lambda: upload.Photos(model, ["a", "b"])):
        with pytest.raises(InputError, match=says):
            ask()


def test_so_is_one_whose_inputs_keras_does_not_tell(sky):
    class Hidden(keras.Model):
        def call(self, pictures):
            return keras.ops.mean(pictures, axis=(1, 2, 3))[:, None]

    unbuilt = keras.Sequential([keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(1, activation="sigmoid")])
    for model in (Hidden(), unbuilt):
        with pytest.raises(InputError, match=r"give one that does, made by `keras.Sequential` or .* with an `Input`"):
            training.predict(model, [sky])


@pytest.mark.parametrize("activation", ["relu", "tanh", "softplus", "softmax"])
def test_so_is_one_that_ends_in_another_activation_than_a_sigmoid(activation, sky):
    with pytest.raises(InputError, match=f"ends in {activation}, which gives no probability"):
        training.predict(built((8, 8, 3), 1, activation), [sky])
    training.predict(built((8, 8, 3), 1, "hard_sigmoid"), [sky])


def test_layers_that_only_hand_the_answer_on_make_no_difference(sky):
    in_full = keras.layers.Activation("linear", dtype="float32")  # as networks in mixed precision end
    training.predict(keras.Sequential([built((8, 8, 3), 1, "sigmoid"), in_full]), [sky])
    with pytest.raises(InputError, match="ends in a number of any size"):
        training.predict(keras.Sequential([built((8, 8, 3), 1), keras.layers.Dropout(0.1)]), [sky])


def test_evaluate_refuses_two_answers_a_picture_and_a_set_without_pictures(sets):
    with pytest.raises(InputError, match="more than one number a picture"):
        training.evaluate(built((8, 8, 3), 2), sets[1])
    empty = tf.data.Dataset.from_tensor_slices((np.zeros((0, 1, 8, 8, 3), "float32"), np.zeros((0, 1, 1))))
    with pytest.raises(InputError, match="no pictures to evaluate on"):
        training.evaluate(built((8, 8, 3), 1), empty)


def test_a_model_that_answers_nan_is_refused_wherever_it_is_asked(sky, capsys):
    """Else it would count as class 0, and be right on half of the pictures."""
    model, photo = built((8, 8, 3), 1, "sigmoid"), next(iter(sky.rglob("*.jpg")))
    model.set_weights([np.full_like(one, np.nan) for one in model.get_weights()])
    asked = [
        lambda: training.evaluate(model, pipeline.image_dataset(sky / "validation", (8, 8), shuffle=False)),
        lambda: training.predict(model, [photo]),
        lambda: one_probability.ask(model, np.zeros((2, 8, 8, 3), "uint8")),
        lambda: page.test_answer(model),
    ]
    for ask in asked:
        with pytest.raises(InputError, match="answers nan, which is no probability; train it anew"):
            ask()
    upload.Photos(model, ["day", "night"]).show(photo)
    assert "answers nan" in capsys.readouterr().out


@pytest.mark.parametrize("names", [["day"], ["day", "dusk", "night"], [0, 1]])
def test_names_that_are_not_those_of_two_classes_are_refused_before_a_file_holds_them(trained, sky, tmp_path, names):
    for use in (
        lambda: training.save(trained, tmp_path / "m.keras", names),
        lambda: training.predict(trained, [sky], names),
        lambda: upload.Photos(trained, names),
    ):
        with pytest.raises(InputError, match="not the names of two classes; give both"):
            use()
    assert list(tmp_path.iterdir()) == []


def test_history_is_written_a_row_an_epoch(tmp_path):
    training.write_history({"loss": [0.7, 0.5], "accuracy": [0.5, 0.75]}, tmp_path / "history.csv")
    with open(tmp_path / "history.csv", newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["epoch", "loss", "accuracy"], ["1", "0.7", "0.5"], ["2", "0.5", "0.75"]]

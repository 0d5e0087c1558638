"""Grad-CAM on networks that look where we tell them to, and the checks of it."""

import numpy as np
import pytest
from PIL import Image

from helpers import training
from helpers.attribution import (
    brightened,
    cascade,
    grad_cam,
    grad_cams,
    inside,
    integrated_gradients,
    likeness,
    occlusion,
    outline,
    overlay,
    peak,
    peak_in_box,
    shuffled,
    truth_boxes,
)
from helpers.budget import Choice
from helpers.by_the_clock import _upright_and_mirrored
from helpers.errors import InputError
from helpers.models import compact, lab_cnn
from helpers.quiet import keras

layers = keras.layers
SIZE = (24, 40)


def two_corners(bias=0.0, nest=False):
    """Light in the top left corner speaks for class 1, light in the bottom right corner for class 0."""

    def corner(pictures, crop, name):
        x = layers.Cropping2D(crop)(pictures)
        x = layers.ZeroPadding2D(crop)(x)
        return layers.Conv2D(1, 1, activation="relu", use_bias=False, kernel_initializer="ones", name=name)(x)

    pictures = layers.Input((*SIZE, 3))
    first = corner(pictures, ((0, 16), (0, 30)), "top_left")
    second = corner(pictures, ((16, 0), (30, 0)), "bottom_right")
    eyes = keras.Model(pictures, layers.Concatenate(name="corners")([first, second]), name="eyes")
    x = layers.Input((*SIZE, 3))
    maps = eyes(x) if nest else eyes.output
    answer = layers.Dense(1, activation="sigmoid", name="answer")
    model = keras.Model(x if nest else pictures, answer(layers.GlobalAveragePooling2D()(maps)))
    answer.set_weights([np.array([[5.0], [-5.0]]), np.array([bias])])
    return model


@pytest.fixture
def picture():
    return np.random.default_rng(0).uniform(0.5, 1, (*SIZE, 3)).astype("float32")


@pytest.mark.parametrize("nest", [False, True])
def test_peak_lies_where_the_network_looks_for_either_class(picture, nest, tmp_path):
    model = two_corners(nest=nest)
    model.save(tmp_path / "model.keras")
    for either in (model, keras.models.load_model(tmp_path / "model.keras")):
        for class_index, box in ((1, (0, 0, 10, 8)), (0, (30, 16, 40, 24))):
            heat = grad_cam(either, picture, class_index)
            assert heat.shape == SIZE and heat.dtype == np.float32
            assert heat.min() == 0 and heat.max() == 1
            assert inside(peak(heat), box)


def test_sure_answers_still_have_a_map(picture):
    model = two_corners(bias=200.0)
    assert float(model(picture[None])[0, 0]) == 1.0  # the probability has no slope left
    assert inside(peak(grad_cam(model, picture, 1)), (0, 0, 10, 8))


def test_nothing_speaks_for_the_class(picture):
    picture[:8, :10] = 0
    assert grad_cam(two_corners(), picture, 1).max() == 0
    assert peak(np.zeros((4, 4))) is None


def test_logits_softmax_and_an_activation_layer_agree_with_the_sigmoid(picture):
    model = two_corners()
    features = model.layers[-2].output

    def ending(*ends):
        x = features
        for end in ends:
            x = end(x)
        return keras.Model(model.input, x)

    weights = model.layers[-1].get_weights()
    plain = ending(layers.Dense(1))
    split = ending(layers.Dense(1), layers.Activation("sigmoid"))
    pair = ending(layers.Dense(2, activation="softmax"))
    plain.layers[-1].set_weights(weights)
    split.layers[-2].set_weights(weights)
    pair.layers[-1].set_weights([np.hstack([-weights[0], weights[0]]), np.zeros(2)])
    for class_index in (0, 1):
        expected = grad_cam(model, picture, class_index)
        for other in (plain, split, pair):
            np.testing.assert_allclose(grad_cam(other, picture, class_index), expected, atol=1e-5)


@pytest.mark.parametrize(
    "last", [layers.Activation("linear", dtype="float32"), layers.Identity(), layers.Reshape((1,)), layers.Dropout(0.5)]
)
def test_layers_that_only_hand_the_answer_on_are_passed_over(picture, last):
    model = two_corners(bias=200.0)  # the probability has no slope left
    longer = keras.Model(model.input, last(model.output))
    np.testing.assert_array_equal(grad_cam(longer, picture, 1), grad_cam(model, picture, 1))
    np.testing.assert_array_equal(integrated_gradients(longer, picture), integrated_gradients(model, picture))


def test_a_softmax_layer_of_a_sure_network_still_has_a_map(picture):
    model = two_corners(bias=200.0)
    pair = layers.Dense(2)
    sure = keras.Model(model.input, layers.Softmax()(pair(model.layers[-2].output)))
    kernel = model.layers[-1].get_weights()[0]
    pair.set_weights([np.hstack([-kernel, kernel]), np.array([-200.0, 200.0])])
    assert float(sure(picture[None])[0, 1]) == 1.0
    assert inside(peak(grad_cam(sure, picture, 1)), (0, 0, 10, 8))


def test_a_network_that_also_looks_at_the_mirror_image_is_shown_the_right_way_round(picture, tmp_path):
    network = compact((32, 32), (8, 8, 8))
    training.save(_upright_and_mirrored(network, Choice((8, 8, 8), 32, 32, 0)), tmp_path / "pets.keras", ["a", "b"])
    both = training.load_model(tmp_path / "pets.keras")
    picture = np.random.default_rng(1).random((32, 32, 3), "float32")
    picture[:, :12] /= 10
    heats = [grad_cam(both, picture, class_index) for class_index in (0, 1)]
    for class_index, heat in enumerate(heats):
        np.testing.assert_allclose(heat, grad_cam(network, picture, class_index), atol=1e-5)
    assert max(abs(heat - heat[:, ::-1]).max() for heat in heats) > 0.1  # nothing may speak for one of the classes
    gained = integrated_gradients(both, picture, steps=64).sum()
    upright, mirrored = (integrated_gradients(network, one, steps=64).sum() for one in (picture, picture[:, ::-1]))
    assert gained == pytest.approx((upright + mirrored) / 2, rel=1e-3)


def test_a_network_in_mixed_precision_has_its_maps(picture):
    pictures = layers.Input((*SIZE, 3))
    # With weights drawn by chance all four channels may be dead.
    x = layers.Conv2D(4, 3, activation="relu", kernel_initializer="ones", dtype="mixed_float16")(pictures)
    x = layers.GlobalAveragePooling2D(dtype="mixed_float16")(x)
    for dtype in ("mixed_float16", "float32"):
        model = keras.Model(pictures, layers.Dense(1, activation="sigmoid", dtype=dtype)(x))
        assert max(grad_cam(model, picture, class_index).max() for class_index in (0, 1)) == 1
        assert np.isfinite(integrated_gradients(model, picture, steps=2)).all()


def test_default_layer_is_the_last_of_maps_before_pooling():
    pictures = np.random.default_rng(0).random((3, 48, 64, 3), "float32")
    for model, name in ((lab_cnn((48, 64)), "conv_3"), (compact((48, 64)), "relu_4")):
        heats = grad_cams(model, pictures, [0, 1, 1])
        assert heats.shape == (3, 48, 64) and heats.max() == 1
        for heat, picture, class_index in zip(heats, pictures, (0, 1, 1), strict=True):
            np.testing.assert_allclose(heat, grad_cam(model, picture, class_index, layer=name), atol=1e-5)


def test_wrong_input_is_said_in_a_sentence(picture):
    model = two_corners()
    with pytest.raises(InputError, match="'conv_9' is not a layer of maps.*top_left"):
        grad_cam(model, picture, 1, layer="conv_9")
    with pytest.raises(InputError, match="classes 0 to 1; 2 is not"):
        grad_cam(model, picture, 2)
    with pytest.raises(InputError, match="no layer of maps"):
        grad_cam(keras.Sequential([layers.Input((3,)), layers.Dense(1)]), np.zeros(3), 1)
    with pytest.raises(InputError, match=r"\(24, 40, 3\)"):
        grad_cam(model, np.zeros((40, 24, 3)), 1)


def test_overlay_shows_the_picture_below_the_heat(picture):
    heat = np.zeros(SIZE, "float32")
    heat[0, 0] = 1
    laid = overlay(picture, heat)
    assert laid.shape == picture.shape and 0 <= laid.min() and laid.max() <= 1
    assert laid[0, 0, 0] > laid[0, 1, 0]


def test_a_few_hot_pixels_leave_the_rest_to_be_seen():
    heat = np.full((20, 20), 0.1, "float32")
    heat[3, 4] = 1
    shown = brightened(heat)
    assert shown.min() == 1 and (brightened(0 * heat) == 0).all()
    heat[:10] = 0.5
    assert brightened(heat)[3, 4] == 1 and brightened(heat)[15, 0] == pytest.approx(0.2)
    alone = np.zeros((20, 20), "float32")
    alone[3, 4] = 0.5
    assert brightened(alone)[3, 4] == 1 and brightened(alone).sum() == 1


def test_outline_draws_the_box_and_nothing_else(picture):
    drawn = outline(picture * 0, (-3, 2, 5, 9))
    assert drawn.sum() == 3 * (2 * 5 + 2 * 7 - 4)  # cut off at the left edge
    assert drawn[2:9, [0, 4]].min() == 1 and drawn[[2, 8], :5].min() == 1
    np.testing.assert_array_equal(outline(picture, [np.nan] * 4), picture)


def test_shuffled_copy_has_the_same_numbers_in_another_order():
    model = compact((32, 32))
    before = [w.copy() for w in model.get_weights()]
    copy = shuffled(model, seed=3)
    for old, now, mixed in zip(before, model.get_weights(), copy.get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)
        np.testing.assert_allclose(np.sort(old.ravel()), np.sort(mixed.ravel()))
    assert any((old != mixed).any() for old, mixed in zip(before, copy.get_weights(), strict=True))
    for weights in model.get_layer("norm_1").weights:
        weights.assign(np.arange(24))
    gamma, beta, mean, variance = shuffled(model).get_layer("norm_1").get_weights()
    assert (gamma == beta).all() and (gamma == mean).all() and (gamma == variance).all() and gamma[0] != 0


def test_shuffling_opens_models_within(picture):
    model = two_corners(nest=True)
    eyes = model.get_layer("eyes").get_layer("top_left")
    eyes.set_weights([np.array([0.0, 0.1, 5.0]).reshape(1, 1, 3, 1)])
    mixed = shuffled(model, seed=2).get_layer("eyes").get_layer("top_left").get_weights()[0].ravel()
    assert sorted(mixed) == pytest.approx([0, 0.1, 5]) and list(mixed) != pytest.approx([0, 0.1, 5])


def test_a_network_with_a_lambda_or_a_plain_operation_is_shuffled_too(picture):
    pictures, again = layers.Input((*SIZE, 3)), layers.Input((*SIZE, 3))
    seen = layers.Conv2D(8, 3, name="c")(layers.Lambda(lambda x: x[:, ::-1])(pictures))
    eyes = keras.Model(pictures, seen, name="eyes")
    x = layers.GlobalAveragePooling2D()(layers.Lambda(lambda x: 2 * x)(eyes(again)) + 1.0)
    model = keras.Model(again, layers.Dense(1, name="answer")(x))
    before = [w.copy() for w in model.get_weights()]
    copies = cascade(model)
    assert list(copies) == ["answer", "c"]
    for copy in copies.values():
        assert float(copy(picture[None])[0, 0]) != float(model(picture[None])[0, 0])
    assert all((old == now).all() for old, now in zip(before, model.get_weights(), strict=True))


def test_likeness_is_a_rank_correlation():
    rising = np.linspace(0, 1, 12).reshape(3, 4)
    assert likeness(rising, rising**3) == pytest.approx(1)
    assert likeness(rising, 1 - rising) == pytest.approx(-1)
    assert likeness(rising, np.zeros((3, 4))) == 0
    tied = np.array([0, 0, 0, 1, 2.0])  # equal numbers share the middle of their ranks
    expected = np.corrcoef([2, 2, 2, 4, 5], [1, 2, 3, 4, 5])[0, 1]
    assert likeness(tied, np.arange(5.0)) == pytest.approx(expected)


def test_score_against_chance_and_the_centre():
    heats = np.zeros((4, 10, 20))
    heats[0, 2, 3], heats[1, 2, 3], heats[2, 9, 19] = 1, 0.5, 1  # the fourth is a map of zeros
    boxes = np.array([[0, 0, 10, 5], [0, 0, 2, 2], [5, 0, 15, 10], [-5, 0, 5, 10]], "float32")
    score = peak_in_box(heats, boxes)
    assert (score.pictures, score.empty) == (3, 1) and score.hits == pytest.approx(1 / 3)
    assert score.low < 1 / 3 < score.high
    assert score.chance == pytest.approx((50 + 4 + 100 + 50) / 4 / 200)
    assert score.centre == 0.5  # (10, 5) lies on the edge of the first box and in the third
    nowhere = peak_in_box(heats[3:], boxes[3:])
    assert (nowhere.pictures, nowhere.low, nowhere.high) == (0, 0, 1) and np.isnan(nowhere.hits)
    boxes[2:] = np.nan
    assert (peak_in_box(heats, boxes).pictures, peak_in_box(heats, boxes).hits) == (2, 0.5)
    with pytest.raises(InputError, match="4 heat maps and 3 boxes"):
        peak_in_box(heats, boxes[:3])


def test_boxes_are_stretched_as_the_picture_is(tmp_path):
    (tmp_path / "cats").mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        Image.new("RGB", (200, 100)).save(tmp_path / "cats" / name)
    row = {"path": "cats/a.jpg", "x0": 20, "y0": 10, "x1": 100, "y1": 60}
    unknown = {"path": "cats/b.jpg", "x0": None, "y0": None, "x1": None, "y1": None}
    paths = [tmp_path / "cats" / name for name in ("a.jpg", "b.jpg", "c.jpg")]
    boxes = truth_boxes([row, unknown], tmp_path, paths, image_size=(25, 100))  # rows, columns
    np.testing.assert_allclose(boxes[0], [10, 2.5, 50, 15])
    assert np.isnan(boxes[1:]).all()


def test_classes_are_one_for_all_or_one_each_as_a_column_too(picture):
    model = two_corners()
    pictures = np.stack([picture, 1 - picture, picture])
    each = grad_cams(model, pictures, [1, 0, 0])
    np.testing.assert_array_equal(grad_cams(model, pictures, np.array([[1], [0], [0]])), each)
    np.testing.assert_allclose(grad_cams(model, pictures, [1])[0], each[0], atol=1e-6)
    for method in (grad_cams, integrated_gradients):
        for classes, says in {(1, 0): "3 pictures and 2 classes", (0.5,): "as whole numbers"}.items():
            with pytest.raises(InputError, match=says):
                method(model, pictures, classes)
        with pytest.raises(InputError, match="no picture to ask about"):
            method(model, pictures[:0], [1])


def test_an_answer_that_plain_operations_make_is_followed_or_refused(picture):
    model = two_corners()
    score = model.get_layer("answer").input
    logit = layers.Dense(1, name="logit")
    squeezed = keras.Model(model.input, keras.ops.sigmoid(logit(score)))
    logit.set_weights(model.get_layer("answer").get_weights())
    np.testing.assert_allclose(grad_cam(squeezed, picture, 1), grad_cam(model, picture, 1), atol=1e-6)
    turned = keras.Model(model.input, 1 - model.output)
    for method in (grad_cam, integrated_gradients):
        with pytest.raises(InputError, match="ends in a plain operation"):
            method(turned, picture, 1)


def test_of_several_answers_and_of_maps_as_an_answer_one_must_be_made(picture):
    model = two_corners()
    kinds = layers.Dense(3, activation="softmax")(model.layers[-2].output)
    maps = layers.Conv2D(1, 1, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(model.input))
    two, one_map = keras.Model(model.input, [kinds, model.output]), keras.Model(model.input, maps)
    for method in (grad_cam, integrated_gradients, occlusion):
        with pytest.raises(InputError, match=r"answers with \(3,\) and \(1,\), and not with one number.* name one"):
            method(two, picture, 1)
        with pytest.raises(InputError, match=r"answers with \(1, 1, 1\).* put global pooling or `Flatten` behind"):
            method(one_map, picture, 1)
        assert method(keras.Model(two.input, two.outputs[0]), picture, 2).shape[:2] == SIZE  # the way out, as named
        assert method(keras.Model(one_map.input, layers.Flatten()(one_map.output)), picture, 1).shape[:2] == SIZE

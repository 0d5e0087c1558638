"""Integrated gradients, occlusion and the comparison of methods, on networks whose answer is known."""

import numpy as np
import pytest
from test_attribution import two_corners

from helpers import figures
from helpers.attribution import (
    METHODS,
    as_heat,
    cascade,
    inside,
    integrated_gradients,
    occlusion,
    peak,
    score_methods,
    show_scores,
)
from helpers.errors import InputError
from helpers.models import lab_cnn
from helpers.quiet import keras

layers = keras.layers
SIZE = (24, 40)
CORNERS = {1: (0, 0, 10, 8), 0: (30, 16, 40, 24)}  # where `two_corners` looks, for each class


@pytest.fixture
def pictures():
    return np.random.default_rng(0).uniform(0.5, 1, (3, *SIZE, 3)).astype("float32")


def linear():
    """A network that only adds up: one weight for each number of the picture."""
    model = keras.Sequential([layers.Input((6, 8, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    weights = np.random.default_rng(1).normal(size=(6 * 8 * 3, 1)).astype("float32")
    model.layers[-1].set_weights([weights, np.array([0.3])])
    return model, weights.reshape(6, 8, 3)


@pytest.mark.parametrize("name", METHODS)
def test_of_very_many_pictures_each_has_the_map_that_it_has_alone(name):
    keras.utils.set_random_seed(5)
    model, rng = lab_cnn((24, 24)), np.random.default_rng(5)
    many = rng.random((600, 24, 24, 3)).astype("float32")
    classes = rng.integers(0, 2, len(many))
    heats = METHODS[name](model, many, classes)
    for place in (0, 63, 64, 599):
        alone = METHODS[name](model, many[place : place + 1], classes[place : place + 1])
        np.testing.assert_allclose(heats[place], alone[0], atol=1e-3)
    assert heats.max() > 0.99


@pytest.mark.parametrize("baseline", [0.0, 0.25, "picture"])
def test_a_linear_model_has_weight_times_input(baseline):
    model, weights = linear()
    rng = np.random.default_rng(2)
    picture = rng.random((6, 8, 3)).astype("float32")
    if baseline == "picture":
        baseline = rng.random((6, 8, 3)).astype("float32")
    for class_index, sign in ((1, 1), (0, -1)):
        numbers = integrated_gradients(model, picture, class_index, baseline=baseline, steps=3)
        np.testing.assert_allclose(numbers, sign * weights * (picture - baseline), atol=1e-5)


def test_the_numbers_add_up_to_what_the_score_gained():
    keras.utils.set_random_seed(3)
    model = lab_cnn((40, 32))
    for weights in model.trainable_weights:  # biases too: without them one slope would serve for the whole way
        weights.assign(weights + np.random.default_rng(4).normal(scale=0.02, size=weights.shape))
    before = keras.Model(model.inputs[0], model.get_layer("dense").output)
    answer = model.get_layer("answer")

    def score(picture):
        return float((before(picture[None]).numpy() @ answer.kernel.numpy() + answer.bias.numpy())[0, 0])

    pictures = np.random.default_rng(5).random((2, 40, 32, 3)).astype("float32")
    for picture, numbers in zip(pictures, integrated_gradients(model, pictures, [1, 0]), strict=True):
        gained = abs(score(picture) - score(picture * 0))
        assert gained > 0.05
        assert abs(abs(numbers.sum()) - gained) < 0.01 * gained


@pytest.mark.parametrize("class_index", [0, 1])
def test_both_point_at_the_corner_that_the_network_looks_at(pictures, class_index):
    model = two_corners(bias=50.0, nest=True)  # sure of its answer: the probability would not move
    falls = occlusion(model, pictures, class_index, size=6, step=4)
    numbers = integrated_gradients(model, pictures, class_index, steps=4)
    assert falls.shape == (3, *SIZE) and numbers.shape == (3, *SIZE, 3)
    for heat in (*as_heat(falls), *as_heat(numbers.sum(axis=-1))):
        assert heat.min() == 0 and heat.max() == 1
        assert inside(peak(heat), CORNERS[class_index])
        x0, y0, x1, y1 = CORNERS[1 - class_index]
        assert heat[y0:y1, x0:x1].max() == 0  # what speaks against the class is cut off
    np.testing.assert_allclose(occlusion(model, pictures[1], class_index, size=6, step=4), falls[1], atol=1e-6)
    np.testing.assert_allclose(integrated_gradients(model, pictures[1], class_index, steps=4), numbers[1], atol=1e-6)


def test_a_covered_place_costs_what_it_gave():
    model, weights = linear()
    picture = np.random.default_rng(6).random((6, 8, 3)).astype("float32")
    fall = occlusion(model, picture, size=2, step=2, fill=0.25)
    given = (weights * (picture - 0.25)).sum(axis=-1).reshape(3, 2, 4, 2).sum(axis=(1, 3))
    np.testing.assert_allclose(fall, given.repeat(2, axis=0).repeat(2, axis=1), atol=1e-5)
    model.layers[-1].set_weights([np.ones((6 * 8 * 3, 1)), np.zeros(1)])
    uneven = occlusion(model, picture * 0 + 1, size=4, step=3, fill=0.5)  # some pixels are covered more often
    np.testing.assert_allclose(uneven, 4 * 4 * 3 * 0.5, atol=1e-4)  # but all squares cost the same


def test_wrong_input_is_said_in_a_sentence(pictures):
    model = two_corners()
    with pytest.raises(InputError, match="square of 30 pixels in steps of 8"):
        occlusion(model, pictures, size=30)
    with pytest.raises(InputError, match="choose 1 <= step <= size"):
        occlusion(model, pictures, size=4, step=5)
    with pytest.raises(InputError, match="classes 0 to 1; 2 is not"):
        occlusion(model, pictures, [0, 1, 2])
    with pytest.raises(InputError, match="at least one step"):
        integrated_gradients(model, pictures, steps=0)
    with pytest.raises(InputError, match=r"not \(24, 40\)"):
        integrated_gradients(model, pictures, baseline=np.zeros(SIZE))
    for method in (integrated_gradients, occlusion):
        with pytest.raises(InputError, match=r"\(24, 40, 3\)"):
            method(model, pictures[:, :20])


def test_heat_of_nothing_is_nothing():
    heat = as_heat(np.array([[[-1.0, 2.0], [4.0, 0.0]], [[-1.0, -2.0], [0.0, -3.0]]]))
    np.testing.assert_allclose(heat, [[[0, 0.5], [1, 0]], [[0, 0], [0, 0]]])


def test_methods_are_scored_beside_shuffled_weights_chance_and_the_centre(pictures, monkeypatch):
    seen = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: seen.append((figure, alt)))
    boxes = np.array([CORNERS[1], CORNERS[0], CORNERS[1]], "float32")
    model = two_corners()
    scores = score_methods(model, pictures, [1, 0, 1], boxes, seed=1)
    assert list(scores) == [
        "Grad-CAM",
        "Grad-CAM, shuffled",
        "occlusion",
        "occlusion, shuffled",
        "integrated gradients",
        "integrated gradients, shuffled",
    ]
    for name, score in scores.items():
        # Shuffled, the two weights of the answer are exchanged (seed 1): it looks at the wrong corner.
        assert score.hits == (0 if "shuffled" in name else 1), name
        assert score.chance == pytest.approx(80 / 960) and score.centre == 0
    one = {"only": lambda model, images, classes: as_heat(occlusion(model, images, classes, size=6, step=6))}
    several = score_methods(model, pictures, [1, 0, 1], boxes, methods=one, shuffles=3, seed=1)
    assert list(several) == ["only", "only, shuffled 1", "only, shuffled 2", "only, shuffled 3"]
    assert several["only, shuffled 1"].hits == 0 and len({score.hits for score in several.values()}) == 2
    show_scores(scores)
    assert "occlusion, shuffled 0.00" in seen[0][1] and "at random 0.08, the centre 0.00" in seen[0][1]
    figures.plt.close(seen[0][0])


def test_the_cascade_destroys_from_the_answer_back():
    model = lab_cnn((32, 32))
    copies = cascade(model, seed=2)
    assert list(copies) == ["answer", "dense", "conv_3", "conv_2", "conv_1"]
    for name, copy in copies.items():
        changed = [
            layer.name
            for layer, same in zip(copy.layers, model.layers, strict=True)
            if any((a != b).any() for a, b in zip(layer.get_weights(), same.get_weights(), strict=True))
        ]
        assert changed == list(copies)[: list(copies).index(name) + 1][::-1]


def test_the_cascade_tells_layers_of_one_name_apart():
    def within(name):
        inputs = keras.Input((8, 8, 3))
        return keras.Model(inputs, keras.layers.Conv2D(3, 3, padding="same", name="conv")(inputs), name=name)

    pictures = keras.Input((8, 8, 3))
    seen = within("second")(within("first")(pictures))
    model = keras.Model(pictures, keras.layers.Dense(1, name="answer")(keras.layers.Flatten()(seen)))
    copies = cascade(model)
    learned = {
        name: [
            (copy.get_layer(one).get_weights()[0] == model.get_layer(one).get_weights()[0]).all()
            for one in ("first", "second")
        ]
        for name, copy in copies.items()
    }
    (last, both), (middle, first_kept), (deepest, none_kept) = learned.items()
    assert last == "answer" and both == [True, True]
    assert middle != deepest and middle.startswith("conv (") and deepest.startswith("conv (")
    assert first_kept == [True, False] and none_kept == [False, False]

"""Every picture of what a network sees, on networks of all builds: grey, of four channels, of any size, nested."""

import itertools

import numpy as np
import pytest

from helpers import activations, attribution, channel_card, figures
from helpers.activations.fields import receptive_field
from helpers.errors import InputError
from helpers.quiet import keras
from helpers.widgets import exploring

layers = keras.layers
SIZE = (22, 30)


def branched(shape):
    pictures = layers.Input(shape)
    maps = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu", name="first")(pictures)
    ways = [layers.Conv2D(3, side, padding="same")(maps) for side in (1, 3)]
    maps = layers.MaxPooling2D(name="last")(layers.Add()(ways))
    return keras.Model(pictures, layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling2D()(maps)))


def nested(shape):
    inner = keras.Sequential([layers.Input(shape), layers.Conv2D(4, 3, activation="relu", name="first")], name="inner")
    outer = [layers.Input(shape), inner, layers.MaxPooling2D(name="last"), layers.GlobalAveragePooling2D()]
    return keras.Sequential([*outer, layers.Dense(1, activation="sigmoid")])


@pytest.fixture(params=["grey", "two channels", "four channels", "any size", "any height, nested", "any size, loaded"])
def model(request, tmp_path):
    keras.utils.set_random_seed(0)
    channels = {"grey": 1, "two channels": 2, "four channels": 4}.get(request.param, 3)
    height, width = (None if "any" in request.param else SIZE[0]), (None if "any size" in request.param else SIZE[1])
    made = (nested if "nested" in request.param else branched)((height, width, channels))
    if "loaded" not in request.param:
        return made
    made.save(tmp_path / "model.keras")
    return keras.models.load_model(tmp_path / "model.keras")


@pytest.fixture
def pictures(model):
    return np.random.default_rng(0).random((24, *SIZE, model.inputs[0].shape[3])).astype("float32")


def test_it_is_shown_in_every_way(model, pictures, shown):
    named = [name for name in activations.activation_model(model).layer_names if name.endswith(("first", "last"))]
    assert len(named) == 2
    for name in named:
        made = activations.made_inputs(model, name, [0], steps=1)
        if name.endswith("first"):  # pooling passes on what another layer made
            assert made.shape == (1, *receptive_field(model, name, SIZE).size, pictures.shape[3])
        activations.display_grid(activations.look(model, pictures[0])[name])
    assert len(activations.film_strip(model, pictures[:2])) > len(named)
    drawings = activations.redraw(model, pictures[:20], pictures[20:], named, side=8)
    assert drawings[0].pictures.shape == (4, 8, 8, pictures.shape[3])
    activations.show_redrawings(pictures[20:], drawings)
    heat = attribution.grad_cam(model, pictures[0])
    assert heat.shape == attribution.occlusion(model, pictures[0]).shape == SIZE
    assert attribution.overlay(pictures[0], heat).shape == (*SIZE, 3)
    assert attribution.integrated_gradients(model, pictures[0], steps=2).shape == pictures[0].shape
    for figure, _, _ in shown:
        figures._png(figure)


def test_long_names_are_neither_cut_off_nor_lie_over_one_another(shown):
    """Those that Keras gives by itself, of many layers; and a heading over few channels."""
    x = pictures = layers.Input((*SIZE, 3))
    for number in range(4):
        x = layers.BatchNormalization(name=f"batch_normalization_{number}")(layers.Conv2D(4, 3, padding="same")(x))
    x = layers.GlobalAveragePooling2D(name="global_average_pooling2d_1")(x)
    model = keras.Model(pictures, layers.Dense(1, activation="sigmoid")(x))
    some = np.random.default_rng(0).random((24, *SIZE, 3), "float32")
    measures, labels = activations.measure(model, some), np.arange(24) % 2
    drawings = activations.redraw(model, some[:20], some[20:], side=8)
    probes = activations.probe_layers(model, some, labels)
    probes[1].accuracy = 0.2  # worse than chance
    activations.film_strip(model, some[:1])
    activations.show_amounts(measures, 24)
    activations.show_firing(measures, [one.name for one in measures], 24)
    activations.show_distilling(drawings, [probes], [probes], 24, measures=measures)
    activations.display_grid(
        activations.look(model, some[0])["batch_normalization_1"][..., :1], "batch_normalization_1"
    )
    for figure, _, _ in shown:
        figure.canvas.draw()
        words = list(figure.texts)
        for axis in figure.axes:
            words += axis.texts + ([axis.title, axis.yaxis.label] if axis.axison else [])
        words += figure.axes[-1].get_xticklabels() if figure in (shown[1][0], shown[3][0]) else []
        words = [word for word in words if word.get_text()]
        boxes = [one.get_window_extent() for one in words]
        width, height = figure.canvas.get_width_height()
        for word, box in zip(words, boxes, strict=True):
            assert box.x0 > -1 and box.x1 < width + 1 and box.y0 > -1 and box.y1 < height + 1, word.get_text()
        for (one, word), (other, next_word) in itertools.combinations(zip(boxes, words, strict=True), 2):
            apart = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
            assert min(apart) < 2, (word.get_text(), next_word.get_text())
    axis = shown[3][0].axes[0]
    assert axis.get_ylim()[0] < probes[1].above_chance()
    assert min(axis.get_window_extent().height for figure, _, _ in shown[1:4] for axis in figure.axes[:1]) > 150


def test_its_snapshots_are_kept(model, pictures, shown):
    name = activations.activation_model(model).layer_names[0]
    kept = activations.Snapshots(name, pictures[0])
    model.compile("sgd", "binary_crossentropy")
    model.fit(pictures[:4], np.arange(4) % 2, epochs=1, verbose=0, callbacks=[kept])
    activations.show_snapshots(kept)
    assert kept.epochs == [0, 1] and len(shown) == 1


def test_a_network_whose_numbers_are_not_finite_is_named_wherever_it_is_looked_at():
    pictures = np.random.default_rng(0).random((24, *SIZE, 3), "float32")
    model = branched((*SIZE, 3))
    broken = model.get_layer("first")
    broken.kernel.assign(np.full(broken.kernel.shape, np.nan))
    for ask in (
        lambda: activations.measure(model, pictures),
        lambda: activations.redraw(model, pictures[:20], pictures[20:]),
        lambda: activations.probe_layers(model, pictures, np.arange(24) % 2),
        lambda: activations.made_inputs(model, "first", [0], steps=1),
        lambda: channel_card.study_layer(model, "first", pictures, np.arange(24) % 2),
        lambda: attribution.grad_cam(model, pictures[0]),
        lambda: attribution.occlusion(model, pictures[0]),
        lambda: attribution.integrated_gradients(model, pictures[0], steps=2),
        lambda: exploring.Exploration(model, pictures[:1]),
    ):
        with pytest.raises(InputError, match="not finite; look for some among .*, or train anew with a lower"):
            ask()


def test_a_network_with_its_channels_first_is_refused_for_its_heights_would_be_taken_for_channels():
    first = {"data_format": "channels_first"}
    ends = [layers.Conv2D(4, 3, **first, name="c"), layers.GlobalAveragePooling2D(**first), layers.Dense(1)]
    for begins in ([layers.Input((3, *SIZE))], [layers.Input((*SIZE, 3)), layers.Permute((3, 1, 2))]):
        model = keras.Sequential([*begins, *ends])
        for ask in (attribution.grad_cam, attribution.integrated_gradients, activations.look):
            with pytest.raises(InputError, match="'c' has its channels before height and width"):
                ask(model, np.zeros(model.input_shape[1:], "float32"))


@pytest.mark.parametrize("names", [["one"], ["one", "two", "three"]])
def test_names_that_are_fewer_or_more_than_the_pictures_are_refused(names):
    pictures, model = np.zeros((2, *SIZE, 3), "float32"), branched((*SIZE, 3))
    with pytest.raises(InputError, match=f"{len(names)} names for 2 pictures; give each picture one"):
        exploring.Exploration(model, pictures, names)
    with pytest.raises(InputError, match=f"{len(names)} titles for 2 pictures; give each picture one"):
        activations.film_strip(model, pictures, titles=names)


def test_a_network_of_one_layer_is_looked_at():
    one = keras.Sequential([layers.Input((*SIZE, 3)), layers.Conv2D(5, 3, name="only")])
    assert activations.look(one, np.zeros((*SIZE, 3)))["only"].shape == (20, 28, 5)


def test_grey_is_shown_grey_and_colours_stay():
    colours = np.random.default_rng(0).random((4, 6, 3))
    assert figures.visible(colours) is colours
    assert (figures.visible(colours[..., :1]) == figures.visible(colours[..., 0])).all()
    np.testing.assert_allclose(figures.visible(colours[..., :2])[..., 1], colours[..., :2].mean(axis=2))


ASKED = {
    "activation_model": activations.activation_model,
    "look": lambda model: activations.look(model, PICTURE),
    "made_inputs": lambda model: activations.made_inputs(model, "first", [0], steps=1),
    "grad_cam": lambda model: attribution.grad_cam(model, PICTURE),
    "occlusion": lambda model: attribution.occlusion(model, PICTURE),
    "integrated_gradients": lambda model: attribution.integrated_gradients(model, PICTURE, steps=2),
    "explorer": lambda model: exploring.Exploration(model, [PICTURE]),
}
PICTURE = np.full((*SIZE, 3), 0.5, "float32")


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("picture_first", [True, False])
def test_a_model_of_several_inputs_is_refused_with_a_way_out(ask, picture_first):
    picture, age = layers.Input((*SIZE, 3)), layers.Input((2,))
    seen = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, name="first")(picture))
    answer = layers.Dense(1, activation="sigmoid")(layers.Concatenate()([seen, age]))
    model = keras.Model([picture, age] if picture_first else [age, picture], answer, name="two")
    with pytest.raises(InputError, match=r"'two' takes 2 inputs, and here one picture .* give the part that sees"):
        ask(model)
    part = keras.Model(picture, layers.Dense(1)(seen))  # the way out that the message names
    assert ask(part) is not None
    assert ask(keras.Model([picture], layers.Dense(1)(seen))) is not None

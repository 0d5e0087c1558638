"""The card of a channel, on networks whose channels we made; receptive fields, held against perturbation."""

import numpy as np
import pytest

from helpers import figures
from helpers.activations import Snapshots, activation_model, look, show_snapshots
from helpers.activations.every_layer import kernel_of
from helpers.activations.fields import receptive_field
from helpers.channel_card import channel_card, study_layer
from helpers.errors import InputError
from helpers.models import compact, lab_cnn
from helpers.quiet import keras

layers = keras.layers
SIZE = (20, 28)


def edge_network(around=False):
    """Channel 0 answers to a step from dark to bright, channel 1 never; the answer is yes if channel 0 fires.

    around: a second way from the picture to the answer, past the convolution.
    """
    pictures = layers.Input((*SIZE, 3))
    maps = layers.Conv2D(2, 3, activation="relu", name="edges")(pictures)
    x = layers.GlobalMaxPooling2D()(maps)
    if around:
        x = layers.Concatenate()([x, layers.GlobalAveragePooling2D()(pictures)])
    model = keras.Model(pictures, layers.Dense(1, activation="sigmoid", name="answer")(x))
    kernel = np.zeros((3, 3, 3, 2), "float32")
    kernel[:, 0, :, 0], kernel[:, 2, :, 0] = -1, 1
    model.get_layer("edges").set_weights([kernel, np.array([0, -100], "float32")])
    weights = np.zeros((5 if around else 2, 1))
    weights[0] = 1
    model.get_layer("answer").set_weights([weights, np.array([-4])])
    return model


@pytest.fixture
def pictures():
    """Twelve pictures: those of class 1 have one edge from dark to bright, the others one from bright to dark."""
    shades = np.zeros((12, *SIZE, 3), "float32")
    for index in range(12):
        shades[index, :, 5 + index :] = 1
    shades[::2] = 1 - shades[::2]
    return shades


LABELS = np.arange(12) % 2


@pytest.mark.parametrize("around", [False, True])
def test_card_of_the_edge_detector_shows_that_edge(pictures, around):
    study = study_layer(edge_network(around), "edges", pictures, LABELS[:, None])
    patches = study.patches(0)
    assert len(patches) == 6  # only six pictures have such an edge
    for patch in patches:
        assert patch.shape == (3, 3, 3)
        assert (patch[:, 0] == 0).all() and (patch[:, 2] == 1).all()
    assert study.fires(0) == (0, 1)
    assert study.accuracy == 1 and list(study.without) == [0.5, 1]
    made = study.made[0]
    assert made.shape == (3, 3, 3) and made[:, 0].max() < 0.25 and made[:, 2].min() > 0.75


def test_channel_that_never_fires_has_no_patches(pictures):
    study = study_layer(edge_network(), "edges", pictures, LABELS)
    assert study.patches(1) == [] and study.fires(1) == (0, 0)


def test_patch_is_what_the_channel_saw_also_at_the_border():
    picture = np.zeros((1, 16, 16, 3), "float32")
    picture[0, 0, 0] = 1
    model = keras.Sequential(
        [layers.Input((16, 16, 3)), layers.Conv2D(1, 5, padding="same", kernel_initializer="ones", name="sum")]
    )
    model.add(layers.GlobalMaxPooling2D())
    study = study_layer(model, "sum", np.concatenate([picture, picture * 0]), [1, 0])
    (patch,) = study.patches(0)
    y, x = study.place[0, 0]
    assert patch.shape == (5, 5, 3)
    assert (patch[2 - y, 2 - x] == 1).all()  # the bright corner
    assert (patch[0] == 1).all() and (patch[3, 3] == 0).all()  # white beyond the picture, dark inside it


def test_card_is_shown_with_its_words(pictures, monkeypatch):
    seen = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: seen.append((figure, caption, alt)))
    study = study_layer(edge_network(), "edges", pictures, LABELS)
    for channel in (0, 1):
        channel_card(study, channel, pictures[1], ["apples", "pears"])
    words = [[text.get_text() for text in figure.axes[0].texts] for figure, _, _ in seen]
    assert "what excites it most: 3 × 3 pixels each, all that it can see" in words[0]
    assert any("nothing excites it" in text for text in words[1])
    # kernel, picture, map and its legend, the made input; six patches, or none
    assert [len(figure.axes[0].images) for figure, _, _ in seen] == [11, 5]
    np.testing.assert_array_equal(seen[0][0].axes[0].images[4].get_array(), study.made[0])
    assert "0% of apples and 100% of pears" in seen[0][2] and "from 1.000 to 0.500" in seen[0][2]
    for figure, _, _ in seen:
        figures._png(figure)
        figures.plt.close(figure)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_network_for_pictures_of_any_size_is_studied_at_the_size_of_those_given(channels, monkeypatch):
    seen = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: seen.append(figure))
    keras.utils.set_random_seed(0)
    ends = [layers.GlobalMaxPooling2D(), layers.Dense(1, activation="sigmoid")]
    maps = [layers.Conv2D(4, 3, strides=2, padding="same", name="first"), layers.Conv2D(3, 3, name="second")]
    any_size = keras.Sequential([layers.Input((None, None, channels)), *maps, *ends])
    this_size = keras.Sequential([layers.Input((*SIZE, channels)), *maps, *ends])
    some = np.random.default_rng(0).random((6, *SIZE, channels)).astype("float32")
    one, other = (study_layer(model, "second", some, LABELS[:6]) for model in (any_size, this_size))
    assert one.field == other.field == receptive_field(any_size, "second", SIZE)
    np.testing.assert_array_equal(one.place, other.place)
    np.testing.assert_allclose(one.made, other.made, atol=1e-5)
    assert one.made.shape == (3, 7, 7, channels)
    channel_card(one, 0, some[0], ["a", "b"])
    shown = [image.get_array() for image in seen[0].axes[0].images]
    assert all(
        shown[place].shape[2] == 3 for place in (1, 4, 5)
    )  # the picture, the made input, a patch: as eyes see it
    figures.plt.close(seen[0])


def test_wrong_input_is_said_in_a_sentence(pictures):
    model = edge_network()
    with pytest.raises(InputError, match="'answer' is not a layer of maps; this model has edges"):
        study_layer(model, "answer", pictures, LABELS)
    with pytest.raises(InputError, match="12 pictures and 11 labels"):
        study_layer(model, "edges", pictures, LABELS[:11])
    study = study_layer(model, "edges", pictures, LABELS)
    with pytest.raises(InputError, match="no channel 2; give a number from 0 to 1"):
        channel_card(study, 2, pictures[0], ["a", "b"])
    with pytest.raises(InputError, match=r"\(20, 28, 3\) and was given \(28, 20, 3\)"):
        channel_card(study, 0, pictures[0].transpose(1, 0, 2), ["a", "b"])


def mixed():
    """Padding, strides, dilation, cropping and a sum of two ways of different reach."""
    pictures = layers.Input((44, 52, 3))
    x = layers.ZeroPadding2D(((2, 1), (0, 3)))(pictures)
    x = layers.Conv2D(2, (3, 5), strides=(2, 1), padding="same", name="strided")(x)
    x = layers.Cropping2D(((1, 0), (2, 0)))(x)
    far = layers.Conv2D(2, 3, dilation_rate=2, padding="same", name="dilated")(x)
    x = layers.MaxPooling2D(3, strides=1, padding="same", name="pool")(x) + far
    return keras.Model(pictures, layers.Conv2D(1, 2, name="last")(x))


@pytest.mark.parametrize("make", [lambda: lab_cnn((44, 52)), lambda: compact((44, 52)), mixed])
def test_receptive_field_is_the_one_found_by_perturbation(make):
    model = make()
    for weights in model.trainable_weights:
        weights.assign(np.full(weights.shape, 0.1))
    every = activation_model(model)
    picture = np.random.default_rng(0).random((44, 52, 3), "float32") / 10
    rest = look(every, picture)
    before = {name: maps for name, maps in rest.items() if maps.ndim == 3 and min(maps.shape[:2]) > 3}
    touched = {name: [set(), set()] for name in before}
    for axis, size in enumerate((44, 52)):
        for line in range(size):
            brighter = picture.copy()
            brighter[(slice(None),) * axis + (line,)] += 5
            after = look(every, brighter)
            for name, maps in before.items():
                middle = maps.shape[0] // 2, maps.shape[1] // 2
                if abs(after[name][middle] - maps[middle]).max() > 1e-6 * abs(maps[middle]).max():
                    touched[name][axis].add(line)
    for name, (rows, columns) in touched.items():
        middle = before[name].shape[0] // 2, before[name].shape[1] // 2
        x0, y0, x1, y1 = receptive_field(model, name).box(*middle)
        assert (min(rows), max(rows) + 1) == (max(y0, 0), min(y1, 44)), name
        assert (min(columns), max(columns) + 1) == (max(x0, 0), min(x1, 52)), name


@pytest.mark.parametrize("nested", [keras.Model, keras.Sequential])
def test_a_model_within_another_has_the_fields_that_it_has_by_itself(nested):
    steps = [layers.Conv2D(2, 3, name="a"), layers.MaxPooling2D(name="b"), layers.Conv2D(2, 3, name="c")]
    inner = keras.Sequential([layers.Input((44, 52, 3)), *steps], name="inner")
    if nested is keras.Model:
        inner = keras.Model(inner.inputs[0], inner.outputs[0], name="inner")
    pictures = layers.Input((44, 52, 3))
    outer = keras.Model(pictures, layers.Conv2D(1, 2, name="last")(inner(pictures)))
    assert receptive_field(outer, "inner/c") == receptive_field(inner, "c")
    assert receptive_field(outer, "inner/c").size == (8, 8)
    assert receptive_field(outer, "last").size == (10, 10)


def test_a_layer_that_is_called_by_names_has_seen_what_it_was_given():
    pictures = keras.layers.Input((6, 6, 3))
    attention = keras.layers.MultiHeadAttention(1, 2, name="attention")(query=pictures, value=pictures)
    assert receptive_field(keras.Model(pictures, attention), "attention").size == (6, 6)


@pytest.mark.parametrize(
    "moved",
    [lambda x: keras.ops.flip(x, axis=2), layers.Permute((2, 1, 3)), layers.GroupNormalization(2), layers.Softmax(1)],
    ids=["flip", "permute", "groups", "softmax"],
)
def test_behind_what_moves_places_or_mixes_them_the_field_is_the_whole_picture(moved):
    pictures = layers.Input((44, 44, 3))
    x = moved(layers.Conv2D(2, 3, name="before")(pictures))
    model = keras.Model(pictures, layers.Conv2D(2, 3, name="after")(x))
    assert receptive_field(model, "before").size == (3, 3)
    assert receptive_field(model, "after").box(5, 5) == (0, 0, 44, 44)


def test_a_layer_that_goes_along_one_axis_step_by_step_sees_the_whole_picture():
    pictures = layers.Input((22, 26, 3))
    model = keras.Model(pictures, layers.ConvLSTM1D(2, 3, return_sequences=True, name="rows")(pictures))
    assert receptive_field(model, "rows").box(5, 5) == (0, 0, 26, 22)


def test_layers_without_places_see_the_whole_picture():
    assert receptive_field(lab_cnn((44, 52)), "dense").box(0, 0) == (0, 0, 52, 44)
    with pytest.raises(InputError, match="'conv_9' is not a layer"):
        receptive_field(lab_cnn((44, 52)), "conv_9")


def test_what_comes_after_the_last_layer_counts_and_other_answers_are_refused(pictures):
    model, labels = edge_network(), np.arange(12) % 2
    right = study_layer(model, "edges", pictures, labels).accuracy
    turned = study_layer(keras.Model(model.input, 1 - model.output), "edges", pictures, labels).accuracy
    assert right != 0.5 and turned == pytest.approx(1 - right)
    pooled = model.get_layer("answer").input
    for last in (layers.Dense(2, activation="softmax"), layers.Dense(1)):
        with pytest.raises(InputError, match="probability"):
            study_layer(keras.Model(model.input, last(pooled)), "edges", pictures, labels)


def test_kernels_of_other_convolutions_are_those_of_the_channel():
    upward, each = layers.Conv2DTranspose(5, 3), layers.DepthwiseConv2D(3, depth_multiplier=2)
    for layer, channels in ((upward, 5), (each, 8)):
        layer.build((None, 6, 6, 4))
        maps = np.zeros((1, 6, 6, 4), "float32")
        maps[0, 2, 2, 1] = 1  # what comes out around it is the kernel for input 1, once each way round
        kernel = kernel_of(layer)
        assert kernel.shape == (3, 3, 4 if layer is upward else 1, channels)
        seen = layer(maps).numpy()[0]
        for channel in range(channels):
            if layer is upward:
                np.testing.assert_allclose(seen[2:5, 2:5, channel], kernel[:, :, 1, channel], atol=1e-6)
            elif channel // 2 == 1:
                np.testing.assert_allclose(seen[2::-1, 2::-1, channel], kernel[:, :, 0, channel], atol=1e-6)


@pytest.mark.parametrize("before", [layers.Rescaling(2.0), layers.MaxPooling2D(), lambda x: x / 2.0 - 0.5])
def test_a_kernel_is_shown_in_colours_over_those_of_the_picture_but_not_over_three_maps(before, pictures, shown):
    picture = layers.Input((*SIZE, 3))
    maps = layers.Conv2D(3, 3, name="first")(before(picture))
    maps = layers.ReLU()(layers.Conv2D(2, 3, name="second")(maps))
    answer = layers.Dense(1, activation="sigmoid")(layers.GlobalMaxPooling2D()(maps))
    model = keras.Model(picture, answer)
    for name in ("first", "second"):
        channel_card(study_layer(model, name, pictures, LABELS), 0, pictures[0], ["a", "b"])
        kept = Snapshots(name, pictures[0])
        kept.set_model(model)
        kept.on_train_begin()
        show_snapshots(kept, [0])
    cards, strips = shown[::2], shown[1::2]
    for (figure, _, _), words in zip(cards, ["its kernel: grey is 0", "its kernel: 3 of 3 inputs"], strict=True):
        assert words in [text.get_text() for text in figure.axes[0].texts]
    kernels = [model.get_layer(name).kernel.numpy()[..., 0] for name in ("first", "second")]
    drawn = [figure.axes[0].images[0].get_array() for figure, _, _ in strips]
    in_colours = [0.5 + kernel / (2 * np.abs(kernel).max()) for kernel in kernels]
    np.testing.assert_allclose(drawn[0], in_colours[0], atol=1e-6)
    assert np.abs(drawn[1] - in_colours[1]).max() > 0.1


def test_a_long_name_of_a_class_stays_beside_the_map(pictures, monkeypatch):
    drawn = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: drawn.append(figure))
    study = study_layer(edge_network(), "edges", pictures, np.arange(12) % 2)
    channel_card(study, 0, pictures[0], ["american_pit_bull_terrier", "cats"])
    long, short = drawn[0].axes[1].get_yticklabels()
    drawn[0].canvas.draw()
    map_ends = 100 * (4.2 + 1.85)
    assert long.get_window_extent().x0 > map_ends and long.get_fontsize() > 5
    assert short.get_fontsize() == figures.matplotlib.rcParams["font.size"]
    figures.plt.close("all")


def test_a_name_with_a_dollar_is_drawn_as_it_is(pictures, monkeypatch):
    drawn = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: drawn.append(figures._png(figure)))
    study = study_layer(edge_network(), "edges", pictures, np.arange(12) % 2)
    channel_card(study, 0, pictures[0], ["$\\foo$", "b"])
    figures.chart([1, 2], {"$\\foo$": [1, 2]}, "epoch", "loss", "It.")
    assert len(drawn) == 2
    figures.plt.close("all")

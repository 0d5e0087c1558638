"""Sliders and choices under a cell: what is moved is what is seen, and a figure stands where there are no widgets."""

import base64
import io
import re
from datetime import UTC, datetime

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from helpers import activations, models, site_explorer, widgets
from helpers.augmentation import RandomWarp, one_variation
from helpers.errors import InputError
from helpers.quiet import keras
from helpers.widgets import exploring, keeping, varying


@pytest.fixture(autouse=True)
def displayed(monkeypatch):
    """What appears under the cell: the titles of figures, and widgets."""
    seen = []
    for room in (varying, exploring):
        monkeypatch.setattr(room.figures, "show_widget", lambda widget, more=None: seen.append(widget))
        monkeypatch.setattr(room.figures, "grid", lambda pictures, titles, **words: seen.append((pictures, titles)))
    return seen


def noise(number=1, side=24):
    return np.random.default_rng(0).uniform(0, 1, (number, side, side, 3)).astype("float32")


def all_of(box):
    """A widget and everything in it."""
    return [box, *(one for child in getattr(box, "children", ()) for one in all_of(child))]


def named(box, name):
    return next(one for one in all_of(box) if getattr(one, "description", None) == name)


def images(box):
    """The pictures that its HTML holds, as arrays, in their order."""
    html = "".join(one.value for one in all_of(box) if isinstance(one, ipywidgets.HTML))
    return [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))) for data in re.findall(r"base64,([^\"]+)\"", html)
    ]


def file(name, content):
    """A file as the button hands it over."""
    about = {"type": "image/webp", "size": len(content), "last_modified": datetime.now(UTC)}
    return {"name": name, "content": memoryview(content)} | about


def photo_file():
    """The bytes of a photo in colour."""
    kept = io.BytesIO()
    Image.fromarray(np.uint8(noise(1, 50)[0] * 255)).save(kept, "PNG")
    return kept.getvalue()


# --- sliders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*varying.MOVEMENTS, "flip"])
def test_the_picture_follows_each_slider(name):
    (picture,) = noise()
    state = widgets.Variation(picture)
    box = varying.box(state)
    amount = True if name == "flip" else varying.MOVEMENTS[name].most / 2
    named(box, name).value = amount
    before, after = images(box)
    np.testing.assert_array_equal(before, np.uint8(picture * 255 + 0.5))
    np.testing.assert_array_equal(after, np.uint8(one_variation(picture, **{name: amount}) * 255 + 0.5))
    assert (before != after).any()


def test_drawn_amounts_stay_within_the_layers_reach_and_go_back_to_zero():
    state = widgets.Variation(noise()[0], RandomWarp(rotation=10.6, zoom=0, shear=0, shift=0.1, flip=False, seed=1))
    box = varying.box(state)
    turns = []
    for _ in range(20):
        named(box, "draw at random").click()
        assert named(box, "rotation").value == state.amounts["rotation"]
        assert state.amounts["zoom"] == state.amounts["shear"] == 0 and not state.amounts["flip"]
        assert abs(state.amounts["right"]) <= 0.1
        turns.append(state.amounts["rotation"])
    assert max(map(abs, turns)) == 10 and len(set(turns)) > 5
    named(box, "back to zero").click()
    before, after = images(box)
    assert np.abs(before.astype(int) - after).max() <= 1


def test_it_names_a_layer_that_may_draw_what_is_seen():
    state = widgets.Variation(noise()[0])
    assert state.layer() == "no layer at all"
    state.amounts |= {"rotation": -20.0, "right": 0.1, "down": -0.25, "flip": True}
    still = "zoom=0, brightness=0, contrast=0)"
    assert state.layer() == f"RandomWarp(flip=True, rotation=20, shift=0.25, shear=0, {still}"
    assert eval(state.layer()).shift == 0.25


def test_what_was_not_moved_is_not_moved_by_the_layer_that_is_named():
    state = widgets.Variation(noise()[0])
    state.amounts["shear"] = 20.0
    layer = eval(state.layer())
    assert layer.shear == 20 and not layer.flip
    assert layer.rotation == layer.shift == layer.zoom == layer.brightness == layer.contrast == 0


def test_sliders_come_after_a_figure_of_both_ends(displayed):
    widgets.sliders(noise()[0])
    (pictures, titles), box = displayed
    assert len(pictures) == len(titles) == 2 * len(varying.MOVEMENTS)
    assert titles[0].startswith("rotation −") and isinstance(box, ipywidgets.Widget)


@pytest.mark.parametrize("shape", [(24, 24), (1, 24, 24, 3), (24, 24, 4)])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(InputError, match="cannot be varied; give one of"):
        widgets.Variation(np.zeros(shape))


# --- explorer ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return models.lab_cnn((32, 32))


@pytest.fixture
def state(model):
    return widgets.Exploration(model, noise(3, 32), ["one", "two", "three"], ["cats", "dogs"])


def test_it_offers_the_layers_of_maps(state):
    assert state.layers == ["conv_1", "pool_1", "conv_2", "pool_2", "conv_3", "pool_3"]


def test_choices_lead_to_the_very_maps(state, model):
    box = exploring.box(state)
    named(box, "picture").value = 1
    named(box, "layer").value = "conv_2"
    named(box, "channel").value = 7
    maps = activations.look(model, state.pictures[1])
    np.testing.assert_allclose(state.maps(), maps["conv_2"], atol=1e-6)
    assert f"to {maps['conv_2'][:, :, 7].max():.3g}, " in state.words()
    shown = images(box)
    np.testing.assert_array_equal(shown[0], np.uint8(state.pictures[1] * 255 + 0.5))
    tile = activations.mosaic(maps["conv_2"][:, :, 7:8]).picture
    np.testing.assert_allclose(shown[1], tile * 255, atol=1)


def test_another_layer_moves_a_channel_that_it_does_not_have(state):
    box = exploring.box(state)
    named(box, "layer").value = "conv_3"
    named(box, "channel").value = 63
    named(box, "layer").value = "conv_1"
    assert (state.channel, named(box, "channel").value, named(box, "channel").max) == (15, 15, 15)


def test_the_frame_in_the_overview_goes_with_the_channel(state):
    def orange():
        rows, columns = np.nonzero(np.abs(state.overview() - exploring.ORANGE).max(axis=-1) < 0.01)
        return rows.mean(), columns.mean()

    first = orange()
    state.choose(channel=5)
    tile = state.tiles().tile[1] + state.tiles().gap
    assert orange()[0] == pytest.approx(first[0])
    assert orange()[1] - first[1] == pytest.approx(5 * tile, abs=1)


def test_a_picture_is_sent_through_the_network_once(state, monkeypatch):
    calls, look = [], exploring.look
    monkeypatch.setattr(exploring, "look", lambda *words: calls.append(1) or look(*words))
    box = exploring.box(state)
    for name in state.layers * 2:
        named(box, "layer").value = name
    named(box, "picture").value = 2
    named(box, "picture").value = 0
    named(box, "picture").value = 2
    assert len(calls) == 1  # the first picture was looked at when the state was made


def test_a_photo_of_ones_own_joins_the_choice(state):
    kept = io.BytesIO()
    Image.fromarray(np.uint8(noise(1, 50)[0] * 255)).save(kept, "WEBP")
    box = exploring.box(state)
    named(box, "A photo of mine").value = (file("mine.webp", kept.getvalue()),)
    assert (state.picture, named(box, "picture").value, named(box, "picture").label) == (3, 3, "mine.webp")
    assert state.pictures[3].shape == (32, 32, 3)
    named(box, "picture").value = 0
    assert state.picture == 0


def test_a_file_that_is_no_picture_is_answered_and_nothing_moves(state):
    box = exploring.box(state)
    named(box, "picture").value = 2
    named(box, "A photo of mine").value = (file("notes.txt", b"hello"),)
    said = [one.value for one in all_of(box) if isinstance(one, ipywidgets.HTML)]
    assert "notes.txt: not a picture that can be read; choose another file." in said
    assert state.picture == 2 and len(state.pictures) == 3


def test_the_name_of_a_layer_is_text_and_no_tag():
    """A model from elsewhere may name its layers as it likes."""
    named_so = keras.layers.Conv2D(2, 3, name="<img src=x onerror=alert(1)>")
    model = keras.Sequential([keras.Input((24, 24, 3)), named_so, keras.layers.Flatten(), keras.layers.Dense(1)])
    box = exploring.box(exploring.Exploration(model, noise()))
    html = "".join(one.value for one in all_of(box) if isinstance(one, ipywidgets.HTML))
    assert "<img src=x" not in html and "<div>&lt;img src=x onerror=alert(1)&gt;, channel 0" in html


def test_the_answer_is_the_networks_own(state, model):
    one = float(model(state.pictures[0][None])[0, 0])
    assert state.answer() == f"{['cats', 'dogs'][int(one > 0.5)]} ({max(one, 1 - one):.0%})"


def small(channels=3, size=(24, 30), classes=1):
    """A network of two convolutions; size: (None, None) for one that takes pictures of any size."""
    keras.utils.set_random_seed(0)
    pictures = keras.Input((*size, channels))
    maps = keras.layers.Conv2D(5, 3, activation="relu", name="first")(pictures)
    maps = keras.layers.Conv2D(4, 3, strides=2, padding="same", name="second")(maps)
    ends = keras.layers.Dense(classes, activation="sigmoid" if classes == 1 else "softmax")
    return keras.Model(pictures, ends(keras.layers.GlobalAveragePooling2D()(maps)))


@pytest.mark.parametrize("flat", [False, True])
def test_grey_pictures_are_shown_grey(flat):
    grey = np.random.default_rng(1).uniform(0, 1, (2, 24, 30, 1)).astype("float32")
    state = widgets.Exploration(small(1), list(grey[..., 0] if flat else grey))
    before, tile, over = images(exploring.box(state))[:3]
    np.testing.assert_array_equal(before, np.uint8(grey[0] * 255 + 0.5).repeat(3, axis=2))
    assert over.shape == (24, 30, 3) and "called class" in state.called()
    state.add("mine.png", photo_file())
    assert state.pictures[2].shape == (24, 30, 1)


@pytest.mark.parametrize("channels", [2, 4])
def test_pictures_that_no_screen_can_show_are_shown_as_their_mean_and_that_is_said(channels):
    many = np.random.default_rng(1).uniform(0, 1, (1, 24, 30, channels)).astype("float32")
    state = widgets.Exploration(small(channels), many)
    before = images(exploring.box(state))[0]
    np.testing.assert_allclose(before[..., 0], many[0].mean(axis=2) * 255, atol=1)
    assert (before[..., :1] == before).all()
    assert f"the mean of its {channels} channels, in grey" in state.called()
    with pytest.raises(InputError, match=f"mine.png: the model takes pictures of {channels} channels"):
        state.add("mine.png", photo_file())


def test_a_model_for_pictures_of_any_size_is_explored():
    picture = noise(1, 24)[0]
    state = widgets.Exploration(small(size=(None, None)), [picture, noise(1, 40)[0, :, :32]])
    box = exploring.box(state)
    named(box, "picture").value = 1
    assert state.maps().shape == (38, 30, 5) and images(box)[2].shape == (40, 32, 3)
    state.add("mine.png", photo_file())
    assert state.pictures[2].shape == (24, 24, 3)


def test_it_says_only_what_the_network_says():
    three = widgets.Exploration(small(classes=3), noise(1, 30)[:, :24])
    assert three.called().startswith("picture 1; called class ")
    maps = keras.Sequential([keras.Input((24, 30, 3)), keras.layers.Conv2D(5, 3)])
    assert widgets.Exploration(maps, three.pictures).called() == "picture 1"


def test_the_explorer_comes_after_a_figure_of_each_convolution(model, displayed):
    widgets.explorer(model, noise(2, 32))
    (pictures, titles), box = displayed
    assert len(pictures) == len(titles) == 3 * 2 * 9
    assert titles[0] == "conv_1" and titles[1].startswith("channel ")
    assert isinstance(box, ipywidgets.Widget)


def test_a_model_without_maps_and_no_picture_are_refused(model):
    flat = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(1)])
    with pytest.raises(InputError, match="no layer of maps"):
        widgets.Exploration(flat, noise(1, 8))
    with pytest.raises(InputError, match="no picture to explore"):
        widgets.Exploration(model, [])


# --- what is kept for readers without a kernel ------------------------------------------------------------------------


def opened(packed):
    return Image.open(io.BytesIO(base64.b64decode(packed)))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_what_is_kept_is_what_the_explorer_shows(channels):
    some = np.random.default_rng(2).uniform(0, 1, (2, 24, 30, channels)).astype("float32")
    state = widgets.Exploration(small(channels), some, ["one", "<two>"], ["cats", "dogs"])
    state.choose(1, "second", 3)
    kept = keeping.kept(state)
    assert (state.picture, state.layer, state.channel) == (1, "second", 3)  # what was chosen stays chosen
    assert [one["name"] for one in kept["pictures"]] == ["one", "<two>"]
    assert [one["name"] for one in kept["layers"]] == state.layers == ["first", "second"]
    assert kept["pictures"][1]["called"] == state.called()
    np.testing.assert_array_equal(np.asarray(opened(kept["pictures"][1]["png"])), images(exploring.box(state))[0])
    one = kept["layers"][1]["maps"][1]
    assert state.words() == (
        f"second, channel 3 (of 0 to {len(one['high']) - 1}): {one['height']} × {one['width']} "
        f"numbers from {one['low'][3]} to {one['high'][3]}, {one['zeros'][3]} of them zero"
    )
    tile = (slice(None, one["height"]), slice(3 * one["width"], 4 * one["width"]))  # four in one row
    times = state.tile().shape[0] // one["height"]
    shown = np.asarray(opened(one["map"]).convert("RGB"))[tile] / 255
    np.testing.assert_allclose(shown, state.tile()[::times, ::times], atol=0.02)
    heat = np.asarray(opened(one["heat"]).convert("L"))[tile]
    map_ = state.maps()[:, :, 3]
    assert np.unravel_index(heat.argmax(), heat.shape) == np.unravel_index(map_.argmax(), map_.shape)


def test_a_channel_that_is_the_same_everywhere_is_kept_as_such():
    model = small()
    kernel, bias = model.get_layer("second").get_weights()
    kernel[..., 2] = 0
    model.get_layer("second").set_weights([kernel, bias])
    kept = keeping.kept(widgets.Exploration(model, noise(1, 30)[:, :24]))
    assert [layer["maps"][0]["dead"] for layer in kept["layers"]] == [[], [2]]


def test_maps_of_one_number_each_are_kept_as_the_explorer_shows_them():
    pictures = keras.Input((24, 30, 3))
    squeezed = keras.layers.GlobalAveragePooling2D(keepdims=True)(keras.layers.Conv2D(4, 3)(pictures))
    state = widgets.Exploration(
        keras.Model(pictures, keras.layers.Conv2D(4, 1, name="one")(squeezed)), noise(1, 30)[:, :24]
    )
    state.choose(layer="one")
    kept = keeping.kept(state)["layers"][-1]["maps"][0]
    assert kept["dead"] == state.tiles().dead.tolist() == []
    for channel in range(4):
        state.choose(channel=channel)
        shown = np.asarray(opened(kept["map"]).convert("RGB"))[0, channel] / 255
        np.testing.assert_allclose(shown, state.tile()[0, 0], atol=0.02)
        np.testing.assert_allclose(np.asarray(opened(kept["heat"]).convert("RGB"))[0, channel], [0, 0, 4], atol=1)


def test_of_many_pictures_the_first_are_kept_and_of_a_large_network_nothing(monkeypatch):
    state = widgets.Exploration(small(), noise(5, 30)[:, :24])
    first = keeping.kept(widgets.Exploration(state.every, state.pictures[:1]))
    packed = [
        first["pictures"][0]["png"],
        *(one["maps"][0][kind] for one in first["layers"] for kind in ("map", "heat")),
    ]
    monkeypatch.setattr(keeping, "MOST", 2.5 * sum(len(base64.b64decode(one)) for one in packed))
    kept = keeping.kept(state)
    assert len(kept["pictures"]) == 2 and all(len(layer["maps"]) == 2 for layer in kept["layers"])
    monkeypatch.setattr(keeping, "MOST", 100)
    assert keeping.kept(state) == {}


def test_maps_are_kept_only_where_a_lesson_is_run_for_the_site(model, monkeypatch):
    more = []
    monkeypatch.setattr(exploring.figures, "show_widget", lambda widget, kinds=None: more.append(kinds))
    monkeypatch.delenv(site_explorer.ASKED, raising=False)
    widgets.explorer(model, noise(1, 32))
    monkeypatch.setenv(site_explorer.ASKED, "1")
    widgets.explorer(model, noise(1, 32))
    assert not more[0] and len(more[1][site_explorer.KIND]["pictures"]) == 1


def test_whole_numbers_are_varied_as_shares():
    whole = np.uint8(noise()[0] * 255)
    np.testing.assert_allclose(widgets.Variation(whole).after(), whole / 255, atol=0.01)


def test_whole_numbers_are_explored_as_shares_and_those_of_another_kind_refused(model):
    whole = np.uint8(noise(1, 32) * 255)
    given, shares = (exploring.Exploration(model, some) for some in (whole, whole / 255))
    np.testing.assert_array_equal(given.maps(), shares.maps())
    for show in (lambda some: exploring.Exploration(model, some), lambda some: widgets.Variation(some[0])):
        with pytest.raises(InputError, match="of int64 is not understood; give numbers in 0..1, or uint8 up to 255"):
            show(whole.astype("int64"))


def test_a_picture_of_another_size_is_refused_before_it_is_chosen():
    model = models.lab_cnn((24, 24))
    pictures = list(np.zeros((2, 24, 24, 3), "float32"))
    with pytest.raises(InputError, match=r"takes pictures of shape \(24, 24, 3\)"):
        exploring.Exploration(model, [*pictures, np.zeros((10, 24, 3), "float32")])


def test_the_explorer_says_no_answer_where_it_is_made_after_the_last_layer():
    model = models.lab_cnn((24, 24))
    picture = np.zeros((24, 24, 3), "float32")
    turned = keras.Model(model.inputs, 1 - model.outputs[0])
    assert exploring.Exploration(model, [picture]).answer()
    assert exploring.Exploration(turned, [picture]).answer() == ""

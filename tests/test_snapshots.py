"""Snapshots of a layer, on a network whose every step we make ourselves."""

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from helpers import figures
from helpers.activations import Snapshots, play_snapshots, show_snapshots
from helpers.errors import InputError
from helpers.quiet import keras

layers = keras.layers
PICTURE = np.zeros((12, 16, 3), "float32")
PICTURE[:, 8:] = 1


def network():
    model = keras.Sequential(
        [
            layers.Input((12, 16, 3)),
            layers.Conv2D(6, 3, use_bias=False, name="first"),
            layers.MaxPooling2D(name="pool"),
            layers.Conv2D(2, 3, name="second"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid", name="answer"),
        ]
    )
    model.get_layer("first").set_weights([np.zeros((3, 3, 3, 6))])
    return model


def taught(layer, epochs=3):
    """Snapshots of a "training" in which channel c of the first layer gains 0.1 c in each epoch."""
    model, kept = network(), Snapshots(layer, PICTURE)
    kept.set_model(model)
    kept.on_train_begin()
    for epoch in range(epochs):
        weights = model.get_layer("first").get_weights()[0]
        model.get_layer("first").set_weights([weights + 0.1 * np.arange(6)])
        kept.on_epoch_end(epoch)
    return kept


def test_each_epoch_is_kept_as_it_was():
    kept = taught("first")
    assert kept.epochs == [0, 1, 2, 3]
    for epoch, kernel, maps in zip(kept.epochs, kept.kernels, kept.maps, strict=True):
        np.testing.assert_allclose(kernel, np.broadcast_to(0.1 * epoch * np.arange(6), (3, 3, 3, 6)), atol=1e-6)
        assert maps.shape == (10, 14, 6)
        np.testing.assert_allclose(maps[0, -1], 27 * 0.1 * epoch * np.arange(6), atol=1e-5)
    np.testing.assert_allclose(kept.changed(), 0.3 * np.arange(6), atol=1e-6)


def test_a_real_training_is_followed_and_a_second_one_starts_anew():
    model, kept = network(), Snapshots("first", PICTURE)
    model.compile("sgd", loss="binary_crossentropy")
    pictures, labels = np.stack([PICTURE, 1 - PICTURE]), np.array([[0], [1]])
    for epochs in (2, 1):
        model.fit(pictures, labels, epochs=epochs, verbose=0, callbacks=[kept])
        assert kept.epochs == list(range(epochs + 1)) and len(kept.maps) == len(kept.kernels) == epochs + 1
    np.testing.assert_array_equal(kept.kernels[-1], model.get_layer("first").get_weights()[0])
    far = np.abs(kept.kernels[-1] - kept.kernels[0]).mean(axis=(0, 1, 2))  # from where the second training began
    assert far.max() > 0
    np.testing.assert_allclose(kept.changed(), far)


def test_strip_has_a_column_an_epoch_and_one_scale_a_row(shown):
    show_snapshots(taught("first", epochs=20))
    figure, caption, alt = shown[0]
    words = [text.get_text() for text in figure.axes[0].texts]
    assert [word for word in words if word.startswith("epoch")] == [
        f"epoch {n}" for n in (0, 2, 5, 8, 10, 12, 15, 18, 20)
    ]
    assert [word for word in words if word.startswith("channel")] == [f"channel {n}\nkernel" for n in (2, 3, 4, 5)]
    images = [image.get_array() for image in figure.axes[0].images]
    assert len(images) == 9 * 4 * 2
    grey, bright = images[0], images[8 * 8]  # the kernel of channel 2, first and last
    np.testing.assert_allclose(grey, 0.5)
    np.testing.assert_allclose(bright, 1)
    np.testing.assert_allclose(images[4 * 8], 0.75)  # epoch 10 of 20: half way, on the scale of all epochs
    assert images[1].mean() < images[4 * 8 + 1].mean() < images[8 * 8 + 1].mean()  # its map grows brighter
    assert "epoch 20" in caption and "channel 5 by 10" in alt


def test_deeper_kernels_and_layers_without_one(shown):
    show_snapshots(taught("second"), channels=[1])
    assert len(shown[0][0].axes[0].images) == 4 * 2
    show_snapshots(taught("pool"), channels=[0, 5])
    assert len(shown[1][0].axes[0].images) == 4 * 2  # maps only


@pytest.mark.parametrize("layer", ["first", "pool"])
def test_animation_has_a_frame_an_epoch_and_stops(layer, monkeypatch):
    seen = []
    monkeypatch.setattr(figures, "show_png", lambda *shown: seen.append(shown))
    play_snapshots(taught(layer), channels=[0, 5])
    [(packed, caption, alt)] = seen
    picture = Image.open(io.BytesIO(packed))
    frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(picture)]
    assert len(frames) == 4 and picture.info["loop"] == 1
    assert all((one != other).any() for one, other in zip(frames[1:], frames, strict=False))
    assert picture.info["duration"] * len(frames) < 5000
    assert f"of {layer} while" in alt and "Plays once" in caption


def test_wrong_input_is_said_in_a_sentence():
    model = network()
    with pytest.raises(InputError, match="no snapshots yet"):
        show_snapshots(Snapshots("first", PICTURE))
    with pytest.raises(InputError, match="first has the channels 0 to 5"):
        show_snapshots(taught("first", 1), channels=[6])
    for kept, words in (
        (Snapshots("answer", PICTURE), "'answer' is not a layer of maps; this model has first, pool, second"),
        (Snapshots("first", PICTURE[:6]), r"\(12, 16, 3\) and was given \(6, 16, 3\)"),
    ):
        kept.set_model(model)
        with pytest.raises(InputError, match=words):
            kept.on_train_begin()


def test_in_half_precision_too_maps_are_float32():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        kept = Snapshots("first", PICTURE)
        kept.set_model(network())
        kept.on_train_begin()
    finally:
        keras.config.set_dtype_policy("float32")
    assert kept.maps[0].dtype == np.float32

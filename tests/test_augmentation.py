"""Pictures are varied in training, each in its own way, each movement as it says; and left alone at use."""

import numpy as np
import pytest

from helpers.augmentation import RandomWarp, one_variation
from helpers.errors import InputError
from helpers.quiet import keras, tf

STILL = {"flip": False, "rotation": 0, "zoom": 0, "shear": 0, "shift": 0, "brightness": 0, "contrast": 0}


def one_spot(down, right, size=61):
    """A black picture with one soft white spot, so that where it goes can be measured to a fraction of a pixel."""
    y, x = np.mgrid[:size, :size]
    spot = np.exp(-((y - down) ** 2 + (x - right) ** 2) / 8)
    return np.repeat(spot[:, :, None], 3, axis=2).astype("float32")


def spots(down, right, many=60):
    return np.repeat(one_spot(down, right)[None], many, axis=0)


def where(pictures):
    """Centre of the light of each picture: (down, right)."""
    y, x = np.mgrid[: pictures.shape[1], : pictures.shape[2]]
    light = np.asarray(pictures)[..., 0]
    return np.stack([(light * axis).sum((1, 2)) / light.sum((1, 2)) for axis in (y, x)], axis=1)


def photos(many=6, height=40, width=50):
    return np.random.default_rng(0).uniform(0, 1, (many, height, width, 3)).astype("float32")


def moved(setting, down=20, right=30):
    """Where a spot that stood at (`down`, `right`), from the centre (30, 30), stands in 60 variations."""
    layer = RandomWarp(**STILL | setting, seed=4)
    return where(layer(spots(down, right), training=True)) - 30


def test_pictures_at_use_are_left_as_they_are():
    pictures = photos()
    np.testing.assert_array_equal(RandomWarp(seed=1)(pictures, training=False), pictures)
    np.testing.assert_array_equal(RandomWarp(seed=1)(pictures), pictures)


def test_with_everything_off_training_changes_nothing():
    pictures = photos()
    np.testing.assert_allclose(RandomWarp(**STILL)(pictures, training=True), pictures, atol=1e-5)


@pytest.mark.parametrize("shape", [(5, 40, 50, 3), (1, 33, 20, 3), (40, 50, 3), (5, 40, 50, 1)])
def test_shape_type_and_range_stay(shape):
    pictures = np.random.default_rng(0).uniform(0, 1, shape).astype("float32")
    varied = RandomWarp(rotation=90, zoom=0.9, shear=40, shift=0.9, brightness=1, contrast=1)(pictures, training=True)
    assert varied.shape == shape and varied.dtype == tf.float32
    assert 0 <= varied.numpy().min() and varied.numpy().max() <= 1


def test_each_picture_and_each_call_has_a_variation_of_its_own():
    same = np.repeat(photos(1), 4, axis=0)
    layer = RandomWarp(seed=1)
    first, second = layer(same, training=True).numpy(), layer(same, training=True).numpy()
    together = np.concatenate([first, second])
    for i in range(8):
        for j in range(i):
            assert np.abs(together[i] - together[j]).mean() > 0.02


def test_the_same_seed_gives_the_same_series_and_another_seed_another():
    pictures = photos()
    one, same, other = RandomWarp(seed=1), RandomWarp(seed=1), RandomWarp(seed=2)
    for _ in range(2):
        first = one(pictures, training=True)
        np.testing.assert_array_equal(first, same(pictures, training=True))
        assert np.abs(first - other(pictures, training=True)).max() > 0.05


def test_flip_mirrors_left_and_right_half_of_the_time():
    right = moved({"flip": True})
    np.testing.assert_allclose(right[:, 0], -10, atol=0.1)  # as high as before
    moved_away = np.abs(moved({"flip": True}, down=20, right=18))
    np.testing.assert_allclose(moved_away[:, 1], 12, atol=0.1)  # as far from the middle as before
    sides = np.sign(moved({"flip": True}, down=20, right=18)[:, 1])
    assert 15 <= (sides > 0).sum() <= 45


def test_rotation_turns_about_the_centre_up_to_its_degrees_both_ways():
    places = moved({"rotation": 20})  # ten above the centre
    np.testing.assert_allclose(np.hypot(*places.T), 10, atol=0.15)
    degrees = np.degrees(np.arctan2(places[:, 1], -places[:, 0]))
    assert 15 < degrees.max() < 20.5 and -20.5 < degrees.min() < -15


def test_zoom_comes_nearer_and_goes_farther_within_its_fraction():
    distances = -moved({"zoom": 0.2})[:, 0]
    np.testing.assert_allclose(moved({"zoom": 0.2})[:, 1], 0, atol=0.1)
    assert 10 / 1.21 < distances.min() < 9 and 11 < distances.max() < 10 / 0.79


def test_shift_moves_across_and_down_within_its_fraction():
    places = moved({"shift": 0.1}, down=30, right=30)
    assert np.abs(places).max() < 6.2
    assert (places.max(0) > 3).all() and (places.min(0) < -3).all()
    assert abs(np.corrcoef(places.T)[0, 1]) < 0.4  # the two directions have nothing to do with each other


def test_shear_slants_uprights_and_leaves_heights():
    places = moved({"shear": 20})
    np.testing.assert_allclose(places[:, 0], -10, atol=0.1)
    degrees = np.degrees(np.arctan2(places[:, 1], 10))
    assert 15 < degrees.max() < 20.5 and -20.5 < degrees.min() < -15


def test_brightness_adds_the_same_to_every_pixel_of_a_picture():
    grey = np.full((40, 8, 8, 3), 0.5, "float32")
    grey[:, :4] = 0.4
    added = RandomWarp(**STILL | {"brightness": 0.3}, seed=1)(grey, training=True).numpy() - grey
    np.testing.assert_allclose(added.std((1, 2, 3)), 0, atol=1e-5)
    assert -0.31 < added.min() < -0.2 and 0.2 < added.max() < 0.31


def test_contrast_spreads_around_the_mean_of_the_picture():
    pictures = photos(40) * 0.4 + 0.3
    varied = RandomWarp(**STILL | {"contrast": 0.3}, seed=1)(pictures, training=True).numpy()
    np.testing.assert_allclose(varied.mean((1, 2, 3)), pictures.mean((1, 2, 3)), atol=1e-3)
    stronger = varied.std((1, 2, 3)) / pictures.std((1, 2, 3))
    assert 0.69 < stronger.min() < 0.8 and 1.2 < stronger.max() < 1.31


def test_what_comes_in_from_outside_is_picture_not_black():
    white = np.ones((20, 30, 30, 3), "float32")
    varied = RandomWarp(rotation=45, shift=0.3, zoom=0.5, brightness=0, contrast=0)(white, training=True)
    np.testing.assert_allclose(varied, 1, atol=1e-4)


@pytest.mark.parametrize("share", [0.25, -0.75, 1.5, -2.25], ids=lambda share: f"shifted by {share}")
def test_what_comes_in_from_outside_is_mirrored_however_far_it_reaches(share):
    (picture,) = photos(1, height=40, width=48)
    right, down = round(48 * share), round(40 * share)
    mirrored = np.pad(picture, ((120, 120), (120, 120), (0, 0)), "symmetric")
    expected = mirrored[120 - down : 160 - down, 120 - right : 168 - right]
    np.testing.assert_allclose(one_variation(picture, right=share, down=share), expected, atol=1e-5)


def smooth(height=60, width=80):
    """A picture with soft forms everywhere: ways of sampling agree on it, and places do not."""
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / 9 + y / 14), np.cos(x / 12 - y / 8), np.sin(x / 7) * np.cos(y / 11)]
    return (0.5 + 0.4 * np.stack(waves, axis=-1)).astype("float32")[None]


def at_its_limit(**setting):
    """A layer that always goes as far as it may, to the positive side."""
    layer = RandomWarp(**STILL | setting)
    layer._uniform = lambda count, reach: tf.fill([count], float(reach))
    return layer


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ({"rotation": 25, "zoom": 0.2, "shear": 12}, {"rotation": 25, "zoom": 0.2, "shear": 12}),
        ({"shift": -0.1, "rotation": 8}, {"right": -0.1, "down": -0.1, "rotation": 8}),
        ({"brightness": 0.1, "contrast": -0.4}, {"brightness": 0.1, "contrast": -0.4}),
    ],
)
def test_one_variation_is_what_the_layer_makes_when_it_draws_these_amounts(drawn, said):
    (picture,) = smooth()
    np.testing.assert_allclose(one_variation(picture, **said), at_its_limit(**drawn)(picture, training=True), atol=1e-6)
    np.testing.assert_allclose(
        one_variation(picture, **said, flip=True), one_variation(picture, **said)[:, ::-1], atol=2e-3
    )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"rotation": 25}, keras.layers.RandomRotation((25 / 360, 25 / 360), fill_mode="reflect")),
        ({"zoom": 0.3}, keras.layers.RandomZoom((0.3, 0.3), (0.3, 0.3), fill_mode="reflect")),
        ({"shift": 0.1}, keras.layers.RandomTranslation((0.1, 0.1), (0.1, 0.1), fill_mode="reflect")),
    ],
    ids=["rotation", "zoom", "shift"],
)
def test_each_movement_is_the_one_of_keras_own_layer(ours, theirs):
    picture = smooth()
    moved = at_its_limit(**ours)(picture, training=True)
    assert np.abs(moved - picture).mean() > 0.1
    np.testing.assert_allclose(moved, theirs(picture, training=True), atol=2e-3)


@pytest.mark.parametrize("degrees", [12, -20])
def test_the_slant_is_the_one_of_keras_own_layer_about_the_centre_in_place_of_a_corner(degrees):
    (picture,) = smooth()
    height, width = picture.shape[:2]
    slant = np.tan(np.radians(degrees))
    drawn = {"shear_factor": tf.constant([[slant, 0.0]], tf.float32)}  # Keras draws the sign by itself
    theirs = keras.layers.RandomShear((1.0, 1.0), fill_mode="reflect").transform_images(picture[None], drawn)[0]
    to_the_corner = -slant * (height - 1) / 2 / width
    ours = one_variation(picture, shear=degrees, right=to_the_corner)
    assert np.abs(ours - picture).mean() > 0.05
    np.testing.assert_allclose(ours, theirs, atol=2e-3)


def test_movements_together_are_keras_layers_one_after_the_other():
    picture = smooth()
    together = at_its_limit(rotation=20, zoom=0.2)(picture, training=True).numpy()
    zoomed = keras.layers.RandomZoom((0.2, 0.2), (0.2, 0.2), fill_mode="reflect")(picture, training=True)
    turned = keras.layers.RandomRotation((20 / 360, 20 / 360), fill_mode="reflect")(zoomed, training=True).numpy()
    middle = np.s_[:, 12:-12, 16:-16]  # at the edges the stack mirrors twice
    np.testing.assert_allclose(together[middle], turned[middle], atol=0.02)  # the stack samples, and so blurs, twice


def test_in_tf_data_each_epoch_brings_new_variations():
    layer = RandomWarp(seed=1)
    dataset = tf.data.Dataset.from_tensor_slices(photos()).batch(3)
    varied = dataset.map(lambda pictures: layer(pictures, training=True))
    first, second = (np.concatenate(list(varied.as_numpy_iterator())) for _ in range(2))
    assert first.shape == second.shape == (6, 40, 50, 3)
    assert (np.abs(first - second).mean((1, 2, 3)) > 0.02).all()


def test_inside_a_model_it_varies_in_training_only_and_is_saved_with_it(tmp_path):
    settings = {"rotation": 33, "flip": False, "seed": 7}
    layers = keras.layers
    model = keras.Sequential([layers.Input((40, 50, 3)), RandomWarp(**settings), layers.Flatten()])
    model.save(tmp_path / "with_warp.keras")
    again = keras.models.load_model(tmp_path / "with_warp.keras", safe_mode=True)
    pictures = photos()
    np.testing.assert_array_equal(again(pictures), pictures.reshape(6, -1))
    assert np.abs(again(pictures, training=True) - pictures.reshape(6, -1)).mean() > 0.02
    config = again.layers[0].get_config()
    assert {name: config[name] for name in settings} == settings


def test_a_model_that_varies_its_own_pictures_can_be_fitted():
    layers = keras.layers
    model = keras.Sequential([layers.Input((40, 50, 3)), RandomWarp(), layers.Flatten(), layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    before = model.layers[-1].get_weights()[0]
    model.fit(photos(), np.ones((6, 1)), batch_size=3, verbose=0)
    assert not np.array_equal(before, model.layers[-1].get_weights()[0])


def test_whole_numbers_are_refused_for_they_would_all_be_white():
    whole = np.full((2, 8, 8, 3), 90, "uint8")
    with pytest.raises(InputError, match="takes pictures in 0..1, not uint8; divide them by 255 before"):
        RandomWarp()(whole, training=True)


def test_numbers_up_to_255_are_refused_too_in_tf_data_and_alone():
    """As `image_dataset_from_directory` gives them."""
    pictures = 255 * photos(4)
    says = "pictures in 0..1 are varied, and these go up to 25[45].*; divide them by 255 before"
    batches, warp = tf.data.Dataset.from_tensor_slices(pictures).batch(2), RandomWarp(seed=1)
    with pytest.raises(tf.errors.InvalidArgumentError, match=says):
        list(batches.map(lambda some: warp(some, training=True)))
    for picture in (pictures[0], pictures[0].astype("uint8")):
        with pytest.raises(InputError, match=says):
            one_variation(picture, rotation=10)
    slightly = RandomWarp(**STILL)(1.5 * photos(), training=True)  # lit by another layer before
    assert slightly.numpy().max() == 1

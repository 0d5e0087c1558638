"""Pictures mixed with one another or lacking a piece, and their labels."""

import numpy as np
import pytest

from helpers.errors import InputError
from helpers.mixing import cut_mix, erase, mix_up
from helpers.quiet import keras, tf

LABELS = np.repeat([0.0, 1.0], 20).astype("float32")[:, None]
PICTURES = np.broadcast_to(LABELS[:, :, None, None], (40, 24, 36, 3)).astype("float32")  # class 0 black, 1 white


@pytest.mark.parametrize("mix", [mix_up, cut_mix])
def test_each_label_moves_by_as_much_as_its_picture(mix):
    mixed, moved = (values.numpy() for values in mix(PICTURES, LABELS, most=0.3))
    assert mixed.shape == PICTURES.shape and moved.shape == LABELS.shape
    np.testing.assert_allclose(mixed.mean((1, 2, 3)), moved[:, 0], atol=1e-5)
    away = np.abs(moved - LABELS)
    assert 0.1 < away.max() <= 0.33 and len(np.unique(away.round(4))) > 5


@pytest.mark.parametrize("mix", [mix_up, cut_mix])
def test_labels_with_a_column_a_class_stay_probabilities(mix):
    _, moved = mix(PICTURES, np.hstack([1 - LABELS, LABELS]))
    assert moved.shape == (40, 2)
    np.testing.assert_allclose(moved.numpy().sum(axis=1), 1, atol=1e-5)


def test_a_pasted_piece_is_one_rectangle_with_the_proportions_of_the_picture():
    mixed, _ = cut_mix(PICTURES, LABELS, most=0.4)
    pasted = (mixed.numpy() != PICTURES).any(axis=-1)
    assert pasted.any(axis=(1, 2)).sum() > 5
    for one in pasted[pasted.any(axis=(1, 2))]:
        rows, columns = np.flatnonzero(one.any(axis=1)), np.flatnonzero(one.any(axis=0))
        assert one[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()
        assert len(columns) / len(rows) == pytest.approx(1.5, abs=0.5)


def test_what_is_erased_is_noise_of_bounded_size_anywhere_and_the_label_stays():
    many = np.full((400, 20, 20, 1), 2.0, "float32")  # no noise has this value
    erased, labels = erase(many, np.ones((400, 1), "float32"), most=0.3)
    gone = erased.numpy()[..., 0] != 2
    assert (np.asarray(labels) == 1).all()
    assert 0.25 < gone.mean(axis=(1, 2)).max() <= 0.33
    assert 0.1 < gone.mean() < 0.2
    assert gone[:, 0].any() and gone[:, -1].any() and gone[:, :, 0].any() and gone[:, :, -1].any()
    assert 0.4 < erased.numpy()[gone].mean() < 0.6


@pytest.mark.parametrize("mix", [mix_up, cut_mix, erase])
def test_in_a_dataset_each_epoch_draws_anew_and_each_run_the_same(mix):
    pictures = np.random.default_rng(0).random((8, 12, 12, 3), "float32")

    def epochs() -> list[np.ndarray]:
        seed = keras.random.SeedGenerator(5)
        batches = tf.data.Dataset.from_tensors((pictures, LABELS[16:24]))
        mixed = batches.map(lambda pictures, labels: mix(pictures, labels, seed=seed))
        return [batch.numpy() for _ in range(2) for batch, _ in mixed]

    first, second = epochs(), epochs()
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first[0], first[1])


@pytest.mark.parametrize("mix", [mix_up, cut_mix])
def test_labels_that_are_no_columns_are_refused_and_whole_numbers_become_shares(mix):
    pictures = tf.zeros((4, 8, 8, 3))
    with pytest.raises(InputError, match=r"labels of shape \(4,\) cannot be mixed; make them columns"):
        mix(pictures, tf.constant([0.0, 1.0, 2.0, 0.0]))
    _, labels = mix(pictures, tf.constant([[0], [1], [1], [0]]))
    assert labels.dtype == tf.float32 and labels.shape == (4, 1)

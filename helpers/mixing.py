"""Batch and labels -> a batch whose pictures are mixed with one another, or lack a piece; labels of the same shape.

For a `tf.data` dataset of batches, after the warp: `dataset.map(cut_mix)`. Pictures are float32 (B, H, W, C) in 0..1,
labels float32 (B, 1) or one column a class; both come back in their shapes. For training only.

seed: a `keras.random.SeedGenerator`, for another draw in each batch and epoch and the same series in each run. Without
one, Keras draws by its global seed.
"""

from helpers.errors import InputError
from helpers.quiet import keras, tf

Seed = keras.random.SeedGenerator | None


def mix_up(pictures: tf.Tensor, labels: tf.Tensor, most: float = 0.2, seed: Seed = None) -> tuple[tf.Tensor, tf.Tensor]:
    """Lay over each picture a faint other one, and move its label by as much (Zhang et al. 2018, arXiv 1710.09412).

    The share of the other picture is even between 0 and `most`, so with `most` below a half the label still leans to
    the picture's own class.
    """
    count = tf.shape(pictures)[0]
    share = keras.random.uniform((count, 1), 0, most, seed=seed)
    other = _others(count, seed)
    mixed = pictures + share[:, :, None, None] * (tf.gather(pictures, other) - pictures)
    return mixed, _moved(labels, share, other)


def cut_mix(
    pictures: tf.Tensor, labels: tf.Tensor, most: float = 0.4, seed: Seed = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Paste a piece of another picture into each, at its own place, and move its label by the piece's share of the
    picture (Yun et al. 2019, arXiv 1905.04899). The share is even between 0 and `most`."""
    count = tf.shape(pictures)[0]
    piece, other = _pieces(tf.shape(pictures), most, seed), _others(count, seed)
    share = tf.reduce_mean(tf.cast(piece, tf.float32), axis=(1, 2))
    mixed = tf.where(piece, tf.gather(pictures, other), pictures)
    return mixed, _moved(labels, share, other)


def erase(pictures: tf.Tensor, labels: tf.Tensor, most: float = 0.3, seed: Seed = None) -> tuple[tf.Tensor, tf.Tensor]:
    """Cover a piece of each picture with noise; the label stays (Zhong et al. 2017, arXiv 1708.04896).

    The piece's share of the picture is even between 0 and `most`.
    """
    noise = keras.random.uniform(tf.shape(pictures), seed=seed)
    return tf.where(_pieces(tf.shape(pictures), most, seed), noise, pictures), labels


def _others(count: tf.Tensor, seed: Seed) -> tf.Tensor:
    """int (B,): for each picture of a batch another one of it, or itself."""
    return tf.argsort(keras.random.uniform((count,), seed=seed))


def _moved(labels: tf.Tensor, share: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    """The labels, moved towards those of the other pictures by the share (B, 1). Raises InputError for labels that are
    no columns: between the numbers of two classes lies that of a third."""
    labels = tf.cast(labels, tf.float32)
    if labels.shape.rank != 2:
        raise InputError(
            f"labels of shape {labels.shape} cannot be mixed; make them columns, one of 0 and 1 or one a class, "
            'as `label_mode="binary"` and `"categorical"` do.'
        )
    return labels + share * (tf.gather(labels, other) - labels)


def _pieces(shape: tf.Tensor, most: float, seed: Seed) -> tf.Tensor:
    """bool (B, H, W, 1): true in one piece of each picture, which has the picture's proportions and lies inside it."""
    count, height, width = shape[0], tf.cast(shape[1], tf.float32), tf.cast(shape[2], tf.float32)
    side = tf.sqrt(keras.random.uniform((count, 1), 0, most, seed=seed))  # of the piece, in sides of the picture
    masks = []
    for length in (height, width):
        size = tf.round(side * length)
        start = tf.floor(keras.random.uniform((count, 1), seed=seed) * (length - size + 1))
        places = tf.range(length)[None]
        masks.append((places >= start) & (places < start + size))
    return (masks[0][:, :, None] & masks[1][:, None, :])[..., None]

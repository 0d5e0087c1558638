"""Folder of pictures -> batches for training; and the very same steps for one picture at use.

One function, `decode`, makes numbers of a file. Training and use both go through it, so they cannot drift apart.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from helpers import picture_cache
from helpers.datasets import class_folders, list_pictures
from helpers.decoding import decode
from helpers.errors import InputError
from helpers.in_python import in_python
from helpers.progress import progress
from helpers.quiet import tf

LOT = 16  # pictures that a thread decodes at a time: to hand out each by itself takes an eighth of the time more
DECODING = "6"  # a name for what `decode` does: change it when `decode` gives other numbers, and caches start afresh


def load_image(path: str | Path, image_size: tuple[int, int]) -> np.ndarray:
    """One picture exactly as training saw it: float32 (H, W, 3) in 0..1. Raises InputError as `decode` does, and as
    `must_be_a_size`."""
    must_be_a_size(image_size)
    return as_numbers(decode(path, image_size))


def must_be_a_size(image_size: tuple[int, int]) -> None:
    """Raise InputError unless it is a height and a width: no picture would be read, and it is not to blame."""
    given = np.asarray(image_size)
    if given.shape != (2,) or given.dtype.kind not in "iu" or given.min() < 1:
        raise InputError(f"image_size={image_size}: give height and width in pixels, such as (150, 150).")


def as_numbers(pixels: np.ndarray | Sequence[np.ndarray]) -> np.ndarray:
    """uint8 of any shape, or several of one shape, as float32 in 0..1."""
    return np.asarray(pixels).astype("float32") / 255


def list_images(folder: str | Path) -> tuple[list[Path], np.ndarray, list[str]]:
    """Paths, class numbers (int64, N) and class names of a folder that holds two class folders.

    Classes are numbered in alphabetical order, as Keras does it: class 1, the one that a sigmoid unit speaks of, is
    `class_names[1]`. Raises InputError if there are not two class folders or if one is empty.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; give one that holds a folder of pictures per class.")
    classes = class_folders(folder)
    found = [list_pictures(one) for one in classes]
    labels = np.repeat(np.arange(len(classes)), [len(pictures) for pictures in found])
    return [path for pictures in found for path in pictures], labels, [one.name for one in classes]


def image_dataset(
    folder: str | Path,
    image_size: tuple[int, int] = (150, 150),
    batch_size: int = 32,
    shuffle: bool = True,
    seed: int | None = None,
    cache: bool = True,
    images: int | None = None,
    skip: int = 0,
    answer: Callable[[Path], float] | None = None,
    order: Callable[[int], tf.data.Dataset] | None = None,
) -> tf.data.Dataset:
    """Batches of (float32 (B, H, W, 3) in 0..1, float32 (B, 1) in {0, 1}) from a folder that looks like this:

        folder/cats/...jpg
        folder/dogs/...jpg

    shuffle: a new order of the whole set in each epoch, the same series of orders for the same `seed`.
    cache: decode each picture once, now, and keep it as bytes (N x H x W x 3 of them), in memory up to 1 GiB and a
        quarter of what is left of it, else on disk, where the next run finds them again (see `picture_cache`);
        otherwise decode in every epoch. The memory is given back when the dataset, and all that is made of it, is gone.
    images: take only so many, half of them from each class as far as it has them, always the same ones. skip: leave out
        so many first; thus `images=500` and `images=500, skip=500` share no picture.
    answer: what to learn of each picture, 0..1, by its path, in place of the number of its class: for doubtful labels.
    order: from the number of pictures, a dataset of batches of their places (int64), in place of `batch_size`,
        `shuffle` and `seed`.

    The dataset also carries `.class_names` (list of str) and `.paths` (list of Path, in the order of the pictures when
    `shuffle=False`). Raises InputError for a size that is none, for a folder that cannot be used and for a picture that
    cannot be read; without a cache, that picture ends the epoch that comes to it, with TensorFlow's
    InvalidArgumentError and the same words.
    """
    must_be_a_size(image_size)
    paths, labels, class_names = list_images(folder)
    if images is not None or skip:
        chosen = _in_balance(labels, skip, images)
        paths, labels = [paths[i] for i in chosen], labels[chosen]
    answers = np.array([answer(path) for path in paths] if answer else labels, "float32")[:, None]
    read = _read_kept(paths, image_size) if cache else None
    read = read or _read_anew(paths, image_size)

    if order:
        dataset = order(len(paths))
    else:
        dataset = tf.data.Dataset.range(len(paths))
        if shuffle:
            dataset = dataset.shuffle(max(1, len(paths)), seed=seed, reshuffle_each_iteration=True)
        dataset = dataset.batch(batch_size)

    def batch(index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        pictures = tf.ensure_shape(in_python(read, [index], tf.uint8), (None, *image_size, 3))
        return tf.cast(pictures, tf.float32) / 255, tf.gather(answers, index)

    options = tf.data.Options()
    options.experimental_optimization.inject_prefetch = False  # else a random `map` after this runs ahead, or not
    options.autotune.enabled = False  # nothing here is left to tune, and an iterator would wait a second for it to end
    dataset = dataset.map(batch, num_parallel_calls=2).prefetch(2).with_options(options)
    dataset.class_names, dataset.paths = class_names, paths
    dataset.read = read  # what is made of a dataset holds it, and so this; see `in_python`
    return dataset


def _read_kept(paths: Sequence[Path], image_size: tuple[int, int]) -> Callable[[np.ndarray], np.ndarray] | None:
    """A function from a batch of places to a batch of pictures that were decoded once; None if there is no room."""
    pictures = picture_cache.keep(paths, image_size, DECODING, lambda empty: decode_into(empty, paths))
    return None if pictures is None else lambda index: pictures[index]


def _read_anew(paths: Sequence[Path], image_size: tuple[int, int]) -> Callable[[np.ndarray], np.ndarray]:
    """The same, decoded at each call."""

    def read(index: np.ndarray) -> np.ndarray:
        pictures = np.empty((len(index), *image_size, 3), "uint8")
        decode_into(pictures, [paths[i] for i in index])
        return pictures

    return read


def decode_into(pictures: np.ndarray, paths: Sequence[Path]) -> None:
    """Fill uint8 (N, H, W, 3), one picture a path, on all cores (the decoders let other threads run meanwhile)."""

    def fill(places: range) -> int:
        for place in places:
            pictures[place] = decode(paths[place], pictures.shape[1:3])
        return len(places)

    cores = os.cpu_count() or 1
    step = max(1, min(LOT, -(-len(paths) // (2 * cores))))
    lots = [range(start, min(start + step, len(paths))) for start in range(0, len(paths), step)]
    with ThreadPoolExecutor(cores) as threads, progress(total=len(paths), text="reading") as bar:
        for done in threads.map(fill, lots):
            bar.update(done)


def _in_balance(labels: np.ndarray, skip: int, images: int | None) -> np.ndarray:
    """The places of `images` pictures after the first `skip`, half of them of each class (class 0 has the odd one),
    always the same."""
    if skip < 0 or (images or 0) < 0:
        raise InputError(f"images={images}, skip={skip}: numbers of pictures are 0 or more.")
    shuffled = np.random.default_rng(0).permutation(len(labels))
    halves = []
    for label in (0, 1):
        first, last = ((number + 1 - label) // 2 for number in (skip, skip + (images or 0)))
        halves.append(shuffled[labels[shuffled] == label][first : None if images is None else last])
    return np.sort(np.concatenate(halves))

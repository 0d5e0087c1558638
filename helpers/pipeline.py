"""Folder of pictures -> batches for training; and the very same steps for one picture at use.

One function, `decode`, makes numbers of a file. Training and use both go through it, so they cannot drift apart.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from helpers.errors import InputError
from helpers.progress import progress
from helpers.quiet import tf

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"})


def decode(path: str | Path, image_size: tuple[int, int]) -> np.ndarray:
    """Read one picture as uint8 (H, W, 3), upright, stretched to `image_size` = (height, width).

    A JPEG is decoded at a half, a quarter or an eighth where that is still at least twice the size asked for (the
    decoder's own discrete cosine transform does it, at a fraction of the time), then brought down with a filter that
    looks at every pixel (antialiasing).

    Raises InputError if the file is missing or is not a picture that can be read to its end.
    """
    height, width = image_size
    try:
        with Image.open(path) as picture:
            if picture.getexif().get(0x0112, 1) > 4:  # EXIF says: lying on its side, so the two sides are exchanged
                picture.draft("RGB", (2 * height, 2 * width))
            else:
                picture.draft("RGB", (2 * width, 2 * height))
            picture = ImageOps.exif_transpose(picture).convert("RGB")
            return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; check the path.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(
            f"{path}: not a readable picture ({error}); `labs clean` lists such files and makes a copy without them."
        ) from None


def load_image(path: str | Path, image_size: tuple[int, int]) -> np.ndarray:
    """One picture exactly as training saw it: float32 (H, W, 3) in 0..1. Raises InputError as `decode` does."""
    return decode(path, image_size).astype("float32") / 255


def list_images(folder: str | Path) -> tuple[list[Path], np.ndarray, list[str]]:
    """Paths, class numbers (int64, N) and class names of a folder that holds two class folders.

    Classes are numbered in alphabetical order, as Keras does it: class 1, the one that a sigmoid unit speaks of, is
    `class_names[1]`. Raises InputError if there are not two class folders or if one is empty.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; give one that holds a folder of pictures per class.")
    class_names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and entry.name[0] != ".")
    if len(class_names) != 2:
        raise InputError(
            f"{folder}: holds {len(class_names)} class folders ({', '.join(class_names[:5]) or 'none'}); "
            "two are needed, one for each kind of picture."
        )
    paths, labels = [], []
    for label, name in enumerate(class_names):
        found = sorted(p for p in (folder / name).rglob("*") if p.suffix.lower() in SUFFIXES and p.name[0] != ".")
        if not found:
            raise InputError(f"{folder / name}: holds no pictures; put some in, or take the folder away.")
        paths += found
        labels += [label] * len(found)
    return paths, np.array(labels), class_names


def image_dataset(
    folder: str | Path,
    image_size: tuple[int, int] = (150, 150),
    batch_size: int = 32,
    shuffle: bool = True,
    seed: int | None = None,
    cache: bool = True,
    images: int | None = None,
    skip: int = 0,
) -> tf.data.Dataset:
    """Batches of (float32 (B, H, W, 3) in 0..1, float32 (B, 1) in {0, 1}) from a folder that looks like this:

        folder/cats/...jpg
        folder/dogs/...jpg

    shuffle: a new order of the whole set in each epoch, the same series of orders for the same `seed`.
    cache: decode each picture once, now, and keep it as bytes (N x H x W x 3 of them); otherwise decode in every epoch.
    images: take only so many, the same from each class, always the same ones. skip: leave out so many first; thus
        `images=500` and `images=500, skip=500` share no picture.

    The dataset also carries `.class_names` (list of str) and `.paths` (list of Path, in the order of the pictures when
    `shuffle=False`). Raises InputError for a folder that cannot be used and for a picture that cannot be read.
    """
    paths, labels, class_names = list_images(folder)
    if images is not None or skip:
        chosen = _in_balance(labels, skip, images)
        paths, labels = [paths[i] for i in chosen], labels[chosen]
    answers = tf.constant(labels[:, None], tf.float32)

    dataset = tf.data.Dataset.range(len(paths))
    if shuffle:
        dataset = dataset.shuffle(len(paths), seed=seed, reshuffle_each_iteration=True)
    dataset = dataset.batch(batch_size)

    if cache:
        pictures = tf.constant(decode_all(paths, image_size))

        def read(index: tf.Tensor) -> tf.Tensor:
            return tf.gather(pictures, index)

    else:
        read = _reader(paths, image_size)
    dataset = dataset.map(lambda index: (tf.cast(read(index), tf.float32) / 255, tf.gather(answers, index)))
    dataset = dataset.prefetch(2)
    dataset.class_names, dataset.paths = class_names, paths
    return dataset


def decode_all(paths: Sequence[Path], image_size: tuple[int, int]) -> np.ndarray:
    """uint8 (N, H, W, 3), one picture a path, decoded on all cores (Pillow lets other threads run meanwhile)."""
    pictures = np.empty((len(paths), *image_size, 3), "uint8")
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        read = threads.map(decode, paths, [image_size] * len(paths))
        for index, picture in enumerate(progress(read, total=len(paths), text="reading")):
            pictures[index] = picture
    return pictures


def _in_balance(labels: np.ndarray, skip: int, images: int | None) -> np.ndarray:
    """The places of `images` pictures after the first `skip`, as many of class 0 as of class 1, always the same."""
    shuffled = np.random.default_rng(0).permutation(len(labels))
    first, last = skip // 2, None if images is None else (skip + images) // 2
    halves = [shuffled[labels[shuffled] == label][first:last] for label in (0, 1)]
    return np.sort(np.concatenate(halves))


def _reader(paths: Sequence[Path], image_size: tuple[int, int]):
    """A function from a batch of places to a batch of pictures, decoded anew at each call."""
    threads = ThreadPoolExecutor(os.cpu_count())

    def read(index: np.ndarray) -> np.ndarray:
        return np.stack(list(threads.map(lambda i: decode(paths[i], image_size), index)))

    def read_in_graph(index: tf.Tensor) -> tf.Tensor:
        pictures = tf.numpy_function(read, [index], tf.uint8)
        pictures.set_shape((None, *image_size, 3))
        return pictures

    return read_in_graph

"""What the clean copy promises, as checks that several tests make."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from helpers import pipeline
from helpers.quiet import keras, tf

NO_TRACE = os.O_RDONLY | getattr(os, "O_NOATIME", 0)  # or looking would itself change the time of the last reading


def make_old(folder):
    """Set the time of the last reading of all in a tree, and of the tree, to long ago: most disks note another reading
    only where the last one is old."""
    for path, about in tree(folder):
        os.utime(path, ns=(10**18, about.st_mtime_ns), follow_symlinks=False)


def state(folder):
    """All that can be seen of a tree from outside: names, kinds, sizes, times, modes, links, bytes."""
    seen = {}
    for path, about in tree(folder):
        read = about.st_atime_ns if hasattr(os, "O_NOATIME") else 0
        times = about.st_mtime_ns, about.st_ctime_ns, read
        seen[path] = about.st_mode, about.st_size, times, about.st_nlink, content(path, about)
    return seen


def tree(folder):
    """(path, what `lstat` says of it) of a folder and all below it; itself without a trace."""
    paths = [os.fsencode(folder)]
    for path in paths:
        about = os.lstat(path)
        yield path, about
        if stat.S_ISDIR(about.st_mode):
            paths += [os.path.join(path, os.fsencode(name)) for name in names_in(path)]


def names_in(path):
    if os.listdir not in os.supports_fd:
        return os.listdir(path)
    descriptor = os.open(path, NO_TRACE)
    try:
        return os.listdir(descriptor)
    finally:
        os.close(descriptor)


def content(path, about):
    if not stat.S_ISREG(about.st_mode):
        return b""
    with open(path, "rb", opener=lambda path, flags: os.open(path, flags | NO_TRACE)) as file:
        return file.read()


def assert_decoded_alike(paths: Iterable[Path], apart: float = 3) -> None:
    """Pillow and TensorFlow decode each file to the same size, upright, three channels of 8 bits, and to values that
    differ by no more than `apart` of 255 on the average."""
    for path in paths:
        with Image.open(path) as picture:
            picture.load()
            assert (picture.mode, picture.getexif().get(0x0112, 1)) == ("RGB", 1), path
        pixels = tf.io.decode_image(tf.io.read_file(str(path)), expand_animations=False).numpy()
        assert pixels.dtype == np.uint8 and pixels.shape == (picture.height, picture.width, 3), path
        assert np.abs(pixels.astype(int) - np.asarray(picture)).mean() <= apart, path


def assert_all_loaded(folder: Path, count: int) -> None:
    """Three loaders iterate over all pictures below a folder of two classes, and count so many."""
    theirs = keras.utils.image_dataset_from_directory(folder, image_size=(32, 32), verbose=False)
    assert sum(len(labels) for _, labels in theirs) == count
    ours = pipeline.image_dataset(folder, (32, 32))
    assert sum(len(labels) for _, labels in ours) == count
    generator = tf.keras.preprocessing.image.ImageDataGenerator()
    old = generator.flow_from_directory(folder, target_size=(32, 32), class_mode="binary")
    assert old.samples == count == sum(len(old[k][1]) for k in range(len(old)))

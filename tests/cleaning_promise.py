"""What the clean copy promises, as checks that several tests make."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from helpers import pipeline
from helpers.quiet import keras, tf


def state(folder):
    """All that can be seen of a tree from outside: names, kinds, sizes, times, modes, bytes."""
    seen = {}
    for root, folders, files in os.walk(os.fsencode(folder)):
        for name in folders + files:
            path = os.path.join(root, name)
            about = os.lstat(path)
            content = Path(os.fsdecode(path)).read_bytes() if stat.S_ISREG(about.st_mode) else b""
            seen[path] = about.st_mode, about.st_size, about.st_mtime_ns, about.st_nlink, content
    return seen


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

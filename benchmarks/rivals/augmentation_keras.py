"""The same variations as Keras's own documents do them: a stack of layers, and ImageDataGenerator."""

import numpy as np

from helpers.quiet import keras, tf

ROTATION, SHIFT, SHEAR, ZOOM = 40, 0.2, 0.2, 0.2  # the course's: degrees, and shares of the side
BRIGHTNESS, CONTRAST = 0.1, 0.2


def stack() -> keras.Sequential:
    """One layer for each variation; each that moves samples the picture anew."""
    layers = keras.layers
    return keras.Sequential(
        [
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(ROTATION / 360, fill_mode="reflect"),
            layers.RandomTranslation(SHIFT, SHIFT, fill_mode="reflect"),
            layers.RandomShear(SHEAR, 0.0, fill_mode="reflect"),
            layers.RandomZoom(ZOOM, fill_mode="reflect"),
            layers.RandomBrightness(BRIGHTNESS, value_range=(0, 1)),
            layers.RandomContrast(CONTRAST, value_range=(0, 1)),
        ]
    )


def generator(pictures: np.ndarray, batch: int):
    """ImageDataGenerator: one picture after another, in Python. It knows no contrast, so has less to do."""
    varied = tf.keras.preprocessing.image.ImageDataGenerator(
        rotation_range=ROTATION,
        width_shift_range=SHIFT,
        height_shift_range=SHIFT,
        shear_range=np.degrees(np.arctan(SHEAR)),
        zoom_range=ZOOM,
        brightness_range=(1 - BRIGHTNESS, 1 + BRIGHTNESS),
        horizontal_flip=True,
        fill_mode="reflect",
    )
    return varied.flow(pictures, batch_size=batch, seed=1)

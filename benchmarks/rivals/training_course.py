"""The course's two labs, as it publishes them: one network, without and with augmentation by ImageDataGenerator."""

from collections.abc import Sequence
from pathlib import Path

from helpers.models import lab_cnn
from helpers.quiet import keras, tf

SIDE, BATCH = 150, 20
FIRST_LAB, AUGMENTATION_LAB = 15, 80  # epochs
VARIATIONS = {
    "rotation_range": 40,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "shear_range": 0.2,
    "zoom_range": 0.2,
    "horizontal_flip": True,
    "fill_mode": "nearest",
}


def train(
    train_folder: Path,
    validation_folder: Path,
    epochs: int,
    augmented: bool,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> keras.Model:
    """The first lab (RMSprop at 0.001), or, with `augmented`, the other one (RMSprop at 0.0001)."""
    generator = tf.keras.preprocessing.image.ImageDataGenerator
    varied, plain = generator(rescale=1 / 255, **(VARIATIONS if augmented else {})), generator(rescale=1 / 255)
    how = {"target_size": (SIDE, SIDE), "batch_size": BATCH, "class_mode": "binary"}
    model = lab_cnn((SIDE, SIDE))
    model.compile(
        optimizer=keras.optimizers.RMSprop(1e-4 if augmented else 1e-3),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        varied.flow_from_directory(train_folder, **how),
        validation_data=plain.flow_from_directory(validation_folder, **how),
        epochs=epochs,
        callbacks=list(callbacks),
        verbose=0,
    )
    return model

"""For pictures without an upright, in which something small matters: eight ways to hold them, and a network."""

import numpy as np

from helpers.errors import InputError
from helpers.quiet import keras, tf

layers = keras.layers


@keras.saving.register_keras_serializable(package="labs")
class EightWays(keras.layers.Layer):
    """Holds each picture of a batch in one of eight ways at random while training: four quarter turns, each as it
    is and mirrored. Nothing is lost or blurred by it. Otherwise it hands pictures through.

    Square pictures (B, S, S, C), of any dtype. seed: for the same series in each run. Raises InputError for other ones.
    """

    idle_at_use = True  # outside training it may be left out

    def __init__(self, seed: int | None = None, **kwargs):
        super().__init__(**kwargs)
        self.seed, self.generator = seed, keras.random.SeedGenerator(seed)

    def call(self, pictures: tf.Tensor, training: bool = False) -> tf.Tensor:
        if not training:
            return pictures
        held = tf.convert_to_tensor(pictures)
        sides = held.shape[1:3]
        if held.shape.rank not in (4, None) or not sides.is_compatible_with(sides[::-1]):
            raise InputError(
                f"{self.name}: pictures of shape {held.shape} cannot be turned by quarters; "
                "give a batch of square ones, (B, S, S, C)."
            )
        for change in (lambda x: x[:, :, ::-1], lambda x: x[:, ::-1], lambda x: tf.transpose(x, (0, 2, 1, 3))):
            chosen = keras.random.uniform((tf.shape(held)[0], 1, 1, 1), seed=self.generator) < 0.5
            held = tf.where(chosen, change(held), held)
        return tf.ensure_shape(held, pictures.shape)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return input_shape

    def get_config(self) -> dict:
        return super().get_config() | {"seed": self.seed}


def all_ways(pictures: np.ndarray) -> list[np.ndarray]:
    """The eight ways to hold square pictures (B, S, S, C): for a mean of eight answers."""
    turned = [np.rot90(pictures, quarter, axes=(1, 2)) for quarter in range(4)]
    return [*turned, *(one[:, :, ::-1] for one in turned)]


def inspector(image_size: tuple[int, int] = (144, 144), widths: tuple[int, ...] = (16, 32, 64, 96)) -> keras.Model:
    """A network like `models.compact`, for what is small: it starts on large pictures, two pixels a step, and at the
    end it keeps the mean *and the greatest* number of each map, so that one crack among much sound surface counts.

    Pictures in 0..1, the probability of class 1 out. widths: channels of each stage.
    """
    x = pictures = layers.Input((*image_size, 3))
    for stage, channels in enumerate(widths, start=1):
        first, last = stage == 1, stage == len(widths)
        x = layers.Conv2D(channels, 5 if first else 3, 2 if first else 1, "same", use_bias=False, name=f"conv_{stage}")(
            x
        )
        if not first and not last:
            x = layers.MaxPooling2D(name=f"pool_{stage}")(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"norm_{stage}")(x)
        x = layers.Activation("relu", name=f"relu_{stage}")(x)
    x = layers.Concatenate(name="mean_and_greatest")(
        [layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)]
    )
    x = layers.Dropout(0.3, name="dropout")(x)
    return keras.Model(pictures, layers.Dense(1, activation="sigmoid", name="answer")(x), name="inspector")

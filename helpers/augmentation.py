"""Batch -> varied batch: every picture turned, moved, mirrored and lit anew each time it is seen.

All movements are composed into one matrix a picture, and the picture is sampled once. A stack of separate layers
samples once for each layer, which is slower and blurs more. The sampling is OpenCV's, three times as fast as
TensorFlow's own ImageProjectiveTransform and equal to it. Light is changed right after, while the picture is still in
the processor's cache.
"""

import cv2
import numpy as np

from helpers.errors import InputError
from helpers.in_python import in_python
from helpers.quiet import keras, tf

cv2.setNumThreads(1)  # batches are varied side by side; OpenCV's own threads inside them would wait for one another

MOST = 2  # a picture in 0..1 may have been lit a little beyond; of one in 0..255 nearly all would be cut off as white


@keras.saving.register_keras_serializable(package="labs")
class RandomWarp(keras.layers.Layer):
    """Vary pictures at random while training; hand them through untouched otherwise.

    flip: mirror left and right, half of the time.
    rotation: up to so many degrees either way. shear: likewise, the slant of the upright lines.
    zoom: up to this fraction nearer or farther. shift: up to this fraction of the side, in both directions.
    brightness: up to this much added or taken away (1.0 is from black to white).
    contrast: up to this fraction more or less, around the picture's own mean.
    seed: for the same series of variations in each run.

    Called with float pictures (B, H, W, C) or (H, W, C) in 0..1, it gives float32 of the same shape in 0..1. What comes
    in from outside the frame is the picture mirrored at its edge. `training=False` returns the pictures as they are.
    In a model it stands first: no gradient flows back through it. Raises InputError for whole numbers, and for
    numbers up to 255; within `tf.data`, TensorFlow makes its InvalidArgumentError of the latter, with the same words.
    """

    idle_at_use = True  # outside training it may be left out

    def __init__(
        self,
        flip: bool = True,
        rotation: float = 15,
        zoom: float = 0.15,
        shear: float = 0,
        shift: float = 0.1,
        brightness: float = 0.1,
        contrast: float = 0.2,
        seed: int | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.flip, self.rotation, self.zoom, self.shear, self.shift = flip, rotation, zoom, shear, shift
        self.brightness, self.contrast, self.seed = brightness, contrast, seed
        self.generator = keras.random.SeedGenerator(seed)
        self.supports_jit = False  # OpenCV is not TensorFlow: Keras must not try to compile it

    def call(self, pictures: tf.Tensor, training: bool = False) -> tf.Tensor:
        if not training:
            return pictures
        pictures = tf.convert_to_tensor(pictures)
        if pictures.dtype.is_integer:  # nearly all of 0..255 would be cut off as white
            raise InputError(
                f"{self.name}: takes pictures in 0..1, not {pictures.dtype.name}; divide them by 255 before."
            )
        alone = pictures.shape.rank == 3
        batch = tf.cast(pictures[None] if alone else pictures, tf.float32)
        count = tf.shape(batch)[0]
        drawn = [
            self._matrices(tf.shape(batch)),
            self._uniform(count, self.contrast),
            self._uniform(count, self.brightness),
        ]
        varied = tf.ensure_shape(in_python(_vary, [batch, *drawn], tf.float32), batch.shape)
        return varied[0] if alone else varied

    def _matrices(self, shape: tf.Tensor) -> tf.Tensor:
        """float32 (B, 2, 3), one matrix a picture, each of its movements drawn."""
        count = shape[0]
        return matrices(
            turn=self._uniform(count, self.rotation),
            slant=self._uniform(count, self.shear),
            zoom=self._uniform(count, self.zoom),
            mirror=tf.sign(self._uniform(count, 1.0)) if self.flip else tf.ones(count),
            right=self._uniform(count, self.shift),
            down=self._uniform(count, self.shift),
            size=shape[1:3],
        )

    def _uniform(self, count: tf.Tensor, reach: float) -> tf.Tensor:
        return keras.random.uniform((count,), -reach, reach, seed=self.generator)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return input_shape

    def get_config(self) -> dict:
        names = ("flip", "rotation", "zoom", "shear", "shift", "brightness", "contrast", "seed")
        return super().get_config() | {name: getattr(self, name) for name in names}


def one_variation(
    picture: np.ndarray,
    rotation: float = 0,
    right: float = 0,
    down: float = 0,
    shear: float = 0,
    zoom: float = 0,
    flip: bool = False,
    brightness: float = 0,
    contrast: float = 0,
) -> np.ndarray:
    """`picture` (H, W, 3) in 0..1, varied by these amounts and none at random: what RandomWarp makes if it draws them.

    rotation and shear in degrees; right and down in fractions of the side; a zoom above zero is farther away.
    Raises InputError for a picture that goes up to 255.
    """
    batch = np.asarray(picture, "float32")[None]
    amounts = (rotation, shear, zoom, -1 if flip else 1, right, down)
    moves = matrices(*(tf.constant([float(amount)]) for amount in amounts), size=batch.shape[1:3])
    return _vary(batch, moves.numpy(), np.array([contrast], "float32"), np.array([brightness], "float32"))[0]


def matrices(
    turn: tf.Tensor,
    slant: tf.Tensor,
    zoom: tf.Tensor,
    mirror: tf.Tensor,
    right: tf.Tensor,
    down: tf.Tensor,
    size: tf.Tensor | tuple[int, int],
) -> tf.Tensor:
    """float32 (B, 2, 3), one matrix a picture: where in the old picture each pixel of the new one is read.

    Each movement is (B,): turn and slant in degrees, mirror 1 or -1, the others in fractions. size: (H, W).
    """
    height, width = tf.cast(size[0], tf.float32), tf.cast(size[1], tf.float32)
    turn, slant, zoom = turn * np.pi / 180, tf.tan(slant * np.pi / 180), 1 + zoom

    # Rows of: turn, then slant, then size, then mirror; about the centre of the picture, not its corner.
    a, b = tf.cos(turn) * zoom * mirror, (tf.cos(turn) * slant - tf.sin(turn)) * zoom
    c, d = tf.sin(turn) * zoom * mirror, (tf.sin(turn) * slant + tf.cos(turn)) * zoom
    x, y = (width - 1) / 2, (height - 1) / 2
    rows = [a, b, x - a * x - b * y - right * width, c, d, y - c * x - d * y - down * height]
    return tf.reshape(tf.stack(rows, axis=1), (-1, 2, 3))


def _vary(batch: np.ndarray, moves: np.ndarray, contrast: np.ndarray, brightness: np.ndarray) -> np.ndarray:
    """Each picture read along its matrix; then contrast around the picture's own mean, then brightness, kept in 0..1.
    contrast, brightness: float32 (B,). Raises InputError where the first picture goes far beyond 1."""
    if (most := batch[:1].max(initial=0)) > MOST:
        raise InputError(f"pictures in 0..1 are varied, and these go up to {most:g}; divide them by 255 before.")
    varied = np.empty_like(batch)
    edges = _beyond(moves, *batch.shape[1:3])
    for picture, matrix, edge, more, lighter, result in zip(
        batch, moves, edges, contrast, brightness, varied, strict=True
    ):
        _read_along(picture, matrix, edge, result)
        numbers = result.reshape(len(result), -1)  # the same memory, as one channel
        mean = cv2.mean(numbers)[0]
        cv2.addWeighted(numbers, 1 + more, numbers, 0, lighter - more * mean, dst=numbers)
        cv2.threshold(numbers, 1, 1, cv2.THRESH_TRUNC, dst=numbers)
        cv2.threshold(numbers, 0, 0, cv2.THRESH_TOZERO, dst=numbers)
    return varied


def _beyond(moves: np.ndarray, height: int, width: int) -> list[int]:
    """How many pixels outside of the frame each matrix (B, 2, 3) reads at most: what its four corners tell."""
    right, bottom = width - 1, height - 1
    corners = moves @ np.array([[0, right, 0, right], [0, 0, bottom, bottom], [1, 1, 1, 1]], "float32")
    middle = np.array([[right / 2], [bottom / 2]], "float32")
    return (np.ceil((np.abs(corners - middle) - middle).max(axis=(1, 2))).clip(0) + 1).astype(int).tolist()


def _read_along(picture: np.ndarray, matrix: np.ndarray, edge: int, result: np.ndarray) -> None:
    """Write into `result` the picture as read along the matrix, between four pixels (bilinear), mirrored at the edge.

    edge: pixels outside of the frame that are read. To set them around the picture first takes half the time of
    OpenCV's reading with a mirrored border; but where they are many, that takes less memory.
    """
    height, width = picture.shape[:2]
    border = cv2.BORDER_REFLECT
    if edge <= max(height, width):
        picture = cv2.copyMakeBorder(picture, edge, edge, edge, edge, border)
        matrix, border = matrix + np.array([[0, 0, edge], [0, 0, edge]], "float32"), cv2.BORDER_CONSTANT
    cv2.warpAffine(
        picture, matrix, (width, height), dst=result, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=border
    )

"""Trains the same small networks on one device and on two, and prints the curves: two logical processors must be asked
for before TensorFlow starts, so this is a program of its own. `python tests/many_devices_curves.py FOLDER`
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import tensorflow as tf

(CPU, *_) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(CPU, [tf.config.LogicalDeviceConfiguration()] * 2)

from helpers import many_devices, pipeline  # noqa: E402 which starts TensorFlow

ONE, TWO = tf.distribute.get_strategy(), tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
SIDE, BATCH, EPOCHS = 24, 20, 2


def network(normal: bool) -> keras.Model:
    keras.utils.set_random_seed(3)
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((SIDE, SIDE, 3)),
            layers.Conv2D(8, 3, strides=2, use_bias=not normal),
            *([layers.BatchNormalization(momentum=0.9)] if normal else []),
            layers.Activation("relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def curve(strategy: tf.distribute.Strategy, normal: bool = False, together: bool = False) -> list[float]:
    """The loss after each epoch."""
    with strategy.scope():
        model = network(normal)
        if together:
            model = many_devices.synchronized(model)
        model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss="binary_crossentropy")
    train = pipeline.image_dataset(sys.argv[1], (SIDE, SIDE), BATCH, seed=1)
    if strategy is ONE:
        next(iter(train))  # under a strategy, Keras has a look at the data first, which costs the first order of them
    return model.fit(train, epochs=EPOCHS, verbose=0, shuffle=False).history["loss"]


if __name__ == "__main__":
    plain, normal = curve(ONE), curve(ONE, normal=True)
    curves = {
        "plain": [plain, curve(TWO)],
        "normal": [normal, curve(TWO, normal=True)],
        "together": [normal, curve(TWO, normal=True, together=True)],
    }
    print(json.dumps(curves))

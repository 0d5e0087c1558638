"""Training on several devices: what must change in a network so that it learns there as it does on one.

    strategy = tf.distribute.MirroredStrategy()     # all graphics cards of this machine
    with strategy.scope():
        model = many_devices.synchronized(models.compact((96, 96)))
        model.compile("adamw", loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(train, validation_data=validation, shuffle=False)

The batches of `train` are shared out among the devices: with four of them, a batch of 128 is 32 for each.
"""

from helpers.quiet import keras


def synchronized(model: keras.Model) -> keras.Model:
    """A copy with the same weights, whose batch normalization counts over all devices together.

    Otherwise each device normalizes by its own part of a batch: another network, and the worse the smaller the part.
    To be called in the scope of the strategy; on one device it makes no difference.
    """

    def same(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config()
        if isinstance(layer, keras.layers.BatchNormalization):
            config["synchronized"] = True
        return type(layer).from_config(config)

    copy = keras.models.clone_model(model, clone_function=same, recursive=True)
    copy.set_weights(model.get_weights())
    return copy

"""The two networks of the series: the course's, and a compact one that does better with fewer weights.

Both take pictures in 0..1 and end in one sigmoid unit: the probability of class 1, `class_names[1]`.
"""

from helpers.quiet import keras

layers = keras.layers


def lab_cnn(image_size: tuple[int, int] = (150, 150), dropout: float = 0.0) -> keras.Sequential:
    """The course's network: three convolutions, each followed by pooling, then 512 dense units and one answer.

    image_size: (height, width) in pixels. dropout: share of the flattened numbers left out at random in training.
    At 150 x 150 it has about 9.5 million weights, nearly all of them between the last picture and the dense units.
    """
    return keras.Sequential(
        [
            layers.Input((*image_size, 3)),
            layers.Conv2D(16, 3, activation="relu", name="conv_1"),
            layers.MaxPooling2D(name="pool_1"),
            layers.Conv2D(32, 3, activation="relu", name="conv_2"),
            layers.MaxPooling2D(name="pool_2"),
            layers.Conv2D(64, 3, activation="relu", name="conv_3"),
            layers.MaxPooling2D(name="pool_3"),
            layers.Flatten(name="flatten"),
            *([layers.Dropout(dropout, name="dropout")] if dropout else []),
            layers.Dense(512, activation="relu", name="dense"),
            layers.Dense(1, activation="sigmoid", name="answer"),
        ],
        name="lab_cnn",
    )


def compact(image_size: tuple[int, int] = (96, 96), width: int = 24) -> keras.Model:
    """A small residual network (He et al. 2015, arXiv 1512.03385) with batch normalization and global pooling.

    Each stage halves the picture and doubles the channels; inside a stage, a block adds to its input what two
    convolutions make of it. At the end each channel is averaged over the picture, so the answer cannot depend on
    where the pet stands, and no large dense layer is needed: about 0.3 million weights at width 24, whatever the size.
    """
    pictures = layers.Input((*image_size, 3))
    x = convolution(pictures, width, strides=2, name="stem")
    for stage, channels in enumerate((width, 2 * width, 4 * width), start=1):
        x = convolution(x, channels, strides=1 if stage == 1 else 2, name=f"stage_{stage}")
        bend = convolution(x, channels, name=f"stage_{stage}_first")
        bend = convolution(bend, channels, activation=False, name=f"stage_{stage}_second")
        x = layers.Activation("relu", name=f"stage_{stage}_sum_relu")(layers.Add(name=f"stage_{stage}_sum")([x, bend]))
    x = layers.GlobalAveragePooling2D(name="average")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    return keras.Model(pictures, layers.Dense(1, activation="sigmoid", name="answer")(x), name="compact")


def convolution(x, channels: int, strides: int = 1, activation: bool = True, name: str = ""):
    """3 x 3 convolution, batch normalization, and ReLU where asked for."""
    x = layers.Conv2D(channels, 3, strides, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x) if activation else x

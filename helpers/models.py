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


def compact(image_size: tuple[int, int] = (96, 96), widths: tuple[int, ...] = (24, 48, 96, 128)) -> keras.Model:
    """Four convolutions with batch normalization (Ioffe and Szegedy 2015, arXiv 1502.03167) and global pooling.

    Each stage looks for more kinds of things (`widths` channels) on a picture half as large. At the end each channel is
    averaged over the picture (Lin et al. 2013, arXiv 1312.4400), so the answer cannot depend on where the pet stands,
    and no large dense layer is needed: about 160,000 weights, whatever the size of the picture.
    """
    x = pictures = layers.Input((*image_size, 3))
    for stage, channels in enumerate(widths, start=1):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=f"conv_{stage}")(x)
        if stage < len(widths):
            x = layers.MaxPooling2D(name=f"pool_{stage}")(x)  # before the two below: a quarter of the work for them
        x = layers.BatchNormalization(momentum=0.9, name=f"norm_{stage}")(x)
        x = layers.Activation("relu", name=f"relu_{stage}")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    return keras.Model(pictures, layers.Dense(1, activation="sigmoid", name="answer")(x), name="compact")

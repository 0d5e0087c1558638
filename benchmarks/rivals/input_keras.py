"""Pictures from a folder as Keras's own documents do it: today's way, with and without its cache, and the older one."""

from pathlib import Path

from helpers.quiet import keras, tf

AUTO = tf.data.AUTOTUNE


def image_dataset_from_directory(folder: Path, side: int, batch: int) -> tf.data.Dataset:
    """`image_dataset_from_directory`, scaled to 0..1 on all cores, fetched ahead."""
    dataset = keras.utils.image_dataset_from_directory(
        folder, label_mode="binary", image_size=(side, side), batch_size=batch, seed=1, verbose=False
    )
    scale = keras.layers.Rescaling(1 / 255)
    return dataset.map(lambda pictures, labels: (scale(pictures), labels), num_parallel_calls=AUTO).prefetch(AUTO)


def cached(folder: Path, side: int, batch: int) -> tf.data.Dataset:
    """The same with `.cache()`, and fetched ahead from there. Batches keep their pictures from epoch to epoch."""
    return image_dataset_from_directory(folder, side, batch).cache().prefetch(AUTO)


def flow_from_directory(folder: Path, side: int, batch: int):
    """`ImageDataGenerator(rescale=1/255).flow_from_directory`, as the course has it: batches by number."""
    generator = tf.keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255)
    return generator.flow_from_directory(folder, (side, side), class_mode="binary", batch_size=batch, seed=1)

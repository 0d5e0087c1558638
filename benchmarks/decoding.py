"""Where the time of a first epoch goes: what one picture costs, step by step, ours and Keras's, on one thread.

python benchmarks/decoding.py                    # the drawn set: half a minute
python benchmarks/decoding.py --photos FOLDER    # a folder with a folder per class, such as .../train
python benchmarks/decoding.py --keep
python benchmarks/decoding.py --photos data/cats_vs_dogs/train --keep

An eighth of the size needs one number in 64 of a JPEG, but all its bits must be read for it: so that is what reading
them (Huffman decoding) costs, and little else. Microseconds of processor time; columns: see
benchmarks/results/decoding_*.csv.
"""

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from shared import measuring

from helpers import datasets, pipeline
from helpers.quiet import tf

SIDE, PICTURES = 150, 1000


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--photos", type=Path, help="a folder with a folder of pictures per class")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    paths = pipeline.list_images(options.photos or datasets.load("drawn").train)[0]
    paths = [path for path in paths[:: max(1, len(paths) // PICTURES)] if path.suffix.lower() in (".jpg", ".jpeg")]
    files = [path.read_bytes() for path in paths]

    found: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(options.repeats):
        for name, (work, needs_path) in WAYS.items():
            found[name].append(microseconds(work, paths if needs_path else files))
    data = "photos" if options.photos else "drawn"
    rows = [{"step": name, "microseconds a picture": measuring.spread(times)} for name, times in found.items()]
    measuring.show(f"One thread, {len(files)} pictures, {data}: median (least to most)", rows)
    measuring.write(
        measuring.name(f"decoding_{data}", options.keep),
        [
            {"step": name, "repeat": number, "microseconds": round(one, 1)}
            for name, times in found.items()
            for number, one in enumerate(times, start=1)
        ],
    )


def microseconds(work: Callable[[list], None], pictures: list) -> float:
    """Of processor time, for one picture."""
    began = time.process_time()
    work(pictures)
    return 1e6 * (time.process_time() - began) / len(pictures)


def each(step: Callable) -> Callable[[list], None]:
    def work(pictures: list) -> None:
        for picture in pictures:
            step(picture)

    return work


def as_keras(paths: list[Path]) -> None:
    """What `image_dataset_from_directory` does to pictures."""

    def one(path: tf.Tensor) -> tf.Tensor:
        pixels = tf.io.decode_image(tf.io.read_file(path), 3, expand_animations=False)
        return tf.image.resize(pixels, (SIDE, SIDE))

    alone = tf.data.Options()
    alone.threading.private_threadpool_size = 1
    for _ in tf.data.Dataset.from_tensor_slices([str(path) for path in paths]).map(one).batch(32).with_options(alone):
        pass


WAYS: dict[str, tuple[Callable[[list], None], bool]] = {
    "an eighth of the size": (each(lambda data: simplejpeg.decode_jpeg(data, min_height=1, min_width=1)), False),
    "a reduced size": (each(lambda data: simplejpeg.decode_jpeg(data, min_height=SIDE, min_width=SIDE)), False),
    "half the size, by OpenCV": (
        each(lambda data: cv2.imdecode(np.frombuffer(data, "uint8"), cv2.IMREAD_REDUCED_COLOR_2)),
        False,
    ),
    "the whole size": (each(simplejpeg.decode_jpeg), False),
    "pipeline.decode, from the file": (each(lambda path: pipeline.decode(path, (SIDE, SIDE))), True),
    "as image_dataset_from_directory, from the file": (as_keras, True),
}


if __name__ == "__main__":
    main()

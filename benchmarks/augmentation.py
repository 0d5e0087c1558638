"""How many pictures a second can be varied: RandomWarp against Keras's layers and ImageDataGenerator, in one run.

python benchmarks/augmentation.py                   # drawn pictures: about a minute
python benchmarks/augmentation.py --photos FOLDER   # a folder with a folder per class
python benchmarks/augmentation.py --repeats 11 --keep
python benchmarks/augmentation.py --photos data/cats_vs_dogs/train --repeats 11 --keep

All do the same, as strongly as the course does: mirror, turn by up to 40 degrees, shift, shear, zoom and brighten; the
first two also change the contrast. Pictures are 150 x 150, 32 in a batch, ready in memory; in `tf.data` on all cores.
"""

from pathlib import Path

import numpy as np
from rivals import augmentation_keras as rival
from shared import measuring

from helpers import datasets, pipeline
from helpers.augmentation import RandomWarp
from helpers.quiet import tf

SIDE, BATCH = 150, 32
OURS, STACK, GENERATOR = "RandomWarp", "stack of Keras layers", "ImageDataGenerator"


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--photos", type=Path, help="a folder with a folder of pictures per class")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=1984, help="how many for each repeat; an epoch of the course")
    options = parser.parse_args()
    folder = options.photos or datasets.load("drawn").train
    pictures = np.concatenate([batch for batch, _ in pipeline.image_dataset(folder, (SIDE, SIDE), images=320)])
    warp = RandomWarp(
        rotation=rival.ROTATION,
        zoom=rival.ZOOM,
        shear=float(np.degrees(np.arctan(rival.SHEAR))),
        shift=rival.SHIFT,
        brightness=rival.BRIGHTNESS,
        contrast=rival.CONTRAST,
    )
    batches = options.pictures // BATCH
    ways = {
        OURS: through_tf_data(warp, pictures, batches),
        STACK: through_tf_data(rival.stack(), pictures, batches),
        GENERATOR: through_generator(pictures, batches // 4),
    }
    for work in ways.values():
        work()  # builds the graphs
    data = "photos" if options.photos else "drawn"
    report(measuring.name(f"augmentation_{data}", options.keep), data, measuring.in_turns(ways, options.repeats))


def through_tf_data(layer, pictures: np.ndarray, batches: int):
    dataset = tf.data.Dataset.from_tensor_slices(pictures).repeat().batch(BATCH).take(batches)
    varied = dataset.map(lambda batch: layer(batch, training=True), num_parallel_calls=tf.data.AUTOTUNE)
    varied = varied.prefetch(tf.data.AUTOTUNE)
    return lambda: sum(len(batch) for batch in varied)


def through_generator(pictures: np.ndarray, batches: int):
    varied = rival.generator(pictures, BATCH)
    return lambda: sum(len(next(varied)) for _ in range(batches))


def report(name: str, data: str, found: dict[str, measuring.Speeds]) -> None:
    rows = [
        {
            "way": way,
            "pictures a second": measuring.spread(speeds.wall),
            "a second of one core": measuring.spread(speeds.core),
            "ours is faster by": f"{np.median(found[OURS].wall) / np.median(speeds.wall):.1f}",
            "by processor time": f"{np.median(found[OURS].core) / np.median(speeds.core):.1f}",
        }
        for way, speeds in found.items()
    ]
    measuring.show(f"Varied pictures, {data}: median (least to most)", rows)
    measuring.write(
        name,
        [
            {"way": way, "repeat": n, "pictures_a_second": round(wall), "a_core_second": round(core)}
            for way, speeds in found.items()
            for n, (wall, core) in enumerate(zip(speeds.wall, speeds.core, strict=True), start=1)
        ],
    )
    measuring.bars(
        name,
        f"Pictures varied in a second ({data}, {SIDE} x {SIDE})",
        "pictures a second; bar: median, strokes: each run",
        {way: speeds.wall for way, speeds in found.items()},
        ours=(OURS,),
    )


if __name__ == "__main__":
    main()

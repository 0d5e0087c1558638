"""How many pictures a second come from a folder: ours against Keras's ways, in turns, in one run.

python benchmarks/input.py                       # the drawn set: about a minute
python benchmarks/input.py --photos FOLDER       # a folder with a folder per class, such as .../train
python benchmarks/input.py --repeats 7 --keep
python benchmarks/input.py --photos data/cats_vs_dogs/train --repeats 7 --keep

First epoch: from the folder to the last batch, decoding included. Later epochs: each after the first; a way without a
cache decodes again. Pictures are 150 x 150, 32 in a batch. Columns: see benchmarks/results/input_*.csv.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from rivals import input_keras
from shared import measuring

from helpers import datasets, pipeline

SIDE, BATCH = 150, 32
OURS, OURS_ANEW = "pipeline.image_dataset", "pipeline.image_dataset, cache=False"
KERAS, KERAS_CACHE = "image_dataset_from_directory", "image_dataset_from_directory + cache"
FLOW = "ImageDataGenerator.flow_from_directory"


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--photos", type=Path, help="a folder with a folder of pictures per class")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    folder = options.photos or datasets.load("drawn").train
    paths = pipeline.list_images(folder)[0]
    for path in paths:
        path.read_bytes()  # so that nobody pays for a cold disk

    first = measuring.in_turns({name: first_epoch(way, folder) for name, way in WAYS.items()}, options.repeats)
    opened = {name: way(folder) for name, way in WAYS.items()}
    for batches in opened.values():
        run_through(batches)
    later = measuring.in_turns(
        {name: lambda batches=batches: run_through(batches) for name, batches in opened.items()}, options.repeats
    )
    data = "photos" if options.photos else "drawn"
    keep_difference(measuring.name(f"input_difference_{data}", options.keep), paths)
    report(measuring.name(f"input_{data}", options.keep), data, first, later)


WAYS: dict[str, Callable] = {
    OURS: lambda folder: pipeline.image_dataset(folder, (SIDE, SIDE), BATCH, seed=1),
    OURS_ANEW: lambda folder: pipeline.image_dataset(folder, (SIDE, SIDE), BATCH, seed=1, cache=False),
    KERAS: lambda folder: input_keras.image_dataset_from_directory(folder, SIDE, BATCH),
    KERAS_CACHE: lambda folder: input_keras.cached(folder, SIDE, BATCH),
    FLOW: lambda folder: input_keras.flow_from_directory(folder, SIDE, BATCH),
}


def first_epoch(way: Callable, folder: Path) -> Callable[[], int]:
    return lambda: run_through(way(folder))


def run_through(batches) -> int:
    """Every batch once; a generator of Keras goes by number, for it never ends by itself."""
    if hasattr(batches, "__getitem__"):
        return sum(len(batches[number][0]) for number in range(len(batches)))
    return sum(len(pictures) for pictures, _ in batches)


def keep_difference(name: str, paths: list[Path]) -> None:
    """In a table of its own: how far some 300 of our pictures are from a full decode with an antialiased resize."""
    apart = difference(paths[:: max(1, len(paths) // 300)])
    row = {
        "pictures": len(apart),
        "side": SIDE,
        "mean_of_255": f"{apart.mean():.2f}",
        "most_of_255": f"{apart.max():.2f}",
    }
    measuring.show("Our pictures differ from a full decode with an antialiased resize", [row])
    measuring.write(name, [row])


def difference(paths: list[Path]) -> np.ndarray:
    """Mean absolute difference, in 255ths, of each picture from a full decode with an antialiased resize."""
    found = []
    for path in paths:
        with Image.open(path) as picture:
            whole = ImageOps.exif_transpose(picture).convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        found.append(np.abs(pipeline.decode(path, (SIDE, SIDE)).astype(float) - np.asarray(whole)).mean())
    return np.array(found)


def report(name: str, data: str, first: dict, later: dict) -> None:
    rows = [
        {
            "way": way,
            "first epoch": measuring.spread(first[way].wall),
            "later epochs": measuring.spread(later[way].wall),
            "first, a core": measuring.spread(first[way].core),
            "later, a core": measuring.spread(later[way].core),
        }
        for way in first
    ]
    measuring.show(f"Pictures a second, {data}: median (least to most)", rows)

    def ratio(one: measuring.Speeds, other: measuring.Speeds) -> str:
        wall, core = (np.median(getattr(one, c)) / np.median(getattr(other, c)) for c in ("wall", "core"))
        return f"{wall:.1f} (by processor time {core:.1f})"

    print(f"\nfirst epoch against {KERAS}: {ratio(first[OURS], first[KERAS])}")
    print(f"first epoch against {FLOW}: {ratio(first[OURS], first[FLOW])}")
    print(f"later epochs against {KERAS}, uncached: {ratio(later[OURS], later[KERAS])}")
    measuring.write(
        name,
        [
            {"way": way, "epoch": epoch, "repeat": n, "pictures_a_second": round(wall), "a_core_second": round(core)}
            for epoch, found in (("first", first), ("later", later))
            for way, speeds in found.items()
            for n, (wall, core) in enumerate(zip(speeds.wall, speeds.core, strict=True), start=1)
        ],
    )
    measuring.bars(
        name,
        f"First epoch from a folder ({data})",
        "pictures a second; bar: median, strokes: each run",
        {way: speeds.wall for way, speeds in first.items()},
        ours=(OURS, OURS_ANEW),
    )


if __name__ == "__main__":
    main()

"""How the cost grows with the number of pictures and with their size: input and training, in one run.

python benchmarks/scaling.py             # to 2,000 pictures: some minutes
python benchmarks/scaling.py --most 8000 # all: half an hour

The pictures are the drawn set's, linked under other names where there are not enough. In microseconds of processor
time a picture: linear growth is a column that stays level as the number grows. Each size runs in a process of its own,
for its memory.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from shared import measuring

from helpers import datasets, models, picture_cache, pipeline
from helpers.quiet import keras

NUMBERS, SIDES, BATCH = (500, 2000, 8000), (64, 96, 150, 224), 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=2000, help="of the pictures")
    parser.add_argument("--one", nargs=2, metavar=("FOLDER", "SIDE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(Path(options.one[0]), int(options.one[1]))))
        return
    rows = []
    with tempfile.TemporaryDirectory(dir=datasets.load("drawn").train.parent.parent) as work:
        for number in (number for number in NUMBERS if number <= options.most):
            folder = link(Path(work) / str(number), number)
            for side in SIDES:
                command = [sys.executable, __file__, "--one", str(folder), str(side)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                rows.append({"pictures": number, "side": side} | json.loads(done.stdout.splitlines()[-1]))
                print(rows[-1], flush=True)
    measuring.show("Microseconds of processor time a picture", rows)
    measuring.write("scaling", rows)


def link(folder: Path, number: int) -> Path:
    """A folder of so many of the drawn pictures, balanced, again under another name once they are used up."""
    paths = pipeline.image_dataset(datasets.load("drawn").train, (8, 8), shuffle=False, cache=False).paths
    classes = [[path for path in paths if path.parent.name == name] for name in ("cats", "dogs")]
    for place in range(number // 2):
        for those in classes:
            path = those[place % len(those)]
            target = folder / path.parent.name / f"{place}{path.suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, target)
    return folder


def one(folder: Path, side: int) -> dict:
    """A row: the first and a later epoch of the input, an epoch of training, and the most memory taken."""
    picture_cache.FOLDER = folder.parent / "cache"  # no earlier run may help, and nothing may stay
    began = time.process_time()
    batches = pipeline.image_dataset(folder, (side, side), BATCH, seed=1)
    run_through(batches)
    first = time.process_time() - began
    later = spent(lambda: run_through(batches))

    model = models.compact((side, side))
    model.compile(optimizer=keras.optimizers.AdamW(1e-3), loss="binary_crossentropy")
    model.fit(batches.take(2), verbose=0)  # builds the graph
    training = spent(lambda: model.fit(batches, shuffle=False, verbose=0))
    count = len(batches.paths)
    return {
        "input, first epoch": round(1e6 * first / count),
        "input, later": round(1e6 * later / count),
        "training": round(1e6 * training / count),
        "peak memory (MB)": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def run_through(batches: Iterable) -> None:
    for _ in batches:
        pass


def spent(work: Callable[[], object]) -> float:
    """Seconds of processor time, over all cores."""
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()

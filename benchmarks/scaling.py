"""How the cost grows with the number of pictures and with their size: input and training, in one run.

python benchmarks/scaling.py                    # to 2,000 pictures: some minutes
python benchmarks/scaling.py --most 8000 --keep # all: half an hour

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

import numpy as np
from matplotlib import pyplot as plt
from shared import measuring

from helpers import datasets, figures, models, picture_cache, pipeline
from helpers.quiet import keras

NUMBERS, SIDES, BATCH = (500, 2000, 8000), (64, 96, 150, 224), 32
COLOURS = (figures.CAT, figures.DOG, figures.OTHER, figures.GREY)


def main() -> None:
    parser = measuring.parser(__doc__)
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
    name = measuring.name("scaling", options.keep)
    measuring.write(name, rows)
    draw(name, rows)


def draw(name: str, rows: list[dict]) -> None:
    """Time a picture and memory against the number of pictures, a line for each size, both axes by powers."""
    panels = {
        "input, first epoch": "Input, first epoch (µs a picture)",
        "input, later": "Input, later epochs (µs a picture)",
        "training": "Training, an epoch (µs a picture)",
        "peak memory (MB)": "Most memory taken (MB)",
    }
    numbers = sorted({row["pictures"] for row in rows})
    sides = sorted({row["side"] for row in rows})
    figure, axes = plt.subplots(2, 2, figsize=(9, 7), sharex=True)
    for axis, (column, title) in zip(axes.flat, panels.items(), strict=True):
        for side, style, colour in zip(sides, figures.LINES, COLOURS, strict=False):
            values = [row[column] for row in rows if row["side"] == side]
            axis.loglog(numbers, values, style, color=colour, label=f"{side} x {side}")
        values = [row[column] for row in rows]
        ticks = 10 ** np.arange(np.floor(np.log10(min(values))), np.ceil(np.log10(max(values))) + 1)
        axis.set(title=title, ylim=(ticks[0], ticks[-1]))
        axis.set_yticks(ticks, [f"{tick:,.0f}" for tick in ticks])
        axis.set_xticks(numbers, [f"{number:,}" for number in numbers])
        axis.minorticks_off()
    for axis in axes[1]:
        axis.set_xlabel("pictures in the set")
    axes[0, 0].legend(title="pixels", ncols=2)
    figure.suptitle(
        "A level line: a picture costs as much in a large set as in a small one (processor time; log scales)"
    )
    figure.savefig(measuring.RESULTS / f"{name}.png", dpi=100, facecolor="white")
    plt.close(figure)


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

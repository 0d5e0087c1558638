"""How long the search for near copies takes, and how much memory, by the number of pictures; and what it finds.

python benchmarks/cleaning_copies.py                        # drawn pictures, to 100,000: a few minutes
python benchmarks/cleaning_copies.py --photos data/cats_vs_dogs --most 1000000 --keep

The pictures are mixtures of cuttings of two of the folder's, so that they differ as pictures do, and one in a hundred
is a near copy of another: moved by a pixel of 72 and with some noise.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from matplotlib import pyplot as plt
from PIL import Image
from shared import measuring

from helpers import datasets, figures
from helpers.cleaning import duplicates

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
SIDE = 72


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--photos", type=Path, help="a folder of JPEGs")
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--one", nargs=2, metavar=("FILE", "N"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(Path(options.one[0]), int(options.one[1]))))
        return
    folder = options.photos or datasets.load("drawn").train
    rows = []
    with tempfile.TemporaryDirectory() as work:
        greys = Path(work) / "greys.npy"
        np.save(greys, np.stack([grey(path) for path in sorted(folder.rglob("*.jpg"))[:3000]]))
        for size in SIZES:
            if size <= options.most:  # each in a process of its own, for its memory
                command = [sys.executable, __file__, "--one", str(greys), str(size)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                rows.append(json.loads(done.stdout))
                print(rows[-1], flush=True)
    measuring.show("Search for near copies", rows)
    name = measuring.name("cleaning_copies", options.keep)
    measuring.write(name, rows)
    draw(name, rows)


def grey(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX))


def one(greys: Path, size: int) -> dict:
    """Search among so many pictures; a row of the table."""
    hashes, mirrors, smalls, planted = mixtures(np.load(greys), size)
    before = peak()
    start = time.perf_counter()
    core = time.process_time()
    found = {(i, j) for i, j, _ in duplicates.search(hashes, mirrors, smalls.__getitem__)}
    return {
        "pictures": size,
        "seconds": round(time.perf_counter() - start, 2),
        "seconds of one core": round(time.process_time() - core, 2),
        "peak memory (MB)": round(peak()),
        "of it the pictures (MB)": round(before),
        "bits that may differ": duplicates.most_apart(size),
        "planted": len(planted),
        "found": len(planted & found),
        "other pairs": len(found - planted),
    }


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def mixtures(greys: np.ndarray, size: int):
    """Hashes, mirrored hashes, small pictures, and the set of planted pairs (i, j), i < j."""
    rng = np.random.default_rng(0)
    planted = max(1, size // 100)
    hashes, mirrors = (np.empty((size, 2), "uint64") for _ in range(2))
    smalls = np.empty((size, duplicates.SIDE, duplicates.SIDE), "uint8")
    mixed = []
    for k in range(size - planted):
        share = rng.uniform(0.3, 0.7)
        picture = cv2.addWeighted(cutting(greys, rng), share, cutting(greys, rng), 1 - share, 0)
        if k < planted:
            mixed.append(picture)
        put(picture, k, hashes, mirrors, smalls)
    for k in range(planted):
        moved = cv2.copyMakeBorder(mixed[k][1:, 1:], 0, 1, 0, 1, cv2.BORDER_REPLICATE)
        noisy = np.clip(moved + rng.normal(0, 4, moved.shape), 0, 255).astype("uint8")
        put(noisy, size - planted + k, hashes, mirrors, smalls)
    return hashes, mirrors, smalls, {(k, size - planted + k) for k in range(planted)}


def cutting(greys: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A square part, from a third to all of the side, of any of the pictures, as large as a picture."""
    whole, side = greys[rng.integers(len(greys))], int(rng.integers(SIDE // 3, SIDE + 1))
    top, left = rng.integers(0, SIDE - side + 1, 2)
    return cv2.resize(whole[top : top + side, left : left + side], (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def put(picture: np.ndarray, k: int, hashes: np.ndarray, mirrors: np.ndarray, smalls: np.ndarray) -> None:
    hashes[k], mirrors[k], smalls[k] = np.frombuffer(duplicates.look(picture), duplicates.LOOK)[0]


def draw(name: str, rows: list[dict]) -> None:
    """Time and memory against the number of pictures, both axes by powers of ten."""
    numbers = [row["pictures"] for row in rows]
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.2))
    for axis, column in zip(axes, ("seconds of one core", "peak memory (MB)"), strict=True):
        values = [row[column] for row in rows]
        axis.loglog(numbers, values, "o-", color=figures.DOG)
        for number, value in zip(numbers, values, strict=True):
            axis.annotate(f"{value:,.4g}", (number, value), xytext=(-5, 4), textcoords="offset points", ha="right")
        axis.set(xlabel="pictures", title=column, ylim=(min(values) / 2, max(values) * 3))
        axis.margins(x=0.2)
    figure.savefig(measuring.RESULTS / f"{name}.png", dpi=100, facecolor="white")
    plt.close(figure)


if __name__ == "__main__":
    main()

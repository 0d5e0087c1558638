"""How many pictures a second are scanned, against CleanVision and fastdup on the same folder, in one run.

python benchmarks/cleaning.py                                        # drawn pictures, ours alone
python benchmarks/cleaning.py --photos FOLDER --rivals PYTHON        # a folder of class folders; an interpreter that
                                                                     # has cleanvision and fastdup
python benchmarks/cleaning.py --photos data/cats_vs_dogs --rivals PYTHON --many 25000 --keep
python benchmarks/cleaning.py --photos data/cats_vs_dogs --rivals PYTHON --png 600 --keep

Ours does all of it: integrity, channels, names, light, copies and near copies; so do the rivals' default runs, but for
integrity. Each is timed around its work, without the time that its libraries take to load.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from shared import measuring

from helpers import cleaning, datasets

RIVALS = {"CleanVision": "cleaning_cleanvision.py", "fastdup": "cleaning_fastdup.py"}


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--photos", type=Path, help="a folder of class folders, or of splits of them")
    parser.add_argument("--rivals", type=Path, help="an interpreter that has cleanvision and fastdup")
    parser.add_argument("--many", type=int, default=0, help="scan so many cuttings of the pictures, too")
    parser.add_argument("--png", type=int, default=0, help="scan only so many of the pictures, saved as PNG")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    folder = options.photos or datasets.load("drawn").train.parent
    name = "photos" if options.photos else "drawn"
    if options.png:
        with tempfile.TemporaryDirectory() as made:
            save_as_png(folder, Path(made), options.png)
            rows = measure(Path(made), f"{options.png:,} PNG", options.rivals, options.repeats)
        measuring.show("Pictures a second: a scan of the whole folder", rows)
        measuring.write(measuring.name("cleaning_png", options.keep), rows)
        return
    rows = measure(folder, name, options.rivals, options.repeats)
    if options.many:
        with tempfile.TemporaryDirectory() as made:
            cut_many(folder, Path(made), options.many)
            rows += measure(Path(made), f"{options.many:,} at 180 x 180", None, 1)
    measuring.show("Pictures a second: a scan of the whole folder", rows)
    measuring.write(measuring.name(f"cleaning_{name}", options.keep), rows)


def measure(folder: Path, name: str, rivals: Path | None, repeats: int) -> list[dict]:
    """A row for each way: median and range of pictures a second, by the wall and for each second of one core."""
    ways = {"helpers.cleaning": lambda: ours(folder)}
    if rivals:
        ways |= {rival: lambda script=script: theirs(rivals, script, folder) for rival, script in RIVALS.items()}
    found = {way: [] for way in ways}
    for _ in range(repeats):
        for way, run in ways.items():
            found[way].append(run())
    return [row(name, way, found[way], found["helpers.cleaning"]) for way in ways]


def row(name: str, way: str, runs: list[dict], ours: list[dict]) -> dict:
    rates = {key: [run["pictures"] / run[key] for run in runs] for key in ("wall", "core")}
    times = {key: np.median([run["pictures"] / run[key] for run in ours]) / np.median(rates[key]) for key in rates}
    return {
        "pictures": name,
        "way": way,
        "a second": measuring.spread(rates["wall"]),
        "a second of one core": measuring.spread(rates["core"]),
        "seconds in all": f"{np.median([run['wall'] for run in runs]):.1f}",
        "ours is faster by": f"{times['wall']:.1f} (wall), {times['core']:.1f} (core)",
    }


def processor() -> float:
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


def ours(folder: Path) -> dict:
    wall, core = time.perf_counter(), processor()
    pictures = cleaning.scan(folder).pictures
    return {"pictures": pictures, "wall": time.perf_counter() - wall, "core": processor() - core}


def theirs(python: Path, script: str, folder: Path) -> dict:
    command = [str(python), str(Path(__file__).parent / "rivals" / script), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"{script} failed: {done.stderr[-500:]}")
    return json.loads(done.stdout.splitlines()[-1])


def save_as_png(folder: Path, target: Path, count: int) -> None:
    """So many of the folder's JPEGs as PNG, in two classes."""
    for number, path in enumerate(sorted(folder.rglob("*.jpg"))[:count]):
        place = target / ("one", "other")[number % 2] / f"{number}.png"
        place.parent.mkdir(exist_ok=True)
        with Image.open(path) as picture:
            picture.convert("RGB").save(place)


def cut_many(folder: Path, target: Path, count: int) -> None:
    """So many pictures of 180 x 180, each another cutting of one of the folder's, none of them too like another."""
    rng = np.random.default_rng(0)
    paths = sorted(folder.rglob("*.jpg"))
    for number in range(count):
        path = paths[number % len(paths)]
        place = target / path.parent.name / f"{number:06}.jpg"
        place.parent.mkdir(exist_ok=True)
        with Image.open(path) as picture:
            side = int(min(picture.size) * rng.uniform(0.4, 0.7))
            left, top = (int(rng.integers(0, whole - side + 1)) for whole in picture.size)
            part = picture.convert("RGB").crop((left, top, left + side, top + side))
        part.resize((180, 180)).save(place, quality=90)


if __name__ == "__main__":
    main()

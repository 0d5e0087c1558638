"""Spoilt files by the thousand through `labs predict`, by hand: `python tests/soak_predicting.py [files]`.

Each must be answered by a row of its own, a class or an error in one line; and the memory must stay bounded.
"""

import csv
import io
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from cleaning_corpus import exif, good, packed
from cleaning_mutations import mutate, plant

MEGABYTES = 1500  # TensorFlow itself takes half of it


def claim(data: bytes, chance: random.Random) -> bytes:
    """A JPEG whose head says that it is as large as a wall."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + bytes(chance.choice((0xFF, 0x9C, 0x40)) for _ in range(4)) + data[at + 4 :]


def plant_heads(folder: Path, count: int, seed: int) -> None:
    """JPEGs with spoilt camera notes (EXIF), or with a size that is not theirs."""
    chance = random.Random(seed)
    for number in range(count):
        data = packed(good(number, 90, 70), exif=exif(6))
        start, end = data.index(b"Exif"), data.index(b"\xff\xdb")
        notes = mutate(data[start:end], data[start:end], chance)[: end - start].ljust(end - start, b"\0")
        spoilt = claim(data, chance) if number % 2 else data[:start] + notes + data[end:]
        (folder / "cats" / f"head {number:05}.jpg").write_bytes(spoilt)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        plant(Path(place), count * 4 // 5, seed=11)
        plant_heads(Path(place), count - count * 4 // 5, seed=12)
        from helpers import models, training

        training.save(models.compact(), model := Path(place) / "untrained.keras", ["cats", "dogs"])
        paths = sorted(map(str, Path(place).rglob("*.*")))
        paths.remove(str(model))
        done = subprocess.run(
            [sys.executable, "-m", "helpers", "predict", model, *paths], capture_output=True, text=True, check=False
        )
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // (1024 if sys.platform != "darwin" else 2**20)
    assert [row["path"] for row in rows] == paths, done.stderr[-2000:]
    wrong = [row for row in rows if row["class"].startswith("error: ")]
    for row in wrong:
        assert row["path"] in row["class"] and "\n" not in row["class"], row
    assert done.returncode == bool(wrong) and "Traceback" not in done.stderr, done.stderr[-2000:]
    assert most < MEGABYTES, most
    print(
        f"{len(rows):,} spoilt files: {len(rows) - len(wrong):,} answered, {len(wrong):,} named with what is wrong;",
        end=" ",
    )
    print(f"nothing else was said, and {most:,} MB were taken at most.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)

"""A whole set of drawn pictures on disk, the same bytes in every run, and its `truth.csv`."""

import csv
import hashlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image

from helpers import crew
from helpers.drawing.picture import draw_pet
from helpers.errors import InputError
from helpers.progress import progress
from helpers.whole_folder import must_be_new, whole_folder

CLASSES = {"cats": "cat", "dogs": "dog"}
SPLITS = ("train", "validation")
CORNERS = ("x0", "y0", "x1", "y1")
POINTS = ("left_eye", "right_eye", "nose")
COLUMNS = ("path", "class", *CORNERS, *POINTS, "pose", "ears", "coat", "background", "indoors", "lighting", "things",
           "fault")  # fmt: skip
COMMAND = [sys.executable, "-P", "-m", "helpers.drawing.worker"]


def draw_set(folder: str | Path, images: int = 3000, seed: int = 0, faults: bool = False) -> None:
    """Draw `images` pictures into a new folder: two thirds in `train/`, a third in `validation/`, cats and dogs alike.

    Each picture has a random generator of its own, so the same seed gives the same bytes with any number of processes.
    faults: plant what real folders have (see `plant_faults`). The folder appears when all is drawn, or not at all.
    Raises InputError if it is there already and not empty, if it cannot be written, or if fewer than 8 pictures are
    asked for (with faults, 88).
    """
    from helpers.drawing.faults import LEAST, plant_faults  # here, since faults are planted by means of this file

    folder, least = Path(folder), LEAST if faults else 8
    if images < least:
        wanted = "two classes, two splits and every fault" if faults else "two classes and two splits"
        raise InputError(f"{images} pictures are too few for {wanted}; draw at least {least}.")
    must_be_new(folder)
    with whole_folder(folder) as unfinished:
        write_truth(unfinished, draw_all(unfinished, images, seed))
        if faults:
            plant_faults(unfinished, seed)


def plan(images: int, seed: int) -> list[tuple[str, str, list[int]]]:
    """(path, kind, seed of the picture) for every picture of the set, in the order of `truth.csv`."""
    jobs = []
    for split, name in enumerate(SPLITS):
        count = images - images // 3 if split == 0 else images // 3
        for number, (folder, kind) in enumerate(CLASSES.items()):
            first = 0 if split == 0 else images
            for index in range((count + 1 - number) // 2):
                path = f"{name}/{folder}/{kind}.{first + index}.jpg"
                jobs.append((path, kind, [seed, split, number, index]))
    return jobs


def draw_all(folder: Path, images: int, seed: int) -> list[dict]:
    """Draw the whole plan on all cores; the rows of `truth.csv` in its order."""
    jobs = plan(images, seed)
    for path, _, _ in jobs:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    few = crew.worth_starting(None, images) == 1
    rows: list[dict] = [{}] * images
    with (
        progress(total=images, text="drawing") as bar,
        closing(draw_here(folder, jobs) if few else draw_apart(folder, jobs, images, seed)) as drawn,
    ):
        for at, made in drawn:
            rows[at : at + len(made)] = made
            bar.update(len(made))
    return rows


def draw_here(folder: Path, jobs: list) -> Iterator[tuple[int, list[dict]]]:
    """Draw every job in this process: (its place, its row), one after the other."""
    for at, job in enumerate(jobs):
        yield at, [draw_one(folder, *job)]


def draw_apart(folder: Path, jobs: list, images: int, seed: int) -> Iterator[tuple[int, list[dict]]]:
    """Draw every job in processes of their own: (place of the first, rows), as they come."""
    paths = [path for path, _, _ in jobs]
    return crew.lots("draw", folder, paths, undrawn, command=[*COMMAND, str(images), str(seed)])


def undrawn(reason: str) -> InputError:
    return InputError(f"a picture could not be drawn ({reason}); close other programs, then draw again.")


def draw_one(folder: Path, path: str, kind: str, seed: list[int]) -> dict:
    """Draw one picture and write it as a JPEG; its row of the truth."""
    rng = np.random.default_rng(seed)
    picture, truth = draw_pet(kind, rng, paper_size(rng))
    packed = io.BytesIO()
    Image.fromarray(picture).save(packed, "JPEG", quality=int(rng.integers(70, 96)))
    (folder / path).write_bytes(packed.getvalue())
    return {"path": path, "fault": ""} | truth


def paper_size(rng: np.random.Generator) -> tuple[int, int]:
    """Width and height in pixels, between 100 and 500; more often landscape than portrait, as photos are."""
    long = float(np.clip(rng.normal(250, 70), 130, 500))
    short = max(100.0, long * float(rng.choice((0.66, 0.75, 0.8, 1.0), p=(0.2, 0.5, 0.15, 0.15))))
    sides = (round(long), round(short))
    return sides if rng.random() < 0.65 else sides[::-1]


def write_truth(folder: Path, rows: list[dict]) -> None:
    """`truth.csv`, whole or not at all."""
    unfinished = folder / ".truth.csv"
    with open(unfinished, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", restval="")
        writer.writeheader()
        for row in rows:
            points = {name: "{:.0f} {:.0f}".format(*row[name]) if row[name] else "" for name in POINTS}
            writer.writerow(row | points)
    os.replace(unfinished, folder / "truth.csv")


def read_truth(folder: str | Path) -> list[dict]:
    """The rows of `truth.csv` in a folder (or that file itself): numbers as int, points as (x, y), the rest as str.

    Raises InputError if there is none.
    """
    file = Path(folder)
    file = file / "truth.csv" if file.is_dir() else file
    if not file.is_file():
        raise InputError(f"{file}: there is no truth about these pictures; only drawn sets have one.")
    with open(file, newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        for name in CORNERS:
            row[name] = int(row[name]) if row[name] else None
        for name in POINTS:
            row[name] = tuple(int(n) for n in row[name].split()) if row[name] else None
    return rows


def boxes(folder: str | Path) -> list[tuple[float, float, float, float]]:
    """The pets' boxes (left, top, right, bottom) in one split's folder, as fractions of the picture, by path."""
    folder = Path(folder)
    rows = [row for row in read_truth(folder.parent) if row["path"].startswith(f"{folder.name}/")]
    found = []
    for row in sorted(rows, key=lambda row: row["path"]):
        if row["x0"] is None:  # no pet, so no box
            continue
        with Image.open(folder.parent / row["path"]) as picture:
            width, height = picture.size
        found.append((row["x0"] / width, row["y0"] / height, row["x1"] / width, row["y1"] / height))
    return found


def version() -> str:
    """A mark of the drawing code, so that pictures made by another version can be told."""
    code = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in code)).hexdigest()[:16]

"""Lessons run elsewhere: on a folder as a learner has one, with another seed, and no shell and no network.

    python -m helpers.checking.elsewhere [LESSON ...]   # all lessons if none is named; the copies go into build/quick

The folder has another name. Its pictures are drawn from another seed. The classes stand in the other order: dogs, as
`barkers`, come first, cats, as `whiskers`, second. The files bear numbers only, their names end in .JPG or .png, there
is no split, and no truth file. So a lesson that knows its data by heart (a class name, a number of pictures, which
class is 0, a suffix, that truth.csv is there) breaks. `make test` runs all lessons so, `labs check --run` its own.
The pictures stay in build/elsewhere for the next time.
"""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from helpers import cli, drawing, lessons
from helpers.environment import python_path, variable
from helpers.whole_folder import in_turn, whole_folder

CLASSES = {"cats": "whiskers", "dogs": "barkers"}
IMAGES, SEED = 700, 7
QUICK = {"IMAGES": 60, "EPOCHS": 2, "SEEDS": 2}
KNOBS = {**QUICK, "SEED": 5, "PICTURE": 7}
GUARD = lessons.PROJECT / "tests" / "guarded"


def run(chosen: Sequence[str] = ()) -> int:
    """`labs run` of the chosen lessons (all if none), elsewhere; its exit code."""
    taken = {knob for name in chosen or lessons.names() for knob in lessons.parameters_of(lessons.read(name))}
    knobs = {name: str(value) for name, value in KNOBS.items() if name in taken}
    if "DATASET" in taken:
        knobs["DATASET"] = str(pictures())
    words = [word for pair in knobs.items() for word in ("-p", *pair)]
    with variable("PYTHONPATH", python_path(GUARD)):
        return cli.main(["run", *chosen, *words, "--to", str(lessons.BUILD / "quick")])


def pictures() -> Path:
    """The folder. Once drawn it stays, until the code that draws it changes."""
    place = lessons.BUILD / "elsewhere"
    folder = place / mark() / "my_pets"
    with in_turn(place):
        if not folder.is_dir():
            shutil.rmtree(place, ignore_errors=True)  # what was drawn by other code
            with whole_folder(folder) as unfinished:
                draw(unfinished)
    return folder


def mark() -> str:
    """Another one where the code that draws the pictures, or this file, is another."""
    return hashlib.sha256(drawing.version().encode() + Path(__file__).read_bytes()).hexdigest()[:8]


def draw(folder: Path) -> None:
    """Draw the pictures into an empty `folder`."""
    with tempfile.TemporaryDirectory() as scratch:
        drawn = Path(scratch) / "drawn"
        drawing.draw_set(drawn, IMAGES, SEED)
        for kind, name in CLASSES.items():
            (folder / name).mkdir()
            for number, path in enumerate(sorted(drawn.glob(f"*/{kind}/*.jpg")), start=1):
                if number % 3:
                    shutil.move(path, folder / name / f"IMG_{number:04d}.JPG")
                else:
                    Image.open(path).save(folder / name / f"IMG_{number:04d}.png", compress_level=1)


if __name__ == "__main__":
    sys.exit(run([lessons.find(name) for name in sys.argv[1:]]))

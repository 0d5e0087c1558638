"""A folder as a learner has one, for the lessons to run on: another name, other classes, other pictures, no truth file.

    python tests/other_pictures.py build/my_pets

The pictures are drawn from another seed. The classes stand in the other order: dogs, as `barkers`, come first, cats, as
`whiskers`, second. The files bear numbers only, their names end in .JPG or .png, and there is no split. So a lesson
that knows its data by heart (a class name, a number of pictures, which class is 0, a suffix, that truth.csv is there)
breaks.
"""

import shutil
import sys
from pathlib import Path

from PIL import Image

from helpers import drawing

CLASSES = {"cats": "whiskers", "dogs": "barkers"}
IMAGES, SEED = 700, 7


def make(folder: Path) -> None:
    """Draw the pictures into `folder`, anew if it is there from an earlier run."""
    shutil.rmtree(folder, ignore_errors=True)
    drawn = folder.with_name(f"{folder.name}_drawn")
    shutil.rmtree(drawn, ignore_errors=True)
    drawing.draw_set(drawn, IMAGES, SEED)
    for kind, name in CLASSES.items():
        (folder / name).mkdir(parents=True)
        for number, path in enumerate(sorted(drawn.glob(f"*/{kind}/*.jpg")), start=1):
            if number % 3:
                shutil.move(path, folder / name / f"IMG_{number:04d}.JPG")
            else:
                Image.open(path).save(folder / name / f"IMG_{number:04d}.png", compress_level=1)
    shutil.rmtree(drawn)


if __name__ == "__main__":
    make(Path(sys.argv[1]))

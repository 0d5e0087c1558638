"""Makes pets.png, the picture at the top of the README: drawn cats above, drawn dogs below.

python docs/pictures/pets.py     (`make refresh` does it too)
"""

import io
from pathlib import Path

from PIL import Image, ImageOps

from helpers import datasets, lessons

SIDE, GAP, COLUMNS = 152, 8, 6


def main() -> None:
    data = datasets.load("drawn")
    strip = Image.new("RGB", (COLUMNS * (SIDE + GAP) - GAP, 2 * (SIDE + GAP) - GAP), "white")
    for row, name in enumerate(data.class_names):
        for column, path in enumerate(datasets.list_pictures(data.validation / name)[:COLUMNS]):
            with Image.open(path) as picture:
                tile = ImageOps.fit(picture.convert("RGB"), (SIDE, SIDE))
            strip.paste(tile, (column * (SIDE + GAP), row * (SIDE + GAP)))
    packed = io.BytesIO()
    strip.save(packed, "PNG")
    lessons.write_whole(Path(__file__).with_name("pets.png"), lessons.small(packed.getvalue()))


if __name__ == "__main__":
    main()

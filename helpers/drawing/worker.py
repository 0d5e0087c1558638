"""A process that draws pictures of a set for `sets.draw_apart`: `python -m helpers.drawing.worker IMAGES SEED`."""

import sys
from collections.abc import Callable
from pathlib import Path

from helpers.crew.worker import main
from helpers.drawing.sets import draw_one, plan


def artist(images: int, seed: int) -> Callable[[Path], dict | Exception]:
    """A function that draws the picture of that set that belongs at a path: its row of the truth, or what went wrong,
    which is raised on the other side."""
    jobs = {path: (kind, numbers) for path, kind, numbers in plan(images, seed)}

    def draw(place: Path) -> dict | Exception:
        path = "/".join(place.parts[-3:])
        try:
            return draw_one(place.parents[2], path, *jobs[path])
        except Exception as error:  # noqa: BLE001 raised on the other side
            return error

    return draw


if __name__ == "__main__":
    main({"draw": artist(*map(int, sys.argv[1:]))})

"""Where the animal is: rooms and gardens, with a floor for it to stand on. The same for cats and for dogs."""

import numpy as np

from helpers.drawing import gardens, rooms
from helpers.drawing.canvas import Canvas
from helpers.drawing.textures import mottle

INDOORS = tuple(rooms.WALLS_WITH)
OUTDOORS = gardens.PLACES
PLACES = INDOORS + OUTDOORS


def background(rng: np.random.Generator, place: str, height: int, width: int, ground: float) -> Canvas:
    """A painted background; `ground` is where the floor begins, in pixels from above."""
    paper = Canvas(height, width)
    (rooms.room if place in INDOORS else gardens.garden)(paper, rng, place, ground)
    mottle(rng, paper.colour, 32, 0.025)
    return paper

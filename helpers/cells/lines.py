"""What is dark, thin and long: filters that answer to hair cracks, made by hand, for a network that has few cells to
learn them from.

A crack is a pixel or two wide and crosses a cell of 300. A network that is small enough for two cores sees the cell at
half that size, and has no more than some hundred cracks to learn from. These filters look at full size, in 12
directions, and keep the greatest answer of each small square. So what is learned from is small, and no crack is lost.
"""

import cv2
import numpy as np

from helpers.errors import InputError

SIZE, DIRECTIONS = 300, 12
TURNS = np.pi * np.arange(DIRECTIONS) / DIRECTIONS
MAPS = 3 * DIRECTIONS + 3
SLANTING, STEEP = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11], [2, 3, 4, 8, 9, 10]
MARGIN = 40  # how far beyond the edge the filters look; what they see there is the cell mirrored


def maps(cell: np.ndarray) -> np.ndarray:
    """float16 (37, 37, 39): what is found in each square of 8 x 8 pixels of a cell, uint8 (300, 300).

    For each direction three numbers, the greatest of the square: a thin dark line; one that goes on for 16 pixels more;
    one that goes on for 36 more. Then the mean brightness, the same against what lies around, and that of the cell.
    Raises InputError for a cell of another size or type.
    """
    if cell.shape != (SIZE, SIZE) or cell.dtype != np.uint8:
        raise InputError(f"a cell of shape {cell.shape}, {cell.dtype}: the filters fit grey ones of 300 x 300, uint8.")
    light = cell.astype("float32") / 255 + 0.03  # dark cells are noisy: their faint lines count less
    around = light / cv2.GaussianBlur(light, (0, 0), 12) - 1
    wide = cv2.copyMakeBorder(np.clip(around, -0.5, 0.3), *[MARGIN] * 4, cv2.BORDER_REFLECT)
    found = [20 * _squares(one, np.max) for turn in TURNS for one in _lines(wide, turn)]
    patches = light / cv2.GaussianBlur(light, (0, 0), 20) - 1
    found += [4 * _squares(light, np.mean) - 2, 5 * _squares(patches, np.mean)]
    found.append(np.full_like(found[0], 4 * light.mean() - 2))
    return np.clip(np.stack(found, -1), -4, 4).astype("float16")


def _lines(wide: np.ndarray, turn: float) -> list[np.ndarray]:
    """Three pictures (300, 300): how much darker each pixel is than *both* sides, so that the edge of a dark patch is
    no line; and the least of that along ever more of the line, so that a speck is none."""
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-along[1], along[0]])
    smeared = cv2.filter2D(wide, -1, smear(turn, 0.8, 3.5))
    line = np.minimum(_moved(smeared, 3.5 * across), _moved(smeared, -3.5 * across)) - smeared
    longer = np.minimum(line, np.minimum(_moved(line, 8 * along), _moved(line, -8 * along)))
    longest = np.minimum(_moved(longer, 10 * along), _moved(longer, -10 * along))
    return [one[MARGIN:-MARGIN, MARGIN:-MARGIN] for one in (line, longer, longest)]


def smear(turn: float, width: float, length: float, line: bool = False) -> np.ndarray:
    """A small picture to filter with: a mean over a long thin spot; `line`: what is dark there and bright beside it."""
    reach = int(2.5 * length)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype("float32")
    along, across = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
    spot = np.exp(-((along / length) ** 2 + (across / width) ** 2) / 2)
    if not line:
        return (spot / spot.sum()).astype("float32")
    spot *= (across / width) ** 2 - 1
    spot -= spot.mean()
    return (spot / np.abs(spot).sum()).astype("float32")


def _moved(picture: np.ndarray, by: np.ndarray) -> np.ndarray:
    return np.roll(picture, (-round(float(by[1])), -round(float(by[0]))), (0, 1))


def _squares(picture: np.ndarray, of) -> np.ndarray:
    inner = picture[2:298, 2:298]  # 37 squares, as far from each edge, so that a mirrored cell has mirrored squares
    return of(inner.reshape(37, 8, 37, 8), axis=(1, 3))


def numbers(cell: np.ndarray, found: np.ndarray) -> np.ndarray:
    """float32 (672,): the same cell summed up, for a model that takes a row of numbers; where things are is left out.

    How bright it is and how evenly; then, of each filter, how strong its answers are: the strongest, and those that are
    reached in ever more places. found: what `maps` made of the cell.
    """
    light, ridges, places = cell.astype("float32") / 255, _ridges(cell), found[..., : 3 * DIRECTIONS].astype("float32")
    inner = places[2:-2, 2:-2]
    made = [light.mean(), light.std(), np.quantile(light[::3, ::3], [0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])]
    for side, ranks in ((6, [0, 1, 3, 8, 18, 27, 35]), (20, [0, 2, 5, 10, 20])):
        small = cv2.resize(light, (side, side), interpolation=cv2.INTER_AREA)
        made += [np.sort(small.ravel())[ranks] / light.mean(), small.std() / light.mean(), small if side == 6 else []]
    made.append(np.quantile(ridges, [0.1, 0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999], axis=(0, 1)))
    blocks = ridges.reshape(5, 15, 5, 15, -1).max((1, 3)).reshape(25, -1)
    made.append(np.sort(blocks, 0)[[12, 18, 22, 24]])
    made.append(np.quantile(places, [0.5, 0.9, 0.97, 0.99, 1], axis=(0, 1)))
    made.append(np.sort(inner.reshape(-1, 3 * DIRECTIONS), 0)[[-1, -3, -8, -20]])
    for kind in range(3):  # the slanting ones, since the lines that belong to a cell are level or upright
        for directions in (SLANTING, STEEP):
            most = np.sort(inner[..., kind::3][..., directions].max(-1).ravel())
            made.append(most[[-1, -2, -4, -8, -16, -32, -64]])
        made += [(most > 0.4).mean(), (most > 0.8).mean()]
    return np.concatenate([np.ravel(one) for one in made]).astype("float32")


def _ridges(cell: np.ndarray) -> np.ndarray:
    """float32 (75, 75, 20): a softer filter for lines, at full size in 12 directions and at half in 8."""
    light = cell.astype("float32") / 255 + 0.03
    around = light / cv2.GaussianBlur(light, (0, 0), 15) - 1
    half = cv2.resize(around, (SIZE // 2, SIZE // 2), interpolation=cv2.INTER_AREA)
    made = []
    for picture, width, directions, square in ((around, 1.2, 12, 4), (half, 1.4, 8, 2)):
        for turn in np.pi * np.arange(directions) / directions:
            answer = cv2.filter2D(picture, -1, smear(turn, width, 5, line=True), borderType=cv2.BORDER_REFLECT)
            made.append(answer.reshape(75, square, 75, square).max((1, 3)))
    return np.stack(made, -1)


def mirrored(found: np.ndarray) -> np.ndarray:
    """The channels of `maps`, as those of the cell's mirror image: a line that rises falls there. The places are left
    as they are: turn them round, too."""
    order = [3 * (-turn % DIRECTIONS) + one for turn in range(DIRECTIONS) for one in range(3)]
    return found[..., [*order, *range(3 * DIRECTIONS, MAPS)]]

"""Damage that no decoder reports: a JPEG in which bytes were changed, and that decodes all the same.

A JPEG is coded in blocks, row by row, and each tells its brightness as a difference from the block before (ITU-T T.81,
1992). So from a changed byte on, all is too light or too dark: a step that runs along the edges of blocks, from the
place of the damage to the right edge, and one row of blocks lower from the left edge to that place.
"""

import numpy as np

from helpers.cleaning.formats import Frame

# Grey levels. Of 3,000 photos one that is sound came above it (and one in which nobody had seen the damage), of 3,000
# drawn pictures one; of photos with one to eight bytes changed and a visible harm, half: of those much harmed, seven in
# ten.
STEP = 4.0
LEAST = 4  # blocks side by side; fewer tell nothing


def block_of(data: bytes, frame: Frame) -> tuple[int, int]:
    """(height, width) in pixels of what a JPEG codes at a time: 8, or 16 where its colours are coded coarser."""
    if frame.components == 1:
        return 8, 8
    samplings = data[frame.start + 11 : frame.start + 11 + 3 * frame.components : 3]
    return 8 * max((one & 15 for one in samplings), default=1), 8 * max((one >> 4 for one in samplings), default=1)


def tear(grey: np.ndarray, frame: Frame, block: tuple[int, int]) -> float:
    """How high the step is, in grey levels, where such a step is most likely; 0 or less where there is none.

    grey: uint8 (h, w), as decoded, not yet turned, at n / 8 of its size. block: as `block_of` gives it.
    """
    import cv2  # late, as it takes a while to load

    if not (scale := scale_of(grey, frame)):
        return 0.0
    high, wide = (side * scale // 8 for side in block)
    if min(high, wide) < 2:
        return 0.0
    edges, columns = (len(grey) - 2) // high, grey.shape[1] // wide
    if edges < 2 or columns < LEAST:
        return 0.0

    def line(below: int) -> np.ndarray:
        """The line of pixels so far below each edge between two rows of blocks: -1 is the last one above it."""
        return grey[high + below :: high][:edges, : columns * wide]

    def by_block(lines: np.ndarray) -> np.ndarray:
        return cv2.resize(lines, (columns, edges), interpolation=cv2.INTER_AREA)

    across = by_block(cv2.subtract(line(0), line(-1), dtype=cv2.CV_32F))
    within = cv2.max(cv2.absdiff(line(-1), line(-2)), cv2.absdiff(line(1), line(0)))
    within = by_block(within.astype("float32"))
    excess = np.abs(across) - within
    most = np.maximum(excess, 0).sum(axis=1)
    if (most[:-1] + most[1:]).max() < STEP * columns:
        return 0.0
    return max(highest(across - within, excess), highest(-across - within, excess))


def scale_of(grey: np.ndarray, frame: Frame) -> int:
    """At how many eighths of its size a JPEG was decoded; 0 if that cannot be told."""
    for eighths in range(1, 9):
        high, wide = -(-frame.height * eighths // 8), -(-frame.width * eighths // 8)
        if (high, wide) == grey.shape:
            return eighths
    return 0


def highest(signed: np.ndarray, excess: np.ndarray) -> float:
    """The mean step along the likeliest place of damage: to the right of it at one edge, to the left at the next, both
    lighter, or both darker; and none to the left at the first. signed, excess: (edges, blocks)."""
    count = np.arange(1, signed.shape[1])
    left = np.cumsum(signed, axis=1)[:, :-1] / count
    right = np.cumsum(signed[:, ::-1], axis=1)[:, ::-1][:, 1:] / count[::-1]
    before = np.cumsum(excess, axis=1)[:, :-1] / count
    found = np.minimum(np.minimum(right[:-1], left[1:]), right[:-1] - 3 * np.clip(before[:-1], 0, None))
    return float(found[:, 1:-1].max())

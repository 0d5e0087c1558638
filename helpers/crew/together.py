"""What may be decoded while other pictures are, and what waits until fewer are, or none: bounds the memory of all
processes."""

import math
from dataclasses import dataclass

PROCESSES = 16  # at most, if nobody asks for more: with those, all together stay within a gigabyte
ROOM = 900_000_000  # bytes for all of them; the caller takes the rest of the gigabyte
ITSELF = 40_000_000  # bytes that a process takes before it holds a picture
PIXEL = 17  # bytes for each pixel of a picture that is decoded and flattened on white
PIXELS = 26_000_000  # that all processes together may hold whole, however few they are: 0.45 GB
BYTES = 4  # of a file, that count as a pixel: it may be held in four copies
WHOLE_PICTURES = ("mend",)  # tasks of which the answers are large


class Later(Exception):
    """Too large to be looked at beside so many others."""


@dataclass(frozen=True)
class PutOff:
    """The answer about such a file."""


def share(processes: int) -> float:
    """Pixels that each of so many processes may hold whole: fewer in all where many processes fill the room by
    themselves, but never less than a quarter of PIXELS; infinite for 0, where no other picture is decoded."""
    if not processes:
        return math.inf
    left = (ROOM - ITSELF * processes) / PIXEL
    return min(max(left, PIXELS / 4), PIXELS) / processes


def wait_if_large(pixels: float, most: float) -> None:
    """Raise Later for more pixels than `most`: the share of a process, infinite where no other decodes."""
    if pixels > most:
        raise Later

"""What may be decoded while other pictures are, and what waits until fewer are, or none: bounds the memory of all
processes."""

from dataclasses import dataclass

# Pixels that all processes together may hold whole: some 17 bytes for each of them while it is decoded and flattened
# on white, so 0.45 GB, beside the 40 MB that a process takes anyway.
PIXELS = 26_000_000
BYTES = 4  # of a file, that count as a pixel: it may be held in four copies
WHOLE_PICTURES = ("mend",)  # tasks of which the answers are large


class Later(Exception):
    """Too large to be looked at beside so many others."""


@dataclass(frozen=True)
class PutOff:
    """The answer about such a file."""


def wait_if_large(pixels: float, most: float) -> None:
    """Raise Later for more pixels than `most`: the share of a process, infinite where no other decodes."""
    if pixels > most:
        raise Later

"""Files spoilt at random: bytes changed, cut off, or put together from two files, in four formats."""

import random
from pathlib import Path

from cleaning_corpus import good, packed

KINDS = {
    "jpg": lambda picture: packed(picture),
    "jpeg": lambda picture: packed(picture, progressive=True),
    "png": lambda picture: packed(picture, "PNG"),
    "gif": lambda picture: packed(picture, "GIF"),
    "webp": lambda picture: packed(picture, "WEBP"),
}


def mutate(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """One of: a few bytes changed anywhere, or near the start; the end cut off; a part cut out; two files spliced."""
    way, spoilt = chance.randrange(5), bytearray(data)
    if way < 2:
        reach = len(data) if way else min(len(data), 700)
        for _ in range(chance.randint(1, 12)):
            spoilt[chance.randrange(reach)] = chance.randrange(256)
    elif way == 2:
        del spoilt[chance.randrange(len(data)) :]
    elif way == 3:
        start = chance.randrange(len(data))
        del spoilt[start : start + chance.randint(1, 300)]
    else:
        spoilt[chance.randrange(len(data)) :] = other[chance.randrange(len(other)) :]
    return bytes(spoilt)


def plant(folder: Path, count: int, seed: int = 0) -> None:
    """Write so many spoilt files, and a few good ones, into folder/{cats,dogs}."""
    chance = random.Random(seed)
    for number in range(count + 4):
        suffix = chance.choice(list(KINDS))
        data = KINDS[suffix](good(number, 90, 70))
        if number >= 4:
            data = mutate(data, KINDS[chance.choice(list(KINDS))](good(number + 1, 90, 70)), chance)
        path = folder / ("cats", "dogs")[number % 2] / f"{number:05}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

"""Near copies: pictures that show the same, made smaller, compressed again, slightly cropped, or mirrored.

Two pictures are compared only if their hashes agree in all bits of one of many tables, each of other bits (P. Indyk,
R. Motwani, "Approximate nearest neighbors", 1998): sorting finds those, so no square matrix of all pairs is ever held.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from helpers.progress import progress

SIDE = 24  # pixels of the small grey picture on which two are compared in the end
BITS = 128
TABLES = 48
MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], "uint64")  # odd, so that no bit is lost in a product
BLOCK = 2048  # pairs compared at a time
NEIGHBOURS = 50  # compared with each in a crowd of equals: enough to chain the crowd together
# Correlation of two small pictures, and of their fine parts, once one is cropped to fit the other. Of 2,400 pairs of
# unlike pictures with the most similar hashes, photos and drawn, none had more than 0.90 and 0.77 at once; copies made
# smaller, brighter, compressed again and cropped by up to 8 % had 0.86 and 0.81 at least.
CLOSE, FINE = 0.86, 0.79
POSSIBLE = 0.4  # correlation before cropping, below which no crop helps
IN_MEMORY = 64 * 2**20  # bytes of small pictures, some 116,000; more of them wait on disk


# What is kept of a picture for comparing: two hashes, and a small grey picture.
LOOK = np.dtype([("hash", "u8", 2), ("mirrored", "u8", 2), ("small", "u1", (SIDE, SIDE))])


def look(grey: np.ndarray) -> bytes:
    """One LOOK, as bytes, which travel between processes faster than arrays. grey: uint8 (h, w), upright."""
    import cv2

    def shrunk(whole: np.ndarray, width: int, height: int) -> np.ndarray:
        return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)

    grey = shrunk(grey, 72, 72)  # 8, 9 and 24 all divide it
    right, below = shrunk(grey, 9, 8), shrunk(grey, 8, 9)
    hashes = difference_hash(right, below), difference_hash(right[:, ::-1], below[:, ::-1])
    return b"".join(hashes) + shrunk(grey, SIDE, SIDE).tobytes()


def difference_hash(right: np.ndarray, below: np.ndarray) -> np.ndarray:
    """16 bytes: for each of 64 fields, is the next one to the right brighter? And the next one below? (D. Krawetz,
    "Kind of Like That", 2013.) right: uint8 (8, 9). below: uint8 (9, 8)."""
    bits = np.concatenate([(right[:, 1:] > right[:, :-1]).ravel(), (below[1:] > below[:-1]).ravel()])
    return np.packbits(bits).tobytes()


class Looks:
    """The looks of many pictures, each put at its place: hashes in memory, 32 bytes a picture, and of the small
    pictures, which are seldom asked for, no more than IN_MEMORY; the others go to a temporary file."""

    def __init__(self, count: int):
        self.known = np.zeros(count, bool)
        self.hashes, self.mirrors = (np.zeros((count, 2), "uint64") for _ in range(2))
        self.file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 lives as long as this object

    def put(self, at: int, look: bytes) -> None:
        one = np.frombuffer(look, LOOK)[0]
        self.known[at], self.hashes[at], self.mirrors[at] = True, one["hash"], one["mirrored"]
        self.file.seek(at * SIDE**2)
        self.file.write(one["small"].tobytes())

    def smalls(self, places: np.ndarray) -> np.ndarray:
        """uint8 (n, SIDE, SIDE) for n places."""
        read = bytearray()
        for at in places:
            self.file.seek(at * SIDE**2)
            read += self.file.read(SIDE**2)
        return np.frombuffer(read, "u1").reshape(-1, SIDE, SIDE)

    def near_pairs(self, places: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
        """(i, j, mirrored) for those of `places` that show nearly the same, i before j, in their order."""
        at = np.array(places, "int64")
        if len(at) > 1:
            for i, j, mirrored in search(self.hashes[at], self.mirrors[at], lambda some: self.smalls(at[some])):
                yield places[i], places[j], mirrored


def search(
    hashes: np.ndarray, mirrors: np.ndarray, smalls: Callable[[np.ndarray], np.ndarray]
) -> Iterator[tuple[int, int, bool]]:
    """(i, j, mirrored) for pictures i < j that show nearly the same, in order. In a crowd of likes not every pair is
    named, but each but the first is named with one before it.

    hashes, mirrors: uint64 (n, 2). smalls: gives the small pictures, uint8 (m, SIDE, SIDE), for m places.
    """
    pairs = candidates(hashes, mirrors, most_apart(len(hashes)))
    for start in range(0, len(pairs), BLOCK):
        i, j, mirrored = pairs[start : start + BLOCK].T
        ones, others = smalls(i), smalls(j)
        others = np.where(mirrored[:, None, None], others[:, :, ::-1], others)
        plain = (standardised(flat(ones)) * standardised(flat(others))).sum(axis=1)
        for k in np.nonzero(plain > POSSIBLE)[0]:
            if same_scene(ones[k], others[k]):
                yield int(i[k]), int(j[k]), bool(mirrored[k])


def most_apart(count: int) -> int:
    """How many bits may differ among so many pictures. Twice as many make four times as many pairs of unlike ones, and
    2 bits fewer let through about 2 in 5 of these: so the number to look at closely grows slowly.

    What it costs: of photos cropped by up to 6 % at each edge, made smaller and compressed again, 99.9 % differ in at
    most 32 bits (as let through up to 8,000 pictures), 96 % in 24 (100,000), and three in four in 18 (1,000,000)."""
    return int(np.clip(32 - 2 * np.log2(count / 8000), 12, 32))


def candidates(hashes: np.ndarray, mirrors: np.ndarray, apart: int) -> np.ndarray:
    """int64 (pairs, 3): i, j, mirrored, i < j, in order, for hashes that differ in `apart` bits at most. hashes,
    mirrors: uint64 (n, 2).

    A pair that differs in b bits is found unless all tables miss it, each of them twice, since two mirrored pictures
    are as alike as the two themselves: (1 - (1 - b / 128) ** width) ** (2 TABLES).
    """
    count, rng = len(hashes), np.random.default_rng(0)
    everything = np.concatenate([hashes, mirrors])
    width = min(24, max(8, int(np.log2(count)) + 1))
    found = [np.empty(0, "int64")]
    for _ in progress(range(TABLES), text="seeking copies", unit="rounds"):
        chosen = np.isin(np.arange(BITS), rng.choice(BITS, width, replace=False))
        found.append(equal_neighbours(everything, np.packbits(chosen).view("uint64"), apart))
        if len(found) > 8:
            found = [np.unique(np.concatenate(found))]
    codes = np.unique(np.concatenate(found))
    place = codes % (2 * count)
    return np.stack([codes // (2 * count), place % count, place >= count], axis=1)


def equal_neighbours(everything: np.ndarray, chosen: np.ndarray, apart: int) -> np.ndarray:
    """int64: `2 n i + j` for pairs that have all chosen bits in common and are alike in the others; j + n where one of
    the two is mirrored. everything: the hashes of n pictures, then of the mirrored ones, uint64 (2 n, 2)."""
    count, found = len(everything) // 2, []
    room = np.uint64(len(everything).bit_length())  # for the place, below the bits mixed into one
    mixed = (everything[:, 0] & chosen[0]) * MIXERS[0] ^ (everything[:, 1] & chosen[1]) * MIXERS[1]
    mixed = mixed >> room << room
    mixed |= np.arange(len(everything), dtype="uint64")
    mixed.sort()  # numbers by themselves are sorted several times faster than places by numbers
    order = (mixed & ((np.uint64(1) << room) - np.uint64(1))).astype("int64")
    mixed >>= room
    starts = np.arange(len(mixed))
    for step in range(1, NEIGHBOURS + 1):
        starts = starts[: np.searchsorted(starts, len(mixed) - step)]
        starts = starts[mixed[starts] == mixed[starts + step]]
        if not len(starts):
            break
        a, b = order[starts], order[starts + step]
        near = np.bitwise_count(everything[a] ^ everything[b]).sum(axis=1) <= apart
        a, b = a[near], b[near]
        i, j = np.minimum(a % count, b % count), np.maximum(a % count, b % count)
        found.append((2 * count * i + j + count * ((a < count) != (b < count)))[i < j])
    return np.concatenate(found) if found else np.empty(0, "int64")


def windows() -> np.ndarray:
    """float32 (9, SIDE, SIDE): matrices that stretch 84 to 100 % of a line of SIDE pixels to all of it."""
    made = []
    for start in (0, 0.04, 0.08):
        for end in (1, 0.96, 0.92):
            places = start * SIDE + (np.arange(SIDE) + 0.5) * (end - start) - 0.5
            places = np.clip(places, 0, SIDE - 1)
            low = np.minimum(places.astype(int), SIDE - 2)
            matrix = np.zeros((SIDE, SIDE), "float32")
            matrix[np.arange(SIDE), low] = 1 - (places - low)
            matrix[np.arange(SIDE), low + 1] = places - low
            made.append(matrix)
    return np.stack(made)


WINDOWS = windows()
SUMS = WINDOWS.sum(axis=1)
SQUARES = (WINDOWS.transpose(0, 2, 1) @ WINDOWS).reshape(9, -1)


def same_scene(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two small pictures, uint8 (SIDE, SIDE), correlate as they are, or with one cropped to fit the other: on
    the whole and in what is fine in them, so that two of half black and half white are not alike for that."""
    ones, others = (small - small.mean(dtype="float32") for small in (one, other))
    plain = float(ones.ravel() @ others.ravel()) / float(np.linalg.norm(ones) * np.linalg.norm(others) + 1e-6)
    return (plain >= CLOSE and finely_alike(one, other)) or fits(ones, others) or fits(others, ones)


def fits(whole: np.ndarray, part: np.ndarray) -> bool:
    """Whether `part` is alike to the crop of `whole` that correlates best with it. Both float32 with mean 0."""
    rows = WINDOWS @ whole  # each crop is rows[a] @ WINDOWS[b].T; the 81 of them are never made to be compared
    products = (part.T @ rows).reshape(9, -1) @ WINDOWS.reshape(9, -1).T
    squares = (rows.transpose(0, 2, 1) @ rows).reshape(9, -1) @ SQUARES.T
    sums = rows.sum(axis=1) @ SUMS.T
    spread = np.sqrt(np.maximum(squares - sums**2 / SIDE**2, 1e-6)) * np.linalg.norm(part) + 1e-6
    likeness = products / spread
    best = int(likeness.argmax())
    return likeness.flat[best] >= CLOSE and finely_alike(rows[best // 9] @ WINDOWS[best % 9].T, part)


def finely_alike(one: np.ndarray, other: np.ndarray) -> bool:
    return float(fine(one) @ fine(other)) >= FINE


def fine(small: np.ndarray) -> np.ndarray:
    """float32 (SIDE ** 2,): what differs from the surroundings, strong edges held back, standardised."""
    import cv2

    small = small.astype("float32")
    rest = small - cv2.GaussianBlur(small, (0, 0), 2)
    return standardised(np.clip(rest / (np.median(np.abs(rest)) + 1), -3, 3).ravel())


def flat(smalls: np.ndarray) -> np.ndarray:
    return smalls.reshape(len(smalls), -1)


def standardised(values: np.ndarray) -> np.ndarray:
    """float32, with mean 0 and length 1 along the last axis, so that a product of two is their correlation."""
    values = values.astype("float32")
    values = values - values.mean(axis=-1, keepdims=True)
    return values / (np.linalg.norm(values, axis=-1, keepdims=True) + 1e-6)

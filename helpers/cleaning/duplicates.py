"""Copies and near copies: by the digest of the bytes, and by likeness of small grey pictures."""

from collections.abc import Iterator

import numpy as np

# Between unlike photos 29 bits of 128 and more differ, and correlations stay below 0.77 (125,000 pairs of photos);
# copies that were made smaller, compressed again and cropped by a fiftieth differ in 4 to 8 bits, at 0.88 and more.
ALIKE = 18
CLOSE = 0.82
ROWS = 1024  # pictures compared with all others at a time: bounds the memory to a few megabytes


def difference_hash(small: np.ndarray) -> np.ndarray:
    """uint64 (2,): for each of 64 fields, is the next one to the right brighter? And the next one below? (D. Krawetz,
    "Kind of Like That", 2013.) small: uint8 (64, 64)."""
    import cv2

    right = cv2.resize(small, (9, 8), interpolation=cv2.INTER_AREA)
    below = cv2.resize(small, (8, 9), interpolation=cv2.INTER_AREA)
    bits = np.concatenate([(right[:, 1:] > right[:, :-1]).ravel(), (below[1:] > below[:-1]).ravel()])
    return np.packbits(bits).view("uint64")


def near_pairs(smalls: list[np.ndarray]) -> Iterator[tuple[int, int, bool]]:
    """(i, j, mirrored) for every two pictures, i < j, that show nearly the same. smalls: uint8 (64, 64) each.

    Hashes are compared block by block, so that no square matrix of all pairs is ever held.
    """
    if len(smalls) < 2:
        return
    hashes = np.stack([difference_hash(small) for small in smalls])
    mirrors = np.stack([difference_hash(np.ascontiguousarray(small[:, ::-1])) for small in smalls])
    tiny = np.stack([standardised(small) for small in smalls])
    tiny_mirrored = np.stack([standardised(small[:, ::-1]) for small in smalls])
    for start in range(0, len(smalls), ROWS):
        for mirrored, others, looks in ((False, hashes, tiny), (True, mirrors, tiny_mirrored)):
            block = hashes[start : start + ROWS]
            apart = np.zeros((len(block), len(others)), "uint8")
            for word in (0, 1):
                apart += np.bitwise_count(block[:, word, None] ^ others[None, :, word])
            for row, j in zip(*np.nonzero(apart <= ALIKE), strict=True):
                i = start + int(row)
                if i < j and float(tiny[i] @ looks[j]) > CLOSE:
                    yield i, int(j), mirrored


def standardised(small: np.ndarray) -> np.ndarray:
    """float32 (1024,): a 32 x 32 copy with mean 0 and length 1, so that a product of two is their correlation."""
    import cv2

    values = cv2.resize(np.ascontiguousarray(small), (32, 32), interpolation=cv2.INTER_AREA).astype("float32").ravel()
    values -= values.mean()
    return values / (np.linalg.norm(values) + 1e-6)

"""Colours that rooms, gardens and things share, as red, green and blue in 0..255."""

import numpy as np

CLOTHS = ((128, 76, 70), (84, 104, 122), (108, 118, 86), (156, 132, 92), (110, 90, 112), (160, 100, 66))
GREENS = ((104, 128, 70), (86, 112, 62), (126, 138, 82), (74, 98, 66))
SKIN = ((226, 180, 148), (198, 146, 110), (140, 96, 70), (96, 66, 50), (236, 200, 176))


def one_of(rng: np.random.Generator, options: tuple):
    """One of `options`, each as likely as the others."""
    return options[rng.integers(len(options))]


def mixed(rng: np.random.Generator, colour, spread: float, tint: float = 9) -> np.ndarray:
    """A colour near `colour`: lighter or darker by `spread`, and of another tint by so many grey levels."""
    return np.clip(np.asarray(colour) * (1 + rng.uniform(-spread, spread)) + rng.normal(0, tint, 3), 0, 255)

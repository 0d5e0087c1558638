"""Noise, made once a process and then cut out of large tiles: blots, hairs, grain."""

from functools import cache

import cv2
import numpy as np

TILE = 1024  # pixels a side; pictures have no more than 500
HAIR_TURNS = (60, 75, 90, 105, 120)  # the ways fur may lie, in degrees


@cache
def noise_tile(grain: int) -> np.ndarray:
    """float32 (1024, 1024), mean 0 and spread 1: smooth noise whose blots are about `grain` pixels wide."""
    side = TILE // grain
    small = np.random.default_rng(grain).standard_normal((side, side), "float32")
    big = cv2.resize(small, (TILE, TILE), interpolation=cv2.INTER_CUBIC) if grain > 1 else small
    return (big - big.mean()) / big.std()


@cache
def hair_tile(turn: int) -> np.ndarray:
    """float32 (1024, 1024), mean 0 and spread 1: fine noise drawn out along `turn` degrees, like combed hair."""
    brush = np.zeros((13, 13), "float32")
    way = 5.5 * np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    cv2.line(brush, *(tuple(int(v) for v in np.round((6 + sign * way) * 16)) for sign in (-1, 1)), 1, 1, cv2.LINE_8, 4)
    noise = np.random.default_rng(turn).standard_normal((TILE, TILE), "float32")
    combed = cv2.filter2D(noise, -1, brush)
    return (combed - combed.mean()) / combed.std()


@cache
def _shades(kind: str, grain: int, spread: float) -> np.ndarray:
    """uint8 (1024, 1024, 3): a tile around 128, `spread` of which is the noise's own spread."""
    noise = (hair_tile if kind == "hair" else noise_tile)(grain)
    return cv2.cvtColor(np.clip(128 + 128 * spread * noise, 0, 255).astype("uint8"), cv2.COLOR_GRAY2RGB)


def cut(rng: np.random.Generator, tile: np.ndarray, height: int, width: int) -> np.ndarray:
    """A random piece (height, width) of a tile."""
    y, x = rng.integers(0, TILE - height), rng.integers(0, TILE - width)
    return tile[y : y + height, x : x + width]


def noise(rng: np.random.Generator, height: int, width: int, grain: int) -> np.ndarray:
    """float32 (height, width): a random piece of the noise of that grain."""
    return cut(rng, noise_tile(grain), height, width)


def mottle(rng: np.random.Generator, colour: np.ndarray, grain: int, spread: float) -> None:
    """Make a picture (H, W, 3) lighter and darker in blots of that grain, in place; `spread` as a fraction."""
    cv2.multiply(colour, cut(rng, _shades("noise", grain, spread), *colour.shape[:2]), colour, 1 / 128)


def comb(rng: np.random.Generator, fur: np.ndarray, turn: int, spread: float) -> None:
    """Draw hairs that lie along `turn` degrees into fur (H, W, 3), in place."""
    cv2.multiply(fur, cut(rng, _shades("hair", turn, spread), *fur.shape[:2]), fur, 1 / 128)


def add_grain(rng: np.random.Generator, colour: np.ndarray, strength: float) -> np.ndarray:
    """The picture with a camera's grain, `strength` grey levels of spread."""
    grain = cut(rng, _shades("noise", 1, 0.25), *colour.shape[:2])  # a spread of 32 grey levels
    return cv2.addWeighted(colour, 1, grain, strength / 32, -4 * strength)

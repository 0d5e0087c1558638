"""Which pictures look unlike their class."""

from pathlib import Path

import numpy as np


def describe(path: Path) -> np.ndarray | None:
    return None

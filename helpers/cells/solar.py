"""The real solar cells: 2,624 photos with the judgement of experts, out of the package elpv-dataset, if installed.

Buerhop-Lutz et al. 2018 (EU PVSEC, 10.4229/35thEUPVSEC20182018-5CV.3.15). Licence: CC BY-NC-SA 4.0, so the photos stay
in the data folder of whoever installed them, and no figure of them is saved in this project.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from helpers.cells.labels import write_set
from helpers.errors import InputError
from helpers.progress import progress

LICENCE = "CC BY-NC-SA 4.0: name the authors, no commercial use, share alike"
INSTALL = 'pip install -e ".[solar]"'


def read_package() -> tuple[list[Path], list[str], list[float]]:
    """The photos, "mono" or "poly", and the probability of a defect, in the order of the package.

    Raises InputError where the package is not installed.
    """
    found = importlib.util.find_spec("elpv_dataset")
    if found is None:
        raise InputError(
            f"solar_cells: the photos come with the package elpv-dataset (90 MB), which is not installed; in the "
            f"project's folder, run `{INSTALL}` (licence {LICENCE})."
        )
    folder = Path(next(iter(found.submodule_search_locations))) / "data"
    try:
        rows = [line.split() for line in (folder / "labels.csv").read_text().splitlines() if line.strip()]
        paths, chances, kinds = zip(*rows, strict=True)
        return [folder / path for path in paths], list(kinds), [float(one) for one in chances]
    except (OSError, ValueError) as error:
        raise InputError(
            f"solar_cells: the package elpv-dataset is not as expected ({error}); install 1.0.0."
        ) from None


def lay_out(folder: Path, seed: int = 0) -> None:
    """The photos as train/ and validation/ in a folder that is there; another seed, another split."""
    paths, kinds, chances = read_package()
    defects: Sequence[float] = [round(one, 2) for one in chances]
    write_set(folder, kinds, defects, progress(paths, text="copying"), seed)

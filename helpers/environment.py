"""What Python runs in: says what to do where it, or a package, is not the one that the lessons were tested with."""

from __future__ import annotations  # so that an old Python gets as far as our message

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import metadata
from pathlib import Path

from helpers.errors import InputError

PYTHONS = ((3, 11), (3, 13))
INSTALL = "run `pip install -r requirements.txt` in the project's folder (or `rm .venv/ready`, then `make .venv`)"


@contextmanager
def variable(name: str, value: str) -> Iterator[None]:
    """The variable of the surroundings has that value meanwhile, also for processes that begin then."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name) if before is None else os.environ.update({name: before})


@contextmanager
def shared_cores(many: int) -> Iterator[None]:
    """So many processes that begin meanwhile and run at once share the cores, in NumPy and in TensorFlow: else the
    threads of one wait for those of the others, busily. Where fewer threads are set already, it stays so."""
    share = max(1, (os.cpu_count() or 1) // many)
    with ExitStack() as surroundings:
        for name in ("OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
            already = os.environ.get(name, "")
            fewer = min(share, int(already)) if already.isdecimal() and int(already) else share
            surroundings.enter_context(variable(name, str(fewer)))
        yield


def python_path(first: Path) -> str:
    """PYTHONPATH for a process that is to look into the folder `first` before all else."""
    return os.pathsep.join(filter(None, (str(first), os.environ.get("PYTHONPATH"))))


def check(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raise InputError on a Python that is too old or too new, and where a package is missing or out of its range."""
    oldest, newest = PYTHONS
    if not oldest <= tuple(version) <= newest:
        raise InputError(
            f"This is Python {version[0]}.{version[1]}; the lessons run on {oldest[0]}.{oldest[1]} to "
            f"{newest[0]}.{newest[1]}: install one of those, then {INSTALL}."
        )
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError:
        raise InputError(f"The package packaging is missing: {INSTALL}.") from None
    for needed in map(Requirement, requirement_lines()):
        if needed.marker and not needed.marker.evaluate():
            continue
        try:
            have = metadata.version(needed.name)
        except metadata.PackageNotFoundError:
            raise InputError(f"The package {needed.name} is missing: {INSTALL}.") from None
        if not needed.specifier.contains(have, prereleases=True):
            raise InputError(f"The package {needed.name} is {have}, and {needed.specifier} is needed: {INSTALL}.")


def requirement_lines() -> list[str]:
    """The lines of `requirements.txt` that name a package; none where only the package itself is installed."""
    file = Path(__file__).resolve().parent.parent / "requirements.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    bare = (line.split("#")[0].strip() for line in lines)
    return [line for line in bare if line and not line.startswith("-")]

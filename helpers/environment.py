"""Says what to do where Python or a package is not the one that the lessons were tested with."""

import re
import sys
from importlib import metadata
from pathlib import Path

from helpers.errors import InputError

PYTHONS = ((3, 11), (3, 13))
INSTALL = "run `pip install -r requirements.txt` in the project's folder (`make .venv` does it for you)"


def check(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raise InputError on a Python that is too old or too new, and where a package is missing or out of its range."""
    oldest, newest = PYTHONS
    if not oldest <= tuple(version) <= newest:
        raise InputError(
            f"This is Python {version[0]}.{version[1]}; the lessons run on {oldest[0]}.{oldest[1]} to "
            f"{newest[0]}.{newest[1]}: install one of those, then {INSTALL}."
        )
    for name, ranges in requirements().items():
        try:
            have = metadata.version(name)
        except metadata.PackageNotFoundError:
            raise InputError(f"The package {name} is missing: {INSTALL}.") from None
        if not inside(have, ranges):
            raise InputError(f"The package {name} is {have}, and {ranges} is needed: {INSTALL}.")


def requirements() -> dict[str, str]:
    """Package -> range, for the lines of `requirements.txt` that hold on every system; {} where there is no such file."""
    file = Path(__file__).resolve().parent.parent / "requirements.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    found = (re.match(r"([A-Za-z][\w.-]*)([<>=][^\s;#]*)\s*(?:#|$)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def inside(version: str, ranges: str) -> bool:
    """Whether a version such as "2.0.1" lies in ranges such as ">=2.0,<3"."""
    have = numbers(version)
    for sign, bound in re.findall(r"(>=|<)([\d.]+)", ranges):
        if (have >= numbers(bound)) != (sign == ">="):
            return False
    return True


def numbers(version: str) -> tuple[int, ...]:
    """'2.10.1rc1' -> (2, 10, 1), without the zeros at its end, so that 2.0 and 2 are the same."""
    found = [int(part) for part in re.match(r"[\d.]*", version)[0].strip(".").split(".") if part]
    while found and found[-1] == 0:
        found.pop()
    return tuple(found)

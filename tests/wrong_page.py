"""The page "When it goes wrong", taken apart, and what the files beside this one need to bring its messages about.

An entry of the page is a heading, and under it either a message, which a function in `SAYS` brings about, or a few
lines of code with what they print: these are run as they stand, with the names that a function in `GIVEN` lays out
for them.
"""

import re
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from helpers import lessons

TEXT = (lessons.PROJECT / "docs" / "pages" / "wrong.md").read_text(encoding="utf-8")
SAYS, GIVEN = {}, {}


@dataclass(frozen=True)
class Entry:
    """A symptom on the page: what stands under its heading, the lines of code (or none), and what is said."""

    text: str
    code: str
    said: str


def entries():
    found = {}
    for part in re.split(r"^### ", TEXT, flags=re.M)[1:]:
        heading, text = part.split("\n", 1)
        blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", text, re.S | re.M))
        found[heading] = Entry(text, blocks.get("python", ""), blocks.get("text", "").strip())
    return found


ENTRIES = entries()


def says(heading):
    """Register the function that brings about the message under this heading, and returns what was said."""
    return lambda function: SAYS.setdefault(heading, function)


def given(heading):
    """Register the function that returns the names which the code under this heading uses."""
    return lambda function: GIVEN.setdefault(heading, function)


def error_of(call):
    """What a traceback ends with: the kind of the error and its words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Exception) as caught:
            call()
    return re.sub(r"\x1b\[\d+m", "", f"{caught.type.__name__}: {caught.value}")


def warning_of(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return "\n".join(f"{one.category.__name__}: {one.message}" for one in caught)


def pictures(folder, **classes):
    """A folder with so many small pictures in each class folder, no two alike."""
    rng = np.random.default_rng(len(str(folder)) + sum(classes.values()))
    for name, count in classes.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            noise = rng.integers(0, 255, (30, 40, 3), dtype="uint8")
            Image.fromarray(noise).save(folder / name / f"{number}.jpg")
    return folder

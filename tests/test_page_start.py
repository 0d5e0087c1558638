"""The start page says of few pictures what was measured."""

import csv
import re

import pytest

from helpers.lessons import PROJECT

TEXT = (PROJECT / "docs" / "pages" / "start.md").read_text(encoding="utf-8")
with open(PROJECT / "benchmarks" / "results" / "own_folders.csv", newline="", encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "told"), [("pets", "drawn pets"), ("solar cells", "drawn solar cells"), ("digits", "handwritten digits")]
)
def test_how_often_few_pictures_were_enough(name, told):
    (row,) = re.findall(rf"^\| {told}.* \| (.*) \| (.*) \|$", TEXT, re.M)
    for each, said in zip(("20", "100"), row, strict=True):
        found = sorted(int(one["it is"].split("%")[0]) for one in ROWS if (one["set"], one["each"]) == (name, each))
        assert said == f"{found[0]} to {found[-1]} %"


def test_how_often_the_interval_held_the_truth():
    held = [one["within its interval"] for one in ROWS].count("yes")
    assert f"in {held} of these {len(ROWS)} trials" in TEXT

"""The page of peers: what it says that ours has is there."""

import csv
import re

from helpers import activations, attribution, channel_card, widgets
from helpers.lessons import PROJECT

ROOMS = {"activations": activations, "attribution": attribution, "channel_card": channel_card, "widgets": widgets}
TEXT = (PROJECT / "docs" / "pages" / "peers.md").read_text(encoding="utf-8")


def test_every_function_that_the_page_names_is_there():
    named = re.findall(r"`(\w+)\.(\w+)`", TEXT)
    assert len(named) >= 9
    assert [name for name in named if not hasattr(ROOMS[name[0]], name[1])] == []


def test_every_source_is_linked_and_every_link_is_used():
    used = set(re.findall(r"\]\[([\w-]+)\]", TEXT))
    assert used == set(re.findall(r"^\[([\w-]+)\]: https://\S+$", TEXT, re.M))


def test_rows_are_whole():
    for table in re.findall(r"(?:^\|.*\|\n)+", TEXT, re.M):
        assert len({row.count("|") for row in table.splitlines()}) == 1, table


def test_how_soon_it_answers_is_what_was_measured():
    with open(PROJECT / "benchmarks" / "results" / "looking.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 11
    for row in rows:
        unit, times = ("ms", 1000) if float(row["asked_seconds"]) < 1 else ("s", 1)
        asked = f"{times * float(row['asked_seconds']):.0f} {unit}"
        shown = [
            f"{times * float(row[f'{kind}_median']):.0f} {unit} (most {times * float(row[f'{kind}_most']):.0f})"
            for kind in ("wall", "core")
        ]
        assert " | ".join([row["what"], asked, *shown]) in TEXT

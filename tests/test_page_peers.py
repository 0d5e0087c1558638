"""The page of peers: what it says that ours has is there."""

import re

from helpers import activations, attribution, channel_card
from helpers.lessons import PROJECT

ROOMS = {"activations": activations, "attribution": attribution, "channel_card": channel_card}
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

"""Which of several copies goes: the later one of a class, the one outside training, or both if their classes differ."""

from collections import defaultdict
from collections.abc import Sequence

from helpers.cleaning.duplicates import Looks
from helpers.cleaning.facts import Facts
from helpers.cleaning.walking import TRAINING, Place, Row


def find_copies(
    places: Sequence[Place], labels: Sequence[str], facts: Sequence[Facts], looks: Looks, usable: Sequence[bool]
) -> list[Row]:
    """(path, fault, detail) of each copy or near copy among the usable pictures, once a picture; and of what stays in
    training and has a copy elsewhere.

    labels: the class of each, after decisions. looks: of those that were decoded, at their places. Of copies in one
    class that one stays which comes first by `rank`.
    """
    rows: dict[int, Row] = {}
    stay: dict[int, Row] = {}

    def rank(k: int) -> tuple:
        """In training, with more pixels, with a shorter name: "cat 1.jpg" rather than "cat 1 copy.jpg"."""
        return places[k].split.lower() not in TRAINING, -facts[k].pixels, len(places[k].path), k

    def say(i: int, j: int, same: str, near: str) -> None:
        first, second = sorted((i, j), key=rank)
        if labels[first] != labels[second]:
            for one, other in ((first, second), (second, first)):
                rows.setdefault(one, (places[one].path, "copy across classes", f"{near}of {places[other].path}"))
        else:
            across = places[first].split != places[second].split
            fault = "copy across splits" if across else same
            rows.setdefault(second, (places[second].path, fault, f"{near}of {places[first].path}"))
            if across:
                stay.setdefault(first, (places[first].path, "copied across splits", f"{near}of {places[second].path}"))

    groups = defaultdict(list)
    for k in sorted((k for k in range(len(places)) if usable[k]), key=rank):
        groups[facts[k].digest].append(k)
    for first, *others in groups.values():
        for other in sorted(others, key=lambda k: labels[k] == labels[first]):  # those that need a person go before
            say(first, other, "copy", "")
    seen = [group[0] for group in groups.values() if looks.known[group[0]]]
    for i, j, mirrored in looks.near_pairs(seen):
        say(i, j, "near copy", "mirrored, " if mirrored else "")
    return [*rows.values(), *(row for k, row in stay.items() if k not in rows)]

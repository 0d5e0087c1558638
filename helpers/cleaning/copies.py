"""Which of several copies goes: the later one of a class, the one outside training, or both if their classes differ."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from helpers.cleaning.duplicates import near_pairs
from helpers.cleaning.facts import Facts
from helpers.cleaning.walking import TRAINING, Place, Row


def find_copies(
    places: Sequence[Place], labels: Sequence[str], facts: Sequence[Facts], usable: Sequence[bool]
) -> list[Row]:
    """(path, fault, detail) of each copy or near copy among the usable pictures, once a picture.

    labels: the class of each, after decisions.
    """
    rows: dict[int, Row] = {}

    def say(i: int, j: int, same: str, near: str) -> None:
        first, second = sorted((i, j), key=lambda k: (places[k].split.lower() not in TRAINING, k))
        if labels[first] != labels[second]:
            for one, other in ((first, second), (second, first)):
                rows.setdefault(one, (places[one].path, "copy across classes", f"{near}of {places[other].path}"))
        else:
            fault = "copy across splits" if places[first].split != places[second].split else same
            rows.setdefault(second, (places[second].path, fault, f"{near}of {places[first].path}"))

    groups = defaultdict(list)
    for i in range(len(places)):
        if usable[i]:
            groups[facts[i].digest].append(i)
    for i, j in exact_pairs(groups.values(), places, labels):
        say(i, j, "copy", "")
    seen = sorted(group[0] for group in groups.values() if facts[group[0]].look is not None)
    for i, j, mirrored in near_pairs([facts[k].look for k in seen]):
        say(seen[i], seen[j], "near copy", "mirrored, " if mirrored else "")
    return list(rows.values())


def exact_pairs(groups, places: Sequence[Place], labels: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Two at a time: each other of a group with its first, those of another class first, since these need a person."""
    for group in groups:
        group.sort(key=lambda k: (places[k].split.lower() not in TRAINING, k))
        others = sorted(group[1:], key=lambda k: (labels[k] == labels[group[0]], k))
        yield from ((group[0], other) for other in others)

"""Which of several copies goes: the later one of a class, the one outside training, or both if their classes differ."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from helpers.cleaning.duplicates import Looks
from helpers.cleaning.facts import Facts
from helpers.cleaning.layout import Row, is_training
from helpers.cleaning.walking import Place


def find_copies(
    places: Sequence[Place], labels: Sequence[str], facts: Sequence[Facts], looks: Looks, usable: Sequence[bool]
) -> list[Row]:
    """(path, fault, detail) of each copy or near copy among the usable pictures, once a picture; and of what stays in
    training and has a copy elsewhere.

    labels: the class of each, after decisions. looks: of those that were decoded, at their places. Of copies in one
    class that one stays which comes first in `ranked`.
    """
    rows: dict[int, Row] = {}
    stay: dict[int, Row] = {}

    order = ranked(places, facts)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))

    def say(i: int, j: int, same: str, near: str) -> None:
        first, second = sorted((i, j), key=rank.__getitem__)
        if labels[first] != labels[second]:
            for one, other in ((first, second), (second, first)):
                rows.setdefault(one, (places[one].path, "copy across classes", f"{near}of {places[other].path}"))
        else:
            across = places[first].split != places[second].split
            fault = "copy across splits" if across else same
            rows.setdefault(second, (places[second].path, fault, f"{near}of {places[first].path}"))
            if across:
                stay.setdefault(first, (places[first].path, "copied across splits", f"{near}of {places[second].path}"))

    firsts: dict[bytes, int] = {}
    others: dict[bytes, list[int]] = defaultdict(list)
    for k in order.tolist():
        if usable[k] and firsts.setdefault(facts[k].digest, k) != k:
            others[facts[k].digest].append(k)
    for digest, same in others.items():
        first = firsts[digest]
        for other in sorted(same, key=lambda k: labels[k] == labels[first]):  # those that need a person go before
            say(first, other, "copy", "")
    seen = [first for first in firsts.values() if looks.known[first]]
    del firsts, others, order  # the search needs the memory
    for i, j, mirrored in looks.near_pairs(seen):
        say(i, j, "near copy", "mirrored, " if mirrored else "")
    return [*rows.values(), *(row for k, row in stay.items() if k not in rows)]


def ranked(places: Sequence[Place], facts: Sequence[Facts]) -> np.ndarray:
    """int64: places in the order in which copies stay. In training, with more pixels, with a shorter name: "cat 1.jpg"
    rather than "cat 1 copy.jpg". An array, for a million tuples to sort by would take much memory."""
    outside = np.array([not is_training(place.split) for place in places])
    pixels = np.array([one.pixels for one in facts], "int64")
    return np.lexsort((np.array([len(place.path) for place in places]), -pixels, outside))

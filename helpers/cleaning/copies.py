"""Which of several copies goes: the later one of a class, the one outside training, or both if their classes differ."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from helpers.cleaning.duplicates import Looks
from helpers.cleaning.facts import Facts
from helpers.cleaning.walking import Place
from helpers.layout import Row, is_training


def find_copies(
    places: Sequence[Place],
    labels: Sequence[str],
    facts: Sequence[Facts],
    looks: Looks,
    usable: Sequence[bool],
    near: bool = True,
) -> list[Row]:
    """(path, fault, detail) of each copy or near copy among the usable pictures, once a picture for copies in its class
    and once for those in others; and of what stays and has a copy in another part of the split.

    labels: the class of each, after decisions. looks: of those that were decoded, at their places. near: seek near
    copies, too. Of copies in one class that one stays which comes first in `ranked`.
    """
    rows: dict[tuple[int, bool], Row] = {}  # of a picture and of whether its copy is of another class
    stay: dict[int, Row] = {}

    order = ranked(places, facts)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))

    def say(i: int, j: int, same: str, near: str) -> None:
        first, second = sorted((i, j), key=rank.__getitem__)
        if labels[first] != labels[second]:
            for one, other in ((first, second), (second, first)):
                rows.setdefault(
                    (one, True), (places[one].path, "copy across classes", f"{near}of {places[other].path}")
                )
        else:
            across = places[first].split != places[second].split
            fault = "copy across splits" if across else same
            rows.setdefault((second, False), (places[second].path, fault, f"{near}of {places[first].path}"))
            if across:
                stay.setdefault(first, (places[first].path, "copied across splits", f"{near}of {places[second].path}"))

    firsts: dict[bytes, int] = {}
    others: dict[bytes, list[int]] = defaultdict(list)
    for k in order.tolist():
        if usable[k] and firsts.setdefault(facts[k].digest, k) != k:
            others[facts[k].digest].append(k)
    for digest, same in others.items():
        first = firsts[digest]
        of_class = {labels[first]: first}
        for other in same:
            say(first, other, "copy", "")
            if (mine := of_class.setdefault(labels[other], other)) not in (first, other):
                say(mine, other, "copy", "")
    seen = [first for first in firsts.values() if near and looks.known[first]]
    del firsts, others, order  # the search needs the memory
    for i, j, mirrored in looks.near_pairs(seen):
        say(i, j, "near copy", "mirrored, " if mirrored else "")
    return [*rows.values(), *(row for k, row in stay.items() if not {(k, True), (k, False)} & rows.keys())]


def ranked(places: Sequence[Place], facts: Sequence[Facts]) -> np.ndarray:
    """int64: places in the order in which copies stay. In training, with more pixels, in colour rather than of one
    channel, with a shorter name: "cat 1.jpg" rather than "cat 1 copy.jpg". An array, for a million tuples to sort by
    would take much memory."""
    outside = np.array([not is_training(place.split) for place in places])
    pixels = np.array([one.pixels for one in facts], "int64")
    grey = np.array([is_grey(one) for one in facts])
    return np.lexsort((np.array([len(place.path) for place in places]), grey, -pixels, outside))


def is_grey(facts: Facts) -> bool:
    """Whether its file has no channels of colour, by what `judge_channels` noted of its mode, as in L, LA or I;16."""
    return any(name in ("grey", "16 bit", "transparent") and mode[0] in "LIF1" for name, mode in facts.faults)

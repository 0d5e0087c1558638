"""A folder -> a report: every file inspected on all cores, then copies found among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from helpers.cleaning import elsewhere
from helpers.cleaning.copies import find_copies
from helpers.cleaning.decisions import DROP, KEEP
from helpers.cleaning.duplicates import Looks
from helpers.cleaning.facts import Facts
from helpers.cleaning.faults import DECIDE, FAULTS, HOPELESS, LEAVE_OUT
from helpers.cleaning.faults import KEEP as KEEP_ANYWAY
from helpers.cleaning.report import Finding, Report
from helpers.cleaning.walking import Place, walk
from helpers.names import portable

if TYPE_CHECKING:
    from concurrent.futures import Executor


def scan(folder: str | Path, workers: int | None = None, executor: Executor | None = None, near: bool = True) -> Report:
    """Everything in `folder` that would break or spoil a training. The folder is only read, each file once
    but for those so large that they wait until others are done.

    folder: holds class folders, or splits (such as train and validation) of class folders. workers: processes;
    one a core if not given, 16 at most, which stay below a gigabyte together; each more takes 40 MB. executor: who
    looks in place of processes here, such as Dask's `client.get_executor()`; what its workers need stands in
    `elsewhere`. The report is the same for any of them. near: seek near copies; without, only copies of the same
    bytes, for pictures that are alike by nature, such as digits, scans, or cells of one solar panel.
    Raises InputError if there is no such folder, or no class folder in it, or a worker cannot do its part.
    """
    return examine(Path(folder), {}, workers, executor, near).report


@dataclass
class Examined:
    """All that is known of a folder. facts: one for each of `places`."""

    places: list[Place]
    facts: list[Facts]
    report: Report


def examine(
    folder: Path,
    decisions: Mapping[str, str],
    workers: int | None,
    executor: Executor | None = None,
    near: bool = True,
) -> Examined:
    """Look at every file; what a person decided goes before the default actions, and counts when copies are sought.

    decisions: {path: "keep", "drop", or a class}, each about a file of the folder.
    """
    places, rows = walk(folder)
    facts, looks = inspect_all(folder, places, workers, executor)
    for place, one in zip(places, facts, strict=True):
        if portable(name := PurePosixPath(place.path).name) != name:
            one.add("odd name", repr(name))
        rows += [(place.path, *fault) for fault in one.faults]
    usable = [is_usable(decisions.get(place.path), one) for place, one in zip(places, facts, strict=True)]
    labels = [decided_label(decisions.get(place.path), place) for place in places]
    rows += find_copies(places, labels, facts, looks, usable, near)
    findings = [Finding(*row, settled(row[1], decisions.get(row[0]))) for row in rows]
    return Examined(places, facts, Report(findings, len(places)))


def inspect_all(
    folder: Path, places: list[Place], workers: int | None, executor: Executor | None = None
) -> tuple[list[Facts], Looks]:
    """The Facts of every file, in order, and their looks."""
    facts: list = [None] * len(places)
    looks = Looks(len(places))

    def take(at: int, one: Facts) -> None:
        facts[at] = one
        if one.look is not None:
            looks.put(at, one.look)
            one.look = None

    def crashed(reason: str) -> Facts:
        return Facts().add("crashes", reason)

    work = elsewhere.hands(executor)
    work("inspect", folder, [place.path for place in places], take, crashed, workers)
    return facts, looks


def is_usable(decision: str | None, facts: Facts) -> bool:
    """Whether a picture will stand in a clean copy, if it is nobody's copy."""
    faults = {fault for fault, _ in facts.faults}
    if decision == DROP or faults & HOPELESS:
        return False
    return decision is not None or not any(FAULTS[fault].action == LEAVE_OUT for fault in faults)


def decided_label(decision: str | None, place: Place) -> str:
    return place.label if decision in (None, KEEP, DROP) else decision


def settled(fault: str, decision: str | None) -> str:
    """The action for a fault of a picture, once a person has decided or not.

    Who says to which class a picture belongs has not said that there may be two of it.
    """
    action = FAULTS[fault].action
    if decision is None or fault in HOPELESS:
        return action
    if decision == DROP:
        return LEAVE_OUT
    if decision != KEEP and fault in ("copy", "near copy", "copy across splits"):
        return action
    return KEEP_ANYWAY if action in (LEAVE_OUT, DECIDE) else action

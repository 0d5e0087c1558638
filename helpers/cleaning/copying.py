"""The clean copy: what is good is copied byte for byte, what can be mended is mended, the rest is left out."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from helpers.cleaning import elsewhere
from helpers.cleaning.decisions import DROP, KEEP, check_classes
from helpers.cleaning.faults import DECIDE, FAULTS, HOPELESS, LEAVE_OUT, REPAIR
from helpers.cleaning.mending import SUFFIX, Mended
from helpers.cleaning.reading import digest_of, read
from helpers.cleaning.report import Finding, Report
from helpers.cleaning.scanning import Examined, decided_label, examine
from helpers.cleaning.walking import listing, walk
from helpers.errors import InputError
from helpers.names import composed, portable, same_name, shortened
from helpers.progress import progress
from helpers.whole_folder import whole_folder

if TYPE_CHECKING:
    from concurrent.futures import Executor


def clean(
    folder: str | Path,
    destination: str | Path,
    decisions: Mapping[str, str] | None = None,
    links: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    near: bool = True,
) -> Report:
    """Write a clean copy of `folder`; the folder itself is only read. Returns what was found.

    Every file of the copy has three channels of 8 bits, stands upright and decodes to its end. The copy is made beside
    the destination and gets its name when it is whole.
    decisions: {path: "keep", "drop" or another class}, which go before the default action of a finding.
    links: make hard links of the files that need no change, where the disk can: they take no room. But such a file is
        the original itself under a second name: the system counts one link more of the original and notes when that
        came (its ctime), and who writes into it afterwards, rather than replace it, changes both.
    executor: who looks and mends in place of processes here, as in `scan`; the copy itself is written from here.
    near: leave near copies out, too, as in `scan`.

    Raises InputError if the destination is there already or lies inside the folder or around it, if it cannot be
    written, or if a decision is about no picture here, names no class, or keeps what cannot be decoded.
    """
    folder, destination = Path(folder), Path(destination)
    check_destination(folder, destination)
    decisions = checked(decisions or {}, folder)
    found = examine(folder, decisions, workers, executor, near)
    check_kept(found, decisions, folder)
    with whole_folder(destination) as unfinished:
        jobs = list(plan(found, decisions))
        lost = mend_all(folder, unfinished, [job for job in jobs if job.mend], workers, executor)
        lost += copy_all(folder, unfinished, [job for job in jobs if not job.mend], links)
        lost += emptied(found, unfinished, jobs)
    return Report([*found.report, *lost], found.report.pictures)


def check_destination(folder: Path, destination: Path) -> None:
    """Raise InputError unless the copy can be made there without touching anything."""
    if destination.is_symlink() or destination.is_file():  # before it is resolved, which would read the link
        raise InputError(f"{destination}: is there already and is not overwritten; choose another place.")
    here, there = folder.resolve(), destination.resolve()
    if there.is_relative_to(here):
        raise InputError(f"{destination}: lies inside {folder}, which is only read; choose a place outside it.")
    if here.is_relative_to(there):
        raise InputError(f"{destination}: holds {folder}, which is only read; choose a place outside it.")
    if destination.is_dir() and listing(destination):
        raise InputError(f"{destination}: is there already and is not overwritten; choose another place.")


def checked(decisions: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The decisions with paths and classes as they are spelt here: on another system, accents may be stored otherwise.

    Raises InputError for one about no picture or no class.
    """
    places = walk(folder)[0] if decisions else []
    paths = {composed(place.path): place.path for place in places} | {place.path: place.path for place in places}
    labels = {same_name(place.label): place.label for place in places}
    check_classes(labels.values(), folder)
    found = {}
    for named, decision in decisions.items():
        path = paths.get(named, paths.get(composed(named)))
        if path is None:
            raise InputError(f"{named}: a decision about a picture that is not in {folder}; take the row out.")
        if decision not in (KEEP, DROP) and same_name(decision) not in labels:
            known = ", ".join(sorted(labels.values()))
            raise InputError(f"{path}: decided to be {decision!r}, which is no class here; take keep, drop or {known}.")
        decision = decision if decision in (KEEP, DROP) else labels[same_name(decision)]
        if found.setdefault(path, decision) != decision:
            raise InputError(f"{named}: decided in two ways, by names that differ in how accents are stored; keep one.")
    return found


def check_kept(found: Examined, decisions: Mapping[str, str], folder: Path) -> None:
    for finding in found.report:
        if finding.fault in HOPELESS and decisions.get(finding.path, DROP) != DROP:
            raise InputError(
                f"{finding.path}: a decision keeps it, but there is no whole picture in it ({finding.fault}); "
                "change the row to drop."
            )


@dataclass(frozen=True)
class Job:
    """source: path in the folder. target: path in the copy. digest: of the bytes that were looked at."""

    source: str
    target: str
    mend: bool
    digest: bytes


def plan(found: Examined, decisions: Mapping[str, str]) -> Iterator[Job]:
    """What goes where, in the order of the paths. No two names in a folder differ by case alone."""
    actions, taken = defaultdict(set), defaultdict(set)
    for finding in found.report:
        actions[finding.path].add(finding.action)
    for place, facts in zip(found.places, found.facts, strict=True):
        decision, wanted = decisions.get(place.path), actions[place.path]
        if decision == DROP or wanted & {LEAVE_OUT, DECIDE}:
            continue
        mend = REPAIR in wanted
        inner = PurePosixPath(place.path).parts[2 if place.split else 1 :]
        stem, suffix = os.path.splitext("_".join(map(portable, inner)))
        label = PurePosixPath(place.split) / decided_label(decision, place)
        name = free(stem, SUFFIX["JPEG" if facts.kind == "JPEG" else "PNG"] if mend else suffix, taken[label])
        yield Job(place.path, str(label / name), mend, facts.digest)


def free(stem: str, suffix: str, taken: set[str]) -> str:
    """A name that is not taken, and takes it."""
    stem = portable(stem) or "picture"
    name, number = f"{shortened(stem, len(suffix))}{suffix}", 2
    while same_name(name) in taken:
        name, number = f"{shortened(stem, len(suffix) + 10)}_{number}{suffix}", number + 1
    taken.add(same_name(name))
    return name


def mend_all(
    folder: Path, target: Path, jobs: list[Job], workers: int | None, executor: Executor | None
) -> list[Finding]:
    """Write the mended pictures. Returns findings about those that could not be mended after all."""
    lost = []

    def write(at: int, answer: Mended) -> None:
        if answer.data is None:
            lost.append(finding(jobs[at].source, "crashes", f"while being mended: {answer.reason}"))
        elif answer.digest != jobs[at].digest:
            lost.append(finding(jobs[at].source, "unreadable", "changed while it was looked at"))
        else:
            put(answer.data, target / jobs[at].target)

    paths = [job.source for job in jobs]
    work = elsewhere.hands(executor)
    work("mend", folder, paths, write, lambda reason: Mended(None, reason=reason), workers, "mending")
    return lost


def copy_all(folder: Path, target: Path, jobs: list[Job], links: bool) -> list[Finding]:
    """Copy or link the pictures that are good as they are. Returns findings about those that went away or changed."""
    lost = []
    for job in progress(jobs, text="copying"):
        try:
            data = read(folder / job.source)
        except OSError as error:
            lost.append(finding(job.source, "unreadable", error.strerror or type(error).__name__))
            continue
        if digest_of(data) != job.digest:
            lost.append(finding(job.source, "unreadable", "changed while it was looked at"))
        elif not (links and linked(folder / job.source, target / job.target)):
            put(data, target / job.target)
    return lost


def put(data: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:  # never into what is there: where links are made, that may be an original
        file.write(data)


def linked(source: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without links
        return False
    return True


def emptied(found: Examined, target: Path, jobs: list[Job]) -> list[Finding]:
    """Findings about classes of which nothing came into the copy."""
    written = {str(PurePosixPath(job.target).parent) for job in jobs if (target / job.target).exists()}
    due = {str(PurePosixPath(place.split) / place.label) for place in found.places}
    return [finding(path, "empty class", "nothing of it is left") for path in sorted(due - written)]


def finding(path: str, fault: str, detail: str) -> Finding:
    return Finding(path, fault, detail, FAULTS[fault].action)

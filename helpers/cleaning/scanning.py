"""A folder -> a report: every file inspected on all cores, then copies found among them."""

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from helpers.cleaning.duplicates import near_pairs
from helpers.cleaning.faults import FAULTS, LEAVE_OUT
from helpers.cleaning.inspecting import Facts, inspect
from helpers.cleaning.report import Finding, Report
from helpers.cleaning.walking import Place, walk
from helpers.progress import progress

FEW = 400  # fewer files than this are looked at here: starting processes would take longer
CHUNK = 32


def scan(folder: str | Path, workers: int | None = None) -> Report:
    """Everything in `folder` that would break or spoil a training. The folder is only read, each file once.

    folder: holds class folders, or splits (such as train and validation) of class folders. workers: processes, all
    cores if not given. The report is the same for any number of them.
    Raises InputError if there is no such folder, or no class folder in it.
    """
    places, findings = walk(folder)
    facts = inspect_all(Path(folder), places, workers)
    rows = [finding(*found) for found in findings]
    for place, one in zip(places, facts, strict=True):
        rows += [finding(place.path, *fault) for fault in one.faults]
    rows += [finding(*found) for found in find_copies(places, facts)]
    return Report(rows, len(places))


def finding(path: str, fault: str, detail: str = "") -> Finding:
    return Finding(path, fault, detail, FAULTS[fault].action)


def inspect_all(folder: Path, places: list[Place], workers: int | None) -> list[Facts]:
    """The Facts of every place, in order."""
    paths = [folder / place.path for place in places]
    workers = workers or os.cpu_count() or 1
    bar, facts = progress(total=len(paths), text="looking"), []
    with bar:
        for one in map(inspect, paths) if workers == 1 or len(paths) < FEW else in_processes(paths, workers):
            facts.append(one)
            bar.update(1)
    return facts


def in_processes(paths: list[Path], workers: int) -> Iterator[Facts]:
    """Inspect on several cores. A file over which a process breaks down costs its own row, not the scan."""
    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    done = 0
    while done < len(chunks):
        # New interpreters, not forks: a fork of a process in which TensorFlow's threads run can hang.
        with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
            try:
                for facts in pool.map(inspect_chunk, chunks[done:]):
                    yield from facts
                    done += 1
            except BrokenProcessPool:
                pass
        if done < len(chunks):
            yield from one_by_one(chunks[done])
            done += 1


def inspect_chunk(paths: list[Path]) -> list[Facts]:
    import cv2

    cv2.setNumThreads(1)  # the processes share the cores between them
    return [inspect(path) for path in paths]


def one_by_one(paths: list[Path]) -> Iterator[Facts]:
    """Each file in a process of its own, to find the one that breaks it."""
    for path in paths:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            try:
                yield pool.submit(inspect, path).result()
            except BrokenProcessPool:
                yield Facts().add("crashes", "the process ended")


def find_copies(places: list[Place], facts: list[Facts]) -> Iterator[tuple[str, str, str]]:
    """(path, fault, detail) of copies: the later of two in one class and split, the one outside `train`, or both."""
    usable = [i for i, one in enumerate(facts) if not any(FAULTS[f].action == LEAVE_OUT for f, _ in one.faults)]
    groups = defaultdict(list)
    for i in usable:
        groups[facts[i].digest].append(i)
    said = set()

    def say(i: int, j: int, same: str, near: str) -> Iterator[tuple[str, str, str]]:
        first, second = sorted((i, j), key=lambda k: (places[k].split not in ("", "train"), k))
        a, b = places[first], places[second]
        if a.label != b.label:
            for one, other in ((a, b), (b, a)):
                if one.path not in said:
                    said.add(one.path)
                    yield one.path, "copy across classes", f"{near}of {other.path}"
        elif b.path not in said:
            said.add(b.path)
            yield b.path, "copy across splits" if a.split != b.split else same, f"{near}of {a.path}"

    for group in groups.values():
        for i in group[1:]:
            yield from say(group[0], i, "copy", "")
    firsts = sorted(group[0] for group in groups.values() if facts[group[0]].small is not None)
    for i, j, mirrored in near_pairs([facts[k].small for k in firsts]):
        yield from say(firsts[i], firsts[j], "near copy", "mirrored, " if mirrored else "")

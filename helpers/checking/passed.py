"""A lesson that passed when it was run is not run again until something changes that its run depends on.

So a change of a lesson's texts is checked in seconds: what CI says of the run, it has said.
"""

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path

from helpers import lessons
from helpers.checking.lesson import Finding, Lesson
from helpers.whole import write_whole

FOLDERS = ("helpers", "tests/guarded", "benchmarks/results")  # what lessons import, what guards them, longer runs
FILES = ("notebooks/conftest.py", "pyproject.toml", "requirements.txt")


def or_found(lesson: Lesson, run: Callable[[Lesson], Sequence[Finding]], again: bool = False) -> list[Finding]:
    """What `run` finds; nothing, without running it, where it found nothing before and all is as it was then.

    again: run it in any case.
    """
    now, before = mark(lesson), remembered().get(lesson.name, {})
    if before.get("mark") == now and not again:
        print(f"{lesson.name}: passed when it was run ({before['when']}), and has other texts at most; not run again.")
        return []
    found = list(run(lesson))
    kept = remembered()
    kept.pop(lesson.name, None)
    if not found and mark(Lesson(lesson.path)) == now:  # nor was it edited meanwhile
        kept[lesson.name] = {"mark": now, "when": f"{datetime.now():%Y-%m-%d %H:%M}"}
    memory().parent.mkdir(exist_ok=True)
    write_whole(memory(), json.dumps(kept, indent=1).encode())
    return found


def memory() -> Path:
    return lessons.BUILD / "passed.json"


def remembered() -> dict[str, dict[str, str]]:
    """Of each lesson that passed, by name: the mark that it had, and when. Nothing where the file is damaged."""
    try:
        kept = json.loads(memory().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def mark(lesson: Lesson) -> str:
    """Another one where the lesson's code, tags or outputs are others, or anything else that its run depends on."""
    made = hashlib.sha256()
    for part in (cells(lesson), sorted(contents()), sorted(data()), sorted(packages()), machine()):
        made.update(json.dumps(part).encode())
    return made.hexdigest()


def cells(lesson: Lesson) -> list[list]:
    return [[cell.source, cell.tags, cell.outputs] for cell in lesson.code]


def contents() -> Iterator[tuple[str, str]]:
    """Each file that lessons work with, and what is in it."""
    found = [path for folder in FOLDERS for path in (lessons.PROJECT / folder).rglob("*")]
    found += [lessons.PROJECT / name for name in FILES]
    for path in found:
        if path.is_file() and "__pycache__" not in path.parts and not path.stem.endswith("_small"):  # a quick look
            yield str(path.relative_to(lessons.PROJECT)), hashlib.sha256(path.read_bytes()).hexdigest()


def data() -> Iterator[tuple[str, int, int]]:
    """Each picture that they may look at: thousands, so that size and time must do. What a run itself lays out there,
    as the one elsewhere does with its own folder, is made of these."""
    folder = lessons.PROJECT / "data"
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).parts[0] != "splits":
            about = path.stat()
            yield str(path.relative_to(lessons.PROJECT)), about.st_size, about.st_mtime_ns


def packages() -> Iterator[str]:
    for one in metadata.distributions():
        yield f"{one.metadata['Name']} {one.version}"


def machine() -> tuple:
    return platform.python_version(), platform.machine(), os.cpu_count()

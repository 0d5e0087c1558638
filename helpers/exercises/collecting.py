"""The exported progress of a class in one table: who tried what, and which wrong answers were common. Without names:
learners are numbers, in the order of the files. What a file says is shown on one line, without control characters."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from helpers import exercises
from helpers.errors import InputError
from helpers.exercises import progress
from helpers.names import to_cell
from helpers.whole import must_be_free, write_whole

COLUMNS = ("learner", "exercise", "status", "tries", "hints", "said", "times")
COMMON = 3  # of what was said most, for each exercise
MOST = 10**9  # tries; no one makes more

Records = list[dict[str, dict]]  # one a learner, as in `progress.read`


def distinct(files: Sequence[Path]) -> list[Path]:
    """Each file once, however often it is given, in the order in which they first are."""
    found: dict[Path, Path] = {}
    for file in files:
        found.setdefault(file.resolve(), file)
    return list(found.values())


def read_all(files: Sequence[Path]) -> tuple[Records, list[str]]:
    """The progress in each file that `labs progress --export` wrote, and a sentence on each that holds the same bytes
    as another: one that was handed in twice, or two learners who did the same. Each is read once, so it may be a pipe.

    Raises InputError for a file that cannot be read, or holds no progress.
    """
    found, told = [], []
    first: dict[bytes, Path] = {}
    for file in files:
        held = content(file)
        try:
            records = progress.understood(held.decode("utf-8-sig"))  # some editors put a mark before the text
            json.dumps(records, ensure_ascii=False).encode()  # raises ValueError for half a letter: it has no bytes
            found.append({shown(name): checked(record) for name, record in records.items()})
        except InputError:
            raise
        except progress.NOT_UNDERSTOOD:
            reason = "is no progress that `labs progress --export` wrote; ask for it again, or leave it out"
            raise InputError(f"{shown(file)}: {reason}.") from None
        if (other := first.setdefault(held, file)) is not file:
            told.append(f"{shown(file)}: is the same as {shown(other)}; if it was handed in twice, leave one out.")
    return found, told


def content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{shown(file)}: cannot be read ({error.strerror}); check the path.") from None


def checked(record: dict) -> dict:
    """The record with words that any terminal can show. Raises ValueError for a count that cannot be one."""
    wrong: Counter[str] = Counter()
    for said, times in record["wrong"].items():
        wrong[shown(said)] += times
    if not all(0 <= count <= MOST for count in (record["tries"], record["hints"], *record["wrong"].values())):
        raise ValueError("a count below 0, or without end")
    return {**record, "status": shown(record["status"]), "wrong": dict(wrong)}


def shown(text: object) -> str:
    """On one line, without what moves the cursor, colours the screen or turns the direction of the text."""
    return "".join(letter for letter in " ".join(str(text).split()) if letter.isprintable())


def table(records: Records) -> str:
    """For people: of each exercise how many solved it and tried it, with how many tries, and what they were told."""
    lines = [f"{len(records)} learner{'s' * (len(records) != 1)}", f"{'exercise':32} solved  tried  tries  hints"]
    for path in known(records):
        mine = [one[path] for one in records if path in one]
        solved = sum(one["status"] == "correct" for one in mine)
        tries, hints = (
            f"{sum(one[what] for one in mine) / len(mine):.1f}" if mine else "–" for what in ("tries", "hints")
        )
        lines.append(f"{path:32} {solved:6} {len(mine):6} {tries:>6} {hints:>6}")
        said = sum((Counter(one["wrong"]) for one in mine), Counter())
        lines += [f"    {times} × {words}" for words, times in said.most_common(COMMON)]
    return "\n".join(lines)


def known(records: Records) -> list[str]:
    """All exercises in the order of the lessons, and then those that only the files know."""
    ours = [one.path for lesson in exercises.LESSONS for one in exercises.of(lesson)]
    return [*ours, *sorted({path for one in records for path in one} - set(ours))]


def write(records: Records, path: Path) -> Path:
    """For programs: a row for each exercise that a learner tried, and one for each thing that was said of it.

    Raises InputError where a file is there already, or none can be written.
    """
    must_be_free(path, overwrite=False)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, one in enumerate(records, start=1):
        for name, record in one.items():
            about = [number, to_cell(name), to_cell(record["status"]), record["tries"], record["hints"]]
            writer.writerows([*about, to_cell(said), times] for said, times in (record["wrong"] or {"": ""}).items())
    try:
        write_whole(path, text.getvalue().encode())
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another place.") from None
    return path

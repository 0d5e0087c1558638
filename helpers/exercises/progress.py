"""Which exercises are solved: kept in one small file of the learner's, so that it survives a restart of the kernel."""

import json
import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

import platformdirs

from helpers.errors import InputError
from helpers.whole import must_be_free, write_whole
from helpers.whole_folder import in_turn

LONGEST = 200  # letters of what was said of a wrong answer
# What `understood` raises for a file of another kind: numbers without end and nesting without end among it.
NOT_UNDERSTOOD = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


def file() -> Path:
    """Where the progress is kept: in the folder named by LABS_HOME, or in the user's own data folder."""
    home = os.environ.get("LABS_HOME")
    return Path(home or platformdirs.user_data_dir("image-labs", appauthor=False)) / "progress.json"


def read() -> dict[str, dict]:
    """{"lesson.name": {"status": str, "tries": int, "hints": int, "wrong": {what was said: times}}}; empty if nothing
    was tried yet.

    A file that cannot be understood is put aside under another name, not lost, and the record begins anew.
    """
    path = file()
    try:
        return understood(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except NOT_UNDERSTOOD:
        print(f"{path}: cannot be understood, so it was put aside as {_put_aside(path).name}; progress begins anew.")
        return {}


def understood(text: str) -> dict[str, dict]:
    """The records in the text of a file of progress. Raises one of NOT_UNDERSTOOD if it is none."""
    return {
        name: {
            "status": str(r["status"]),
            "tries": int(r["tries"]),
            "hints": int(r["hints"]),
            "wrong": {str(said): int(times) for said, times in r.get("wrong", {}).items()},
        }
        for name, r in json.loads(text)["exercises"].items()
    }


def _put_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"progress.broken-{number}.json")).exists():
        number += 1
    os.replace(path, aside)
    return aside


def note(exercise: str, status: str, hints: int, said: str = "") -> None:
    """Record an attempt. What was solved once stays solved. Two lessons that note at once do it in turn. A disk that
    cannot be written to does not stop a lesson.

    said: the verdict's message; of one that says "try again", its first line is kept, with how often it came.
    """
    if status == "not attempted":
        return
    with suppress(OSError), in_turn(file()):
        records = read()
        old = records.get(exercise, {"status": "", "tries": 0, "hints": 0, "wrong": {}})
        if old["status"] == "correct":
            return
        wrong = Counter(old["wrong"])
        if status == "try again" and said:
            wrong[said.splitlines()[0][:LONGEST]] += 1
        new = {"status": status, "tries": old["tries"] + 1, "hints": max(old["hints"], hints), "wrong": dict(wrong)}
        records[exercise] = new
        file().parent.mkdir(parents=True, exist_ok=True)
        _write(file(), records)


def _write(path: Path, records: dict) -> None:
    write_whole(path, (json.dumps({"version": 1, "exercises": records}, indent=1) + "\n").encode())


def table() -> str:
    """All exercises by lesson, with what has become of each, as text."""
    from helpers import exercises  # late: the lessons need this file first

    records, lines = read(), []
    for lesson in exercises.LESSONS:
        names = [one.path for one in exercises.of(lesson)]
        solved = sum(records.get(name, {}).get("status") == "correct" for name in names)
        lines += ["", f"{lesson}: {solved} of {len(names)} solved"]
        lines += [f"  {_row(name, records.get(name))}" for name in names]
    return "\n".join(lines[1:])


def _row(name: str, record: dict | None) -> str:
    short = name.split(".")[1]
    if record is None:
        return f"○ {short:16} not attempted"
    tries = f"{record['tries']} {'try' if record['tries'] == 1 else 'tries'}"
    hints = f", {record['hints']} hint{'s' * (record['hints'] != 1)}" if record["hints"] else ""
    return f"{'✓' if record['status'] == 'correct' else '↻'} {short:16} {record['status']} ({tries}{hints})"


def export(path: str | Path) -> Path:
    """Write the progress to one small JSON file, to hand in. Raises InputError if the file is there already."""
    path = Path(path)
    must_be_free(path, overwrite=False)
    try:
        _write(path, read())
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another place.") from None
    return path

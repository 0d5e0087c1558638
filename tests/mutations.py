"""Proof that the checks notice: errors are put into every helper and every lesson, one at a time, in a copy.

    python tests/mutations.py                 # all of them, some hours; the table goes to tests/mutations.csv
    python tests/mutations.py models 03       # only those whose file has one of these words in it

Each is tried against the cheapest checks that may notice it, one after another, until one does. All of these checks
are part of `make test`; `make test` runs many more, so what survives here may still be noticed there.
The copy is of what is committed. What is in the table already is not tried again, unless --again asks for it.
"""

import argparse
import csv
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from mutants import in_helpers, in_lessons

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests" / "mutations.csv"
COLUMNS = ("file", "was", "became", "caught_by", "seconds")
SECONDS = 900  # for one check; a mutant may loop for ever


@dataclass(frozen=True)
class Check:
    """name: for the table. words: the command, run in the copy."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Mutant:
    """An error in a file: what stands there, what takes its place. cell: its id, in a lesson. The checks, in order."""

    file: str
    was: str
    became: str
    checks: tuple[Check, ...]
    cell: str = ""

    def key(self) -> tuple[str, str, str]:
        """How it is known in the table."""
        was = f"{self.cell}: {self.was}" if self.cell else self.was
        return self.file, *(" ".join(text.split())[:80] for text in (was, self.became))

    def files(self) -> list[str]:
        """The file, and for a lesson that is run the quick one, too."""
        is_run = any(check.name == in_lessons.RUN for check in self.checks)
        return [self.file, *([f"quick/{Path(self.file).name}"] if is_run else [])]

    def in_text(self, whole: str) -> str:
        """The text of the file with the error in it."""
        if self.cell:
            return in_lessons.spoil(whole, self.cell, self.was, self.became)
        return whole.replace(self.was, self.became, 1)


def pytest(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *arguments)


def ruff(file: str) -> Check:
    return Check("ruff", (sys.executable, "-m", "ruff", "check", "-q", file))


def of_helpers() -> list[Mutant]:
    """Those of the helpers: text for text, the first time that it stands in the file."""
    found = []
    for file, was, became, names in in_helpers.MUTANTS:
        tests = [Check(f"test_{name}", pytest(f"tests/test_{name}.py")) for name in names.split()]
        found.append(Mutant(f"helpers/{file}", was, became, (ruff(f"helpers/{file}"), *tests)))
    return found


def of_lessons(run: bool) -> list[Mutant]:
    """Those of the lessons. run: run them, too, and compare what they print."""
    found = []
    for lesson, cell, was, became in in_lessons.MUTANTS:
        tried = tuple(Check(*check) for check in in_lessons.checks(lesson) if run or check[0] != in_lessons.RUN)
        found.append(Mutant(f"notebooks/{lesson}.ipynb", was, became, tried, cell))
    return found


def copy_of_what_is_committed(place: Path) -> None:
    packed = place.with_suffix(".tar")
    subprocess.run(["git", "archive", "-o", str(packed), "HEAD"], cwd=ROOT, check=True)
    with tarfile.open(packed) as archive:
        archive.extractall(place, filter="data")
    packed.unlink()


def passes(check: Check, place: Path) -> bool:
    """Whether a check is content with the copy. One that takes too long is not."""
    home = {"PYTHONPATH": str(place), "LABS_HOME": str(place / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    with (place / "said.txt").open("w") as said:
        process = subprocess.Popen(
            check.words, cwd=place, env=os.environ | home, stdout=said, stderr=said, start_new_session=True
        )
        try:
            return process.wait(SECONDS) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return False


def caught_by(mutant: Mutant, place: Path, sound: dict[Check, bool]) -> str:
    """The name of the check that notices the mutant, "nothing", or why it could not be tried."""
    if not (place / mutant.files()[-1]).exists():
        made = Check("quick", in_lessons.ready(Path(mutant.file).stem))
        if not passes(made, place):
            return "not tried: the lesson does not run without it"
    whole = {place / name: (place / name).read_text(encoding="utf-8") for name in mutant.files()}
    spoilt = {path: mutant.in_text(text) for path, text in whole.items()}
    if any(spoilt[path] == text for path, text in whole.items()):
        return "not tried: the text is not there"
    for check in mutant.checks:
        if check not in sound:
            sound[check] = passes(check, place)
        if not sound[check]:
            return f"not tried: {check.name} fails without it"
        try:
            write(spoilt)
            if not passes(check, place):
                return check.name
        finally:
            write(whole)
    return "nothing"


def write(files: dict[Path, str]) -> None:
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")


def read_table() -> dict[tuple, dict]:
    if not TABLE.is_file():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["file"], row["was"], row["became"]): row for row in csv.DictReader(file)}


def write_table(rows: list[dict]) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> int:
    options = argparse.ArgumentParser(description="Errors put into helpers and lessons, and what notices them.")
    options.add_argument("words", nargs="*", help="only files with one of these words in their path")
    options.add_argument("--again", action="store_true", help="those in the table, too")
    options.add_argument("--cheap", action="store_true", help="do not run lessons: an hour less, and a weaker proof")
    options.add_argument("--list", action="store_true", help="say what would be tried, and end")
    given = options.parse_args()
    mutants = [*of_helpers(), *of_lessons(run=not given.cheap)]
    known = {key: row for key, row in read_table().items() if not row["caught_by"].startswith("not tried")}
    chosen = [one for one in mutants if given.again or one.key() not in known]
    if given.words:
        chosen = [one for one in chosen if any(word in one.file for word in given.words)]
    seen = {row["file"] for row in known.values()}
    first = {one.file: one for one in reversed(chosen) if one.file not in seen}
    chosen.sort(key=lambda one: first.get(one.file) is not one)  # files that none was put into yet come first
    if given.list:
        print("\n".join(" | ".join(one.key()) for one in chosen))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "copy"
        place.mkdir()
        copy_of_what_is_committed(place)
        sound: dict[Check, bool] = {}
        for number, mutant in enumerate(chosen, start=1):
            began = time.monotonic()
            noticed = caught_by(mutant, place, sound)
            file, was, became = mutant.key()
            seconds = round(time.monotonic() - began)
            known[mutant.key()] = {"file": file, "was": was, "became": became, "caught_by": noticed, "seconds": seconds}
            print(f"{number} of {len(chosen)}, {seconds} s: {file}: {was} -> {became}: {noticed}", flush=True)
            known = read_table() | known  # another run may have added some meanwhile
            write_table([known[one.key()] for one in mutants if one.key() in known])
    rows = [known[one.key()] for one in mutants if one.key() in known]
    lost = [row for row in rows if row["caught_by"].startswith("no")]
    print(f"{len(rows) - len(lost)} of {len(rows)} caught ({1 - len(lost) / len(rows):.1%}).")
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())

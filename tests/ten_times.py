"""The whole suite again and again, to find what passes only sometimes. Prints a row for each run, and writes the table.

    python tests/ten_times.py            # ten times; `5` for five; three quarters of an hour or more
    python tests/ten_times.py 10 tests/test_lessons.py

Each run takes the tests in another order of files, and with other random numbers, so that one which leans on what
another left behind, or on luck, shows, too.
"""

import csv
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = TESTS / "ten_times.csv"


def once(seed: int, chosen: list[str]) -> dict:
    """One run: how many passed, failed and were left out, which failed, and the seconds of processor time."""
    files = chosen or [str(path) for path in sorted(TESTS.glob("test_*.py"))]
    random.Random(seed).shuffle(files)
    before = os.times()
    with tempfile.TemporaryDirectory() as scratch:
        words = ["-m", "pytest", "-rfE", "-n2", "--dist=loadfile", "-p", "no:cacheprovider"]
        words += [f"--basetemp={scratch}/pytest", *files]
        surroundings = os.environ | {"SEED": str(seed)}
        done = subprocess.run(
            [sys.executable, *words], cwd=TESTS.parent, env=surroundings, capture_output=True, text=True, check=False
        )
    after = os.times()
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr.strip()[-200:]
    counts = {
        name: sum(map(int, re.findall(rf"(\d+) {name}", last))) for name in ("passed", "failed", "error", "skipped")
    }
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    seconds = round(sum(after[2:4]) - sum(before[2:4]))
    return {
        "order": seed,
        **counts,
        "processor_seconds": seconds,
        "which": " ".join(failed) or ("" if counts["passed"] else last),
    }


def main(arguments: list[str]) -> int:
    times = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 10
    rows, began = [], time.monotonic()
    for seed in range(1, times + 1):
        rows.append(once(seed, list(arguments)))
        print(*rows[-1].values(), flush=True)
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    bad = sum(1 for row in rows if row["failed"] or row["error"] or not row["passed"])
    print(f"{times} runs in {(time.monotonic() - began) / 60:.0f} minutes, {bad} of them with a failure.")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

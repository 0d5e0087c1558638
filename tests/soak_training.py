"""Trainings killed at random moments, by hand: `python tests/soak_training.py [times]`. The tests do it a few times.

First by a clock that counts steps (`steady_training.py`), for then what comes of it can be compared, weight by weight,
with what came of a training that nobody disturbed: one training is killed so many times, and another one after it if
that was not enough. Then by a real clock: each time `labs train` runs on the same pictures, is killed without warning
at a random moment, and is called again with --resume until it ends. Told are: where it was killed, what share of the
time the state had kept of it, and what the model came to, beside that of a training that nobody disturbed. At last,
`labs train` is stopped by Ctrl-C: told is how long it took to its end.
"""

import csv
import io
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from helpers import drawing

MINUTES = 0.3
LABS = [sys.executable, "-u", "-m", "helpers"]
STEADY = [sys.executable, "-u", str(Path(__file__).with_name("steady_training.py"))]
STEPS, LONGEST = 60, 20  # of a training; seconds until it is killed, from when it says that it begins
COLUMNS = ("killed after (s)", "time kept", "calls", "epochs", "validation accuracy")


def main(times: int) -> None:
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as work:
        drawing.draw_set(Path(work) / "pets", 60, seed=5)
        bit_for_bit(Path(work), times, rng)
    table = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    table.writeheader()
    with tempfile.TemporaryDirectory() as work:
        drawing.draw_set(Path(work) / "pets", 300, seed=5)
        for number in range(times + 1):  # the first is left alone
            table.writerow(one(Path(work), f"{number}.keras", rng.uniform(4, 60 * MINUTES) if number else None))
            sys.stdout.flush()
    with tempfile.TemporaryDirectory() as work:
        drawing.draw_set(Path(work) / "pets", 300, seed=5)
        by_ctrl_c(Path(work), times, rng)


def bit_for_bit(work: Path, times: int, rng: random.Random) -> None:
    """Kill trainings so many times, and compare what comes of them with one that was left alone."""
    due = steady(work, "alone", lambda: None)[0]
    kills, compared, differ = 0, 0, 0
    while kills < times:
        found, killed = steady(work, str(compared), lambda: rng.uniform(1, LONGEST), times - kills)
        kills, compared = kills + killed, compared + 1
        differ += sum((found[name] != due[name]).any() for name in due)
    numbers = sum(one.size for one in due.values())
    print(
        f"{kills} kills of {compared} trainings of {STEPS} steps, by a clock that counts steps: of {len(due)} arrays,"
    )
    print(f"weights and history, {numbers:,} numbers, {differ} differ from those of a training left alone.")
    print(flush=True)


def steady(work: Path, name: str, wait: Callable[[], float | None], most: int = 0) -> tuple[dict, int]:
    """(what a training came to, how often it was killed on the way). wait: seconds until the next kill."""
    command, killed = [*STEADY, str(work / "pets"), str(work / name), str(work / f"{name}.npz"), str(STEPS)], 0
    while not (work / f"{name}.npz").exists():
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        begins = process.stdout.readline()
        try:
            process.wait(wait() if killed < most else None)
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        assert begins and process.wait() in (0, -signal.SIGKILL)
    with np.load(work / f"{name}.npz") as found:
        return dict(found), killed


def one(work: Path, name: str, seconds: float | None) -> dict:
    """Train to the end, killed once `seconds` after it began to learn; a row of the table."""
    command = [*LABS, "train", str(work / "pets"), "--save", str(work / name), "--minutes", str(MINUTES)]
    command += ["--history", str(work / f"{name}.csv")]
    kept, calls = "", 1
    if seconds is not None:
        process = broken_off(command, seconds, signal.SIGKILL)
        process.communicate()
        state = work / f"{name}.unfinished" / "state.json"
        kept = f"{float(re.search(r'.gone.: ([0-9.e-]+)', state.read_text())[1]):.0%}" if state.exists() else "none yet"
    if not (work / name).exists():
        done = subprocess.run([*command, "--resume"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        calls += seconds is not None
    assert (work / name).exists() and not (work / f"{name}.unfinished").exists()
    judged = subprocess.run(
        [*LABS, "evaluate", str(work / name), str(work / "pets" / "validation")], capture_output=True, text=True
    )
    return {
        "killed after (s)": "" if seconds is None else f"{seconds:.0f}",
        "time kept": kept,
        "calls": calls,
        "epochs": len(list(csv.DictReader(io.StringIO((work / f"{name}.csv").read_text())))),
        "validation accuracy": re.search(r"accuracy ([0-9.]+)", judged.stdout)[1],
    }


def by_ctrl_c(work: Path, times: int, rng: random.Random) -> None:
    """Stop trainings by hand so many times at random moments, and see that each says how to go on."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what it starts ignores Ctrl-C if this program does
    took = []
    for number in range(times):
        command = [*LABS, "train", str(work / "pets"), "--save", str(work / f"{number}.keras")]
        command += ["--minutes", str(MINUTES)]
        process = broken_off(command, rng.uniform(2, 60 * MINUTES - 4), signal.SIGINT)
        began = time.perf_counter()
        said = process.communicate(timeout=60)[1]
        took.append(time.perf_counter() - began)
        assert process.returncode == 130 and "the same command with --resume goes on" in said, said
    least, middle, most = min(took), median(took), max(took)
    print(f"\n{times} times Ctrl-C: {least:.1f} to {most:.1f} seconds to the end (median {middle:.1f}); each")
    print("kept what was learned, and said how to go on.", flush=True)


def broken_off(command: list[str], seconds: float, how: signal.Signals) -> subprocess.Popen:
    """A training that got this signal so many seconds after it said what it chose; it may still be ending."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "Chosen" not in process.stdout.readline():
        pass
    time.sleep(seconds)
    process.send_signal(how)
    return process


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)

"""Trainings killed at random moments, by hand: `python tests/soak_training.py [times]`. The tests do it twice.

Each time `labs train` runs on the same pictures, is killed without warning at a random moment, and is called again with
--resume until it ends. Told are: where it was killed, what share of the time the state had kept of it, and what the
model came to, beside that of a training that nobody disturbed.
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
from pathlib import Path

from helpers import drawing

MINUTES = 0.3
LABS = [sys.executable, "-u", "-m", "helpers"]
COLUMNS = ("killed after (s)", "time kept", "calls", "epochs", "validation accuracy")


def main(times: int) -> None:
    rng = random.Random(1)
    table = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    table.writeheader()
    with tempfile.TemporaryDirectory() as work:
        drawing.draw_set(Path(work) / "pets", 300, seed=5)
        for number in range(times + 1):  # the first is left alone
            table.writerow(one(Path(work), f"{number}.keras", rng.uniform(4, 60 * MINUTES) if number else None))
            sys.stdout.flush()


def one(work: Path, name: str, seconds: float | None) -> dict:
    """Train to the end, killed once `seconds` after it began to learn; a row of the table."""
    command = [*LABS, "train", str(work / "pets"), "--save", str(work / name), "--minutes", str(MINUTES)]
    command += ["--history", str(work / f"{name}.csv")]
    kept, calls = "", 1
    if seconds is not None:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        while "Chosen" not in process.stdout.readline():
            pass
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
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


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)

"""Workers killed at random moments, by hand: `python tests/soak_many_workers.py [times]`. The tests do it once.

Each time a folder with every known fault is scanned by three workers of Dask, of which one is killed without warning;
told is what it had to do just then, and whether the report has the same rows as one by local processes. Then as often
an epoch of pictures is read through TensorFlow's data service by two workers, of which one is killed; every other time
it is started again at once under its address, as a supervisor would. Told is what the service alone would have lost.
Last, programs that leave such an epoch in the middle, with the service gone: told is how long they took to end.
"""

import csv
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from pathlib import Path

import distributed
from cleaning_corpus import build, good, packed, write

from helpers import cleaning, input_service, pipeline
from helpers.cleaning import elsewhere

SCANS = ("killed after (s)", "of (s)", "its batches", "done here", "rows", "other rows")
ENDINGS = ("batches taken", "then to the end (s)", "ended")
EPOCHS = ("killed after", "came back", "pictures", "not from the service", "lost", "twice", "seconds")


def main(times: int) -> None:
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as work:
        pets = Path(work) / "pets"
        build(pets)
        for number in range(1500):
            write(pets / "train" / ("cats", "dogs")[number % 2] / f"more {number}.jpg", packed(good(5000 + number)))
        show(SCANS, scans(pets, times, chance))
        show(EPOCHS, epochs(Path(work), times, chance))
        show(ENDINGS, endings(Path(work), times, chance))


def show(columns, rows) -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(columns)
    for row in rows:
        table.writerow(row)
        sys.stdout.flush()
    print()


def scans(pets: Path, times: int, chance: random.Random):
    """A row for each scan with a worker killed."""
    due, usual = list(cleaning.scan(pets)), 0.0
    elsewhere.BATCH = 32
    for _ in range(times):
        with (  # a new cluster each time: now and then Dask does not start a killed worker anew
            distributed.LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None) as cluster,
            distributed.Client(cluster) as client,
        ):
            executor = client.get_executor()
            cleaning.scan(pets, executor=executor)  # libraries are loaded
            usual = usual or timed(lambda executor=executor: cleaning.scan(pets, executor=executor))
            name, pid = chance.choice(sorted(client.run(os.getpid).items()))
            kill = Kill(chance.uniform(0, usual), pid, lambda client=client, name=name: len(client.processing()[name]))
            kill.start()
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                found = list(cleaning.scan(pets, executor=executor))
            kill.join()
            here = sum("no answer" in str(one.message) for one in said)
            other = Counter(found) - Counter(due) | Counter(due) - Counter(found)
            yield (f"{kill.interval:.2f}", f"{usual:.2f}", kill.held, here, len(found), other.total())


def epochs(work: Path, times: int, chance: random.Random):
    """A row for each epoch with a worker killed."""
    folder, size = work / "served", (64, 64)
    for number in range(800):
        write(folder / ("cats", "dogs")[number % 2] / f"{number}.jpg", packed(good(number)))
    due = pictures(pipeline.image_dataset(folder, size, shuffle=False))
    dispatcher, address = begin()
    places = [f"localhost:{free_port()}" for _ in range(2)]
    workers = [begin(address, place)[0] for place in places]
    really = input_service.while_they_come
    try:
        served = input_service.served(folder, work / "kept", address, size, batch_size=4, patience=5)
        pictures(served)
        for number in range(times):
            which, back = chance.randrange(2), number % 2 == 0
            after, kill = chance.randrange(len(served.paths)), Kill(0, workers[which].pid, lambda: None)
            if back:
                kill.then = lambda which=which: workers.__setitem__(which, begin(address, places[which])[0])
            input_service.while_they_come, began = (came := Counting(really, after, kill)), time.monotonic()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = pictures(served)
            seconds = time.monotonic() - began
            if kill.ident is None:  # on a busy machine so much may not come from the service
                kill.start()
            kill.join()
            if not back:
                workers[which] = begin(address, places[which])[0]
            lost, twice = (due - found).total(), (found - due).total()
            missed = found.total() - came.pictures
            yield (
                after,
                "yes" if back else "no",
                found.total(),
                missed,
                lost,
                twice,
                f"{seconds:.1f}",
            )
    finally:
        input_service.while_they_come = really
        for process in [*workers, dispatcher]:
            process.kill()
            process.wait()


PROGRAM = """
import os, signal, sys
from helpers import input_service
folder, kept, address, batches, *processes = sys.argv[1:]
pictures = iter(input_service.served(folder, kept, address, (64, 64), batch_size=8))
for _ in range(int(batches)):
    next(pictures)
for process in processes:
    os.kill(int(process), signal.SIGKILL)
print("the last line", flush=True)
"""


def endings(work: Path, times: int, chance: random.Random):
    """A row for each program that is at its end in the middle of an epoch."""
    for _ in range(times):
        dispatcher, address = begin()
        workers = [begin(address, f"localhost:{free_port()}")[0] for _ in range(2)]
        batches = chance.randrange(1, 20)
        words = [work / "served", work / "kept", address, batches, *(one.pid for one in (dispatcher, *workers))]
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for line in program.stdout:
            if line == "the last line\n":
                break
        began = time.monotonic()
        try:
            ended = "yes" if program.wait(60) == 0 else "with an error"
        except subprocess.TimeoutExpired:
            ended = "no"
        yield batches, f"{time.monotonic() - began:.1f}", ended
        for process in (program, dispatcher, *workers):
            process.kill()
            process.wait()


def timed(do) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began


def pictures(dataset) -> Counter:
    """How often each picture came, by its bytes."""
    found = Counter()
    for batch, _ in dataset:
        found.update(one.tobytes() for one in batch.numpy())
    return found


class Counting:
    """In place of a generator of batches: the same at the pace of a training, and how many pictures came out of it.

    after so many pictures `kill` begins: by the clock, most kills would fall before or behind the reading.
    """

    def __init__(self, really, after: int, kill: "Kill"):
        self.really, self.after, self.kill, self.pictures = really, after, kill, 0

    def __call__(self, *given):
        for one in self.really(*given):
            self.pictures += len(one[1])
            if self.pictures > self.after and not self.kill.is_alive() and not self.kill.finished.is_set():
                self.kill.start()
            time.sleep(0.02)
            yield one


def begin(*words: str) -> tuple[subprocess.Popen, str]:
    """A dispatcher or a worker of the service, and the line that it says when it is ready."""
    command = [sys.executable, "-m", "helpers.input_service", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return process, process.stdout.readline().strip()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


class Kill(threading.Timer):
    """Kills a process after so many seconds. held: what it had to do just then. then: called after that."""

    def __init__(self, seconds: float, pid: int, count):
        super().__init__(seconds, self.now)
        self.pid, self.count, self.held, self.then = pid, count, None, lambda: None

    def now(self) -> None:
        self.held = self.count()
        os.kill(self.pid, signal.SIGKILL)
        self.then()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)

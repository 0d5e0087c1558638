"""Work on many files in processes of their own: one that breaks, hangs or swells its process costs its own row only.

Not `multiprocessing`: that runs a caller's script anew in every process, and a process lost there loses the others'
work too.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import helpers
from helpers.crew.together import PROCESSES, WHOLE_PICTURES, PutOff
from helpers.environment import python_path
from helpers.progress import progress

COMMAND = [sys.executable, "-P", "-m", "helpers.cleaning.worker"]
SECONDS = 30.0  # for one file; more than a decoder takes for the largest that is let through
CHUNK = 16
WAITING = 16  # lots of answers that may wait to be taken: bounds the memory
SPARE = queue.SimpleQueue()  # processes that wait for the next call, where somebody wished to keep them


def work(
    task: str,
    folder: Path,
    paths: Sequence[str],
    take: Callable[[int, object], None],
    failed: Callable[[str], object],
    workers: int | None = None,
    text: str = "looking",
) -> None:
    """Call `take(place in paths, answer)` with the answers of `task`, a name in `worker.tasks`, as they come.

    paths: relative to the folder; a million of them, each spelt out whole, would fill the memory.
    failed: makes the answer for a path over which a process broke down, from the reason.
    workers: processes; if not given, one a core, but no more than PROCESSES. None is started that is not worth it.
    """
    hands = worth_starting(workers, len(paths))
    with progress(total=len(paths), text=text) as bar:
        late = in_round(task, folder, paths, range(len(paths)), take, failed, bar.update, hands)
        while (hands := worth_starting(hands // 2, len(late))) > 1:  # each may hold twice as much as before
            late = in_round(task, folder, paths, late, take, failed, bar.update, hands)
        work_alone(task, folder, paths, late, take, failed, bar.update)


def work_alone(
    task: str,
    folder: Path,
    paths: Sequence[str],
    late: Sequence[int],
    take: Callable[[int, object], None],
    failed: Callable[[str], object],
    done: Callable[[], object],
) -> None:
    """As `work`, for the places in `late`, whose files were too large for it: one at a time, with nothing beside.

    Where answers are large too, each file has a process of its own, so that the next does not begin before the answer
    is taken. done: called after each.
    """
    step = 1 if task in WHOLE_PICTURES else max(1, len(late))
    for start in range(0, len(late), step):
        in_round(task, folder, paths, late[start : start + step], take, failed, done, 1, COMMAND)


def in_round(
    task: str,
    folder: Path,
    paths: Sequence[str],
    places: Sequence[int],
    take: Callable[[int, object], None],
    failed: Callable[[str], object],
    done: Callable[[], object],
    workers: int,
    command: Sequence[str] | None = None,
) -> list[int]:
    """As `work`, for these places. command: as in `lots`. Returns those whose files are put off, as too large for so
    many processes."""
    late = []
    with closing(lots(task, folder, [paths[place] for place in places], failed, workers, command=command)) as found:
        for at, answers in found:
            late += hand_over(places[at : at + len(answers)], answers, take, done)
    return late


def hand_over(
    places: Sequence[int], answers: Sequence, take: Callable[[int, object], None], done: Callable[[], object]
) -> list[int]:
    """Call `take` and `done` with the answers to these places. Returns those whose files are put off."""
    late = []
    for place, answer in zip(places, answers, strict=True):
        if isinstance(answer, PutOff):
            late.append(place)
        else:
            take(place, answer)
            done()
    return late


def worth_starting(workers: int | None, files: int) -> int:
    """How many processes so many files are worth: at most `workers`; if not given, one a core up to PROCESSES."""
    return min(workers or min(os.cpu_count() or 1, PROCESSES), 1 + files // (8 * CHUNK))


def lots(
    task: str,
    folder: Path,
    paths: Sequence[str],
    failed: Callable[[str], object],
    workers: int | None = None,
    keep: bool = False,
    command: Sequence[str] | None = None,
) -> Iterator[tuple[int, list]]:
    """(place of the first, answers), as they come; all as in `work`. keep: let the processes wait for the next call.
    command: the program that they run, with `task` among its tasks; if not given, COMMAND, told how many they are."""
    workers = worth_starting(workers, len(paths))
    command = command or [*COMMAND, str(workers)]
    todo, done = queue.SimpleQueue(), queue.Queue(1 if task in WHOLE_PICTURES else WAITING)
    for start in range(0, len(paths), CHUNK):
        todo.put(range(start, min(start + CHUNK, len(paths))))
    crew = [Hand(task, folder, paths, failed, todo, done, keep, command) for _ in range(workers if paths else 0)]
    try:
        for hand in crew:
            hand.start()
        left = len(paths)
        while left:
            at, answers = next_lot(done)
            for answer in answers:
                if isinstance(answer, Exception):
                    raise answer
            if answers:
                yield at, answers
            left -= len(answers)
            for hand in crew:
                hand.stop_if_late()
        for hand in crew:
            hand.join(timeout=10)
    finally:
        for hand in crew:
            hand.stop()


def next_lot(done: queue.Queue) -> tuple[int, list]:
    """(place of the first, the answers) as they came in; none if none comes in a little while."""
    try:
        return done.get(timeout=0.2)
    except queue.Empty:
        return 0, []


class Hand(threading.Thread):
    """One process, and the thread here that hands it files and takes its answers."""

    def __init__(
        self,
        task: str,
        folder: Path,
        paths: Sequence[str],
        failed: Callable,
        todo: queue.SimpleQueue,
        done: queue.Queue,
        keep: bool,
        command: Sequence[str],
    ):
        super().__init__(daemon=True)
        self.task, self.folder, self.paths, self.failed, self.todo, self.done = task, folder, paths, failed, todo, done
        self.keep, self.command = keep, command
        self.process, self.since, self.late, self.stopped = None, None, False, False

    def run(self) -> None:
        try:
            while not self.stopped:
                self.do(self.todo.get_nowait())
        except queue.Empty:
            if self.keep and self.process is not None and not self.stopped:
                SPARE.put(self.process)
                self.process = None
        except Exception as error:  # noqa: BLE001 told to the caller, who raises it
            self.answer(0, [error])
        finally:
            self.end()

    def do(self, places: range) -> None:
        """Get the answers for these places. They come in lots, so that after a breakdown nobody knows over which file
        it was: then go on one by one, and try that one once more before it is given up."""
        at, tried, step = places.start, -1, len(places)
        while at < places.stop and not self.stopped:
            if self.process is None:
                self.process = (spare() if self.keep else None) or begin(self.command)
            try:
                end = min(at + step, places.stop)
                paths = [os.path.join(self.folder, path) for path in self.paths[at:end]]
                self.process.stdin.write(pickle.dumps((self.task, paths)))
                self.process.stdin.flush()
                while at < end:
                    self.since = time.monotonic()
                    answers = pickle.load(self.process.stdout)
                    self.since = None
                    self.answer(at, answers)
                    at += len(answers)
            except (EOFError, OSError, pickle.UnpicklingError):
                if self.stopped:
                    return
                again = tried != at and not self.late  # it may have been ended by something that has passed
                reason = f"took more than {SECONDS:.0f} seconds" if self.late else "its process ended"
                self.end()
                if step > 1:
                    step = 1
                elif again:
                    tried = at
                else:
                    self.answer(at, [self.failed(reason)])
                    at += 1

    def answer(self, at: int, answers: list) -> None:
        while not self.stopped:
            try:
                return self.done.put((at, answers), timeout=0.2)
            except queue.Full:
                continue

    def stop_if_late(self) -> None:
        since = self.since
        if since is not None and time.monotonic() - since > SECONDS and not self.late:
            self.late = True
            self.process.kill()

    def end(self) -> None:
        """Let go of the process, whatever state it is in."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            with suppress(OSError):  # what it had not read yet goes nowhere
                self.process.stdin.close()
            self.process.stdout.close()
        self.process, self.since, self.late = None, None, False

    def stop(self) -> None:
        self.stopped = True
        if self.process is not None:
            self.process.kill()
        self.join(timeout=10)


def spare() -> subprocess.Popen | None:
    """A process that waits, if there is one that lives."""
    while True:
        try:
            process = SPARE.get_nowait()
        except queue.Empty:
            return None
        if process.poll() is None:
            return process


def begin(command: Sequence[str]) -> subprocess.Popen:
    """A process that has said that it is ready. Raises RuntimeError if it does not come up."""
    home = Path(helpers.__file__).parent.parent
    surroundings = os.environ | {"PYTHONPATH": python_path(home), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=surroundings
    )
    try:
        pickle.load(process.stdout)
    except (EOFError, OSError, pickle.UnpicklingError):
        process.kill()
        raise RuntimeError(f"A process to look at pictures did not start: {' '.join(command)}.") from None
    return process

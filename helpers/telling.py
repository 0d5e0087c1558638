"""Says, while lessons run, which lesson and cell it is at and about how long is left."""

import shutil
import sys
import threading
import time
from collections.abc import Mapping

INJECTED = "injected-parameters"  # the tag of the cell that papermill puts in for parameters
QUIET_SECONDS = 15  # where lines cannot be written over, as in a log, one of them every so often is enough


class Teller:
    """seconds: how long each lesson is expected to take, by name, in their order. at_once: how many of them run, each
    in a thread of its own, which tells of it."""

    def __init__(self, seconds: Mapping[str, float], at_once: int = 1):
        self.expected, self.at_once = dict(seconds), at_once
        self.live = sys.stderr.isatty()
        self.began = self.said = time.monotonic()
        self.cells: dict[str, int] = {}  # of the lessons that have begun
        self.seen: dict[str, int] = {}
        self.over: set[str] = set()
        self.lock = threading.Lock()

    def begin(self, name: str, cells: int) -> None:
        """A lesson of so many cells of code begins."""
        with self.lock:
            self.cells[name], self.seen[name] = cells, 0
            self.tell()

    def cell(self, name: str, cell: Mapping) -> None:
        """A cell of the lesson begins. Only the lesson's own cells of code count."""
        if cell["cell_type"] != "code" or INJECTED in cell["metadata"].get("tags", []):
            return
        with self.lock:
            self.seen[name] += 1
            if self.live or time.monotonic() - self.said > QUIET_SECONDS:
                self.tell()

    def end(self, name: str) -> None:
        """The lesson is whole."""
        with self.lock:
            self.over.add(name)

    def tell(self) -> None:
        """Only for a thread that holds the lock: no lesson may begin meanwhile."""
        self.said = time.monotonic()
        left = minutes(self.seconds_left(self.said - self.began))
        going = [name for name in self.cells if name not in self.over]
        places = ", ".join(f"{name}: cell {self.seen[name]} of {self.cells[name]}" for name in going)
        self.write(f"{places}, about {left} left")

    def seconds_left(self, spent: float) -> float:
        """What is expected for the rest, at the pace so far."""
        done = sum(self.expected[name] * self.share(name) for name in self.cells)
        pace = spent / done if done > 20 else 1 / self.at_once  # at first nothing is known of the pace
        return max(0.0, (sum(self.expected.values()) - done) * pace)

    def share(self, name: str) -> float:
        """How much of a lesson that has begun is done, in 0..1."""
        return 1.0 if name in self.over else max(self.seen[name] - 1, 0) / max(self.cells[name], 1)

    def done(self) -> None:
        number = len(self.expected)
        self.write(f"{number} lesson{'s' * (number != 1)} in {minutes(time.monotonic() - self.began)}")
        self.stop()

    def stop(self) -> None:
        """Leave the line, so that what comes next stands on one of its own."""
        if self.live:
            sys.stderr.write("\n")

    def write(self, line: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r{line[:width]:{width}}" if self.live else f"{line}\n")
        sys.stderr.flush()


def minutes(seconds: float) -> str:
    """75.2 -> "1 min 15 s"."""
    whole, rest = divmod(round(seconds), 60)
    return f"{whole} min {rest:02d} s" if whole else f"{rest} s"

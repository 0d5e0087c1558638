"""What a seat on a server costs: memory and start time, measured. Linux only, since it asks for shared memory, too.

    python tests/seat.py 01_cleaning 04_layer_visualization

A seat is a JupyterLab server and one kernel that runs a lesson. Memory that two processes share is counted once (PSS).
Seconds of processor time are given beside those of the clock: they do not depend on what else the machine does.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

PORT = 18_888
ADDRESS = f"http://127.0.0.1:{PORT}/lab"
FIRST_CELL = "from helpers import environment; environment.check(); from helpers import training"


class Watch(threading.Thread):
    """The most memory, in MB, and the processor time, in seconds, of a program and all that it starts."""

    def __init__(self, program: subprocess.Popen):
        super().__init__(daemon=True)
        self.whole, self.most, self.seconds = psutil.Process(program.pid), 0.0, {}
        self.start()

    def run(self) -> None:
        while self.whole.is_running():
            memory = 0
            for one in [self.whole, *self.whole.children(recursive=True)]:
                try:
                    memory += one.memory_full_info().pss
                    self.seconds[one.pid] = sum(one.cpu_times()[:2])
                except psutil.Error:  # it has just ended
                    continue
            self.most = max(self.most, memory / 1e6)
            time.sleep(0.05)


def answers() -> bool:
    try:
        return urllib.request.urlopen(ADDRESS, timeout=5).status == 200
    except (urllib.error.URLError, OSError):
        return False


def tell(what: str, watch: Watch, began: float) -> None:
    clock, work = time.monotonic() - began, sum(watch.seconds.values())
    print(f"{what:36} {watch.most:6,.0f} MB {clock:6.1f} s by the clock {work:6.1f} s of one core", flush=True)


def main(chosen: list[str]) -> None:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as scratch:
        words = ["-m", "jupyter", "lab", "--no-browser", f"--port={PORT}", "--IdentityProvider.token=", "--allow-root"]
        home = os.environ | {"JUPYTER_CONFIG_DIR": scratch, "JUPYTER_DATA_DIR": scratch}
        began, server = time.monotonic(), subprocess.Popen([sys.executable, *words], cwd=scratch, env=home, **quiet)
        watch = Watch(server)
        while not answers() and server.poll() is None:
            time.sleep(0.05)
        tell("JupyterLab, until the page is there", watch, began)
        server.terminate()
        server.wait()
    began, first = time.monotonic(), subprocess.Popen([sys.executable, "-c", FIRST_CELL], **quiet)
    watch = Watch(first)
    first.wait()
    tell("the first cell, which loads all", watch, began)
    for lesson in chosen:
        with tempfile.TemporaryDirectory() as scratch:
            words = [
                sys.executable,
                "-m",
                "papermill",
                "-k",
                "python3",
                f"{lesson}.ipynb",
                str(Path(scratch) / "o.ipynb"),
            ]
            began = time.monotonic()
            run = subprocess.Popen(words, cwd=Path(__file__).parent.parent / "notebooks", **quiet)
            watch = Watch(run)
            run.wait()
            tell(f"{lesson}" + (" (broke)" if run.returncode else ""), watch, began)


if __name__ == "__main__":
    main(sys.argv[1:])

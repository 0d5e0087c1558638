"""What other tools say of a lesson: ruff of its code; nbval and papermill of what it does when it is run."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

from helpers import environment
from helpers.checking import elsewhere, rerun
from helpers.checking.lesson import Finding, Lesson
from helpers.progress import progress

SECONDS = 300  # for one cell
OF_A_CELL = re.compile(r"::Cell \d+ [A-Z]+ ")  # pytest's line when it has run one
BROKEN = re.compile(r"^labs: \S+, (code cell (\d+) .*); look at (.*)\.$", re.MULTILINE)  # see `lessons.broken`


def style(lesson: Lesson) -> Iterator[Finding]:
    """What ruff finds, and whether it would format the code otherwise."""
    cells = {cell.number: cell for cell in lesson.cells}
    said = run("ruff", "check", "--output-format=json", "--no-cache", str(lesson.path))
    for one in json.loads(said.stdout or "[]"):
        if one["code"] in (None, "invalid-syntax"):  # `code.python` says so, too
            continue
        cure = f"mend it ({one['code']}; `ruff check --fix` can do some)"
        yield lesson.finding(one["message"].rstrip("."), cure, cells.get(one["cell"]), one["location"]["row"])
    said = run("ruff", "format", "--diff", "--no-cache", str(lesson.path))
    for number in dict.fromkeys(re.findall(r"^--- .*:cell (\d+)\n.*\n@@", said.stdout, re.MULTILINE)):
        cure = f"run `ruff format notebooks/{lesson.path.name}`"
        yield lesson.finding("the code is not laid out as ruff does it", cure, cells.get(int(number)))


def anew(lesson: Lesson) -> Iterator[Finding]:
    """Run the lesson on its defaults; what cells tagged `compare` print must be what is saved."""
    words = ("--nbval-lax", f"--nbval-cell-timeout={SECONDS}", "-p", "no:cacheprovider", "-p", rerun.__name__)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        code, last = by_cell(lesson, *words, "-vv", "--color=no", "--tb=line", f"--junitxml={report}", str(lesson.path))
        found = list(failed(report)) if report.is_file() else []
    again = f"mend it; or, if what it prints now is right, `labs refresh {lesson.name}`"
    for number, what in found[: rerun.MOST]:
        cure = again if "prints something else" in what else "mend it"
        yield lesson.finding(f"run anew, {what}", cure, lesson.code[number])
    if len(found) > rerun.MOST:
        what = f"run anew, cells after these that fail or print something else: {len(found) - rerun.MOST}"
        yield lesson.finding(what, "mend the first, and look again")
    if code and not found:
        yield lesson.finding(f"it could not be run anew ({' '.join(last.split())})", "mend that")


def by_cell(lesson: Lesson, *words: str) -> tuple[int, str]:
    """pytest, with a bar that counts the cells; its exit code, and the last that it said."""
    command = [sys.executable, "-u", "-m", "pytest", *words]
    said = ""
    with (
        progress(total=len(lesson.code), text=f"running {lesson.name}", unit="cells") as bar,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pytest,
    ):
        for line in pytest.stdout:
            said = (said + line)[-300:]
            bar.update(bool(OF_A_CELL.search(line)))
    return pytest.returncode, said


def other(lesson: Lesson) -> Iterator[Finding]:
    """Run the lesson elsewhere: on another folder, with other class names and another seed."""
    said = run(elsewhere.__name__, lesson.name)
    where = "run on another folder, with other class names and another seed"
    if found := BROKEN.search(said.stderr):
        cure = f"mend it: it must not know its data by heart, nor use a shell or the network; look at {found[3]}"
        yield lesson.finding(f"{where}, {found[1]}", cure, lesson.code[int(found[2]) - 1])
    elif said.returncode:
        last = (said.stdout + said.stderr).strip()[-300:]
        yield lesson.finding(f"it could not be {where} ({' '.join(last.split())})", "mend that")


def both(lesson: Lesson) -> list[Finding]:
    """All that CI would say of running the lesson, each way on a core of its own."""
    ways = anew, other
    with environment.shared_cores(len(ways)), ThreadPoolExecutor() as threads:
        return [one for found in threads.map(lambda way: list(way(lesson)), ways) for one in found]


def failed(report: Path) -> Iterator[tuple[int, str]]:
    """(place among the cells of code, from 0; what went wrong) of each cell, from pytest's report in JUnit XML."""
    for case in ElementTree.parse(report).iter("testcase"):
        if (what := case.find(f".//property[@name='{rerun.TOLD}']")) is not None:
            yield int(case.get("name").removeprefix("Cell ")), what.get("value")


def run(tool: str, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", tool, *words], capture_output=True, text=True, check=False)

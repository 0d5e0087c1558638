"""A plugin of pytest for lessons that nbval runs anew: what it compares, and what it says of a cell that fails.

`notebooks/conftest.py` loads it. At the end, where nobody has to scroll, stand lesson, cell, its first line, the error.
"""

import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from queue import Empty

import pytest
from nbval import plugin
from nbval.kernel import RunningKernel

from helpers.checking.lesson import COLOURS
from helpers.lessons import with_a_kernel

TOLD = "told"  # the property of a report, also in JUnit XML, that says what went wrong
MOST = 3  # of a lesson: the cells after one that broke miss what it would have made
LETTERS = 120  # of what is quoted
WITH_WORDS = ("text/markdown", "text/html", "text/plain")

plugin.metadata_tags["compare"] = "check"
start, await_reply = RunningKernel.__init__, RunningKernel.await_reply


class DeadKernel(Exception):
    """The kernel is gone, so no reply will come."""


def start_anew_if_it_dies(kernel: RunningKernel, *args, **kwargs) -> None:
    """In place of nbval's own way, by which all cells of the lesson fail where a port is taken."""
    with_a_kernel(partial(start, kernel, *args, **kwargs))


def await_reply_of_the_living(kernel: RunningKernel, msg_id: str, timeout: float | None = None) -> None:
    """In place of nbval's own way, which waits for the whole time limit where a kernel has died."""
    end = time.monotonic() + (timeout or float("inf"))
    while True:
        try:
            return await_reply(kernel, msg_id, timeout=min(1, max(end - time.monotonic(), 0.01)))
        except Empty:
            if not kernel.is_alive():
                raise DeadKernel("the kernel died, as it does when memory runs out") from None
            if time.monotonic() >= end:
                raise


RunningKernel.__init__, RunningKernel.await_reply = start_anew_if_it_dies, await_reply_of_the_living


def pytest_collection_modifyitems(items: list) -> None:
    """Lessons are saved without run counts, which nbval would take for cells never run."""
    for item in items:
        if isinstance(item, plugin.IPyNbCell):
            item.cell.execution_count = 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator:
    report = yield
    if report.failed and isinstance(item, plugin.IPyNbCell):
        error = call.excinfo.value
        item.parent.timed_out |= isinstance(error, DeadKernel)  # the cells after it are not tried
        item.user_properties.append((TOLD, told(item, error)))  # JUnit XML looks there, the summary in the report
        report.user_properties.append(item.user_properties[-1])
    return report


def pytest_terminal_summary(terminalreporter) -> None:
    many = Counter()
    failed = sorted(terminalreporter.stats.get("failed", []), key=lesson_of)  # lessons that run side by side, in order
    for path, report in zip(map(lesson_of, failed), failed, strict=True):
        if what := dict(report.user_properties).get(TOLD):
            many[path] += 1
            if many[path] <= MOST:
                terminalreporter.write_line(f"{path.rpartition('/')[2].removesuffix('.ipynb')}, {what}")
    for path, count in many.items():
        if count > MOST:
            terminalreporter.write_line(f"{path}: {count - MOST} more cells after these")


def lesson_of(report: pytest.TestReport) -> str:
    return report.nodeid.partition("::")[0]


def told(item: plugin.IPyNbCell, error: Exception) -> str:
    """Which cell of code, its first line, and what went wrong, in one line."""
    first, *_ = [*item.cell.source.strip().splitlines(), ""]
    return f"code cell {item.cell_num + 1} (`{first}`): {reason(item, error)}"


def reason(item: plugin.IPyNbCell, error: Exception) -> str:
    outputs = item.test_outputs or []
    if "Timeout" in str(error):
        return f"it took longer than {item.config.option.nbval_cell_timeout:g} seconds, and was stopped"
    for output in outputs:
        if output.output_type == "error":
            name, (words, *_) = output.ename, [*str(output.evalue).strip().splitlines(), ""]
            return f"it fails ({words if name == 'InputError' else f'{name}: {words}'})"
    if not isinstance(error, plugin.NbCellError):
        return f"it fails ({error})"
    return difference(outputs, item.cell.outputs) or quoted(COLOURS.sub("", error.inner_traceback or str(error)))


def difference(now: list, saved: list) -> str:
    """The first line in which two lists of outputs differ; "" where their words are the same."""
    for number, (new, old) in enumerate(zip_longest(lines(now), lines(saved)), start=1):
        if new != old:
            new, old = ("nothing" if line is None else quoted(line) for line in (new, old))
            return f"it prints something else in line {number} (now: {new}; saved: {old})"
    return ""


def lines(outputs: list) -> list[str]:
    texts = ["".join(output.get("text", "")) for output in outputs if output.get("name") != "stderr"]
    texts += [output.get("data", {}).get(kind, "") for output in outputs for kind in WITH_WORDS]
    return [line for text in texts for line in text.splitlines()]


def quoted(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LETTERS else f"{words[:LETTERS]}…"

"""How nbval runs the lessons anew: what a cell tagged `compare` prints must be as it was saved."""

import re
from collections import Counter

from nbval import plugin

plugin.metadata_tags["compare"] = "check"
MOST = 3  # of a lesson: the cells after one that broke miss what it would have made
COLOURS = re.compile(r"\x1b\[[\d;]*m")


def pytest_collection_modifyitems(items):
    """Lessons are saved without run counts, which nbval would take for cells never run."""
    for item in items:
        if isinstance(item, plugin.IPyNbCell):
            item.cell.execution_count = 1
            first, *_ = [*item.cell.source.strip().splitlines(), ""]
            item.user_properties.append(("first line", first))


def pytest_terminal_summary(terminalreporter):
    """At the end, where nobody has to scroll: lesson, cell, its first line, the error."""
    from helpers.checking import tools  # here, since it is needed in failures only

    told = Counter()
    for report in terminalreporter.stats.get("failed", []):
        path, _, number = report.nodeid.partition("::Cell ")
        told[path] += 1
        if number and told[path] <= MOST:
            lesson = path.rpartition("/")[2].removesuffix(".ipynb")
            first = dict(report.user_properties).get("first line", "")
            what = tools.difference(COLOURS.sub("", report.longreprtext))
            where = f"{lesson}, code cell {int(number) + 1} (`{first}`)"
            terminalreporter.write_line(f"{where}: {what}")
    for path, many in told.items():
        if many > MOST:
            terminalreporter.write_line(f"{path}: {many - MOST} more cells after these")

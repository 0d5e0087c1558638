"""What a scan found: rows for programs, a table for people, a CSV for both."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers.cleaning.faults import DECIDE, FAULTS
from helpers.errors import InputError
from helpers.names import to_cell
from helpers.whole import write_whole

ALIKE = ("near copy", "copy across classes")
MANY = 0.1  # of all pictures: so many near copies are rather pictures that are alike by nature
COLUMNS = ("path", "fault", "detail", "action")


@dataclass(frozen=True, order=True)
class Finding:
    """One thing found. path: relative to the folder, with "/" between its parts. action: what `clean` does about it."""

    path: str
    fault: str
    detail: str
    action: str


class Report:
    """The findings in the order of their paths, and how many `pictures` (files, folders left aside) were looked at."""

    def __init__(self, findings: list[Finding], pictures: int):
        self.findings, self.pictures = sorted(findings), pictures

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def counts(self) -> dict[str, int]:
        """How often each fault was found, in the order of the list of faults."""
        counted = Counter(finding.fault for finding in self.findings)
        return {fault: counted[fault] for fault in FAULTS if counted[fault]}

    def actions(self) -> dict[tuple[str, str], int]:
        """How often each (fault, action) was found: in the order of `counts`, the fault's usual action first."""
        counted = Counter((finding.fault, finding.action) for finding in self.findings)
        faults = list(FAULTS)
        by_fault = sorted(counted, key=lambda one: (faults.index(one[0]), one[1] != FAULTS[one[0]].action, one[1]))
        return {one: counted[one] for one in by_fault}

    def needs_a_person(self) -> bool:
        """Whether something is left that only a person can decide."""
        return any(finding.action == DECIDE for finding in self.findings)

    def summary(self) -> str:
        """A table for people: each fault with its number, what is done about it, and what it means; a line more where
        a person's decisions let something else be done about some."""
        if not self.findings:
            return f"{self.pictures:,} files looked at: nothing wrong was found."
        files = len({finding.path for finding in self.findings})
        lines = [f"{self.pictures:,} files looked at: {len(self.findings):,} findings in {files:,} files and folders."]
        for (fault, action), count in self.actions().items():
            lines.append(f"{count:6,}  {fault:20} {action:10} {FAULTS[fault].meaning}")
        if sum(one.fault in ALIKE for one in self.findings) > max(10, MANY * self.pictures):
            lines.append(
                "Are these different pictures that are alike by nature, such as scans, digits or cells? Then seek no "
                "near copies, by `--no-near-copies` (in Python, `near=False`)."
            )
        return "\n".join(lines)

    def to_csv(self, path: str | Path) -> None:
        """Write all rows, whole or not at all. What a spreadsheet would take for a formula gets a ' before it."""
        write_rows(path, COLUMNS, ([to_cell(getattr(one, column)) for column in COLUMNS] for one in self.findings))


def write_rows(path: str | Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A CSV, whole or not at all. Raises InputError where it cannot be written."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    write_text(path, text.getvalue())


def write_text(path: str | Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all. Raises InputError where it cannot be written."""
    try:
        write_whole(Path(path), text.encode())
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another place for it.") from None

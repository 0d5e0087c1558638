"""What a scan found: rows for programs, a table for people, a CSV for both."""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers.cleaning.faults import DECIDE, FAULTS

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

    def needs_a_person(self) -> bool:
        """Whether something is left that only a person can decide."""
        return any(finding.action == DECIDE for finding in self.findings)

    def summary(self) -> str:
        """A table for people: each fault with its number, what is done about it, and what it means."""
        if not self.findings:
            return f"{self.pictures:,} files looked at: nothing wrong was found."
        files = len({finding.path for finding in self.findings})
        lines = [f"{self.pictures:,} files looked at: {len(self.findings):,} findings in {files:,} of them."]
        for fault, count in self.counts().items():
            lines.append(f"{count:6,}  {fault:20} {FAULTS[fault].action:10} {FAULTS[fault].meaning}")
        return "\n".join(lines)

    def to_csv(self, path: str | Path) -> None:
        """Write all rows, whole or not at all. What a spreadsheet would take for a formula gets a ' before it."""
        path = Path(path)
        unfinished = path.with_name(f".{path.name}.unfinished")
        try:
            with open(unfinished, "w", newline="", encoding="utf-8", errors="backslashreplace") as file:
                writer = csv.writer(file)
                writer.writerow(COLUMNS)
                for finding in self.findings:
                    writer.writerow([harmless(getattr(finding, column)) for column in COLUMNS])
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell

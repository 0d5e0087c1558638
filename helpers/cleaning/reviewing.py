"""The doubtful pictures under a cell, for a person to keep, drop or move to another class; each choice is written.

    cleaning.review(report, folder, "decisions.csv")

With the keyboard: Tab goes from button to button and Enter presses one. Quicker: in the field below the buttons, k
keeps, d drops, 1, 2… say the class, u takes back, n and b go on and back.
"""

import io
from collections.abc import Iterable
from pathlib import Path

from helpers.cleaning.decisions import DROP, KEEP, check_classes, read_decisions, write_decisions
from helpers.cleaning.faults import DECIDE, HOPELESS
from helpers.cleaning.report import Finding
from helpers.cleaning.thumbnails import thumbnail
from helpers.cleaning.walking import walk
from helpers.errors import InputError

# Where a person can know better than the rules: the picture can be decoded, and it is a matter of judgement.
DOUBTFUL = (
    "suspect",
    "copy across classes",
    "near copy",
    "copy across splits",
    "half grey",
    "torn",
    "dark",
    "light",
    "blurred",
)
NOTHING_TO_SEE = HOPELESS | {"one colour", "tiny", "sliver"}  # no class to be seen in it, so nothing to judge


class Review:
    """Which picture is up, what was decided, and the way back; the widget only shows it.

    findings: the doubtful ones, one a picture. decisions: {path: decision}, kept in the CSV at each change.
    """

    def __init__(self, report: Iterable[Finding], folder: str | Path, csv: str | Path):
        self.folder, self.csv = Path(folder), Path(csv)
        self.label_of = {place.path: place.label for place in walk(folder)[0]}
        self.labels = sorted(set(self.label_of.values()))
        check_classes(self.labels, self.folder)
        self.findings = doubtful(list(report))
        self.decisions = read_decisions(csv) if self.csv.exists() else {}
        self.at = next((k for k, one in enumerate(self.findings) if one.path not in self.decisions), 0)
        self.before: list[tuple[int, str, str | None]] = []

    def decide(self, decision: str) -> None:
        """Decide on the picture that is up ("keep", "drop" or a class), write it down, and go to the next."""
        if decision not in (KEEP, DROP, *self.labels):
            raise InputError(f"{decision}: no decision; take keep, drop or one of {', '.join(self.labels)}.")
        path = self.findings[self.at].path
        earlier = self.put(path, decision)
        self.before.append((self.at, path, earlier))
        self.move(1)

    def put(self, path: str, decision: str | None) -> str | None:
        """Change one row of the CSV, whose other rows may have been edited meanwhile; None takes it out. Returns what
        was decided before."""
        decisions = read_decisions(self.csv) if self.csv.exists() else {}
        earlier = decisions.pop(path, None)
        if decision is not None:
            decisions[path] = decision
        write_decisions(decisions, self.csv)
        self.decisions = decisions
        return earlier

    def undo(self) -> None:
        """Take back the last decision made here, and show its picture again."""
        if not self.before:
            return
        at, path, earlier = self.before[-1]
        self.put(path, earlier)
        self.before.pop()
        self.at = at

    def move(self, step: int) -> None:
        """Show the next or an earlier picture, and decide nothing."""
        self.at = min(max(self.at + step, 0), max(len(self.findings) - 1, 0))

    def decided(self) -> int:
        return sum(finding.path in self.decisions for finding in self.findings)


def doubtful(report: list[Finding]) -> list[Finding]:
    """One finding for each picture that a person may judge: what waits for a decision first, then by kind."""
    unseen = {finding.path for finding in report if finding.fault in NOTHING_TO_SEE}
    found = [one for one in report if one.fault in DOUBTFUL and one.path not in unseen]
    found.sort(key=lambda one: (one.action != DECIDE, DOUBTFUL.index(one.fault), -doubt(one), one.path))
    first: dict[str, Finding] = {}
    for one in found:
        first.setdefault(one.path, one)
    return list(first.values())


def doubt(finding: Finding) -> float:
    """The number at the start of a suspect's detail; the highest come first."""
    return float(finding.detail.split()[0]) if finding.fault == "suspect" else 0.0


def review(report: Iterable[Finding], folder: str | Path, csv: str | Path) -> Review:
    """Show the doubtful pictures among the findings under the cell; returns what holds the decisions.

    First a figure of them, which stays where there are no widgets, as in a lesson on the web; then, in a running
    notebook, one picture at a time with buttons. report: of `scan`, or any findings, those of `suspects` among them.
    csv: the file of decisions; an earlier one is gone on with.
    Raises InputError for a folder or a CSV that cannot be used.
    """
    from helpers import figures
    from helpers.cleaning.review_widget import widget  # late: a folder can be cleaned without any notebook

    state = Review(report, folder, csv)
    if not state.findings:
        print("Nothing is in doubt.")
        return state
    show_figure(state)
    figures.show_widget(widget(state))
    return state


def show_figure(state: Review, most: int = 12) -> None:
    """The first of the doubtful pictures side by side."""
    import numpy as np
    from PIL import Image

    from helpers import figures

    shown = state.findings[:most]
    jpegs = [thumbnail(state.folder / one.path, 160) for one in shown]
    blank = np.full((160, 160, 3), 230, "uint8")
    figures.grid(
        [np.asarray(Image.open(io.BytesIO(jpeg))) if jpeg else blank for jpeg in jpegs],
        [f"{state.label_of.get(one.path, '?')}\n{one.fault}" for one in shown],
        columns=6,
        size=1.6,
        caption=f"{len(shown)} of {len(state.findings)} pictures to decide on, with their class and what is doubtful.",
        alt="; ".join(f"{one.path}: {one.fault} {one.detail}" for one in shown),
    )

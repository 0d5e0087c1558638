"""The doubtful pictures under a cell, for a person to keep, drop or move to another class; each choice is written.

    cleaning.review(report, folder, "decisions.csv")

With the keyboard: Tab goes from button to button and Enter presses one. Quicker: in the field below the buttons, k
keeps, d drops, 1, 2… say the class, u takes back, n and b go on and back.
"""

import io
from html import escape
from pathlib import Path

from helpers.cleaning.decisions import DROP, KEEP, read_decisions, write_decisions
from helpers.cleaning.faults import DECIDE, HOPELESS
from helpers.cleaning.report import Finding, Report
from helpers.cleaning.thumbnails import as_address, thumbnail
from helpers.cleaning.walking import walk
from helpers.errors import InputError

SIDE = 300  # of the picture shown, pixels
# Where a person can know better than the rules: the picture can be decoded, and it is a matter of judgement.
DOUBTFUL = (
    "suspect",
    "copy across classes",
    "near copy",
    "copy across splits",
    "half grey",
    "dark",
    "light",
    "blurred",
)


class Review:
    """Which picture is up, what was decided, and the way back; the widget only shows it.

    findings: the doubtful ones, one a picture. decisions: {path: decision}, kept in the CSV at each change.
    """

    def __init__(self, report: Report, folder: str | Path, csv: str | Path):
        self.folder, self.csv = Path(folder), Path(csv)
        self.labels = sorted({place.label for place in walk(folder)[0]})
        self.findings = doubtful(report)
        self.decisions = read_decisions(csv) if self.csv.exists() else {}
        self.at = next((k for k, one in enumerate(self.findings) if one.path not in self.decisions), 0)
        self.before: list[tuple[int, str, str | None]] = []

    def decide(self, decision: str) -> None:
        """Decide on the picture that is up ("keep", "drop" or a class), write it down, and go to the next."""
        if decision not in (KEEP, DROP, *self.labels):
            raise InputError(f"{decision}: no decision; take keep, drop or one of {', '.join(self.labels)}.")
        path = self.findings[self.at].path
        self.before.append((self.at, path, self.decisions.get(path)))
        self.decisions[path] = decision
        write_decisions(self.decisions, self.csv)
        self.move(1)

    def undo(self) -> None:
        """Take back the last decision made here, and show its picture again."""
        if not self.before:
            return
        self.at, path, earlier = self.before.pop()
        if earlier is None:
            del self.decisions[path]
        else:
            self.decisions[path] = earlier
        write_decisions(self.decisions, self.csv)

    def move(self, step: int) -> None:
        """Show the next or an earlier picture, and decide nothing."""
        self.at = min(max(self.at + step, 0), max(len(self.findings) - 1, 0))

    def decided(self) -> int:
        return sum(finding.path in self.decisions for finding in self.findings)


def doubtful(report: Report) -> list[Finding]:
    """One finding for each picture that a person may judge: what waits for a decision first, then by kind."""
    hopeless = {finding.path for finding in report if finding.fault in HOPELESS}
    found = [one for one in report if one.fault in DOUBTFUL and one.path not in hopeless]
    found.sort(key=lambda one: (one.action != DECIDE, DOUBTFUL.index(one.fault), -doubt(one), one.path))
    first: dict[str, Finding] = {}
    for one in found:
        first.setdefault(one.path, one)
    return list(first.values())


def doubt(finding: Finding) -> float:
    """The number at the start of a suspect's detail; the highest come first."""
    return float(finding.detail.split()[0]) if finding.fault == "suspect" else 0.0


def review(report: Report, folder: str | Path, csv: str | Path) -> Review:
    """Show the doubtful pictures of a report under the cell; returns what holds the decisions.

    First a figure of them, which stays where there are no widgets, as in a lesson on the web; then, in a running
    notebook, one picture at a time with buttons. csv: the file of decisions; an earlier one is gone on with.
    Raises InputError for a folder or a CSV that cannot be used.
    """
    state = Review(report, folder, csv)
    if not state.findings:
        print("Nothing is in doubt.")
        return state
    show_figure(state)
    show_widget(state)
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
        [one.fault for one in shown],
        columns=6,
        size=1.6,
        caption=f"{len(shown)} of {len(state.findings)} pictures to decide on.",
        alt="; ".join(f"{one.path}: {one.fault} {one.detail}" for one in shown),
    )


def show_widget(state: Review) -> None:
    """One picture at a time, with a button for each decision, and a field that takes keys."""
    import ipywidgets
    from IPython.display import display

    picture, words = ipywidgets.HTML(), ipywidgets.HTML()
    keys = {"k": KEEP, "d": DROP} | {str(number): label for number, label in enumerate(state.labels[:9], start=1)}
    field = ipywidgets.Text(placeholder=", ".join(f"{key} {word}" for key, word in keys.items()) + ", u undo, n next")

    def refresh() -> None:
        finding = state.findings[state.at]
        jpeg = thumbnail(state.folder / finding.path, SIDE)
        decided = state.decisions.get(finding.path)
        picture.value = (
            f'<img src="{as_address(jpeg)}" alt="{escape(finding.path)}">' if jpeg else "<p>Nothing to show.</p>"
        )
        words.value = (
            f"<p><b>{escape(finding.path)}</b><br>{finding.fault}: {escape(finding.detail) or '–'}<br>"
            f"{'decided: ' + escape(decided) if decided else 'not decided'} "
            f"(picture {state.at + 1} of {len(state.findings)}, {state.decided()} decided)</p>"
        )

    def act(word: str) -> None:
        moves = {"undo": state.undo, "next": lambda: state.move(1), "back": lambda: state.move(-1)}
        moves[word]() if word in moves else state.decide(word)
        refresh()

    def typed(change: dict) -> None:
        if change["new"]:
            field.value = ""
            key = change["new"][-1].lower()
            if word := (keys | {"u": "undo", "n": "next", "b": "back"}).get(key):
                act(word)

    field.observe(typed, names="value")
    buttons = []
    for word in (KEEP, DROP, *state.labels, "undo", "back", "next"):
        style = {KEEP: "success", DROP: "danger"}.get(word, "info" if word in state.labels else "")
        button = ipywidgets.Button(description=word, tooltip=word, button_style=style)
        button.on_click(lambda _, word=word: act(word))
        buttons.append(button)
    refresh()
    display(ipywidgets.VBox([picture, words, ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap"}), field]))

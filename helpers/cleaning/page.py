"""The findings as one page to look at: thumbnails by fault. It needs no other file, and runs no script."""

from html import escape
from pathlib import Path

from helpers.cleaning.faults import FAULTS
from helpers.cleaning.report import Finding, Report, write_text
from helpers.cleaning.thumbnails import as_address, thumbnail
from helpers.progress import progress

SIDE = 140  # of a thumbnail, pixels
SHOWN = 60  # thumbnails of one fault; the rest are named
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f2f4f6; --line: #d4d9df; --faint: #57606a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --paper: #16181c; --soft: #22262c; --line: #3a4048; --faint: #a2abb5 } }
body { margin: 0 auto; max-width: 68rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper) }
h1 { margin: 0; font-size: 1.7rem } h2 { margin: 2.5rem 0 0; font-size: 1.2rem }
p { margin: .2rem 0 1rem; color: var(--faint) } a { color: inherit }
table { border-collapse: collapse; width: 100% } td, th { padding: .35rem .6rem; text-align: left }
tr { border-bottom: 1px solid var(--line) } td:nth-child(2) { text-align: right; font-variant-numeric: tabular-nums }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .8rem; margin: 0; padding: 0;
  list-style: none }
li { padding: .5rem; border-radius: .5rem; background: var(--soft); font-size: .8rem; overflow-wrap: anywhere }
li img, li div { display: block; width: 100%; height: 8.75rem; object-fit: contain; margin-bottom: .4rem }
li div { display: grid; place-content: center; border: 1px dashed var(--line); box-sizing: border-box;
  color: var(--faint) }
li span { display: block; color: var(--faint) }
"""


def write_page(report: Report, folder: str | Path, path: str | Path) -> None:
    """Write the findings about `folder` as a page in HTML, whole or not at all.

    Raises InputError where it cannot be written.
    """
    by_fault = {fault: [one for one in report if one.fault == fault] for fault in report.counts()}
    shown = sum(min(SHOWN, len(findings)) for findings in by_fault.values())
    with progress(total=shown, text="drawing the page") as bar:
        sections = [section(fault, findings, Path(folder), bar) for fault, findings in by_fault.items()]
    head = f"{report.pictures:,} files looked at: {len(report):,} findings"
    body = f"<h1>{head}</h1>\n{contents(report)}\n{''.join(sections)}"
    write_text(path, document(Path(folder).resolve().name, body))


def document(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Findings: {text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<p>{text(title)}</p>\n{body}\n</body>\n</html>\n"
    )


def contents(report: Report) -> str:
    """A table of the faults and of what is done about them, each leading to its thumbnails."""
    if not len(report):
        return "<p>Nothing wrong was found.</p>"
    rows = [
        f'<tr><td><a href="#{anchor(fault)}">{fault}</a></td><td>{count:,}</td>'
        f"<td>{action}</td><td>{FAULTS[fault].group}</td></tr>"
        for (fault, action), count in report.actions().items()
    ]
    head = "<tr><th>fault</th><th>files</th><th>what is done</th><th>why it matters</th></tr>"
    return f"<table>\n{head}\n{chr(10).join(rows)}\n</table>"


def section(fault: str, findings: list[Finding], folder: Path, bar) -> str:
    items = []
    for finding in findings[:SHOWN]:
        items.append(item(finding, None if unseen(finding) else thumbnail(folder / finding.path, SIDE)))
        bar.update(1)
    done = [f"{action} ({count:,})" for (_, action), count in Report(findings, 0).actions().items()]
    more = f"<p>And {len(findings) - SHOWN:,} more.</p>" if len(findings) > SHOWN else ""
    return (
        f'<h2 id="{anchor(fault)}">{fault} ({len(findings):,})</h2>\n'
        f"<p>{FAULTS[fault].meaning}. What is done: {', '.join(done)}.</p>\n<ul>\n{''.join(items)}</ul>\n{more}"
    )


def unseen(finding: Finding) -> bool:
    """Whether the file had better not be opened here."""
    unknown = ("crashes", "too large", "unreadable", "not a picture", "unknown format")
    return finding.fault in unknown or FAULTS[finding.fault].group == "never read"


def item(finding: Finding, jpeg: bytes | None) -> str:
    words = f"{finding.path}: {finding.fault}"
    seen = f'<img src="{as_address(jpeg)}" alt="{text(words)}">' if jpeg else "<div>nothing to show</div>"
    action = "" if finding.action == FAULTS[finding.fault].action else f"<span>{text(finding.action)}</span>"
    return f"<li>{seen}{text(finding.path)}<span>{text(finding.detail)}</span>{action}</li>\n"


def anchor(fault: str) -> str:
    return fault.replace(" ", "-")


def text(words: str) -> str:
    """Any text, the names of files too, so that a browser shows it and runs none of it."""
    return escape(words.encode(errors="backslashreplace").decode())

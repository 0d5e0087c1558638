"""What every lesson must have, so that CI can prove it and a reader can use it."""

import json
import re
from collections import Counter
from pathlib import Path

import nbformat

MEGABYTES = 2
COMPARED = 5
ABSOLUTE = re.compile(
    r"""(?<![\w.:/~-])/(?:home|root|Users|tmp|private|var|usr|opt|mnt|work|content)/\S+|\b[A-Z]:\\\S+"""
)


def lint(path: Path) -> list[str]:
    """What is wrong with a lesson, a sentence each, with the number of the cell; none if all is well."""
    notebook = nbformat.read(path, 4)
    wrong = []
    if path.stat().st_size > MEGABYTES * 1_000_000:
        wrong.append(f"the file is larger than {MEGABYTES} MB; make its figures smaller or fewer")
    as_written = json.loads(path.read_text(encoding="utf-8"))  # nbformat gives new ids where one stands twice
    for name, times in Counter(cell.get("id") for cell in as_written["cells"]).items():
        if name is None or times > 1:
            wrong.append(f"the cell id {name} stands {times} times; give each cell its own")
    tags = Counter(tag for cell in notebook.cells for tag in cell.metadata.get("tags", []))
    if tags["parameters"] != 1:
        wrong.append(f"{tags['parameters']} cells are tagged `parameters`; tag the one with the knobs")
    if tags["compare"] < COMPARED:
        wrong.append(f"{tags['compare']} cells are tagged `compare`; tag {COMPARED} that print the same everywhere")
    if tags["cover"] != 1:
        wrong.append(f"{tags['cover']} cells are tagged `cover`; tag the one whose figure stands for the lesson")
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            wrong += [f"cell {number} {what}" for what in lint_outputs(cell)]
    return wrong


def lint_outputs(cell: nbformat.NotebookNode) -> list[str]:
    """What is wrong with the saved outputs of one cell of code."""
    tags, wrong = cell.metadata.get("tags", []), []
    if "compare" in tags and not texts(cell):
        wrong.append("is tagged `compare` and has no saved text, so nothing would be compared; run `labs refresh`")
    if "cover" in tags and not any("image/png" in output.get("data", {}) for output in cell.outputs):
        wrong.append("is tagged `cover` and has no saved figure; run `labs refresh`")
    if any(output.output_type == "error" for output in cell.outputs):
        wrong.append("was saved with an error")
    if any(output.get("name") == "stderr" for output in cell.outputs):
        wrong.append("was saved with a warning or a log; mend its cause")
    for text in texts(cell):
        if found := ABSOLUTE.search(text):
            wrong.append(f"prints the path {found.group()}, which is there on one machine only; print its name")
    if any(output.get("metadata", {}).get("image/png", {}).get("alt") == "" for output in cell.outputs):
        wrong.append("shows a figure without alt text; say in words what is to be seen")
    return wrong


def texts(cell: nbformat.NotebookNode) -> list[str]:
    """What a cell printed or returned, as text."""
    said = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return [text for text in said if text]

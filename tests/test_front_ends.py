"""The lessons in other front ends than JupyterLab: nothing in them is of one front end alone, and they need no folder
of theirs around them."""

import json
import os
import re
import subprocess
import sys

import ipywidgets
import nbformat
import pytest

from helpers import figures, lessons

EVERYWHERE = {"text/plain", "text/html", "text/markdown", "image/png"}  # what all front ends show
OF_ONE = r"--jp-|<script|<style|require\(|IPython\.notebook|google\.colab|vscode"
LESSONS = sorted(lessons.NOTEBOOKS.glob("0*.ipynb"))


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return nbformat.read(request.param, as_version=4)


def test_outputs_are_of_kinds_that_every_front_end_shows_and_lean_on_none(lesson):
    for cell in lesson.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            assert set(data) <= EVERYWHERE, cell.id
            assert not re.search(OF_ONE, json.dumps({kind: data[kind] for kind in data if kind != "image/png"})), (
                cell.id
            )


def test_cells_are_plain_python_and_pictures_in_the_text_are_files_or_none(lesson):
    for cell in lesson.cells:
        assert not cell.get("attachments"), cell.id  # some hosted notebooks drop them
        if cell.cell_type == "markdown":
            for link in re.findall(r"!\[[^]]*\]\(([^)\s]+)", cell.source):
                assert (lessons.NOTEBOOKS / link).is_file(), (cell.id, link)
        if cell.cell_type == "code":
            assert not re.search(r"^\s*[%!]|^\s*from google|get_ipython\(", cell.source, re.MULTILINE), cell.id


def test_a_widget_is_shown_by_the_standard_means_with_a_sentence_for_who_has_none(monkeypatch):
    sent = []
    monkeypatch.setattr(figures, "display", lambda bundle, raw: sent.append(bundle))
    slider = ipywidgets.IntSlider()
    figures.show_widget(slider)
    assert sent[0]["application/vnd.jupyter.widget-view+json"]["model_id"] == slider.model_id
    assert "IntSlider" not in sent[0]["text/plain"] and "widgets" in sent[0]["text/plain"]


@pytest.mark.parametrize("place", ["empty folder", "notebooks", "root"])
def test_lessons_begin_wherever_a_front_end_starts_their_kernel(place, tmp_path):
    """VS Code starts it in the notebook's folder or in the project's, a hosted notebook in a folder of its own."""
    folder = {"empty folder": tmp_path, "notebooks": lessons.NOTEBOOKS, "root": lessons.NOTEBOOKS.parent}[place]
    read = [nbformat.read(path, as_version=4) for path in LESSONS]
    firsts = [next(cell.source for cell in lesson.cells if cell.cell_type == "code") for lesson in read]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "JPY_"))}
    done = subprocess.run(
        [sys.executable, "-P", "-c", "\n".join(firsts)],
        cwd=folder,
        env=plain | {"VSCODE_PID": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []

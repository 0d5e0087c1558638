"""The lessons in other front ends than JupyterLab: nothing in them is of one front end alone, and they need no folder
of theirs around them."""

import json
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
        if cell.cell_type == "code":
            assert not re.search(r"^\s*[%!]|^\s*from google|get_ipython\(", cell.source, re.MULTILINE), cell.id


def test_a_widget_is_shown_by_the_standard_means_with_a_sentence_for_who_has_none(monkeypatch):
    sent = []
    monkeypatch.setattr(figures, "display", lambda bundle, raw: sent.append(bundle))
    slider = ipywidgets.IntSlider()
    figures.show_widget(slider)
    assert sent[0]["application/vnd.jupyter.widget-view+json"]["model_id"] == slider.model_id
    assert "IntSlider" not in sent[0]["text/plain"] and "widgets" in sent[0]["text/plain"]


def test_lessons_begin_in_an_empty_folder_of_a_hosted_notebook(tmp_path):
    """Uploaded alone, with the package installed: the first cells find all that they need."""
    read = [nbformat.read(path, as_version=4) for path in LESSONS]
    firsts = [next(cell.source for cell in lesson.cells if cell.cell_type == "code") for lesson in read]
    done = subprocess.run(
        [sys.executable, "-P", "-c", "\n".join(firsts)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []

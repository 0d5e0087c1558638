"""Copies of the lessons that run quickly, a JupyterLab that serves them, and a Chromium to open them in."""

import os
import re
import shutil
from pathlib import Path

import lab  # beside this file
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers import lessons
from helpers.checking import elsewhere

SIZE = {"width": 1280, "height": 900}
FLAGS = [
    "--no-sandbox",  # in a container there is none
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


BARS = (
    """
import time
from helpers import datasets, models, pipeline, training
from helpers.progress import progress
from helpers.quiet import keras
""",
    """
data = datasets.load("drawn")
few = pipeline.image_dataset(data.train, (24, 24), images=20)
slow = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: time.sleep(0.5))
history = training.fit(models.lab_cnn((24, 24)), few, few, epochs=10, callbacks=[slow])
""",
    """
for _ in progress(range(20), text="reading"):
    time.sleep(0.25)
""",
    f"""
import numpy as np
from helpers import figures
figures.grid([np.ones((8, 8))], caption={lab.CAPTION!r}, alt="White.")
""",
)


@pytest.fixture(scope="session")
def notebooks(tmp_path_factory) -> Path:
    """The lessons with small numbers and no outputs, and what the tests add to them."""
    folder = tmp_path_factory.mktemp("notebooks")
    for name in lessons.names():
        notebook = lessons.read(name)
        for cell in lessons.code_cells(notebook):
            cell.outputs, cell.execution_count = [], None
            if "parameters" in cell.metadata.get("tags", []):
                for knob, value in elsewhere.QUICK.items():
                    cell.source = re.sub(rf"^{knob} = \d+", f"{knob} = {value}", cell.source, flags=re.MULTILINE)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # without one, JupyterLab asks for it
    bars = new_notebook(cells=[new_code_cell(source.strip()) for source in BARS], metadata=kernel)
    nbformat.write(bars, folder / f"{lab.BARS}.ipynb")
    return folder


@pytest.fixture(scope="session")
def address(notebooks, tmp_path_factory):
    """Where JupyterLab answers, token and all."""
    shutil.rmtree(lab.BUILD, ignore_errors=True)
    with lab.started(notebooks, tmp_path_factory.mktemp("jupyter")) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page(browser, address):
    """One page, logged in."""
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(60_000)
    page.goto(address)
    return page


@pytest.fixture(scope="session")
def last() -> dict:
    """The notebook that was opened last, by its name."""
    return {}


@pytest.fixture
def opened(page, address, last, lesson) -> lab.Notebook:
    """The notebook that the test names, in front of all others: opened once for all its tests."""
    if lesson not in last:
        if last:  # the next lesson needs the memory
            page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        last.clear()
        page.set_viewport_size(SIZE)
        page.goto(address.replace("/?", f"/lab/tree/{lesson}.ipynb?reset&"))
        notebook = lab.Notebook(page)
        notebook.wait_until_ready()
        last[lesson] = notebook
    page.set_viewport_size(SIZE)
    return last[lesson]


@pytest.fixture
def ran(opened) -> lab.Notebook:
    """The same, run from top to bottom."""
    if not opened.has_run:
        opened.run_all()
    return opened


def pytest_collection_modifyitems(items: list) -> None:
    """The tests of one lesson follow each other, so that each lesson is run once."""
    if any(Path(__file__).parent not in item.path.parents for item in items):
        return  # another run of tests, which only passes by
    items.sort(key=lambda item: (getattr(item, "callspec", None) and item.callspec.params.get("lesson")) or "")

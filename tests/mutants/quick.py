"""In a copy of the project: a lesson with small parameters and with what it prints then, to hold spoilt ones against.

python quick.py LESSON     # notebooks/LESSON.ipynb -> quick/LESSON.ipynb; marks both as `labs refresh` does
"""

import re
import shutil
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from helpers import lessons

SMALL = {"IMAGES": 60, "EPOCHS": 2, "SEEDS": 2}


def main(name: str) -> None:
    source, quick = Path("notebooks", f"{name}.ipynb"), Path("quick", f"{name}.ipynb")
    quick.parent.mkdir(exist_ok=True)
    shutil.copy(source.with_name("conftest.py"), quick.parent)
    notebook = nbformat.read(source, 4)
    notebook.metadata.setdefault("labs", {})["code"] = lessons.code_marks(notebook)
    nbformat.write(notebook, source)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            for knob, value in SMALL.items():
                cell.source = re.sub(rf"^{knob} = \d+", f"{knob} = {value}", cell.source, flags=re.MULTILINE)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": "quick"}}).execute()
    for cell in lessons.code_cells(notebook):
        cell.outputs, cell.execution_count = lessons.stable_outputs(cell.outputs), None
    nbformat.write(notebook, quick)


if __name__ == "__main__":
    main(sys.argv[1])

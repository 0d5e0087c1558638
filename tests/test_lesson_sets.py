"""What lessons take of a folder: enough of each class, however few pictures there are."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from helpers import lessons, pipeline


@pytest.mark.parametrize("many", [(3, 9), (40, 40)])
def test_lesson_3_has_both_classes_to_choose_by_and_to_test_on(tmp_path, many):
    for name, count in zip(("cats", "dogs"), many, strict=True):
        (tmp_path / name).mkdir()
        for number in range(count):
            Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / name / f"{number}.png")
    notebook = lessons.read("03_training")
    (cell,) = [cell for cell in notebook.cells if cell.id == "03-08"]
    folder = SimpleNamespace(load=lambda _: SimpleNamespace(train=tmp_path, validation=tmp_path))
    made = {"datasets": folder, "pipeline": pipeline, "np": np} | lessons.parameters_of(notebook)
    exec(cell.source, made)
    paths = [made[name].paths for name in ("validation", "test")]
    assert not set(paths[0]) & set(paths[1])
    assert all({path.parent.name for path in one} == {"cats", "dogs"} for one in paths)

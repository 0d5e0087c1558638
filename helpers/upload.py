"""A button under a cell: choose a photo of your own and see what the network says."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import ipywidgets
from IPython.display import display

from helpers import figures
from helpers.pipeline import load_image
from helpers.quiet import keras
from helpers.training import predict


def ask(model: keras.Model, class_names: Sequence[str]) -> None:
    """Show an upload button; each photo chosen is shown with the class and the probability that `model` gives it.

    Any format that Pillow reads will do. What is not a picture is answered with the reason. Nothing is kept.
    """
    button = ipywidgets.FileUpload(accept="image/*", multiple=True, description="Choose photos")
    answers = ipywidgets.Output()

    def on_upload(change: dict) -> None:
        with answers:
            for photo in change["new"]:
                _answer(model, class_names, photo["name"], bytes(photo["content"]))

    button.observe(on_upload, names="value")
    display(ipywidgets.VBox([button, answers]))


def _answer(model: keras.Model, class_names: Sequence[str], name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo"
        path.write_bytes(content)
        (answer,) = predict(model, [path], class_names)
        if answer.error:
            print(f"{name}: not a picture that can be read; choose another file.")
            return
        figures.grid(
            [load_image(path, model.input_shape[1:3])],
            [f"{answer.class_name}: {answer.probability:.0%}"],
            size=3,
            caption=f"{name}, as the network sees it.",
            alt=f"{name}: {answer.class_name}, {answer.probability:.0%}",
        )

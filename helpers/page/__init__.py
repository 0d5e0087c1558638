"""A trained network as a page: drop a photo on it, and the browser answers as Python does, without a network.

The page is a folder that opens by a double click. Everything is in scripts, for a page from the disk may not read other
files: the network as TFLite, what computes it (see `runtime`), and the way of a photo from its bytes to the network's
numbers, which repeats `pipeline.decode` step by step.
"""

import base64
import gzip
import json
from collections.abc import Sequence
from functools import partial
from html import escape
from pathlib import Path
from string import Template

import numpy as np

from helpers import exporting, model_card
from helpers.datasets import Dataset
from helpers.errors import InputError
from helpers.one_probability import must_be_numbers, must_take_pictures
from helpers.page import runtime
from helpers.progress import progress
from helpers.quiet import keras, tf
from helpers.whole_folder import whole_folder

ASSETS = Path(__file__).parent / "assets"
# Each uses those before it.
SCRIPTS = tuple(f"{name}.js" for name in ["exif", "jpeg_reading", "jpeg_pixels", "resize", "photo", "network", "page"])
TEST = 31  # a picture that every browser can make: byte number i is 31 i, modulo 256


def make(model: keras.Model, target: str | Path, data: Dataset | None = None, given: Path | None = None) -> str:
    """Write the page for `model` into a new folder, whole or not at all; returns what was done, for people.

    data: the set that it learned from, to measure on its validation pictures. given: the package of the runtime, as
    `runtime.get` takes it.
    Raises InputError if `target` is there already and not empty, the model is not one picture of one size to one
    probability of a named class, it answers NaN, the classes of data are others, or the runtime is not to be had.
    """
    target, names = Path(target), model_card.names_of(model, data)
    model_card.check(target, names, data)
    if not names or len(names) != 2:
        raise InputError("the model does not say what its two classes are called; give one that `labs train` made.")
    must_take_pictures(model)
    computes = runtime.get(given)
    network = {"names": list(names), "size": list(model.input_shape[1:3]), "test": TEST, "answer": test_answer(model)}

    texts = {
        "index.html": lambda: document(names, model, model_card.Measured(model, data) if data else None),
        "model.js": lambda: f"const MODEL = {json.dumps(network | {'file': packed(to_tflite(model))})};\n",
        "litert.js": lambda: computes.script,
        "litert_binary.js": lambda: f'const LITERT_BINARY = "{packed(computes.binary)}";\n',
        "LICENSE-LiteRT.txt": lambda: computes.licence,
    }
    own = {name: partial((ASSETS / name).read_text, encoding="utf-8") for name in ("page.css", *SCRIPTS)}
    with whole_folder(target) as folder, progress((texts | own).items(), text="making the page", unit="files") as bar:
        for name, text in bar:
            write(folder / name, text())

    wanting = "" if data else " Give --pictures FOLDER, and it says how often it is right."
    return f"Made {target / 'index.html'}: open it in a browser, and drop a photo on it.{wanting}"


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")  # names may be any bytes


def packed(data: bytes) -> str:
    """Bytes as text for a script: squeezed, then base64."""
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


def test_answer(model: keras.Model) -> float:
    """What the network says of the test picture: the page asks itself the same before it answers anybody."""
    height, width, colours = model.input_shape[1:]
    picture = (np.arange(height * width * colours) * TEST % 256).reshape(1, height, width, colours)
    return float(must_be_numbers(model.predict_on_batch(picture.astype("float32") / 255))[0, 0])


def to_tflite(model: keras.Model) -> bytes:
    """A TFLite file: float32 (1, H, W, 3) in 0..1 -> float32 (1, 1). Raises InputError if it cannot be one."""

    @tf.function(input_signature=[tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="picture")])
    def serve(picture: tf.Tensor) -> dict:
        return {"probability": model(picture, training=False)}

    return exporting.converted(serve)


def document(names: Sequence[str], model: keras.Model, measured: model_card.Measured | None) -> str:
    """The HTML. Names of classes come from folders, so they may hold anything: they are text, never tags."""
    first, second = map(escape, names)
    height, width = model.input_shape[1:3]
    never = [" ".join(one.split()) for one in ("\n" + model_card.NOT_FOR).split("\n- ") if one.strip()]
    return Template((ASSETS / "index.html").read_text(encoding="utf-8")).substitute(
        first=first,
        second=second,
        width=width,
        height=height,
        weights=f"{model.count_params():,}",
        accuracy=accuracy(measured),
        never="\n".join(f"      <li>{escape(one, quote=False)}</li>" for one in never),
        scripts="\n".join(
            f'  <script src="{name}"></script>' for name in ("litert.js", "litert_binary.js", "model.js", *SCRIPTS)
        ),
    )


def accuracy(measured: model_card.Measured | None) -> str:
    """How often it is right: of all, and of each class, with intervals; or that nobody knows."""
    if not measured:
        return "<p><strong>Not measured</strong>: the page was made without pictures for that. Do not rely on it.</p>"
    rows = [
        f'<tr><th scope="row">{escape(name)}</th><td>{len(right):,}</td><td>{model_card.share(right)}</td></tr>'
        for label, name in enumerate(measured.names)
        for right in [measured.right[measured.labels == label]]
    ]
    whole = f"<strong>{model_card.share(measured.right)}</strong> of {len(measured.right):,} pictures"
    head = '<tr><th scope="col">class</th><th scope="col">pictures</th><th scope="col">right (95 % interval)</th></tr>'
    lines = "".join(f"\n        {line}" for line in [head, *rows])
    return f"<p>Right on {whole}{measured.newness()}.</p>\n      <table>{lines}\n      </table>"

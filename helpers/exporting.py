"""A trained network -> files that other programs use, with every step from pixels to probability inside.

A file takes the pixels of an upright picture, 0 to 255, of any size, and gives the probability of class 1. What is left
to whoever uses it is to decode the photo and to turn it as its EXIF note says.
"""

import json
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.errors import InputError
from helpers.one_probability import ask, must_take_pictures
from helpers.progress import progress
from helpers.quiet import keras, tf, without_stderr
from helpers.whole import must_be_free, whole

NOTE = "labs.json"  # what the formats do not hold, such as class names: a small archive behind the file's own bytes
LONGEST_NOTE = 1_000_000  # bytes
KINDS = ("keras", "float32", "float16", "int8")


def files(folder: str | Path) -> dict[str, Path]:
    """Where `export` puts each kind: one Keras file, three TFLite files."""
    names = {kind: f"model_{kind}.tflite" for kind in KINDS} | {"keras": "model.keras"}
    return {kind: Path(folder) / name for kind, name in names.items()}


def export(model: keras.Model, folder: str | Path, class_names: Sequence[str] | None = None) -> dict[str, Path]:
    """Write the model in each kind into a folder that is there already; returns {kind: file}.

    class_names: only needed for a model that does not carry them. The files are "keras"; "float32", the same for
    phones and browsers (TFLite); "float16", its weights in half the room; "int8", its weights in a quarter of it.

    Raises InputError if there is no such folder, one of the files is there already, the class names are not known, or
    the model does not turn one picture of a fixed size into one probability.
    """
    names = class_names or getattr(model, "class_names", None)
    if not names or len(names) != 2:
        raise InputError("the model does not say what its two classes are called; give class_names.")
    must_take_pictures(model)
    made = files(folder)
    for path in made.values():
        must_be_free(path, overwrite=False)
    with progress(total=len(made), text="exporting", unit="files") as bar:
        for kind, path in made.items():
            with whole(path) as unfinished:
                if kind == "keras":
                    from_pixels(model).save(unfinished)
                else:
                    unfinished.write_bytes(to_tflite(model, kind))
                write_note(unfinished, class_names=list(names), takes="pixels")
            bar.update()
    return made


def from_pixels(model: keras.Model) -> keras.Model:
    """The model behind the steps of `pipeline`: pictures (B, H, W, 3) of any size, 0..255 -> (B, 1).

    Only Keras's own parts are in it, so it opens without this package, in safe mode: where a layer of ours does nothing
    at use, `Identity` keeps its place. Not by the layer `Resizing`: in Keras 3.15 it switches the layers after it to
    training wherever the model is called without saying otherwise, which gives other answers, and each call changes the
    weights of batch normalization.
    """
    plain = model.__class__.from_config(_at_use(model.get_config()))
    plain.set_weights(model.get_weights())
    pixels = keras.layers.Input((None, None, 3), name="pixels")
    resized = keras.ops.image.resize(pixels, model.input_shape[1:3], interpolation="bilinear", antialias=True)
    return keras.Model(pixels, plain(keras.layers.Rescaling(1 / 255)(resized)), name="from_pixels")


def _at_use(config: object) -> object:
    """A model's config without what only training needs: what its optimizer keeps, twice its own size, and layers of
    ours that vary pictures, whose places `Identity` takes."""
    if isinstance(config, (list, tuple)):
        return type(config)(_at_use(one) for one in config)
    if not isinstance(config, dict):
        return config
    if getattr(keras.saving.get_registered_object(config.get("registered_name")), "idle_at_use", False):
        kept = {name: value for name, value in config["config"].items() if name in ("name", "dtype")}
        config = config | {"module": "keras.layers", "class_name": "Identity", "registered_name": None, "config": kept}
    return {name: _at_use(value) for name, value in config.items() if name != "compile_config"}


def to_tflite(model: keras.Model, kind: str) -> bytes:
    """A TFLite file: uint8 (1, H, W, 3) of any size -> float32 (1, 1). kind: as in `export`.

    int8 is TensorFlow's "dynamic range quantization": weights in eight bits, what comes into a layer rounded to eight
    bits as it goes, float between layers. Whole numbers throughout would round the resizing, too: a network for drawn
    cells fell from 86 to 60 % by that, and took four times as long.
    """
    size = model.input_shape[1:3]

    @tf.function(input_signature=[tf.TensorSpec((1, None, None, 3), tf.uint8, name="pixels")])
    def serve(pixels: tf.Tensor) -> dict:
        return {"probability": model(_resize(pixels, size) / 255, training=False)}

    return converted(serve, kind)


def converted(serve: Callable, kind: str = "float32") -> bytes:
    """A `tf.function` of one signature as a TFLite file. kind: as in `export`."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    frozen = convert_variables_to_constants_v2(serve.get_concrete_function())  # a file with variables answers NaN
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen], tf.Module())
    if kind != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    try:
        with _quiet():
            return converter.convert()
    except Exception:  # noqa: BLE001 the converter raises many kinds
        raise InputError("the model has layers that TFLite lacks; give one that `labs train` made.") from None


def _resize(pixels: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    """uint8 (1, H, W, 3) -> float32 (1, *size, 3) by a triangle as wide as a step: what `antialias=True` does, for
    which TFLite has nothing of its own. Two products of matrices, down and then across."""
    shape = tf.shape(pixels)
    picture = tf.cast(pixels[0], tf.float32)
    rows = _weights(shape[1], size[0]) @ tf.reshape(picture, (shape[1], -1))
    turned = tf.transpose(tf.reshape(rows, (size[0], shape[2], 3)), (1, 0, 2))
    columns = _weights(shape[2], size[1]) @ tf.reshape(turned, (shape[2], -1))
    resized = tf.transpose(tf.reshape(columns, (size[1], size[0], 3)), (1, 0, 2))
    return tf.ensure_shape(resized[None], (1, *size, 3))


def _weights(old: tf.Tensor, new: int) -> tf.Tensor:
    """float32 (new, old): how much each old pixel of a line counts for each new one; rows add up to 1."""
    step = tf.cast(old, tf.float32) / new
    middles = (tf.range(new, dtype=tf.float32) + 0.5) * step
    places = tf.range(tf.cast(old, tf.float32)) + 0.5
    near = tf.nn.relu(1 - tf.abs(middles[:, None] - places[None]) / tf.maximum(step, 1.0))
    return near / tf.reduce_sum(near, axis=1, keepdims=True)


def opened(path: str | Path) -> Callable[[np.ndarray], float]:
    """An exported file as a function: pixels uint8 (H, W, 3) of any size -> the probability of class 1.

    Raises InputError if there is no such file, or it is none that `export` wrote.
    """
    path = Path(path)
    if not path.is_file() or read_note(path).get("takes") != "pixels":
        raise InputError(f"{path}: not a file that `labs export` wrote; check the path.")
    if path.suffix == ".keras":
        model = keras.models.load_model(path, safe_mode=True)
        return lambda pixels: float(model.predict_on_batch(pixels[None])[0, 0])
    with _quiet():
        lite = tf.lite.Interpreter(str(path), num_threads=1)
    into, out = lite.get_input_details()[0]["index"], lite.get_output_details()[0]["index"]
    ready: tuple = ()

    def answer(pixels: np.ndarray) -> float:
        nonlocal ready
        if ready != pixels.shape:
            lite.resize_tensor_input(into, (1, *pixels.shape))
            with _quiet():
                lite.allocate_tensors()
            ready = pixels.shape
        lite.set_tensor(into, pixels[None])
        lite.invoke()
        return float(lite.get_tensor(out)[0, 0])

    return answer


@contextmanager
def _quiet() -> Iterator[None]:
    """TFLite tells of its progress past Python, and of its own move to another package by a warning."""
    with warnings.catch_warnings(), without_stderr():
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True)
class Cost:
    """What one file costs. kind: as in `export`. bytes: of the file. milliseconds: for one picture, alone, the median.
    accuracy: on the pictures, 0..1. apart: the largest distance of an answer from the model's own."""

    kind: str
    bytes: int
    milliseconds: float
    accuracy: float
    apart: float


def costs(
    model: keras.Model, made: Mapping[str, Path], pictures: Sequence[np.ndarray], labels: Sequence[int]
) -> list[Cost]:
    """Size, speed, accuracy and faithfulness of each file of `export`, on pictures of the model's own size.

    pictures: uint8 (H, W, 3), as `pipeline.decode` gives them. labels: 0 or 1.
    """
    own, found = ask(model, pictures), []
    for kind, path in made.items():
        answer, times, answers = opened(path), [], []
        answer(pictures[0])  # the first call makes room
        for picture in pictures:
            began = time.perf_counter()
            answers.append(answer(picture))
            times.append(time.perf_counter() - began)
        right = np.mean((np.array(answers) > 0.5) == (np.asarray(labels) > 0.5))
        apart = np.abs(np.array(answers) - own).max()
        found.append(Cost(kind, path.stat().st_size, 1000 * float(np.median(times)), float(right), float(apart)))
    return found


def table(found: Sequence[Cost], timed: bool = True) -> str:
    """The costs for people, a line a file. timed: with the milliseconds, which are another number in each run."""
    head = f"{'file':8} {'kB':>7} {'ms a picture':>13} {'accuracy':>9} {'largest difference':>19}"
    lines = [
        f"{one.kind:8} {one.bytes / 1000:7.0f} {one.milliseconds:13.1f} {one.accuracy:9.1%} {one.apart:19.6f}"
        for one in found
    ]
    keep = slice(16, 30)
    return "\n".join(line if timed else line[: keep.start] + line[keep.stop :] for line in [head, *lines])


def write_note(path: Path, **about: object) -> None:
    """Put a note behind a model's own bytes, in the archive that a `.keras` file is, or in a new one."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(NOTE, json.dumps(about))


def read_note(path: Path) -> dict:
    """What `write_note` put there; nothing if there is none. Raises InputError if it is damaged."""
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            if NOTE not in archive.namelist():
                return {}
            if archive.getinfo(NOTE).file_size > LONGEST_NOTE:
                raise ValueError("longer than any note")
            note = json.loads(archive.read(NOTE))
        names = note.get("class_names", ["", ""])
        if [type(name) for name in names] != [str, str]:
            raise ValueError("not the names of two classes")
        if not isinstance(note.get("learned_from", ""), str):
            raise ValueError("not the marks of pictures")
        return note
    except Exception as error:  # noqa: BLE001 Python's own readers raise many kinds
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{path}: its note is damaged ({reason}); give a file as `labs` wrote it.") from None

"""What judges need: an answer as numbers or as a list, comparisons that say what went wrong, files to try it on."""

import io
import itertools
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.exercises.sandbox import TryAgain


def numbers(value: object, probe: str | None = None) -> np.ndarray:
    """The value as float64, whatever holds it: array, tensor, list, picture, number. Raises TryAgain if it is none."""
    value = items(value, probe) if isinstance(value, Iterator) else value
    if isinstance(value, dict | set):
        why = f"Numbers are asked for, in a list or an array and not in a {type(value).__name__}."
        raise TryAgain(why, probe, value)
    try:
        value = value.numpy() if hasattr(value, "numpy") else value
        array = np.asarray(value)
        if array.dtype.kind in "USc":
            raise ValueError("text, or numbers with an imaginary part")
        return array.astype("float64")
    except Exception:  # noqa: BLE001 what cannot be made into numbers fails in many ways
        raise TryAgain(f"Numbers are asked for{_and_no_text(value)}.", probe, value) from None


def items(value: object, probe: str | None = None) -> list:
    """The parts of a list, tuple, set, array or generator. Raises TryAgain if it has none or far too many."""
    value = value.numpy() if hasattr(value, "numpy") else value
    value = np.atleast_1d(value) if isinstance(value, np.ndarray) else value
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        raise TryAgain("A list is asked for.", probe, value)
    found = list(itertools.islice(value, 10_001))
    if len(found) > 10_000:
        raise TryAgain("This list does not end, or is far too long.", probe)
    return found


def truth_value(value: object, probe: str) -> bool:
    """True or False, also as 1, 0 or a NumPy or TensorFlow value. Raises TryAgain for anything else."""
    value = value.numpy() if hasattr(value, "numpy") else value
    if np.size(value) != 1 or np.asarray(value).item() not in (0, 1):
        raise TryAgain(f"True or False is asked for{_and_no_text(value)}.", probe, value)
    return bool(np.asarray(value).item())


def _and_no_text(value: object) -> str:
    """What to add where a text came: without its quotes, "0.17" looks like the number that was asked for."""
    return ", and this is a text" if isinstance(value, str) else ""


def compare(
    came: np.ndarray, expected: np.ndarray, probe: str, known: Mapping[str, object], why: str, within: float = 1e-3
) -> None:
    """Raise TryAgain unless all numbers are within so much of what is expected.

    known: what a misconception would give, by the sentence that names it; why: the sentence for anything else.
    """
    expected = np.asarray(expected, "float64")
    if _close(came, expected, within):
        return
    for sentence, wrong in known.items():
        if _close(came, np.asarray(wrong, "float64"), within):
            raise TryAgain(sentence, probe, came, expected)
    if not np.isfinite(came).all():
        why = "There is NaN or infinity in it: a division by zero, or the logarithm of zero."
    elif came.shape != expected.shape:
        raise TryAgain(f"{why} Mind the shape.", probe, f"shape {came.shape}", f"shape {expected.shape}")
    raise TryAgain(why, probe, came, expected)


def _close(came: np.ndarray, expected: np.ndarray, within: float) -> bool:
    """(1, 1) or (1,) is as good as one number."""
    if came.size == 1 and expected.size == 1:
        came, expected = came.reshape(()), expected.reshape(())
    return came.shape == expected.shape and bool(np.allclose(came, expected, rtol=1e-3, atol=within, equal_nan=True))


def agree(came: list, expected: list, probes: list[str], known: Mapping[str, list], why: str) -> None:
    """The same for answers to several probes, where one alone does not tell which misconception it was."""
    for index, probe in enumerate(probes):
        if not _alike(came[index : index + 1], expected[index : index + 1]):
            why = next((sentence for sentence, wrong in known.items() if _alike(came, wrong)), why)
            raise TryAgain(why, probe, came[index], expected[index])


def _alike(came: list, other: list) -> bool:
    """Numbers within 0.01, anything else exactly."""
    return all(abs(a - b) < 0.01 if isinstance(a, float) else a == b for a, b in zip(came, other, strict=True))


def one_number(value: object, probe: str) -> np.ndarray:
    """The number in a value, be it NumPy's or TensorFlow's. Raises TryAgain for one that is still in an array or a
    list, or for several."""
    came = numbers(value, probe)
    if came.ndim and came.size == 1:
        way = "[0]" * came.ndim if came.ndim < 2 else "[" + ", ".join("0" * came.ndim) + "]"
        why = (
            f"The number is still in an array (or list) of shape {came.shape}: take it out, as with `{way}` behind it."
        )
        raise TryAgain(why, probe, came)
    if came.ndim:
        raise TryAgain("One number is asked for.", probe, f"shape {came.shape}")
    return came


def text(value: object, why: str, probe: str) -> str:
    """The text in a string, a NumPy or TensorFlow value. Raises TryAgain(why) if there is none."""
    value = value.numpy() if hasattr(value, "numpy") else value
    value = value.item() if isinstance(value, np.ndarray | np.generic) and value.size == 1 else value
    value = value.decode() if isinstance(value, bytes) else value
    if not isinstance(value, str):
        raise TryAgain(why, probe, value)
    return value


def picture(height: int = 24, width: int = 36, seed: int = 0) -> np.ndarray:
    """uint8 (H, W, 3): smooth, unlike itself when mirrored or turned, and with a range that is not the whole one."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    channels = [30 + 60 * x / width, 40 + 90 * y / height, 20 + 50 * x * y / (width * height)]
    return np.uint8(np.stack(channels, axis=2) + rng.integers(0, 20, (1, 1, 3)))


def noise(seed: int = 0) -> np.ndarray:
    """uint8 (48, 48, 3) like no other; as a file too large for its header to be two thirds of it."""
    return np.random.default_rng(seed).integers(0, 256, (48, 48, 3), "uint8")


def encoded(pixels: np.ndarray, kind: str = "JPEG", **options) -> bytes:
    """The pixels as the bytes of a file of that kind."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


@contextmanager
def files(contents: Mapping[str, bytes]) -> Iterator[dict[str, Path]]:
    """{name: path} of files with these contents, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, name) for name in contents}
        for name, path in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents[name])
        yield paths

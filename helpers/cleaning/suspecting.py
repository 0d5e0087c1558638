"""Which pictures look unlike their class: by a quick model, trained on the folder itself, that never saw them."""

import math
from pathlib import Path

import numpy as np

from helpers.cleaning import crew
from helpers.cleaning.faults import FAULTS
from helpers.cleaning.formats import format_of, jpeg_frame
from helpers.cleaning.pixels import opened, rgb, turn_of
from helpers.cleaning.reading import read
from helpers.cleaning.report import Finding
from helpers.cleaning.together import Later, wait_if_large
from helpers.cleaning.walking import walk
from helpers.errors import InputError
from helpers.progress import progress

SIDE = 64
TOGETHER = 4000  # pictures that one model is trained on: its time grows with the square of them
FOLDS = 5


def suspects(folder: str | Path, most: int | None = None, workers: int | None = None) -> list[Finding]:
    """The pictures that surprise a quick model most, the most surprising first: mislabelled, or not the subject.

    The model is a support vector machine on edges and colours, trained on the folder itself, five times on four fifths
    of it; each picture is judged by the one that did not see it. It is a rough judge, right on about three of four
    photos of cats and dogs: half of the pictures that it names first are good ones. So look at them, and let nothing be
    done unseen.
    most: how many to give; all if not given. Raises InputError for a folder that cannot be used, and where two classes
    of ten pictures that can be decoded are not there.
    """
    places = walk(folder)[0]
    found: list = [None] * len(places)
    paths = [place.path for place in places]
    crew.work("describe", Path(folder), paths, found.__setitem__, lambda reason: None, workers)
    known = [k for k, one in enumerate(found) if one is not None]
    labels = np.array([places[k].label for k in known])
    names, counts = np.unique(labels, return_counts=True)
    if len(names) < 2 or counts.min() < 2 * FOLDS:
        raise InputError(f"{folder}: too few pictures to train on; {2 * FOLDS} in each of two classes are needed.")
    doubts, likely = judge(np.stack([found[k] for k in known]), labels)
    order = np.argsort(-doubts, kind="stable")[:most]
    return [
        Finding(places[known[k]].path, "suspect", f"{doubts[k]:.2f} more like {likely[k]}", FAULTS["suspect"].action)
        for k in order
    ]


def judge(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(doubt, the class that each looks like most among the others). doubt: float (n,), how much more than like its
    own class; above 0, the model takes it for another."""
    from sklearn.decomposition import PCA
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import SVC

    names, numbers = np.unique(labels, return_inverse=True)
    scores = np.zeros((len(labels), len(names)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    mixed = np.random.default_rng(0).permutation(len(labels))
    parts = np.array_split(mixed, -(-len(labels) // TOGETHER))
    for part in progress(parts, text="comparing", unit="parts"):
        size = min(200, len(part) // 2, features.shape[1])
        model = make_pipeline(PCA(size, random_state=0), SVC(C=3))
        given = cross_val_predict(model, features[part], numbers[part], cv=folds, method="decision_function")
        scores[part] = given if given.ndim > 1 else np.stack([-given, given], axis=1) / 2
    own = scores[np.arange(len(labels)), numbers]
    scores[np.arange(len(labels)), numbers] = -np.inf
    return scores.max(axis=1) - own, names[scores.argmax(axis=1)]


def describe(path: Path, most: float = math.inf) -> np.ndarray | None:
    """float32 (960,): edges by place and direction, and colours by place. None for what cannot be decoded.
    most: pixels that may be held now. Raises Later."""
    import cv2

    try:
        colour = cv2.resize(pixels(read(path, most), most), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    except Later:
        raise
    except Exception:  # noqa: BLE001 decoders raise many kinds
        return None
    lab = cv2.cvtColor(colour, cv2.COLOR_RGB2LAB).astype("float32") / 255
    places = cv2.resize(lab, (8, 8), interpolation=cv2.INTER_AREA)
    return np.concatenate([edges(lab[..., 0]), places.ravel() - 0.5]).astype("float32")


def edges(grey: np.ndarray) -> np.ndarray:
    """float32 (768,): strength of the edges in 8 x 8 fields and 12 directions, each field scaled by those around it
    (N. Dalal, B. Triggs, "Histograms of Oriented Gradients for Human Detection", 2005). grey: float32 (64, 64)."""
    import cv2

    across, down = np.gradient(grey)[::-1]
    strength = np.hypot(across, down)
    direction = np.int64(np.arctan2(down, across) / np.pi % 1 * 12) % 12
    fields = np.indices(grey.shape) // (SIDE // 8)
    where = (fields[0] * 8 + fields[1]) * 12 + direction
    found = np.bincount(where.ravel(), strength.ravel(), 768).reshape(8, 8, 12).astype("float32")
    around = cv2.blur((found**2).sum(axis=2), (3, 3))
    return np.minimum(found / np.sqrt(around[..., None] + 1e-3), 0.5).ravel()


def pixels(data: bytes, most: float) -> np.ndarray:
    """uint8 (h, w, 3), upright. A JPEG comes at a half or less where that is still large enough."""
    if format_of(data) == "JPEG" and turn_of(data) == 1 and (frame := jpeg_frame(data)):
        import simplejpeg

        if not frame.in_strips:
            wait_if_large(frame.width * frame.height, most)
        return simplejpeg.decode_jpeg(data, min_height=2 * SIDE, min_width=2 * SIDE)
    with opened(data) as picture:
        wait_if_large(picture.width * picture.height, most)
        return np.asarray(rgb(picture, data))

"""Which pictures look unlike their class: by a quick model, trained on the folder itself, that never saw them."""

import math
import sys
from pathlib import Path

import numpy as np

from helpers import crew
from helpers.cleaning.faults import FAULTS
from helpers.cleaning.formats import format_of, jpeg_frame
from helpers.cleaning.pixels import opened, rgb, turn_of
from helpers.cleaning.reading import read
from helpers.cleaning.report import Finding
from helpers.cleaning.walking import walk
from helpers.crew.together import Later, wait_if_large
from helpers.errors import InputError
from helpers.progress import progress

SIDE = 64
TOGETHER = 4000  # pictures that one model is trained on: its time grows with the square of them
FOLDS = 5
FEWEST = 2 * FOLDS  # pictures of a class


def suspects(folder: str | Path, most: int | None = None, workers: int | None = None) -> list[Finding]:
    """The pictures that surprise a quick model most, the most surprising first: mislabelled, or not the subject.

    The model is a support vector machine on edges and colours, trained on the folder itself, five times on four fifths
    of it; each picture is judged by the one that did not see it. It is a rough judge, right on about three of four
    photos of cats and dogs: half of the pictures that it names first are good ones. So look at them, and let nothing be
    done unseen.
    most: how many to give; all if not given. A class of fewer than ten pictures that can be decoded is left aside, and
    said to be. Raises InputError for a folder that cannot be used, and where two larger classes are not there.
    """
    places = walk(folder)[0]
    labels = np.array([place.label for place in places])
    asked = np.flatnonzero(of_large_classes(folder, labels))
    parts = [asked[part] for part in dealt(labels[asked])]
    doubts, likely = np.full(len(places), -np.inf), np.full(len(places), "", object)
    for number, part in enumerate(parts, start=1):  # so that only one part's descriptions are held
        text = "looking" if len(parts) == 1 else f"part {number} of {len(parts)}"
        seen: list = [None] * len(part)
        paths = [places[place].path for place in part]
        crew.work("describe", Path(folder), paths, seen.__setitem__, lambda reason: None, workers, text)
        known = np.flatnonzero([one is not None for one in seen])
        known = known[of_large_classes(folder, labels[part[known]])]
        features = np.stack([seen[k] for k in known])
        doubts[part[known]], likely[part[known]] = judge(features, labels[part[known]])
    if small := sorted(set(labels) - set(labels[np.isfinite(doubts)])):
        print(f"{folder}: not compared, as fewer than {FEWEST} pictures can be: {', '.join(small)}.", file=sys.stderr)
    order = [k for k in np.argsort(-doubts, kind="stable") if np.isfinite(doubts[k])][:most]
    return [
        Finding(places[k].path, "suspect", f"{doubts[k]:.2f} more like {likely[k]}", FAULTS["suspect"].action)
        for k in order
    ]


def of_large_classes(folder: str | Path, labels: np.ndarray) -> np.ndarray:
    """bool (n,): which pictures are of a class of FEWEST or more. Raises InputError unless there are two such."""
    names, counts = np.unique(labels, return_counts=True)
    if (counts >= FEWEST).sum() < 2:
        least = f" ({names[counts.argmin()]} has {counts.min()})" if len(names) > 1 else ""
        raise InputError(
            f"{folder}: too few pictures to train on; two classes or more are needed, and {FEWEST} in each{least}."
        )
    return np.isin(labels, names[counts >= FEWEST])


def dealt(labels: np.ndarray) -> list[np.ndarray]:
    """The places of all pictures, in parts of some TOGETHER with every class in each. A class too small for that gives
    twice FEWEST to each part, some of them to several."""
    many, rng = -(-len(labels) // TOGETHER), np.random.default_rng(0)
    parts = [[] for _ in range(many)]
    for name in np.unique(labels):
        mixed = rng.permutation(np.flatnonzero(labels == name))
        share = min(len(mixed), max(2 * FEWEST, -(-len(mixed) // many)))
        for number, part in enumerate(parts):
            begin = number * len(mixed) // many
            part.append(np.take(mixed, range(begin, begin + share), mode="wrap"))
    return [np.sort(np.concatenate(part)) for part in parts]


def judge(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(doubt, the class that each looks like most among the others). features: float (n, m). labels: n names of
    classes. doubt: float (n,), how much more than like its own class; above 0, the model takes it for another."""
    from sklearn.decomposition import PCA
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import SVC

    names, numbers = np.unique(labels, return_inverse=True)
    every = np.arange(len(labels))
    mixed = np.random.default_rng(0).permutation(every)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(mixed, numbers[mixed])
    model = make_pipeline(PCA(min(200, len(labels) // 2, features.shape[1]), random_state=0), SVC(C=3))
    scores = np.zeros((len(labels), len(names)))
    for seen, unseen in progress(folds, total=FOLDS, text="comparing", unit="fifths"):
        given = model.fit(features[mixed[seen]], numbers[mixed[seen]]).decision_function(features[mixed[unseen]])
        scores[mixed[unseen]] = given if given.ndim > 1 else np.stack([-given, given], axis=1) / 2
    own = scores[every, numbers]
    scores[every, numbers] = -np.inf
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

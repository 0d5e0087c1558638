"""Where in the picture an answer comes from (Grad-CAM), and two checks of that: shuffled weights, and the truth.

Grad-CAM: Selvaraju et al. 2017, arXiv 1610.02391. The check with weights destroyed: Adebayo et al. 2018, arXiv
1810.03292. A heat map that stays the same when the weights are shuffled does not show what the network has learned.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps
from PIL import Image

from helpers import figures
from helpers.activations.every_layer import Call, check_size, is_idle, one_or_all, record_calls
from helpers.errors import InputError
from helpers.quiet import keras, tf
from helpers.training import wilson


def grad_cam(model: keras.Model, image: np.ndarray, class_index: int = 1, layer: str | None = None) -> np.ndarray:
    """Where `image` speaks for class `class_index`: float32 (H, W) in 0..1, at the size of the image.

    Each channel of `layer` is weighted by how much the class's score would rise with it (the mean gradient over the
    map); the weighted sum, negative parts cut off, is stretched to the size of the image and divided by its greatest
    number. A map of zeros only means that nothing speaks for the class.

    The score is the number before the sigmoid: the probability itself hardly moves when the network is sure. One
    sigmoid unit has one number for two classes: it for class 1, and minus it for class 0.

    model: built, and with one sigmoid unit, or one unit a class, at the end. image: (H, W, 3) in 0..1, of its size.
    layer: a name as in `activation_model(model).layer_names`; if not given, the last layer of maps but for pooling.
    Raises InputError for a model without maps, for an unknown layer or class, and for an image of another size.
    """
    return grad_cams(model, np.asarray(image)[None], [class_index], layer)[0]


def grad_cams(
    model: keras.Model, images: np.ndarray, class_indices: Sequence[int], layer: str | None = None
) -> np.ndarray:
    """`grad_cam` of many pictures at once: (N, H, W, 3) and N classes -> float32 (N, H, W) in 0..1."""
    images = np.asarray(images, "float32")
    calls = record_calls(model)
    check_size(model, images)
    maps = pick_layer(calls, layer)
    before, last = calls[-1].inputs, calls[-1].layer
    follow = keras.Model(one_or_all(model.inputs), [maps, before])
    heats = [
        one_batch(follow, last, images[start : start + 64], np.asarray(class_indices)[start : start + 64])
        for start in range(0, len(images), 64)
    ]
    return np.concatenate(heats)


def one_batch(follow: keras.Model, last: keras.layers.Layer, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
    with tf.GradientTape() as tape:
        maps, before = follow(images, training=False)
        tape.watch(maps)
        score = class_scores(logits(last, before), classes)
    gradient = tape.gradient(score, maps)
    if gradient is None:
        raise InputError(
            "The answer does not depend on that layer; name one on the way from the picture to the answer."
        )
    weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1, keepdims=True))
    heat = tf.image.resize(heat, images.shape[1:3]).numpy()[..., 0]
    greatest = heat.max(axis=(1, 2), keepdims=True)
    return (heat / np.where(greatest > 0, greatest, 1)).astype("float32")


def logits(last: keras.layers.Layer, before: tf.Tensor) -> tf.Tensor:
    """The numbers before the last sigmoid or softmax, (B, units), from what comes into the last layer."""
    if isinstance(last, keras.layers.Dense):
        scores = tf.matmul(before, last.kernel)
        return scores + last.bias if last.use_bias else scores
    if isinstance(last, keras.layers.Activation):
        return before
    return last(before)


def class_scores(scores: tf.Tensor, classes: np.ndarray) -> tf.Tensor:
    """The score (B,) of the class asked for, of each picture."""
    units = scores.shape[-1]
    if classes.min() < 0 or classes.max() >= max(2, units):
        raise InputError(f"The model knows the classes 0 to {max(2, units) - 1}; {classes.max()} is not one of them.")
    if units == 1:
        return scores[:, 0] * np.where(classes == 1, 1.0, -1.0).astype("float32")
    return tf.gather(scores, classes, batch_dims=1)


def pick_layer(calls: list[Call], name: str | None):
    """The symbolic output of the layer asked for, or of the last layer of maps but for pooling."""
    maps = [call for call in calls if len(call.output.shape) == 4]
    if not maps:
        raise InputError("The model has no layer of maps (H, W, C), so there is no place to point at.")
    if name is None:
        sharp = [call for call in maps if "Pooling" not in type(call.layer).__name__ and not is_idle(call.layer)]
        return (sharp or maps)[-1].output
    for call in maps:
        if call.name == name:
            return call.output
    names = ", ".join(call.name for call in maps)
    raise InputError(f"{name!r} is not a layer of maps in this model; it has {names}.")


def overlay(image: np.ndarray, heat: np.ndarray, strength: float = 0.6) -> np.ndarray:
    """The image with the heat laid over it: float32 (H, W, 3) in 0..1. Where there is no heat, it is grey and dim."""
    grey = np.asarray(image, "float32").mean(axis=-1, keepdims=True).repeat(3, axis=-1)
    colours = colormaps["inferno"](heat)[..., :3]
    return (grey * (1 - strength) + colours * strength).astype("float32")


def outline(image: np.ndarray, box: Sequence[float]) -> np.ndarray:
    """A copy of `image` (H, W, 3) in 0..1 with the box (x0, y0, x1, y1) drawn in white; unchanged if the box is NaN."""
    image = np.array(image, "float32")
    if np.isnan(box).any():
        return image
    height, width = image.shape[:2]
    x0, x1 = np.clip([box[0], box[2] - 1], 0, width - 1).round().astype(int)
    y0, y1 = np.clip([box[1], box[3] - 1], 0, height - 1).round().astype(int)
    image[[y0, y1], x0 : x1 + 1] = 1
    image[y0 : y1 + 1, [x0, x1]] = 1
    return image


def shuffled(model: keras.Model, seed: int = 0, layers: Sequence[str] | None = None) -> keras.Model:
    """A copy of `model` whose weights are the same numbers in random order, layer by layer; the model is not touched.

    So the copy has learned nothing, and yet its numbers are as large as before. The four lists of a batch
    normalization are put into one and the same new order. layers: only those whose name is given (all otherwise).
    """
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    rng = np.random.default_rng(seed)
    for layer in leaves(copy):
        if layers is not None and layer.name not in layers:
            continue
        weights = layer.get_weights()
        if isinstance(layer, keras.layers.BatchNormalization):
            order = rng.permutation(len(weights[0]))
            layer.set_weights([w[order] for w in weights])
        else:
            layer.set_weights([rng.permuted(w.ravel()).reshape(w.shape) for w in weights])
    return copy


def leaves(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers of `model` and of the models inside it."""
    return [leaf for layer in model.layers for leaf in (leaves(layer) if hasattr(layer, "layers") else [layer])]


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation of two heat maps, -1..1: 1 if both put the same places in the same order.

    A map that is the same everywhere has no order; the likeness is then 0.
    """
    a, b = ranks(one), ranks(other)
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def ranks(numbers: np.ndarray) -> np.ndarray:
    """Rank of each number; equal numbers share the middle of their ranks."""
    _, places, counts = np.unique(np.ravel(numbers), return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


# --- held against the truth -------------------------------------------------------------------------------------------


@dataclass
class Score:
    """How often the hottest place lies in the box of the pet, against two that do not look at the picture."""

    pictures: int  # whose map has a peak
    empty: int  # further pictures, whose map is zero everywhere: it points nowhere, right or wrong
    hits: float  # share of the pictures with a peak, 0..1; NaN if there are none
    low: float  # its 95 % interval
    high: float
    chance: float  # a place picked at random: the mean share of the picture that the box covers
    centre: float  # always the centre of the picture


def peak(heat: np.ndarray) -> tuple[float, float] | None:
    """(x, y) of the hottest place, the middle of it if several are as hot; None for a map of zeros."""
    if heat.max() <= 0:
        return None
    y, x = np.nonzero(heat == heat.max())
    return float(x.mean() + 0.5), float(y.mean() + 0.5)


def inside(point: tuple[float, float] | None, box: Sequence[float]) -> bool:
    """Whether the point lies in the box (x0, y0, x1, y1)."""
    return point is not None and box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def peak_in_box(heats: np.ndarray, boxes: np.ndarray) -> Score:
    """How often the peak of each heat map (N, H, W) lies in its box (N, 4: x0, y0, x1, y1 in pixels of the map).

    Maps of zeros are counted apart; a map whose box is not known (NaN) does not count.
    Raises InputError if there are no boxes, or not as many as maps.
    """
    if len(heats) != len(boxes) or not (known := ~np.isnan(boxes).any(axis=1)).any():
        raise InputError(f"{len(heats)} heat maps and {len(boxes)} boxes; give one box a map, and at least one.")
    heats, boxes = heats[known], boxes[known]
    height, width = heats.shape[1:]
    peaks = [peak(heat) for heat in heats]
    hits = sum(inside(point, box) for point, box in zip(peaks, boxes, strict=True))
    count = sum(point is not None for point in peaks)
    share, interval = (hits / count, wilson(hits, count)) if count else (math.nan, (0.0, 1.0))
    x0, y0, x1, y1 = np.clip(boxes, 0, [width, height, width, height]).T
    chance = float(((x1 - x0) * (y1 - y0)).mean() / (width * height))
    centre = float(np.mean([inside((width / 2, height / 2), box) for box in boxes]))
    return Score(count, len(heats) - count, share, *interval, chance, centre)


def show_scores(scores: dict[str, Score]) -> None:
    """Show each score by name, with its interval, against a place at random and the centre (those of the first)."""
    figure, axis = plt.subplots(figsize=(8, 0.8 + 0.34 * len(scores)))
    for place, score in enumerate(scores.values()):
        axis.plot([score.low, score.high], [place, place], color=figures.OTHER, linewidth=2)
        axis.plot(score.hits, place, "o", color=figures.OTHER)
    first = next(iter(scores.values()))
    axis.axvline(first.chance, color=figures.DOG, linestyle=":", label="a place at random")
    axis.axvline(first.centre, color=figures.CAT, linestyle="--", label="always the centre")
    labels = [f"{name} ({score.empty} empty)" if score.empty else name for name, score in scores.items()]
    axis.set(yticks=range(len(scores)), yticklabels=labels, xlim=(0, 1.01))
    axis.set_xlabel("share of peaks in the box")
    axis.invert_yaxis()
    axis.legend(bbox_to_anchor=(1, 0.5), loc="center left")
    words = f"How often the hottest place lies in the pet's box, with 95 % intervals ({first.pictures} pictures)."
    numbers = ", ".join(f"{name} {score.hits:.2f}" for name, score in scores.items())
    figures.show(figure, words, f"{words} {numbers}; at random {first.chance:.2f}, the centre {first.centre:.2f}.")


def truth_boxes(rows: Sequence, root: str | Path, paths: Sequence[Path], image_size: tuple[int, int]) -> np.ndarray:
    """Boxes float32 (N, 4: x0, y0, x1, y1) of `paths`, in pixels at `image_size`; NaN where not known.

    rows: of `drawing.read_truth(root)`, with `path` (relative to root) and a box in pixels of the file.
    """
    root = Path(root)
    known = {root / row["path"]: row for row in rows}
    boxes = np.full((len(paths), 4), np.nan, "float32")
    for index, path in enumerate(paths):
        row = known.get(Path(path))
        if row is None or row["x0"] is None:
            continue
        with Image.open(path) as picture:
            width, height = picture.size
        scale = np.array([image_size[1] / width, image_size[0] / height] * 2)
        boxes[index] = np.array([float(row[k]) for k in ("x0", "y0", "x1", "y1")]) * scale
    return boxes

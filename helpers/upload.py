"""A photo of your own under a cell: what the network says of it, where it looks, which training pictures it is like.

    photos = upload.ask(model, class_names, train.paths, example=test.paths[0])
    photos.show("~/Pictures/tom.jpg")           # where no button shows

With the keyboard: Tab goes to the button, Enter opens the choice of files; or Tab on to the field, and type a path.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import ipywidgets
import numpy as np

from helpers import figures
from helpers.activations.every_layer import record_calls
from helpers.attribution import grad_cam, overlay
from helpers.errors import InputError
from helpers.one_probability import must_be_numbers, must_name_two, must_take_pictures
from helpers.photos import FORMATS, Photo, from_disk
from helpers.pipeline import decode_into
from helpers.quiet import keras

ALIKE = 4  # training pictures shown beside the photo


@dataclass(frozen=True)
class Answer:
    """What the network says of one photo.

    probability: of the class named, 0.5..1. heat: float32 (H, W) in 0..1, what speaks for that class; zeros for a
    network without maps. alike: (path, likeness) of the most similar training pictures, the most similar first.
    """

    class_name: str
    probability: float
    heat: np.ndarray
    alike: list[tuple[Path, float]]


class Photos:
    """A network that is asked about single photos.

    class_names: in the order of the classes. training: paths of the pictures to compare with; none if not given. They
    are read and sent through the network once, when first asked.
    Raises InputError for a model that does not turn one picture of one size, in colour, into one probability, and for
    names that are not those of two classes.
    """

    def __init__(self, model: keras.Model, class_names: Sequence[str], training: Sequence[Path] = ()):
        must_take_pictures(model)
        must_name_two(class_names)
        self.model, self.class_names, self.training = model, list(class_names), list(training)
        self.size = tuple(model.input_shape[1:3])
        self.features = features_model(model)
        self.known: np.ndarray | None = None

    def ask(self, photo: Photo) -> Answer:
        """Class, probability, heat and likeness for one photo. Raises InputError if the network answers NaN."""
        picture = photo.as_trained(self.size)
        one = float(must_be_numbers(self.model.predict_on_batch(picture[None]))[0, 0])
        index = int(one > 0.5)
        try:
            heat = grad_cam(self.model, picture, index)
        except InputError:  # a network without maps has no place to point at
            heat = np.zeros(self.size, "float32")
        return Answer(self.class_names[index], max(one, 1 - one), heat, self.alike(picture))

    def alike(self, picture: np.ndarray) -> list[tuple[Path, float]]:
        """The training pictures whose features point the same way, and the cosine between them: 1 is the same way.

        Features are the numbers that the last layer makes its answer of, counted from their mean over the training
        pictures; so two pictures are alike if the network finds the same things in both.
        """
        if not self.training:
            return []
        if self.known is None:
            pictures = np.empty((len(self.training), *self.size, 3), "uint8")
            decode_into(pictures, self.training)
            self.known = self.send(pictures)
        middle = self.known.mean(axis=0)
        (mine,), theirs = unit(self.send(picture[None]) - middle), unit(self.known - middle)
        likeness = theirs @ mine
        return [(self.training[k], float(likeness[k])) for k in np.argsort(-likeness, kind="stable")[:ALIKE]]

    def send(self, pictures: np.ndarray) -> np.ndarray:
        """Features float32 (N, C) of pictures (N, H, W, 3), uint8 or float in 0..1."""
        found = []
        for start in range(0, len(pictures), 64):
            batch = pictures[start : start + 64]
            batch = batch.astype("float32") / 255 if batch.dtype == np.uint8 else batch
            found.append(self.features.predict_on_batch(batch).reshape(len(batch), -1))
        return np.concatenate(found)

    def show(self, path: str | Path) -> None:
        """Show the answer to the photo at `path`. What is not a picture is answered with the reason."""
        try:
            show_answer(self, from_disk(path))
        except InputError as error:
            print(error)


def features_model(model: keras.Model) -> keras.Model:
    """From a picture to the numbers that the last dense layer makes its answer of."""
    calls = record_calls(model)
    dense = [call for call in calls if isinstance(call.layer, keras.layers.Dense)]
    return keras.Model(model.inputs[0], (dense or calls)[-1].inputs)


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows of length 1; a row of zeros stays one."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def ask(
    model: keras.Model,
    class_names: Sequence[str],
    training: Sequence[Path] = (),
    example: str | Path | None = None,
) -> Photos:
    """Show the answer to `example`, then a button for photos of your own and a field for a path; returns the Photos.

    Any format that Pillow reads will do, however the camera was held. What is not a picture is answered with the
    reason. Nothing is kept. Without widgets the example stays; `.show(path)` of what is returned asks about a photo.
    training: paths of the training pictures, to show which of them the photo is like.
    """
    photos = Photos(model, class_names, training)
    if example is not None:
        photos.show(example)
    figures.show_widget(box(photos))
    return photos


def box(photos: Photos) -> ipywidgets.Widget:
    """The button, the field, and room for the latest answer."""
    button = ipywidgets.FileUpload(
        accept=FORMATS, multiple=True, description="Choose photos", layout={"width": "180px"}
    )
    field = ipywidgets.Text(
        placeholder="or the path of a photo, and Enter", continuous_update=False, layout={"width": "420px"}
    )
    answers = ipywidgets.Output()

    def chosen(change: dict) -> None:
        if not change["new"]:
            return
        with answers:
            answers.clear_output(wait=True)
            for file in change["new"]:
                try:
                    show_answer(photos, Photo(file["name"], bytes(file["content"])))
                except InputError as error:
                    print(error)
        button.value = ()  # so that the same photo can be chosen again

    def typed(change: dict) -> None:
        if path := change["new"].strip().strip("\"'"):
            with answers:
                answers.clear_output(wait=True)
                photos.show(path)

    button.observe(chosen, names="value")
    field.observe(typed, names="value")
    return ipywidgets.VBox([ipywidgets.HBox([button, field], layout={"flex_flow": "row wrap"}), answers])


def show_answer(photos: Photos, photo: Photo) -> None:
    """One row: the photo, the heat over it, and the training pictures that it is like."""
    answer = photos.ask(photo)
    seen = photo.shown()
    heat = np.clip(cv2.resize(answer.heat, seen.shape[1::-1], interpolation=cv2.INTER_CUBIC), 0, 1)
    shown = [seen, overlay(seen / 255, heat)]
    titles = [f"{answer.class_name}: {answer.probability:.0%}", f"speaks for {answer.class_name}"]
    for path, likeness in answer.alike:
        shown.append(from_disk(path).shown(160))
        titles.append(f"{path.parent.name} ({likeness:.2f})")
    words = f"{photo.name}: {answer.class_name}, says the network, with {answer.probability:.0%}."
    if answer.alike:
        words += (
            " On the right the training pictures that it is most like, by the network's own features: 1 is the same."
        )
    figures.grid(shown, titles, columns=2 + ALIKE, size=1.6, caption=words, alt=f"{words} {', '.join(titles)}.")

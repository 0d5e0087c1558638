"""Any picture, any layer, any channel: what the network makes of it, on three choices and a button for photos.

With the keyboard: Tab goes from button to button and to the slider, Enter presses one, the arrow keys move the other.
"""

import os
from collections.abc import Sequence
from html import escape

import cv2
import ipywidgets
import numpy as np

from helpers import figures, site_explorer
from helpers.activations import Mosaic, activation_model, look, mosaic
from helpers.activations.every_layer import as_batch, check_size
from helpers.attribution import overlay
from helpers.errors import InputError
from helpers.photos import FORMATS, Photo
from helpers.quiet import keras
from helpers.widgets import keeping
from helpers.widgets.pages import captioned, image, in_shares, row

WIDTH = 190  # of a picture, pixels: three of them fit on a small screen
COLUMNS = 16  # tiles in a row of the overview
ORANGE = np.array([0xD5, 0x5E, 0x00]) / 255  # figures.DOG


class Exploration:
    """Which picture, layer and channel are looked at, and what is to be seen; the widget only shows it.

    What a picture becomes in all the layers is worked out once, when it is first looked at, and kept.
    """

    def __init__(
        self,
        model: keras.Model,
        pictures: Sequence[np.ndarray],
        names: Sequence[str] | None = None,
        class_names: Sequence[str] = ("class 0", "class 1"),
    ):
        if not len(pictures):
            raise InputError("There is no picture to explore; give at least one, (H, W, C) in 0..1.")
        self.every, self.class_names = activation_model(model), class_names
        self.pictures = [in_shares(picture) for picture in pictures]
        for picture in self.pictures:
            check_size(self.every, as_batch(picture))
        if names is not None and len(names) != len(pictures):
            raise InputError(f"{len(names)} names for {len(pictures)} pictures; give each picture one, or none at all.")
        unnamed = (f"picture {number}" for number in range(1, len(pictures) + 1))
        self.names = list(unnamed if names is None else names)
        self.seen: dict[int, dict[str, np.ndarray]] = {}
        self.laid: dict[tuple[int, str], Mosaic] = {}
        shapes = {name: output.shape for name, output in self.outputs(0).items()}
        self.layers = [n for n, shape in shapes.items() if len(shape) == 3 and n not in self.every.idle]
        if not self.layers:
            raise InputError("The model has no layer of maps (H, W, C) to look at; give one with convolutions.")
        self.picture, self.layer, self.channel = 0, self.layers[0], 0

    def outputs(self, picture: int) -> dict[str, np.ndarray]:
        """What every layer makes of one of the pictures; from memory if it was looked at before."""
        if picture not in self.seen:
            self.seen[picture] = look(self.every, self.pictures[picture])
        return self.seen[picture]

    def maps(self) -> np.ndarray:
        """The maps of the chosen layer for the chosen picture: float32 (H, W, C)."""
        return self.outputs(self.picture)[self.layer]

    def choose(self, picture: int | None = None, layer: str | None = None, channel: int | None = None) -> None:
        """Go to another picture, layer or channel. A channel that the layer does not have becomes its last one."""
        self.picture = self.picture if picture is None else picture
        self.layer = layer or self.layer
        self.channel = min(self.channel if channel is None else channel, self.maps().shape[-1] - 1)

    def add(self, name: str, content: bytes) -> None:
        """Take a photo in, from the bytes of its file, and go to it: grey for a model of grey pictures, and as large as
        the first picture for one that takes any size. Raises InputError if they are no picture, and for a model of
        pictures that a photo cannot become."""
        channels = self.every.inputs[0].shape[3]
        if channels not in (1, 3, None):
            raise InputError(f"{name}: the model takes pictures of {channels} channels, and a photo has three colours.")
        shape = zip(self.every.inputs[0].shape[1:3], self.pictures[0].shape[:2], strict=True)
        photo = Photo(name, content).as_trained(tuple(wanted or first for wanted, first in shape))
        self.pictures.append(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)[..., None] if channels == 1 else photo)
        self.names.append(name)
        self.choose(picture=len(self.pictures) - 1)

    def answer(self) -> str:
        """What the network says of the chosen picture, in words; nothing where it does not end in shares of classes."""
        if not self.every.ends_in_layer:
            return ""
        numbers = self.outputs(self.picture)[self.every.layer_names[-1]].ravel()
        shares = np.array([1 - numbers[0], numbers[0]]) if len(numbers) == 1 else numbers
        if shares.min() < 0 or abs(shares.sum() - 1) > 1e-3:
            return ""
        best = int(np.argmax(shares))
        name = self.class_names[best] if len(self.class_names) == len(shares) else f"class {best}"
        return f"{name} ({shares[best]:.0%})"

    def called(self) -> str:
        """The name of the chosen picture, what the network says of it, and how it is shown, if not in its colours."""
        words = self.names[self.picture] + (f"; called {self.answer()}" if self.answer() else "")
        channels = self.every.inputs[0].shape[3]
        return words if channels in (1, 3) else f"{words}; shown: the mean of its {channels} channels, in grey"

    def tiles(self) -> Mosaic:
        """All channels of the layer side by side, each from its own least number to its own greatest."""
        key = (self.picture, self.layer)
        if key not in self.laid:
            self.laid[key] = mosaic(self.maps(), COLUMNS)
        return self.laid[key]

    def tile(self) -> np.ndarray:
        """The chosen channel in colours: (h, w, 3) in 0..1."""
        y, x = self.tiles().corner(self.channel)
        height, width = self.tiles().tile
        return self.tiles().picture[y : y + height, x : x + width]

    def overview(self) -> np.ndarray:
        """All channels, with a frame around the chosen one: (h, w, 3) in 0..1."""
        laid = self.tiles()
        framed = np.pad(laid.picture, ((laid.gap, laid.gap), (laid.gap, laid.gap), (0, 0)), constant_values=1)
        y, x = laid.corner(self.channel)
        height, width = (side + 2 * laid.gap for side in laid.tile)
        framed[y : y + height, x : x + width] = ORANGE
        framed[y + laid.gap : y + height - laid.gap, x + laid.gap : x + width - laid.gap] = self.tile()
        return framed

    def over(self) -> np.ndarray:
        """The chosen channel as heat over the picture: float32 (H, W, 3) in 0..1."""
        one = self.maps()[:, :, self.channel]
        heat = (one - one.min()) / ((one.max() - one.min()) or 1)
        picture = self.pictures[self.picture]
        return overlay(picture, cv2.resize(heat, picture.shape[1::-1]))

    def words(self) -> str:
        """The numbers of the chosen channel."""
        maps = self.maps()
        (height, width, channels), one = maps.shape, maps[:, :, self.channel]
        return (
            f"{self.layer}, channel {self.channel} (of 0 to {channels - 1}): {height} × {width} numbers "
            f"from {one.min():.3g} to {one.max():.3g}, {np.mean(one == 0):.0%} of them zero"
        )


def explorer(
    model: keras.Model,
    pictures: Sequence[np.ndarray],
    names: Sequence[str] | None = None,
    class_names: Sequence[str] = ("class 0", "class 1"),
) -> Exploration:
    """Show any channel of any layer of maps, for any of `pictures` or a photo of your own; returns what was chosen.

    First a figure, which stays where there are no widgets: of the first two pictures, the channels of each convolution
    that vary most. Then, in a running notebook, the choices; `labs run` keeps all maps beside them, for the site.
    model: as for `activation_model`. pictures: (H, W, C) each, or (H, W) for a model of grey ones, in 0..1 or uint8, of
    the size that the model takes.
    Raises InputError for no pictures, pictures of another size, other whole numbers, and a model without maps.
    """
    state = Exploration(model, pictures, names, class_names)
    show_figure(state)
    asked = os.environ.get(site_explorer.ASKED)
    figures.show_widget(box(state), {site_explorer.KIND: keeping.kept(state)} if asked else None)
    return state


def show_figure(state: Exploration, most: int = 8) -> None:
    """Of the first two pictures: each convolution's liveliest channels on the first, the same ones on the second."""
    sharp = [name for name in state.layers if "conv" in name] or state.layers
    shown, titles = [], []
    for layer in sharp:
        varied = state.outputs(0)[layer].std(axis=(0, 1))
        liveliest = np.sort(np.argsort(-varied, kind="stable")[:most])
        for number in range(min(2, len(state.pictures))):
            laid = mosaic(state.outputs(number)[layer][:, :, liveliest], columns=most)
            shown.append(state.pictures[number])
            titles.append(layer)
            for place, channel in enumerate(liveliest):
                y, x = laid.corner(place)
                shown.append(laid.picture[y : y + laid.tile[0], x : x + laid.tile[1]])
                titles.append(f"channel {channel}")
            shown += [None] * (most - len(liveliest))
            titles += [""] * (most - len(liveliest))
    figures.grid(
        shown,
        titles,
        columns=most + 1,
        size=1.05,
        caption="The liveliest channels of each convolution, for one picture and, below it, for another.",
        alt=f"{len(sharp)} pairs of rows, {', '.join(sharp)}: a picture and {most} of its maps in each row.",
    )


def box(state: Exploration) -> ipywidgets.Widget:
    """Three choices and a button above the picture, the channel, and all channels of the layer."""
    # Buttons, not lists that fold out: JupyterLab takes a list's arrow keys for itself, and goes to another cell.
    plain = {"style": {"button_width": "auto"}, "layout": {"width": "100%"}}
    picture = ipywidgets.ToggleButtons(options=numbered(state.names), description="picture", **plain)
    layer = ipywidgets.ToggleButtons(options=state.layers, description="layer", **plain)
    channel = ipywidgets.IntSlider(
        max=state.maps().shape[-1] - 1, description="channel", layout={"width": "500px", "max_width": "100%"}
    )
    photo = ipywidgets.FileUpload(accept=FORMATS, description="A photo of mine", layout={"width": "180px"})
    view, note = ipywidgets.HTML(), ipywidgets.HTML()
    busy = False

    def refresh() -> None:
        name = state.names[state.picture]
        view.value = (
            captioned(image(state.pictures[state.picture], name, WIDTH, True), state.called())
            + captioned(image(state.tile(), state.words(), WIDTH, True), f"{state.layer}, channel {state.channel}")
            + captioned(image(state.over(), "the channel over the picture", WIDTH, True), "laid over the picture")
            + f"<div>{escape(state.words())}</div>"
            + image(state.overview(), f"all channels of {state.layer}, the chosen one framed", 720)
            + "<div>Each channel on its own scale; single numbers all on one. "
            + "Grey: the same everywhere on this picture.</div>"
        )

    def moved(change: dict) -> None:
        nonlocal busy
        if busy:
            return
        busy = True  # a change of layer may move the slider of channels: one new view for both
        try:
            state.choose(picture.value, layer.value, channel.value)
            channel.max = state.maps().shape[-1] - 1
            channel.value = state.channel
        finally:
            busy = False
        refresh()

    def came(change: dict) -> None:
        nonlocal busy
        for file in change["new"]:
            try:
                state.add(file["name"], bytes(file["content"]))
                note.value = ""
            except InputError as error:
                note.value = escape(str(error))
                continue
            new, busy = state.picture, True  # new options put the choice back to the first picture
            picture.options = numbered(state.names)
            busy = False
            picture.value = new
        photo.value = ()  # so that the same photo can be chosen again

    for one in (picture, layer, channel):
        one.observe(moved, names="value")
    photo.observe(came, names="value")
    refresh()
    return ipywidgets.VBox([picture, layer, row([channel, photo]), note, view])


def numbered(names: Sequence[str]) -> list[tuple[str, int]]:
    return [(name, number) for number, name in enumerate(names)]

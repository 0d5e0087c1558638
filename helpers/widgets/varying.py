"""A slider for each movement of lesson 2, and a picture that follows.

With the keyboard: Tab goes from slider to slider, the arrow keys move one, Enter presses a button.
"""

from dataclasses import dataclass

import ipywidgets
import numpy as np

from helpers import figures
from helpers.augmentation import RandomWarp, one_variation
from helpers.errors import InputError
from helpers.widgets.pages import captioned, image, in_shares, row


@dataclass(frozen=True)
class Movement:
    """One slider: how far it goes either way, its step, and the word of RandomWarp for it."""

    most: float
    step: float
    of_layer: str


MOVEMENTS = {
    "rotation": Movement(180, 1, "rotation"),
    "right": Movement(0.5, 0.01, "shift"),
    "down": Movement(0.5, 0.01, "shift"),
    "shear": Movement(45, 1, "shear"),
    "zoom": Movement(0.9, 0.01, "zoom"),
    "brightness": Movement(0.5, 0.01, "brightness"),
    "contrast": Movement(0.9, 0.01, "contrast"),
}
WIDTH = 220  # of a picture, pixels: two of them fit beside the sliders


class Variation:
    """Where the sliders stand and what the picture becomes; the widget only shows it.

    amounts: {"rotation": degrees, …, "flip": bool}, as `augmentation.one_variation` takes them.
    """

    def __init__(self, picture: np.ndarray, warp: RandomWarp | None = None):
        picture = np.asarray(picture)
        if picture.ndim != 3 or picture.shape[-1] != 3:
            raise InputError(f"A picture of shape {picture.shape} cannot be varied; give one of (H, W, 3) in 0..1.")
        self.before, self.warp = in_shares(picture), warp or RandomWarp()
        self.rng = np.random.default_rng(self.warp.seed)
        self.reset()

    def reset(self) -> None:
        """All movements back to nothing."""
        self.amounts = dict.fromkeys(MOVEMENTS, 0.0) | {"flip": False}

    def draw(self) -> None:
        """Each movement at random, within the reach of `warp`: what the layer does to each picture in training."""
        for name, movement in MOVEMENTS.items():
            reach = min(getattr(self.warp, movement.of_layer), movement.most)
            steps = int(reach / movement.step + 1e-6)  # whole ones within reach; 0.3 / 0.1 is a little below 3
            self.amounts[name] = int(self.rng.integers(-steps, steps, endpoint=True)) * movement.step
        self.amounts["flip"] = bool(self.warp.flip and self.rng.random() < 0.5)

    def after(self) -> np.ndarray:
        """The picture as the sliders stand: float32 (H, W, 3) in 0..1."""
        return one_variation(self.before, **self.amounts)

    def layer(self) -> str:
        """The least RandomWarp that may draw these amounts, as one would write it."""
        if not any(self.amounts.values()):
            return "no layer at all"
        reach = {"flip": self.amounts["flip"]}
        for name, movement in MOVEMENTS.items():
            reach[movement.of_layer] = max(reach.get(movement.of_layer, 0), abs(self.amounts[name]))
        # Zeros are written, too: RandomWarp varies by an amount of its own where none is given.
        words = [f"{name}={value if name == 'flip' else f'{value:.3g}'}" for name, value in reach.items()]
        return f"RandomWarp({', '.join(words)})"


def sliders(picture: np.ndarray, warp: RandomWarp | None = None) -> Variation:
    """Show `picture` with a slider for each movement, and what it becomes; returns what holds the amounts.

    First a figure of each movement at both ends of its slider, which stays where there are no widgets. Then, in a
    running notebook, the sliders; a button draws all of them at random within the reach of `warp`, as training does.
    picture: (H, W, 3) in 0..1, or uint8. Raises InputError for another shape, and other numbers.
    """
    state = Variation(picture, warp)
    show_figure(state)
    figures.show_widget(box(state))
    return state


def show_figure(state: Variation) -> None:
    """Each slider two thirds of the way to its left end, above, and to its right end, below; the others at rest."""
    pictures, titles = [], []
    for side in (-1, 1):
        for name, movement in MOVEMENTS.items():
            amount = side * round(2 / 3 * movement.most, 2)
            pictures.append(one_variation(state.before, **{name: amount}))
            titles.append(f"{name} {amount:+.3g}".replace("-", "−"))
    figures.grid(
        pictures,
        titles,
        columns=len(MOVEMENTS),
        size=1.35,
        caption="Each slider alone, to the left (above) and to the right (below).",
        alt="One picture, moved by one slider at a time: " + ", ".join(titles) + ".",
    )


def box(state: Variation) -> ipywidgets.Widget:
    """The sliders beside the picture; each change shows at once."""
    tracks = {
        name: ipywidgets.FloatSlider(
            min=-movement.most,
            max=movement.most,
            step=movement.step,
            description=name,
            readout_format="+.0f" if movement.step == 1 else "+.2f",
            layout={"width": "330px"},
        )
        for name, movement in MOVEMENTS.items()
    }
    flip = ipywidgets.Checkbox(description="flip", indent=True)
    view = ipywidgets.HTML(layout={"flex": "1 1 470px", "width": "auto"})
    inputs = tracks | {"flip": flip}
    busy = False

    def refresh() -> None:
        view.value = (
            captioned(image(state.before, "the picture as it is", WIDTH), "as it is")
            + captioned(image(state.after(), f"the picture after {state.layer()}", WIDTH), "varied")
            + f'<div style="line-height:1.4">May be drawn by <code>{state.layer()}</code></div>'
        )

    def moved(change: dict) -> None:
        if not busy:
            state.amounts = {name: one.value for name, one in inputs.items()}
            refresh()

    def press(act) -> None:
        nonlocal busy
        act()
        busy = True  # one new picture, not one for each slider
        for name, one in inputs.items():
            one.value = state.amounts[name]
        busy = False
        refresh()

    for one in inputs.values():
        one.observe(moved, names="value")
    buttons = []
    for words, act in (("draw at random", state.draw), ("back to zero", state.reset)):
        button = ipywidgets.Button(description=words, tooltip=words)
        button.on_click(lambda _, act=act: press(act))
        buttons.append(button)
    refresh()
    return row([ipywidgets.VBox([*inputs.values(), row(buttons)]), view])

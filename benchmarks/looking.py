"""How soon the explorer answers, and how long the cards of a layer take, against what was asked of them.

python benchmarks/looking.py                      # one or two minutes
python benchmarks/looking.py --repeats 7 --keep

Asked, on two cores: an answer of the explorer within 200 ms; the cards of all 64 channels of a layer over 1,000
pictures of 150 x 150 within 20 s. An answer is all that follows a choice in Python: the layers of a picture that is
new, the maps as PNG, the HTML; "again" is a picture or a layer that was looked at before. An untrained network has as
many numbers to work out as a trained one. Each figure by the clock, and as processor time of both cores together, which
a busy machine changes less.
"""

import os
import time
from collections.abc import Callable

import numpy as np
from shared import measuring

from helpers import channel_card, datasets, figures, models, pipeline
from helpers.quiet import keras
from helpers.widgets import Exploration, exploring

ASKED = {"answer": 0.2, "cards": 20.0}  # seconds
PICTURES, SIZE = 1000, (150, 150)


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--repeats", type=int, default=7, help="of each answer; the cards are made a third as often")
    options = parser.parse_args()
    data = datasets.load("drawn")
    took = {}
    for side in (64, 150):
        dataset = pipeline.image_dataset(data.validation, (side, side), images=options.repeats + 1)
        took |= answers(np.concatenate([batch for batch, _ in dataset]), options.repeats)
    took |= cards(data, max(1, options.repeats // 3))
    rows = [
        {
            "what": what,
            "asked_seconds": ASKED[what.split()[0]],
            "repeats": len(wall),
            **{f"wall_{name}": f"{of(wall):.3f}" for name, of in SHOWN.items()},
            **{f"core_{name}": f"{of(core):.3f}" for name, of in SHOWN.items()},
        }
        for what, times in took.items()
        for wall, core in [np.transpose(times)]
    ]
    measuring.show("Seconds by the clock (wall) and of processor time (core)", rows)
    about = {
        "machine": measuring.machine(),
        "load": f"{os.getloadavg()[1]:.1f}",  # how many processes wanted a core, in the last five minutes
        "command": measuring.command(),
    }
    measuring.write(measuring.name("looking", options.keep), [row | about for row in rows])


SHOWN = {"least": np.min, "median": np.median, "most": np.max}


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of processor time."""
    wall, core = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - core


def answers(pictures: np.ndarray, repeats: int) -> dict[str, list[tuple[float, float]]]:
    """Every kind of choice, made on the widget itself, `repeats` times. pictures: one more than repeats."""
    keras.utils.set_random_seed(1)
    side = pictures.shape[1]
    state = Exploration(models.lab_cnn((side, side)), pictures)
    inside = {one.description: one for one in walk(exploring.box(state)) if getattr(one, "description", "")}
    picture, layer, channel = (inside[name] for name in ("picture", "layer", "channel"))
    layer.value = "conv_1"  # the layer with the most numbers
    kinds = ("a picture, first", "a picture, again", "a layer, first", "a layer, again", "a channel")
    found = {kind: [] for kind in kinds}
    others = [name for name in state.layers if name != "conv_1"]

    def choose(what: str, widget, value) -> None:
        found[what].append(timed(lambda: setattr(widget, "value", value)))

    for number in range(1, repeats + 1):
        choose("a picture, first", picture, number)
        choose("a picture, again", picture, number - 1)
        choose("a channel", channel, channel.value + 1 if channel.value < channel.max else 0)
        for name in others:
            choose("a layer, first", layer, name)
        for name in ("conv_1", *others, "conv_1"):
            choose("a layer, again", layer, name)
    return {f"answer of lab_cnn, {side} x {side}: {what}": times for what, times in found.items()}


def walk(box):
    """A widget and everything in it."""
    return [box, *(one for child in getattr(box, "children", ()) for one in walk(child))]


def cards(data: datasets.Dataset, repeats: int) -> dict[str, list[tuple[float, float]]]:
    """All cards of the last convolution, drawn to PNG, as a lesson would show them."""
    batches = list(pipeline.image_dataset(data.validation, SIZE, images=PICTURES, shuffle=False))
    pictures, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    keras.utils.set_random_seed(1)
    model = models.lab_cnn(SIZE)
    drawn = []
    figures.show_png = lambda png, caption, alt: drawn.append(png)  # here, nobody looks

    def all_cards() -> None:
        study = channel_card.study_layer(model, "conv_3", pictures, labels)
        for channel in range(len(study.made)):
            channel_card.channel_card(study, channel, pictures[0], data.class_names)

    times = [timed(all_cards) for _ in range(repeats)]
    count = f"{len(drawn) // repeats} channels, {len(pictures):,} pictures of {SIZE[0]} x {SIZE[1]}"
    return {f"cards of conv_3, {count}": times}


if __name__ == "__main__":
    main()

"""Numbers about layers, over many pictures: how many they keep, how many are zero, which channels never fire."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from helpers.activations.display import unmoved
from helpers.activations.every_layer import watch
from helpers.quiet import keras


@dataclass
class LayerMeasure:
    """One layer over a set of pictures. Arrays hold one value a channel, (C,)."""

    name: str
    shape: tuple[int, ...]  # of its output for one picture
    zeros: float  # share of its numbers that are exactly zero, 0..1
    low: np.ndarray  # least number of each channel
    high: np.ndarray  # greatest number of each channel
    fires: np.ndarray  # share of the pictures on which the channel is above zero somewhere, 0..1

    @property
    def numbers(self) -> int:
        """How many numbers the layer keeps of one picture."""
        return int(np.prod(self.shape))

    @property
    def dead(self) -> np.ndarray:
        """Channels that say the same about everything: no picture and no place ever moved them."""
        return np.flatnonzero(unmoved(self.low, self.high))


def measure(model: keras.Model, pictures: np.ndarray | Iterable) -> list[LayerMeasure]:
    """Measure every layer over `pictures`, the pixels themselves first.

    model: as for `activation_model`. pictures: (N, H, W, 3) in 0..1, or a dataset of batches.
    """
    sums: dict[str, dict] = {}
    seen = 0
    for outputs in watch(model, pictures):
        seen += len(outputs["pixels"])
        for name, output in outputs.items():
            add(sums.setdefault(name, {}), output)
    return [
        LayerMeasure(
            name, s["shape"], s["zeros"] / (seen * int(np.prod(s["shape"]))), s["low"], s["high"], s["fires"] / seen
        )
        for name, s in sums.items()
    ]


def add(total: dict, output: np.ndarray) -> None:
    """Add one batch (B, ..., C) to the running numbers of a layer."""
    places = output.reshape(len(output), -1, output.shape[-1])
    low, high = places.min(axis=1), places.max(axis=1)  # (B, C)
    total["shape"] = output.shape[1:]
    total["zeros"] = total.get("zeros", 0) + int((output == 0).sum())
    total["fires"] = total.get("fires", 0) + (high > 0).sum(axis=0)
    total["low"] = np.minimum(total.get("low", np.inf), low.min(axis=0))
    total["high"] = np.maximum(total.get("high", -np.inf), high.max(axis=0))


def dead_channels(model: keras.Model, pictures: np.ndarray | Iterable) -> dict[str, np.ndarray]:
    """Layer name -> the channels that no picture ever moves (after ReLU: that never fire).

    Layers without any are left out. See `measure` for what to give.
    """
    return {layer.name: layer.dead for layer in measure(model, pictures) if len(layer.dead)}

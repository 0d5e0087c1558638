"""The check with the weights destroyed (Adebayo et al. 2018, arXiv 1810.03292).

A heat map that stays the same when the weights are shuffled does not show what the network has learned.
"""

from collections import Counter

import numpy as np

from helpers.quiet import keras


def shuffled(model: keras.Model, seed: int = 0) -> keras.Model:
    """A copy of `model` whose weights are the same numbers in random order, layer by layer; the model is not touched.

    So the copy has learned nothing, and yet its numbers are as large as before. The four lists of a batch
    normalization are put into one and the same new order.
    """
    return shuffled_from(model, 0, seed)


def shuffled_from(model: keras.Model, first: int, seed: int) -> keras.Model:
    """`shuffled`, but of the `leaves` before place `first` the copy keeps what they learned."""
    copy = keras.models.clone_model(model, clone_function=twin, recursive=True)
    copy.set_weights(model.get_weights())
    rng = np.random.default_rng(seed)
    for layer in leaves(copy)[first:]:
        weights = layer.get_weights()
        if isinstance(layer, keras.layers.BatchNormalization):
            order = rng.permutation(len(weights[0]))
            layer.set_weights([w[order] for w in weights])
        else:
            layer.set_weights([rng.permuted(w.ravel()).reshape(w.shape) for w in weights])
    return copy


def twin(layer: keras.layers.Layer | keras.Operation) -> keras.layers.Layer | keras.Operation:
    """A layer like `layer`, with weights of its own; the very same where there are none, for Keras makes no second
    Lambda."""
    return type(layer).from_config(layer.get_config()) if getattr(layer, "weights", ()) else layer


def cascade(model: keras.Model, seed: int = 0) -> dict[str, keras.Model]:
    """Copies of `model`, each with one more layer shuffled, from the answer back to the picture.

    Gives back name -> copy, from the last layer with weights to the first: in the copy of a name, that layer and all
    after it are shuffled. So one sees how deep the learning must be destroyed before a heat map changes. Where layers
    of several models within have one name, it is followed by the layer's place: `conv (3)`.
    """
    places = {place: leaf.name for place, leaf in enumerate(leaves(model)) if leaf.get_weights()}
    often = Counter(places.values())
    return {
        name if often[name] == 1 else f"{name} ({place})": shuffled_from(model, place, seed)
        for place, name in reversed(places.items())
    }


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

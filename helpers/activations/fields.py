"""The receptive field: the part of the picture that one number of a map can see.

Computed layer by layer, after Araujo, Norris and Sim 2019 (Distill, "Computing Receptive Fields of Convolutional
Neural Networks").
"""

from dataclasses import dataclass, replace

import numpy as np

from helpers.activations.every_layer import at_size, record_all
from helpers.errors import InputError
from helpers.one_probability import is_idle
from helpers.quiet import keras

# Layers and plain operations whose numbers come from the same place of each map that goes in.
BY_PLACE = {"Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "BatchNormalization", "LayerNormalization"}
BY_PLACE |= {"Normalization", "Rescaling", "LayerScale", "Dense", "Identity", "ActivityRegularization"}
BY_PLACE |= {"Add", "Subtract", "Multiply", "Divide", "TrueDivide", "Average", "Maximum", "Minimum", "Concatenate"}
BY_PLACE |= {"Relu", "Relu6", "Sigmoid", "Silu", "Gelu", "Tanh", "HardSigmoid", "HardSilu", "Clip", "Absolute"}
BY_PLACE |= {"Square"}
USUAL = (224, 224)  # pixels: of a picture, where a model takes any size and none is named


@dataclass(frozen=True)
class Field:
    """The field of the numbers of a map, in pixels of the picture: (vertical, horizontal) each.

    size: height and width. stride: how far the fields of two neighbours lie apart. start: top and left of the field of
    the first number; below zero where padding lets it reach beyond the picture.
    """

    size: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    start: tuple[int, int] = (0, 0)

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """(x0, y0, x1, y1) of what the number at (row, column) sees; it may reach beyond the picture."""
        top, left = (self.start[axis] + place * self.stride[axis] for axis, place in enumerate((row, column)))
        return left, top, left + self.size[1], top + self.size[0]

    def cut(self, picture: np.ndarray, row: int, column: int) -> np.ndarray:
        """What the number at (row, column) sees of `picture` (H, W, C): float32 (h, w, C); white beyond the picture."""
        x0, y0, x1, y1 = self.box(row, column)
        height, width = picture.shape[:2]
        patch = np.ones((y1 - y0, x1 - x0, picture.shape[2]), "float32")
        top, left, bottom, right = max(y0, 0), max(x0, 0), min(y1, height), min(x1, width)
        patch[top - y0 : bottom - y0, left - x0 : right - x0] = picture[top:bottom, left:right]
        return patch


def receptive_field(model: keras.Model, layer: str, size: tuple[int, int] = USUAL) -> Field:
    """The receptive field of the numbers of `layer`, a name as in `activation_model(model).layer_names`.

    Where a layer sees everything (dense, global pooling), or may (an unknown kind, or one that moves things, as a flip
    does), it is the whole picture.
    size: height and width of the picture, for a model that takes any. Strided layers that pad begin elsewhere on a
    picture of another size. Raises InputError for a name that the model does not have.
    """
    model = at_size(model, size)
    whole = Field(tuple(model.inputs[0].shape[1:3]), (0, 0), (0, 0))
    fields = {id(tensor): Field() for tensor in model.inputs}
    calls = record_all(model)
    for call in calls:
        inputs = call.inputs if isinstance(call.inputs, list) else [call.inputs]
        known = [fields.get(id(tensor), whole) for tensor in inputs]
        fields[id(call.output)] = field = through(call, inputs[0], known, whole)
        if call.name == layer:
            return field
    names = ", ".join(call.name for call in calls)
    raise InputError(f"{layer!r} is not a layer; the model has {names}.")


def through(call, tensor, known: list[Field], whole: Field) -> Field:
    """The field after one layer."""
    layer, field = call.layer, known[0]
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if whole in known or len(call.output.shape) != 4 or "Transpose" in type(layer).__name__:
        return whole
    if window and len(window) != 2:  # along one axis, as ConvLSTM1D, which goes along the other step by step
        return whole
    if window:
        return slide(field, window, layer, tensor.shape[1:3])
    if isinstance(layer, (keras.layers.ZeroPadding2D, keras.layers.Cropping2D)):
        padding = isinstance(layer, keras.layers.ZeroPadding2D)
        before = [side[0] for side in (layer.padding if padding else layer.cropping)]
        shift = [(-1 if padding else 1) * n * stride for n, stride in zip(before, field.stride, strict=True)]
        return replace(field, start=tuple(a + b for a, b in zip(field.start, shift, strict=True)))
    by_place = type(layer).__name__ in BY_PLACE or is_idle(layer)
    along = keras.tree.flatten(getattr(layer, "axis", -1))  # the axis that numbers are put together along
    if not by_place or (set(along) - {-1, 3} and not isinstance(layer, keras.layers.BatchNormalization)):
        return whole
    if call.output.shape[1:3] != tensor.shape[1:3]:
        return whole
    if len({one.stride for one in known}) > 1:
        return whole
    start = np.min([one.start for one in known], axis=0)  # number by number: the field that holds all of them
    end = np.max([np.add(one.start, one.size) for one in known], axis=0)
    return Field(tuple(map(int, end - start)), field.stride, tuple(map(int, start)))


def slide(field: Field, window: tuple[int, int], layer: keras.layers.Layer, shape: tuple[int, int]) -> Field:
    """The field after a window has slid over a map of `shape`: convolution or pooling."""
    size, stride, start = [], [], []
    for axis in (0, 1):
        step = layer.strides[axis]
        reach = (window[axis] - 1) * getattr(layer, "dilation_rate", (1, 1))[axis] + 1
        padding = max((-(-shape[axis] // step) - 1) * step + reach - shape[axis], 0) if layer.padding == "same" else 0
        size.append(field.size[axis] + (reach - 1) * field.stride[axis])
        stride.append(field.stride[axis] * step)
        start.append(field.start[axis] - padding // 2 * field.stride[axis])
    return Field(tuple(size), tuple(stride), tuple(start))

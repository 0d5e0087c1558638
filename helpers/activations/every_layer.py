"""A model that answers with the output of every layer of another one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helpers.errors import InputError
from helpers.one_probability import is_idle
from helpers.quiet import keras

# Layers and plain operations that leave each channel by itself.
COLOURS_STAY = {"Rescaling", "Normalization", "BatchNormalization", "ZeroPadding2D", "Cropping2D", "CenterCrop"}
COLOURS_STAY |= {"Resizing", "MaxPooling2D", "AveragePooling2D", "Add", "Subtract", "Multiply", "TrueDivide"}


def activation_model(model: keras.Model) -> keras.Model:
    """A Keras model with the inputs of `model` and, as outputs, a list: what every layer makes of them, in order.

    The layers are the model's own, not copies, so what you see is what it does now. A model inside the model is
    opened: its layers appear as `outer/inner`. A layer used twice appears twice, the second time as `name_2`. Input
    layers make nothing, so they are left out. The names stand in `.layer_names`, in the order of the outputs; `.idle`
    names those that hand on the same numbers at use (dropout, flatten, random variations). `.ends_in_layer` is False
    where plain operations come after the last layer, so that its output is not yet the answer.

    model: Sequential or functional, nested or not, made here or loaded from disk. An activation model is given back
    as it is.

    Raises InputError if the model has not been built, hides its layers (a subclass of `keras.Model`), takes several
    inputs, or has its channels first.
    """
    if getattr(model, "layer_names", None):
        return model
    everything = record_all(model)
    calls = layers_of(everything)
    every = keras.Model(model.inputs[0], [call.output for call in calls], name="every_layer")
    every.ends_in_layer = everything[-1:] == calls[-1:]
    every.layer_names = [call.name for call in calls]
    every.idle = [call.name for call in calls if is_idle(call.layer)]
    return every


@dataclass(eq=False)  # one is like no other, and symbolic tensors cannot be compared
class Call:
    """One use of one layer: its name, the layer itself, and the symbolic tensors that go in and come out."""

    name: str
    layer: keras.layers.Layer | keras.Operation
    inputs: object  # a tensor, or a list of them
    output: object


def record_calls(model: keras.Model) -> list[Call]:
    """Every use of a layer in `model`, from first to last. Raises InputError as `activation_model` does."""
    return layers_of(record_all(model))


def layers_of(calls: list[Call]) -> list[Call]:
    """Those that are uses of layers, without plain operations."""
    return [call for call in calls if isinstance(call.layer, keras.layers.Layer)]


def kernel_of(layer: keras.layers.Layer | keras.Operation) -> np.ndarray | None:
    """A copy of a layer's kernel in the form of `Conv2D`'s: its last axis counts the channels that come out, the one
    before it those that go in. None for a layer without one."""
    if (kernel := getattr(layer, "kernel", None)) is None:
        return None
    kernel = np.array(kernel)
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return kernel.swapaxes(2, 3)
    if isinstance(layer, keras.layers.DepthwiseConv2D):  # each channel that comes out is made of one alone
        return kernel.reshape(*kernel.shape[:2], 1, -1)
    return kernel


def sees_colours(calls: list[Call], call: Call) -> bool:
    """Whether what comes into `call` is the picture in its three colours, however it was scaled, moved or shrunk; and
    not three maps. calls: of `record_all`."""
    makers = {id(one.output): one for one in calls}
    while id(call.inputs) in makers:
        call = makers[id(call.inputs)]
        if type(call.layer).__name__ not in COLOURS_STAY and not is_idle(call.layer):
            return False
    return isinstance(call.inputs, keras.KerasTensor) and call.inputs.shape[-1] == 3


def find_maps(calls: list[Call], layer: str) -> Call:
    """The use of `layer` among `calls`. Raises InputError if it is not there, or its output is no maps (H, W, C)."""
    maps = {call.name: call for call in calls if len(call.output.shape) == 4}
    if layer not in maps:
        raise InputError(f"{layer!r} is not a layer of maps; this model has {', '.join(maps) or 'none'}.")
    return maps[layer]


def chosen_channels(layer: str, count: int, channels: Sequence[int]) -> list[int]:
    """The numbers of those channels. Raises InputError if there are none, or `layer`, of `count`, lacks one."""
    if len(channels) == 0 or min(channels) < 0 or max(channels) >= count:
        raise InputError(f"{layer} has the channels 0 to {count - 1}; name at least one of them, and no others.")
    return [int(channel) for channel in channels]


def at_size(model: keras.Model, size: tuple[int, int]) -> keras.Model:
    """`model`, for pictures of `size` (height, width) alone, if it takes pictures of any size; else as it is.

    The layers, and their names, are the model's own. Only the shapes of what they make are known now.
    """
    check(model)
    shape = tuple(model.inputs[0].shape)
    if None not in shape[1:3]:
        return model
    known = [own or asked for own, asked in zip(shape[1:3], size, strict=True)]
    picture = keras.Input((*known, *shape[3:]))
    return keras.models.clone_model(model, input_tensors=picture, clone_function=lambda layer: layer)


def record_all(model: keras.Model) -> list[Call]:
    """`record_calls`, with plain operations, such as the sum in x + y, among the layers. The last one gives the answer:
    what a model within gives besides, and nobody asks for, is left out."""
    check(model)
    if is_chain(model):
        calls, answer = walk_chain(model, model.inputs[0])
    else:
        calls, walked = walk_graph(model, model.input)
        answer = walked.output
    answers = {id(tensor) for tensor in keras.tree.flatten(answer)}
    return calls[: max((n for n, call in enumerate(calls, 1) if id(call.output) in answers), default=len(calls))]


def walk_chain(model: keras.Sequential, tensor) -> tuple[list[Call], object]:
    """Send `tensor` through the layers, one after the other: the calls, and what comes out."""
    calls: list[Call] = []
    for layer in model.layers:
        tensor = step(calls, layer, tensor)
    return calls, tensor


def walk_graph(model: keras.Model, inputs=None) -> tuple[list[Call], keras.Model]:
    """Send `inputs` (new ones if None) through a functional model: the calls, and the model that was walked.

    Cloning is Keras's public way to walk a graph. Each "clone" is the layer itself, so the weights stay shared.
    """
    calls: list[Call] = []
    walked = keras.models.clone_model(
        model,
        input_tensors=inputs,
        clone_function=lambda layer: layer,
        call_function=lambda layer, *args, **kwargs: step(calls, layer, *args, **kwargs),
    )
    return calls, walked


def step(calls: list[Call], layer, *args, **kwargs):
    """Call one layer and note it; or open it, if it is a model itself. Returns what comes out."""
    if is_graph(layer):
        within, outputs = walk_chain(layer, args[0]) if is_chain(layer) else walk_within(layer, args[0])
        for call in within:
            calls.append(replace(call, name=fresh(f"{layer.name}/{call.name}", calls)))
        return outputs
    if getattr(layer, "data_format", "") == "channels_first":
        raise InputError(
            f"{layer.name!r} has its channels before height and width, and here they come last; make it with "
            '`data_format="channels_last"`; the weights are the same.'
        )
    outputs = layer(*args, **kwargs)
    tensors = [one for one in keras.tree.flatten((args, kwargs)) if isinstance(one, keras.KerasTensor)]
    for output in keras.tree.flatten(outputs):
        calls.append(Call(fresh(layer.name, calls), layer, tensors[0] if len(tensors) == 1 else tensors, output))
    return outputs


def walk_within(model: keras.Model, inputs) -> tuple[list[Call], object]:
    """Send `inputs` through a functional model that stands inside another one: the calls, and what comes out.

    Keras walks a graph from new inputs only. So it is walked from new ones first; then a model that gives out all that
    was met on the way is put in its place.
    """
    calls, walked = walk_graph(model)
    flat = keras.tree.flatten
    met = {id(tensor): tensor for tensor in flat([walked.output, *[[call.inputs, call.output] for call in calls]])}
    opened = keras.Model(walked.input, list(met.values()))
    put = dict(zip(met, flat(opened(inputs)), strict=True))  # one for one, so that a tensor can be known again
    put |= dict(zip(map(id, flat(walked.inputs)), flat(inputs), strict=True))

    def there(tensors):
        return keras.tree.map_structure(lambda tensor: put[id(tensor)], tensors)

    return [replace(call, inputs=there(call.inputs), output=there(call.output)) for call in calls], there(walked.output)


def check(model: keras.Model) -> None:
    """Raise InputError unless the layers of `model` can be followed from its one input."""
    if not isinstance(model, keras.Model):
        raise InputError(
            f"A Keras model is needed, not {type(model).__name__}; load it with `keras.models.load_model`."
        )
    if is_chain(model) and not model.built:
        raise InputError(
            f"The model '{model.name}' has not been built, so its layers have no outputs yet; "
            "give it an `Input` layer, or call it once on a batch of pictures."
        )
    if not is_graph(model):
        raise InputError(
            f"The model '{model.name}' is a subclass of keras.Model and hides how its layers are joined; "
            "make it with `keras.Sequential` or `keras.Model(inputs, outputs)`."
        )
    if len(model.inputs) != 1:
        raise InputError(
            f"The model '{model.name}' takes {len(model.inputs)} inputs, and here one picture is all it gets; give "
            "the part that sees the picture alone, as in `keras.Model(model.inputs[0], model.get_layer(NAME).output)`."
        )


def is_chain(layer) -> bool:
    return isinstance(layer, keras.Sequential)


def is_graph(layer) -> bool:
    """Whether `layer` is itself a model whose layers can be followed."""
    return is_chain(layer) or (isinstance(layer, keras.Model) and hasattr(layer, "operations"))


def fresh(name: str, calls: list[Call]) -> str:
    """`name`, or `name_2`, `name_3`, ... if a call has it already."""
    taken = {call.name for call in calls}
    chosen, number = name, 2
    while chosen in taken:
        chosen, number = f"{name}_{number}", number + 1
    return chosen


def look(model: keras.Model, picture: np.ndarray) -> dict[str, np.ndarray]:
    """What every layer makes of one picture: layer name -> float32 array, (H, W, C) for maps, (C,) for dense layers.

    picture: (H, W, 3) in 0..1, of the size that the model takes; (1, H, W, 3) will do as well, and (H, W) for a model
    of grey pictures. Raises InputError for a picture of another size, and where a layer's numbers are not finite.
    """
    batch = as_batch(picture)
    every = activation_model(model)
    check_size(every, batch)
    return {name: output[0] for name, output in run(every, batch).items()}


def as_batch(picture: np.ndarray) -> np.ndarray:
    """One picture, (H, W, C), (H, W) or (1, H, W, C), as float32 (1, H, W, C)."""
    picture = np.asarray(picture, "float32")
    picture = picture[..., None] if picture.ndim == 2 else picture
    return picture[None] if picture.ndim == 3 else picture


def watch(model: keras.Model, pictures: np.ndarray | Iterable) -> Iterator[dict[str, np.ndarray]]:
    """For each batch of `pictures`: layer name -> float32 array (B, ...), the pixels first, as "pixels".

    Idle layers are left out. pictures: an array (N, H, W, 3) in 0..1, or a dataset of batches, with or without labels.
    """
    every = activation_model(model)
    for batch in batches(pictures):
        check_size(every, batch)
        outputs = run(every, batch)
        yield {"pixels": batch, **{name: output for name, output in outputs.items() if name not in every.idle}}


def run(every: keras.Model, batch: np.ndarray) -> dict[str, np.ndarray]:
    outputs = keras.tree.flatten(every(batch, training=False))  # of a single layer, Keras gives no list
    numbers = (output.numpy().astype("float32") for output in outputs)  # in mixed precision, half as long
    return {name: finite(one, name) for name, one in zip(every.layer_names, numbers, strict=True)}


def finite(numbers: np.ndarray, name: str) -> np.ndarray:
    """The same numbers. Raises InputError if NaN or infinity is among them: nothing that is made of them is true."""
    if not np.isfinite(numbers).all():
        raise InputError(
            f"{name}: holds numbers that are not finite; look for some among the pictures and the weights, or train "
            "anew with a lower learning rate."
        )
    return numbers


def batches(pictures: np.ndarray | Iterable, size: int = 64) -> Iterator[np.ndarray]:
    """Batches float32 (B, H, W, 3), from an array or from a dataset, whose labels are left out."""
    whole = isinstance(pictures, np.ndarray)
    for batch in (pictures[start : start + size] for start in range(0, len(pictures), size)) if whole else pictures:
        yield np.asarray(batch[0] if isinstance(batch, tuple) else batch, "float32")


def check_size(model: keras.Model, batch: np.ndarray) -> None:
    """Raise InputError unless `model` takes pictures of this size, and as `check` does."""
    check(model)
    wanted = tuple(model.inputs[0].shape[1:])
    if batch.ndim != len(wanted) + 1 or any(
        want not in (None, got) for want, got in zip(wanted, batch.shape[1:], strict=True)
    ):
        reading = f"read them with `load_image(path, {wanted[:2]})`"
        if None in wanted[:2] or wanted[2:] != (3,):
            reading = "give it (height, width, channels); None stands for any number"
        raise InputError(
            f"The model takes pictures of shape {wanted} and was given {tuple(batch.shape[1:])}; {reading}."
        )

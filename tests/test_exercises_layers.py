"""Lesson 4's exercises: right answers pass however they are written, wrong ones are told what is wrong."""

import exercise_page
import numpy as np
import pytest
from exercise_tables import keras, must_be_complete, must_fail_with, must_pass, right_cases, tf, wrong_cases

from helpers import activations, attribution, exercises, models
from helpers.exercises.layers.windows import _networks
from helpers.scaffold.exercise_page import said

layers = keras.layers


def without_inputs(model):
    return [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]


def window_by_function(model):
    """Only for chains: so it takes the ready-made model where the way parts."""
    if not isinstance(model, keras.Sequential):
        return exercises.layers.window.answer(model)

    def look(batch):
        outputs = []
        for layer in model.layers:
            batch = layer(batch)
            outputs.append(batch.numpy())
        return outputs

    return look


def window_by_loop(model):
    """Right for chains, stuck where the way parts."""

    def look(batch):
        outputs = []
        for layer in model.layers:
            batch = layer(batch)
            outputs.append(batch)
        return outputs

    return look


def window_of(choose):
    """A model with the outputs that choose(layers) picks."""
    return lambda model: keras.Model(model.inputs[0], choose([layer.output for layer in without_inputs(model)]))


def window_then(change):
    """The right window, and then `change` for each of its outputs."""
    return lambda model: lambda batch: [change(one.numpy()) for one in exercises.layers.window.answer(model)(batch)]


def window_in_training(model):
    return lambda batch: exercises.layers.window.answer(model)(batch, training=True)


def window_of_a_copy(model):
    return exercises.layers.window.answer(keras.models.clone_model(model))


def window_that_forgets(model):
    model.set_weights([0 * weight for weight in model.get_weights()])
    return exercises.layers.window.answer(model)


def stretch_by_loop(maps):
    stretched = np.zeros(maps.shape)
    for channel in range(maps.shape[-1]):
        one = maps[:, :, channel]
        if one.max() > one.min():
            stretched[:, :, channel] = (one - one.min()) / (one.max() - one.min())
    return stretched


def stretch_by_tensorflow(maps):
    low, high = tf.reduce_min(maps, (0, 1)), tf.reduce_max(maps, (0, 1))
    return tf.math.divide_no_nan(maps - low, high - low)


def heat_by_loop(maps, slopes):
    total = np.zeros(maps.shape[:2])
    for channel in range(maps.shape[-1]):
        total += slopes[..., channel].mean() * maps[..., channel]
    return np.clip(total, 0, None)


def heat_scaled(maps, slopes):
    heat = heat_by_loop(maps, slopes)
    return (heat / max(heat.max(), 1e-9)).tolist()


def stretch_alone(heat):
    return (heat - heat.min()) / (heat.max() - heat.min())


def summed(maps, slopes):
    return (maps * slopes.mean(axis=(0, 1))).sum(axis=-1)


def hits_by_loop(heat, box):
    best, place = 0, None
    for row in range(heat.shape[0]):
        for column in range(heat.shape[1]):
            if heat[row, column] > best:
                best, place = heat[row, column], (column, row)
    return place is not None and box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3]


def hits_by_cut(heat, box):
    x0, y0, x1, y1 = box
    inside = heat[y0 : y1 + 1, x0 : x1 + 1]
    return np.bool_(heat.max() > 0 and inside.max() == heat.max())


def hits_by_attribution(heat, box):
    return int(attribution.inside(attribution.peak(heat), box))


right_hits = exercises.layers.peak.answer

RIGHT = {
    "window": [
        exercises.layers.window.answer,
        activations.activation_model,
        window_of(list),
        lambda model: keras.Model(model.inputs, [one.output for one in model.layers]),
        window_by_function,
        lambda model: keras.Model(model.inputs[0], {one.name: one.output for one in without_inputs(model)}),
        lambda model: lambda batch: tuple(exercises.layers.window.answer(model).predict(batch, verbose=0)),
        lambda model: lambda batch: (one for one in exercises.layers.window.answer(model)(batch)),
    ],
    "own_scale": [
        exercises.layers.own_scale.answer,
        stretch_by_loop,
        stretch_by_tensorflow,
        lambda maps: np.nan_to_num((maps - maps.min((0, 1))) / (np.ptp(maps, axis=(0, 1)) + 1e-12)),
        lambda maps: stretch_by_loop(maps.astype("float64")).tolist(),
    ],
    "dead": [
        exercises.layers.dead.answer,
        lambda maps: [n for n in range(maps.shape[-1]) if maps[..., n].max() <= 0],
        lambda maps: set(range(6)) - {int(n) for n in np.nonzero(maps > 0)[3]},
        lambda maps: tf.where(tf.reduce_max(maps, (0, 1, 2)) <= 0)[:, 0],
        lambda maps: ~(maps > 0).any(axis=(0, 1, 2)),
        lambda maps: (n for n in np.argwhere((maps > 0).sum(axis=(0, 1, 2)) == 0).ravel()),
    ],
    "grad_cam": [
        exercises.layers.grad_cam.answer,
        heat_by_loop,
        heat_scaled,
        lambda maps, slopes: np.uint8(255 * np.array(heat_scaled(maps, slopes))),
        lambda maps, slopes: tf.nn.relu(tf.einsum("hwc,c->hw", maps, tf.reduce_mean(slopes, (0, 1)))),
        lambda maps, slopes: np.maximum(0, maps @ slopes.mean((0, 1)))[..., None],
    ],
    "peak": [right_hits, hits_by_loop, hits_by_cut, hits_by_attribution],
}

WRONG = {
    "window": {
        "Only one output": lambda model: model,
        "some have two": window_of(lambda outputs: [one for one in outputs if len(one.shape) == 4]),
        "order is turned round": window_of(lambda outputs: outputs[::-1]),
        "Dropout is at work": window_in_training,
        "stretched to 0..1": window_then(lambda one: (one - one.min()) / max(np.ptp(one), 1e-9)),
        "are its layers copied": window_of_a_copy,
        "weights of the model have changed": window_that_forgets,
        "A model (or a function)": lambda model: [layer.name for layer in model.layers],
        "Here the way parts": window_by_loop,
        "not always the first layer's input": lambda model: keras.Model(
            model.layers[0].input, [one.output for one in model.layers]
        ),
        "It gets the model only": lambda model, batch: exercises.layers.window.answer(model)(batch),
        "take `model.inputs`": lambda model: keras.Model(model.input, [one.output for one in model.layers]),
        "It raised an error": lambda model: keras.Model(model.input_shape, [one.output for one in model.layers]),
        "not those of the layers": window_then(lambda one: one[:1]),
    },
    "own_scale": {
        "share one scale": lambda maps: (maps - maps.min()) / (maps.max() - maps.min()),
        "greatest number only": lambda maps: maps / np.maximum(maps.max((0, 1)), 1e-9),
        "0 / 0": lambda maps: (maps - maps.min((0, 1))) / np.ptp(maps, axis=(0, 1)),
        "Nothing is stretched": lambda maps: maps,
        "mean and spread": lambda maps: (maps - maps.mean((0, 1))) / (maps.std((0, 1)) + 1e-9),
        "cuts off at 1": lambda maps: np.clip(maps, 0, 1),
        "over its channels": lambda maps: (maps - maps.min(-1, keepdims=True)) / np.ptp(maps, -1, keepdims=True),
        "turned round": lambda maps: 1 - stretch_by_loop(maps),
        "Mind the shape": lambda maps: stretch_by_loop(maps)[..., 0],
        "Not each map": lambda maps: np.sqrt(stretch_by_loop(maps)),
        "runs to 255": lambda maps: 255 * stretch_by_loop(maps),
        "from −1 to 1": lambda maps: 2 * stretch_by_loop(maps) - 1,
        "over the rows only": lambda maps: (maps - maps.min(0)) / (np.ptp(maps, axis=0) + 1e-9),
        "over the columns only": lambda maps: (maps - maps.min(1, keepdims=True)) / np.ptp(maps, 1, keepdims=True),
        "should stay last": lambda maps: [stretch_by_loop(maps)[..., n] for n in range(maps.shape[-1])],
        "become 0, not 1": lambda maps: np.where(np.ptp(maps, axis=(0, 1)) > 0, stretch_by_loop(maps), 1),
    },
    "dead": {
        "first picture only": lambda maps: np.flatnonzero((maps[0] <= 0).all((0, 1))),
        "below zero everywhere": lambda maps: np.flatnonzero((maps == 0).all((0, 1, 2))),
        "same everywhere": lambda maps: np.flatnonzero(maps.std((0, 1, 2)) < 1e-6),
        "zero anywhere": lambda maps: np.flatnonzero((maps <= 0).any((0, 1, 2))),
        "ones that fire": lambda maps: np.flatnonzero((maps > 0).any((0, 1, 2))),
        "A mean hides it": lambda maps: np.flatnonzero(maps.mean((0, 1, 2)) < 0.01),
        "how many there are": lambda maps: (maps <= 0).all((0, 1, 2)).sum(),
        "axes 0, 1, 2": lambda maps: np.flatnonzero((maps <= 0).all(axis=(0, 1))),
        "channels 0 to 5 only": lambda maps: np.flatnonzero((maps <= 0).all(axis=(1, 2))),
        "yes or no in shape (3, 6)": lambda maps: (maps <= 0).all(axis=(1, 2)),
        "2 arrays of places": lambda maps: np.where((maps <= 0).all(axis=(1, 2))),
        "first channel is channel 0": lambda maps: exercises.layers.dead.answer(maps) + 1,
        "whole numbers": lambda maps: [1.5, 3, 5],
        "No channel is dead": lambda maps: np.flatnonzero((maps < -1).any((0, 1, 2))),
        "not the channels that never": lambda maps: [0, 5],
        "Numbers are asked": lambda maps: ["one", "three", "five"],
    },
    "grad_cam": {
        "should become zero": summed,
        "as they are": lambda maps, slopes: maps.sum(-1),
        "place by place": lambda maps, slopes: np.maximum(0, (maps * slopes).sum(-1)),
        "as if it spoke for it": lambda maps, slopes: np.abs(summed(maps, slopes)),
        "first add, then cut": lambda maps, slopes: np.maximum(0, maps * slopes.mean((0, 1))).sum(-1),
        "cut off too early": lambda maps, slopes: (maps * np.maximum(0, slopes.mean((0, 1)))).sum(-1),
        "before their mean": lambda maps, slopes: (maps * np.maximum(0, slopes).mean((0, 1))).sum(-1),
        "over the channels, axis −1": lambda maps, slopes: np.maximum(0, (maps * slopes.mean(-1)[..., None]).sum(-1)),
        "Each channel has its own": lambda maps, slopes: np.maximum(0, maps.mean(-1) * slopes.mean(-1)),
        "over the rows only": lambda maps, slopes: np.maximum(0, (maps * slopes.mean(0)).sum(-1)),
        "over the columns only": lambda maps, slopes: np.maximum(0, (maps * slopes.mean(1)[:, None]).sum(-1)),
        "lose their sign": lambda maps, slopes: (maps * np.abs(slopes.mean((0, 1)))).sum(-1),
        "speaks against": lambda maps, slopes: np.maximum(0, -summed(maps, slopes)),
        "Maps and slopes are exchanged": lambda maps, slopes: np.maximum(0, summed(slopes, maps)),
        "Only the greatest channel": lambda maps, slopes: np.maximum(0, maps * slopes.mean((0, 1))).max(-1),
        "on its side": lambda maps, slopes: heat_by_loop(maps, slopes).T,
        "greatest slope": lambda maps, slopes: np.maximum(0, (maps * slopes.max((0, 1))).sum(-1)),
        "without the maps": lambda maps, slopes: np.maximum(0, slopes.sum(-1)),
        "number for each place": lambda maps, slopes: np.maximum(0, maps * slopes.mean((0, 1))),
        "zero everywhere": lambda maps, slopes: np.zeros((5, 7)),
        "0 / 0 is NaN. Divide only": lambda maps, slopes: heat_by_loop(maps, slopes) / heat_by_loop(maps, slopes).max(),
        "greatest number (or its range), which is 0": lambda maps, slopes: stretch_alone(heat_by_loop(maps, slopes)),
        "nothing to say": lambda maps, slopes: np.maximum(0, summed(maps, slopes)) + (slopes.mean() < -0.3),
        "not the heat map": lambda maps, slopes: heat_by_loop(maps, slopes)[::-1],
    },
    "peak": {
        "Rows and columns": lambda heat, box: right_hits(heat.T, box) if heat.max() > 0 else False,
        "zeros points nowhere": lambda heat, box: right_hits(heat + 1e-3, box),
        "where most of the heat": lambda heat, box: heat[box[1] : box[3], box[0] : box[2]].sum() > heat.sum() / 2,
        "yes to everything": lambda heat, box: True,
        "no to everything": lambda heat, box: False,
        "any heat in the box": lambda heat, box: heat[box[1] : box[3] + 1, box[0] : box[2] + 1].any(),
        "True is for a peak within": lambda heat, box: not right_hits(heat, box),
        "One of the two": lambda heat, box: (
            right_hits(heat, (box[0], 0, box[2], 99)) or right_hits(heat, (0, box[1], 99, box[3]))
        ),
        "Only x": lambda heat, box: right_hits(heat, (box[0], 0, box[2], 99)),
        "Only y": lambda heat, box: right_hits(heat, (0, box[1], 99, box[3])),
        "True or False": lambda heat, box: np.unravel_index(heat.argmax(), heat.shape),
    },
}


def test_there_are_enough_ways_in_the_tables():
    must_be_complete("layers", RIGHT, WRONG)


@pytest.mark.parametrize(("exercise", "answer"), right_cases("layers", RIGHT))
def test_right_answers_pass(exercise, answer):
    must_pass(exercise.check(answer))


@pytest.mark.parametrize(("exercise", "answer", "phrase", "number"), wrong_cases("layers", WRONG))
def test_wrong_answers_are_told_why_as_the_page_of_exercises_says(exercise, answer, phrase, number):
    verdict = exercise.check(answer)
    must_fail_with(verdict, phrase)
    assert exercise_page.promised(exercise, number) == said(verdict.message)


def test_the_course_network_has_that_height_and_those_weights():
    conv_3 = models.lab_cnn((100, 100)).get_layer("conv_3")
    must_pass(exercises.layers.map_height.check(conv_3.output.shape[1]))
    must_pass(exercises.layers.weights.check(models.lab_cnn((100, 100)).get_layer("conv_2").count_params()))


def test_an_unbuilt_model_says_what_the_question_says_and_an_input_cures_it():
    parts = [layers.Conv2D(8, 3, name="conv2d"), layers.Flatten(), layers.Dense(1)]
    with pytest.raises(AttributeError, match="The layer conv2d has never been called and thus has no defined output"):
        _ = keras.Sequential(parts).layers[0].output
    cured = keras.Sequential([layers.Input((8, 8, 3)), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(1)])
    assert cured.layers[0].output.shape == (None, 6, 6, 8)
    with pytest.raises(AttributeError, match="never been called"):
        _ = cured.input
    must_pass(exercises.layers.never_called.check("b"))


def test_the_window_is_tried_on_networks_of_several_builds():
    kinds = {type(model).__name__ for model in _networks().values()}
    assert kinds == {"Sequential", "Functional"}

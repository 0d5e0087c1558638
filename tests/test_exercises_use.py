"""Lesson 5's exercises: right answers pass however they are written, wrong ones are told what is wrong."""

import math

import numpy as np
import pytest
from exercise_tables import keras, must_be_complete, must_fail_with, must_pass, right_cases, tf, wrong_cases
from PIL import Image, ImageOps
from scipy import special

from helpers import exercises, trust
from helpers.cells import networks


def turns(picture):
    return [np.rot90(picture, k) for k in range(4)]


def by_transposing(picture):
    found = []
    for one in (picture, picture.transpose(1, 0, 2)):
        found += [one, one[::-1], one[:, ::-1], one[::-1, ::-1]]
    return found


def by_generator(picture):
    for k in range(4):
        yield np.rot90(picture, k)
        yield np.flipud(np.rot90(picture, k))


def by_pillow(picture):
    image = Image.fromarray(picture)
    return [one.rotate(90 * k) for k in range(4) for one in (image, ImageOps.mirror(image))]


def twisted(picture):
    return [np.rot90(picture, k, axes=(1, 2)) for k in range(4)]


def mirrored_anew(picture):
    return [one for k in range(4) for one in (np.rot90(picture, k), picture[:, ::-1])]


def decide_by_numpy(answers, class_names, threshold):
    sure = np.maximum(answers, 1 - answers) >= threshold
    return np.where(sure, np.where(answers > 0.5, class_names[1], class_names[0]), "I don't know")


def decide_by_two_ends(answers, names, threshold):
    word = lambda p: names[1] if p >= threshold else names[0] if p <= 1 - threshold else "i don’t know."  # noqa: E731
    return tuple(word(p) for p in answers)


def decide_late(answers, names, threshold):
    words = [names[round(p)] for p in answers]
    for place, p in enumerate(answers):
        if threshold > p > 1 - threshold:
            words[place] = "I don't know"
    return words


def decide_just_above(answers, names, threshold):
    return [names[int(p > 0.5)] if max(p, 1 - p) > threshold else "I don't know" for p in answers]


def decide_by_distance(answers, names, threshold):
    return [names[int(p > 0.5)] if 2 * abs(p - 0.5) >= threshold else "I don't know" for p in answers]


def decide_the_first(answers, names, threshold):
    for one in decide_by_numpy(answers, names, threshold):
        return str(one)


def in_other_words(words):
    return lambda a, n, t: [words if one == "I don't know" else one for one in decide_by_numpy(a, n, t)]


def logit(p):
    return np.log(p / (1 - p))


RIGHT = {
    "to_learn": [
        lambda defects: 1 - defects,
        lambda defects: [1 - one for one in defects],
        lambda defects: tf.constant(1.0, tf.float64) - defects,
        lambda defects: np.subtract(1, defects)[:, None],
        lambda defects: (1 - one for one in defects),
    ],
    "eight": [
        lambda picture: turns(picture) + [one[:, ::-1] for one in turns(picture)],
        by_transposing,
        by_generator,
        by_pillow,
        lambda picture: [one[0] for one in networks.all_ways(picture[None])],
        lambda picture: tf.stack([tf.image.rot90(one, k) for k in range(4) for one in (picture, picture[::-1])]),
    ],
    "soften": [
        exercises.use.soften.answer,
        trust.soften,
        lambda p, t: special.expit(special.logit(p) / t),
        lambda p, t: p ** (1 / t) / (p ** (1 / t) + (1 - p) ** (1 / t)),
        lambda p, t: keras.ops.sigmoid(tf.math.log(p / (1 - p)) / t),
    ],
    "decide": [exercises.use.decide.answer, decide_by_numpy, decide_by_two_ends, decide_late],
}

WRONG = {
    "to_learn": {
        "probability of a defect": lambda defects: defects,
        "rounds the doubt away: the": lambda defects: np.round(1 - defects),
        "the wrong way round: class 1": lambda defects: np.round(defects),
        "are left out": lambda defects: 1 - defects[(defects == 0) | (defects == 1)],
        "more than half and half": lambda defects: np.where(defects % 1 > 0, 0.5, 1 - defects),
        "per cent": lambda defects: 100 - 100 * defects,
        "how sure the experts were": lambda defects: np.maximum(defects, 1 - defects),
        "not the probability that each": lambda defects: 2 - defects,
        "One number for six cells": lambda defects: 1 - defects[0],
        "Two numbers a cell": lambda defects: np.stack([defects, 1 - defects], axis=1),
        "never below 0": lambda defects: -defects,
        "no room for a doubt": lambda defects: np.where(defects == 0, 1, 0),
        "turned round, and so below 0": lambda defects: defects - 1,
        "order of the cells": lambda defects: defects[::-1],
        "have no number (NaN)": lambda defects: np.where(defects % 1 > 0, np.nan, 1 - defects),
        "come all at once": lambda defects: 1 if defects < 0.5 else 0,
        "not in a dict": lambda defects: {one: 1 - one for one in defects},
        "not in a set": lambda defects: {1 - one for one in defects},
        "changes what it was given": lambda defects: np.negative(defects, out=defects) + 1,
    },
    "eight": {
        "can be mirrored, too": turns,
        "up and down, are half a turn.)": lambda p: [p, p[::-1], p[:, ::-1], p[::-1, ::-1], *turns(p)],
        "lead back to the beginning": lambda p: [np.rot90(p, k) for k in range(8)],
        "counts quarter turns": lambda p: [np.rot90(p, k) for k in (0, 90, 180, 270)],
        "same way each time": lambda p: [p] * 8,
        "no degrees": lambda p: [np.rot90(one, k) for one in (p, p[:, ::-1]) for k in (0, 90, 180, 270)],
        "as it came is missing": lambda p: turns(p)[1:] + [one[:, ::-1] for one in turns(p)],
        "only the keys": lambda p: dict(enumerate(turns(p))),
        "Way 4 is way 2 once more": mirrored_anew,
        "lists within the list": lambda p: [turns(p), turns(p[::-1])],
        "colours do not stand last": lambda p: [one.T for one in turns(p)],
        "differ in shape": lambda p: np.array(twisted(p)),
        "There are eight": lambda p: [p, p[:, ::-1]],
        "colours are exchanged": lambda p: turns(p) + [one[:, ::-1, ::-1] for one in turns(p)],
        "other pixels than before": lambda p: [p + k for k in range(8)],
        "no turning makes": lambda p: [np.roll(p, k, axis=0) for k in range(8)],
        "one picture, row by row": lambda p: p,
        "has its shape": lambda p: [one[:4] for one in turns(p)],
        "A list is asked for": lambda p: 8,
    },
    "soften": {
        "probabilities themselves are divided": lambda p, t: p / t,
        "logits, divided": lambda p, t: logit(p) / t,
        "makes the answers surer": lambda p, t: special.expit(logit(p) * t),
        "with both parts": lambda p, t: special.expit(np.log(p) / t),
        "Nothing has changed": lambda p, t: p,
        "temperature is subtracted": lambda p, t: special.expit(logit(p) - t),
        "logarithms of p": lambda p, t: np.log(p) / t,
        "p to a power": lambda p, t: p ** (1 / t),
        "softmax over the cells": lambda p, t: special.softmax(logit(p) / t),
        "per cent": lambda p, t: 100 * special.expit(logit(p) / t),
        "sign is wrong below the line": lambda p, t: 1 / (1 - np.exp(-logit(p) / t)),
        "signs are turned": lambda p, t: special.expit(-logit(p) / t),
        "Halfway to 0.5": lambda p, t: 0.5 + (p - 0.5) / t,
        "temperature given is not used": lambda p, t: special.expit(logit(p) / 2),
        "not divided yet": lambda p, t: logit(p),
        "sigmoid of the probabilities": lambda p, t: special.expit(p / t),
        "stands within the logarithm": lambda p, t: special.expit(np.log(p / (1 - p) / t)),
        "divides what comes out of `exp`": lambda p, t: 1 / (1 + np.exp(-logit(p)) / t),
        "is 1 and something": lambda p, t: 1 / 1 + np.exp(-logit(p) / t),
        "These are odds": lambda p, t: np.exp(logit(p) / t),
        "base 10": lambda p, t: special.expit(np.log10(p / (1 - p)) / t),
        "base 2": lambda p, t: special.expit(np.log2(p / (1 - p)) / t),
        "is 0, whatever p is": lambda p, t: special.expit(np.log(p / 1 - p) / t),
        "which come first": lambda t, p: special.expit(logit(p) / t),
        "One number for five": lambda p, t: special.expit(logit(p[0]) / t),
        "one number at a time": lambda p, t: 1 / (1 + math.exp(-math.log(p / (1 - p)) / t)),
        "no sigmoid ready": lambda p, t: np.sigmoid(logit(p) / t),
        "not the softened answers": lambda p, t: np.round(p),
        "that came is empty": lambda p, t: [],
    },
    "decide": {
        "Class 0 is never answered": lambda a, n, t: [n[1] if p >= t else "I don't know" for p in a],
        "taken for class 0": lambda a, n, t: [n[int(p >= t)] for p in a],
        "always answers": lambda a, n, t: [n[int(p > 0.5)] for p in a],
        "wrong way round": lambda a, n, t: decide_by_numpy(a, n[::-1], t),
        "where the network is unsure": lambda a, n, t: [
            n[int(p > 0.5)] if max(p, 1 - p) < t else "I don't know" for p in a
        ],
        "never answers": lambda a, n, t: ["I don't know" for p in a],
        "Class 1 is never named": lambda a, n, t: [n[0] if max(p, 1 - p) >= t else "I don't know" for p in a],
        "Class 0 is never named": lambda a, n, t: [n[1] if max(p, 1 - p) >= t else "I don't know" for p in a],
        "not half of it": lambda a, n, t: [n[1] if p >= t else n[0] if p < t / 2 else "I don't know" for p in a],
        "The order is": lambda a, t, n: decide_by_two_ends(a, n, t),
        "gets a word": lambda a, n, t: [n[int(p > 0.5)] for p in a if max(p, 1 - p) >= t],
        "A list of words": lambda a, n, t: [int(p > 0.5) if max(p, 1 - p) >= t else None for p in a],
        "threshold that is given is not used": lambda a, n, t: decide_by_numpy(a, n, 0.9),
        "names that are given are not used": lambda a, n, t: decide_by_numpy(a, ["defective", "functional"], t),
        "Class 1 is never answered": lambda a, n, t: [n[0] if p <= 1 - t else "I don't know" for p in a],
        "exactly at the threshold": decide_just_above,
        "depends on 0.5, not on": lambda a, n, t: [n[int(p > t)] if max(p, 1 - p) >= t else "I don't know" for p in a],
        "Twice the distance": decide_by_distance,
        "One text for all": decide_the_first,
        '"I dont know" is none of the words': in_other_words("I dont know"),
        '"" is none of the words': in_other_words(""),
        "come all at once": lambda a, n, t: n[1] if a >= t else n[0],
        "by `int(…)`": lambda a, n, t: [n[p > 0.5] if max(p, 1 - p) >= t else "I don't know" for p in a],
        "not with another threshold": lambda a, n, t: decide_by_numpy(a, n, t**3 / 0.81),
    },
}


WRONG_CASES = [pytest.param(*case.values[:3], id=case.id) for case in wrong_cases("use", WRONG)]


def test_there_are_enough_ways_in_the_tables():
    must_be_complete("use", RIGHT, WRONG)


@pytest.mark.parametrize(("exercise", "answer"), right_cases("use", RIGHT))
def test_right_answers_pass(exercise, answer):
    must_pass(exercise.check(answer))


@pytest.mark.parametrize(("exercise", "answer", "phrase"), WRONG_CASES)
def test_wrong_answers_are_told_why(exercise, answer, phrase):
    must_fail_with(exercise.check(answer), phrase)

"""Lesson 5's exercises: right answers pass however they are written, wrong ones are told what is wrong."""

import numpy as np
import pytest
from exercise_tables import keras, must_be_complete, must_fail_with, must_pass, right_cases, tf, wrong_cases
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


def logit(p):
    return np.log(p / (1 - p))


RIGHT = {
    "to_learn": [
        lambda defects: 1 - defects,
        lambda defects: [1 - one for one in defects],
        lambda defects: tf.constant(1.0, tf.float64) - defects,
        lambda defects: np.subtract(1, defects)[:, None],
    ],
    "eight": [
        lambda picture: turns(picture) + [one[:, ::-1] for one in turns(picture)],
        by_transposing,
        by_generator,
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
        "changes what it was given": lambda defects: np.negative(defects, out=defects) + 1,
    },
    "eight": {
        "can be mirrored, too": turns,
        "are half a turn": lambda p: [p, p[::-1], p[:, ::-1], p[::-1, ::-1], *turns(p)],
        "There are eight": lambda p: [p, p[:, ::-1]],
        "colours are exchanged": lambda p: turns(p) + [one[:, ::-1, ::-1] for one in turns(p)],
        "other pixels than before": lambda p: [p + k for k in range(8)],
        "no turning makes": lambda p: [np.roll(p, k, axis=0) for k in range(8)],
        "has its shape": lambda p: p,
        "A list is asked for": lambda p: 8,
    },
    "soften": {
        "probabilities themselves are divided": lambda p, t: p / t,
        "logits, divided": lambda p, t: logit(p) / t,
        "makes the answers surer": lambda p, t: special.expit(logit(p) * t),
        "with both parts": lambda p, t: special.expit(np.log(p) / t),
        "Nothing has changed": lambda p, t: p,
        "signs are turned": lambda p, t: special.expit(-logit(p) / t),
        "Halfway to 0.5": lambda p, t: 0.5 + (p - 0.5) / t,
        "temperature given is not used": lambda p, t: special.expit(logit(p) / 2),
        "not the softened answers": lambda p, t: np.round(p),
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
        "gets a word": lambda a, n, t: [n[int(p > 0.5)] for p in a if max(p, 1 - p) >= t],
        "A list of words": lambda a, n, t: [int(p > 0.5) if max(p, 1 - p) >= t else None for p in a],
        "threshold or the names": lambda a, n, t: decide_by_numpy(a, n, 0.9),
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

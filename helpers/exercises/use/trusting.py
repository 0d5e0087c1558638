"""Answers that are no surer than they are right, and none where one does not know."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import compare, items, numbers, text
from helpers.exercises.sandbox import TryAgain, ask


def _soften(answers, temperature):
    logits = np.log(answers / (1 - answers))
    return 1 / (1 + np.exp(-logits / temperature))


def _judge_soften(answer):
    answers = np.array([0.02, 0.3, 0.5, 0.9, 0.99])
    probe = "the answers 0.02, 0.3, 0.5, 0.9, 0.99 at temperature 2"
    logits = np.log(answers / (1 - answers))
    came = numbers(ask(answer, answers.copy(), 2.0, probe=probe), probe).reshape(-1)
    known = {
        "The probabilities themselves are divided; it is the logits that are.": answers / 2,
        "These are the logits, divided. Bring them back to probabilities with the sigmoid.": logits / 2,
        "That makes the answers surer: divide by the temperature, do not multiply.": 1 / (1 + np.exp(-2 * logits)),
        "That moves all answers to one side. The logit is `log(p / (1 - p))`, with both parts.": 1
        / (1 + np.exp(-np.log(answers) / 2)),
        "Nothing has changed.": answers,
        "The signs are turned: that is the softened probability of class 0.": 1 / (1 + np.exp(logits / 2)),
        "Halfway to 0.5 is softer, but not what a temperature does: it acts on the logits.": 0.5 + (answers - 0.5) / 2,
    }
    compare(came, _soften(answers, 2.0), probe, known, why="These are not the softened answers.")
    again = numbers(ask(answer, answers.copy(), 0.5, probe="the same at temperature 0.5")).reshape(-1)
    why = "At temperature 2 it is right; the temperature given is not used."
    compare(again, _soften(answers, 0.5), "the same at temperature 0.5", {}, why=why)


soften = Exercise(
    "use.soften",
    kind="write a function",
    concept="a temperature",
    prompt="Write `soften`. It gets answers of a network (N,), probabilities between 0 and 1, and a temperature. It "
    "takes the logit of each, `log(p / (1 - p))`, divides it by the temperature, and makes a probability of it again.",
    stub="""
def soften(answers, temperature):
    # probabilities (N,) -> probabilities (N,)
    ...


exercises.use.soften.check(soften)
""",
    hints=[
        "Three steps: to the logit, divide, and back.",
        "Back from a logit to a probability leads the sigmoid: `1 / (1 + np.exp(-logit))`.",
        "`1 / (1 + np.exp(-np.log(answers / (1 - answers)) / temperature))`.",
    ],
    insight="No answer changes sides: a temperature makes a network less sure, never more right.",
    answer=_soften,
    judge=_judge_soften,
)

UNKNOWN = "I don't know"


def _decide(answers, class_names, threshold):
    found = []
    for answer in answers:
        sure = max(answer, 1 - answer)
        found.append(class_names[int(answer > 0.5)] if sure >= threshold else "I don't know")
    return found


def _judge_decide(answer):
    answers, names = np.array([0.97, 0.04, 0.6, 0.45, 0.83, 0.12]), ["defective", "functional"]
    probe = "the answers 0.97, 0.04, 0.6, 0.45, 0.83, 0.12 with the threshold 0.9"
    came = _words(ask(answer, answers.copy(), list(names), 0.9, probe=probe), probe)
    expected = _decide(answers, names, 0.9)
    if came != expected:
        raise TryAgain(_why(came, answers, names), probe, ", ".join(came), ", ".join(expected))
    probe = "the same with the threshold 0.7, and other names"
    came = _words(ask(answer, answers.copy(), ["cats", "dogs"], 0.7, probe=probe), probe)
    expected = _decide(answers, ["cats", "dogs"], 0.7)
    if came != expected:
        why = "At 0.9 it is right; the threshold or the names that are given are not used."
        raise TryAgain(why, probe, ", ".join(came), ", ".join(expected))


def _words(given, probe):
    why = 'A list of words is asked for: a class name, or "I don\'t know", for each answer.'
    words = [text(one, why, probe) for one in items(given, probe)]
    return [UNKNOWN if one.lower().replace("’", "'").rstrip(".") == UNKNOWN.lower() else one for one in words]


def _why(came, answers, names):
    sure = np.maximum(answers, 1 - answers)
    wrong = {
        "Class 0 is never answered: 0.04 is a sure answer as well, for the other class.": [
            names[1] if one >= 0.9 else UNKNOWN for one in answers
        ],
        "What is not surely class 1 is taken for class 0.": [names[int(one >= 0.9)] for one in answers],
        "It always answers; the threshold is not used.": [names[int(one > 0.5)] for one in answers],
        "The wrong way round: above a half stands for class 1, `class_names[1]`.": [
            names[int(one < 0.5)] if much >= 0.9 else UNKNOWN for one, much in zip(answers, sure, strict=True)
        ],
        "It answers where the network is unsure, and not where it is sure.": [
            names[int(one > 0.5)] if much < 0.9 else UNKNOWN for one, much in zip(answers, sure, strict=True)
        ],
        "It never answers.": [UNKNOWN] * len(answers),
    }
    if len(came) != len(answers):
        return "Each answer of the network gets a word, also where nothing is known."
    return next((why for why, one in wrong.items() if one == came), "These are not the decisions asked for.")


decide = Exercise(
    "use.decide",
    kind="write a function",
    concept="when to say nothing",
    prompt="Write `decide`. It gets the answers of a network (N,), the two class names, and a threshold from 0.5 to 1. "
    'It returns a list: the class name where the network is at least so sure of it, and `"I don\'t know"` elsewhere.',
    stub="""
def decide(answers, class_names, threshold):
    # probabilities of class 1, two names, how sure is sure enough -> a list of words
    ...


exercises.use.decide.check(decide)
""",
    hints=[
        "How sure is the network of its class when it answers 0.04?",
        "It is as sure as the larger of `p` and `1 - p`.",
        'For each `p`: if `max(p, 1 - p) >= threshold`, then `class_names[int(p > 0.5)]`, else `"I don\'t know"`.',
    ],
    insight="A threshold buys accuracy with silence; what it costs can be counted, and should be told.",
    answer=_decide,
    judge=_judge_decide,
)

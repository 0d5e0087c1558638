"""Answers that are no surer than they are right, and none where one does not know."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import compare, items, numbers, text
from helpers.exercises.sandbox import TryAgain, ask
from helpers.exercises.use.labels import ALL_AT_ONCE

WORD_BY_WORD = {
    "truth value": ALL_AT_ONCE,
    "did not contain a loop with signature": "Words are compared with numbers. The order is: the answers, the two "
    "names, the threshold.",
    "list indices": "A place in a list is a whole number: make one of `p > 0.5` by `int(…)`.",
}
NOT_MATH = "`math` takes one number at a time; `np.log` and `np.exp` take a whole array."
NUMBER_BY_NUMBER = {
    **dict.fromkeys(("0-dimensional", "length-1", "size-1"), NOT_MATH),
    "truth value": ALL_AT_ONCE,
    "sigmoid": "There is no sigmoid ready here; it is `1 / (1 + np.exp(-logit))`.",
}


def _soften(answers, temperature):
    logits = np.log(answers / (1 - answers))
    return 1 / (1 + np.exp(-logits / temperature))


def _judge_soften(answer):
    answers = np.array([0.02, 0.3, 0.5, 0.9, 0.99])
    probe = "the answers 0.02, 0.3, 0.5, 0.9, 0.99 at temperature 2"
    came = numbers(ask(answer, answers.copy(), 2.0, probe=probe, known=NUMBER_BY_NUMBER), probe).reshape(-1)
    if len(came) == 1:
        why = "One number for five answers: give each its own. (Does the `return` stand within the loop?)"
        raise TryAgain(why, probe, came)
    if len(came) == 0:
        raise TryAgain("The list that came is empty: give each of the five answers a number.", probe)
    if np.isnan(came).all():
        why = "NaN is what the logarithm of a number below 0 gives. Take the logit of the answers, which come first."
        raise TryAgain(why, probe, came)
    if np.isneginf(came).all() or not came.any():
        why = "`p / 1 - p` is 0, whatever p is, and 0 has no logarithm. In parentheses: `p / (1 - p)`."
        raise TryAgain(why, probe, came)
    compare(came, _soften(answers, 2.0), probe, _slips(answers), why="These are not the softened answers.")
    again = numbers(ask(answer, answers.copy(), 0.5, probe="the same at temperature 0.5")).reshape(-1)
    why = "At temperature 2 it is right; the temperature given is not used."
    compare(again, _soften(answers, 0.5), "the same at temperature 0.5", {}, why=why)


def _slips(answers):
    """What usual mistakes make of the answers at temperature 2, by the sentence that names each."""
    logits = np.log(answers / (1 - answers))
    return {
        "The probabilities themselves are divided; it is the logits that are.": answers / 2,
        "These are the logits, not divided yet. Divide, and bring them back to probabilities.": logits,
        "These are the logits, divided. Bring them back to probabilities with the sigmoid.": logits / 2,
        "That makes the answers surer: divide by the temperature, do not multiply.": _sigmoid(2 * logits),
        "That moves all answers to one side. The logit is `log(p / (1 - p))`, with both parts.": _sigmoid(
            np.log(answers) / 2
        ),
        "Nothing has changed.": answers,
        "The temperature is subtracted; the logit is divided by it.": _sigmoid(logits - 2),
        "These are logarithms of p, divided. The logit is `log(p / (1 - p))`; then back by the sigmoid.": np.log(
            answers
        )
        / 2,
        "That is p to a power. The same must be done to 1 - p, and the two must add up to 1.": answers**0.5,
        "That is a softmax over the cells: they add up to 1. Each answer stands by itself; take the sigmoid.": _softmax(
            logits / 2
        ),
        "These are per cent. A probability goes from 0 to 1.": 100 * _sigmoid(logits / 2),
        "A sign is wrong below the line: the sigmoid is `1 / (1 + np.exp(-logit))`.": _without_sign(logits / 2),
        "The signs are turned: that is the softened probability of class 0.": _sigmoid(-logits / 2),
        "Halfway to 0.5 is softer, but not what a temperature does: it acts on the logits.": 0.5 + (answers - 0.5) / 2,
        "That is the sigmoid of the probabilities. First make logits of them.": _sigmoid(answers / 2),
        "The temperature stands within the logarithm. Divide what comes out of it.": _sigmoid(logits - np.log(2)),
        "The temperature divides what comes out of `exp`. Divide the logit, before it.": 1 / (1 + np.exp(-logits) / 2),
        "`1 / 1 + …` is 1 and something. In parentheses: `1 / (1 + np.exp(-logit))`.": 1 + np.exp(-logits / 2),
        "These are odds, p against 1 - p. The sigmoid has one step more: `1 / (1 + np.exp(-logit))`.": np.exp(
            logits / 2
        ),
        "That is the logarithm to base 10. The sigmoid undoes the natural one, `np.log`.": _sigmoid(
            logits / np.log(10) / 2
        ),
        "That is the logarithm to base 2. The sigmoid undoes the natural one, `np.log`.": _sigmoid(
            logits / np.log(2) / 2
        ),
    }


def _softmax(logits):
    return np.exp(logits) / np.exp(logits).sum()


def _without_sign(logits):
    with np.errstate(divide="ignore"):  # 0 is among the logits
        return 1 / (1 - np.exp(-logits))


def _sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


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
    insight="No answer changes sides: a temperature makes a network more or less sure, never more right.",
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
    _try(answer, answers, names, 0.9, "the answers 0.97, 0.04, 0.6, 0.45, 0.83, 0.12 with the threshold 0.9", _why)
    _try(answer, answers, ["cats", "dogs"], 0.7, "the same with the threshold 0.7, and other names", _why_then)
    just = np.array([0.75, 0.25, 0.5])
    _try(answer, just, names, 0.75, "the answers 0.75, 0.25, 0.5 with the threshold 0.75", _why_just)


def _try(answer, answers, names, threshold, probe, why):
    given = ask(answer, answers.copy(), list(names), threshold, probe=probe, known=WORD_BY_WORD)
    came, expected = _words(given, probe), _decide(answers, names, threshold)
    if came != expected:
        raise TryAgain(why(came, answers, names), probe, ", ".join(came), ", ".join(expected))


def _words(given, probe):
    if isinstance(given, str):
        why = "One text for all: a list is asked for, with a word for each answer. (Does the `return` stand too early?)"
        raise TryAgain(why, probe, given)
    why = 'A list of words is asked for: a class name, or "I don\'t know", for each answer.'
    words = [text(one, why, probe) for one in items(given, probe)]
    return [UNKNOWN if one.lower().replace("’", "'").rstrip(".") == UNKNOWN.lower() else one for one in words]


def _why(came, answers, names):
    if len(came) != len(answers):
        return "Each answer of the network gets a word, also where nothing is known."
    strange = next((one for one in came if one not in (*names, UNKNOWN)), None)
    if strange is not None:
        return f'"{strange[:60]}" is none of the words asked for: a class name as it is given, or "{UNKNOWN}".'
    sure = np.maximum(answers, 1 - answers)
    wrong = {
        "Class 0 is never answered: 0.04 is a sure answer as well, for the other class.": [
            names[1] if one >= 0.9 else UNKNOWN for one in answers
        ],
        "Class 1 is never answered: 0.97 is a sure answer as well, for the other class.": [
            names[0] if one <= 0.1 else UNKNOWN for one in answers
        ],
        "What is not surely class 1 is taken for class 0.": [names[int(one >= 0.9)] for one in answers],
        "It always answers; the threshold is not used.": [names[int(one > 0.5)] for one in answers],
        "The wrong way round: above a half stands for class 1, `class_names[1]`.": [
            names[int(one < 0.5)] if much >= 0.9 else UNKNOWN for one, much in zip(answers, sure, strict=True)
        ],
        "It answers where the network is unsure, and not where it is sure.": [
            names[int(one > 0.5)] if much < 0.9 else UNKNOWN for one, much in zip(answers, sure, strict=True)
        ],
        "Class 1 is never named: where it is sure of class 1, that name is asked for.": [
            names[0] if much >= 0.9 else UNKNOWN for much in sure
        ],
        "Class 0 is never named: where it is sure of class 0, that name is asked for.": [
            names[1] if much >= 0.9 else UNKNOWN for much in sure
        ],
        "The bound for class 0 is too high: it is `1 - threshold`, not half of it.": [
            names[1] if one >= 0.9 else names[0] if one <= 0.45 - 1e-9 else UNKNOWN for one in answers
        ],
        "It never answers. How sure is the network when it says 0.97?": [UNKNOWN] * len(answers),
    }
    return next((why for why, one in wrong.items() if one == came), "These are not the decisions asked for.")


def _why_then(came, answers, names):
    if {"defective", "functional"} & set(came):
        return "At 0.9 it is right; the names that are given are not used."
    if came == _decide(answers, names, 0.9):
        return "At 0.9 it is right; the threshold that is given is not used."
    stretched = [names[int(one > 0.5)] if 2 * abs(one - 0.5) >= 0.7 else UNKNOWN for one in answers]
    if came == stretched:
        return "Twice the distance from a half is not how sure it is; that is the larger of `p` and `1 - p`."
    return "At 0.9 it is right, but not with another threshold."


def _why_just(came, answers, names):
    if UNKNOWN in came[:2]:
        return "An answer exactly at the threshold is given, too: it is at least so sure."
    return "At 0.9 and 0.7 it is right. Which class an answer names depends on 0.5, not on the threshold."


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

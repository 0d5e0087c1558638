"""The answers to a question in the forms in which people give them. Tests try all of them; the page of exercises counts
and lists them."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.questions import Choice, Number


def right_forms(exercise: Exercise) -> list:
    """The answer to a question in all the ways in which it may be written."""
    if isinstance(exercise, Choice):
        right, text = exercise.right, exercise.options[exercise.right][0]
        forms = [right, right.upper(), f" {right}) ", [right], (right,), {right}, np.array(right), text]
        return [*forms, f"{right}: {text}", f"answer {right}", text.replace("`", ""), {right: True, "f": False}]
    if isinstance(exercise, Number):
        from helpers.quiet import tf  # here, for it takes seconds to load

        right = exercise.expected
        forms = [right, np.array(right), tf.constant(right), np.float32(right), str(right)]
        if not isinstance(right, tuple):
            return [*forms, [right], float(right), f"{right:,}"]
        texts = [text.format(*right) for text in ("{} x {}", "{} × {}", "{} and {}", "{}; {}", "{} {}")]
        return [*forms, list(right), list(map(float, right)), tuple(map(str, right)), *texts]
    right = exercise.answer
    forms = [right, tuple(right), set(right), np.array(right), ", ".join(right), "".join(right).upper()]
    for yes, no in ((True, False), (1, 0)):
        forms.append({letter: yes if letter in right else no for letter in exercise.options})
    return forms


def wrong_forms(exercise: Exercise) -> list:
    """Wrong answers to a question: each wrong letter, each right one left out, each number that a slip leads to."""
    if isinstance(exercise, Number):
        several = isinstance(exercise.expected, tuple)
        return [*exercise.known, (12345,) * len(exercise.expected) if several else 12345]
    if isinstance(exercise, Choice):
        return [letter for letter in exercise.options if letter != exercise.right]
    right = exercise.answer
    too_much = [[*right, letter] for letter in exercise.options if letter not in right]
    return [*too_much, *([one for one in right if one != letter] for letter in right)]

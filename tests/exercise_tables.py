"""What the tests of all lessons' exercises share: an answer in a table, right or wrong, becomes one test."""

import os
import tempfile
from collections.abc import Mapping, Sequence

import pytest

from helpers import exercises
from helpers.exercises import sandbox
from helpers.exercises.base import Verdict
from helpers.quiet import keras, tf  # noqa: F401 loaded here once, so that no time limit has to wait for it

HOME = tempfile.TemporaryDirectory()  # progress made here is not the reader's own
os.environ["LABS_HOME"] = HOME.name
sandbox.SECONDS = 120.0  # a busy machine is not a wrong answer; tests of loops set a limit of their own

RIGHT_AT_LEAST, WRONG_AT_LEAST = 4, 6


def right_cases(lesson: str, table: Mapping[str, Sequence]) -> list:
    """(exercise, answer) for each answer that must pass."""
    return [
        pytest.param(getattr(getattr(exercises, lesson), name), answer, id=f"{name}-{number}")
        for name, answers in table.items()
        for number, answer in enumerate(answers, start=1)
    ]


def wrong_cases(lesson: str, table: Mapping[str, Mapping[str, object]]) -> list:
    """(exercise, answer, part of the message, its number) for each answer that must not pass."""
    return [
        pytest.param(getattr(getattr(exercises, lesson), name), answer, phrase, number, id=f"{name}-{number}")
        for name, answers in table.items()
        for number, (phrase, answer) in enumerate(answers.items(), start=1)
    ]


def must_pass(verdict: Verdict) -> None:
    assert verdict.status == "correct", verdict


def must_fail_with(verdict: Verdict, phrase: str) -> None:
    assert verdict.status == "try again", verdict
    assert phrase in verdict.message


def must_be_complete(lesson: str, right: Mapping[str, Sequence], wrong: Mapping[str, Mapping]) -> None:
    """Each exercise that is judged by a function has enough ways of both kinds in the tables."""
    asked = {one.path.split(".")[1] for one in exercises.of(lesson) if type(one) is exercises.Exercise}
    assert set(right) == asked == set(wrong)
    for name in asked:
        assert len(right[name]) >= RIGHT_AT_LEAST, name
        assert len(wrong[name]) >= WRONG_AT_LEAST, name

"""Lesson 5: labels that doubt, variations for pictures without an upright, and answers that one may trust."""

from helpers.exercises.use.labels import eight, to_learn
from helpers.exercises.use.trusting import decide, soften

__all__ = ["eight", "to_learn", "soften", "decide"]  # noqa: RUF022 in the order of the lesson

"""Lesson 2: variations that keep the answer, on the training pictures only."""

from helpers.exercises.augmentation.feeding import only_training
from helpers.exercises.augmentation.keeping import gap, in_frame, keeps_answer, split_first
from helpers.exercises.augmentation.varying import different, lighten, mirror

__all__ = ["mirror", "lighten", "only_training", "different", "split_first", "gap", "in_frame", "keeps_answer"]  # noqa: RUF022 in the order of the lesson

"""Lesson 1: what is wrong with a folder of pictures."""

from helpers.exercises.cleaning.files import breaks, copies, readable, verify
from helpers.exercises.cleaning.pictures import ball, scale, upright, use

__all__ = ["ball", "breaks", "verify", "readable", "upright", "copies", "scale", "use"]  # noqa: RUF022 in the order of the lesson

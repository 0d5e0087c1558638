"""The commands of `labs` for instructors: refresh and check lessons, begin new ones, collect what a class solved."""

from __future__ import annotations  # so that an old Python gets as far as our message

import argparse
from collections.abc import Callable

LESSONS = {"nargs": "*", "metavar": "LESSON", "help": "such as 01_cleaning (default: all)"}


def add_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add them to `labs`; command: as in `cli.parser`, makes one of a name, a function and a text."""
    one = command("refresh", refresh, "For instructors: run lessons on their defaults and save their outputs in them.")
    one.add_argument("lessons", **LESSONS)
    one.add_argument("--timings", action="store_true", help="measure anew what cells tagged `timing` show, too")

    one = command("check", check, "For instructors: what lessons still lack, cell by cell, each with its cure.")
    one.add_argument("lessons", **LESSONS)
    one.add_argument("--run", action="store_true", dest="anew", help="run them anew, too, and compare; a minute each")


def refresh(options: argparse.Namespace) -> None:
    from helpers import lessons

    lessons.refresh(options.lessons, options.timings)


def check(options: argparse.Namespace) -> int:
    from helpers import checking, lessons
    from helpers.checking import tools

    chosen = [lessons.find(name) for name in options.lessons] or lessons.names()
    paths = [lessons.NOTEBOOKS / f"{name}.ipynb" for name in chosen]
    found = [finding for path in paths for finding in checking.check(path)]
    if not options.lessons:
        found += checking.homeless(paths)
    for lesson in map(checking.Lesson, paths):
        found += [*tools.style(lesson), *(tools.anew(lesson) if options.anew else ())]
    print("\n".join(map(str, found)) or f"{', '.join(chosen)}: nothing is missing.")
    return int(bool(found))

"""The commands of `labs` for instructors: refresh and check lessons, begin new ones, collect what a class solved."""

from __future__ import annotations  # so that an old Python gets as far as our message

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from helpers.errors import InputError

LESSONS = {"nargs": "*", "metavar": "LESSON", "help": "such as 01_cleaning (default: all)"}


def add_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add them to `labs`; command: as in `cli.parser`, makes one of a name, a function and a text."""
    one = command("refresh", refresh, "For instructors: run lessons on their defaults and save their outputs in them.")
    one.add_argument("lessons", **LESSONS)
    one.add_argument("--timings", action="store_true", help="measure anew what cells tagged `timing` show, too")

    one = command("check", check, "For instructors: what lessons still lack, cell by cell, each with its cure.")
    one.add_argument("lessons", **LESSONS)
    one.add_argument(
        "--run", action="store_true", dest="anew", help="run them, too, as CI does: anew, to compare; elsewhere"
    )
    one.add_argument("--again", action="store_true", help="run them even if they passed, and nothing has changed since")
    one.add_argument("--watch", action="store_true", help="say it at each save, until stopped")

    one = command("new-lesson", new_lesson, "For instructors: begin a lesson that passes every check, to change it.")
    one.add_argument("name", metavar="NAME", help="such as colours: small letters, digits, underscores")
    one.add_argument("--title", default="", metavar="TEXT", help="its title (default: made from the name)")

    one = command("new-exercise", new_exercise, "For instructors: begin an exercise in a lesson, to change it.")
    one.add_argument("lesson", metavar="LESSON", help="such as 01_cleaning")
    one.add_argument("name", metavar="NAME", help="such as half: small letters, digits, underscores")
    one.add_argument("--kind", default="number", metavar="KIND", help="number or choice (default: number)")
    one.add_argument("--update", action="store_true", help="it is there already: let the lesson follow its words")

    one = command("texts", texts, "For instructors: a lesson in another language; what is not translated yet.")
    one.add_argument("lesson", metavar="LESSON", help="such as 02_augmentation")
    one.add_argument("language", metavar="LANGUAGE", help="such as de: its texts are in texts/LESSON.LANGUAGE.po")

    one = command("collect", collect, "For instructors: the exported progress of a class in one table.")
    one.add_argument("files", nargs="+", type=Path, metavar="FILE.json", help="from `labs progress --export`")
    one.add_argument("--to", type=Path, metavar="FILE.csv", help="write it as CSV, too: a row for each try")

    one = command("handout", make_handout, "For instructors: an archive for a classroom without a network.")
    one.add_argument("--to", type=Path, metavar="FILE.zip", help="where to (default: build/handout-SYSTEM.zip)")
    one.add_argument("--system", default="", metavar="NAME", help="linux, windows or macos (default: this one)")
    one.add_argument("--python", default="", metavar="VERSION", help="such as 3.12 (default: this one)")


def refresh(options: argparse.Namespace) -> None:
    from helpers import lessons

    lessons.refresh(options.lessons, options.timings)


def check(options: argparse.Namespace) -> int:
    from helpers import checking, lessons
    from helpers.checking import passed, tools

    named = [lessons.find(name) for name in options.lessons]
    if options.watch:
        if options.anew or options.again:
            raise InputError("--watch runs no lesson: leave --run and --again out, or --watch.")
        return watch(named)
    chosen = named or lessons.names()
    paths = [lessons.NOTEBOOKS / f"{name}.ipynb" for name in chosen]
    found = [finding for path in paths for finding in checking.check(path)]
    if not options.lessons:
        found += checking.homeless(paths)
    for lesson in map(checking.Lesson, paths):
        found += tools.style(lesson)
        if options.anew or options.again:
            found += passed.or_found(lesson, tools.both, options.again)
    print("\n".join(map(str, found)) or f"{', '.join(chosen)}: nothing is missing.")
    return int(bool(found))


def watch(named: list[str]) -> int:
    """Say what a lesson lacks when it was saved; of all of them if none is named, new ones too. Ends with Ctrl-C."""
    from helpers import lessons

    def saved() -> dict[Path, int]:
        paths = [lessons.NOTEBOOKS / f"{name}.ipynb" for name in named or lessons.names()]
        return {path: path.stat().st_mtime_ns for path in paths if path.exists()}

    seen = saved()
    while True:
        now = saved()
        for path in (path for path, time_of in now.items() if time_of != seen.get(path)):
            words = [sys.executable, "-m", "helpers", "check", str(path)]
            subprocess.run(words, check=False)  # another Python, which knows an exercise that is new
        seen = now
        time.sleep(1)


def new_lesson(options: argparse.Namespace) -> None:
    from helpers import lessons, scaffold

    path = scaffold.new_lesson(options.name, options.title)
    name = path.relative_to(lessons.PROJECT)
    print(f"{name}: made, run, and named in README.md; the lesson before it leads to it.")
    print("Edit it in JupyterLab (`make edit`), then run")
    print(f"`make refresh LESSON={path.stem}` and `make check LESSON={path.stem}`.")


def new_exercise(options: argparse.Namespace) -> None:
    from helpers import lessons, scaffold

    if options.update:
        file = scaffold.update_exercise(options.lesson, options.name)
        print(f"{file.relative_to(lessons.PROJECT)}: shows the exercise as it is now.")
        return
    file = scaffold.new_exercise(options.lesson, options.name, options.kind)
    lesson = lessons.find(options.lesson)
    print(f"{file.relative_to(lessons.PROJECT)}: holds the new exercise.")
    print(f"notebooks/{lesson}.ipynb shows it, and docs/exercises.md lists it.")
    print(f"Change its words in the first, then run `labs new-exercise {lesson} {options.name} --update`.")


def texts(options: argparse.Namespace) -> int:
    from helpers import lessons, translating

    file = translating.update(options.lesson, options.language)
    made, found = translating.build(options.lesson, options.language)
    print("\n".join(map(str, found)) or f"{file.name}: nothing is missing.")
    print(f"{file.relative_to(lessons.PROJECT)}: translate there. Made of it: {made.relative_to(lessons.PROJECT)}")
    return int(bool(found))


def collect(options: argparse.Namespace) -> None:
    from helpers.exercises import collecting

    files = collecting.distinct(options.files)
    records, told = collecting.read_all(files)
    print(collecting.table(records))
    if options.to:
        print(f"Written: {collecting.write(records, options.to)}")
        told += [f"learner {number}: {collecting.shown(file)}" for number, file in enumerate(files, start=1)]
    for line in told:  # it names files, which may be named after people; so it is in no table that is passed on
        print(line, file=sys.stderr)


def make_handout(options: argparse.Namespace) -> None:
    from helpers import handout, lessons
    from helpers.page import runtime

    system = options.system or handout.this_system()
    try:
        browser = runtime.fetched()
    except InputError as error:
        browser = None
        print(f"Without what `labs page` needs, which will fail there; all else is in it. ({error})", file=sys.stderr)
    made = handout.handout(options.to or lessons.BUILD / f"handout-{system}.zip", system, options.python, browser)
    print(f"{made}: {made.stat().st_size / 1e6:,.0f} MB. Unpack it anywhere, and run start.sh (start.bat on Windows).")

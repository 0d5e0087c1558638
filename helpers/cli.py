"""`labs …`: the rooms of the package from the command line. Each command is a thin door.

Exit codes: 0 done; 1 the work found something that you must act on; 2 wrong usage or input, with one sentence.
"""

from __future__ import annotations  # so that an old Python gets as far as our message

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from helpers import environment, instructing, modelling
from helpers.errors import InputError
from helpers.explaining import explained, say
from helpers.whole import must_be_free


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Bad input is one sentence on standard error, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names hold more than some terminals can show
    try:
        options = parser().parse_args(arguments)
        environment.check()
        return options.run(options) or 0
    except InputError as error:
        return say(str(error))
    except BrokenPipeError:  # whoever read the output has read enough, as in `labs predict … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        say("stopped by hand.")
        return 130
    except Exception as error:  # what is none of ours goes on as it is
        if sentence := explained(error):
            return say(sentence)
        raise


class Parser(argparse.ArgumentParser):
    """Answers wrong usage in one sentence, as all of `labs` does, in place of a page; takes no shortened options."""

    def __init__(self, **settings):
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see `{self.prog} --help`.")


def parser() -> argparse.ArgumentParser:
    whole = Parser(prog="labs", description="Cats, dogs and convolutions, from the command line.")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text.replace("%", "%%"), description=text)
        one.set_defaults(run=run)
        return one

    one = command("data", data, "Draw the default pictures, or fetch the real photos.")
    one.add_argument("set", choices=["drawn", "cats_vs_dogs", "drawn_cells", "solar_cells"])
    one.add_argument("--to", type=Path, metavar="DIR", help="where to (default: the project's data folder)")
    one.add_argument("--from", type=Path, dest="source", metavar="ZIP_OR_FOLDER", help="a copy of the photos you have")
    one.add_argument("--images", type=positive, default=3000, metavar="N", help="how many to draw (default 3000)")
    one.add_argument("--seed", type=modelling.seed, default=0, metavar="S", help="another, other pictures (default 0)")
    one.add_argument("--faults", action="store_true", help="plant the faults that real folders have")

    one = command(
        "clean", clean, "List what is wrong in a folder of pictures; write a clean copy. FOLDER is only read."
    )
    one.add_argument("folder", type=Path, metavar="FOLDER")
    one.add_argument("--faults", action=ListFaults, nargs=0, help="say what is looked for and what is done; do no more")
    one.add_argument("--to", type=Path, metavar="CLEAN", help="write a clean copy here")
    one.add_argument(
        "--decisions",
        type=Path,
        metavar="FILE.csv",
        help="what a person decided: rows of path,decision (keep, drop or a class)",
    )
    one.add_argument(
        "--links",
        action="store_true",
        help="hard links of files that need no change, to save room. Each is then the original itself: the system "
        "counts one link more of it and notes the time (ctime), and who writes into one writes into both",
    )
    one.add_argument(
        "--no-near-copies",
        action="store_false",
        dest="near",
        help="seek copies of the same bytes only: where others are alike by nature, as scans, digits or cells",
    )
    one.add_argument("--page", type=Path, metavar="FILE.html", help="write the findings here as a page with thumbnails")
    one.add_argument("--suspects", type=positive, metavar="N", help="list the N pictures least like their class, too")
    one.add_argument("--report", type=Path, metavar="FILE.csv", help="write the findings here, one a row")
    one.add_argument("--workers", type=positive, metavar="N", help="processes (default: one a core, 16 at most)")

    modelling.add_commands(command)

    one = command("run", run, "Run lessons without a screen, into build/lessons, and make the site of them.")
    one.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 01_cleaning (default: all)")
    one.add_argument("-p", nargs=2, action="append", default=[], dest="parameters", metavar=("NAME", "VALUE"))
    one.add_argument("--to", type=Path, metavar="DIR", help="where to (default: the project's build folder)")

    instructing.add_commands(command)

    one = command("progress", progress, "Which exercises you have solved.")
    one.add_argument("--export", type=Path, metavar="FILE.json", help="write it to one small file, to hand in")

    one = command("site", make_site, "Make the site anew from the lessons that were last run.")
    return whole


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1 is needed")
    return number


def data(options: argparse.Namespace) -> None:
    from helpers import datasets, drawing

    is_default = (options.images, options.seed, options.faults) == (3000, 0, False)
    if options.set != "drawn" and not is_default:
        raise InputError(f"--images, --seed and --faults go with drawn, not with {options.set}; leave them out.")
    if options.set == "cats_vs_dogs":
        target = options.to or datasets.default_directory() / "cats_vs_dogs"
        if options.to is None and options.source is None and target.is_dir():
            print(datasets.load("cats_vs_dogs").about)  # fetched before
        else:
            print(datasets.fetch_cats_vs_dogs(target, options.source).about)
        return
    if options.source:
        raise InputError(f"{options.source}: --from goes with cats_vs_dogs, not with {options.set}; leave it out.")
    if options.set != "drawn":
        made = datasets.new_cells(options.set, options.to) if options.to else datasets.load(options.set)
        print(made.about)
        return
    if options.to is None and is_default:
        print(datasets.load("drawn").about)
        return
    if options.to is None:
        raise InputError("a set that differs from the default needs a place of its own; say where with --to DIR.")
    drawing.draw_set(options.to, options.images, options.seed, options.faults)
    print(f"{options.images:,} pictures drawn in {options.to}.")


class ListFaults(argparse.Action):
    """Prints all faults and ends, as --help does."""

    def __call__(self, parser: argparse.ArgumentParser, *_) -> None:
        from helpers.cleaning.faults import table

        print(table())
        parser.exit()


def clean(options: argparse.Namespace) -> int:
    from helpers import cleaning
    from helpers.cleaning.faults import DECIDE

    written = [path for path in (options.to, options.report, options.page) if path]
    if len({path.resolve() for path in written}) < len(written):
        raise InputError(f"{written[-1]}: cannot be two of the copy, the report and the page; choose another name.")
    for path in filter(None, (options.report, options.page)):
        must_be_free(path, overwrite=False)
        if path.resolve().is_relative_to(options.folder.resolve()):
            raise InputError(f"{path}: lies inside {options.folder}, which is only read; choose a place outside it.")
    if (options.decisions or options.links) and not options.to:
        raise InputError("--decisions and --links are about the clean copy; say where it goes with --to CLEAN.")
    decisions = cleaning.read_decisions(options.decisions) if options.decisions else {}
    if options.to:
        report = cleaning.clean(
            options.folder, options.to, decisions or None, options.links, options.workers, near=options.near
        )
    else:
        report = cleaning.scan(options.folder, options.workers, near=options.near)
    undone = None
    if options.suspects:
        try:
            suspects = cleaning.suspects(options.folder, options.suspects, options.workers)
            undecided = [one for one in suspects if one.path not in decisions]
            report = cleaning.Report([*report, *undecided], report.pictures)
        except InputError as error:  # too few pictures: what was found before is written all the same
            undone = error
    try:
        if options.report:
            report.to_csv(options.report)
        if options.page:
            cleaning.write_page(report, options.folder, options.page)
    except InputError as error:  # no room, say: what was found is said all the same
        undone = error
    print(report.summary())
    if options.to:
        written = sum(path.is_file() for path in options.to.rglob("*"))
        print(f"{written:,} files written to {options.to}.")
        waiting = {one.fault for one in report if one.action == DECIDE}
        if waiting - {"empty class"}:
            print(
                "What is marked `decide` waits for you: --report tells of which files, --decisions takes what you say."
            )
        if "empty class" in waiting:
            print("An empty class waits for you: put pictures into its folder, or take it away; --report tells which.")
    if undone:
        raise undone
    return int(report.needs_a_person() if options.to else len(report) > 0)


def run(options: argparse.Namespace) -> None:
    from helpers import lessons, site

    build = options.to or lessons.BUILD
    made = lessons.run(options.lessons, dict(options.parameters), build / "lessons")
    print(f"Lessons: {made}")
    print(f"Read them: {site.build(made, build / 'site')}")


def progress(options: argparse.Namespace) -> None:
    from helpers.exercises import progress

    print(progress.table())
    if options.export:
        print(f"Written: {progress.export(options.export)}")


def make_site(_options: argparse.Namespace) -> None:
    from helpers import lessons, site

    print(f"Read them: {site.build(lessons.BUILD / 'lessons', lessons.BUILD / 'site')}")

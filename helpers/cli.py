"""`labs …`: the rooms of the package from the command line. Each command is a thin door.

Exit codes: 0 done; 1 the work found something that you must act on; 2 wrong usage or input, with one sentence.
"""

from __future__ import annotations  # so that an old Python gets as far as our message

import argparse
import atexit
import csv
import errno
import gc
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from helpers import environment, instructing
from helpers.errors import InputError

if TYPE_CHECKING:
    from helpers.by_the_clock import Trained
    from helpers.datasets import Dataset

OUT_OF_MEMORY = (
    "memory ran out: close other programs, or raise the bound that is set for this one (`ulimit -v`, a container); "
    "a training takes 2 GB, and 4 GB of addresses (`ulimit -v 4000000`)."
)
FEW = 100  # pictures to judge by; with fewer, an accuracy of 80 % is uncertain by 8 points or more either way


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


def explained(error: Exception) -> str:
    """In a sentence, what is no fault of the program: no memory, no room, no permission; "" for any other error."""
    if is_out_of_memory(error):
        return OUT_OF_MEMORY
    if isinstance(error, OSError):
        return f"{error.filename or 'the disk'}: {error.strerror or error}; mend that, or name another place."
    return in_tensorflow(error)


def is_out_of_memory(error: Exception) -> bool:
    """Did the system refuse memory: to Python, to TensorFlow, or where a library was to be loaded?"""
    if isinstance(error, ImportError):
        return bool(re.search("failed to map segment|annot allocate memory", str(error)))
    is_full = isinstance(error, OSError) and error.errno == errno.ENOMEM
    return is_full or isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


def in_tensorflow(error: Exception) -> str:
    """What an InputError says that TensorFlow hands on as an error of its own, as where a picture is taken away while
    a training reads it; "" for any other error."""
    found = re.search(r"\bInputError: (.+)", str(error)) if type(error).__module__.startswith("tensorflow") else None
    return found[1] if found else ""


def say(sentence: str) -> int:
    """The sentence on standard error; returns the exit code of wrong input."""
    print(f"labs: {sentence}", file=sys.stderr)
    return 2


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
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        return one

    one = command("data", data, "Draw the default pictures, or fetch the real photos.")
    one.add_argument("set", choices=["drawn", "cats_vs_dogs", "drawn_cells", "solar_cells"])
    one.add_argument("--to", type=Path, metavar="DIR", help="where to (default: the project's data folder)")
    one.add_argument("--from", type=Path, dest="source", metavar="ZIP_OR_FOLDER", help="a copy of the photos you have")
    one.add_argument("--images", type=positive, default=3000, metavar="N", help="how many to draw (default 3000)")
    one.add_argument("--seed", type=int, default=0, metavar="S", help="another seed, other pictures (default 0)")
    one.add_argument("--faults", action="store_true", help="plant the faults that real folders have")

    one = command(
        "clean", clean, "List what is wrong in a folder of pictures; write a clean copy. FOLDER is only read."
    )
    one.add_argument("folder", type=Path, metavar="FOLDER")
    one.add_argument("--faults", action=ListFaults, nargs=0, help="say what is looked for and what is done; do no more")
    one.add_argument("--to", type=Path, metavar="CLEAN", help="write a clean copy here")
    one.add_argument("--decisions", type=Path, metavar="FILE.csv", help="what a person decided: rows of path,decision")
    one.add_argument(
        "--links",
        action="store_true",
        help="hard links of files that need no change, to save room. Each is then the original itself: the system "
        "counts one link more of it and notes the time (ctime), and who writes into one writes into both",
    )
    one.add_argument("--page", type=Path, metavar="FILE.html", help="write the findings here as a page with thumbnails")
    one.add_argument("--suspects", type=positive, metavar="N", help="list the N pictures least like their class, too")
    one.add_argument("--report", type=Path, metavar="FILE.csv", help="write the findings here, one a row")
    one.add_argument("--workers", type=positive, metavar="N", help="processes (default: one a core, 16 at most)")

    one = command("train", train, "Train the best model that fits the time on this machine.")
    one.add_argument("folder", type=Path, metavar="FOLDER", help="train/ and validation/, or two class folders")
    one.add_argument("--save", type=Path, required=True, metavar="MODEL.keras")
    one.add_argument("--minutes", type=minutes, default=3.0, metavar="M", help="time for it (default 3)")
    one.add_argument("--seed", type=int, default=1, metavar="S")
    one.add_argument("--history", type=Path, metavar="FILE.csv", help="write loss and accuracy by epoch here")
    one.add_argument("--overwrite", action="store_true", help="replace MODEL.keras and FILE.csv if they are there")
    one.add_argument("--resume", action="store_true", help="go on with a training that was broken off")

    one = command("evaluate", evaluate, "How often a model is right on a folder of pictures, with the 95 %% interval.")
    one.add_argument("model", type=Path, metavar="MODEL.keras")
    one.add_argument("folder", type=Path, metavar="FOLDER", help="a folder of pictures per class")

    one = command("predict", predict, "Class and probability of each picture, as CSV.")
    one.add_argument("model", type=Path, metavar="MODEL.keras")
    one.add_argument("images", type=Path, nargs="+", metavar="IMAGE")

    one = command("export", export, "Files for other programs, with all steps inside, and a card of what it is for.")
    one.add_argument("model", type=Path, metavar="MODEL.keras")
    one.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new folder")
    one.add_argument("--pictures", metavar="FOLDER", help="what it learned from, to measure with (or drawn, …)")

    one = command("page", page, "A page that answers to photos in a browser, without a network.")
    one.add_argument("model", type=Path, metavar="MODEL.keras")
    one.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new folder")
    one.add_argument("--pictures", metavar="FOLDER", help="what it learned from, to measure with (or drawn, …)")
    one.add_argument("--runtime", type=Path, metavar="FILE.tgz", help="what computes in it, if npm is not here")

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


def minutes(text: str) -> float:
    number = float(text)
    if not 0 < number < 10_000:
        raise argparse.ArgumentTypeError(f"{text}: a number of minutes above 0 is needed")
    return number


def data(options: argparse.Namespace) -> None:
    from helpers import datasets, drawing

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
        if options.to:
            must_be_free(options.to, overwrite=False)
        print(datasets.load_cells(options.set, options.to or datasets.default_directory() / options.set).about)
        return
    if options.to is None and (options.images, options.seed, options.faults) == (3000, 0, False):
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

    for path in filter(None, (options.report, options.page)):
        must_be_free(path, overwrite=False)
        if path.resolve().is_relative_to(options.folder.resolve()):
            raise InputError(f"{path}: lies inside {options.folder}, which is only read; choose a place outside it.")
    if (options.decisions or options.links) and not options.to:
        raise InputError("--decisions and --links are about the clean copy; say where it goes with --to CLEAN.")
    if options.to:
        decisions = cleaning.read_decisions(options.decisions) if options.decisions else None
        report = cleaning.clean(options.folder, options.to, decisions, options.links, options.workers)
    else:
        report = cleaning.scan(options.folder, options.workers)
    if options.suspects:
        suspects = cleaning.suspects(options.folder, options.suspects, options.workers)
        report = cleaning.Report([*report, *suspects], report.pictures)
    if options.report:
        report.to_csv(options.report)
    if options.page:
        cleaning.write_page(report, options.folder, options.page)
    print(report.summary())
    return int(report.needs_a_person() if options.to else len(report) > 0)


def must_be_free(path: Path, overwrite: bool) -> None:
    """Raise InputError where a file would be replaced unasked, or its folder cannot be written to."""
    folder = path.resolve().parent if path.is_symlink() else path.parent  # `whole` writes what a link leads to
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder to write in; make it first.")
    if not os.access(folder, os.W_OK):
        raise InputError(f"{folder}: may not be written to; choose another folder.")
    if path.exists() and not overwrite:
        raise InputError(f"{path}: is there already and is not overwritten; choose another name.")
    if path.is_dir():  # which no file can take the place of
        raise InputError(f"{path}: is a folder; choose another name.")


def train(options: argparse.Namespace) -> int:
    from helpers import datasets

    if options.save.suffix != ".keras":
        raise InputError(f"{options.save}: a model is saved under a name that ends in .keras; choose such a name.")
    for path in filter(None, (options.save, options.history)):
        must_be_free(path, options.overwrite)
    if options.history and options.history.resolve() == options.save.resolve():
        raise InputError(f"{options.history}: cannot be the model and its history; choose another name for one.")
    found = datasets.load(options.folder)
    print(found.about)

    from helpers import pipeline, training
    from helpers.whole_folder import alone

    with alone(options.save):
        trained = learned(options, found)
    if not trained:
        return 130
    size = trained.model.input_shape[1:3]
    result = training.evaluate(trained.model, pipeline.image_dataset(found.validation, size, shuffle=False))
    low, high = result.interval
    print(f"Saved {options.save}: right on {result.accuracy:.1%} of {result.n} validation pictures", end=" ")
    print(f"(95 % interval {low:.1%} to {high:.1%}).")
    if result.n < FEW:
        print(f"{result.n} pictures prove little: the truth may lie anywhere in the interval. More would narrow it.")
    return 0


def learned(options: argparse.Namespace, found: Dataset) -> Trained | None:
    """Train, or go on with it, and save what came of it; None if it was stopped by hand, which is said."""
    from helpers import resuming, training

    unfinished = resuming.of(options.save, found, options.minutes, options.seed)
    if unfinished.is_there() and not options.resume:
        if not options.overwrite:
            raise InputError(
                f"{unfinished.folder}: holds a training that was broken off; go on with it by --resume, or begin anew "
                "with --overwrite."
            )
        unfinished.forget()
    kept = f"{unfinished.folder} keeps what was learned: the same command with --resume goes on"
    try:
        trained = training.train_within(
            options.minutes, found.train, found.validation, options.seed, unfinished=unfinished
        )
        new = [path for path in (options.save, options.history) if path and path.exists() and not options.overwrite]
        if new:
            kept = f" {kept}." if unfinished.is_there() else ""
            raise InputError(f"{new[0]}: came to be there meanwhile and is not overwritten; move it away.{kept}")
        if options.history:  # before the model: what breaks off here can be gone on with
            training.write_history(trained.history, options.history)
        try:
            training.save(trained.model, options.save, trained.class_names, options.overwrite)
        except BaseException:
            if options.history and not options.overwrite:  # else the same command would not overwrite it
                options.history.unlink(missing_ok=True)
            raise
    except KeyboardInterrupt:
        atexit.register(gc.freeze)  # else Python goes through all of TensorFlow once more, for a second, as it ends
        say(f"stopped by hand; {kept if unfinished.is_there() else 'nothing had been learned yet'}.")
        return None
    except OSError as error:  # no room for what came of it
        where = error.filename or options.save
        kept = f" {kept}." if unfinished.is_there() else ""
        raise InputError(f"{where}: cannot be written ({error.strerror or error}); make room.{kept}") from None
    unfinished.forget()
    return trained


def evaluate(options: argparse.Namespace) -> None:
    from helpers import pipeline, training

    model = training.load_model(options.model)
    pictures = pipeline.image_dataset(options.folder, model.input_shape[1:3], shuffle=False)
    if model.class_names and list(model.class_names) != pictures.class_names:
        raise InputError(
            f"{options.folder}: its classes are {', '.join(pictures.class_names)}, the model's are "
            f"{', '.join(model.class_names)}; name the folders as the model knows them."
        )
    result = training.evaluate(model, pictures)
    width = max(map(len, result.class_names))
    for name, row in zip(result.class_names, result.confusion, strict=True):
        answers = ", ".join(f"{count} as {other}" for count, other in zip(row, result.class_names, strict=True))
        print(f"{name:{width}}  {answers}")
    print(f"95 % interval {result.interval[0]:.4f} to {result.interval[1]:.4f}")
    print(f"accuracy {result.accuracy:.4f} n {result.n}")


def predict(options: argparse.Namespace) -> int:
    from helpers import training
    from helpers.cleaning.names import to_cell

    answers = training.predict(training.load_model(options.model), options.images)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["path", "class", "probability"])
    for answer in answers:
        said = f"error: {answer.error}" if answer.error else to_cell(answer.class_name)
        writer.writerow([to_cell(str(answer.path)), said, "" if answer.error else f"{answer.probability:.4f}"])
    return int(any(answer.error for answer in answers))


def export(options: argparse.Namespace) -> None:
    from helpers import datasets

    found = datasets.load(options.pictures) if options.pictures else None

    from helpers import model_card, training

    print(model_card.pack(training.load_model(options.model), options.to, found))


def page(options: argparse.Namespace) -> None:
    from helpers import datasets

    found = datasets.load(options.pictures) if options.pictures else None

    from helpers import training
    from helpers.page import make

    print(make(training.load_model(options.model), options.to, found, options.runtime))


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

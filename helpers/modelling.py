"""The commands of `labs` that make a model and put it to use: train, evaluate, predict, export, page."""

from __future__ import annotations  # so that an old Python gets as far as our message

import argparse
import atexit
import csv
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import InputError
from helpers.explaining import say
from helpers.whole import must_be_free

if TYPE_CHECKING:
    from helpers.by_the_clock import Trained
    from helpers.datasets import Dataset

FEW = 100  # pictures to judge by; with fewer, an accuracy of 80 % is uncertain by 8 points or more either way
MOST_MARKS = 100_000  # pictures that a model file names, in 800 kB: of more, none


def add_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add them to `labs`; command: as in `cli.parser`, makes one of a name, a function and a text."""
    one = command("train", train, "Train the best model that fits the time on this machine.")
    one.add_argument("folder", metavar="FOLDER", help="train/ and validation/, or two class folders (or drawn, …)")
    one.add_argument("--save", type=Path, required=True, metavar="MODEL.keras")
    one.add_argument("--minutes", type=minutes, default=3.0, metavar="M", help="time for it (default 3)")
    one.add_argument("--seed", type=seed, default=1, metavar="S")
    one.add_argument("--history", type=Path, metavar="FILE.csv", help="write loss and accuracy by epoch here")
    one.add_argument("--overwrite", action="store_true", help="replace MODEL.keras and FILE.csv if they are there")
    one.add_argument("--resume", action="store_true", help="go on with a training that was broken off")

    one = command("evaluate", evaluate, "How often a model is right on a folder of pictures, with the 95 % interval.")
    one.add_argument("model", type=Path, metavar="MODEL.keras")
    one.add_argument(
        "folder", type=Path, metavar="FOLDER", help="a folder of pictures per class, none of which it learned from"
    )

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


def seed(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f"{text}: a seed is a whole number from 0 to {2**32 - 1}")
    return number


def minutes(text: str) -> float:
    number = float(text)
    if not 0 < number < 10_000:
        raise argparse.ArgumentTypeError(f"{text}: a number of minutes above 0 is needed")
    return number


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
    from helpers import datasets, resuming, training

    unfinished = resuming.of(options.save, found, options.minutes, options.seed)
    if unfinished.is_there() and not options.resume:
        if not options.overwrite:
            raise InputError(
                f"{unfinished.folder}: holds a training that was broken off; go on with it by --resume, or begin anew "
                "with --overwrite."
            )
        unfinished.forget()
    if options.resume and not unfinished.is_there():
        print(f"{unfinished.folder} is not there, so there is nothing to go on with: training from the start.")
    pictures = datasets.list_pictures(found.train)
    marks = training.marks_of(pictures) if len(pictures) <= MOST_MARKS else ()
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
            training.save(trained.model, options.save, trained.class_names, options.overwrite, marks)
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
    from helpers.names import same_spelt

    model = training.load_model(options.model)
    pictures = pipeline.image_dataset(options.folder, model.input_shape[1:3], shuffle=False)
    if model.class_names and not same_spelt(model.class_names, pictures.class_names):
        raise InputError(
            f"{options.folder}: its classes are {', '.join(pictures.class_names)}, the model's are "
            f"{', '.join(model.class_names)}; name the folders as the model knows them."
        )
    result = training.evaluate(model, pictures)
    width = max(map(len, result.class_names))
    for name, row in zip(result.class_names, result.confusion, strict=True):
        answers = ", ".join(f"{count} as {other}" for count, other in zip(row, result.class_names, strict=True))
        print(f"{name:{width}}  {answers}")
    if seen := training.learned_from(model, pictures.paths):
        print(f"It learned from {seen:,} of these pictures, so expect less on new ones.")
    print(f"95 % interval {result.interval[0]:.4f} to {result.interval[1]:.4f}")
    print(f"accuracy {result.accuracy:.4f} n {result.n}")


def predict(options: argparse.Namespace) -> int:
    from helpers import training
    from helpers.names import to_cell

    answers = training.predict(training.load_model(options.model), options.images)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["path", "class", "probability"])
    for answer in answers:
        said = f"error: {answer.error}" if answer.error else answer.class_name
        writer.writerow([to_cell(str(answer.path)), to_cell(said), "" if answer.error else f"{answer.probability:.4f}"])
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

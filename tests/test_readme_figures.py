"""The figures that the README quotes are those of the tables in benchmarks/results, to the digits it quotes."""

import csv
import re
from statistics import mean, median

import pytest

from helpers import lessons

README = (lessons.PROJECT / "README.md").read_text(encoding="utf-8")
MEASURED = README.partition("## What was measured")[2].partition("\n## ")[0]
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def rows(table, **wanted):
    """The rows of a table that have these values; at least one."""
    with (lessons.PROJECT / "benchmarks" / "results" / f"{table}.csv").open(encoding="utf-8") as file:
        found = [row for row in csv.DictReader(file) if all(row[name] == value for name, value in wanted.items())]
    assert found, f"{table}.csv: no row with {wanted}"
    return found


def drawn(what, column, place=-1):
    (row,) = rows("drawn_set", what=what)
    return float(row[column].split()[place])


def times(table, ours, other, **wanted):
    """How many times as fast ours is as another, by processor time."""
    one, two = ([float(row["a_core_second"]) for row in rows(table, way=way, **wanted)] for way in (ours, other))
    return median(one) / median(two)


def faster(other, name="cleaning_photos", pictures="photos"):
    (row,) = rows(name, pictures=pictures, way=other)
    return float(re.search(r"([\d.]+) \(core\)", row["ours is faster by"])[1])


def copies(column):
    (row,) = rows("cleaning_copies", pictures="1000000")
    return float(row[column])


def damage(column):
    (row,) = rows("cleaning_damage_photos", harm="over 16")
    return float(row[column].rstrip("%"))


def trained(within, way="train_within", pictures="photos"):
    """In %, the mean accuracy of the seeds within one of the budgets of benchmarks/training.py."""
    return 100 * mean(float(row["test_accuracy"]) for row in rows(f"training_{pictures}", within=within, way=way))


FIRST, WHOLE = "the first lab", "the augmentation lab"
COURSE, VARIED = "the course's network", "  with augmentation"
COMPACT = "the compact network with augmentation"
QUOTED = {  # what the README says, with its figure in brackets: how to work it out
    r"linear model on pixels ([\d.]+) %": lambda: drawn("linear model on 32 x 32 pixels", "validation"),
    r"course's network ([\d.]+) %": lambda: drawn(COURSE, "validation"),
    r"\(([\d.]+) % in training": lambda: drawn(COURSE, "training"),
    r"turning up from ([\d.]+)": lambda: drawn(COURSE, "lowest_loss"),
    r"turning up from [\d.]+ to ([\d.]+)": lambda: drawn(COURSE, "last_loss"),
    r"; with augmentation ([\d.]+) %": lambda: drawn(VARIED, "validation"),
    r"`compact` with augmentation ([\d.]+) %": lambda: drawn(COMPACT, "validation"),
    r"([\d.]+) times as fast as CleanVision": lambda: faster("CleanVision"),
    r"small picture, ([\d.]+) times CleanVision": lambda: faster("CleanVision", "cleaning_png", "600 PNG"),
    r"([\d.]+) times as fast as fastdup": lambda: faster("fastdup"),
    r"of which ([\d,]+) look much different": lambda: damage("spoilt"),
    r"strict decoder tells of ([\d.]+) %": lambda: damage("decoder"),
    r"along the blocks of ([\d.]+) %": lambda: damage("torn"),
    r"([\d.]+) seconds of one core": lambda: copies("seconds of one core"),
    r"core, ([\d.]+) GB": lambda: copies("peak memory (MB)") / 1000,
    r"([\d.]+) % of those planted": lambda: 100 * copies("found") / copies("planted"),
    r"([\d.]+) times as fast as Keras": lambda: times("augmentation_drawn", "RandomWarp", "stack of Keras layers"),
    r"([\d.]+) times as fast as `Image": lambda: times("augmentation_drawn", "RandomWarp", "ImageDataGenerator"),
    r"first time.*; ([\d.]+) times as fast after": lambda: times(
        "input_photos", "pipeline.image_dataset", "image_dataset_from_directory", epoch="later"
    ),
    r"([\d.]+) % on 500 photos": lambda: trained(FIRST),
    r"that lab ([\d.]+) %": lambda: trained(FIRST, "course, first lab"),
    r"([\d.]+) % on those put aside": lambda: trained(FIRST, pictures="drawn"),
    r"the lab there ([\d.]+) %": lambda: trained(FIRST, "course, first lab", "drawn"),
    r"a fifth .*\| ([\d.]+) % on the same": lambda: trained(f"a fifth of {WHOLE}"),
    r"a fifth .*\| [\d.]+ % on the same photos; ([\d.]+) % of the drawn": lambda: trained(
        f"a fifth of {WHOLE}", pictures="drawn"
    ),
    r"all of that lab's .*\| ([\d.]+) % on the same": lambda: trained(WHOLE),
    r"all of that lab's .*\| [\d.]+ % on the same photos; ([\d.]+) % of the drawn": lambda: trained(
        WHOLE, pictures="drawn"
    ),
    r"by that lab itself ([\d.]+) %": lambda: trained(WHOLE, "course, augmentation lab"),
    r"by that lab itself [\d.]+ % and ([\d.]+) %": lambda: trained(WHOLE, "course, augmentation lab", "drawn"),
}


@pytest.mark.parametrize("pattern", QUOTED)
def test_a_figure_is_the_one_that_was_measured(pattern):
    found = re.findall(pattern, MEASURED)
    assert len(found) == 1, f"{pattern}: stands {len(found)} times under 'What was measured'"
    digits = len(found[0].partition(".")[2])
    assert abs(float(found[0].replace(",", "")) - QUOTED[pattern]()) <= 0.51 * 10**-digits, (
        f"{pattern}: measured {QUOTED[pattern]():.3f}"
    )


def test_the_first_epoch_is_as_fast():
    first = times("input_photos", "pipeline.image_dataset", "image_dataset_from_directory", epoch="first")
    assert "as fast as `image_dataset_from_directory` the first time" in MEASURED
    assert 1 <= first < 1.1


@pytest.mark.parametrize(
    ("words", "within"),
    [("first lab", FIRST), ("augmentation lab", f"a fifth of {WHOLE}"), ("all of that lab's time", WHOLE)],
)
def test_the_seeds_of_labs_train_are_counted(words, within):
    seeds = len(rows("training_photos", within=within, way="train_within"))
    assert NUMBERS.index(re.search(rf"{words}, (\w+) seeds \|", MEASURED)[1]) == seeds


def test_no_figure_is_without_a_check():
    """A new figure in that table needs a line above. Free is the left column: of how many pictures."""
    right = " ".join(line.split("|")[2] for line in MEASURED.splitlines() if line.startswith("| "))
    patterns = [pattern.rpartition(r"\| ")[2] for pattern in QUOTED]
    spans = [found.span(1) for pattern in patterns for found in re.finditer(pattern, right)]
    left = [
        found.group()
        for found in re.finditer(r"\d[\d.,]*", right)
        if not any(start <= found.start() < end for start, end in spans)
    ]
    assert left == ["500"]  # the number of photos

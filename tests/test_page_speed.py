"""The page of speed: its tables are those that were measured."""

from statistics import mean, median

import pytest
from test_readme_figures import rows

from helpers.lessons import PROJECT

TEXT = (PROJECT / "docs" / "pages" / "speed.md").read_text(encoding="utf-8")


def numbers(table, column, **wanted):
    return [float(row[column]) for row in rows(table, **wanted) if row[column]]


def spread(found, form="{:,.0f}", middle=median):
    return f"{form.format(middle(found))} ({form.format(min(found))} to {form.format(max(found))})"


SHOWN = ("median", "least", "most")
INPUT = {
    "`pipeline.image_dataset`": "pipeline.image_dataset",
    "`image_dataset_from_directory`": "image_dataset_from_directory",
    "`image_dataset_from_directory` and `.cache()`": "image_dataset_from_directory + cache",
    "`ImageDataGenerator.flow_from_directory`": "ImageDataGenerator.flow_from_directory",
}


@pytest.mark.parametrize("name", INPUT)
def test_pictures_a_second(name):
    cells = [
        spread(numbers(f"input_{data}", "pictures_a_second", way=INPUT[name], epoch=epoch))
        for data in ("photos", "drawn")
        for epoch in ("first", "later")
    ]
    assert " | ".join(["", name, *cells, ""]).strip() in TEXT


@pytest.mark.parametrize(
    "step",
    [
        "an eighth of the size",
        "a reduced size",
        "half the size, by OpenCV",
        "the whole size",
        "pipeline.decode, from the file",
        "as image_dataset_from_directory, from the file",
    ],
)
def test_what_one_picture_costs(step):
    cells = [spread(numbers(f"decoding_{data}", "microseconds", step=step)) for data in ("photos", "drawn")]
    assert " | ".join(["", step, *cells, ""]).strip() in TEXT


@pytest.mark.parametrize("way", ["RandomWarp", "stack of Keras layers", "ImageDataGenerator"])
def test_variations_a_second(way):
    cells = [
        spread(numbers(f"augmentation_{data}", column, way=way))
        for data in ("drawn", "photos")
        for column in ("pictures_a_second", "a_core_second")
    ]
    assert " | ".join(["", f"`{way}`", *cells, ""]).strip() in TEXT


@pytest.mark.parametrize("row", rows("convolutions", way="helpers.quiet"), ids=lambda row: row["network"])
def test_what_onednn_makes_of_training(row):
    (before,) = rows("convolutions", network=row["network"], way="as TensorFlow chooses")
    cells = [
        "{:,.0f} ({:,.0f} to {:,.0f})".format(*(float(one[f"{clock}_{name}"]) for name in SHOWN))
        for clock in ("wall", "core")
        for one in (before, row)
    ]
    network, size = row["network"].split(",")
    assert " | ".join(["", f"`{network}`,{size}", *cells, ""]).strip() in TEXT


LABS = {
    "the first lab": "course, first lab",
    "a fifth of the augmentation lab": "course, augmentation lab",
    "the augmentation lab": "course, augmentation lab",
}


@pytest.mark.parametrize("pictures", ["photos", "drawn"])
@pytest.mark.parametrize("within", LABS)
def test_accuracy_within_a_time(within, pictures):
    both = [line for line in TEXT.splitlines() if line.startswith(f"| {within} | ")]
    row, name = both[pictures == "drawn"], f"training_{pictures}"
    seconds = numbers(name, "seconds", within=within, way="train_within")
    assert row.startswith(f"| {within} | {mean(seconds):.0f} | ")
    for way in ("train_within", LABS[within]):
        found = [100 * one for one in numbers(name, "test_accuracy", within=within, way=way)]
        assert f" | {spread(found, '{:.1f}', mean).replace(' (', ' % (')} |" in row

"""A model, packed for others: its files, what they cost, and a card that says how good it is, and what it is not for.

The form follows Mitchell et al. 2019 (arXiv 1810.03993): what it learned from, how often it is right, on whom less
often, and where it must not be used. Every number on the card is measured while it is written.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np

from helpers import exporting
from helpers.datasets import Dataset
from helpers.errors import InputError
from helpers.names import same_spelt
from helpers.one_probability import ask
from helpers.pipeline import decode_into, list_images
from helpers.quiet import keras
from helpers.training import learned_from, wilson
from helpers.whole_folder import must_be_new, whole_folder

FEWEST = 20  # pictures of a subgroup: of fewer, the interval says nothing
VALUES = 12  # a column of more different values tells single pictures apart, not kinds of them
SAID = ("truth.csv", "labels.csv")  # beside train/ and validation/: what is known of each picture, a row each
NOT_FOR = """- It knows two classes and answers with one of them, whatever it is shown. Where pictures of neither may
  come, have it say "I don't know" below a threshold.
- It knows pictures like those that it learned from. In other light, from another camera, of other kinds, it will be
  right less often, and not say so.
- Do not let it decide by itself where a wrong answer harms somebody: people's safety, health, work, money or rights.
- It says nothing about people: do not use it on pictures of them."""
USE = """```python
import numpy as np, tensorflow as tf
from PIL import Image, ImageOps

picture = ImageOps.exif_transpose(Image.open("photo.jpg")).convert("RGBA")        # upright
white = Image.new("RGBA", picture.size, "white")                                  # behind what is transparent
pixels = np.asarray(Image.alpha_composite(white, picture).convert("RGB"))[None]   # 0 to 255, any size
model = tf.keras.models.load_model("model.keras")
probability = float(model.predict(pixels)[0, 0])                           # of "{second}"
```"""


def plain(text: str) -> str:
    """Any text in one line, so that Markdown shows it and makes nothing of it: no tag, table, link, code or formula.

    $ and \\ stand in a span of their own, as in `figures.as_markdown`: where a card is shown, formulas are sought once
    more in what Markdown has made, but not across tags."""
    mark = re.compile(r"([$\\])|[`*_{}\[\]<>#|~&!]")
    return mark.sub(lambda found: f"<span>\\{found[1]}</span>" if found[1] else f"\\{found[0]}", one_line(text))


def one_line(text: str) -> str:
    return " ".join(text.split())


def pack(model: keras.Model, target: str | Path, data: Dataset | None = None) -> str:
    """Write the exported files, `costs.csv` and `MODEL_CARD.md` into a new folder, whole or not at all.

    data: the set that it learned from; all is measured on its validation pictures. Without it there is no accuracy on
    the card, and no costs.csv.
    Returns what was done, for people. Raises InputError where `export` does, if `target` is there already and not
    empty, and if the classes of data are not the model's.
    """
    target, names = Path(target), names_of(model, data)
    check(target, names, data)
    told = []

    with whole_folder(target) as folder:
        made = exporting.export(model, folder, names)
        measured = Measured(model, data) if data else None
        costs = exporting.costs(model, made, measured.pictures, measured.labels) if measured else []
        if costs:
            write_costs(costs, folder / "costs.csv")
            told.append(exporting.table(costs))
        text = card(model, names, sorted(path.name for path in made.values()), data, measured, costs)
        (folder / "MODEL_CARD.md").write_text(text, encoding="utf-8", errors="backslashreplace")

    wanting = "" if data else " Give --pictures FOLDER, and it is measured, too."
    return "\n".join([*told, f"Exported to {target}; MODEL_CARD.md says what it is and is not for.{wanting}"])


def names_of(model: keras.Model, data: Dataset | None) -> Sequence[str] | None:
    """The names of the classes: those that the model carries, or else those of the set."""
    return getattr(model, "class_names", None) or (data and data.class_names)


def check(target: Path, names: Sequence[str] | None, data: Dataset | None) -> None:
    """Raises InputError if `target` is there already and not empty, or if the set is of other classes than `names`."""
    must_be_new(target)
    if data and not same_spelt(names, data.class_names):
        raise InputError(
            f"the pictures are of {', '.join(data.class_names)}, the model knows {', '.join(names)}; give its own."
        )


class Measured:
    """The model's answers to all validation pictures. pictures: uint8 (N, H, W, 3). labels, answers: (N,). seen: how
    many of them it learned from; None where its file does not tell."""

    def __init__(self, model: keras.Model, data: Dataset):
        self.paths, self.labels, self.names = list_images(data.validation)
        self.pictures = np.empty((len(self.paths), *model.input_shape[1:3], 3), "uint8")
        decode_into(self.pictures, self.paths)
        self.answers = ask(model, self.pictures)
        self.right = (self.answers > 0.5) == self.labels
        self.seen = learned_from(model, self.paths)
        self.groups = subgroups(data, self.paths, [self.names[label] for label in self.labels])

    def newness(self) -> str:
        """Whether these pictures are new to it, to stand behind "pictures"."""
        if self.seen is None:
            return " (its file does not tell whether it learned from them)"
        if not self.seen:
            return " that it did not learn from"
        return f", of which it learned from {self.seen:,}, so expect less on new ones"


def subgroups(data: Dataset, paths: Sequence[Path], classes: Sequence[str]) -> dict[tuple[str, str], np.ndarray]:
    """{(column, value): bool (N,)} for the class, and for what truth.csv or labels.csv says of the validation pictures,
    as far as it comes in a few kinds with enough pictures of each. Raises InputError for a file that is no table."""
    columns = {"class": list(classes)}
    root = data.validation.parent
    for file in (root / name for name in SAID if (root / name).is_file()):
        try:
            with open(file, newline="", encoding="utf-8-sig") as opened:  # Excel puts a mark before its text
                table = csv.DictReader(opened)
                if table.fieldnames and "path" not in table.fieldnames:
                    raise InputError(f"{file}: has no column `path`; name it so, and put commas between the columns.")
                rows = {row["path"]: row for row in table if row.get("path")}
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{file}: cannot be read as a table ({error}); mend it, or take it away.") from None
        mine = [rows.get(path.relative_to(root).as_posix(), {}) for path in paths]
        for name in next(iter(rows.values()), {}):
            values = [row.get(name) or "" for row in mine]
            if name and name not in columns and 1 < len(set(values)) <= VALUES:
                columns[name] = values
    found = {}
    for name, values in columns.items():
        for value in sorted(set(values) - {""}):
            members = np.array([one == value for one in values])
            if members.sum() >= FEWEST:
                found[name, value] = members
    return found


def card(
    model: keras.Model,
    names: Sequence[str],
    files: Sequence[str],
    data: Dataset | None,
    measured: Measured | None,
    costs: Sequence[exporting.Cost],
) -> str:
    """The card as Markdown."""
    height, width = model.input_shape[1:3]
    first, second = map(plain, names)
    parts = [
        f"# Model card: {first} or {second}?",
        f"A network of {model.count_params():,} weights that looks at a picture and gives the probability that it "
        f"shows **{second}**; above a half, that is its answer, else **{first}**. Inside it, pictures are brought "
        f"to {width} × {height} pixels.",
        "## What it learned from",
        learned(model, data) if data else "Not said: it was exported without its pictures.",
        "## How often it is right",
        accuracy(measured) if measured else "Not measured: it was exported without pictures. Do not use it before.",
        "## The files",
        "Each takes the pixels of an upright picture of any size, 0 to 255, and does the rest itself: "
        + ", ".join(f"`{name}`" for name in files)
        + ".",
        *([cost_rows(costs)] if costs else []),
        USE.format(second=one_line(names[1])),
        "## What it must not be used for",
        NOT_FOR,
    ]
    return "\n\n".join(parts) + "\n"


def learned(model: keras.Model, data: Dataset) -> str:
    """What the set is, how many pictures of each class it has, and whether the model learned from others."""
    counts = [np.bincount(list_images(folder)[1], minlength=2) for folder in (data.train, data.validation)]
    rows = [
        f"| {plain(name)} | {many:,} | {few:,} |" for name, many, few in zip(data.class_names, *counts, strict=True)
    ]
    head = ["| class | pictures to learn from | pictures to measure with |", "|---|---|---|"]
    pictures = list_images(data.train)[0]
    new = 0 if (seen := learned_from(model, pictures)) is None else len(pictures) - seen
    other = f"\n\nIt did not learn from {new:,} of those to learn from: the set is another one, or was changed since."
    return "\n".join([plain(data.about), "", *head, *rows]) + other * bool(new)


def accuracy(measured: Measured) -> str:
    """The share of right answers with its interval: of all, and of each kind of picture, the hardest first."""
    shares = {key: measured.right[members] for key, members in measured.groups.items()}
    ordered = sorted(shares.items(), key=lambda one: one[1].mean())
    rows = [f"| {plain(name)} | {plain(value)} | {len(right):,} | {share(right)} |" for (name, value), right in ordered]
    whole = f"On {len(measured.right):,} pictures{measured.newness()}: **{share(measured.right)}**."
    if not rows:
        return f"{whole}\n\nNot told by kind of picture: there are fewer than {FEWEST} of each."
    return "\n".join(
        [
            whole,
            "",
            "By kind of picture, as far as it is known, the hardest first. Of many kinds one is the worst by chance, "
            "too: mind the intervals.",
            "",
            "| what | kind | pictures | accuracy (95 % interval) |",
            "|---|---|---|---|",
            *rows,
        ]
    )


def share(right: np.ndarray) -> str:
    low, high = wilson(int(right.sum()), len(right))
    return f"{right.mean():.1%} ({low:.1%} to {high:.1%})"


def cost_rows(costs: Sequence[exporting.Cost]) -> str:
    rows = [
        f"| {one.kind} | {one.bytes / 1000:,.0f} kB | {one.milliseconds:.1f} | {one.accuracy:.1%} | {one.apart:.6f} |"
        for one in costs
    ]
    head = ["| kind | size | ms a picture | accuracy | largest difference from the model |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def write_costs(costs: Sequence[exporting.Cost], path: Path) -> None:
    """For programs: a row a file."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(exporting.Cost)])
        writer.writerows(astuple(one) for one in costs)

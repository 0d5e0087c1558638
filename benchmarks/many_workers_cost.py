"""What a million, a hundred million and ten thousand million photos cost: worked out, from what was measured.

python benchmarks/many_workers_cost.py                            # writes the tables of docs/pages/many_workers.md
python benchmarks/many_workers_cost.py --price 0.02 --cores 2000  # prints them for a price and a cluster of your own

Measured are seconds of a core and bytes a picture: many_workers.csv, cleaning_photos.csv, cleaning_copies.csv,
input_photos.csv and scaling.csv. Assumed is all that the options say. What is worked out for more than a million was
never run.
"""

import argparse
import csv
import math
import re
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
RESULTS, PAGE = ROOT / "benchmarks" / "results", ROOT / "docs" / "pages" / "many_workers.md"
NUMBERS = {"1 M": 10**6, "100 M": 10**8, "10 G": 10**10}
ASSUMED = {  # option: (value, what it is)
    "price": (0.04, "price of one core for an hour, in your money"),
    "cores": (500, "cores of the cluster"),
    "photo": (100, "size of a photo, in kB"),
    "disk": (2.0, "what the shared disk gives to all together, in GB a second"),
    "epochs": (10, "epochs of training"),
}
SIDE = "96"  # pixels, of the pictures to train with
TABLE = "(?<=<!-- {name}: made by benchmarks/many_workers_cost.py -->\n).*?(?=<!-- end -->)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, (value, about) in ASSUMED.items():
        parser.add_argument(f"--{name}", type=float, default=value, help=f"{about} ({value:g})")
    given = vars(parser.parse_args())
    made = {"measured": speeds(), "assumed": assumptions(given), "cost": costs(given)}
    if given == {name: value for name, (value, _) in ASSUMED.items()}:
        text = PAGE.read_text(encoding="utf-8")
        for name, table in made.items():
            text = re.sub(TABLE.format(name=name), lambda _, table=table: table, text, count=1, flags=re.S)
        PAGE.write_text(text, encoding="utf-8")
    print("\n".join(made.values()))


def rows(name: str, **wanted: str) -> list[dict[str, str]]:
    with (RESULTS / f"{name}.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if all(row[key] == value for key, value in wanted.items())]


def a_picture(column: str, **wanted: str) -> float:
    """Microseconds a picture, the median of the repeats."""
    return median(1e6 * float(row[column]) / float(row["pictures"]) for row in rows("many_workers", **wanted))


def speeds() -> str:
    """The table of what was measured, a row for each way and number of workers."""
    found = list(dict.fromkeys((row["way"], row["workers"]) for row in rows("many_workers")))
    plain = a_picture("core_seconds", way="a plain loop")
    alone = {way: a_picture("seconds", way=way, workers="1") for way, _ in found}
    lines = ["Way | Workers | On the wall | As fast as with one | Of all cores | More than the loop | Of it here"]
    lines.append("--- | --: | --: | --: | --: | --: | --:")
    for way, workers in found:
        wall, core, here = (
            a_picture(column, way=way, workers=workers) for column in ("seconds", "core_seconds", "core_seconds_here")
        )
        lines.append(
            f"{way} | {workers} | {wall:.0f} | {alone[way] / wall:.2f} | {core:.0f} | {core - plain:.0f} | {here:.0f}"
        )
    return table(lines)


def assumptions(given: dict[str, float]) -> str:
    lines = ["Assumed | Value | Option", "--- | --: | ---"]
    return table(lines + [f"{about} | {given[name]:g} | `--{name}`" for name, (_, about) in ASSUMED.items()])


def measured() -> dict[str, float]:
    """Seconds of a core a picture for each step, bytes of memory a picture, and how finding copies grows."""
    (photos,) = rows("cleaning_photos", pictures="photos", way="helpers.cleaning")
    (training,) = rows("scaling", pictures="2000", side=SIDE)
    decoded = rows("input_photos", way="pipeline.image_dataset", epoch="first")
    before, last = rows("cleaning_copies")[-2:]
    many = max(rows("many_workers", way="Dask"), key=lambda row: int(row["workers"]))["workers"]
    crew, dask = (a_picture("core_seconds", way=way, workers=many) for way in ("crew", "Dask"))
    time, number = "seconds of one core", "pictures"
    return {
        "look": 1 / float(photos["a second of one core"].split()[0].replace(",", "")) + max(0, dask - crew) / 1e6,
        "hand out": a_picture("core_seconds_here", way="Dask", workers=many) / 1e6,
        "copies": float(last[time]) / float(last[number]),
        "growth": math.log(float(last[time]) / float(before[time])) / math.log(int(last[number]) / int(before[number])),
        "bytes": 1e6 * float(last["of it the pictures (MB)"]) / float(last[number]),
        "decode": 1 / median(float(row["a_core_second"]) for row in decoded),
        "train": float(training["training"]) / 1e6,
    }


def costs(given: dict[str, float]) -> str:
    """The table of costs, a column for each number of photos."""
    now = measured()
    lines = [" | ".join(["", *NUMBERS]), "--- | --: | --: | --:"]
    steps = {name: work(number, now, given) for name, number in NUMBERS.items()}
    for line in next(iter(steps.values())):
        lines.append(" | ".join([line, *(step[line] for step in steps.values())]))
    return table(lines)


def work(number: int, now: dict[str, float], given: dict[str, float]) -> dict[str, str]:
    """{row: its value} for so many photos."""
    cores, hour = given["cores"], 3600
    look, decode = number * now["look"] / hour, number * now["decode"] / hour
    train = given["epochs"] * number * now["train"] / hour
    hand, bytes_read = number * now["hand out"] / hour, number * given["photo"] * 1e3
    copies = number * now["copies"] / hour * max(1, number / 10**6) ** (now["growth"] - 1)
    reading = bytes_read / (given["disk"] * 1e9) / hour
    waits = {
        "the cores": look / cores,
        "the process that hands out": hand,
        "the disk": reading,
        "finding copies, on one core": copies,
    }
    memory = number * now["bytes"]
    return {
        "looking, core hours": figure(look),
        "decoding once, core hours": figure(decode),
        "training, core hours": figure(train),
        "all of it, money": figure(given["price"] * (look + decode + train + copies + hand)),
        "looking, hours on the cluster": figure(waits["the cores"]),
        "handing out, hours of one process": figure(hand),
        "reading once, hours of the disk": figure(reading),
        "finding copies, hours of one core": figure(copies),
        "memory of the one process, GB": figure(memory / 1e9),
        "the photos themselves, TB": figure(bytes_read / 1e12),
        "decoded and kept, TB": figure(number * int(SIDE) ** 2 * 3 / 1e12),
        "the longest wait in cleaning": max(waits, key=waits.get),
    }


def figure(value: float) -> str:
    """Two digits that count: all that such an estimate is worth."""
    if value < 100:
        return f"{value:.2g}"
    return f"{round(value, 1 - math.floor(math.log10(value))):,.0f}"


def table(lines: list[str]) -> str:
    return "".join(f"| {line} |\n" for line in lines)


if __name__ == "__main__":
    main()

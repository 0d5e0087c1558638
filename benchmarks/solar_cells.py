"""Real solar cells by the protocol of Deitsch et al. (2019, Solar Energy 185, 455-468), learned from nothing.

python benchmarks/solar_cells.py --splits 2 --seconds 30    # a first look, some minutes
python benchmarks/solar_cells.py --seconds 240 --keep       # five splits

Three quarters of the 2,624 cells to learn from, one to test, divided by kind and probability; another split for each
seed. Two splits at a time, a core each. Seconds are processor seconds: ten minutes of two cores have 1,200. Looking for
lines and growing trees come on top of --seconds, and are told. What is right for a doubtful cell is what the experts
held more probable. The splits share cells, so their interval tells less than one of five new sets would. Labels are
compared by the trees alone, which are cheap. All settings were chosen inside the training part of split 0. Only figures
are kept, no cell.
"""

import argparse
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image
from shared import claiming, measuring

from helpers.cells import expert, labels, read_package
from helpers.experiments import Measured

PAPER = {"support vector machine (Deitsch et al. 2019)": 0.8244, "network pretrained on photos (the same)": 0.8842}
GROUPS = ("all cells", "sure labels", "doubtful labels")
CAP = "score of one who knows the truth"
Scores = dict[tuple[str, str], float]  # (what, way) -> its value in one split


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=240, help="processor seconds for each network")
    parser.add_argument("--networks", type=int, default=1, help="networks for each split, whose mean is taken")
    parser.add_argument("--seen", type=Path, help="NAME.npz, which keeps what the filters found for the next run")
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results/solar_cells.csv")
    options = parser.parse_args()
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1")
    scores: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(2, get_context("spawn")) as pool:
        options.seen = options.seen or Path(scratch) / "seen.npz"
        if not options.seen.exists():
            pool.submit(look, options.seen).result()
        for work in (one_split, compare_labels):  # what matters first
            for found in pool.map(work, range(options.splits), repeat(options)):
                for key, value in found.items():
                    scores.setdefault(key, []).append(value)
                # After each split: a run that is stopped keeps the others.
                claiming.report("solar_cells", rows(scores), options.keep)


def look(kept: Path) -> None:
    """Keep what the filters find in all cells (no label is used), and the processor seconds that this took."""
    began = time.process_time()
    seen = expert.look(np.asarray(Image.open(path).convert("L")) for path in read_package()[0])
    np.savez(kept, maps=seen.maps, numbers=seen.numbers, seconds=time.process_time() - began)


def divided(seed: int, options: argparse.Namespace) -> tuple[expert.Seen, np.ndarray, np.ndarray, float]:
    """All cells, how probable it is that each is functional, which are for the test, and the seconds of looking."""
    (_, kinds, chances), found = read_package(), np.load(options.seen)
    defects = np.round(chances, 2)
    seen = expert.Seen(found["maps"], found["numbers"])
    return seen, 1 - defects, labels.split(kinds, defects, seed), float(found["seconds"])


def one_split(seed: int, options: argparse.Namespace) -> Scores:
    """Train, and ask about what was learned and what was not."""
    seen, shares, aside, looking = divided(seed, options)
    learned, unseen, began, wall = seen[~aside], seen[aside], time.process_time(), time.perf_counter()
    made = expert.train(learned, shares[~aside], options.seconds, options.networks, seed=1)
    scores = {
        ("seconds", "processor, looking for lines"): looking * np.mean(~aside),
        ("seconds", "processor, training"): time.process_time() - began,
        ("seconds", "wall, training"): time.perf_counter() - wall,
        (CAP, "if every doubt is as large as the experts say"): np.maximum(shares, 1 - shares)[aside].mean(),
    }
    for which, some, those in (("test", unseen, shares[aside]), ("training", learned, shares[~aside])):
        for way, answers in made.answers(some).items():
            scores |= judge(which, way, answers, those)
    return scores


def compare_labels(seed: int, options: argparse.Namespace) -> Scores:
    """What to do with doubtful labels: weigh them (the trees of `one_split`), round them, or leave them out."""
    seen, shares, aside, _ = divided(seed, options)
    scores, sure = {}, ~aside & np.isin(shares, (0, 1))
    for way, some, taught in (("rounded", ~aside, np.round(shares)), ("the doubtful left out", sure, shares)):
        trees = expert.grow_trees(seen.numbers[some], taught[some], seed=1)
        answers = trees.predict_proba(seen.numbers[aside])[:, 1]
        scores |= judge("test", f"trees, {way}", answers, shares[aside])
    return scores


def judge(which: str, way: str, answers: np.ndarray, shares: np.ndarray) -> Scores:
    right, sure = (answers > 0.5) == (shares > 0.5), np.isin(shares, (0, 1))
    groups = zip(GROUPS, (right, right[sure], right[~sure]), strict=True)
    return {(f"{which} accuracy, {group}", way): float(some.mean()) for group, some in groups}


def rows(scores: dict[tuple[str, str], list[float]]) -> list[Measured]:
    """In the order of what is measured; the paper's figures, which have no interval, below ours."""
    about = {"equal": "the same splits for all", "command": measuring.command()}
    made = [
        Measured(what, way, tuple(values), "seconds" if what == "seconds" else "share", **about)
        for (what, way), values in scores.items()
    ]
    made += [Measured(f"test accuracy, {GROUPS[0]}", way, (share,)) for way, share in PAPER.items()]
    return sorted(made, key=lambda row: (row.what == "seconds", not row.what.startswith("test"), row.what))


if __name__ == "__main__":
    main()

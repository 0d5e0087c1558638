"""How many of the pictures that `cleaning.suspects` names first have a wrong label, over several seeds.

python benchmarks/cleaning_suspects.py                   # drawn pictures
python benchmarks/cleaning_suspects.py --photos FOLDER   # a folder with a folder of pictures per class
python benchmarks/cleaning_suspects.py --photos data/cats_vs_dogs --keep

One label in twenty, and one in fifty, is made wrong at random; then the pictures are ranked, and the share of wrong
labels among the first 20 and 50 is counted. By chance it would be a twentieth or a fiftieth.
"""

from pathlib import Path

import numpy as np
from shared import measuring

from helpers import crew, datasets
from helpers.cleaning import suspecting
from helpers.cleaning.walking import walk


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--photos", type=Path, help="a folder with a folder of pictures per class")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    folder, name = options.photos or datasets.load("drawn").train, "photos" if options.photos else "drawn"
    places = walk(folder)[0]
    found: list = [None] * len(places)
    crew.work("describe", folder, [place.path for place in places], found.__setitem__, lambda reason: None)
    known = [k for k, one in enumerate(found) if one is not None]
    features, labels = np.stack([found[k] for k in known]), np.array([places[k].label for k in known])
    rows = [measure(name, features, labels, share, options.seeds) for share in (0.05, 0.02)]
    measuring.show("Wrong labels among the first suspects", rows)
    measuring.write(measuring.name(f"cleaning_suspects_{name}", options.keep), rows)


def measure(name: str, features: np.ndarray, labels: np.ndarray, share: float, seeds: int) -> dict:
    names = np.unique(labels)
    hits = {20: [], 50: []}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        wrong = rng.permutation(len(labels))[: int(share * len(labels))]
        given = labels.copy()
        given[wrong] = [rng.choice(names[names != label]) for label in labels[wrong]]
        doubts, _ = suspecting.judge(features, given)
        order = np.argsort(-doubts, kind="stable")
        for first, shares in hits.items():
            shares.append(float(np.isin(order[:first], wrong).mean()))
    return {
        "pictures": f"{len(labels):,} {name}",
        "wrong labels": f"{share:.0%}",
        "seeds": seeds,
        **{
            f"of the first {first}": f"{np.mean(shares):.0%} ({min(shares):.0%} to {max(shares):.0%})"
            for first, shares in hits.items()
        },
    }


if __name__ == "__main__":
    main()

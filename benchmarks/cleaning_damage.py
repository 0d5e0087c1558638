"""How much changed bytes harm a JPEG, and how much of that is found: by the decoder, by the step it leaves, or not.

python benchmarks/cleaning_damage.py                                    # 500 drawn pictures
python benchmarks/cleaning_damage.py --pictures 3000 FOLDER             # of a folder of JPEGs of yours
python benchmarks/cleaning_damage.py --pictures 500 --keep
python benchmarks/cleaning_damage.py --pictures 3000 data/cats_vs_dogs --keep

In each picture one byte, and once more eight in a row, are overwritten at random within its pixels. The harm: by how
many grey levels of 255 it then differs from what it was, on average. False alarms are counted on the pictures as they
are; look at these, for some may be damaged.
"""

import math
from pathlib import Path

import numpy as np
import simplejpeg
from shared import measuring

from helpers import datasets
from helpers.cleaning import inspecting
from helpers.cleaning.formats import start_of_pixels

HARMS = {"2 to 8": (2, 8), "8 to 16": (8, 16), "over 16": (16, 256)}


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--pictures", type=int, default=500)
    options = parser.parse_args()
    folder = options.folder or datasets.load("drawn").train.parent
    paths = sorted(folder.rglob("*.jpg"))
    paths = paths[:: max(1, len(paths) // options.pictures)][: options.pictures]
    alarms = [path for path in paths if any(fault == "torn" for fault, _ in inspecting.inspect(path).faults)]
    trials = [trial for number, path in enumerate(paths) for trial in spoil(path.read_bytes(), number)]
    rows = []
    for name, (least, most) in HARMS.items():
        here = [how for harm, how in trials if least <= harm < most]
        shares = {how: here.count(how) / max(len(here), 1) for how in ("torn", "decoder")}
        rows.append({"harm": name, "spoilt": str(len(here)), **{how: f"{one:.1%}" for how, one in shares.items()}})
    measuring.show(f"Found of what was spoilt, of {len(paths)} pictures", rows)
    print(f"\ncalled torn as they are: {len(alarms)} of {len(paths)}", *(path.name for path in alarms[:5]))
    name = f"cleaning_damage_{'photos' if options.folder else 'drawn'}"
    measuring.write(measuring.name(name, options.keep), rows)


def spoil(data: bytes, seed: int) -> list[tuple[float, str]]:
    """(harm, who finds it) for one byte changed and for eight."""
    rng, start, made = np.random.default_rng(seed), start_of_pixels(data) + 12, []
    before = simplejpeg.decode_jpeg(data).astype(int)
    for count in (1, 8):
        at = int(rng.integers(start, len(data) - count - 2))
        spoilt = data[:at] + rng.integers(0, 255, count, "uint8").tobytes() + data[at + count :]
        made.append((harm_of(spoilt, before), found_by(spoilt)))
    return made


def harm_of(data: bytes, before: np.ndarray) -> float:
    try:
        return float(np.abs(simplejpeg.decode_jpeg(data, strict=False) - before).mean())
    except ValueError:
        return 255.0


def found_by(data: bytes) -> str:
    facts = inspecting.Facts()
    inspecting.decode(data, "JPEG", facts, most=math.inf)
    names = [fault for fault, _ in facts.faults]
    return "torn" if names == ["torn"] else "decoder" if names else "nobody"


if __name__ == "__main__":
    main()

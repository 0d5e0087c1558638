"""What `helpers.quiet` makes of training, as it asks TensorFlow for oneDNN: beside what TensorFlow chooses by itself.

python benchmarks/convolutions.py                      # three minutes
python benchmarks/convolutions.py --repeats 5 --keep

oneDNN is a part of TensorFlow that works out convolutions. TensorFlow reads once, when it is loaded, whether to use it
(TF_ENABLE_ONEDNN_OPTS), so each measurement is a process of its own; the two ways take turns. By the clock (wall), and
for each second of one core (core), which a busy machine changes less. On a processor with AVX-512 for networks
TensorFlow chooses oneDNN itself, and the two are the same.
"""

import json
import os
import subprocess
import sys

import numpy as np
from shared import measuring

SWITCH = "TF_ENABLE_ONEDNN_OPTS"
WAYS = {"as TensorFlow chooses": "", "helpers.quiet": None}  # what SWITCH is set to, if it is
CLOCKS, SHOWN = ("wall", "core"), (("median", np.median), ("least", np.min), ("most", np.max))
STEPS = 20


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", action="store_true", help="measure in this process, and print that as JSON")
    options = parser.parse_args()
    if options.one:
        return print(json.dumps(speeds()))
    found = [(way, apart(value)) for _ in range(options.repeats) for way, value in WAYS.items()]
    rows = [
        {
            "network": network,
            "way": way,
            "repeats": options.repeats,
            **{
                f"{clock}_{name}": f"{of(some):.1f}"
                for clock, some in zip(CLOCKS, runs, strict=True)
                for name, of in SHOWN
            },
        }
        for network in found[0][1]
        for way in WAYS
        for runs in [np.transpose([speeds[network] for name, speeds in found if name == way])]
    ]
    measuring.show("Pictures a second in training", rows)
    measuring.write(measuring.name("convolutions", options.keep), rows)


def apart(value: str | None) -> dict[str, tuple[float, float]]:
    """Pictures a second by network, in a new process with the switch set so; not set where `value` is None."""
    without = {name: text for name, text in os.environ.items() if name != SWITCH}
    asked = without if value is None else without | {SWITCH: value}
    said = subprocess.run([sys.executable, __file__, "--one"], env=asked, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(said.stdout)


def speeds() -> dict[str, tuple[float, float]]:
    """Pictures a second of `fit`, by network: by the clock, and for each second of one core."""
    from helpers import models

    return {
        "lab_cnn, 48 pixels": speed(models.lab_cnn((48, 48)), 20),
        "lab_cnn, 150 pixels": speed(models.lab_cnn((150, 150)), 20),
        "compact, 48 pixels": speed(models.compact((48, 48)), 20),
        "compact, 96 pixels": speed(models.compact((96, 96)), 32),
    }


def speed(model, batch_size: int) -> tuple[float, float]:
    from helpers.quiet import tf

    model.compile(optimizer="rmsprop", loss="binary_crossentropy")
    pictures, labels = tf.random.uniform((batch_size, *model.input_shape[1:])), tf.zeros((batch_size, 1))
    steps = tf.data.Dataset.from_tensors((pictures, labels)).repeat(STEPS)
    model.fit(steps.take(2), shuffle=False, verbose=0)  # makes the graph
    return measuring.speed(lambda: len(model.fit(steps, shuffle=False, verbose=0).epoch) * batch_size * STEPS)


if __name__ == "__main__":
    main()

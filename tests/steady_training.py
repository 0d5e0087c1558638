"""A training by a clock that goes on by steps, so that it can be compared bit for bit with another:
`python tests/steady_training.py PICTURES STATE WEIGHTS.npz STEPS`. It goes on from STATE if there is one.

With a real clock no two trainings are the same, disturbed or not: the clock sets the step of learning, and the end.
"""

import sys
from pathlib import Path

import numpy as np

from helpers import budget, by_the_clock, resuming, training
from helpers.quiet import tf

# Two stages: nearly all of a short training goes into making the graphs of the network, which grow with its stages.
SMALL = (budget.Choice((8, 16), small=24, large=32, enough=0),)
PLAN = {"step": 0, "seconds": 60.0, "about": "so many steps"}


def by_steps(steps: int, setattr=setattr) -> None:
    """From now on the time that has gone is counted in steps, and the plan asks no clock."""
    setattr(budget.ByTheClock, "gone", lambda self: int(self.model.optimizer.iterations) / steps)
    setattr(by_the_clock, "_plan", lambda *_: PLAN | {"steps": steps})


def main(pictures: Path, state: Path, weights: Path, steps: int) -> None:
    by_steps(steps)
    tf.config.experimental.enable_op_determinism()  # sums are added up in the same order in each run
    resuming.EVERY = 0.5
    sides = pictures / "train", pictures / "validation"
    unfinished = resuming.Unfinished(state, {})
    trained = training.train_within(1, *sides, unfinished=unfinished)
    columns = {f"history {name}": column for name, column in trained.history.items()}
    np.savez(weights, *trained.model.get_weights(), **columns)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), int(sys.argv[4]))

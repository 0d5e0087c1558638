"""The claims of the lessons, measured: the same training over several seeds, with intervals.

runs = train_each({"plain": Recipe(build, train, 10)}, validation, test, seeds=(1, 2, 3))
mean_interval([0.70, 0.72, 0.74])        # the mean, and half of its 95 % interval
show_intervals({"plain": [...]}, ...)    # a dot a seed, their mean, its interval
compare(first, second, truth)            # two networks on the same pictures, picture by picture
reliability(answers, truth)              # is it right as often as it is sure?
sureness(run)                            # by epoch: accuracy, loss, how sure the wrong answers are, calibration
in_frame(boxes, warp)                    # how much of each pet a variation leaves in the picture
longer_run("claims_stop")                # the rows of a longer run, kept in benchmarks/results
"""

from helpers.experiments.comparing import Comparison, compare, misled
from helpers.experiments.framing import in_frame
from helpers.experiments.intervals import draw_intervals, mean_interval, show_intervals
from helpers.experiments.keeping import DIFFERENCE, Measured, longer_run, show_longer_run, write
from helpers.experiments.runs import Recipe, Run, accuracy, ask, train_each
from helpers.experiments.sureness import Reliability, reliability, show_reliability, show_sureness, sureness

__all__ = [
    "DIFFERENCE",
    "Comparison",
    "Measured",
    "Recipe",
    "Reliability",
    "Run",
    "accuracy",
    "ask",
    "compare",
    "draw_intervals",
    "in_frame",
    "longer_run",
    "mean_interval",
    "misled",
    "reliability",
    "show_intervals",
    "show_longer_run",
    "show_reliability",
    "show_sureness",
    "sureness",
    "train_each",
    "write",
]

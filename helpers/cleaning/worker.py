"""A process that looks at files for `crew`: `python -m helpers.cleaning.worker 4`, where four of them share the memory;
without a number, nothing else is decoded meanwhile.
"""

import sys
from collections.abc import Callable
from functools import partial

from helpers.crew.together import share
from helpers.crew.worker import main


def tasks(processes: int = 0) -> dict[str, Callable]:
    """What can be asked for, by name. processes: how many share the memory; 0 where no other picture is decoded."""
    from helpers.cleaning.inspecting import inspect
    from helpers.cleaning.mending import mend
    from helpers.cleaning.suspecting import describe

    return {task.__name__: partial(task, most=share(processes)) for task in (inspect, mend, describe)}


if __name__ == "__main__":
    main(tasks(*map(int, sys.argv[1:])))

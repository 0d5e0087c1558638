"""The work of `crew` on an executor of the standard interface (`concurrent.futures`), such as Dask's, which has workers
on other machines.

Its workers run `batch`, a plain function that they find by import. Each of them hands the files on to a process of its
own, just as `crew` does here: so a file that breaks, hangs or swells a decoder costs its own row there, too, and never
a worker. What the executor itself loses, because a worker was killed or a machine went away, is asked for again, and in
the end done here. So the answers are the same, whoever gives them.

Every worker needs this package, in the same version, and must see the folder under the same path.
"""

from __future__ import annotations

import os
import queue
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from helpers import crew
from helpers.errors import InputError
from helpers.progress import progress

if TYPE_CHECKING:
    from concurrent.futures import Executor

BATCH, AHEAD = 256, 512  # files in a batch, a second or so of work; batches asked for at a time, for 500 cores
LARGE = {"mend": (16, 32)}  # the same where answers are whole pictures, which all lie in memory here
TRIES = 3  # for a batch, before it is done here


class Failed(str):
    """Why there is no answer to a file: the process over it broke down."""


def hands(executor: Executor | None) -> Callable:
    """`crew.work`, or the same on an executor. Raises InputError for what is none."""
    if executor is None:
        return crew.work
    if not callable(getattr(executor, "submit", None)):
        kind = type(executor).__name__
        raise InputError(f"executor: a {kind} has no `submit`; give an executor of concurrent.futures, or Dask's.")
    return partial(work, executor)


def work(
    executor: Executor,
    task: str,
    folder: Path,
    paths: Sequence[str],
    take: Callable[[int, object], None],
    failed: Callable[[str], object],
    workers: int | None = None,
    text: str = "looking",
) -> None:
    """As `crew.work`. workers: for what is left to be done here. Raises InputError if a worker cannot do its part."""
    left: dict[range, str] = {}
    late = []
    with (
        progress(total=len(paths), text=text) as bar,
        closing(ask(executor, task, os.path.abspath(folder), paths, left)) as found,
    ):
        for places, answers in found:
            answers = [failed(str(one)) if isinstance(one, Failed) else one for one in answers]
            late += crew.hand_over(places, answers, take, bar.update)
        crew.work_alone(task, folder, paths, sorted(late), take, failed, bar.update)
    if left:
        rest = [k for places in left for k in places]
        reason = list(left.values())[-1]
        warnings.warn(f"The executor gave no answer for {len(rest):,} files ({reason}): done here.", stacklevel=2)
        crew.work(task, folder, [paths[k] for k in rest], lambda at, one: take(rest[at], one), failed, workers, text)


def ask(
    executor: Executor, task: str, folder: str, paths: Sequence[str], left: dict[range, str]
) -> Iterator[tuple[range, list]]:
    """(places, their answers) as they come. left: filled with the places to which none came, each with the reason."""
    size, ahead = LARGE.get(task, (BATCH, AHEAD))
    waiting = deque(range(start, min(start + size, len(paths))) for start in range(0, len(paths), size))
    asked, done, tries = {}, queue.SimpleQueue(), Counter()
    try:
        while waiting or asked:
            while waiting and len(asked) < ahead:
                places = waiting.popleft()
                tries[places] += 1
                try:
                    future = executor.submit(batch, task, folder, [paths[k] for k in places], token_hex(8))
                except Exception as error:  # noqa: BLE001 broken, or shut down: each executor has its own kind
                    left[places] = told(error)
                else:
                    asked[future] = places
                    future.add_done_callback(done.put)
            try:
                future = done.get(timeout=0.2)
            except queue.Empty:
                continue
            places = asked.pop(future)
            try:
                answers = future.result()
            except (InputError, ImportError) as error:
                raise InputError(f"A worker of the executor cannot do its part ({error}); mend that first.") from None
            except Exception as error:  # noqa: BLE001 its worker was lost: Dask's KilledWorker is of no kind known here
                if tries[places] < TRIES:
                    waiting.append(places)
                else:
                    left[places] = told(error)
            else:
                yield places, answers
    finally:
        for future in asked:
            future.cancel()


def told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]


def batch(task: str, folder: str, paths: list[str], call: str = "") -> list:
    """What a worker does: the answers to these paths, in their order, or a Failed for one.

    call: another for each, since Dask takes two equal calls for one, and would give the same answer or error again.
    """
    if not os.path.isdir(folder):
        raise InputError(f"{folder}: is not there on the worker's machine; give a path that all of them see.")
    found = [None] * len(paths)
    for at, answers in crew.lots(task, Path(folder), paths, Failed, workers=1, keep=True):
        found[at : at + len(answers)] = answers
    return found

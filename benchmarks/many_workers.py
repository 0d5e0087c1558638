"""What more workers bring, and what each way of having them costs a picture, in one run.

python benchmarks/many_workers.py                     # 5,000 pictures, three times: some ten minutes
python benchmarks/many_workers.py --repeats 3 --keep  # then many_workers_cost.py

Pictures are looked at by one plain loop, by the crew, by a pool of processes and by Dask's executor, each
with 1, 2 and 4 workers, in turns. Told are the time on the wall, the processor time of all processes together, and of
it that of the process that hands out the work (for Dask its scheduler, too): that is where it stops scaling. Opening a
pool or a cluster is not timed.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import cleaning as cleaning_benchmark
import psutil
from shared import measuring

from helpers import crew, datasets
from helpers.cleaning import elsewhere
from helpers.cleaning.inspecting import inspect
from helpers.cleaning.walking import walk

WORKERS = (1, 2, 4)


def main() -> None:
    parser = measuring.parser(__doc__)
    parser.add_argument("--pictures", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as work:
        cleaning_benchmark.cut_many(datasets.load("drawn").train.parent, Path(work), options.pictures)
        for repeat in range(1, options.repeats + 1):
            for way, open_one in WAYS.items():
                for workers in WORKERS if way != LOOP else (1,):
                    with open_one(workers) as look:
                        row = {"way": way, "workers": workers, "repeat": repeat} | timed(look, Path(work))
                    rows.append(row)
                    print(row, flush=True)
    measuring.show("Looking at pictures", rows)
    measuring.write(measuring.name("many_workers", options.keep), rows)


@contextmanager
def loop(workers: int) -> Iterator[Callable]:
    """No process but this one, nothing to hand over: what the looking itself takes."""
    import cv2

    cv2.setNumThreads(1)
    yield lambda folder, paths: [inspect(folder / path) for path in paths]


@contextmanager
def local(workers: int) -> Iterator[Callable]:
    yield lambda folder, paths: crew.work("inspect", folder, paths, ignore, str, workers)


@contextmanager
def pool(workers: int) -> Iterator[Callable]:
    with ProcessPoolExecutor(workers, get_context("spawn")) as executor:  # Dask's threads would not outlive a fork
        yield from by(executor)


@contextmanager
def dask(workers: int) -> Iterator[Callable]:
    import distributed

    with (
        distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield from by(client.get_executor())


def by(executor) -> Iterator[Callable]:
    yield lambda folder, paths: elsewhere.work(executor, "inspect", folder, paths, ignore, str)


def ignore(place: int, answer: object) -> None:
    pass


LOOP = "a plain loop"
WAYS = {LOOP: loop, "crew": local, "ProcessPoolExecutor": pool, "Dask": dask}


def timed(look: Callable, folder: Path) -> dict:
    paths = [place.path for place in walk(folder)[0]]
    look(folder, paths[:600])  # processes are started, libraries loaded, the disk's cache filled
    wall, all_of_it, here = time.perf_counter(), spent(), time.process_time()
    look(folder, paths)
    return {
        "pictures": len(paths),
        "seconds": round(time.perf_counter() - wall, 2),
        "core_seconds": round(spent() - all_of_it, 2),
        "core_seconds_here": round(time.process_time() - here, 2),
    }


def spent() -> float:
    """Processor seconds of this process and of all below it, also of those that have ended."""
    me = psutil.Process()
    return sum(sum(one.cpu_times()[:4]) for one in [me, *me.children(recursive=True)])


if __name__ == "__main__":
    main()

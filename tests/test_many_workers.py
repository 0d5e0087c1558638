"""More workers, on engines that exist: the same report from any executor, the same pictures through TensorFlow's data
service, the same curve on two devices, whoever is lost on the way."""

import errno
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import warnings
from collections import Counter
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from cleaning_corpus import build, good, packed, png, write

from helpers import cleaning, crew
from helpers.cleaning import elsewhere
from helpers.errors import InputError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names and signals that Windows does not have")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """(a folder with every fault in it, what a scan by local processes says)."""
    folder = tmp_path_factory.mktemp("many") / "pets"
    build(folder)
    write(folder / "train" / "dogs" / "large.png", png(4100, 4100, 8, 2, bytes(4100 * (1 + 3 * 4100))))
    return folder, list(cleaning.scan(folder))


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(elsewhere, "BATCH", 7)
    monkeypatch.setattr(elsewhere, "AHEAD", 4)
    yield
    while waiting := crew.spare():
        waiting.kill()
        waiting.wait()


class Tricky(ThreadPoolExecutor):
    """Threads, some of whose calls come to nothing. spoil: which, told from (its files, how often they were asked)."""

    def __init__(self, spoil, error):
        super().__init__(2)
        self.spoil, self.error, self.calls = spoil, error, []

    def submit(self, task, *given):
        self.calls.append(given)
        if not self.spoil(given[2], sum(one[2] == given[2] for one in self.calls)):
            return super().submit(task, *given)
        lost = Future()
        lost.set_exception(self.error)
        return lost


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_the_report_of_an_executor_is_that_of_local_processes(corpus, kind):
    folder, due = corpus
    with kind(2) as executor:
        assert list(cleaning.scan(folder, executor=executor)) == due
        assert getattr(executor, "_threads", None) or executor._processes  # it was they who worked
    assert len(due) > 60 and any("large.png" in one.path for one in due)


def test_what_is_lost_with_its_worker_is_asked_for_again(corpus):
    folder, due = corpus
    with Tricky(lambda _, nth: nth == 1, RuntimeError("gone")) as executor, warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        assert list(cleaning.scan(folder, executor=executor)) == due
    assert len({str(given) for given in executor.calls}) == len(executor.calls) > 20  # Dask takes equal calls for one
    assert set(Counter(str(given[2]) for given in executor.calls).values()) == {2}


def test_what_no_worker_answers_is_done_here(corpus):
    folder, due = corpus
    tricky = Tricky(lambda paths, _: any("grey" in path for path in paths), BrokenExecutor("lost"))
    with tricky as executor, pytest.warns(match="no answer for [0-9]+ files .BrokenExecutor: lost"):
        assert list(cleaning.scan(folder, executor=executor)) == due
    asked = Counter(tuple(given[2]) for given in executor.calls)
    assert {times for paths, times in asked.items() if "grey" in str(paths)} == {elsewhere.TRIES}
    assert {times for paths, times in asked.items() if "grey" not in str(paths)} == {1}


def test_a_pool_of_processes_that_breaks_leaves_the_rest_to_be_done_here(corpus, monkeypatch):
    folder, due = corpus
    with ProcessPoolExecutor(2) as executor:
        victim, submit, times = executor.submit(os.getpid).result(), executor.submit, itertools.count()

        def submit_and_kill(*given):
            if next(times) == 3:
                os.kill(victim, signal.SIGKILL)
            return submit(*given)

        monkeypatch.setattr(executor, "submit", submit_and_kill)
        with pytest.warns(match="BrokenProcessPool"):
            assert list(cleaning.scan(folder, executor=executor)) == due


@pytest.mark.skipif(sys.platform != "linux", reason="only there the memory of a process can be bounded")
def test_a_bad_file_costs_one_row_and_no_worker(tmp_path, monkeypatch):
    for name in ("breaks", "hangs", "swells", *"abcdef"):
        write(tmp_path / "pets" / ("cats", "dogs")[len(name) % 2] / f"{name}.jpg", packed(good(ord(name[-1]))))
    monkeypatch.setattr(crew, "COMMAND", [sys.executable, str(ROOT / "tests" / "cleaning_breaking_worker.py")])
    monkeypatch.setattr(crew, "SECONDS", 5)
    with ThreadPoolExecutor(2) as executor, warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        report = cleaning.scan(tmp_path / "pets", executor=executor)
    assert {Path(one.path).stem: one.detail for one in report if one.fault == "crashes"} == {
        "breaks": "its process ended",
        "hangs": "took more than 5 seconds",
        "swells": "its process ended",
    }


def test_a_clean_copy_by_an_executor_is_the_same(corpus, tmp_path):
    folder, _ = corpus
    with ThreadPoolExecutor(2) as executor:
        theirs = cleaning.clean(folder, tmp_path / "theirs", executor=executor)
    ours = cleaning.clean(folder, tmp_path / "ours")
    assert list(theirs) == list(ours)
    contents = [
        {
            path.relative_to(tmp_path / copy): path.read_bytes()
            for path in (tmp_path / copy).rglob("*")
            if path.is_file()
        }
        for copy in ("theirs", "ours")
    ]
    assert contents[0] == contents[1] and len(contents[0]) > 40


def test_what_cannot_work_is_said(corpus, monkeypatch):
    folder, _ = corpus
    with pytest.raises(InputError, match="a str has no `submit`"):
        cleaning.scan(folder, executor="the cluster")
    paths = SimpleNamespace(abspath=lambda _: "/nowhere/pets", isdir=os.path.isdir)
    monkeypatch.setattr(elsewhere, "os", SimpleNamespace(path=paths))
    with (
        ThreadPoolExecutor(2) as executor,
        pytest.raises(InputError, match="/nowhere/pets: is not there on the worker"),
    ):
        cleaning.scan(folder, executor=executor)
    lacking = Tricky(lambda *_: True, ModuleNotFoundError("No module named 'helpers'"))
    with lacking as executor, pytest.raises(InputError, match="cannot do its part.*No module named 'helpers'"):
        cleaning.scan(folder, executor=executor)


def test_with_dask_a_worker_is_killed_in_the_middle(corpus, tmp_path):
    distributed = pytest.importorskip("distributed", reason='needs Dask: pip install -e ".[cluster]"')
    folder, due = corpus
    with (
        distributed.LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = Killing(client.get_executor(), 8, tmp_path / "killed")
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            assert list(cleaning.scan(folder, executor=executor)) == due
        assert executor.mark.exists() and executor.calls > 12


class Killing:
    """An executor whose call `at` ends the worker that has it, once: in the middle of its work, however fast it is."""

    def __init__(self, executor, at, mark):
        self.executor, self.at, self.mark, self.calls = executor, at, mark, 0

    def submit(self, task, *given):
        self.calls += 1
        return self.executor.submit(dying_once(task, self.mark) if self.calls == self.at else task, *given)


def dying_once(task, mark):
    def die_or_do(*given):  # inside, so that it is sent whole: a worker does not find this file
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return task(*given)

    return die_or_do


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    """Sixty good pictures of two classes."""
    folder = tmp_path_factory.mktemp("pets")
    for number in range(60):
        write(folder / ("cats", "dogs")[number % 2] / f"{number}.jpg", packed(good(number)))
    return folder


def test_input_comes_through_a_service_once_each_though_a_worker_is_killed(pets, tmp_path, monkeypatch):
    from helpers import input_service, pipeline

    def each(dataset):
        found = Counter()
        for pictures, labels in dataset:
            found.update(
                (one.tobytes(), float(label)) for one, label in zip(pictures.numpy(), labels.numpy()[:, 0], strict=True)
            )
        return found

    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    dispatcher = input_service.service.DispatchServer()
    address = dispatcher.target.partition("://")[2]
    here = input_service.service.WorkerServer(input_service.service.WorkerConfig(address))  # kept alive by its name
    command = [sys.executable, "-m", "helpers.input_service", address, f"localhost:{port}"]
    there = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True)
    try:
        assert there.stdout.readline() == "ready\n"
        served = input_service.served(pets, tmp_path, address, (20, 30), batch_size=7, patience=2)
        due = each(pipeline.image_dataset(pets, (20, 30), shuffle=False))
        assert len(served) == 9 and served.class_names == ["cats", "dogs"]
        assert each(served) == due
        all_of_them = input_service.while_they_come
        with monkeypatch.context() as patch:  # what a service loses with a worker that does come back
            patch.setattr(input_service, "while_they_come", lambda *given: list(all_of_them(*given))[::2])
            assert each(served) == due
        there.kill()
        there.wait()
        with pytest.warns(match="no batch came for 2 seconds"):
            assert each(served) == due
    finally:
        there.kill()
        there.wait()
        there.stdout.close()
        del here, dispatcher


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("localhost:1", "no dispatcher answers there .* starts one"),
        ("nowhere", "no address; give HOST:PORT"),
        ("localhost:x", "no address; give HOST:PORT"),
    ],
)
def test_where_no_dispatcher_answers_that_is_said(pets, tmp_path, address, words):
    from helpers import input_service

    with pytest.raises(InputError, match=f"^'{address}': {words}"):
        input_service.served(pets, tmp_path, address)


def test_where_the_shared_disk_has_no_room_that_is_said_and_nothing_is_left(pets, tmp_path, monkeypatch):
    from helpers import input_service, pipeline

    def full(file):
        assert os.fstat(file.fileno()).st_size == 60 * 20 * 30 * 3  # before anything is written through memory
        raise OSError(errno.ENOSPC, "No space left on device")

    paths = pipeline.list_images(pets)[0]
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"file: 108,000 bytes of pictures cannot be kept there \(.+\); make room"):
        input_service.keep(tmp_path / "file", paths, (20, 30))
    monkeypatch.setattr(input_service.picture_cache, "take_room", full)
    with pytest.raises(InputError, match=r"kept there \(No space left on device\); make room, or choose another"):
        input_service.keep(tmp_path / "kept", paths, (20, 30))
    assert list((tmp_path / "kept").iterdir()) == []


def test_on_several_devices_a_network_learns_as_on_one_if_it_normalizes_over_all(pets):
    done = subprocess.run(
        [sys.executable, "many_devices_curves.py", str(pets)],
        cwd=ROOT / "tests",
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    apart = {
        name: max(abs(a - b) for a, b in zip(*curves, strict=True))
        for name, curves in json.loads(done.stdout.splitlines()[-1]).items()
    }
    assert apart["plain"] < 1e-5 and apart["together"] < 1e-5
    assert apart["normal"] > 1e-4

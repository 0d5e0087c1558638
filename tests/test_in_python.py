"""A program that leaves a pipeline in the middle ends all the same."""

import gc
import queue
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from PIL import Image

from helpers import in_python, input_service
from helpers.errors import InputError
from helpers.lessons import PROJECT
from helpers.quiet import tf

PROGRAM = """
import sys
from helpers.augmentation import RandomWarp
from helpers.pipeline import image_dataset
pictures = image_dataset(sys.argv[1], (150, 150), cache=False)
vary = RandomWarp()
batches = iter(pictures.map(lambda pictures, labels: vary(pictures, training=True)))
next(batches)
print("the last line", flush=True)
"""
TIMES = 3  # without the cure, about two in three hang


@pytest.fixture
def photos(tmp_path):
    """Enough of them, and large enough, that TensorFlow is still reading while the program ends."""
    pixels = np.random.default_rng(0).integers(0, 255, (500, 500, 3), "uint8")
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for number in range(120):
            Image.fromarray(pixels).save(tmp_path / name / f"{number}.jpg")
    return tmp_path


def test_an_iterator_that_works_ahead_does_not_hold_the_end_up(photos):
    for _ in range(TIMES):
        done = subprocess.run([sys.executable, "-c", PROGRAM, photos], capture_output=True, text=True, timeout=600)
        assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["the last line"]), done.stderr
        assert "Traceback" not in done.stderr


def test_at_the_end_no_step_begins_and_nothing_is_waited_for(monkeypatch):
    begun = []
    steps = in_python.in_steps(begun.append(number) or number for number in range(3))
    assert next(steps) == 0
    monkeypatch.setattr(in_python._calls, "over", True)
    with pytest.raises(RuntimeError, match="about to end"):
        next(steps)
    assert begun == [0]
    began = time.monotonic()
    assert isinstance(input_service.next_of(queue.Queue(), patience=20), TimeoutError)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("address", ["localhost", "localhost:", ":5000", "localhost:http", "localhost:-1", "a:65536"])
def test_what_is_no_address_is_said(address):
    for ask in (lambda: input_service.must_answer(address), lambda: input_service.main(["localhost:1", address])):
        with pytest.raises(InputError, match=f"^'{address}': no address; give HOST:PORT, such as localhost:5000"):
            ask()


@pytest.fixture
def port():
    """One of this machine that is taken, but at which nobody answers before `listen`."""
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        yield taken


def test_a_worker_waits_for_its_dispatcher_but_not_for_ever(port, monkeypatch):
    address = f"localhost:{port.getsockname()[1]}"
    monkeypatch.setattr(input_service, "WAIT", 0.5)
    began = time.monotonic()
    with pytest.raises(InputError, match="no dispatcher answers there .* `python -m helpers.input_service` starts one"):
        input_service.main([address, "localhost:5001"])
    assert 0.5 <= time.monotonic() - began < 10
    threading.Timer(0.5, port.listen).start()
    input_service.must_answer(address, patience=20)


def test_a_worker_whose_port_is_taken_says_so(port):
    port.listen()
    address = f"localhost:{port.getsockname()[1]}"
    with pytest.raises(InputError, match=f"^{address}: no worker can be there .* take a port that is free"):
        input_service.main([address, address])


def test_the_program_says_it_without_a_traceback():
    command = [sys.executable, "-m", "helpers.input_service", "localhost:5000", "localhost:http"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=PROJECT)
    assert done.returncode == 1 and "no address; give HOST:PORT" in done.stderr and "Traceback" not in done.stderr


def doubled():
    """TensorFlow's part of a dataset whose part in Python is gone; it works as long as that is there."""

    def double(numbers):
        return 2 * numbers

    dataset = tf.data.Dataset.range(3).map(lambda number: in_python.in_python(double, [number], tf.int64))
    spec = tf.TensorSpec((), tf.int64)
    part = tf.data.experimental.from_variant(tf.data.experimental.to_variant(dataset), spec)
    assert [int(number) for number in part] == [0, 2, 4]
    return part


def test_what_works_for_a_dataset_that_is_gone_says_so():
    part = doubled()
    gc.collect()
    with pytest.raises(tf.errors.OpError, match="is gone; keep it in a variable as long as it is used"):
        next(iter(part))

"""Pictures through TensorFlow's own tf.data service: other processes, or machines, read them while this one trains.

    python -m helpers.input_service                   # the dispatcher; it says its address, and works until it is ended
    python -m helpers.input_service ADDRESS HOST:PORT # a worker, as many as wished; where others find it

    train = input_service.served("pets/train", "shared/kept", ADDRESS, image_size=(96, 96))
    model.fit(train, shuffle=False)

What travels to a worker is a graph of TensorFlow's operations, and nothing of Python: so neither `pipeline.decode` nor
`RandomWarp` can run there. Therefore the pictures are decoded once, here, into a file on a disk that all machines see
under the same path; the workers read from that, and random variations come after it, where the training runs.
"""

import itertools
import queue
import socket
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from helpers import picture_cache, pipeline
from helpers.errors import InputError
from helpers.in_python import in_steps, is_over
from helpers.quiet import tf
from helpers.whole import whole

service = tf.data.experimental.service
WAIT = 30  # seconds that a worker gives its dispatcher to begin: they may be started at the same time


def served(
    folder: str | Path,
    kept: str | Path,
    address: str,
    image_size: tuple[int, int] = (150, 150),
    batch_size: int = 32,
    seed: int = 0,
    patience: float = 30,
) -> tf.data.Dataset:
    """The pictures of `pipeline.image_dataset(folder, …)`, read by the workers of the service at `address`.

    kept: a folder on a disk that the workers see, too; the decoded pictures are kept there (N x H x W x 3 bytes).
    Every epoch has another order, the same series for the same `seed`, and each picture once. The service alone does
    not promise that: what a worker held when it was killed is missing (ShardingPolicy.DYNAMIC: "at most once"), and if
    it does not come back under the same address, the service waits for it for ever. So when no batch came for
    `patience` seconds, and at the end, what is missing is read here. Batches come as they are ready, so their order is
    not quite the same in each run. Raises InputError as `image_dataset` does, where nobody answers at `address`, and
    where `kept` cannot be written to.
    """
    pipeline.must_be_a_size(image_size)
    must_answer(address)
    paths, labels, class_names = pipeline.list_images(folder)
    file = keep(Path(kept), paths, image_size)
    answers = labels.astype("float32")[:, None]
    size = int(np.prod(image_size)) * 3

    def read(number: tf.Tensor, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        index = tf.boolean_mask(index, index >= 0)
        whole_file = tf.raw_ops.ImmutableConst(  # the file as it lies on the disk, not a copy in memory
            dtype=tf.uint8, shape=(len(paths), size), memory_region_name=str(file)
        )
        pictures = tf.reshape(tf.gather(whole_file, index), (-1, *image_size, 3))
        return number, tf.cast(pictures, tf.float32) / 255, tf.gather(answers, index)

    epochs = itertools.count()

    def epoch() -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
        order = np.random.default_rng([seed, next(epochs)]).permutation(len(paths))
        order = np.pad(order, (0, -len(order) % batch_size), constant_values=-1).reshape(-1, batch_size)
        plan = tf.data.Dataset.from_tensor_slices((np.arange(len(order)), order))
        due = dict(enumerate(order))
        through = service.distribute(service.ShardingPolicy.DYNAMIC, f"grpc://{address}")
        for number, pictures, answer in while_they_come(plan.map(read).apply(through), patience):
            del due[int(number)]
            yield pictures, answer
        for number, index in due.items():
            yield read(tf.constant(number), tf.constant(index))[1:]

    kind = tf.TensorSpec((None, *image_size, 3), tf.float32), tf.TensorSpec((None, 1), tf.float32)
    dataset = tf.data.Dataset.from_generator(lambda: in_steps(epoch()), output_signature=kind).prefetch(2)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(-(-len(paths) // batch_size)))
    dataset.class_names, dataset.paths = class_names, paths
    return dataset


def must_answer(address: str, patience: float = 0) -> None:
    """TensorFlow asks for ever at an address where nobody is, without a word. Raises InputError if nobody answers, nor
    within so many seconds, and as `parted` does."""
    place, until = parted(address), time.monotonic() + patience
    while True:
        try:
            return socket.create_connection(place, timeout=5).close()
        except OSError as error:
            if time.monotonic() < until:
                time.sleep(0.2)
                continue
            raise InputError(
                f"{address!r}: no dispatcher answers there ({error}); "
                "`python -m helpers.input_service` starts one, and says its address."
            ) from None


def parted(address: str) -> tuple[str, int]:
    """Host and port of "HOST:PORT". Raises InputError for what is none."""
    host, _, port = address.rpartition(":")
    if not (host and port.isdecimal() and 0 < int(port) < 2**16):
        raise InputError(f"{address!r}: no address; give HOST:PORT, such as localhost:5000, a port from 1 to 65535.")
    return host, int(port)


def while_they_come(elements: tf.data.Dataset, patience: float) -> Iterator:
    """The elements, until there are no more or none came for so many seconds: nothing else ends such a wait."""
    came, over = queue.Queue(2), threading.Event()

    def put(one: object) -> None:
        while not over.is_set():
            try:
                return came.put(one, timeout=0.2)
            except queue.Full:
                continue

    def read() -> None:
        try:
            for one in elements:
                put(one)
                if over.is_set():
                    return
            put(None)
        except tf.errors.OpError as error:  # the dispatcher went away, or a file that only a worker lacks
            put(error)

    threading.Thread(target=read, daemon=True).start()
    try:
        while True:
            one = next_of(came, patience)
            if one is None or isinstance(one, Exception):
                break
            yield one
    finally:
        over.set()
    if one is not None:
        reason = str(one).splitlines()[0][:200]
        warnings.warn(f"The input service did not give all ({reason}): the rest is read here.", stacklevel=2)


def next_of(came: queue.Queue, patience: float) -> object:
    """What comes next, or a TimeoutError; at the end of the program nothing is waited for."""
    until = time.monotonic() + patience
    while time.monotonic() < until and not is_over():
        with suppress(queue.Empty):
            return came.get(timeout=min(patience, 0.2))
    return TimeoutError(f"no batch came for {patience:g} seconds")


def keep(folder: Path, paths: list[Path], image_size: tuple[int, int]) -> Path:
    """The file of the decoded pictures, one after the other; made if there is none for these files as they are now.
    Raises InputError where it cannot be written."""
    file = folder.resolve() / f"{picture_cache.fingerprint(paths, image_size, pipeline.DECODING)}.bytes"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            with whole(file) as unfinished:
                pictures = np.memmap(unfinished, "uint8", "w+", shape=(len(paths), *image_size, 3))
                with open(unfinished, "rb+") as empty:
                    picture_cache.take_room(empty)
                pipeline.decode_into(pictures, paths)
                pictures.flush()
    except OSError as error:
        needed = len(paths) * int(np.prod(image_size)) * 3
        raise InputError(
            f"{folder}: {needed:,} bytes of pictures cannot be kept there ({error.strerror or error}); make room, or "
            "choose another folder."
        ) from None
    return file


def main(words: list[str]) -> None:
    """Be a dispatcher, or with an address a worker, until somebody ends it. Raises InputError for addresses that are
    none, a port that is taken, and where no dispatcher answers within WAIT seconds."""
    if len(words) == 2:
        _, port = parted(words[1])
        must_answer(words[0], WAIT)
        try:
            server = service.WorkerServer(service.WorkerConfig(words[0], words[1], port))
        except RuntimeError as error:
            raise InputError(f"{words[1]}: no worker can be there ({error}); take a port that is free.") from None
        print("ready", flush=True)
    elif not words:
        server = service.DispatchServer()
        print(server.target.partition("://")[2], flush=True)
    else:
        sys.exit("python -m helpers.input_service: takes nothing (a dispatcher), or ADDRESS HOST:PORT (a worker).")
    server.join()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as problem:
        sys.exit(f"python -m helpers.input_service: {problem}")

"""Pictures decoded in processes of their own: one that breaks, hangs or swells a decoder costs its own row only.

The processes are those of `labs clean`, with the same bounds of time and memory (see `crew`). Each of them is
`python -m helpers.decoding_apart HEIGHT WIDTH`.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np

from helpers import crew
from helpers.crew import worker
from helpers.decoding import decode
from helpers.errors import InputError

COMMAND = [sys.executable, "-P", "-m", "helpers.decoding_apart"]


def decoded(
    paths: Sequence[str | Path], image_size: tuple[int, int], workers: int | None = None
) -> Iterator[list[tuple[int, np.ndarray | str]]]:
    """Lots of (place in `paths`, picture), as they come. picture: uint8 (H, W, 3) as `decoding.decode` gives it, or a
    sentence that says why there is none. workers: as of `crew.work`."""
    names = [str(path) for path in paths]
    command = [*COMMAND, *map(str, image_size)]
    with closing(crew.lots("decode", Path(), names, _unreadable, workers, command=command)) as found:
        for at, answers in found:
            yield [
                (at + k, f"{names[at + k]}: {answer}" if isinstance(answer, str) else answer)
                for k, answer in enumerate(answers)
            ]


def _unreadable(reason: str) -> str:
    return f"not a readable picture ({reason}); `labs clean` lists such files, and copies the rest."


def answer(path: Path, image_size: tuple[int, int]) -> np.ndarray | str:
    """The picture, or why there is none, without its path. Never raises for what is in the file, and reads no pipe,
    which may never end."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            return "a pipe or a device, where a picture is due; copy what comes out of it to a file."
        return decode(path, image_size)
    except InputError as error:
        return str(error).removeprefix(f"{path}: ")
    except Exception as error:  # noqa: BLE001 a picture that swells ends in errors of many kinds
        return _unreadable((str(error).splitlines() or [type(error).__name__])[0])


if __name__ == "__main__":
    height, width = map(int, sys.argv[1:])
    worker.main({"decode": partial(answer, image_size=(height, width))})

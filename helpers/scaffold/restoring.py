"""Files that are made or changed together: all of them, or none."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.whole import write_whole


@contextmanager
def unless_it_fails(files: Iterable[Path]) -> Iterator[None]:
    """After any error within, puts the files back as they were; those that were not there, and their folders, go."""
    before = {file: file.read_bytes() if file.exists() else None for file in files}
    folders = {file.parent for file in before if not file.parent.exists()}
    try:
        yield
    except BaseException:
        for file, content in before.items():
            if content is None:
                file.unlink(missing_ok=True)
            else:
                write_whole(file, content)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)  # with what Python compiled in it
        raise

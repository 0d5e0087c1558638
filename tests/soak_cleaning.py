"""Long trials of the clean copy, by hand: `python tests/soak_cleaning.py [files] [kills] [FOLDER]`. The tests do less.

Spoilt files by the thousand against the promise of the copy; kills at random moments; a disk that really is full (a
small one in memory, where this user may mount it); and any pictures: Pillow's own, the odd ones too, are in
`Tests/images` of its source distribution.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cleaning_corpus import good, packed, write
from cleaning_mutations import plant
from cleaning_promise import assert_all_loaded, assert_decoded_alike, make_old, state
from test_cleaning_trouble import kill_often

from helpers import cleaning
from helpers.errors import InputError


def spoil(work: Path, count: int) -> None:
    plant(work / "spoilt", count, seed=7)
    hold(work / "spoilt")


def gather(work: Path, folder: Path) -> None:
    for number, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        target = work / "theirs" / ("cats", "dogs")[number % 2] / f"{number} {path.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    hold(work / "theirs")


def hold(folder: Path) -> None:
    """Clean a folder, and hold the copy to its promise."""
    make_old(folder)
    before, clean = state(folder), folder.with_name(f"clean {folder.name}")
    report = cleaning.clean(folder, clean)
    files = [path for path in clean.rglob("*") if path.is_file()]
    assert_decoded_alike(files, apart=255)
    assert_all_loaded(clean, len(files))
    assert state(folder) == before
    print(f"{report.pictures:,} {folder.name} files: {len(files):,} in the copy, all as promised.\n{report.summary()}")


def kill(work: Path, kills: int) -> None:
    for number in range(400):
        write(work / "many" / ("cats", "dogs")[number % 2] / f"{number}.jpg", packed(good(number)))
    halves = kill_often(work / "many", work / "killed", kills, seed=1)
    print(f"{kills} kills: {halves} left a half behind, none was taken for a whole, the last run ended well.")


def fill(work: Path) -> None:
    disk = work / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True).returncode:
        print("A small disk cannot be mounted here: not tried.")
        return
    try:
        cleaning.clean(work / "many", disk / "clean")
    except InputError as error:
        print(f"A full disk: {error}")
        assert list(disk.iterdir()) == []
    else:
        raise AssertionError("The disk was not full.")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


if __name__ == "__main__":
    files, kills, *folders = sys.argv[1:] + ["3000", "50"][len(sys.argv) - 1 :]
    with tempfile.TemporaryDirectory() as place:
        spoil(Path(place), int(files))
        kill(Path(place), int(kills))
        fill(Path(place))
        for folder in folders:
            gather(Path(place), Path(folder))

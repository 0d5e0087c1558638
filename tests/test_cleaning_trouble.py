"""Whatever happens on the way: one bad file costs one row, and a copy is whole or not there."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cleaning_corpus import good, packed, png, write
from cleaning_promise import make_old, state
from PIL import Image
from seat import Watch

from helpers import cleaning, crew
from helpers.cleaning import copying, formats, worker
from helpers.crew.together import Later, share
from helpers.errors import InputError
from helpers.whole_folder import whole_folder

resource = pytest.importorskip("resource")  # bounds and pipes that Windows does not have
ROOT = Path(__file__).parent.parent


@pytest.fixture
def pets(tmp_path):
    """Eight good pictures and one to mend, in two classes."""
    folder = tmp_path / "pets"
    for number in range(8):
        write(folder / ("cats", "dogs")[number % 2] / f"{number}.jpg", packed(good(number)))
    write(folder / "cats" / "grey.jpg", packed(good(50).convert("L")))
    return folder


def faults(report):
    return {finding.path: finding.fault for finding in report}


@pytest.mark.skipif(sys.platform != "linux", reason="only there the memory of a process can be bounded")
def test_a_decoder_that_breaks_hangs_or_swells_costs_one_row(pets, monkeypatch):
    for name in ("breaks", "hangs", "swells"):
        write(pets / "dogs" / f"{name}.jpg", packed(good(60)))
    monkeypatch.setattr(crew, "COMMAND", [sys.executable, str(ROOT / "tests" / "cleaning_breaking_worker.py")])
    monkeypatch.setattr(crew, "SECONDS", 8)
    report = cleaning.scan(pets)
    assert faults(report) == {
        "cats/grey.jpg": "grey",
        "dogs/breaks.jpg": "crashes",
        "dogs/hangs.jpg": "crashes",
        "dogs/swells.jpg": "crashes",
    }
    assert [one.detail for one in report if "hangs" in one.path] == ["took more than 8 seconds"]


def test_a_process_that_ended_before_it_read_its_files_costs_none(pets, tmp_path, monkeypatch):
    away = "import os, pathlib, pickle, sys; from helpers.cleaning import worker\n"
    away += f"mark = pathlib.Path({str(tmp_path / 'mark')!r})\n"
    away += "if mark.exists(): worker.main(worker.tasks())\n"
    away += "else: mark.touch(); os.close(0); pickle.dump(None, sys.stdout.buffer)"
    undisturbed = faults(cleaning.scan(pets))
    monkeypatch.setattr(crew, "COMMAND", [sys.executable, "-c", away])
    assert faults(cleaning.scan(pets)) == undisturbed and (tmp_path / "mark").exists()


def test_a_process_that_cannot_start_is_said(pets, monkeypatch):
    monkeypatch.setattr(crew, "COMMAND", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(RuntimeError, match="did not start"):
        cleaning.scan(pets)


def test_the_memory_stays_below_a_gigabyte(pets):
    for number in range(2):
        write(pets / "cats" / f"large {number}.png", png(7000, 7000, 8, 2, bytes(7000 * (1 + 3 * 7000) + number)))
    write(pets / "dogs" / "bomb.png", png(40_000, 40_000, 1, 0, bytes(5001 * 40_000)))
    with open(pets / "dogs" / "disk image.jpg", "wb") as file:
        file.write(b"\xff\xd8\xff")
        file.truncate(30 * 10**9)  # takes no room on the disk
    scan = (  # in a process of its own, whose children are the workers and nothing else
        "import resource, sys; from helpers import cleaning; "
        "print([(one.path, one.fault) for one in cleaning.scan(sys.argv[1])]); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    ran = subprocess.run([sys.executable, "-c", scan, str(pets)], capture_output=True, text=True, check=True)
    found, kilobytes = ran.stdout.splitlines()
    assert "('dogs/bomb.png', 'too large')" in found
    assert "('dogs/disk image.jpg', 'unreadable')" in found
    assert 0 < int(kilobytes) * 1024 < 10**9


@pytest.mark.skipif(sys.platform != "linux", reason="only there the system tells what is shared")
def test_all_processes_together_stay_below_a_gigabyte(tmp_path):
    """Eight transparent pictures of 16 megapixels, so placed that each of four processes comes to one at once."""
    small, side = packed(good(0)), 4000
    for number in range(400):
        write(tmp_path / "pets" / "cats" / f"{number:03}.jpg", small + bytes(number))
    for number in range(8):
        light, dark = (bytes(1 + 4 * side), b"\0" + b"\xff\x80\x40\x80" * side)
        rows = light * (300 + 450 * number) + dark * (3700 - 450 * number)
        (tmp_path / "pets" / "cats" / f"{16 * number:03}.jpg").write_bytes(png(side, side, 8, 6, rows))
    write(tmp_path / "pets" / "dogs" / "one.jpg", packed(good(1)))
    clean = "import sys; from helpers import cleaning; cleaning.clean(sys.argv[1], sys.argv[2], workers=4)"
    started = subprocess.Popen([sys.executable, "-c", clean, str(tmp_path / "pets"), str(tmp_path / "clean")], cwd=ROOT)
    watch = Watch(started)
    assert started.wait() == 0
    watch.join()
    assert 200 < watch.most < 800  # MB; 400, and above 1000 where each decodes without regard to the others
    assert len(list((tmp_path / "clean" / "cats").glob("*.png"))) == 8


def test_on_many_cores_the_processes_and_what_they_hold_fit_into_a_gigabyte(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    many = crew.worth_starting(None, 10**6)
    assert many == 16 and crew.worth_starting(40, 10**6) == 40
    for processes in range(1, many + 1):  # 40 MB each, and 17 bytes a pixel: measured, see the test above
        assert processes * (40e6 + 17 * share(processes)) <= 0.9e9
    assert all(share(processes) > 900_000 for processes in range(1, many + 1))  # what small pictures have: no waiting


def test_what_is_large_waits_until_nothing_else_is_decoded(tmp_path):
    write(tmp_path / "large.png", png(3000, 3000, 8, 2, bytes(3000 * 9001)))
    for task in ("inspect", "mend", "describe"):
        with pytest.raises(Later):
            worker.tasks(4)[task](tmp_path / "large.png")
        assert worker.tasks(1)[task](tmp_path / "large.png") is not None
        assert worker.tasks()[task](tmp_path / "large.png") is not None


def test_a_jpeg_whose_colours_come_one_after_the_other_waits_too(tmp_path):
    """It is not progressive, and libjpeg holds the whole picture all the same: half a gigabyte for 88 megapixels."""
    (tmp_path / "one.jpg").write_bytes(in_three_scans(3000))
    for task in ("inspect", "describe"):
        with pytest.raises(Later):
            worker.tasks(4)[task](tmp_path / "one.jpg")
    assert [fault for fault, _ in worker.tasks()["inspect"](tmp_path / "one.jpg").faults] == ["one colour"]


def test_a_jpeg_that_lost_its_last_colours_is_truncated(tmp_path):
    whole = in_three_scans(100)
    (tmp_path / "one.jpg").write_bytes(whole[: whole.rindex(b"\xff\xda")])
    assert [fault for fault, _ in worker.tasks()["inspect"](tmp_path / "one.jpg").faults] == ["truncated"]


def in_three_scans(side):
    """A JPEG in which all of one component comes before the next."""
    grey = packed(Image.new("L", (side, side)))
    frame = next(segment for segment in formats.segments(grey) if segment[0] == 0xC0)
    scan = grey[formats.start_of_pixels(grey) : -2]
    head = grey[: frame[1]] + b"\xff\xc0\0\x11" + grey[frame[1] + 4 : frame[1] + 9]
    head += b"\3\1\x11\0\2\x11\0\3\x11\0" + grey[frame[2] : formats.start_of_pixels(grey)]
    return head + b"".join(scan[:5] + bytes([n]) + scan[6:] for n in (1, 2, 3)) + grey[-2:]


def test_a_file_of_many_bytes_waits_before_it_is_read(tmp_path, monkeypatch):
    write(tmp_path / "long.jpg", packed(good(0)))
    os.truncate(tmp_path / "long.jpg", 30_000_000)
    monkeypatch.setattr(os, "read", lambda *given: pytest.fail("it was read"))
    for task in ("inspect", "mend", "describe"):
        with pytest.raises(Later):
            worker.tasks(4)[task](tmp_path / "long.jpg")


TELLS_PROCESSES = """
import os, sys, time
from helpers.cleaning import worker
from helpers.crew.together import PIXELS, wait_if_large

def inspect(path):
    wait_if_large(PIXELS / 3, PIXELS / int(sys.argv[1]) if sys.argv[1:] else PIXELS)
    mine = path.with_name(f"{os.getpid()}.here")
    if not mine.exists():  # the first waits for the second, however long that takes to start
        mine.touch()
        until = time.monotonic() + 20
        while len(list(path.parent.glob("*.here"))) < 2 and time.monotonic() < until:
            time.sleep(0.01)
    return os.getpid()

worker.main({"inspect": inspect})
"""


def test_pictures_too_large_for_all_processes_are_decoded_by_as_many_as_there_is_room_for(tmp_path, monkeypatch):
    """Else a folder of pictures of two megapixels would be decoded by one of 16 cores."""
    monkeypatch.setattr(crew, "COMMAND", [sys.executable, "-c", TELLS_PROCESSES])
    found = {}
    crew.work("inspect", tmp_path, [f"{number}.png" for number in range(400)], found.__setitem__, str, workers=4)
    assert sorted(found) == list(range(400))
    assert len(set(found.values())) == 2


def test_the_report_is_the_same_for_any_number_of_processes(pets, monkeypatch):
    monkeypatch.setattr(crew, "CHUNK", 1)
    assert list(cleaning.scan(pets, workers=1)) == list(cleaning.scan(pets, workers=2)) != []


def test_a_file_that_goes_away_meanwhile_costs_one_row(pets, tmp_path, monkeypatch):
    work = crew.work

    def lose(*given):
        (pets / "cats" / "2.jpg").unlink(missing_ok=True)
        return work(*given)

    monkeypatch.setattr(crew, "work", lose)
    report = cleaning.clean(pets, tmp_path / "clean")
    assert faults(report)["cats/2.jpg"] == "unreadable"
    assert not (tmp_path / "clean" / "cats" / "2.jpg").exists() and (tmp_path / "clean" / "cats" / "4.jpg").exists()


def test_a_file_that_changes_after_it_was_looked_at_is_not_copied(pets, tmp_path, monkeypatch):
    plan = copying.plan

    def change(*given):
        (pets / "cats" / "2.jpg").write_bytes(b"something else")
        (pets / "cats" / "grey.jpg").write_bytes(packed(good(99)))
        (pets / "cats" / "4.jpg").unlink()
        return plan(*given)

    monkeypatch.setattr(copying, "plan", change)
    report = cleaning.clean(pets, tmp_path / "clean")
    changed = {one.path for one in report if one.fault == "unreadable"}
    assert changed == {"cats/2.jpg", "cats/4.jpg", "cats/grey.jpg"}
    assert sorted(os.listdir(tmp_path / "clean" / "cats")) == ["0.jpg", "6.jpg"]


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        ("pets/clean", "lies inside"),
        ("pets", "lies inside"),
        (".", "holds"),
        ("full", "is there already"),
        ("file", "is there already"),
        ("dangling", "is there already"),
    ],
)
def test_a_copy_cannot_go_where_it_would_touch_anything(pets, tmp_path, destination, words):
    write(tmp_path / "full" / "mine.txt", b"mine")
    write(tmp_path / "file", b"mine")
    (tmp_path / "dangling").symlink_to("nowhere")
    make_old(tmp_path)
    before = state(tmp_path)
    with pytest.raises(InputError, match=words):
        cleaning.clean(pets, tmp_path / destination)
    assert state(tmp_path) == before


def test_an_empty_folder_may_be_filled(pets, tmp_path):
    (tmp_path / "clean").mkdir()
    cleaning.clean(pets, tmp_path / "clean")
    assert (tmp_path / "clean" / "dogs" / "1.jpg").is_file()


def test_a_full_disk_leaves_nothing_and_says_so(pets, tmp_path, monkeypatch):
    put, written = copying.put, []

    def fill(data, path):
        if len(written) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        put(data, path)

    monkeypatch.setattr(copying, "put", fill)
    with pytest.raises(InputError, match=r"No space left on device.*make room"):
        cleaning.clean(pets, tmp_path / "clean")
    assert os.listdir(tmp_path) == ["pets"]


def test_what_is_not_from_here_is_not_removed(pets, tmp_path):
    write(tmp_path / ".clean_unfinished" / "mine.txt", b"mine")
    with pytest.raises(InputError, match="in the way"):
        cleaning.clean(pets, tmp_path / "clean")
    assert (tmp_path / ".clean_unfinished" / "mine.txt").read_bytes() == b"mine"


def test_two_runs_do_not_write_the_same_copy(pets, tmp_path):
    with whole_folder(tmp_path / "clean"), pytest.raises(InputError, match="another run"):
        cleaning.clean(pets, tmp_path / "clean")


def test_killed_at_any_moment_no_half_is_taken_for_a_whole(pets, tmp_path):
    for number in range(100, 160):
        write(pets / "dogs" / f"{number}.jpg", packed(good(number)))
    kill_often(pets, tmp_path / "clean", kills=15, seed=0)


def kill_often(folder, destination, kills, seed):
    """Start and kill `clean` again and again: each time the copy is whole, or not there. Then let one run end."""
    cleaning.clean(folder, destination.with_name("whole"))
    whole = sorted(path.name for path in destination.with_name("whole").rglob("*"))
    make_old(folder)
    before, chance = state(folder), random.Random(seed)
    script = "import sys; from helpers import cleaning; cleaning.clean(sys.argv[1], sys.argv[2])"
    command = [sys.executable, "-c", script, str(folder), str(destination)]
    begun = time.monotonic()
    subprocess.run([*command[:-1], str(destination.with_name("timed"))], check=True, cwd=ROOT)
    usual = time.monotonic() - begun
    halves = 0
    for _ in range(kills):
        process = subprocess.Popen(command, cwd=ROOT)
        time.sleep(usual * chance.uniform(0.3, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if destination.exists():
            assert sorted(path.name for path in destination.rglob("*")) == whole
            subprocess.run(["rm", "-r", str(destination)], check=True)
        halves += destination.with_name(f".{destination.name}_unfinished").exists()
    subprocess.run(command, check=True, cwd=ROOT)
    assert sorted(path.name for path in destination.rglob("*")) == whole
    assert [name for name in os.listdir(destination.parent) if "unfinished" in name] == []
    assert state(folder) == before
    return halves


def test_links_are_made_where_nothing_needs_a_change(pets, tmp_path):
    cleaning.clean(pets, tmp_path / "clean", links=True)
    assert (tmp_path / "clean" / "dogs" / "1.jpg").samefile(pets / "dogs" / "1.jpg")
    assert not (tmp_path / "clean" / "cats" / "grey.jpg").samefile(pets / "cats" / "grey.jpg")


def test_of_links_no_more_shows_on_the_originals_than_is_said(pets, tmp_path):
    make_old(pets)
    before = state(pets)
    cleaning.clean(pets, tmp_path / "clean", links=True)
    after, linked = state(pets), os.fsencode(pets / "dogs" / "1.jpg")
    assert after[linked][3] == 2

    def but_for_links(seen):
        return [(path, mode, size, times[::2], content) for path, (mode, size, times, _, content) in seen.items()]

    assert but_for_links(after) == but_for_links(before)


def test_where_there_are_no_links_files_are_copied(pets, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    cleaning.clean(pets, tmp_path / "clean", links=True)
    assert (tmp_path / "clean" / "dogs" / "1.jpg").read_bytes() == (pets / "dogs" / "1.jpg").read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_two_classes_never_become_one_in_silence(tmp_path):
    for name in ("a:b", "a_b"):
        write(tmp_path / "pets" / name / "1.jpg", packed(good(len(name) + ord(name[1]))))
    with pytest.raises(InputError, match="'a:b' and 'a_b' would both be named 'a_b'.*rename"):
        cleaning.scan(tmp_path / "pets")


def test_a_copy_without_a_name_of_its_own_is_refused(tmp_path, monkeypatch):
    for number, name in enumerate(("cats", "dogs")):
        write(tmp_path / "pets" / name / "1.jpg", packed(good(number)))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(InputError, match="needs a folder of its own"):
        cleaning.clean(tmp_path / "pets", ".")

"""What people see of it: the summary, the page, and `labs clean`."""

import errno
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from cleaning_corpus import good, packed, write, write_digits

from helpers import cleaning, cli
from helpers.cleaning import duplicates, suspecting, thumbnails
from helpers.cleaning.report import Finding
from helpers.errors import InputError


@pytest.fixture
def pets(tmp_path):
    folder = tmp_path / "pets"
    for number in range(6):
        write(folder / ("cats", "dogs")[number % 2] / f"{number}.jpg", packed(good(number)))
    write(folder / "cats" / "empty.jpg", b"")
    write(folder / "dogs" / "grey.jpg", packed(good(8).convert("L")))
    return folder


class Reader(HTMLParser):
    """Collects what a page holds."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.addresses, self.alts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append(tag)
        self.addresses += [given[key] for key in ("src", "href") if key in given]
        self.alts += [given.get("alt")] if tag == "img" else []


def test_the_page_stands_alone_and_runs_nothing(pets, tmp_path):
    name = "<img src=x onerror=alert(1)>.jpg"
    write(pets / "dogs" / name, packed(good(9).convert("L")))
    cleaning.write_page(cleaning.scan(pets), pets, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    read = Reader(page)
    assert "script" not in read.tags and name not in page
    assert all(address.startswith(("data:image/jpeg;base64,", "#")) for address in read.addresses)
    assert f"dogs/{name}: grey" in read.alts and "dogs/grey.jpg: grey" in read.alts
    assert "prefers-color-scheme: dark" in page and "nothing to show" in page  # the empty file


@pytest.mark.parametrize("opening", ["the page", "a thumbnail"])
def test_no_program_is_started_for_what_is_no_picture(pets, tmp_path, monkeypatch, opening):
    """Pillow hands PostScript, whatever its name, to Ghostscript."""
    started = []
    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", lambda *given, **more: started.append(given))
    write(pets / "cats" / "eps.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 50 50\n%%EndComments\nshowpage\n")
    if opening == "the page":
        cleaning.write_page(cleaning.scan(pets), pets, tmp_path / "page.html")
    else:
        assert thumbnails.thumbnail(pets / "cats" / "eps.jpg", 99) is None
    assert started == []


def test_the_command_lists_and_its_exit_code_tells(pets, tmp_path, capsys):
    assert cli.main(["clean", str(pets), "--report", str(tmp_path / "f.csv"), "--page", str(tmp_path / "f.html")]) == 1
    assert re.search(r"1  empty +leave out", capsys.readouterr().out)
    assert (tmp_path / "f.csv").read_text().splitlines()[0] == "path,fault,detail,action"
    assert cli.main(["clean", str(pets), "--to", str(tmp_path / "clean")]) == 0
    assert cli.main(["clean", str(tmp_path / "clean")]) == 0
    assert "nothing wrong" in capsys.readouterr().out


def test_what_was_not_looked_at_is_not_counted_among_what_was(pets, tmp_path):
    for number in range(20):
        write(pets / "cats" / f".{number}.jpg", b"hidden")
    report = cleaning.scan(pets)
    assert report.summary().splitlines()[0] == "8 files looked at: 22 findings in 22 files and folders."
    cleaning.write_page(report, pets, tmp_path / "page.html")
    assert "<h1>8 files looked at: 22 findings</h1>" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_command_follows_decisions(pets, tmp_path):
    cleaning.write_decisions({"dogs/1.jpg": "drop"}, tmp_path / "mine.csv")
    clean = tmp_path / "clean"
    assert cli.main(["clean", str(pets), "--to", str(clean), "--decisions", str(tmp_path / "mine.csv"), "--links"]) == 0
    assert sorted(path.name for path in (clean / "dogs").iterdir()) == ["3.jpg", "5.jpg", "grey.jpg"]


@pytest.mark.parametrize(
    "more", [["--decisions", "x.csv"], ["--links"], ["--report", "{}/cats/f.csv"], ["--page", "{}/f.html"]]
)
def test_wrong_usage_is_said_and_nothing_is_written(pets, capsys, more):
    before = sorted(pets.rglob("*"))
    assert cli.main(["clean", str(pets), *[part.format(pets) for part in more]]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert sorted(pets.rglob("*")) == before


def test_where_many_pictures_are_alike_by_nature_that_is_said_and_they_can_be_kept(tmp_path, capsys):
    write_digits(tmp_path / "digits", 80)
    found = cleaning.scan(tmp_path / "digits").counts()
    assert found["near copy"] > 20  # of 80, none of which is one
    assert cli.main(["clean", str(tmp_path / "digits"), "--no-near-copies", "--to", str(tmp_path / "clean")]) == 0
    assert "near" not in capsys.readouterr().out
    assert len(list((tmp_path / "clean").rglob("*.png"))) == 80
    cli.main(["clean", str(tmp_path / "digits"), "--no-near-copies"])
    assert "near" not in capsys.readouterr().out
    cli.main(["clean", str(tmp_path / "digits")])
    assert "Then seek no near copies, by `--no-near-copies`" in capsys.readouterr().out


def test_too_few_pictures_to_suspect_any_cost_no_report(pets, tmp_path, capsys):
    words = [
        "clean",
        str(pets),
        "--suspects",
        "3",
        "--report",
        str(tmp_path / "f.csv"),
        "--to",
        str(tmp_path / "clean"),
    ]
    assert cli.main(words) == 2
    said = capsys.readouterr()
    assert "too few pictures" in said.err and "empty" in said.out
    assert "cats/empty.jpg,empty" in (tmp_path / "f.csv").read_text()


@pytest.mark.parametrize("what", ["--report", "--page"])
def test_a_report_that_cannot_be_written_costs_nothing_of_what_was_found(pets, tmp_path, capsys, monkeypatch, what):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("helpers.cleaning.report.write_whole", full)
    assert cli.main(["clean", str(pets), "--to", str(tmp_path / "clean"), what, str(tmp_path / "f")]) == 2
    said = capsys.readouterr()
    assert "cannot be written (No space left on device)" in said.err
    assert "empty" in said.out and f"7 files written to {tmp_path / 'clean'}." in said.out


@pytest.mark.parametrize("two", [("--report", "--page"), ("--to", "--report"), ("--to", "--page")])
def test_two_things_are_not_written_to_one_place(pets, tmp_path, capsys, two):
    assert cli.main(["clean", str(pets), two[0], str(tmp_path / "x"), two[1], str(tmp_path / "." / "x")]) == 2
    assert "cannot be two of the copy, the report and the page" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_all_faults_can_be_listed(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["clean", "--faults"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in cleaning.FAULTS)


def test_what_links_do_to_the_originals_is_said_before(capsys):
    with pytest.raises(SystemExit):
        cli.main(["clean", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert re.search(r"--links .*counts one link more of it and notes the time \(ctime\).*writes into both", shown)
    assert "ctime" in cleaning.clean.__doc__ and "ctime" in cleaning.__doc__


def test_the_room_is_light():
    heavy = ["tensorflow", "keras", "cv2", "PIL", "scipy", "sklearn", "matplotlib", "IPython"]
    script = f"import sys, helpers.cleaning; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


def test_a_script_without_a_main_guard_may_call_it(pets, tmp_path):
    (tmp_path / "mine.py").write_text(f"from helpers import cleaning\nprint(cleaning.scan({str(pets)!r}).counts())\n")
    command = [sys.executable, str(tmp_path / "mine.py")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "{'empty': 1, 'grey': 1}"


def test_a_wrong_label_is_among_the_suspects(tmp_path):
    for number in range(60):  # cats are bright above, dogs below
        picture = good(number, 64, 64)
        sky = picture.resize((64, 30)).point(lambda v: 200 + v // 5)
        picture.paste(sky, (0, 0 if number % 2 else 34))
        label = ("cats", "dogs")[number % 2 if number not in (10, 21) else 1 - number % 2]
        write(tmp_path / label / f"{number}.jpg", packed(picture))
    found = cleaning.suspects(tmp_path, 2)
    assert sorted(one.path for one in found) == ["cats/21.jpg", "dogs/10.jpg"]
    assert [one.fault for one in found] == ["suspect"] * 2


def test_what_was_decided_is_no_suspect(tmp_path, monkeypatch, capsys):
    for number in range(12):
        for kind in ("cats", "dogs"):
            write(tmp_path / "pets" / kind / f"{number}.jpg", packed(good(2 * number + (kind == "dogs"))))
    found = [Finding(f"cats/{number}.jpg", "suspect", "dogs?", "keep") for number in (1, 2)]
    monkeypatch.setattr(cleaning, "suspects", lambda *_: found)
    (tmp_path / "said.csv").write_text("path,decision\ncats/1.jpg,keep\n")
    words = ["clean", str(tmp_path / "pets"), "--to", str(tmp_path / "clean"), "--suspects", "2"]
    cli.main([*words, "--decisions", str(tmp_path / "said.csv"), "--report", str(tmp_path / "report.csv")])
    told = (tmp_path / "report.csv").read_text()
    assert "cats/2.jpg" in told and "cats/1.jpg" not in told


def test_suspects_are_sought_in_parts_of_a_large_folder_each_with_all_classes(tmp_path, monkeypatch):
    monkeypatch.setattr(suspecting, "TOGETHER", 50)  # so that 150 pictures of one class and 12 of another are four
    for number in range(162):
        label = "cats" if number < 150 else "dogs"
        write(tmp_path / label / f"{number}.jpg", packed(good(number, 64, 64)))
    held, judge = [], suspecting.judge
    monkeypatch.setattr(suspecting, "judge", lambda one, labels: held.append(labels.tolist()) or judge(one, labels))
    found = cleaning.suspects(tmp_path)
    assert len({one.path for one in found}) == len(found) == 162
    assert len(held) == 4 and all(part.count("cats") <= 40 and part.count("dogs") == 12 for part in held)


@pytest.mark.parametrize("dogs, broken", [(0, 0), (9, 0), (12, 3)])
def test_where_a_class_has_too_few_pictures_that_is_said(tmp_path, dogs, broken):
    for number in range(20 + dogs):
        write(tmp_path / ("cats" if number < 20 else "dogs") / f"{number}.jpg", packed(good(number, 64, 64)))
    for number in range(20, 20 + broken):
        write(tmp_path / "dogs" / f"{number}.jpg", b"no picture")
    with pytest.raises(InputError, match="too few pictures to train on; two classes or more .*, and 10 in each"):
        cleaning.suspects(tmp_path)


def test_a_class_of_few_pictures_does_not_keep_the_others_from_being_compared(tmp_path, capsys):
    for label, many in (("birds", 4), ("cats", 12), ("dogs", 12), ("fish", 12)):
        for number in range(many):
            write(tmp_path / label / f"{number}.jpg", packed(good(number, 64, 64)))
    for number in range(3):
        write(tmp_path / "fish" / f"{number}.jpg", b"no picture")
    found = cleaning.suspects(tmp_path)
    assert len(found) == 24 and {one.path[:4] for one in found} == {"cats", "dogs"}
    assert "not compared, as fewer than 10 pictures can be: birds, fish." in capsys.readouterr().err


def test_the_hash_of_a_picture_tells_which_way_it_gets_brighter():
    right = np.tile(np.arange(9, dtype="uint8"), (8, 1))
    below = np.tile(np.arange(9, dtype="uint8")[:, None], (1, 8))
    assert duplicates.difference_hash(right, below) == b"\xff" * 16
    assert duplicates.difference_hash(right[:, ::-1], below) == b"\0" * 8 + b"\xff" * 8
    assert duplicates.difference_hash(right, below[::-1]) == b"\xff" * 8 + b"\0" * 8

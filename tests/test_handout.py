"""The archive for a class without a network holds all that a start needs, and its script is for the right Python."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from helpers import cli, datasets, handout, lessons
from helpers.errors import InputError
from helpers.page import runtime


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """An archive for Windows and Python 3.12, without pictures; and what pip was asked for in place of packages."""
    place, asked = tmp_path_factory.mktemp("handout"), []

    def run(words, **_):
        asked[:] = words
        folder = Path(words[words.index("--dest") + 1])
        folder.mkdir()
        (folder / "one.whl").write_bytes(b"wheel")
        return subprocess.CompletedProcess(words, 0, "", "")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", run)
        patch.setattr(datasets, "load", lambda name: name)
        patch.setattr(handout, "WITH", tuple(name for name in handout.WITH if not name.startswith("data")))
        made = handout.handout(place / "for class.zip", "windows", "3.12")
    with zipfile.ZipFile(made) as archive:
        archive.extractall(place / "there")
        return place / "there" / "lessons", asked, archive.namelist()


def test_all_that_a_start_needs_is_in_it(packed):
    place, _, names = packed
    for lesson in lessons.names():
        assert f"lessons/notebooks/{lesson}.ipynb" in names
    for name in ("start.sh", "start.bat", "requirements.txt", "pyproject.toml", "helpers/cli.py", "wheels/one.whl"):
        assert (place / name).is_file()
    assert not [name for name in names if "__pycache__" in name or "/." in name or "/build/" in name]


def test_the_longer_runs_that_lessons_show_are_in_it(packed):
    words = "from helpers.experiments import longer_run; print(len(longer_run('claims_stop')))"
    done = subprocess.run([sys.executable, "-c", words], cwd=packed[0], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 0


def test_the_packages_are_those_of_the_system_and_python_that_are_named(packed):
    _, asked, _ = packed
    assert [word for word in asked if word.startswith("tensorflow")] == ["tensorflow-cpu<2.22,>=2.20"]
    assert "win_amd64" in asked and "--only-binary=:all:" in asked
    assert asked[asked.index("--python-version") + 1] == "3.12"
    assert "pywin32" in asked and "setuptools>=77" in asked


def test_the_script_is_sound_and_refuses_another_python(packed):
    place, _, _ = packed
    script = (place / "start.sh").read_text()
    assert "(3, 12)" in script and "VERSION" not in script
    assert "py -3.12" in (place / "start.bat").read_text()
    if sys.platform != "win32":
        assert subprocess.run(["sh", "-n", str(place / "start.sh")], check=False).returncode == 0
        words = ["env", "PYTHON=false", "sh", str(place / "start.sh"), "--only-set-up"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 2 and "This handout is for Python 3.12" in done.stderr


def test_what_cannot_be_made_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(datasets, "load", lambda name: name)
    monkeypatch.setattr(runtime, "fetched", lambda: None)
    with pytest.raises(InputError, match="amiga: no system that a handout is made for; choose among these: linux"):
        handout.handout(tmp_path / "a.zip", "amiga")
    (tmp_path / "a.zip").touch()
    assert cli.main(["handout", "--to", str(tmp_path / "a.zip")]) == 2
    assert "is there already and is not overwritten" in capsys.readouterr().err
    failed = subprocess.CompletedProcess([], 1, "", "ERROR: no such package\n")
    monkeypatch.setattr(handout.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(InputError, match=r"packages for macos and Python 3.11 cannot be fetched \(ERROR: no such"):
        handout.handout(tmp_path / "b.zip", "macos", "3.11")
    failed.stderr = "WARNING: Retrying (…) after connection broken by 'NewConnectionError(…)'\nERROR: No matching …\n"
    with pytest.raises(InputError, match=r"cannot be fetched \(no connection\); check the network and call again"):
        handout.handout(tmp_path / "b.zip", "macos", "3.11")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("there", [True, False])
def test_what_a_page_in_the_browser_needs_is_packed_or_told(tmp_path, monkeypatch, capsys, there):
    def fetched():
        if not there:
            raise InputError("npm is not here.")
        return package

    package = tmp_path / runtime.FILE
    package.write_bytes(b"a runtime")
    monkeypatch.setattr(runtime, "fetched", fetched)
    monkeypatch.setattr(datasets, "load", lambda name: name)
    monkeypatch.setattr(handout, "fetch", lambda wheels, *_: wheels.mkdir())
    monkeypatch.setattr(handout, "WITH", ("helpers",))
    assert cli.main(["handout", "--to", str(tmp_path / "a.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path)
    packed = tmp_path / "lessons" / runtime.PACKED.relative_to(lessons.PROJECT)
    assert packed.is_file() == there and (not there or packed.read_bytes() == b"a runtime")
    assert ("`labs page` needs, which will fail there" in capsys.readouterr().err) != there


def test_pictures_of_ones_own_stay_out_of_it(tmp_path, monkeypatch):
    for name in ("README.md", "drawn/train/cats/1.jpg", "my_class/ann/1.jpg", "drawn_old_1/train/cats/mine.jpg"):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).touch()
    monkeypatch.setattr(lessons, "PROJECT", tmp_path)
    monkeypatch.setattr(handout, "WITH", [name for name in handout.WITH if name.startswith("data")])
    found = {path.relative_to(tmp_path).as_posix() for path in handout.files()}
    assert found == {"data/README.md", "data/drawn/train/cats/1.jpg"}


@pytest.mark.parametrize("version", ["3", "3.12.4", "3.x"])
def test_a_version_that_its_script_could_not_tell_is_refused(tmp_path, version):
    with pytest.raises(InputError, match="give two numbers, as in 3.12"):
        handout.handout(tmp_path / "class.zip", "linux", version)

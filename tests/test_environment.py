"""A wrong Python or package is named, with what to do."""

import os

import pytest

from helpers import environment
from helpers.errors import InputError


def test_the_environment_of_the_tests_is_fine():
    environment.check()


@pytest.mark.parametrize(
    ("many", "before", "then"),
    [(1, None, "4"), (2, None, "2"), (9, None, "1"), (2, "1", "1"), (2, "8", "2"), (2, "x", "2")],
)
def test_what_runs_side_by_side_shares_the_cores_and_takes_no_more_than_is_allowed(monkeypatch, many, before, then):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    names = ("OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    for name in names:
        monkeypatch.delenv(name, raising=False)
        if before:
            monkeypatch.setenv(name, before)
    with environment.shared_cores(many):
        assert [os.environ[name] for name in names] == [then, then]
    assert [os.environ.get(name) for name in names] == [before, before]


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_another_python_is_named_with_those_that_serve(version):
    with pytest.raises(InputError, match=rf"Python {version[0]}\.{version[1]}.*3\.11 to 3\.13"):
        environment.check(version)


def test_a_missing_package_is_named_with_the_command_that_brings_it(monkeypatch):
    monkeypatch.setattr(environment, "requirement_lines", lambda: ["numpy>=1", "no-such-package>=1"])
    with pytest.raises(InputError, match="no-such-package is missing: run `pip install -r requirements.txt`"):
        environment.check()


def test_a_package_out_of_range_is_named_with_its_range(monkeypatch):
    monkeypatch.setattr(environment, "requirement_lines", lambda: ["numpy>=99,<100"])
    with pytest.raises(InputError, match="numpy is .*, and <100,>=99 is needed"):
        environment.check()


def test_lines_for_another_system_are_left_alone(monkeypatch):
    monkeypatch.setattr(environment, "requirement_lines", lambda: ['no-such-package; sys_platform == "amiga"'])
    environment.check()


def test_every_requirement_gives_its_reason():
    file = environment.Path(environment.__file__).resolve().parent.parent / "requirements.txt"
    above = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        names_a_package = line and line[0] not in "#-"
        assert not names_a_package or "# " in line or above.startswith("#") or "tensorflow" in above, line
        above = line

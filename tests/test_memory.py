"""How much memory is left: of the system, and of the container that the program runs in."""

import sys

import pytest

from helpers import memory

GIGABYTE = 2**30


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A system with 8 GB left."""
    (tmp_path / "meminfo").write_text("MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n")
    (tmp_path / "group").write_text("")
    monkeypatch.setattr(memory, "MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "GROUP", tmp_path / "group")
    monkeypatch.setattr(memory, "GROUPS", tmp_path / "groups")
    return tmp_path


def bound(folder, names, most, used, spare):
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in zip(names, (most, used, spare), strict=True):
        (folder / name).write_text(
            f"inactive_file {spare}\ntotal_inactive_file {spare}\n" if "stat" in name else str(value)
        )


NEW = "memory.max", "memory.current", "memory.stat"
OLD = "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat"


def test_without_a_container_it_is_what_the_system_has_left(machine):
    assert memory.available() == 8 * GIGABYTE


@pytest.mark.parametrize("seen", ["inside", "outside"])
def test_a_container_of_either_kind_bounds_it(machine, seen):
    path = "/a/b" if seen == "outside" else "/not/seen/here"
    for said, root, names in (
        (f"0::{path}\n", machine / "groups", NEW),
        (f"5:cpu:/\n4:memory,other:{path}\n", machine / "groups" / "memory", OLD),
    ):
        (machine / "group").write_text(said)
        bound(root / path.strip("/") if seen == "outside" else root, names, 2 * GIGABYTE, GIGABYTE, GIGABYTE // 2)
        assert memory.available() == 1.5 * GIGABYTE


def test_a_group_without_a_bound_takes_nothing_away(machine):
    (machine / "group").write_text("0::/a\n")
    bound(machine / "groups" / "a", NEW, "max", GIGABYTE, 0)
    assert memory.available() == 8 * GIGABYTE


def test_where_a_system_does_not_say_there_is_plenty(machine):
    (machine / "meminfo").unlink()
    assert memory.available() == memory.PLENTY


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says it")
def test_of_this_machine_it_is_known():
    assert 0 < memory.available() != memory.PLENTY

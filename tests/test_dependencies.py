"""Every package that is asked for has its row on the page of dependencies, and its hashes in a lock."""

import importlib.util
import re
import shutil
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement

from helpers.environment import requirement_lines
from helpers.lessons import PROJECT

about = importlib.util.spec_from_file_location("dependencies", PROJECT / "docs" / "dependencies.py")
dependencies = importlib.util.module_from_spec(about)
about.loader.exec_module(dependencies)
ASKED = {package: reason for group in dependencies.asked().values() for package, reason in group.items()}
EXTRAS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
NEEDED = {"requirements.lock": requirement_lines()} | {f"requirements-{name}.lock": EXTRAS[name] for name in EXTRAS}


def locked(name):
    """The file, and (package, version, marker, hashes) of each in it."""
    text = (PROJECT / name).read_text(encoding="utf-8")
    form = r"^([\w.-]+)==(\S+)(?: ; (.+?))? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    return text, re.findall(form, text, re.M)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_all_that_is_asked_for_is_known_and_nothing_else():
    assert list(dependencies.read()) == list(ASKED)
    assert {Requirement(line).name for line in requirement_lines()} < set(ASKED)
    assert {"playwright", "distributed", "elpv-dataset"} < set(ASKED)


@pytest.mark.parametrize("package", ASKED)
def test_a_package_has_its_reason_licence_release_and_what_would_replace_it(package):
    row = dependencies.read()[package]
    assert len(ASKED[package]) > 4 and len(row["instead"]) > 10 and row["licence"]
    assert re.match(r"\d+[.\d]+", row["newest"])
    assert "2015-01-01" < row["released"] <= row["looked_up"] and re.fullmatch(r"\d{4}-\d\d-\d\d", row["looked_up"])


def test_the_page_is_what_the_script_makes():
    text = dependencies.PAGE.read_text(encoding="utf-8")
    assert dependencies.TABLE.sub(lambda _: dependencies.tables(dependencies.read()), text) == text
    for package, reason in ASKED.items():
        assert f"\n| {package} | {reason} | " in text


@pytest.mark.parametrize("name", NEEDED)
def test_a_lock_has_a_release_with_hashes_in_the_range_of_each_line(name):
    text, found = locked(name)
    versions = {normal(package): version for package, version, _, _ in found}
    for line in NEEDED[name]:
        needed = Requirement(line)
        assert needed.specifier.contains(versions.get(normal(needed.name), "0")), f"{line}: `make lock` adds it"
    assert len(found) == len(re.findall(r"^\S", text, re.M)) > len(NEEDED[name])  # no line is of another form
    assert len(found) > 100 or name != "requirements.lock"


@pytest.mark.parametrize("name", NEEDED)
def test_a_lock_names_no_place(name):
    text, _ = locked(name)
    assert "://" not in text and not re.search(r"^(-|#)", text, re.M) and "image-labs" not in text


def test_locks_that_are_installed_together_agree():
    common = {(package, version): hashes for package, version, _, hashes in locked("requirements.lock")[1]}
    for name in NEEDED:
        for package, version, _, hashes in locked(name)[1]:
            if package in {one for one, _ in common}:
                assert common[package, version] == hashes, f"{name}, {package}: run `make lock`"


@pytest.mark.skipif(not shutil.which("make"), reason="make is not here")
def test_all_locks_are_made_and_audited_and_on_the_page():
    says = {
        target: subprocess.check_output(["make", "-n", target], cwd=PROJECT, text=True) for target in ("lock", "audit")
    }
    page = dependencies.PAGE.read_text(encoding="utf-8")
    for name in NEEDED:
        assert f"-r {name}" in says["audit"] and f"`{name}`" in page
    for extra in EXTRAS:
        assert re.search(rf"for extra in .*\b{extra}\b", says["lock"])

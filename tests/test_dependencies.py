"""Every package that is asked for has its row on the page of dependencies, and its hashes in the lock."""

import importlib.util
import re

import pytest
from packaging.requirements import Requirement

from helpers.environment import requirement_lines
from helpers.lessons import PROJECT

about = importlib.util.spec_from_file_location("dependencies", PROJECT / "docs" / "dependencies.py")
dependencies = importlib.util.module_from_spec(about)
about.loader.exec_module(dependencies)
ASKED = {package: reason for group in dependencies.asked().values() for package, reason in group.items()}
LOCKED = re.findall(
    r"^([\w.-]+)==(\S+)(?: ; (.+?))? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    (PROJECT / "requirements.lock").read_text(encoding="utf-8"),
    re.M,
)


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


def test_the_lock_has_a_release_with_hashes_in_the_range_of_each_line():
    versions = {normal(name): version for name, version, _, _ in LOCKED}
    for line in requirement_lines():
        needed = Requirement(line)
        assert needed.specifier.contains(versions.get(normal(needed.name), "0")), f"{line}: `make lock` adds it"
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert len(LOCKED) == len(re.findall(r"^\S", text, re.M)) > 100  # no line is of another form


def test_the_lock_names_no_place():
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text and not re.search(r"^(-|#)", text, re.M) and "image-labs" not in text

"""One archive for a classroom without a network: the project, its drawn pictures, its packages, a script to start."""

import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

from helpers import datasets, environment, lessons
from helpers.errors import InputError

WITH = ("helpers", "notebooks", "docs", "tests", "benchmarks", "Makefile", "pyproject.toml", "requirements.txt")
WITH += ("data/README.md", "data/drawn", "texts", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE")
WITH += ("LICENSE-TEXT",)
WITHOUT = {"__pycache__", ".ipynb_checkpoints", "browser"}
TO_BUILD = ("setuptools>=77", "wheel")  # what pip needs for the project itself
# What a package's own conditions ask for on that system only: pip looks at them with the eyes of this machine.
SYSTEMS = {
    "linux": ("linux", "x86_64", ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"), ()),
    "windows": ("win32", "AMD64", ("win_amd64",), ("colorama", "pywinpty", "pywin32", "tzdata")),
    "macos": ("darwin", "arm64", ("macosx_14_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64"), ("appnope",)),
}
UNIX = """#!/bin/sh
# Sets up the lessons from this folder alone, once, and opens them. No network is needed.
set -e
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info[:2] != VERSION)' || {
    echo "This handout is for Python VERSION_TEXT; install that, or name it: PYTHON=/path/to/it sh start.sh" >&2
    exit 2
}
if [ ! -f .venv/ready ]; then
    rm -rf .venv
    "$PYTHON" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \\
        --no-index --find-links wheels -r requirements.txt
    touch .venv/ready
fi
[ "$1" = "--only-set-up" ] || exec .venv/bin/jupyter lab --notebook-dir=notebooks
"""
WINDOWS = """@echo off
rem Sets up the lessons from this folder alone, once, and opens them. No network is needed.
cd /d "%~dp0"
if not exist .venv\\ready (
    py -VERSION_TEXT -m venv .venv || (echo This handout is for Python VERSION_TEXT; install that. & exit /b 2)
    .venv\\Scripts\\python -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels ^
        -r requirements.txt || exit /b 2
    type nul > .venv\\ready
)
if "%1"=="--only-set-up" exit /b 0
.venv\\Scripts\\jupyter lab --notebook-dir=notebooks
"""


def handout(target: Path, system: str = "", python: str = "", browser: Path | None = None) -> Path:
    """Write the archive: unpacked, `sh start.sh` (or start.bat) sets everything up from it and opens the lessons.

    system: linux, windows or macos; this machine's if not given. python: as in "3.12"; this one if not given.
    browser: the package for `labs page`, from `helpers.page.runtime.fetched`; without it that command fails there.
    Raises InputError for an unknown system, for a version that is not two numbers, where `target` is there already, and
    where a package cannot be had.
    """
    system, python = system or this_system(), python or f"{sys.version_info[0]}.{sys.version_info[1]}"
    if system not in SYSTEMS:
        raise InputError(f"{system}: no system that a handout is made for; choose among these: {', '.join(SYSTEMS)}.")
    if not re.fullmatch(r"\d+\.\d+", python):
        raise InputError(f"{python}: no version that a handout is made for; give two numbers, as in 3.12.")
    if target.exists():
        raise InputError(f"{target}: is there already and is not overwritten; choose another name, or remove it.")
    datasets.load("drawn")  # drawn if it is not there yet
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        wheels, unfinished = Path(scratch) / "wheels", Path(scratch) / "handout.zip"
        fetch(wheels, system, python)
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in (("start.sh", UNIX), ("start.bat", WINDOWS.replace("\n", "\r\n"))):
                add_text(archive, name, versioned(text, python))
            for path in files():
                archive.write(path, f"lessons/{path.relative_to(lessons.PROJECT).as_posix()}")
            for path in sorted(wheels.iterdir()):
                archive.write(path, f"lessons/wheels/{path.name}", zipfile.ZIP_STORED)  # they are packed already
            if browser:
                archive.write(browser, f"lessons/downloads/{browser.name}", zipfile.ZIP_STORED)
        os.replace(unfinished, target)
    return target


def this_system() -> str:
    return {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}.get(platform.system(), platform.system())


def versioned(text: str, python: str) -> str:
    """The start script for one version of Python: compiled packages are for that one."""
    return text.replace("VERSION_TEXT", python).replace("VERSION", str(tuple(map(int, python.split(".")))))


def add_text(archive: zipfile.ZipFile, name: str, text: str) -> None:
    about = zipfile.ZipInfo(f"lessons/{name}", (2020, 1, 1, 0, 0, 0))
    about.external_attr = 0o755 << 16  # a script may be run
    archive.writestr(about, text)


def files() -> Iterator[Path]:
    """What of the project goes into the archive."""
    for name in WITH:
        place = lessons.PROJECT / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            parts = path.relative_to(lessons.PROJECT).parts
            if path.is_file() and not any(part in WITHOUT or part.startswith(".") for part in parts):
                yield path


def fetch(folder: Path, system: str, python: str) -> None:
    """Download the packages for that system and Python into a folder. Raises InputError where one cannot be had."""
    name, machine, tags, extra = SYSTEMS[system]
    there = {"sys_platform": name, "platform_machine": machine, "python_version": python}
    needed = [Requirement(line) for line in environment.requirement_lines()]
    wanted = [f"{one.name}{one.specifier}" for one in needed if not one.marker or one.marker.evaluate(there)]
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--dest", str(folder)]
    words += ["--only-binary=:all:", "--python-version", python, "--implementation", "cp"]
    words += [word for tag in (*tags, "any") for word in ("--platform", tag)]
    done = subprocess.run([*words, *wanted, *TO_BUILD, *extra], capture_output=True, text=True, check=False)
    if done.returncode:
        what = f"the packages for {system} and Python {python} cannot be fetched"
        if "connection broken" in done.stderr:  # pip ends with: there is no such package
            raise InputError(f"{what} (no connection); check the network and call again.")
        reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise InputError(f"{what} ({reason}); mend that.")

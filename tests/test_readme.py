"""What README and CONTRIBUTING tell people to type or to open is there."""

import ast
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from helpers import __version__, cli, datasets, lessons
from helpers.environment import PYTHONS, requirement_lines

ROOT = lessons.PROJECT
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "data/README.md", "docs/first_exercise.md")]
BOTH = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def commands(page, name):
    """Every command of that name on a page, from blocks and from the running text, as lists of words."""
    text = page.read_text(encoding="utf-8")
    blocks = [line for block in re.findall(r"```\w*\n(.*?)```", text, re.S) for line in block.splitlines()]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    words = [shlex.split(line.split(" #")[0]) for line in [*blocks, *spans]]
    return [line for line in words if line and Path(line[0]).name == name]


@BOTH
def test_every_make_target_exists(page):
    targets = set(re.findall(r"^([\w.-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    settings = set(re.findall(r"^(\w+) \?=", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for line in commands(page, "make"):
        for word in line[1:]:
            name, given, _ = word.partition("=")
            assert name in (settings if given else targets), f"{page.name}: {' '.join(line)}"


@BOTH
def test_every_labs_command_is_understood(page):
    for line in commands(page, "labs"):
        words = [word for word in line[1:] if word != "…"]
        if len(words) <= 1 or "--help" in words:  # only a name, in the running text
            assert not words or words[0] == "--help" or words[0] in names(), f"{page.name}: {' '.join(line)}"
            continue
        cli.parser().parse_args(words)  # raises InputError for a word that it does not know


def names():
    """The commands that `labs` knows."""
    return re.findall(r"^    ([\w-]+) ", cli.parser().format_help(), re.M)


@BOTH
@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_every_make_command_can_be_run(page):
    for line in commands(page, "make"):
        words = ["make", "--dry-run", "--always-make", *line[1:], "PYTHON=true"]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{page.name}: {' '.join(line)}: {done.stderr}"


def test_the_steps_for_photos_of_ones_own_work_as_they_are_written(tmp_path, monkeypatch, stand_in):
    """In the folder of a user, with fewer pictures and less time than the README says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets, "default_directory", lambda: tmp_path / "data")
    steps = {
        line[1]: line[1:]
        for line in commands(PAGES[0], "labs")
        if {"my_photos", "my_photos_clean", "my_model.keras"} & set(line)
    }
    drawn = [{"400": "120"}.get(word, word) for word in steps["data"]]
    assert cli.main(drawn) == 0
    assert cli.main(steps["clean"]) in (0, 1)  # 1: some are for a person to decide
    assert (tmp_path / "findings.csv").is_file()
    assert cli.main([{"3": "0.02"}.get(word, word) for word in steps["train"]]) == 0
    shutil.copy(next((tmp_path / "my_photos_clean").rglob("*.jpg")), tmp_path / "another_photo.jpg")
    assert cli.main(steps["predict"]) == 0
    assert cli.main([{"FOLDER": "my_photos_clean/validation"}.get(word, word) for word in steps["evaluate"]]) == 0
    for name, made in (("export", "MODEL_CARD.md"), ("page", "index.html")):
        assert cli.main([{"DIR": name}.get(word, word) for word in steps[name]]) == 0
        assert (tmp_path / name / made).is_file()


def test_one_version_everywhere():
    texts = {
        name: (ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "CITATION.cff", "CHANGELOG.md")
    }
    assert f'version = "{__version__}"' in texts["pyproject.toml"]
    assert f"version: {__version__}\n" in texts["CITATION.cff"]
    assert re.search(rf"^## \[?(Unreleased|{re.escape(__version__)})", texts["CHANGELOG.md"], re.M)


def test_files_for_a_seat_on_a_server_are_there():
    assert (ROOT / "binder" / "requirements.txt").read_text() == "-r ../requirements.txt\n"
    python = re.fullmatch(r"python-(3\.\d+)\n", (ROOT / "binder" / "runtime.txt").read_text())[1]
    oldest, newest = PYTHONS
    assert oldest <= tuple(map(int, python.split("."))) <= newest
    assert "labs data drawn" in (ROOT / "binder" / "postBuild").read_text()


def test_the_workflow_runs_all_systems_and_both_ends_of_what_we_promise():
    work = yaml.safe_load((ROOT / ".github" / "workflows" / "lessons.yml").read_text(encoding="utf-8"))
    when, jobs = work[True], work["jobs"]  # YAML takes `on` for true
    assert when["schedule"][0]["cron"].split()[2:4] == ["*", "*"] and when["schedule"][0]["cron"].split()[4] != "*"
    matrix = jobs["newest"]["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert matrix["python"] == [f"3.{minor}" for minor in range(PYTHONS[0][1], PYTHONS[1][1] + 1)]
    (pin,) = (step["run"] for step in jobs["oldest"]["steps"] if "sed -E" in step.get("run", ""))
    rule, into = re.search(r"s/(.+?)/(.+?)/'", pin).groups()
    for line in requirement_lines():
        oldest = Requirement(re.sub(rule, into, line))
        (version,) = re.findall(r">=([\d.]+)", line)
        first = f"{version}.0"
        assert oldest.specifier.contains(first) and Requirement(line).specifier.contains(first), line
        assert not oldest.specifier.contains(f"{version}999.0") and "~=" in str(oldest.specifier), line


@BOTH
def test_every_link_leads_to_a_file(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    for link in links:
        if "://" not in link:
            assert (page.parent / link.split("#")[0]).exists(), f"{page.name}: {link}"


def test_every_lesson_is_in_the_readme_with_a_small_picture():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for lesson in lessons.names():
        assert f"(notebooks/{lesson}.ipynb)" in text
        alt = re.search(rf"!\[([^\]]+)\]\(docs/pictures/{lesson}\.png\)", text)
        assert alt, f"{lesson}: no picture with alt text"
    for picture in lessons.PICTURES.glob("*.png"):
        assert picture.stat().st_size <= lessons.PICTURE_BYTES, picture.name


def test_readme_commands_are_found_at_all():
    assert len(commands(PAGES[0], "make")) >= 8
    assert len(commands(PAGES[0], "labs")) >= 5


def test_a_room_of_helpers_uses_only_those_before_it():
    (row,) = [line for line in PAGES[0].read_text(encoding="utf-8").splitlines() if line.startswith("| [helpers/]")]
    rooms = re.findall(r"`(\w+)`", row)
    assert rooms[0] == "drawing" and rooms[-1] == "attribution"
    for place, room in enumerate(rooms):
        files = [*(ROOT / "helpers" / room).rglob("*.py"), *(ROOT / "helpers").glob(f"{room}.py")]
        assert files
        for file in files:
            assert not used_by(file) & set(rooms[place + 1 :]), file


def used_by(file):
    """The rooms of `helpers` that a file imports, wherever in it."""
    steps = [one for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(one, ast.ImportFrom)]
    names = [f"{one.module}.{name.name}.".split(".") for one in steps if one.module for name in one.names]
    return {second for first, second, *_ in names if first == "helpers"}

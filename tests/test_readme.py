"""What README and CONTRIBUTING tell people to type or to open is there."""

import re
import shlex
from pathlib import Path

import pytest

from helpers import cli, lessons

ROOT = lessons.PROJECT
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "data" / "README.md"]
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
    return re.findall(r"^    (\w+) ", cli.parser().format_help(), re.M)


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

"""The page "When it goes wrong": each message on it is what Python, Keras, TensorFlow, Pillow and `labs` say today."""

import contextlib
import io
import re
import shutil

import pytest
import wrong_files  # noqa: F401 brings messages about
import wrong_models  # noqa: F401
from wrong_page import ENTRIES, GIVEN, SAYS

from helpers import environment
from helpers.errors import InputError


def test_every_symptom_on_the_page_is_brought_about_here():
    with_message = [heading for heading, entry in ENTRIES.items() if not entry.code]
    assert sorted(with_message) == sorted(SAYS)
    assert sorted(set(ENTRIES) - set(with_message)) == sorted(GIVEN)
    assert len(ENTRIES) > 50


@pytest.mark.parametrize("heading", SAYS)
def test_the_message_is_what_is_really_said(heading, tmp_path):
    if heading.startswith("`") and not shutil.which("make"):
        pytest.skip("there is no make, or no bash, to ask")
    wanted = ENTRIES[heading].said
    rest = SAYS[heading](tmp_path)
    for part in filter(None, (part.strip() for part in wanted.split("…"))):
        assert part in rest, f"the page says {part!r}"
        rest = rest.split(part, 1)[1]


@pytest.mark.parametrize("heading", GIVEN)
def test_the_lines_print_what_stands_below_them(heading, tmp_path):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(ENTRIES[heading].code, GIVEN[heading](tmp_path))
    assert printed.getvalue().strip() == ENTRIES[heading].said


@pytest.mark.parametrize("heading", ENTRIES)
def test_every_symptom_has_a_cause_and_a_cure(heading):
    assert ENTRIES[heading].said
    assert len(re.findall(r"^- \*\*(Cause|Cure)\.\*\* \S", ENTRIES[heading].text, re.M)) == 2
    assert bool(ENTRIES[heading].code) == ENTRIES[heading].text.strip().startswith("There is no message")


def test_the_error_of_a_lesson_is_the_sentence_alone():
    with pytest.raises(InputError) as caught:
        environment.check((3, 10))
    assert "".join(caught.value._render_traceback_()) == f"Please check: {caught.value}"

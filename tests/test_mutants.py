"""The errors of `make mutations` can still be put in: what each changes stands in its file."""

import pytest
from mutations import of_helpers, of_lessons

from helpers.lessons import PROJECT

MUTANTS = [*of_helpers(), *of_lessons(run=False)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[" | ".join(one.key()) for one in MUTANTS])
def test_what_an_error_changes_is_there(mutant):
    text = (PROJECT / mutant.file).read_text(encoding="utf-8")
    assert mutant.in_text(text) != text

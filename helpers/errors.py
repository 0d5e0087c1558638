"""The one error that a user meets when the input is wrong: a sentence, not a traceback, in a lesson and from `labs`."""

from __future__ import annotations  # so that an old Python gets as far as our message


class InputError(ValueError):
    """What was given cannot be used. The message is one sentence: the thing, the cause, the next step."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback (IPython asks for this by name)."""
        return [f"Please check: {self}"]

"""The one error that a user meets when the input is wrong: a sentence, never a traceback, from `labs`."""


class InputError(ValueError):
    """What was given cannot be used. The message is one sentence: the thing, the cause, the next step."""

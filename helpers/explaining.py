"""Errors that are no fault of the program, in a sentence: no memory, no room, no permission."""

import errno
import re
import sys

OUT_OF_MEMORY = (
    "memory ran out: close other programs, or raise the bound that is set for this one (`ulimit -v`, a container); "
    "a training takes 2 GB, and 4 GB of addresses (`ulimit -v 4000000`)."
)


def explained(error: Exception) -> str:
    """In a sentence, what is no fault of the program: no memory, no room, no permission; "" for any other error."""
    if is_out_of_memory(error):
        return OUT_OF_MEMORY
    if isinstance(error, OSError):
        return f"{error.filename or 'the disk'}: {error.strerror or error}; mend that, or name another place."
    return in_tensorflow(error)


def is_out_of_memory(error: Exception) -> bool:
    """Did the system refuse memory: to Python, to TensorFlow, or where a library was to be loaded?"""
    if isinstance(error, ImportError):
        return bool(re.search("failed to map segment|annot allocate memory", str(error)))
    is_full = isinstance(error, OSError) and error.errno == errno.ENOMEM
    return is_full or isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


def in_tensorflow(error: Exception) -> str:
    """What an InputError says that TensorFlow hands on as an error of its own, as where a picture is taken away while
    a training reads it; "" for any other error."""
    found = re.search(r"\bInputError: (.+)", str(error)) if type(error).__module__.startswith("tensorflow") else None
    return found[1] if found else ""


def say(sentence: str) -> int:
    """The sentence on standard error; returns the exit code of wrong input."""
    print(f"labs: {sentence}", file=sys.stderr)
    return 2

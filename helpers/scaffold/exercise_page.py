"""docs/exercises.md: what each exercise asks, how many right and wrong answers the tests try, and what a wrong one is
told. Here a question is put on it; `python tests/exercise_page.py` makes the whole page, functions too."""

import re
from collections.abc import Iterable, Sequence

from helpers import lessons
from helpers.exercises.base import Exercise
from helpers.exercises.forms import right_forms, wrong_forms

PAGE = lessons.PROJECT / "docs" / "exercises.md"
OPENING = [
    "# The exercises, and what they answer",
    "For instructors: it gives answers away. Each exercise is tried on right answers, written in many ways, which must "
    "pass, and on typical wrong ones, each of which must be told what is wrong with it. `labs collect` counts how "
    "often a class got these messages.",
    "Made by `labs new-exercise` and `python tests/exercise_page.py` from the exercises and their tests; never edit it "
    "by hand.",
    "| exercise | kind | about | right answers tried | wrong answers tried | messages |\n"
    "|---|---|---|---:|---:|---:|\n",
]


def put(exercise: Exercise, order: Iterable[str]) -> None:
    """Write the page with this exercise as it is now; the others stay as they stand on it.

    An exercise that is judged by a function is left to the tests, which have its answers.
    order: the names of all exercises, as in "training.steps"; those that are on the page stand in this order.
    """
    if type(exercise) is Exercise:
        return
    pieces = on_the_page() | {exercise.path: piece(exercise, right_forms(exercise), wrong_forms(exercise))}
    lessons.write_whole(PAGE, whole([(path, *pieces[path]) for path in order if path in pieces]).encode())


def piece(exercise: Exercise, right: Sequence, wrong: Sequence) -> tuple[str, list[str]]:
    """(the line of an exercise in the table, what each of its wrong answers is told)."""
    messages = [said(exercise._verdict(answer).message) for answer in wrong]
    return row(exercise, right, messages), messages


def row(exercise: Exercise, right: Sequence, messages: Sequence[str]) -> str:
    """The line of an exercise in the table."""
    parts = [f"[{exercise.path}](#{exercise.path.replace('.', '')})", exercise.kind, exercise.concept]
    return "| " + " | ".join([*parts, *(str(len(one)) for one in (right, messages, set(messages)))]) + " |"


def said(message: str) -> str:
    """What a wrong answer is told, in one line: without the probe, and without words that are the machine's."""
    first = message.splitlines()[0]
    return re.sub(r"^(It raised an error|This answer cannot be judged).*", r"\1 …", first).replace("|", "\\|")


def on_the_page() -> dict[str, tuple[str, list[str]]]:
    """{exercise: (its line in the table, what its wrong answers are told)} of the page as it stands, in its order;
    nothing where there is none yet."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    rows = {found[2]: found[1] for found in re.finditer(r"^(\| \[([\w.]+)\]\(.*)$", page, re.M)}
    pieces = re.split(r"^### (.+)$", page, flags=re.M)[1:]
    told = {path: re.findall(r"^\d+\. (.*)$", text, re.M) for path, text in zip(pieces[::2], pieces[1::2], strict=True)}
    return {path: (rows.get(path, ""), lines) for path, lines in told.items()}


def whole(pieces: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """The page; pieces: (exercise, its line in the table, what its wrong answers are told)."""
    sections, before = [], ""
    for path, _, messages in pieces:
        lesson = path.split(".")[0]
        if lesson != before:
            sections.append(f"## {lesson.capitalize()}\n")
        before = lesson
        sections.append(f"### {path}\n")
        sections.append("\n".join(f"{n}. {text}" for n, text in enumerate(messages, start=1)) + "\n")
    return "\n\n".join(OPENING) + "\n".join(line for _, line, _ in pieces) + "\n\n" + "\n".join(sections)

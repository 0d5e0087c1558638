"""docs/exercises.md: what each exercise asks, how many right and wrong answers the tests try, and what a wrong one is
told. `python tests/exercise_page.py` writes it anew, in two minutes or so; tests say so when it is out of date."""

import importlib
import re
from pathlib import Path

from exercise_tables import right_forms, wrong_forms

from helpers import exercises

PAGE = Path(__file__).parents[1] / "docs" / "exercises.md"
OPENING = [
    "# The exercises, and what they answer",
    "For instructors: it gives answers away. Each exercise is tried on right answers, written in many ways, which must "
    "pass, and on typical wrong ones, each of which must be told what is wrong with it. `labs collect` counts how "
    "often a class got these messages.",
    "Made by `python tests/exercise_page.py` from the exercises and their tests; never edit it by hand.",
    "| exercise | kind | about | right answers tried | wrong answers tried | messages |\n"
    "|---|---|---|---:|---:|---:|\n",
]


def tried(exercise: exercises.Exercise) -> tuple[list, list]:
    """The right and the wrong answers that the tests try."""
    if type(exercise) is not exercises.Exercise:
        return right_forms(exercise), wrong_forms(exercise)
    lesson, name = exercise.path.split(".")
    tables = importlib.import_module(f"test_exercises_{lesson}")
    return tables.RIGHT[name], list(tables.WRONG[name].values())


def row(exercise: exercises.Exercise, messages: list[str]) -> str:
    """The line of an exercise in the table."""
    right, wrong = tried(exercise)
    parts = [f"[{exercise.path}](#{slug(exercise)})", exercise.kind, exercise.concept]
    return "| " + " | ".join([*parts, *(str(len(one)) for one in (right, wrong, set(messages)))]) + " |"


def slug(exercise: exercises.Exercise) -> str:
    return exercise.path.replace(".", "")


def said(message: str) -> str:
    """What a wrong answer is told, in one line: without the probe, and without words that are the machine's."""
    first = message.splitlines()[0]
    return re.sub(r"^(It raised an error|This answer cannot be judged).*", r"\1 …", first).replace("|", "\\|")


def listed(page: str) -> dict[str, list[str]]:
    """{exercise: what the page says that its wrong answers are told, in their order}."""
    pieces = re.split(r"^### (.+)$", page, flags=re.M)[1:]
    return {path: re.findall(r"^\d+\. (.*)$", text, re.M) for path, text in zip(pieces[::2], pieces[1::2], strict=True)}


def on_the_page() -> dict[str, list[str]]:
    """The same of the page as it stands; nothing where there is none yet."""
    return listed(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}


def promised(exercise: exercises.Exercise, number: int) -> str:
    """What the page says that the wrong answer of this number, from 1, is told."""
    lines = on_the_page().get(exercise.path, [])
    return lines[number - 1] if number <= len(lines) else "nothing: run `python tests/exercise_page.py`"


def made() -> str:
    """The whole page; each wrong answer is checked for it."""
    rows, sections = [], []
    for lesson in exercises.LESSONS:
        sections.append(f"## {lesson.capitalize()}\n")
        for one in exercises.of(lesson):
            messages = [said(one.check(answer).message) for answer in tried(one)[1]]
            rows.append(row(one, messages))
            sections.append(f"### {one.path}\n")
            sections.append("\n".join(f"{n}. {text}" for n, text in enumerate(messages, start=1)) + "\n")
    return "\n\n".join(OPENING) + "\n".join(rows) + "\n\n" + "\n".join(sections)


if __name__ == "__main__":
    PAGE.write_text(made(), encoding="utf-8")
    print(f"{PAGE.relative_to(PAGE.parents[1])}: {len(on_the_page())} exercises")

"""What all exercises share: check, hint, solution. How an answer is judged stands with each exercise."""

import dis
import html
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType

from helpers.exercises import progress, sandbox
from helpers.exercises.sandbox import TryAgain

CORRECT, TRY_AGAIN, NOT_ATTEMPTED = "correct", "try again", "not attempted"
SIGNS = {CORRECT: "✓", TRY_AGAIN: "↻", NOT_ATTEMPTED: "○"}
COLOURS = {CORRECT: "#0072B2", TRY_AGAIN: "#D55E00", NOT_ATTEMPTED: "#767676"}  # told apart by colour-blind eyes


@dataclass(frozen=True)
class Verdict:
    """What a check answers. status: "correct", "try again" or "not attempted"; message: why, in a few sentences."""

    status: str
    message: str

    def __str__(self) -> str:
        return f"{SIGNS[self.status]} {self.status.capitalize()}. {self.message}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(self.message)).replace("\n", "<br>")
        return (
            f'<div role="status" style="border-left: 5px solid {COLOURS[self.status]}; padding: 0.2em 0.8em">'
            f"<strong>{SIGNS[self.status]} {self.status.capitalize()}.</strong> {text}</div>"
        )


class Note(str):
    """Text that a notebook shows as Markdown, and everything else as it is."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return str(self)


class Exercise:
    """One exercise of a lesson.

    path: "lesson.name", as in `exercises.lesson.name`. kind: what is to be done, such as "write a function".
    concept: what it is about, in a few words that give nothing away. prompt: Markdown that says what to do.
    stub: the code that the learner begins with; it runs as it is. hints: from a nudge to nearly the answer.
    insight: one sentence for a right answer. answer: the solution, a function or a value, which `solution()` shows.
    judge: called with an answer, raises TryAgain if it is wrong. untouched: what the stub hands in, if that is a value
    other than None. needs_keras: loads TensorFlow before the time limit starts to count.
    """

    def __init__(
        self,
        path: str,
        *,
        kind: str,
        concept: str,
        prompt: str,
        stub: str,
        hints: Sequence[str],
        insight: str,
        answer: object,
        judge: Callable[[object], None],
        untouched: object = None,
        needs_keras: bool = False,
    ):
        self.path, self.kind, self.concept = path, kind, concept
        self.prompt, self.stub, self.hints, self.insight = prompt, stub.strip("\n"), tuple(hints), insight
        self.answer, self.judge, self.untouched, self.needs_keras = answer, judge, untouched, needs_keras
        self.hints_given = 0

    def __repr__(self) -> str:
        return f"exercises.{self.path}: {self.concept}. Try .check(answer), .hint(), .solution()."

    def check(self, answer: object = None) -> Verdict:
        """Judge an answer by what it does. Never raises, whatever the answer is; notes the progress."""
        verdict = self._verdict(answer)
        progress.note(self.path, verdict.status, self.hints_given, verdict.message)
        return verdict

    def _verdict(self, answer: object) -> Verdict:
        try:
            if self._not_attempted(answer):
                where = "where the dots are" if "..." in self.stub else "above this check, in the same cell"
                return Verdict(NOT_ATTEMPTED, f"Your answer goes {where}. A nudge: `exercises.{self.path}.hint()`.")
            if self.needs_keras:
                importlib.import_module("helpers.quiet")
            sandbox.run(self.judge, answer)
        except TryAgain as wrong:
            return Verdict(TRY_AGAIN, str(wrong))
        except Exception as error:  # noqa: BLE001 an answer of a kind that nobody foresaw must not break the lesson
            return Verdict(
                TRY_AGAIN, f"This answer cannot be judged ({sandbox.told(error)}). What is asked: {self.kind}."
            )
        return Verdict(CORRECT, self.insight)

    def _not_attempted(self, answer: object) -> bool:
        if answer is None or answer is Ellipsis:
            return True
        if isinstance(answer, tuple | list | set | dict):
            parts = answer.values() if isinstance(answer, dict) else answer
            return all(part is None or part is Ellipsis for part in parts) or (
                self.untouched is not None and type(answer) is type(self.untouched) and answer == self.untouched
            )
        return isinstance(answer, FunctionType) and (
            _does_nothing(answer.__code__) or _essence(answer.__code__) in self._stub_codes()
        )

    def _stub_codes(self) -> set[tuple]:
        """The functions of the stub, as the learner finds them."""
        constants = compile(self.stub, "stub", "exec").co_consts
        return {_essence(code) for code in constants if isinstance(code, CodeType)}

    def hint(self) -> Note:
        """The first hint; called again, the next one, until there are no more."""
        self.hints_given = min(self.hints_given + 1, len(self.hints))
        last = self.hints_given == len(self.hints)
        more = f"That was the last one; `exercises.{self.path}.solution()` shows a solution." if last else ""
        text = self.hints[self.hints_given - 1]
        return Note(f"Hint {self.hints_given} of {len(self.hints)}: {text} {more}".strip())

    def solution(self) -> Note:
        """One solution among many, from the source that the tests run, under the name that the stub hands in."""
        name = re.search(r"\.check\((\w+)\)", self.stub)[1]
        if not isinstance(self.answer, FunctionType):
            source = f"{name} = {self.answer!r}"
        elif f"def {name}(" in self.stub:
            source = inspect.getsource(self.answer).replace("def _", "def ", 1).strip()
        else:  # a value that is made by a function, because Keras must be there for it, or to be laid out in lines
            _, _, value = textwrap.dedent(inspect.getsource(self.answer).split("\n", 1)[1]).rpartition("return ")
            source = f"{name} = {value.strip()}"
        return Note(f"One way among others:\n\n```python\n{source}\n```\n\n{self.insight}")


def _essence(code: CodeType) -> tuple:
    """What a function does, without its name, its place and its comments."""
    return code.co_code, code.co_names, tuple(one for one in code.co_consts if not isinstance(one, CodeType))


def _does_nothing(code: CodeType) -> bool:
    """Whether its body is only `...`, `pass`, a docstring or `return None`."""
    steps = [step for step in dis.get_instructions(code) if step.opname not in _IDLE]
    return all(step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval in (None, ...) for step in steps)


_IDLE = {"RESUME", "NOP", "POP_TOP", "RETURN_VALUE"}

"""Exercises that are answered with a letter, some letters or a number. All that differs between two of them is data."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import items, numbers
from helpers.exercises.sandbox import TryAgain, plain


def _listed(options: Mapping[str, tuple[str, str]]) -> str:
    return "\n".join(f"- **{letter}**: {text}" for letter, (text, _reason) in options.items())


def _stub(path: str, what: str) -> str:
    return f"answer = None  # {what}\n\nexercises.{path}.check(answer)"


class Choice(Exercise):
    """One of several letters. options: {letter: (text, what to say to who chose it)}; the right one has the insight."""

    def __init__(
        self,
        path: str,
        *,
        concept: str,
        prompt: str,
        options: Mapping[str, tuple[str, str]],
        right: str,
        hints: Sequence[str],
    ):
        self.options, self.right = options, right
        super().__init__(
            path,
            kind="explain in one choice",
            concept=concept,
            prompt=f"{prompt} Answer with one letter.\n\n{_listed(options)}",
            stub=_stub(path, 'one letter, as in "a"'),
            hints=hints,
            insight=options[right][1],
            answer=right,
            judge=self._judge,
        )

    def _judge(self, answer: object) -> None:
        letters = letters_of(answer, self.options)
        if len(letters) != 1:
            raise TryAgain("Choose the one that explains it best.", came=", ".join(sorted(letters)) or "none")
        (letter,) = letters
        if letter != self.right:
            raise TryAgain(f"You chose {letter}. {self.options[letter][1]}")


class Pick(Exercise):
    """All the letters that fit. options: {letter: (text, why it belongs to the answer, or why not)}."""

    def __init__(
        self,
        path: str,
        *,
        kind: str,
        concept: str,
        prompt: str,
        options: Mapping[str, tuple[str, str]],
        right: str,
        hints: Sequence[str],
        insight: str,
    ):
        self.options, self.right = options, set(right)
        super().__init__(
            path,
            kind=kind,
            concept=concept,
            prompt=f"{prompt} Answer with all the letters that fit.\n\n{_listed(options)}",
            stub=_stub(path, 'a list of letters, as in ["a", "b"]'),
            hints=hints,
            insight=insight,
            answer=sorted(right),
            judge=self._judge,
        )

    def _judge(self, answer: object) -> None:
        letters = letters_of(answer, self.options)
        for letter in sorted(letters - self.right):
            raise TryAgain(f"Not {letter} ({self.options[letter][0]}). {self.options[letter][1]}")
        missing = sorted(self.right - letters)
        if missing:
            reason = self.options[missing[0]][1]
            more = f"{len(missing)} more belong{'s' * (len(missing) == 1)} to it"
            raise TryAgain(f"All that you picked is right, but {more}. For one: {reason}")


def letters_of(answer: object, options: Mapping[str, tuple[str, str]]) -> set[str]:
    """The letters meant by "a", "A)", "answer a", "a: its text", "a, c", ["a", "c"], {"a"}, {"a": True, "b": False} (or
    1 and 0) or the text of an option. Raises TryAgain otherwise."""
    if isinstance(answer, dict) and all(np.isscalar(one) and one in (0, 1) for one in answer.values()):
        answer = [letter for letter, chosen in answer.items() if chosen]
    parts = [answer] if isinstance(answer, str | int | float) else items(answer, "your answer")
    texts = {_bare(text): letter for letter, (text, _reason) in options.items()}
    found = set()
    for part in map(str, parts):
        bare = _bare(part)
        begins = re.match(r"([a-z])[:.)]\s+(.+)", bare)
        if bare in texts or (begins and texts.get(begins[2]) == begins[1]):
            letters = [texts.get(bare) or begins[1]]
        else:
            letters = [one for one in re.sub(r"\b(and|answers?|options?|letters?)\b", " ", bare) if one.isalnum()]
        unknown = [one for one in letters if one not in options]
        if unknown or not letters:
            said = part[:60] or "an empty text"
            raise TryAgain(f"The answers have the letters {', '.join(options)}, in quotes.", came=said)
        found.update(letters)
    return found


def _bare(text: str) -> str:
    """Without capitals, and without the signs that are not shown: a learner copies what is on the page."""
    return re.sub(r"[`*]", "", text).strip().lower()


class Number(Exercise):
    """One number, or several in order, predicted before they are computed.

    expected: what is right, `within` so much. known: {wrong answer: the thought that leads to it}.
    otherwise: what to say to any other number.
    """

    def __init__(
        self,
        path: str,
        *,
        kind: str = "predict a number",
        concept: str,
        prompt: str,
        what: str,
        expected: float | tuple[float, ...],
        known: Mapping[float | tuple[float, ...], str],
        otherwise: str,
        hints: Sequence[str],
        insight: str,
        within: float = 0,
    ):
        self.expected, self.known, self.otherwise, self.within = expected, known, otherwise, within
        super().__init__(
            path,
            kind=kind,
            concept=concept,
            prompt=prompt,
            stub=_stub(path, what),
            hints=hints,
            insight=insight,
            answer=expected,
            judge=self._judge,
        )

    def _judge(self, answer: object) -> None:
        if isinstance(answer, bool):
            raise TryAgain("A number is asked for, not yes or no.", came=answer)
        if isinstance(answer, set) and np.size(self.expected) > 1:
            raise TryAgain("A set, in braces, keeps no order: put the numbers into parentheses.")
        if isinstance(answer, str):
            answer = _parsed(answer)
        elif isinstance(answer, dict | set):
            answer = list(answer.values() if isinstance(answer, dict) else answer)
        if isinstance(answer, list | tuple) and any(isinstance(one, str) for one in answer):
            answer = [one for part in answer for one in (_parsed(part) if isinstance(part, str) else [part])]
        given, expected = numbers(answer).ravel(), np.ravel(self.expected)
        came = ", ".join(map(plain, given)) or "none"
        if len(given) != len(expected):
            raise TryAgain(f"Asked for: {len(expected)} number{'s' * (len(expected) > 1)}.", came=came[:60])
        if np.isnan(given).any():
            raise TryAgain("A number is missing.", came=came.replace("nan", "none"))
        if self._is(given, expected):
            return
        for wrong, thought in self.known.items():
            if self._is(given, np.ravel(wrong)):
                raise TryAgain(thought, came=came)
        raise TryAgain(self.otherwise, came=came)

    def _is(self, given: np.ndarray, other: np.ndarray) -> bool:
        return len(given) == len(other) and bool(np.all(np.abs(given - other) <= self.within + 1e-6))


def _parsed(text: str) -> list[float]:
    """The numbers in "15, 30", "(15, 30)", "15 × 30", "15 and 30" or "3,000". Raises TryAgain for anything else."""
    plain_text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.strip("()[] "))
    try:
        return [float(part) for part in re.split(r"\s*(?:[,;x×]|\band\b|\s)\s*", plain_text)]
    except ValueError:
        raise TryAgain("A number is asked for, without words.", came=text[:60]) from None

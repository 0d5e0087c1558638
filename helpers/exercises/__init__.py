"""Exercises that answer back. Each has `.check(answer)`, `.hint()` and `.solution()`:

    exercises.cleaning.scale.check(to_unit)   # -> Verdict: "not attempted", "try again" or "correct", and why

An answer is judged by what it does on probes, never by how it is written; each probe is there because some mistake
shows on it. To add an exercise, copy these lines into a file of its lesson's folder, change them,
and name it in the folder's `__init__.py`:

    def _to_grey(pictures):                          # the solution; shown without its underscore
        return pictures.mean(axis=-1)

    def _judge_to_grey(answer):                      # raises TryAgain where the answer is wrong; else it is right
        probe = "a batch of two pictures"            # in words, for the learner
        pixels = np.stack([picture(seed=1), picture(seed=2)]) / 255
        came = numbers(ask(answer, pixels, probe=probe), probe)
        known = {"The mean is taken over the wrong axis: channels come last.": pixels.mean(axis=1)}
        compare(came, pixels.mean(axis=-1), probe, known, why="This is not the mean of the three channels.")

    to_grey = Exercise(
        "cleaning.to_grey",                          # exercises.cleaning.to_grey
        kind="write a function",
        concept="from colour to grey",
        prompt="Write `to_grey`: pictures (B, H, W, 3) become (B, H, W), the mean of their channels.",
        stub=STUB,                                   # runs as it is: def to_grey(pictures): ... and the check
        hints=["A nudge.", "The way.", "Nearly the answer: `pictures.mean(axis=…)`."],
        insight="One sentence for whoever got it right.",
        answer=_to_grey,
        judge=_judge_to_grey,
    )

Then add ways that are right and ways that are wrong to the table in `tests/test_exercises_LESSON.py`. For a question
with letters or a number, `questions.Choice`, `Pick` and `Number` need no judge.
"""

from types import ModuleType

from helpers.exercises import augmentation, cleaning, layers, progress, training, use
from helpers.exercises.base import Exercise, Verdict

LESSONS = ("cleaning", "augmentation", "training", "layers", "use")


def of(lesson: str) -> list[Exercise]:
    """The exercises of a lesson, in its order."""
    module: ModuleType = globals()[lesson]
    return [getattr(module, name) for name in module.__all__]


__all__ = ["LESSONS", "Exercise", "Verdict", "augmentation", "cleaning", "layers", "of", "progress", "training", "use"]

"""What holds for every exercise: stubs run, solutions pass, no answer breaks a lesson; progress; `labs progress`."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import exercise_page
import numpy as np
import pytest
from exercise_tables import (
    RIGHT_AT_LEAST,
    WRONG_AT_LEAST,
    keras,
    must_fail_with,
    must_pass,
    tf,
)
from IPython.core.autocall import ExitAutocall
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

from helpers import cli, exercises, pipeline
from helpers.errors import InputError
from helpers.exercises import guarding, probes, progress, sandbox
from helpers.exercises.base import Verdict
from helpers.exercises.cleaning import pictures as cleaning_pictures
from helpers.exercises.forms import right_forms, wrong_forms
from helpers.exercises.questions import Choice, Number, Pick
from helpers.scaffold.exercise_page import row, said, whole

ALL = [one for lesson in exercises.LESSONS for one in exercises.of(lesson)]
FUNCTIONS = [one for one in ALL if "\ndef " in f"\n{one.stub}"]
UNCHANGEABLE = {"readable", "use", "only_training", "in_frame", "window", "order"}  # no array or list is handed in
CHANGEABLE = [one for one in FUNCTIONS if one.path.split(".")[1] not in UNCHANGEABLE]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (exercises.cleaning.breaks, ["lost its last third", "empty file", "web page"]),
        (exercises.cleaning.verify, ["end is missing"]),
        (exercises.augmentation.gap, ["had a sibling"]),
        (exercises.augmentation.keeps_answer, ["printed 6", "turn left", "left edge", "traffic light"]),
        (exercises.training.sure_and_wrong, ["said with more and more con"]),
        (exercises.training.two_runs, ["Nothing yet"]),
        (exercises.layers.never_called, ["put an `Input` first"]),
        (exercises.layers.bright_tiles, ["the strengths cannot"]),
        (exercises.layers.heat_proof, ["not what was learned"]),
    ],
)
def test_the_right_choices_are_the_right_ones(question, words):
    """A question knows its answer by letter; so it stands here once more, by what the letters say."""
    chosen = [question.options[letter][0] for letter in sorted(question.right)]
    assert len(chosen) == len(words) and all(word in one for word, one in zip(words, chosen, strict=True))


class Hostile:
    """Fails at whatever is tried with it."""

    def __getattr__(self, name):
        raise RuntimeError("hands off")

    __iter__ = __len__ = __eq__ = __bool__ = __float__ = lambda self, *_: self.nothing


NONSENSE = [0.123, "?!", b"\x00", Hostile(), [[], {}], {"a": 1}, print, int, np.zeros((0, 3))]


def of_kind(kind):
    return [one for one in ALL if isinstance(one, kind)]


def each(chosen):
    return pytest.mark.parametrize("exercise", chosen, ids=lambda one: one.path)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LABS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


# --- each exercise ----------------------------------------------------------------------------------------------------


def test_there_are_enough_of_different_kinds():
    assert len(ALL) >= 28
    assert all(len(exercises.of(lesson)) >= 7 for lesson in exercises.LESSONS[:4])  # a new lesson begins with fewer
    assert len({one.kind for one in ALL}) >= 7
    for lesson in exercises.LESSONS:
        for one in exercises.of(lesson):
            assert getattr(getattr(exercises, lesson), one.path.split(".")[1]) is one
            assert one.path.split(".")[0] == lesson


@each(ALL)
def test_the_stub_runs_as_it_is_and_is_not_attempted(exercise, home):
    verdicts = []
    names = {"exercises": exercises, "np": np, "keras": keras, "tf": tf, "pipeline": pipeline}
    *lines, check = exercise.stub.splitlines()
    exec("\n".join(lines), names)
    verdicts.append(eval(check, names))
    assert [one.status for one in verdicts] == ["not attempted"]
    assert exercise.path in verdicts[0].message  # says how to get a hint
    assert len([line for line in exercise.stub.splitlines() if line]) <= 8
    assert not home.exists()  # a lesson that is only run leaves no trace


def test_stubs_are_formatted_as_lessons_are(tmp_path):
    for one in ALL:
        (tmp_path / f"{one.path}.py").write_text(f"{one.stub}\n")
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "88", "--diff", str(tmp_path)]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert max(len(line) for one in ALL for line in one.stub.splitlines()) <= 88


@each(ALL)
def test_the_solution_passes_its_own_check_as_it_is_shown(exercise):
    names = {"np": np, "Image": Image, "keras": keras}
    exec("from PIL import ImageOps", names)
    code = str(exercise.solution()).split("```python\n")[1].split("\n```")[0]
    exec(code, names)
    must_pass(exercise.check(names[exercise.stub.split(".check(")[1].rstrip(")\n")]))


@each(ALL)
def test_the_solution_has_the_name_that_the_cell_hands_in(exercise):
    name = exercise.stub.split(".check(")[1].rstrip(")\n")
    code = str(exercise.solution()).split("```python\n")[1]
    assert code.startswith((f"def {name}(", f"{name} = ")), code
    assert f"def {name}(" in exercise.stub or f"{name} = " in exercise.stub


@each(ALL)
def test_hints_lead_on_step_by_step(exercise):
    assert len(exercise.hints) >= 3
    exercise.hints_given = 0
    said = [exercise.hint() for _ in range(len(exercise.hints) + 1)]
    for number, text in enumerate(exercise.hints, start=1):
        assert said[number - 1].startswith(f"Hint {number} of {len(exercise.hints)}: {text}")
    assert said[-1] == said[-2] and ".solution()" in said[-1]
    assert ".solution()" not in said[0]


def test_a_body_without_anything_is_not_attempted_and_anything_in_it_is():
    def described(pictures):
        """Will divide."""

    def passed(pictures):
        pass

    def none(pictures):
        return None

    def text(pictures):
        return "white"

    def told(pictures):
        print(pictures.shape)

    check = exercises.cleaning.scale.check
    assert [check(one).status for one in (described, passed, none, lambda x: ..., None, ...)] == ["not attempted"] * 6
    assert [check(one).status for one in (text, told, lambda x: 5, 0, "")] == ["try again"] * 5


@pytest.mark.parametrize("nonsense", NONSENSE, ids=lambda thing: type(thing).__name__)
@each(ALL)
def test_nonsense_is_answered_not_thrown(exercise, nonsense):
    verdict = exercise.check(nonsense)
    assert verdict.status == "try again"
    assert len(verdict.message) > 20


@each(FUNCTIONS)
def test_an_answer_that_raises_is_told_its_error(exercise):
    def boom(*_inputs, **_named):
        raise KeyError("of the learner's own making")

    must_fail_with(exercise.check(boom), 'KeyError: "of the learner\'s own making"')


@each(FUNCTIONS)
def test_an_answer_that_never_ends_is_ended(exercise, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)

    def forever(*_inputs, **_named):
        while True:
            pass

    before = threading.active_count()
    must_fail_with(exercise.check(forever), "does a loop in it ever end?")
    assert is_back_to(before)


def is_back_to(threads):
    """Whether no more threads than these are there; a busy machine gets a while to end the others."""
    until = time.monotonic() + 60
    while threading.active_count() > threads and time.monotonic() < until:
        time.sleep(0.01)
    return threading.active_count() <= threads


@each(FUNCTIONS)
def test_an_answer_that_prints_in_place_of_returning_is_told_so(exercise, capsys):
    def prints(*_inputs, **_named):
        print("the answer is 42")

    must_fail_with(exercise.check(prints), "hands it back with `return`")
    assert capsys.readouterr().out == ""


def test_a_bar_of_keras_is_no_printing():
    def predicts(model, photo):
        model.predict(photo[None])

    def prints(model, photo):
        print(model.predict(photo[None]).shape)

    must_fail_with(exercises.cleaning.use.check(predicts), "is there a `return`")
    must_fail_with(exercises.cleaning.use.check(prints), "hands it back with `return`.\nTried on: a dark photo")
    must_fail_with(exercises.cleaning.use.check(prints), "\nCame: (1, 1).")


def test_numbers_are_told_as_one_writes_them():
    for value, told in (
        (23.0, "23"),
        (np.array([23.0, 0.5]), "[23 0.5]"),
        (np.float32(0.25), "0.25"),
        ([], "nothing in it"),
    ):
        assert sandbox.short(value) == told
    assert sandbox.short((np.int64(5), 0.5)) == "(5, 0.5)"


@each(FUNCTIONS)
def test_an_answer_that_returns_nothing_is_told_so(exercise):
    def forgets(*inputs, **_named):
        _ = len(inputs)

    must_fail_with(exercise.check(forgets), "is there a `return`")


@each(FUNCTIONS)
def test_an_answer_that_ends_the_program_does_not_end_the_lesson(exercise):
    must_fail_with(exercise.check(lambda *_inputs, **_named: sys.exit()), "ends the program")


ENDINGS = {
    "os._exit": lambda *_inputs: os._exit(3),
    "os.abort": lambda *_inputs: os.abort(),
    "os.kill": lambda *_inputs: os.kill(os.getpid(), signal.SIGTERM),
    "os.execv": lambda *_inputs: os.execv(sys.executable, [sys.executable, "-c", "pass"]),
    "os.execlp": lambda *_inputs: os.execlp(sys.executable, sys.executable, "-c", "pass"),
    "raise_signal": lambda *_inputs: signal.raise_signal(signal.SIGTERM),
    "exit": lambda *_inputs: exit(),
    "quit": lambda *_inputs: quit(1),
    "sys.exit": lambda *_inputs: sys.exit("done"),
}
LAST_WORDS = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from test_exercises import ENDINGS, exercises
stdin, before = sys.stdin, (os._exit, os.kill, os.abort, exit, quit, input)
for name, ending in ENDINGS.items():
    print(name, exercises.cleaning.copies.check(ending), flush=True)
    assert before == (os._exit, os.kill, os.abort, exit, quit, input) and not sys.stdin.closed
    print("alive after", name, flush=True)
"""


def test_an_answer_that_ends_python_by_force_does_not_end_it():
    """In a Python of its own: before the guard, these did."""
    code = LAST_WORDS.format(tests=str(Path(__file__).parent))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    for name in ENDINGS:
        assert f"{name} ↻ Try again. It ends the program" in done.stdout, done.stderr
        assert f"alive after {name}\n" in done.stdout, done.stderr


def test_exit_in_a_notebook_asks_the_shell_which_is_not_heard(monkeypatch):
    asked = []
    shell = InteractiveShell.instance()
    monkeypatch.setattr(type(shell), "ask_exit", lambda self: asked.append(self), raising=False)
    try:
        must_fail_with(exercises.cleaning.copies.check(lambda *_: ExitAutocall(shell)()), "ends the program (exit)")
        assert not asked
        ExitAutocall(shell)()
        assert asked == [shell]
    finally:
        InteractiveShell.clear_instance()


@pytest.mark.parametrize("ask", [lambda *_: input("Which? "), lambda *_: breakpoint()], ids=["input", "breakpoint"])
def test_an_answer_that_waits_for_somebody_to_type_is_told_so_at_once(ask):
    must_fail_with(exercises.cleaning.copies.check(ask), "waits for somebody to type")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends its processes otherwise")
def test_an_answer_may_end_a_process_that_it_began():
    def answer(*_inputs):
        subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.1, check=False)

    must_fail_with(exercises.cleaning.copies.check(answer), "TimeoutExpired")


def test_other_threads_keep_what_an_answer_may_not_use():
    with guarding.guarded(threading.Thread()):
        assert os.kill(os.getpid(), 0) is None


def test_an_answer_that_goes_to_another_folder_does_not_take_the_lesson_along(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")

    def goes(train, validation):
        os.chdir(tmp_path)
        return exercises.cleaning.copies.answer(train, validation)

    must_pass(exercises.cleaning.copies.check(goes))
    assert Path.cwd() == tmp_path / "mine"
    (tmp_path / "mine").rmdir()
    must_pass(exercises.cleaning.copies.check(exercises.cleaning.copies.answer))  # a folder that is gone is no harm


@each(FUNCTIONS)
def test_an_answer_that_is_too_large_for_the_memory_is_told_so(exercise):
    def greedy(*_inputs, **_named):
        return np.zeros((10**7, 10**7))

    must_fail_with(exercise.check(greedy), "more memory than there is")


def spoil(thing):
    """Change it in place, if it is of a kind that can be."""
    if isinstance(thing, np.ndarray):
        thing[...] = 1 - thing
    elif isinstance(thing, list):
        thing.reverse()
    elif isinstance(thing, dict):
        thing["loss"] = []
    elif isinstance(thing, Image.Image):
        thing.paste(0, (0, 0, 5, 5))


@each(CHANGEABLE)
def test_an_answer_that_changes_what_it_was_given_is_told_so(exercise):
    def mutates(*inputs, **named):
        answer = exercise.answer(*inputs, **named)
        answer = np.array(answer) if isinstance(answer, np.ndarray) else answer
        spoil(inputs[0] if not isinstance(inputs[0], float) else inputs[1])
        return answer

    must_fail_with(exercise.check(mutates), "changes what it was given")


def test_what_swallows_everything_is_left_behind_in_time(monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)
    end = threading.Event()

    def stubborn(_pictures):
        while not end.is_set():
            with contextlib.suppress(BaseException):  # what a learner may well write
                end.wait(0.01)

    verdict = exercises.cleaning.scale.check(stubborn)
    end.set()
    must_fail_with(verdict, "does a loop in it ever end?")
    assert "If the machine stays busy, restart the kernel." in verdict.message


def test_what_sleeps_too_long_ends_by_itself_and_it_is_said(monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)
    threads, end = [], threading.Event()

    def sleeps(_pictures):
        threads.append(threading.current_thread())
        end.wait(600)

    verdict = exercises.cleaning.scale.check(sleeps)
    must_fail_with(verdict, "It goes on behind the scenes until what it is doing is done.")
    assert [one.is_alive() for one in threads] == [True]
    end.set()
    threads[0].join(60)
    assert not threads[0].is_alive()


def test_an_answer_without_end_does_not_fill_the_memory():
    must_fail_with(exercises.layers.dead.check(lambda maps: itertools.count()), "does not end")
    must_fail_with(exercises.cleaning.breaks.check(itertools.count()), "does not end")


def test_a_text_of_many_pages_is_told_by_its_beginning():
    pages = "cat_7_copy0.jpg," * 1000
    for message in (
        exercises.augmentation.split_first.check(lambda files: (pages, pages)).message,
        exercises.use.decide.check(lambda answers, names, threshold: [pages for _ in answers]).message,
        exercises.use.soften.check(pages).message,
    ):
        assert "Came: cat_7_copy0.jpg,cat_7" in message and len(message) < 1000


# --- questions --------------------------------------------------------------------------------------------------------


@each(of_kind(Choice))
def test_a_choice_takes_its_letter_in_any_form_and_says_why_another_is_wrong(exercise):
    for answer in right_forms(exercise):
        must_pass(exercise.check(answer))
    wrong = wrong_forms(exercise)
    told = {exercise.check(letter).message for letter in wrong}
    assert len(told) == len(wrong) >= 6
    for letter in wrong:
        must_fail_with(exercise.check(letter), exercise.options[letter][1])
    must_fail_with(exercise.check("z"), "have the letters a, b")
    must_fail_with(exercise.check(""), "Came: an empty text.")
    must_fail_with(exercise.check([exercise.right, wrong[0]]), "Choose the one")
    must_fail_with(exercise.check({exercise.right: False}), "Came: none.")


@each(of_kind(Pick))
def test_a_pick_takes_its_letters_in_any_form_and_says_what_is_too_much_or_missing(exercise):
    right = exercise.answer
    for answer in (*right_forms(exercise), reversed(right)):
        must_pass(exercise.check(answer))
    wrong = [letter for letter in exercise.options if letter not in right]
    for letter in wrong:
        must_fail_with(exercise.check([*right, letter]), exercise.options[letter][1])
    for letter in right:
        fewer = [one for one in right if one != letter]
        must_fail_with(exercise.check(fewer), exercise.options[letter][1])
    must_fail_with(exercise.check(right[1:]), "1 more belongs to it")
    must_fail_with(exercise.check(right[2:]), "2 more belong to it")
    told = [exercise.options[letter][1] for letter in exercise.options]
    assert len(set(told)) == len(told) >= 6


@each(of_kind(Number))
def test_a_number_is_taken_in_any_form_and_known_thoughts_are_named(exercise):
    right = exercise.expected
    several = isinstance(right, tuple)
    for answer in right_forms(exercise):
        must_pass(exercise.check(answer))
    for number, thought in exercise.known.items():
        must_fail_with(exercise.check(number), thought)
    assert len(set(exercise.known.values())) >= 6
    assert right not in exercise.known
    if several:
        must_fail_with(exercise.check((right[0], None)), f"A number is missing.\nCame: {right[0]}, none.")
        must_fail_with(exercise.check({1, 2}), "keeps no order")
    else:
        must_fail_with(exercise.check(123456), "\nCame: 123456.")
    must_fail_with(exercise.check(12345 if not several else (12345,) * len(right)), exercise.otherwise)
    must_fail_with(exercise.check((1, 2, 3)), "Asked for:")
    must_fail_with(exercise.check("about a dozen"), "without words")
    must_fail_with(exercise.check(True), "not yes or no")


def test_the_page_of_exercises_tells_of_each_what_it_is_and_how_often_it_is_tried():
    page = exercise_page.on_the_page()
    assert list(page) == [one.path for one in ALL], "run `python tests/exercise_page.py`"
    for one in ALL:
        line, told = page[one.path]
        right, wrong = exercise_page.tried(one)
        assert len(told) == len(wrong)
        assert line == row(one, right, told)
    assert exercise_page.PAGE.read_text(encoding="utf-8") == whole([(path, *piece) for path, piece in page.items()])


@each([one for one in ALL if one.path in exercise_page.on_the_page()])
def test_each_exercise_is_tried_on_four_right_ways_and_on_six_wrong_ones_with_a_message_each(exercise):
    """That each is told what the page says, the tests of the lessons look at; here it is counted."""
    right, _wrong = exercise_page.tried(exercise)
    _line, told = exercise_page.on_the_page()[exercise.path]
    assert len(right) >= RIGHT_AT_LEAST
    assert len(set(told) - {"It raised an error …", "This answer cannot be judged …"}) >= WRONG_AT_LEAST
    assert not any("**" in one for one in told), "a verdict is no Markdown: its stars would be seen"


@each([one for one in ALL if type(one) is not exercises.Exercise and one.path in exercise_page.on_the_page()])
def test_wrong_answers_to_a_question_are_told_what_the_page_of_exercises_says(exercise):
    for number, answer in enumerate(wrong_forms(exercise), start=1):
        assert exercise_page.promised(exercise, number) == said(exercise.check(answer).message)


# --- verdicts ---------------------------------------------------------------------------------------------------------


def test_a_verdict_says_in_word_and_sign_what_colour_says_too():
    page = Verdict("try again", "`x < 1` & more")._repr_html_()
    assert "↻ Try again." in page and "<code>x &lt; 1</code> &amp; more" in page
    assert repr(Verdict("correct", "Good.")) == "✓ Correct. Good."
    assert repr(Verdict("not attempted", "Go.")) == "○ Not attempted. Go."


def test_a_message_names_misconception_probe_what_came_and_what_was_expected():
    message = exercises.training.loss.check(lambda truth, probability: 1.0).message
    for part in ("This is not the mean", "Tried on: truth [1, 1, 0, 0]", "Came: 1.", "Expected: 0.7469"):
        assert part in message


# --- progress ---------------------------------------------------------------------------------------------------------


def test_progress_outlives_the_kernel():
    exercises.cleaning.verify.check("a")
    exercises.cleaning.verify.check("b")
    exercises.cleaning.verify.check("c")  # what was solved stays solved
    code = "from helpers.exercises import progress; print(progress.read())"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    record = eval(seen)["cleaning.verify"]
    assert (record["status"], record["tries"]) == ("correct", 2)
    assert f"cleaning: 1 of {len(exercises.of('cleaning'))} solved" in progress.table()
    assert "verify           correct (2 tries" in progress.table()


def test_progress_is_kept_whole_or_not_at_all(home, monkeypatch):
    exercises.cleaning.verify.check("b")
    kept = progress.file().read_bytes()
    monkeypatch.setattr(Path, "write_bytes", lambda self, _: self.write_text("{") and 1 / 0)
    with pytest.raises(ZeroDivisionError):
        progress.note("cleaning.ball", "try again", 0)
    assert progress.file().read_bytes() == kept
    assert [path.name for path in home.iterdir()] == ["progress.json"]


def test_two_lessons_that_note_at_once_lose_nothing(home, monkeypatch):
    """The other one begins while this one has read what there was and not written yet."""
    code = "from helpers.exercises import progress; progress.note('cleaning.ball', 'correct', 0)"
    others, write = [], progress._write

    def meanwhile(*given):
        others.append(subprocess.Popen([sys.executable, "-c", code]))
        with contextlib.suppress(subprocess.TimeoutExpired):
            others[0].wait(timeout=3)  # it waits for us, or would have been through
        write(*given)

    monkeypatch.setattr(progress, "_write", meanwhile)
    exercises.cleaning.verify.check("b")
    assert others[0].wait(timeout=60) == 0
    assert sorted(progress.read()) == ["cleaning.ball", "cleaning.verify"]


def test_a_broken_record_is_put_aside_not_lost(home, capsys):
    home.mkdir()
    (home / "progress.json").write_text("{half of")
    must_pass(exercises.cleaning.verify.check("b"))
    assert "cannot be understood, so it was put aside as progress.broken-1.json" in capsys.readouterr().out
    assert (home / "progress.broken-1.json").read_text() == "{half of"
    assert progress.read()["cleaning.verify"]["status"] == "correct"


def test_a_place_that_cannot_be_written_to_does_not_stop_the_lesson(home):
    home.write_text("a file where the folder should be")
    must_pass(exercises.cleaning.verify.check("b"))


def test_labs_progress_shows_and_exports(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("helpers.environment.check", lambda: None)
    exercises.layers.heat_proof.check("c")
    handed_in = tmp_path / "mine.json"
    assert cli.main(["progress", "--export", str(handed_in)]) == 0
    assert f"layers: 1 of {len(exercises.of('layers'))} solved" in capsys.readouterr().out
    assert json.loads(handed_in.read_text())["exercises"]["layers.heat_proof"]["status"] == "correct"
    assert cli.main(["progress", "--export", str(handed_in)]) == 2
    assert "is not overwritten" in capsys.readouterr().err
    with pytest.raises(InputError, match="no such folder"):
        progress.export(tmp_path / "nowhere" / "mine.json")


# --- for instructors --------------------------------------------------------------------------------------------------


def test_the_lines_to_copy_make_an_exercise():
    lines = [line[4:] for line in exercises.__doc__.splitlines() if line.startswith("    ")][1:]
    names = {"STUB": "def to_grey(pictures):\n    ...\n\n\nexercises.cleaning.to_grey.check(to_grey)"}
    names |= vars(cleaning_pictures)  # what a file of exercises imports
    exec("\n".join(lines), names)
    made = names["to_grey"]
    must_pass(made.check(lambda pictures: pictures.mean(-1)))
    must_fail_with(made.check(lambda pictures: pictures.mean(1)), "channels come last")
    assert len(lines) <= 30


def test_numbers_come_from_a_generator_too_and_have_no_imaginary_part():
    assert probes.numbers(one for one in (1, 2.5)).tolist() == [1, 2.5]
    with pytest.raises(sandbox.TryAgain, match="Numbers are asked for"):
        probes.numbers(np.array([1 + 1j]))


def test_a_text_that_looks_like_what_was_asked_for_is_called_a_text():
    yes_or_no, numbers = exercises.cleaning.readable, exercises.layers.dead
    must_fail_with(yes_or_no.check(lambda path: "True"), "True or False is asked for, and this is a text.")
    must_fail_with(yes_or_no.check(lambda path: 7), "True or False is asked for.")
    must_fail_with(numbers.check(lambda maps: "1, 3, 5"), "Numbers are asked for, and this is a text.")

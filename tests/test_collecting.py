"""`labs collect` adds up what learners handed in, without names, and says which file is none of that."""

import csv
import json
import os

import pytest

from helpers import cli, exercises
from helpers.exercises import collecting, progress


@pytest.fixture
def handed_in(tmp_path, monkeypatch):
    """Two learners: one solved it at the third try, the other did not; the second solved another, too."""
    monkeypatch.setattr("helpers.environment.check", lambda: None)
    for one in (exercises.cleaning.verify, exercises.cleaning.ball):
        monkeypatch.setattr(one, "hints_given", 0)  # another test may have asked for some
    files = []
    for name, answers in (("anna", "aab"), ("ben", "ca")):
        monkeypatch.setenv("LABS_HOME", str(tmp_path / name))
        for answer in answers:
            exercises.cleaning.verify.check(answer)
        if name == "ben":
            exercises.cleaning.ball.check((15, 30))
        files.append(progress.export(tmp_path / f"{name}.json"))
    return files


def test_the_table_says_how_many_solved_it_and_what_was_common(handed_in, capsys):
    assert cli.main(["collect", *map(str, handed_in)]) == 0
    said = capsys.readouterr().out
    assert "2 learners" in said
    assert "anna" not in said
    (row,) = [line.split() for line in said.splitlines() if line.startswith("cleaning.verify ")]
    assert row == ["cleaning.verify", "1", "2", "2.5", "0.0"]
    (row,) = [line.split() for line in said.splitlines() if line.startswith("cleaning.ball ")]
    assert row == ["cleaning.ball", "1", "1", "1.0", "0.0"]
    assert "    3 × You chose a." in said
    assert "    1 × You chose c." in said
    assert "training.loss                         0      0      –" in said


def test_the_rows_are_for_programs(handed_in, tmp_path, capsys):
    target = tmp_path / "class.csv"
    assert cli.main(["collect", *map(str, handed_in), "--to", str(target)]) == 0
    rows = list(csv.DictReader(target.open(encoding="utf-8")))
    assert [(row["learner"], row["exercise"], row["status"], row["tries"], row["times"]) for row in rows] == [
        ("1", "cleaning.verify", "correct", "3", "2"),
        ("2", "cleaning.verify", "try again", "2", "1"),
        ("2", "cleaning.verify", "try again", "2", "1"),
        ("2", "cleaning.ball", "correct", "1", ""),
    ]
    said = capsys.readouterr()
    assert said.err.splitlines() == [f"learner 1: {handed_in[0]}", f"learner 2: {handed_in[1]}"]
    assert "anna" not in said.out.replace(str(target), "") and "anna" not in target.read_text(encoding="utf-8")
    assert cli.main(["collect", str(handed_in[0]), "--to", str(target)]) == 2
    assert "is not overwritten" in capsys.readouterr().err


RECORD = '{"exercises": {"a": {"status": "%s", "tries": %s, "hints": 0}}}'


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "{}", '{"exercises": {"a": 1}}', "\x00", 100_000 * "["),
        *(RECORD % about for about in (("", "1e999"), (r"\ud800", 1), ("", -5), ("", 10**400))),
        (RECORD % ("", 1)).replace('"hints": 0', '"hints": -1'),
        (RECORD % ("", 1)).replace('"hints": 0', '"hints": 0, "wrong": {"You chose a.": -1}'),
    ],
)
def test_a_file_that_is_no_progress_is_named(tmp_path, capsys, content, monkeypatch):
    monkeypatch.setattr("helpers.environment.check", lambda: None)
    (tmp_path / "a.json").write_text(content)
    assert cli.main(["collect", str(tmp_path / "a.json")]) == 2
    assert "a.json: is no progress that `labs progress --export` wrote" in capsys.readouterr().err
    assert cli.main(["collect", str(tmp_path / "b.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_what_was_handed_in_is_no_formula(tmp_path):
    (tmp_path / "a.json").write_text(RECORD % ("=1+1", 1))
    records, _ = collecting.read_all([tmp_path / "a.json"])
    made = collecting.write(records, tmp_path / "class.csv")
    assert "'=1+1" in made.read_text()


def test_progress_of_an_older_version_is_read(tmp_path):
    text = '{"version": 1, "exercises": {"cleaning.ball": {"status": "correct", "tries": 1, "hints": 0}}}'
    assert progress.understood(text)["cleaning.ball"]["wrong"] == {}


def test_the_same_file_twice_is_one_learner_and_one_like_another_is_told(handed_in, tmp_path, capsys):
    again = tmp_path / "anna (1).json"
    again.write_bytes(handed_in[0].read_bytes())
    assert cli.main(["collect", *map(str, (handed_in[0], *handed_in, again))]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("3 learners\n")  # two may have done the same
    assert said.err == f"{again}: is the same as {handed_in[0]}; if it was handed in twice, leave one out.\n"


def test_a_file_saved_in_an_editor_that_marks_its_text_is_read(handed_in):
    before = collecting.read_all(handed_in)
    handed_in[0].write_bytes(b"\xef\xbb\xbf" + handed_in[0].read_bytes())
    assert collecting.read_all(handed_in) == before


def test_words_of_a_file_do_nothing_to_the_terminal(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("helpers.environment.check", lambda: None)
    bad = "a\x1b[2J\n\rb\x07\u202e\x9b\x00 ü"
    record = {"status": bad, "tries": 1, "hints": 0, "wrong": {bad: 2, bad + "\n": 3}}
    file = tmp_path / ("a[2J.json" if os.name == "nt" else "a\x1b[2J.json")  # Windows allows no such name
    file.write_text(json.dumps({"exercises": {bad: record}}))
    assert cli.main(["collect", str(file), "--to", str(tmp_path / "class.csv")]) == 0
    said = capsys.readouterr()
    assert "\na[2J b ü " in said.out and "\n    5 × a[2J b ü\n" in said.out
    assert "learner 1:" in said.err and "a[2J.json\n" in said.err
    everything = said.out + said.err + (tmp_path / "class.csv").read_text(encoding="utf-8")
    assert {letter for letter in everything if not letter.isprintable()} == {"\n"}
    file.write_text("{")
    assert cli.main(["collect", str(file)]) == 2
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="Windows does not name its pipes so")
def test_what_comes_through_a_pipe_is_read(handed_in, capsys):
    end, beginning = os.pipe()  # as in labs collect <(ssh server cat anna.json)
    os.write(beginning, handed_in[0].read_bytes())
    os.close(beginning)
    assert cli.main(["collect", f"/dev/fd/{end}"]) == 0
    assert capsys.readouterr().out.startswith("1 learner\n")
    os.close(end)

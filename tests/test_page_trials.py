"""The page of what was tried says what the long trials last said, and names where they stand."""

import csv
import io
import re

import pytest
from hostile_texts import TEXTS

from helpers.checking import elsewhere
from helpers.lessons import PROJECT

TEXT = (PROJECT / "docs" / "pages" / "trials.md").read_text(encoding="utf-8")
ROWS = [row.split(" | ") for row in re.findall(r"^\| (.+) \|$", TEXT, re.M) if not row.startswith("What was tried")]


def said(name):
    return (PROJECT / "tests" / f"soak_{name}.txt").read_text(encoding="utf-8")


def row(start):
    """(how often, what was lost) of the row that begins so."""
    [found] = [row for row in ROWS if row[0].startswith(start)]
    return found[1], found[2]


def tables(name):
    return [list(csv.DictReader(io.StringIO(part))) for part in said(name).split("\n\n") if "," in part.split("\n")[0]]


@pytest.mark.parametrize("name", ["cleaning", "predicting", "fuzzing", "training", "many_workers"])
def test_every_long_trial_is_on_the_page_and_in_make_soak(name):
    assert f"`tests/soak_{name}.txt`" in TEXT
    [trials] = re.findall(r"for trial in ([\w ]+)", (PROJECT / "Makefile").read_text(encoding="utf-8"))
    assert name in trials.split()


def test_each_row_says_what_was_tried_how_often_what_was_lost_and_where():
    assert len(ROWS) > 12 and all(len(row) == 4 and all(row) for row in ROWS)
    assert all(re.search(r"\d", row[1]) and re.search(r"`tests/|\]\(", row[3]) for row in ROWS)


def test_clean_copies_came_to_what_the_page_says():
    text = said("cleaning")
    for start, kind in (("Pictures spoilt at random through `labs clean`", "spoilt"), ("Pillow's own", "theirs")):
        number, lost = row(start)
        [kept] = re.findall(r"(\S+) are in the copy, all as promised", lost)
        assert f"{number} {kind} files: {kept} in the copy, all as promised." in text
    number, lost = row("A clean copy killed")
    [halves] = re.findall(r"^(\d+) left", lost)
    assert f"{number} kills: {halves} left a half behind, none was taken for a whole" in text
    assert "A full disk: " in text and "nothing of it was left behind" in text


def test_predictions_came_to_what_the_page_says():
    number, lost = row("Pictures spoilt at random through `labs predict`")
    answered, named, megabytes = re.findall(r"\d[\d,]*\d", lost)
    assert f"{number} spoilt files: {answered} answered, {named} named" in said("predicting")
    assert f" {megabytes} MB were taken at most" in said("predicting")


def test_the_fuzzer_did_as_much_as_the_page_says():
    text = said("fuzzing")
    inputs = sum(int(one.replace(",", "")) for one in re.findall(r"([\d,]+) inputs", text))
    minutes = sum(map(int, re.findall(r"inputs in (\d+) seconds", text))) // 60
    assert row("Our own reading")[0] == f"{inputs / 1e6:.0f} million inputs, {minutes} minutes"
    assert text.count("nothing found.") == len(re.findall("inputs in", text))


def test_killed_workers_cost_what_the_page_says():
    dask, service, _ = tables("many_workers")
    number, lost = row("A worker of Dask killed")
    assert int(number) == len(dask) and f"the same {dask[0]['rows']} rows" in lost
    assert {(one["rows"], one["other rows"]) for one in dask} == {(dask[0]["rows"], "0")}
    number, lost = row("A worker of TensorFlow's data service killed")
    assert int(number) == len(service) and f"no picture of {service[0]['pictures']}," in lost
    assert {(one["lost"], one["twice"]) for one in service} == {("0", "0")}
    assert sum(one["came back"] == "yes" for one in service) * 2 == len(service)


def test_programs_that_left_a_service_ended_as_the_page_says():
    endings = tables("many_workers")[2]
    number, lost = row("Programs at their end")
    [most] = re.findall(r"within ([\d.]+) seconds", lost)
    assert int(number) == len(endings) and {one["ended"] for one in endings} == {"yes"}
    assert max(float(one["then to the end (s)"]) for one in endings) == float(most)


def test_hostile_texts_are_counted_and_lessons_are_guarded():
    assert row("Names of files and classes")[0] == f"{len(TEXTS)} texts"
    assert row("All lessons, with shells")[0] == "1 run of each"
    assert "\n\t$(BIN)/python -m helpers.checking.elsewhere  #" in (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert (elsewhere.GUARD / "sitecustomize.py").is_file()


def test_killed_trainings_came_to_what_the_page_says():
    number, lost = row("Trainings killed without warning")
    [numbers] = re.findall(r"all ([\d,]+) numbers of weights and history", lost)
    assert f"{number} of 60 steps, by a clock that counts steps:" in said("training")
    assert f"{numbers} numbers, 0 differ from those of a training left alone" in said("training")
    number, _ = row("`labs train` killed")
    killed = [one for one in tables("training")[-1] if one["calls"] == "2"]  # a call more: it had not ended before
    assert int(number) == len(killed) and all(one["validation accuracy"] for one in killed)
    number, lost = row("`labs train` stopped by Ctrl-C")
    [most] = re.findall(r"([\d.]+) seconds at most", lost)
    assert re.search(rf"{number} times Ctrl-C: [\d.]+ to {most} seconds to the end", said("training"))

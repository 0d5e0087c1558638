"""Trust, on answers whose truth is known: the temperature that was put in is found, thresholds do what they say."""

import re

import numpy as np
import pytest
from PIL import Image

from helpers import experiments, figures, lessons, pipeline, trust
from helpers.errors import InputError
from helpers.quiet import keras
from helpers.training import wilson


def world(n=20_000, seed=0):
    """Answers of a network that is right exactly as often as it is sure, and the truth."""
    rng = np.random.default_rng(seed)
    answers = 1 / (1 + np.exp(-rng.normal(0, 2, n)))
    return answers, rng.random(n) < answers


def test_a_network_that_is_as_sure_as_right_has_no_calibration_error_and_needs_no_temperature():
    answers, truth = world()
    assert experiments.reliability(answers, truth).error < 0.01
    assert trust.temperature(answers, truth) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("put_in", [0.5, 1.7, 2.5])
def test_the_temperature_that_was_put_in_is_found(put_in):
    answers, truth = world()
    too_sure = trust.soften(answers, 1 / put_in)
    found = trust.temperature(too_sure, truth)
    assert found == pytest.approx(put_in, rel=0.05)
    softened = trust.soften(too_sure, found)
    assert np.allclose(softened, answers, atol=0.02)
    assert experiments.reliability(softened, truth).error < 0.01
    assert np.array_equal(softened > 0.5, answers > 0.5)


def test_answers_of_nought_and_one_have_a_temperature_too():
    answers = np.array([0, 1, 1, 0, 1, 0, 1.0, 0])
    truth = np.array([0, 1, 1, 0, 1, 0, 0, 1])  # right on six of eight
    softened = trust.soften(answers, trust.temperature(answers, truth))
    assert softened.max() == pytest.approx(0.75, abs=0.01)


def test_rules_count_the_answers_given_and_those_that_are_right():
    answers, truth = [0.95, 0.9, 0.2, 0.6, 0.45], [1, 0, 0, 1, 1]
    always, sure, surest, none = trust.rules(answers, truth, (0.5, 0.8, 0.92, 1.0))
    assert (always.answered, always.n, always.accuracy) == (1.0, 5, 0.6)
    assert (sure.answered, sure.n, sure.accuracy) == (0.6, 3, pytest.approx(2 / 3))
    assert (surest.n, surest.accuracy) == (1, 1.0)
    assert none.n == 0 and np.isnan(none.accuracy) and none.interval == (0, 1)
    assert sure.interval[0] < sure.accuracy < sure.interval[1]


def test_wrong_input_is_said():
    with pytest.raises(InputError, match="0 answers and 0 labels"):
        trust.temperature([], [])
    with pytest.raises(InputError, match="2 answers and 1 labels"):
        trust.rules([0.1, 0.2], [1], [0.5])
    with pytest.raises(InputError, match="all these pictures are of one class"):
        trust.temperature([0.1, 0.2], [1, 1])
    with pytest.raises(InputError, match=r"0\.3: no threshold"):
        trust.rules([0.1], [1], [0.3])


@pytest.mark.parametrize(("answer", "named"), [(np.nan, "nan"), (3.2, "3.2"), (-0.5, "-0.5"), (np.inf, "inf")])
def test_an_answer_that_is_no_probability_is_said(answer, named):
    for ask in (trust.temperature, lambda *given: trust.rules(*given, [0.5])):
        with pytest.raises(InputError, match=rf"^{named}: no probability"):
            ask([0.9, answer, 0.2], [1, 1, 0])


def test_few_rules_and_odd_names_are_drawn(monkeypatch):
    drawn = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: drawn.append((figures._png(figure), alt)))
    one = trust.rules([0.9], [1], [0.5])
    trust.show_rules({"$\\foo$": one}, "One row.")
    trust.show_rules(dict.fromkeys("abcd", one + trust.rules([0.9, 0.2], [1, 1], [0.85])), "Two rows, four kinds.")
    assert [said.count("% right of") for _, said in drawn] == [1, 4]


def test_what_cannot_be_drawn_as_rules_is_said():
    some = trust.rules([0.9, 0.8], [1, 1], [0.5])
    for kinds, many in (({}, 0), (dict.fromkeys("abcdefghi", some), 9)):
        with pytest.raises(InputError, match=f"{many} lines; a figure can tell 1 to 6 apart"):
            trust.show_rules(kinds, "Too few, too many.")
    for none in ([], trust.rules([0.9, 0.8], [1, 1], [1.0])):
        with pytest.raises(InputError, match="raw: no answer is given at any of its thresholds"):
            trust.show_rules({"soft": some, "raw": none}, "None.")


@pytest.fixture
def by_light():
    """A network that says class 1 for bright pictures, and is the surer the brighter."""
    picture = keras.layers.Input((30, 30, 3))
    mean = keras.ops.mean(picture, axis=(1, 2, 3))[:, None]
    return keras.Model(picture, keras.ops.sigmoid(20 * (mean - 0.5)))


def test_shifts_change_what_they_say(by_light):
    rng = np.random.default_rng(1)
    pictures = rng.uniform(0.4, 0.8, (8, 30, 30, 3)).astype("float32")
    changed = {name: change(pictures) for name, change in trust.SHIFTS.items()}
    for name, one in changed.items():
        assert one.shape == pictures.shape and one.dtype == np.float32, name
        assert one.min() >= 0 and one.max() <= 1, name
    assert np.array_equal(changed["as they were"], pictures)
    assert changed["darker"].mean() < pictures.mean() < changed["brighter"].mean()
    yellow = changed["yellow light"].mean(axis=(0, 1, 2))
    assert yellow[2] < yellow[0] == pytest.approx(pictures[..., 0].mean(), abs=1e-5)
    for name in ("blurred", "small camera"):
        assert changed[name].std() < 0.6 * pictures.std(), name
        assert changed[name].mean() == pytest.approx(pictures.mean(), abs=0.01), name

    found = {one.name: one for one in trust.shifted(by_light, pictures, np.ones(8))}
    assert list(found) == list(trust.SHIFTS)
    assert found["as they were"].accuracy == 1 and found["darker"].accuracy == 0
    assert found["darker"].sure > 0.9  # wrong, and sure of it
    softer = {one.name: one for one in trust.shifted(by_light, pictures, np.ones(8), temperature=5)}
    assert softer["darker"].sure < found["darker"].sure and softer["darker"].accuracy == 0


def test_pictures_of_neither_are_of_three_kinds_and_the_same_for_a_seed():
    found = trust.of_neither((30, 40), count=5)
    assert {name: (one.shape, one.dtype.name) for name, one in found.items()} == dict.fromkeys(
        ("empty places", "digits", "noise"), ((5, 30, 40, 3), "float32")
    )
    assert all(one.min() >= 0 and one.max() <= 1 and one.std() > 0.05 for one in found.values())
    again, other = trust.of_neither((30, 40), count=5), trust.of_neither((30, 40), count=5, seed=1)
    assert all(np.array_equal(found[name], again[name]) for name in found)
    assert not any(np.array_equal(found[name], other[name]) for name in found)


def test_the_figures_tell_their_numbers(by_light, monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: shown.append((figure, alt)))
    answers, truth = [0.95, 0.9, 0.2, 0.6, 0.45], [1, 0, 0, 1, 1]
    trust.show_rules({"raw": trust.rules(answers, truth, (0.5, 0.8, 1.0))}, "Rules.")
    trust.show_shifted(trust.shifted(by_light, np.full((4, 30, 30, 3), 0.9, "float32"), np.ones(4)), "Shifts.")
    (rules, said), (shifts, told) = shown
    assert "raw: 60% right of 100%, 67% of 60%" in said
    assert list(rules.axes[0].lines[0].get_xdata()) == [100, 60]
    bars = [line[:, 1] / 100 for line in rules.axes[0].collections[0].get_segments()]
    assert np.allclose(bars, [wilson(3, 5), wilson(2, 3)])
    assert "darker: right 0%, sure" in told
    assert [text.get_text() for text in shifts.axes[0].get_yticklabels()] == list(trust.SHIFTS)


@pytest.mark.parametrize("most", [1, 255])
def test_a_network_of_ones_own_goes_through_the_cells_of_lesson_5(by_light, tmp_path, monkeypatch, capsys, most):
    """most: what the network takes for white."""
    monkeypatch.chdir(tmp_path)
    shown = []
    monkeypatch.setattr(figures, "show", lambda figure, caption, alt: shown.append(alt))
    keras.Sequential([keras.layers.Input((30, 30, 3)), keras.layers.Rescaling(1 / most), by_light]).save(
        "my_network.keras"
    )
    for number in range(8):
        path = tmp_path / "my_photos" / "validation" / ("dark", "light")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (40, 40), (20 + number, 190 + number)[number % 2]).save(path)
    cells = {cell.id: cell.source for cell in lessons.read("05_your_own_photos").cells}
    lines = re.search(r"```python\n(.*?)```", cells["05-44"], re.DOTALL)[1].splitlines()
    if most == 255:
        lines.insert(2, re.search(r"`(model = keras.Sequential.*)` below", cells["05-44"])[1])
    names = {"keras": keras, "pipeline": pipeline, "np": np, "trust": trust, "experiments": experiments, "SEED": 1}
    exec("\n".join(lines), names)
    for part in ("05-37", "05-40", "05-42", "05-43"):
        exec(cells[part], names)
    assert "as they were: right 100%" in shown[-1]
    assert capsys.readouterr().out.count("% sure on average") == 3

"""What finds hair cracks in cells of full size: the filters, and the two models that learn from them."""

import itertools

import cv2
import numpy as np
import pytest

from helpers.cells import expert, lines
from helpers.errors import InputError
from helpers.quiet import keras


def cell(seed: int, *lines_: tuple[int, int, int, int]) -> np.ndarray:
    """A bright, noisy cell with a level bar, and faint dark lines (x0, y0, x1, y1) in it."""
    light = np.full((300, 300), 0.6, "float32")
    light[148:152] = 0.3
    for x0, y0, x1, y1 in lines_:
        cv2.line(light, (x0, y0), (x1, y1), 0.5, 2, cv2.LINE_AA)
    return np.uint8(255 * np.clip(light + np.random.default_rng(seed).normal(0, 0.01, light.shape), 0, 1))


def channel(degrees: int, kind: int) -> int:
    return 3 * (degrees // 15) + kind


def test_a_faint_line_is_found_in_its_place_and_direction_and_a_patch_is_none():
    falls = lines.maps(cell(1, (60, 40, 140, 120))).astype("float32")  # y grows downwards: it falls, by 45 degrees
    rises = lines.maps(cell(1, (60, 120, 140, 40))).astype("float32")
    assert falls.shape == (37, 37, lines.MAPS)
    middle = (80 - 2) // 8, (100 - 2) // 8
    for kind in range(3):
        assert falls[*middle, channel(45, kind)] > 4 * abs(falls[*middle, channel(135, kind)])
        assert rises[*middle, channel(135, kind)] > 4 * abs(rises[*middle, channel(45, kind)])
    assert falls[*middle, channel(45, 2)] > 8 * falls[28:, 28:, channel(45, 2)].max()
    patch = cell(1)
    patch[40:100, 40:100] //= 2
    inner = lines.maps(patch).astype("float32")[3:14, 3:14, 2 : 3 * lines.DIRECTIONS : 3]
    assert falls[*middle, channel(45, 2)] > 2 * inner.max()


def test_a_short_line_is_found_but_is_none_that_goes_on():
    short = lines.maps(cell(1, (92, 72, 108, 88)))[9, 12, channel(45, 0) : channel(45, 2) + 1].astype("float32")
    assert short[2] < short[1] / 10 and short[2] < short[0] / 10


def test_the_maps_of_a_mirrored_cell_are_the_mirrored_maps():
    one = cell(2, (60, 40, 150, 100), (200, 30, 210, 120))
    found = lines.maps(one)
    across = lines.mirrored(found)[:, ::-1].astype("float32")
    assert np.allclose(across, lines.maps(np.ascontiguousarray(one[:, ::-1])), atol=0.01)
    assert np.allclose(
        found[::-1, ::-1].astype("float32"), lines.maps(np.ascontiguousarray(one[::-1, ::-1])), atol=0.01
    )
    assert not np.allclose(across, found[:, ::-1], atol=0.1)  # without the exchange of channels it is another cell


def test_no_cells_are_refused_in_a_sentence():
    for none in ([], iter(()), np.zeros((0, 300, 300), "uint8")):
        with pytest.raises(InputError, match="there are no cells to look at"):
            expert.look(none)


def test_a_cell_of_another_size_is_refused_in_a_sentence():
    for other in (np.zeros((150, 150), "uint8"), np.zeros((300, 300, 3), "uint8"), np.zeros((300, 300), "float32")):
        with pytest.raises(InputError, match=r"the filters fit grey ones of 300 x 300, uint8\.$"):
            expert.look([other])


@pytest.fixture(scope="module")
def cells():
    """Eighty cells, every other one with a crack somewhere, and how probable it is that each is whole."""
    rng, made = np.random.default_rng(0), []
    for number in range(80):
        x, y = rng.integers(30, 110, 2)
        crack = (x, y, x + int(rng.integers(60, 160)), y + int(rng.integers(60, 160)))
        made.append(cell(number, *([crack] if number % 2 else [])))
    return expert.look(made), 1.0 - np.arange(80) % 2


def test_both_models_learn_cracks_and_are_asked_together(cells):
    seen, shares = cells
    made = expert.train(seen[:48], shares[:48], 60, now=itertools.count().__next__)  # a step each "second"
    answers = made.answers(seen[48:])
    assert set(answers) == {"trees", "networks", "together"}
    for told in answers.values():
        assert told.shape == (32,) and (told >= 0).all() and (told <= 1).all()
        assert ((told > 0.5) == (shares[48:] > 0.5)).mean() > 0.9
    assert np.allclose(answers["together"], (answers["trees"] + answers["networks"]) / 2)


def test_without_a_network_the_trees_answer_alone(cells):
    seen, shares = cells
    answers = expert.train(seen, shares, seconds=0, networks=0).answers(seen)
    assert list(answers) == ["trees"]


def test_a_cell_is_told_the_same_however_it_is_held_with_its_bars_level(cells):
    one, (seen, shares) = cell(3, (60, 40, 150, 100), (200, 30, 210, 120)), cells
    held = expert.look([one, one[::-1].copy(), one[:, ::-1].copy(), one[::-1, ::-1].copy()])
    keras.utils.set_random_seed(1)
    made = expert.Expert(expert.grow_trees(seen.numbers, shares, seed=1), [expert.network()])
    assert np.ptp(made.answers(held)["networks"]) < 1e-3


def test_too_few_cells_to_learn_from_are_refused_in_a_sentence(cells):
    with pytest.raises(InputError, match="20 cells are too few to learn from; give at least 32"):
        expert.train_network(cells[0].maps[:20], cells[1][:20], seconds=1, seed=1)


def test_a_doubtful_label_counts_less_in_the_trees(cells):
    seen, shares = cells
    doubtful = np.where(np.arange(80) < 24, 0.67 * (1 - shares) + 0.33 * shares, shares)  # doubtful, and wrong
    told = {}
    for name, taught in {"weighed": doubtful, "rounded": np.round(doubtful)}.items():
        told[name] = expert.grow_trees(seen.numbers, taught, seed=1).predict_proba(seen.numbers)[:, 1]
    error = {name: np.abs(one[24:] - shares[24:]).mean() for name, one in told.items()}
    assert error["weighed"] < 0.8 * error["rounded"]

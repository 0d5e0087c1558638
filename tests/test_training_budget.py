"""More time or a faster machine buys a larger network and larger pictures; the clock is kept."""

import numpy as np
import pytest

from helpers import budget
from helpers.models import compact
from helpers.quiet import keras


def test_more_time_and_a_faster_machine_buy_more():
    taken = [budget.LADDER.index(budget.choose(2000, seconds, 1e11)) for seconds in (5, 60, 300, 1200, 5000)]
    assert taken == sorted(taken) and taken[0] == 0 and taken[-1] == len(budget.LADDER) - 1
    assert budget.choose(2000, 300, 1e11) == budget.choose(2000, 3000, 1e10)
    assert budget.choose(20_000, 300, 1e11).large < budget.choose(2000, 300, 1e11).large


def test_the_work_is_the_number_of_multiplications():
    one = budget.Choice((5, 7), small=8, large=9, enough=1)
    first, second = 9 * 3 * 5 * 9 * 9, 9 * 5 * 7 * 4 * 4  # pooling drops the odd row
    assert one.work(9) == first + second


@pytest.mark.parametrize("choice", budget.LADDER)
def test_the_work_is_that_of_the_networks_own_layers(choice):
    for side in (choice.small, choice.large, choice.large + 1):
        layers = compact((side, side), choice.widths).layers
        convolutions = [layer for layer in layers if isinstance(layer, keras.layers.Conv2D)]
        places = [layer.output.shape[1] * layer.output.shape[2] for layer in convolutions]
        kernels = [np.prod(layer.kernel.shape) for layer in convolutions]
        assert choice.work(side) == np.dot(places, kernels)


def test_epochs_fill_the_time():
    one = budget.LADDER[1]
    epochs = one.epochs(2000, 300, 1e11)
    seconds = epochs * 2000 * 2 / (1 / one.work(one.small) + 1 / one.work(one.large)) / 1e11
    assert 290 < seconds <= 300


@pytest.mark.parametrize("choice", budget.LADDER)
def test_every_step_of_the_ladder_is_a_network_for_its_pictures(choice):
    for side in (choice.small, choice.large):
        assert compact((side, side), choice.widths)(np.zeros((2, side, side, 3))).shape == (2, 1)


def test_the_step_grows_then_falls_to_almost_nothing():
    clock = budget.ByTheClock(seconds=100, peak=2.0)
    rates = [clock.rate(gone) for gone in np.linspace(0, 1.2, 61)]
    top = int(np.argmax(rates))
    assert rates[top] == pytest.approx(2.0, rel=0.02) and 0.08 < top / 50 < 0.12
    assert rates[0] < 0.1 and 0 < rates[-1] < 0.05
    assert all(a >= b for a, b in zip(rates[top:], rates[top + 1 :], strict=False))


def test_it_stops_when_the_time_is_over():
    now = [0.0]
    clock = budget.ByTheClock(seconds=10, peak=1.0, now=lambda: now[0])
    clock.set_model(keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)]))
    clock.model.stop_training = False
    clock.until = 0.5
    for now[0], stopped in ((2.0, False), (4.9, False), (5.1, True)):
        clock.on_train_batch_end(0)
        assert clock.model.stop_training == stopped

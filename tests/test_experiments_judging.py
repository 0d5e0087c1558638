"""Two networks on the same pictures, calibration, what is in the frame, and what is kept of longer runs."""

import math

import numpy as np
import pytest
from scipy import stats

from helpers import augmentation, experiments
from helpers.augmentation import RandomWarp
from helpers.errors import InputError
from helpers.experiments import DIFFERENCE, Measured, Run, framing
from helpers.quiet import tf
from helpers.training import wilson

STILL = {"flip": False, "rotation": 0, "zoom": 0, "shear": 0, "shift": 0, "brightness": 0, "contrast": 0}


def two_networks(both, gained, lost, neither):
    """Answers of two networks and the labels, of which so many are right by both, the second, the first, by none."""
    first = np.repeat([0.9, 0.2, 0.9, 0.2], [both, gained, lost, neither])
    second = np.repeat([0.9, 0.9, 0.2, 0.2], [both, gained, lost, neither])
    return first, second, np.ones(len(first))


def test_only_pictures_on_which_two_networks_differ_tell_them_apart():
    found = experiments.compare(*two_networks(300, 40, 15, 145))
    assert (found.pictures, found.gained, found.lost) == (500, 40, 15)
    assert found.difference == pytest.approx(25 / 500)
    tail = stats.binom.cdf(15, 55, 0.5)
    assert found.p == pytest.approx(2 * tail)
    assert found.paired[0] > 0  # they do differ, which the two accuracies alone do not show:
    assert found.apart[0] < 0 < found.difference < found.apart[1]
    assert found.paired[1] - found.paired[0] < found.apart[1] - found.apart[0]


def test_the_interval_of_pairs_holds_the_true_difference_as_often_as_it_says():
    rng, held = np.random.default_rng(0), 0
    for _ in range(400):
        counts = rng.multinomial(200, [0.6, 0.12, 0.06, 0.22])
        low, high = experiments.compare(*two_networks(*counts)).paired
        held += low <= 0.06 <= high
    assert 0.92 < held / 400 < 0.98


def test_a_network_against_itself_is_no_better_and_no_worse():
    answers, _, truth = two_networks(30, 0, 0, 10)
    found = experiments.compare(answers[:, None], answers, truth)
    assert (found.difference, found.p) == (0, 1)
    assert found.paired[0] < 0 < found.paired[1]


def test_which_class_is_right_makes_no_difference_to_the_comparison():
    first, second, truth = two_networks(30, 9, 4, 10)
    mirrored = experiments.compare(1 - first, 1 - second, 1 - truth)
    assert mirrored == experiments.compare(first, second, truth)


def test_answers_to_other_pictures_are_refused():
    with pytest.raises(InputError, match="3 and 2 answers for 3 labels"):
        experiments.compare([0.1, 0.2, 0.3], [0.1, 0.2], [0, 1, 0])
    with pytest.raises(InputError, match="give both networks"):
        experiments.compare([], [], [])


@pytest.mark.parametrize("wrong", [np.nan, -3.0, 2.0])
def test_what_is_no_probability_is_refused(wrong):
    given, truth = np.array([wrong, 0.2, 0.9]), np.array([1, 0, 1])
    for ask in (
        lambda: experiments.reliability(given, truth),
        lambda: experiments.compare(given, np.abs(truth - 0.1), truth),
        lambda: experiments.compare(np.abs(truth - 0.1), given, truth),
    ):
        with pytest.raises(InputError, match=f"{wrong:g}: no probability, 0 to 1"):
            ask()


def test_single_runs_mislead_as_often_as_the_pairs_say_and_means_less_often():
    worse, better = [0.70, 0.72, 0.78, 0.74], [0.73, 0.75, 0.76, 0.77]
    pairs = np.mean([a > b for a in worse for b in better])
    assert experiments.misled(worse, better) == pytest.approx(pairs, abs=0.03)
    assert experiments.misled(worse, better, seeds=3) < experiments.misled(worse, better)
    assert experiments.misled(worse, better, seeds=4) == 0  # all runs there are: their means are in order
    assert experiments.misled(worse, worse, seeds=4) == 0.5
    with pytest.raises(InputError, match="4 runs are too few to draw 5 from"):
        experiments.misled(worse, better, seeds=5)


def test_a_network_that_is_right_as_often_as_it_is_sure_has_no_calibration_error():
    answers = np.repeat([0.8, 0.2, 0.6], [50, 50, 100])
    truth = np.concatenate([np.arange(50) < 40, np.arange(50) >= 40, np.arange(100) < 60])
    found = experiments.reliability(answers, truth)
    assert found.error == pytest.approx(0)
    assert found.pictures.sum() == 200 and found.pictures.max() == 100


def test_sure_and_wrong_is_a_calibration_error():
    found = experiments.reliability(np.full(10, 0.95), np.arange(10) < 6)
    assert found.error == pytest.approx(0.35)
    assert found.sure[-1] == pytest.approx(0.95) and found.right[-1] == pytest.approx(0.6)
    assert np.isnan(found.right[0]) and found.pictures[-1] == 10
    assert experiments.reliability(np.array([1.0, 0.0]), [1, 0]).error == 0  # the very edges have a bin, too
    with pytest.raises(InputError, match="2 answers and 1 labels"):
        experiments.reliability([0.5, 0.4], [1])


def run_of(*answers, truth=(1, 1, 0, 0)):
    return Run("made", 1, None, {}, [], [], [np.array(one, "float32") for one in answers], np.array(truth, bool))


def test_accuracy_can_rise_while_the_loss_rises_too():
    found = experiments.sureness(run_of([0.6, 0.45, 0.55, 0.4], [0.9, 0.7, 0.999, 0.1]))
    assert found["accuracy"] == [0.5, 0.75]
    assert found["loss"][1] > found["loss"][0]
    assert found["loss of right"][1] < found["loss of right"][0]  # so it is the wrong ones that do it
    assert found["loss of wrong"][1] == pytest.approx(-math.log(0.001) / 4, rel=1e-3)
    assert found["sure and wrong"] == [0, 1]
    for whole, right, wrong in zip(found["loss"], found["loss of right"], found["loss of wrong"], strict=True):
        assert whole == pytest.approx(right + wrong)


def test_an_answer_of_exactly_zero_has_a_loss_that_can_be_drawn(shown):
    run = run_of([0, 0, 0, 0], [1, 1, 0, 0])
    found = experiments.sureness(run)
    assert 5 < found["loss"][0] < 20 and found["sure and wrong"][1] == 0
    experiments.show_sureness(run)
    _, caption, alt = shown[0]
    assert "made on 4 test pictures" in caption and "accuracy from 0.50 to 1.00" in alt


def test_the_figure_of_calibration_tells_each_error(shown):
    kinds = {"plain": experiments.reliability(np.full(10, 0.95), np.arange(10) < 6)}
    experiments.show_reliability(kinds, "How sure.")
    assert shown[0][1:] == ("How sure.", "How sure. plain: calibration error 0.35.")
    [bar] = shown[0][0].axes[0].collections[0].get_segments()
    assert np.allclose(bar[:, 1], wilson(6, 10))
    with pytest.raises(InputError, match="7 lines; a figure can tell 1 to 6 apart"):
        experiments.show_reliability(dict.fromkeys("abcdefg", kinds["plain"]), "Too many.")


BOX = [(0.25, 0.25, 0.75, 0.75)]


def test_a_pet_stays_in_frame_as_far_as_the_movement_lets_it():
    assert (experiments.in_frame(BOX, RandomWarp(**STILL)) == 1).all()
    assert (experiments.in_frame(BOX, RandomWarp(**STILL | {"flip": True, "shift": 0.2})) == 1).all()
    far = experiments.in_frame(BOX, RandomWarp(**STILL | {"shift": 1.0}), draws=400)
    # Of a box of a half, shifted by s: all up to s = 1/4, nothing from 3/4 on, so a half of it in each direction.
    assert far.mean() == pytest.approx(0.25, abs=0.04) and far.min() == 0 and far.max() == 1
    near = experiments.in_frame([(0, 0, 1, 1)], RandomWarp(**STILL | {"zoom": 0.5}), draws=400)
    assert near.min() == pytest.approx(0.25, abs=0.05) and near.max() == 1


def test_a_turn_takes_the_corners_out_and_leaves_the_middle():
    turned = RandomWarp(**STILL | {"rotation": 45})
    assert (experiments.in_frame([(0.4, 0.4, 0.6, 0.6)], turned) == 1).all()
    corner = experiments.in_frame([(0, 0, 0.1, 0.1)], turned, draws=200)
    assert corner.min() == 0
    assert experiments.in_frame(BOX * 3, turned, draws=7).shape == (3, 7)


@pytest.mark.parametrize(
    "amounts", [{"right": 0.2}, {"down": -0.15, "flip": True}, {"zoom": -0.3}, {"right": 0.1, "zoom": -0.2}]
)
def test_a_bright_box_has_as_many_pixels_left_as_it_has_share_in_the_frame(amounts):
    picture = np.zeros((200, 200, 3), "float32")
    picture[20:80, 130:190] = 1
    moved = augmentation.one_variation(picture, **amounts)
    larger = 1 / (1 + amounts.get("zoom", 0)) ** 2
    names = ("rotation", "shear", "zoom", "flip", "right", "down")
    given = [tf.constant([float(amounts.get(name, 0))]) for name in names]
    given[3] = tf.constant([-1.0 if amounts.get("flip") else 1.0])
    (share,) = framing.share_left([(0.65, 0.1, 0.95, 0.4)], augmentation.matrices(*given, size=(200, 200)), 200)
    assert 0.3 < share < 0.97
    assert share == pytest.approx((moved[..., 0] > 0.5).sum() / (3600 * larger), abs=0.05)


def test_the_same_seed_makes_the_same_movements():
    warp = RandomWarp(**STILL | {"shift": 0.5})
    one, again, other = (experiments.in_frame(BOX, warp, draws=50, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


ROWS = [
    Measured("test accuracy", "plain", (0.70, 0.72, 0.74), pictures=600, equal="equal steps: 700", command="python x"),
    Measured("test accuracy", "augmentation", (0.80, 0.81, 0.82), pictures=600, equal="equal steps: 700"),
    Measured("seconds", "plain", (12.5,), "seconds"),
    Measured("lost", "plain", (0.02, 0.04), DIFFERENCE),
    Measured("lost", "dropout", (0.01, 0.01), DIFFERENCE),
]


def test_what_is_kept_comes_back(tmp_path):
    path = experiments.write("claims_made", ROWS, tmp_path)
    assert experiments.longer_run("claims_made", folder=tmp_path) == ROWS
    assert experiments.longer_run("claims_made", "seconds", tmp_path) == ROWS[2:3]
    first = path.read_text().splitlines()[1]
    assert first.startswith("test accuracy,plain,0.72,0.04968,share,3,600,equal steps: 700,0.7 0.72 0.74,python x")
    assert not list(tmp_path.glob(".*"))


def test_a_longer_run_that_is_not_there_is_said_in_a_sentence(tmp_path):
    experiments.write("claims_made", ROWS, tmp_path)
    with pytest.raises(InputError, match="claims_other: there is no such result; there are claims_made"):
        experiments.longer_run("claims_other", folder=tmp_path)
    with pytest.raises(InputError, match="does not measure 'weight', but lost, seconds, test accuracy"):
        experiments.longer_run("claims_made", "weight", tmp_path)
    assert experiments.longer_run("claims_made", folder=tmp_path / "nowhere") == []


def test_the_figure_of_a_longer_run_names_seeds_pictures_what_was_equal_and_the_command(tmp_path, monkeypatch, shown):
    experiments.write("claims_made", ROWS, tmp_path)
    monkeypatch.setattr(experiments.keeping, "RESULTS", tmp_path)
    experiments.show_longer_run("claims_made", "test accuracy", "Two ways.")
    _, caption, alt = shown[0]
    for part in ("Two ways.", "3 seeds", "equal steps: 700", "python x"):
        assert part in caption
    assert "plain 72 % ± 5" in alt and "augmentation 81 % ± 2" in alt
    experiments.show_longer_run("claims_made", "test accuracy", "One way.", ["augmentation"])
    assert "plain" not in shown[1][2]
    with pytest.raises(InputError, match="no way 'dropout', but plain, augmentation"):
        experiments.show_longer_run("claims_made", "test accuracy", "None.", ["dropout"])


def test_a_difference_of_shares_is_in_points_and_seconds_are_no_share(tmp_path, monkeypatch, shown):
    experiments.write("claims_made", ROWS, tmp_path)
    monkeypatch.setattr(experiments.keeping, "RESULTS", tmp_path)
    experiments.show_longer_run("claims_made", "test accuracy", "Two ways.")
    experiments.show_longer_run("claims_made", "lost", "What it cost.")
    (shares, *_), (lost, _, alt) = shown
    assert shares.axes[0].get_xlabel() == "test accuracy on 600 pictures (%)"
    assert lost.axes[0].get_xlabel() == "lost (points)" and "plain 3 points ± 13; dropout 1 point ± 0" in alt
    with pytest.raises(InputError, match="'seconds' is in seconds, not a share"):
        experiments.show_longer_run("claims_made", "seconds", "None.")


def test_without_the_benchmarks_a_lesson_goes_on(tmp_path, monkeypatch, capsys, shown):
    monkeypatch.setattr(experiments.keeping, "RESULTS", tmp_path / "nowhere")
    experiments.show_longer_run("claims_made", "test accuracy", "Two ways.")
    assert not shown and "benchmarks" in capsys.readouterr().out


def test_every_kept_claim_can_be_read_and_says_how_it_was_made():
    kept = sorted(experiments.keeping.RESULTS.glob("claims_*.csv"))
    for path in kept:
        for row in experiments.longer_run(path.stem):
            assert row.command.startswith("python benchmarks/claims_") and "--keep" in row.command, path.name
            assert row.values and row.unit, path.name
            apart = row.what.startswith(("lost", "own score minus", "difference", "width"))
            assert (row.unit == DIFFERENCE) == apart, f"{path.name}: {row.what} in {row.unit}"

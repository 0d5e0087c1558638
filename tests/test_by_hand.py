"""Ctrl-C ends a training between two steps, wherever it falls."""

import signal
import sys
import threading

import numpy as np
import pytest

from helpers import models, training
from helpers.by_hand import between_steps
from helpers.quiet import keras, tf

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal to itself")


@pytest.fixture(autouse=True)
def listening():
    """As Python listens in a terminal; a program that was started in the background ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press():
    signal.raise_signal(signal.SIGINT)


def test_it_waits_for_a_place_that_is_safe():
    done = []
    with pytest.raises(KeyboardInterrupt), between_steps() as stop_if_asked:
        stop_if_asked()
        press()
        done.append("the step")
        stop_if_asked()
        done.append("another one")
    assert done == ["the step"]


def test_after_the_last_step_it_counts_as_well():
    with pytest.raises(KeyboardInterrupt), between_steps():
        press()


def test_pressed_twice_it_does_not_wait():
    done = []
    with pytest.raises(KeyboardInterrupt), between_steps():
        press()
        press()
        done.append("more")
    assert not done


def test_afterwards_ctrl_c_is_as_it_was():
    with between_steps():
        pass
    with pytest.raises(KeyboardInterrupt):
        press()


def test_who_listens_already_is_left_alone():
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    with between_steps() as stop_if_asked:
        press()
        stop_if_asked()
    assert heard == [True]


def test_in_another_thread_nothing_is_changed():
    went = []

    def work():
        with between_steps() as stop_if_asked:
            stop_if_asked()
            went.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert went == [signal.default_int_handler]


def test_fit_stops_even_where_python_would_drop_the_interrupt(capsys):
    class Unlucky:
        def __del__(self):
            press()

    class Presses(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            steps.append(batch)
            if len(steps) == 2:
                Unlucky()

    steps, pictures = [], np.zeros((8, 32, 32, 3), "float32")
    data = tf.data.Dataset.from_tensor_slices((pictures, np.zeros((8, 1), "float32"))).batch(2)
    training.fit(models.lab_cnn((32, 32)), data, None, epochs=5, callbacks=[Presses()])
    assert steps == [0, 1] and "Stopped by hand" in capsys.readouterr().out

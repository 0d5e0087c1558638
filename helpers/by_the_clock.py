"""The best network that fits into so many minutes on this machine, trained by the clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers import budget
from helpers.augmentation import RandomWarp
from helpers.mixing import mix_up
from helpers.models import compact
from helpers.pipeline import image_dataset, list_images
from helpers.quiet import keras, tf
from helpers.resuming import Keep, Unfinished

BATCH = 32


@dataclass(frozen=True)
class Trained:
    """What `train_within` made: the model, the History's columns by epoch, and what it chose and why."""

    model: keras.Model
    history: dict[str, list[float]]
    class_names: list[str]
    about: str


def train_within(
    minutes: float,
    train_folder: str | Path,
    validation_folder: str | Path,
    seed: int = 1,
    say: Callable[[str], None] = print,
    now: Callable[[], float] = time.perf_counter,
    unfinished: Unfinished | None = None,
) -> Trained:
    """The best model that fits into so many minutes on this machine: the compact network, with variations on the fly.

    A few steps are timed first; network, picture size and about how many epochs follow from them (see `budget`). The
    recipe: small pictures first, then large ones; AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101); a step that
    follows the clock; an average of the weights over the last steps; pictures mixed a little (Zhang et al. 2018, arXiv
    1710.09412), labels a little short of certain (Szegedy et al. 2015, arXiv 1512.00567); in the end the mean of the
    answers to a picture and to its mirror image. The history's validation columns are over 200 pictures, for a look
    after each epoch takes time from learning; nothing is chosen by them. now: another clock, in seconds.

    unfinished: where the state is kept meanwhile. If one is there, the training goes on from it: with the same plan,
    weights, optimizer and time left, and other draws than before; an epoch that was broken off begins anew. Ctrl-C then
    ends it with KeyboardInterrupt, the state kept; without `unfinished`, the model stays as it is at that moment.
    """
    state = unfinished.read() if unfinished else {}
    plan = state.get("plan") or _plan(minutes, train_folder, seed, now)
    say(f"{'Going on' if state else 'Chosen'}: {plan['about']}.")

    chosen, history = budget.LADDER[plan["step"]], state.get("history", {})
    seed += 1000 * len(history.get("loss", ()))  # other draws than those of the epochs that were
    keras.utils.set_random_seed(seed)
    model = compact((None, None), chosen.widths)
    _compile(model, plan["steps"])
    if state:
        unfinished.load_weights(model, state)
    clock = budget.ByTheClock(plan["seconds"], peak=3e-3, now=now, gone=state.get("gone", 0.0))
    parts = ((chosen.small, budget.FIRST_PART), (chosen.large, 1.0))
    for part in range(state.get("part", 0), len(parts)):
        size, clock.until = parts[part]
        varied, validation = _varied(train_folder, size, seed), _look(validation_folder, size)

        def so_far(part: int = part, before: dict = history) -> dict:
            columns = {name: before.get(name, []) + column for name, column in model.history.history.items()}
            return {"plan": plan, "part": part, "gone": clock.gone(), "history": columns or before}

        keep = [Keep(unfinished, so_far)] if unfinished else []
        went_on = _fit_by(clock, model, varied, validation, keep)
        history = so_far()["history"]
        if not went_on:
            break
    _settle(model, varied)
    return Trained(_upright_and_mirrored(model, chosen), history, list_images(train_folder)[2], plan["about"])


def _plan(minutes: float, train_folder: str | Path, seed: int, now: Callable[[], float]) -> dict:
    """What fits into the time: the step of the ladder, how many steps of training, the seconds for it, and why."""
    began = now()
    keras.utils.set_random_seed(seed)
    quickest = budget.LADDER[0]
    speed = quickest.work(quickest.large) / _seconds_a_picture(
        quickest, _varied(train_folder, quickest.large, seed), now
    )
    pictures = len(list_images(train_folder)[0])
    left = max(60 * minutes - (now() - began), 30 * minutes)
    chosen = budget.choose(pictures, left, speed)
    epochs = chosen.epochs(pictures, left, speed)
    about = (
        f"compact network of {len(chosen.widths)} stages, about {epochs} epochs, first at {chosen.small} x "
        f"{chosen.small} pixels, then at {chosen.large} x {chosen.large}: this machine does "
        f"{speed / 1e9:.0f} billion multiplications a second, and anything larger would see the pictures too seldom"
    )
    steps = max(1, epochs * pictures // BATCH)
    return {"step": budget.LADDER.index(chosen), "steps": steps, "seconds": left, "about": about}


def _varied(folder: str | Path, size: int, seed: int) -> tf.data.Dataset:
    warp = RandomWarp(rotation=15, zoom=0.2, shift=0.1, brightness=0.1, contrast=0.25, seed=seed)
    train = image_dataset(folder, (size, size), BATCH, seed=seed)
    drawn = keras.random.SeedGenerator(seed)
    return train.map(lambda pictures, labels: mix_up(warp(pictures, training=True), labels, seed=drawn)).prefetch(2)


def _look(folder: str | Path, size: int) -> tf.data.Dataset:
    return image_dataset(folder, (size, size), batch_size=50, shuffle=False, images=200)


def _compile(model: keras.Model, steps: int) -> None:
    model.compile(
        optimizer=keras.optimizers.AdamW(
            1e-3, weight_decay=0.05, use_ema=True, ema_momentum=max(0.0, 1 - 20 / steps)
        ),  # the average reaches back over a twentieth of the steps
        loss=keras.losses.BinaryCrossentropy(label_smoothing=0.1),
        metrics=[keras.metrics.MeanMetricWrapper(_right, name="accuracy")],
    )


def _right(labels: tf.Tensor, answers: tf.Tensor) -> tf.Tensor:
    """1 where the answer is right; a mixed picture counts as what most of it is."""
    return tf.cast(tf.equal(labels > 0.5, answers > 0.5), tf.float32)


def _seconds_a_picture(
    choice: budget.Choice, train: tf.data.Dataset, now: Callable[[], float], steps: int = 4
) -> float:
    """Median time of a training step for one picture, the first two steps, which build the graph, left out."""
    model = compact((choice.large, choice.large), choice.widths)
    _compile(model, steps=100)
    times = []
    for pictures, labels in train.repeat().take(steps + 2):
        began = now()
        model.train_on_batch(pictures, labels)
        times.append((now() - began) / len(pictures))
    return float(np.median(times[2:]))


def _fit_by(
    clock: budget.ByTheClock, model: keras.Model, train: tf.data.Dataset, validation: tf.data.Dataset, keep: list[Keep]
) -> bool:
    """Fit until the clock says stop. False if it was stopped by hand, and there is no state to go on from later."""
    model.make_train_function(force=True)  # one graph for each size of picture: quicker than one for all sizes
    try:
        model.fit(train, validation_data=validation, epochs=10**6, callbacks=[clock, *keep], shuffle=False, verbose=0)
    except KeyboardInterrupt:
        for one in keep:
            one.write()
            raise
        print("Stopped by hand: the model stays as it is now.")
        return False
    return True


def _settle(model: keras.Model, train: tf.data.Dataset, steps: int = 40) -> None:
    """Let batch normalization measure anew what it will use: the averaged weights give other numbers than those that
    it saw in training, and a short training leaves it none (Izmailov et al. 2018, arXiv 1803.05407, section 3.2)."""
    for pictures, _ in train.repeat().take(steps):
        model(pictures, training=True)


def _upright_and_mirrored(model: keras.Model, choice: budget.Choice) -> keras.Model:
    """A model for pictures of the large size that gives the mean of two answers: one to the mirror image."""
    network = compact((choice.large, choice.large), choice.widths)
    network.set_weights(model.get_weights())
    pictures = keras.layers.Input((choice.large, choice.large, 3))
    both = [network(pictures), network(keras.ops.flip(pictures, axis=2))]
    return keras.Model(pictures, keras.layers.Average(name="answer")(both), name="both_ways")

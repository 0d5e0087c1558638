"""The best network that fits into so many minutes on this machine, trained by the clock."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers import budget
from helpers.augmentation import RandomWarp
from helpers.by_hand import between_steps
from helpers.mixing import mix_up
from helpers.models import compact
from helpers.pipeline import image_dataset, list_images
from helpers.progress import progress
from helpers.quiet import keras, tf
from helpers.resuming import Unfinished

BATCH = 32
PART, DRAWS = 10**9, 16  # more than there are epochs in a part, and than a step draws from one generator
WARP, MIX, DROPOUT, GENERATORS = 0, 1, 2, 3  # what draws at each step, and how many: no two draw the same


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

    unfinished: where the state is kept meanwhile. If one is there, the training goes on from it, in the middle of an
    epoch: with the same plan, weights, optimizer and time left, and with the pictures and variations that would have
    come next. So by a clock that shows the same at each step, it ends with the same weights, bit for bit; by a real
    one, two trainings differ as they do undisturbed, since it sets the step of learning and the end. Ctrl-C then ends
    it with KeyboardInterrupt, the state kept; without `unfinished`, the model stays as it is at that moment.
    """
    state = unfinished.read() if unfinished else {}
    paths, _, class_names = list_images(train_folder)
    plan = state.get("plan") or _plan(minutes, train_folder, len(paths), seed, now)
    say(f"{'Going on' if state else 'Chosen'}: {plan['about']}.")

    chosen = budget.LADDER[plan["step"]]
    keras.utils.set_random_seed(seed)
    model = compact((None, None), chosen.widths)
    _compile(model, plan["steps"])
    if state:
        unfinished.load_weights(model, state)
    clock = budget.ByTheClock(plan["seconds"], peak=3e-3, now=now, gone=state.get("gone", 0.0))
    clock.set_model(model)
    at = state.get("at") or {"part": 0, "epoch": 0, "began": 0, "over": False, "sums": {}, "history": {}}

    def keep(at_once: bool = False) -> None:
        if unfinished and (at_once or unfinished.is_due()):
            unfinished.write(model, {"plan": plan, "gone": clock.gone(), "at": at})

    parts = ((chosen.small, budget.FIRST_PART), (chosen.large, 1.0))
    while at["part"] < len(parts):
        size, clock.until = parts[at["part"]]
        varied, validation = _varied(train_folder, size, seed, at, _steps(model)), _look(validation_folder, size)
        try:
            with between_steps() as stop_if_asked:
                _learn(clock, model, varied, _batches(len(paths)), validation, seed, at, keep, stop_if_asked)
        except KeyboardInterrupt:
            keep(at_once=True)
            if unfinished:
                raise
            print("Stopped by hand: the model stays as it is now.")
            break
        model.optimizer.finalize_variable_values(model.trainable_weights)
        at.update({"part": at["part"] + 1, "epoch": 0, "began": _steps(model), "over": False})
    _settle(model, varied)
    clock.bar.close()
    return Trained(_upright_and_mirrored(model, chosen), at["history"], class_names, plan["about"])


def _plan(minutes: float, train_folder: str | Path, pictures: int, seed: int, now: Callable[[], float]) -> dict:
    """What fits into the time: the step of the ladder, how many steps of training, the seconds for it, and why."""
    began = now()
    keras.utils.set_random_seed(seed)
    quickest = budget.LADDER[0]
    first = {"part": 0, "epoch": 0, "began": 0}
    varied = _varied(train_folder, quickest.large, seed, first, 0)
    speed = quickest.work(quickest.large) / _seconds_a_picture(quickest, varied, now)
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


def _varied(folder: str | Path, size: int, seed: int, at: dict, steps: int) -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
    """Batches without end, from the one on that comes after so many steps: which pictures come, and how they are
    varied, is told by the seed and by the numbers of the part and the step alone, whatever ran before.

    Each picture comes once before any comes again. All batches are of one size, also where a round ends: for another
    size TensorFlow makes another graph, whose sums differ in the last bit.
    at: the part, the epoch in it, and after how many steps that epoch began.
    """

    def order(pictures: int) -> tf.data.Dataset:
        done = BATCH * (at["epoch"] * _batches(pictures) + steps - at["began"])

        def of_round(number: tf.Tensor) -> tf.data.Dataset:
            key = tf.stack([seed, at["part"] * PART + number])
            places = tf.random.experimental.stateless_shuffle(tf.range(pictures, dtype=tf.int64), key)
            return tf.data.Dataset.from_tensor_slices(places)

        rounds = tf.data.Dataset.counter(done // pictures).flat_map(of_round)
        return rounds.skip(done % pictures).batch(BATCH)

    warp = RandomWarp(rotation=15, zoom=0.2, shift=0.1, brightness=0.1, contrast=0.25, seed=seed)
    drawn = keras.random.SeedGenerator(seed)

    def vary(step: tf.Tensor, batch: tuple[tf.Tensor, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        _at_step(warp.generator, seed, step, WARP)
        _at_step(drawn, seed, step, MIX)
        pictures, labels = batch
        return mix_up(warp(pictures, training=True), labels, seed=drawn)

    return iter(image_dataset(folder, (size, size), order=order).enumerate(steps).map(vary).prefetch(2))


def _batches(pictures: int) -> int:
    """In an epoch."""
    return -(-pictures // BATCH)


def _steps(model: keras.Model) -> int:
    """How many steps the model has learned."""
    return int(model.optimizer.iterations)


def _at_step(generator: keras.random.SeedGenerator, seed: int, step: tf.Tensor | int, which: int) -> None:
    """Let it draw what it draws at that step. which: of the generators it is."""
    state = keras.ops.stack([seed, (step * GENERATORS + which) * DRAWS])
    generator.state.assign(keras.ops.cast(state, generator.state.dtype))


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
    model.optimizer.build(model.trainable_variables)  # or TensorFlow makes the graph of the first step twice


def _right(labels: tf.Tensor, answers: tf.Tensor) -> tf.Tensor:
    """1 where the answer is right; a mixed picture counts as what most of it is."""
    return tf.cast(tf.equal(labels > 0.5, answers > 0.5), tf.float32)


def _seconds_a_picture(choice: budget.Choice, train: Iterator, now: Callable[[], float], steps: int = 4) -> float:
    """Median time of a training step for one picture, the first two steps, which build the graph, left out."""
    model = compact((choice.large, choice.large), choice.widths)
    _compile(model, steps=100)
    times = []
    batches = progress(itertools.islice(train, steps + 2), total=steps + 2, text="timing this machine", unit="steps")
    with between_steps() as stop_if_asked:
        for pictures, labels in batches:
            began = now()
            model.train_on_batch(pictures, labels)
            times.append((now() - began) / len(pictures))
            stop_if_asked()
    return float(np.median(times[2:]))


def _learn(
    clock: budget.ByTheClock,
    model: keras.Model,
    train: Iterator,
    batches: int,
    validation: tf.data.Dataset,
    seed: int,
    at: dict,
    keep: Callable[[], None],
    stop_if_asked: Callable[[], None],
) -> None:
    """Epochs of so many batches until the clock says stop, from where `at` says that it is, and `at` goes with it.

    Not `model.fit`: that cannot begin in the middle of an epoch, nor can Keras's BackupAndRestore.
    at: "began" is after how many steps this epoch began; "sums" what its pictures have come to; "over" whether the
    clock has said stop; "history" the epochs before. keep: called after each step; it writes the state when it is time.
    stop_if_asked: called between two steps; see `by_hand`.
    """
    model.make_train_function(force=True)  # one graph for each size of picture: quicker than one for all sizes
    (drawn,) = (layer.seed_generator for layer in model.layers if isinstance(layer, keras.layers.Dropout))
    while not at["over"] or at["sums"]:
        while _steps(model) < at["began"] + batches and not at["over"]:
            pictures, labels = next(train)
            _at_step(drawn, seed, _steps(model), DROPOUT)
            clock.on_train_batch_begin(0)
            model.reset_metrics()  # Keras 3.14 leaves that to the caller
            found = model.train_on_batch(pictures, labels, return_dict=True) | {"pictures": 1}
            at["sums"] = {name: at["sums"].get(name, 0) + float(one) * len(pictures) for name, one in found.items()}
            model.stop_training = False
            clock.on_train_batch_end(0)
            at["over"] = model.stop_training
            keep()
            stop_if_asked()
        sums = at["sums"]
        if not sums:  # the only step of this epoch was broken off by hand after it was learned, before it was counted
            at.update({"epoch": at["epoch"] + 1, "began": _steps(model)})
            continue
        row = {name: one / sums["pictures"] for name, one in sums.items() if name != "pictures"}
        looked = model.evaluate(validation, return_dict=True, verbose=0)
        row |= {f"val_{name}": float(one) for name, one in looked.items()}
        history = {name: [*at["history"].get(name, []), one] for name, one in row.items()}
        at.update({"epoch": at["epoch"] + 1, "began": _steps(model), "sums": {}, "history": history})
        clock.on_epoch_end(0, row)


def _settle(model: keras.Model, train: Iterator, steps: int = 40) -> None:
    """Let batch normalization measure anew what it will use: the averaged weights give other numbers than those that
    it saw in training, and a short training leaves it none (Izmailov et al. 2018, arXiv 1803.05407, section 3.2)."""
    measure = tf.function(lambda pictures: model(pictures, training=True))
    for pictures, _ in itertools.islice(train, steps):
        measure(pictures)


def _upright_and_mirrored(model: keras.Model, choice: budget.Choice) -> keras.Model:
    """A model for pictures of the large size that gives the mean of two answers: one to the mirror image."""
    network = compact((choice.large, choice.large), choice.widths)
    network.set_weights(model.get_weights())
    pictures = keras.layers.Input((choice.large, choice.large, 3))
    both = [network(pictures), network(keras.ops.flip(pictures, axis=2))]
    return keras.Model(pictures, keras.layers.Average(name="answer")(both), name="both_ways")

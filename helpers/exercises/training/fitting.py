"""Reading how a network learns."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import agree, numbers
from helpers.exercises.questions import Choice, Number
from helpers.exercises.sandbox import TryAgain, ask


def _best_epoch(history):
    return int(np.argmin(history["val_loss"])) + 1


def _judge_best_epoch(answer):
    names = ("loss", "val_loss", "accuracy", "val_accuracy")
    curves = [
        (
            [0.7, 0.5, 0.3, 0.2, 0.1],
            [0.69, 0.62, 0.64, 0.58, 0.9],
            [0.5, 0.7, 0.8, 0.9, 1],
            [0.5, 0.66, 0.7, 0.71, 0.72],
        ),
        ([0.7, 0.6, 0.5, 0.4], [0.68, 0.55, 0.61, 0.8], [0.5, 0.6, 0.8, 0.9], [0.5, 0.6, 0.7, 0.65]),
        ([0.7, 0.4, 0.2], [0.9, 0.8, 0.7], [0.5, 0.8, 0.9], [0.6, 0.5, 0.55]),
    ]
    histories = [dict(zip(names, curve, strict=True)) for curve in curves]
    probes = [f"val_loss {history['val_loss']}" for history in histories]
    came = []
    for history, probe in zip(histories, probes, strict=True):
        value = numbers(ask(answer, {name: list(curve) for name, curve in history.items()}, probe=probe), probe)
        if value.size != 1:
            raise TryAgain("One number is asked for.", probe, value)
        came.append(float(value.item()))

    def first_rise(h):
        return next(
            (n for n, (a, b) in enumerate(zip(h["val_loss"], h["val_loss"][1:], strict=False), 1) if b > a),
            len(h["loss"]),
        )

    known = {
        "Counted from 0: the first epoch is epoch 1.": lambda h: np.argmin(h["val_loss"]),
        "That is where training loss is lowest; it falls to the end, also when nothing is learned.": lambda h: (
            np.argmin(h["loss"]) + 1
        ),
        "That is where validation accuracy is highest; it does not mind being sure and wrong.": lambda h: (
            np.argmax(h["val_accuracy"]) + 1
        ),
        "That is where training accuracy is highest.": lambda h: np.argmax(h["accuracy"]) + 1,
        "That is where validation loss is highest; the lowest is best.": lambda h: np.argmax(h["val_loss"]) + 1,
        "It stops at the first rise; the loss may fall again, and lower.": first_rise,
        "That is the lowest loss itself; asked for is its epoch.": lambda h: min(h["val_loss"]),
        "That is always the second epoch, as in the well-known advice.": lambda h: 2,
    }
    wrong = {why: [float(rule(h)) for h in histories] for why, rule in known.items()}
    why = "This is not the epoch with the lowest validation loss."
    if any(one != int(one) for one in came if np.isfinite(one)):
        why = "That is a loss or an accuracy itself; asked for is at which place it stands, counted from 1."
    agree(came, [float(_best_epoch(h)) for h in histories], probes, wrong, why)


best_epoch = Exercise(
    "training.best_epoch",
    kind="read a curve",
    concept="the best epoch",
    prompt="Write `best_epoch`. It gets what `fit(…).history` is: a dict of lists, one number an epoch, with `loss`, "
    "`accuracy`, `val_loss` and `val_accuracy`. It returns after which epoch, counted from 1, the network was at its "
    "best: there where validation loss is lowest.",
    stub="""
def best_epoch(history):
    # the number of an epoch, from 1
    ...


exercises.training.best_epoch.check(best_epoch)
""",
    hints=[
        "Which of the four lists tells of pictures that were not trained on, and of how sure the answers are?",
        "`np.argmin` gives the place of the lowest number, counted from 0.",
        '`int(np.argmin(history["val_loss"])) + 1`.',
    ],
    insight="Another seed, another best epoch: so it is found anew each time, not written into a script as 2.",
    answer=_best_epoch,
    judge=_judge_best_epoch,
)


early_stopping = Number(
    "training.early_stopping",
    kind="read a curve",
    concept="what early stopping leaves you with",
    prompt="Validation loss, epoch by epoch: 0.70, 0.60, 0.55, 0.57, **0.54**, 0.56, 0.58, and it would be 0.50 in "
    "epoch 8. `EarlyStopping(patience=2)` watches it, with all else as Keras has it. After which epoch does training "
    "stop, and of which epoch are the weights that you are left with? Two numbers, counted from 1.",
    what="stops after, weights of, as in (3, 3)",
    expected=(7, 7),
    known={
        (7, 5): "It stops there. But `restore_best_weights` is `False` by default: it leaves the last weights.",
        (5, 5): "Nobody knows in epoch 5 that it is the best: patience 2 waits for two epochs without a better one.",
        (6, 6): "That would be patience 1. Epochs 6 and 7 are the two without a better one.",
        (6, 5): "Patience 2 waits one epoch more, and the best weights are not restored by default.",
        (4, 4): "One rise is not enough for patience 2, and epoch 5 is better again: the count starts anew.",
        (8, 8): "It has stopped before epoch 8: that it would have been better, nobody learns.",
        (8, 5): "It stops as soon as two epochs brought nothing better: a third one is not run.",
        (3, 3): "Epoch 4 is worse, but epoch 5 better: within the patience.",
    },
    otherwise="Count the epochs since the last best one; at two it stops, and the weights stay as they are then.",
    hints=[
        "After epoch 5, count: how many epochs in a row are not better than 0.54?",
        "Two, with epoch 7. Now look up the default of `restore_best_weights`.",
        "It is `False`: what you are left with is the last epoch that ran.",
    ],
    insight="With `restore_best_weights=True` you would have epoch 5; without, two epochs of learning by heart.",
)


sure_and_wrong = Choice(
    "training.sure_and_wrong",
    concept="accuracy up, and loss up, too",
    prompt="From epoch 5 to 12, validation accuracy rises from 74 to 75 %, and validation loss from 0.55 to "
    "1.10. How can both be?",
    options={
        "a": ("It cannot be: there is an error in the code.", "Both are computed rightly; they ask different things."),
        "b": ("Validation loss includes a penalty for large weights.", "Here there is none, and it would not double."),
        "c": (
            "The wrong answers are fewer, but said with more and more confidence; loss punishes that, accuracy "
            "only counts.",
            "Accuracy sees on which side of 0.5 an answer lies; loss sees how far, and being sure and wrong "
            "costs most.",
        ),
        "d": (
            "The step of the optimizer is too large, so the loss swings.",
            "Then training loss would swing, too; it falls smoothly.",
        ),
        "e": (
            "Loss is summed over pictures, and there are more of them.",
            "It is a mean, and the pictures are the same ones.",
        ),
        "f": (
            "Validation pictures were varied differently.",
            "They are not varied at all, or the score would say little.",
        ),
        "g": (
            "Loss only lags behind: in a few epochs it will fall, too.",
            "It has risen for seven epochs, as the network grew surer; more of them make it surer still.",
        ),
    },
    right="c",
    hints=[
        "Both look at the same answers. What does each do with an answer of 0.99 that is wrong?",
        "Loss: 4.6; accuracy: one miss.",
        "Confidence.",
    ],
)


two_runs = Choice(
    "training.two_runs",
    concept="one run against one run",
    prompt="One run with dropout is right on 78 % of 200 test pictures, one without on 75 %. What follows?",
    options={
        "a": (
            "Dropout helps, by three points.",
            "With 200 pictures each figure may be off by 6 points, by luck alone.",
        ),
        "b": (
            "Nothing yet: each figure is uncertain by about 6 points, and another seed gives another one. Run "
            "several seeds.",
            "An interval beside each figure, and several seeds, tell a difference from luck.",
        ),
        "c": (
            "Dropout helps, since both runs had the same seed.",
            "The same seed does not make the same luck: dropout draws numbers, too.",
        ),
        "d": (
            "Dropout does harm: 78 % is too little.",
            "How good 78 % is, is another question than which way is better.",
        ),
        "e": (
            "Run each five times and compare the best of each.",
            "The best of five is luck, picked out; compare means with intervals.",
        ),
        "f": (
            "Ask again on the training pictures: there are more of them.",
            "They say how well it knows them by heart, and no more.",
        ),
        "g": (
            "Dropout makes no difference: the intervals of the two figures overlap.",
            "That proves no equality: a gain of some points may well hide in them.",
        ),
    },
    right="b",
    hints=[
        "Would the same comparison come out the same tomorrow?",
        "√(0.76 · 0.24 / 200) is 3 points; the interval is twice that.",
        "Seeds.",
    ],
)

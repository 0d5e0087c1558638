"""Feature maps: how large, how many weights behind them, how they are shown, which ones are dead."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import compare, items, numbers
from helpers.exercises.questions import Choice, Number
from helpers.exercises.sandbox import TryAgain, ask

map_height = Number(
    "layers.map_height",
    concept="how high is a map?",
    prompt="Pictures of 100 × 100 pixels go into the course's network: three times a convolution (3 × 3, without "
    "padding) followed by pooling (2 × 2). How high are the maps that come out of the **third convolution**, `conv_3`?",
    what="pixels",
    expected=21,
    known={
        25: "That is 100 halved twice. Each convolution trims a pixel at each side, besides.",
        10: "That is after the third pooling. `conv_3` comes before it.",
        23: "That goes into `conv_3`; it trims two more.",
        22: "23.5 or 24 instead of 23: pooling drops the odd row that is left over.",
        94: "That is without pooling: three times two pixels less.",
        100: "Nothing is padded here, and pooling halves.",
        12: "That is 100 halved three times. Mind the convolutions, and which pooling comes first.",
        49: "That is after the first pooling; go on from there.",
        47: "That is the second convolution; asked for is the third.",
    },
    otherwise="Go step by step: a convolution takes two pixels away, pooling halves and drops what is left over.",
    hints=[
        "Begin: 100 → 98 → 49 → …",
        "49 → 47 → 23 → …: an odd row is dropped.",
        "The third convolution takes 2 from 23.",
    ],
    insight="100, 98, 49, 47, 23, 21: so a map of `conv_3` has a row for about five rows of the picture.",
)


weights = Number(
    "layers.weights",
    concept="how many weights has a convolution?",
    prompt="`conv_1` makes 16 channels. `conv_2` makes 32 out of them, with 3 × 3 kernels. How many weights has "
    "`conv_2`, biases counted in?",
    what="a number",
    expected=4640,
    known={
        4608: "Nearly: each of the 32 channels has a bias, too.",
        320: "Each kernel is 3 × 3 × 16: it looks at all channels of its input.",
        288: "Each kernel is 3 × 3 × 16, not 3 × 3; and there are biases.",
        4624: "There is one bias for each channel that comes out: 32, not 16.",
        2320: "There are as many kernels as channels that come out: 32.",
        896: "That would be a convolution on a picture of 3 channels; here 16 come in.",
        5120: "A kernel has one bias in all, not one for each channel that it looks at.",
        145: "That is one kernel with its bias; there are 32 kernels.",
        144: "That is one kernel without its bias; there are 32 kernels.",
        160: "That is one 3 × 3 kernel for each channel that comes in; each of the 32 looks at all of them.",
    },
    otherwise="Height × width × channels in, for each channel out; and a bias for each channel out.",
    hints=[
        "How many numbers does one kernel of `conv_2` hold?",
        "3 · 3 · 16 = 144; there are 32 of them.",
        "And 32 biases.",
    ],
    insight="32 · (3 · 3 · 16 + 1): few, against the dense layer behind; the same kernel serves every place.",
)


def _stretch(maps):
    low, high = maps.min(axis=(0, 1)), maps.max(axis=(0, 1))
    return (maps - low) / np.where(high > low, high - low, 1)


def _judge_own_scale(answer):
    maps = np.random.default_rng(2).uniform(0, 1, (5, 7, 4)) * [1, 8, 0.02, 0] + [0, 3, 0.5, 0]
    maps = maps.astype("float32")
    for given, probe in (
        (maps[..., :3], "three maps, strong and weak"),
        (maps, "four maps, the last one zero everywhere"),
    ):
        low, high = given.min(axis=(0, 1)), given.max(axis=(0, 1))
        with np.errstate(all="ignore"):
            known = {
                "All maps share one scale: weak ones are dark. Each should get its own.": (given - given.min())
                / (given.max() - given.min()),
                "It divides by the greatest number only: the least one should become 0.": given / high,
                "A map that is the same everywhere gives 0 / 0. It should become 0.": (given - low) / (high - low),
                "Nothing is stretched.": given,
                "That is centred by mean and spread; asked for is 0 to 1.": (given - given.mean((0, 1)))
                / given.std((0, 1)),
                "It cuts off at 1, and stretches nothing.": np.clip(given, 0, 1),
                "Each place is stretched over its channels; each channel should be, over its places.": (
                    given - given.min(-1, keepdims=True)
                )
                / np.ptp(given, axis=-1, keepdims=True),
                "It is turned round: the greatest number should be bright.": 1 - _stretch(given),
                "It runs to 255; asked for is 0 to 1.": 255 * _stretch(given),
                "This runs from −1 to 1; asked for is 0 to 1.": 2 * _stretch(given) - 1,
                "The least and the greatest are taken over the rows only; take axes 0 and 1.": (given - given.min(0))
                / np.ptp(given, axis=0),
                "The least and the greatest are taken over the columns only; take axes 0 and 1.": (
                    given - given.min(1, keepdims=True)
                )
                / np.ptp(given, axis=1, keepdims=True),
                "The channels come first here; they should stay last.": np.moveaxis(_stretch(given), -1, 0),
                "A map that is the same everywhere should become 0, not 1.": np.where(high > low, _stretch(given), 1),
                "A map that is the same everywhere should become 0, not 0.5.": np.where(
                    high > low, _stretch(given), 0.5
                ),
            }
        came = numbers(ask(answer, given, probe=probe), probe)
        compare(came, _stretch(given), probe, known, "Not each map runs from 0 to 1.")


own_scale = Exercise(
    "layers.own_scale",
    kind="write a function",
    concept="each map on its own scale",
    prompt="Write `stretch`. It gets the maps of a layer (H, W, C) and stretches **each channel** from its own least "
    "number (0) to its own greatest (1), as `display_grid` does. A channel that is the same everywhere becomes 0.",
    stub="""
def stretch(maps):
    # (H, W, C) -> the same shape, each channel from 0 to 1
    ...


exercises.layers.own_scale.check(stretch)
""",
    hints=[
        "Over which axes is the least number of one channel taken?",
        "`maps.min(axis=(0, 1))` has one number a channel. Subtract it, and divide by the range.",
        "Divide by `np.where(high > low, high - low, 1)`, so that a flat map gives 0 and not 0 / 0.",
    ],
    insight="So every map shows its shape, and none its strength: a tile's brightness says nothing about another tile.",
    answer=_stretch,
    judge=_judge_own_scale,
    needs_keras=True,
)


bright_tiles = Choice(
    "layers.bright_tiles",
    concept="two bright tiles",
    prompt="In a grid of feature maps, each on its own scale, two tiles look equally bright. The numbers of the "
    "first map go from 0 to 9.1, those of the second from 0 to 0.02. What follows?",
    options={
        "a": (
            "Both channels matter alike, since they look alike.",
            "Each is stretched from its own least to its own greatest number.",
        ),
        "b": ("The second channel is dead.", "A dead channel is zero everywhere; this one fires, weakly."),
        "c": (
            "The shapes can be compared, the strengths cannot: the first fires about 450 times as strongly.",
            "What a weak channel is worth, only switching it off can tell.",
        ),
        "d": (
            "The second one matters more: it is choosier.",
            "Choosy would be few places; the bar speaks of strength.",
        ),
        "e": ("The first one is overfitted.", "One picture's maps say nothing about overfitting."),
        "f": ("The picture was not divided by 255.", "Then all channels of the first layer would be strong, not one."),
        "g": (
            "The layer is badly trained: all of its channels should be about equally strong.",
            "Nothing asks for that: the weights behind a channel can make much of little.",
        ),
    },
    right="c",
    hints=[
        "What does a tile's brightness mean, if each has a scale of its own?",
        "Compare the bars, not the tiles.",
        "9.1 / 0.02.",
    ],
)


def _dead_channels(maps):
    return np.flatnonzero((maps <= 0).all(axis=(0, 1, 2)))


def _judge_dead(answer):
    maps = np.zeros((3, 4, 5, 6), "float32")
    maps[1, ..., 0] = np.random.default_rng(0).uniform(0, 1, (4, 5))
    maps[..., 2], maps[..., 3:5], maps[0, 3, 1, 4] = 0.7, -0.2, 0.1
    probe = (
        "3 pictures, 6 channels: 0 fires on the second picture only, 2 is 0.7 everywhere, 3 is −0.2 everywhere, "
        "4 is −0.2 but for one place, where it is 0.1; 1 and 5 are zero everywhere"
    )
    value = ask(answer, maps, probe=probe)
    axes = (
        "Each channel needs one yes or no: take `all` (or the maximum) over pictures, rows and columns, axes 0, 1, 2."
    )
    if isinstance(value, tuple) and len(value) > 1 and all(isinstance(one, np.ndarray) for one in value):
        raise TryAgain(axes, probe, f"{len(value)} arrays of places")
    found = numbers(
        value if hasattr(value, "numpy") else items(value, probe) if not np.isscalar(value) else value, probe
    )
    if str(getattr(value, "dtype", "")) == "bool" and found.ndim > 1:
        raise TryAgain(axes, probe, f"yes or no in shape {found.shape}", "shape (6,), or a list of numbers")
    if (found.ravel() != found.ravel().round()).any():
        raise TryAgain("Channels have whole numbers.", probe, found)
    mask = found.shape == (6,) and set(np.unique(found)) <= {0, 1}
    came = sorted({int(n) for n in (np.flatnonzero(found) if mask else found.ravel())})
    if came and (came[-1] > 6 or came[0] < 0):
        raise TryAgain(f"There are channels 0 to 5 only. {axes}", probe, came, [1, 3, 5])
    for why, wrong in {
        "Counted from 1; the first channel is channel 0.": [2, 4, 6],
        "It looks at the first picture only; channel 0 fires on another one.": [0, 1, 3, 5],
        "A channel that is below zero everywhere never fires either: 3 is dead, too.": [1, 5],
        "These are the channels that are the same everywhere. Channel 2 is, and fires at every place.": [1, 2, 3, 5],
        "It asks whether a channel is zero anywhere; dead is who is zero everywhere.": [0, 1, 3, 4, 5],
        "These are the ones that fire; the dead are the others.": [0, 2, 4],
        "Channel 4 fires, at one place and weakly: that is not dead. A mean hides it.": [1, 3, 4, 5],
        "That is how many there are; asked for is which ones.": [3] if np.ndim(value) == 0 else None,
        "Zero is not above zero: 1 and 5 never fire, either.": [3],
        f"No channel is dead, it says. {axes}": [],
    }.items():
        if came == wrong:
            raise TryAgain(why, probe, came, [1, 3, 5])
    if came != [1, 3, 5]:
        raise TryAgain("These are not the channels that never fire.", probe, came, [1, 3, 5])


dead = Exercise(
    "layers.dead",
    kind="write a function",
    concept="channels that never fire",
    prompt="Write `dead_channels`. It gets the maps of a layer for several pictures (N, H, W, C) and returns the "
    "numbers of the channels that never fire: that are not above zero at any place, on any picture.",
    stub="""
def dead_channels(maps):
    # (N, H, W, C) -> numbers of channels, as in [0, 3]
    ...


exercises.layers.dead.check(dead_channels)
""",
    hints=[
        "What must hold for all pictures and all places of a channel?",
        "`(maps <= 0).all(axis=(0, 1, 2))` says yes or no for each channel.",
        "`np.flatnonzero` of that gives their numbers.",
    ],
    insight="One silent picture is no death; and with ReLU, training cannot move the weights of one that is silent on "
    "all of its pictures.",
    answer=_dead_channels,
    judge=_judge_dead,
    needs_keras=True,
)

"""What a variation must keep: the label, the pet in the frame, an honest split."""

import numpy as np

from helpers.exercises.base import Exercise
from helpers.exercises.probes import agree, items, numbers
from helpers.exercises.questions import Choice, Pick
from helpers.exercises.sandbox import TryAgain, ask


def _split_photos(files):
    photos = sorted({name.rsplit("_copy", 1)[0] for name in files})
    kept = set(np.random.default_rng(0).permutation(photos)[: len(photos) * 3 // 4])
    train = [name for name in files if name.rsplit("_copy", 1)[0] in kept]
    return train, [name for name in files if name.rsplit("_copy", 1)[0] not in kept]


def _judge_split(answer):
    names = [f"{kind}_{n}_copy{copy}.jpg" for kind in ("cat", "dog") for n in range(20) for copy in range(5)]
    names = [str(name) for name in np.random.default_rng(3).permutation(names)]
    probe = "200 files: cat_0 … cat_19 and dog_0 … dog_19, five copies of each"
    made = ask(answer, list(names), probe=probe)
    made = tuple(made.values()) if isinstance(made, dict) else made
    if not isinstance(made, tuple | list) or len(made) != 2:
        raise TryAgain("Two lists are asked for: `return train, validation`.", probe, type(made).__name__)
    train, validation = ([str(name) for name in items(side, probe)] for side in made)
    _judge_files(names, train, validation, probe)
    _judge_photos(*({name.rsplit("_copy", 1)[0] for name in side} for side in (train, validation)), probe)


def _judge_files(names, train, validation, probe):
    sizes, wished = f"{len(train)} and {len(validation)} files", "about 150 and 50"
    if twice := set(train) & set(validation):
        raise TryAgain("Some files are on both sides, letter for letter.", probe, sorted(twice)[0])
    if not validation:
        raise TryAgain("Validation is empty.", probe, sizes, wished)
    if sorted(train + validation) != sorted(names):
        why = "Files are lost, twice in it, or not from the list; each must be on one side."
        raise TryAgain(why, probe, sizes, "200 in all")
    if len(train) < len(validation):
        raise TryAgain("The larger part belongs to training, and training comes first.", probe, sizes, wished)
    if not 0.6 <= len(train) / len(names) <= 0.9:
        raise TryAgain("The parts should be about three quarters and one quarter.", probe, sizes, wished)


def _judge_photos(train, validation, probe):
    if shared := sorted(train & validation):
        how = "One photo has" if len(shared) == 1 else f"{len(shared)} of 40 photos have"
        why = f"{how} copies on both sides, such as {shared[0]}: the score will lie. Split photos, not files."
        raise TryAgain(why, probe)
    kinds = [" and ".join(sorted({photo[:3] for photo in side})) for side in (train, validation)]
    if kinds != ["cat and dog"] * 2:
        why = "One side has only one class: what is never seen cannot be learned."
        raise TryAgain(why, probe, f"training has {kinds[0]}, validation {kinds[1]}")


split_first = Exercise(
    "augmentation.split_first",
    kind="repair a broken script",
    concept="split copies honestly",
    prompt="`files` is a list of file **names**, as text: five copies of each photo, `cat_7_copy0.jpg` … "
    "`cat_7_copy4.jpg`. This function splits them, three quarters for training, but copies of one photo come to both "
    "sides. Mend it: each photo, with all of its copies, belongs to one side; no file gets lost, and both classes are "
    "on both sides.",
    stub="""
def split_photos(files):
    shuffled = list(np.random.default_rng(0).permutation(files))
    cut = len(files) * 3 // 4
    return shuffled[:cut], shuffled[cut:]


exercises.augmentation.split_first.check(split_photos)
""",
    hints=[
        "What should be shuffled and cut: files, or photos?",
        "The photo of a file is `name.rsplit('_copy', 1)[0]`. Make a sorted list of the photos, each once.",
        "Shuffle the photos, keep three quarters of them in a set, and send each file where its photo is.",
    ],
    insight="Whatever shows the same animal belongs together: copies, a burst of shots, frames of one film.",
    answer=_split_photos,
    judge=_judge_split,
)


gap = Choice(
    "augmentation.gap",
    concept="two very different scores",
    prompt="All pictures were copied in variations first; then the copies were split at random. The network is right "
    "on 95 % of its validation pictures, and on 72 % of new ones. Why?",
    options={
        "a": ("The new pictures happen to be harder.", "An honest split of the same photos shows no such gap."),
        "b": (
            "Validation was too small: it was luck.",
            "Luck goes both ways, and repeats with no other seed; this gap does.",
        ),
        "c": (
            "For nearly every validation picture, training had a sibling: the network knew the photo, not the animal.",
            "Knowing a photo again is easier than knowing a cat; only a split by photo asks for the cat.",
        ),
        "d": (
            "Augmentation was still on for the new pictures.",
            "Files are not varied again; and it would harm both alike.",
        ),
        "e": ("It was trained too briefly.", "Longer training teaches the siblings better still, and widens the gap."),
        "f": ("More copies of each photo are needed.", "More siblings raise the first number, and not the second."),
        "g": (
            "The network is too large.",
            "It may be; but an honest validation would have shown it. This one says 95 %.",
        ),
    },
    right="c",
    hints=[
        "What do validation and training have in common here?",
        "Copies of one photo look alike.",
        "Siblings on both sides.",
    ],
)


def _share_left(box, shift):
    x0, y0, x1, y1 = box
    dx, dy = shift
    width = np.clip(x1 + dx, 0, 1) - np.clip(x0 + dx, 0, 1)
    height = np.clip(y1 + dy, 0, 1) - np.clip(y0 + dy, 0, 1)
    return width * height / ((x1 - x0) * (y1 - y0))


def _uncut(box, shift):
    """As if a side could be less than nothing."""
    (x0, y0, x1, y1), (dx, dy) = box, shift
    width, height = min(x1 + dx, 1) - max(x0 + dx, 0), min(y1 + dy, 1) - max(y0 + dy, 0)
    return width * height / ((x1 - x0) * (y1 - y0))


def _cut_at_one(box, shift):
    (x0, y0, x1, y1), (dx, dy) = box, shift
    width, height = min(x1 + dx, 1) - (x0 + dx), min(y1 + dy, 1) - (y0 + dy)
    return max(0, width) * max(0, height) / ((x1 - x0) * (y1 - y0))


def _judge_in_frame(answer):
    asked = [
        ((0.2, 0.3, 0.6, 0.9), (0.0, 0.0)),
        ((0.5, 0.2, 0.9, 0.6), (0.3, 0.0)),
        ((0.1, 0.1, 0.5, 0.5), (0.3, 0.3)),
        ((0.2, 0.1, 0.6, 0.5), (0.0, -0.4)),
        ((0.5, 0.5, 0.9, 0.9), (0.3, 0.3)),
        ((0.2, 0.2, 0.6, 0.6), (-0.9, -0.9)),
    ]
    probes = [f"box {box}, shift {shift}" for box, shift in asked]
    came = []
    for one, probe in zip(asked, probes, strict=True):
        value = numbers(ask(answer, *one, probe=probe), probe)
        if value.size != 1:
            raise TryAgain("One number is asked for.", probe, value)
        came.append(float(value.item()))
    known = {
        "A box that has left the frame has no negative side: cut off at 0 and at 1 first.": _uncut,
        "That is the area in the frame; asked for is its share of the whole box.": lambda box, shift: (
            _share_left(box, shift) * (box[2] - box[0]) * (box[3] - box[1])
        ),
        "Nothing is cut off: what lies beyond 0 or 1 is out of the frame.": lambda box, shift: 1.0,
        "It goes the other way: a positive shift moves the pet right and down.": lambda box, shift: _share_left(
            box, (-shift[0], -shift[1])
        ),
        "A positive shift moves the pet down; here it moves up.": lambda box, shift: _share_left(
            box, (shift[0], -shift[1])
        ),
        "A positive shift moves the pet right; here it moves left.": lambda box, shift: _share_left(
            box, (-shift[0], shift[1])
        ),
        "That is the share that is lost.": lambda box, shift: 1 - _share_left(box, shift),
        "Right and down are exchanged in `shift`.": lambda box, shift: _share_left(box, shift[::-1]),
        "Only one direction is looked at, right; mind down.": lambda box, shift: _share_left(box, (shift[0], 0.0)),
        "Only one direction is looked at, down; mind right.": lambda box, shift: _share_left(box, (0.0, shift[1])),
        "That is in percent; asked for is a share, from 0 to 1.": lambda box, shift: 100 * _share_left(box, shift),
        "Only the right and lower edges of the frame are looked at; a pet can leave to the left and above, too.": (
            _cut_at_one
        ),
        "The box is taken for a corner and a size; it is two corners, (x0, y0) and (x1, y1).": lambda box, shift: (
            _share_left((box[0], box[1], box[0] + box[2], box[1] + box[3]), shift)
        ),
        "That says whether any of it is left; asked for is how much.": lambda box, shift: _share_left(box, shift) > 0,
        "That says whether all of it is left; asked for is how much.": lambda box, shift: _share_left(box, shift) == 1,
    }
    wrong = {why: [float(rule(*one)) for one in asked] for why, rule in known.items()}
    right = [float(_share_left(*one)) for one in asked]
    agree(came, right, probes, wrong, "This is not the share that is still in the frame.")


in_frame = Exercise(
    "augmentation.in_frame",
    kind="write a function",
    concept="how much of the pet is still in the frame?",
    prompt="Write `share_left`. It gets the pet's `box` (x0, y0, x1, y1) and a `shift` (right, down), all in "
    "fractions of the side, and returns the share of the box's area, from 0 to 1, that is still in the frame.",
    stub="""
def share_left(box, shift):
    # 1.0: all of it is in the frame; 0.0: nothing is
    ...


exercises.augmentation.in_frame.check(share_left)
""",
    hints=[
        "Move the box first; then ask what lies between 0 and 1.",
        "`np.clip(x0 + dx, 0, 1)` and the same for the three others: the box that is left. Then divide the areas.",
        "Width left: `clip(x1 + dx, 0, 1) - clip(x0 + dx, 0, 1)`. Height likewise. Product, divided by the old area.",
    ],
    insight="So one can measure how strong a shift may be, before it teaches that an empty lawn is a cat.",
    answer=_share_left,
    judge=_judge_in_frame,
)


keeps_answer = Pick(
    "augmentation.keeps_answer",
    kind="pick the pictures that break",
    concept="is the label still right?",
    prompt="After which of these variations is the label **wrong**?",
    options={
        "a": ("a cat, mirrored", "A mirrored cat is a cat: they have no handedness."),
        "b": ("a printed 6, turned by 180°", "turned round, a 6 is a 9."),
        "c": ("the road sign “turn left”, mirrored", "the arrow now points to the right."),
        "d": ("a dog, turned by 15°", "Cameras are held askew; a dog at 15° is a dog."),
        "e": (
            "a cat at the left edge, shifted left by half of the width",
            "the cat has left the frame, and its label stayed.",
        ),
        "f": (
            "a red traffic light (the classes are red and green), with its hue changed at random",
            "here the colour is the answer.",
        ),
        "g": ("a dog, somewhat darker", "Dusk makes no cat of a dog."),
        "h": ("a cat, 10 % nearer", "Distance does not change the animal, as long as it is in the frame."),
    },
    right="bcef",
    hints=[
        "Cover the label. Would you give the same one again?",
        "Ask for each: does direction, position or colour carry the answer?",
        "Four of them: a digit, a sign, a lost cat, a light.",
    ],
    insight="Which variations are allowed is not a matter of the network, but of the question.",
)

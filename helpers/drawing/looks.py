"""What makes a cat or a dog: a distribution for each feature. All of them overlap, as in life."""

from dataclasses import dataclass

import numpy as np

from helpers.drawing.coats import COATS

# feature: middle for cats, middle for dogs, spread, least, most. In head units (half of the head's width is 1),
# or a share of 0..1.
MEASURES = {
    "ear_length": (0.80, 0.92, 0.14, 0.5, 1.25),
    "ear_spread": (0.64, 0.56, 0.08, 0.42, 0.8),
    "tall": (0.86, 0.98, 0.07, 0.74, 1.15),  # height of the head against its width
    "muzzle": (0.30, 0.66, 0.12, 0.18, 0.8),  # how far the snout stands out
    "jaw": (0.50, 0.56, 0.08, 0.36, 0.75),  # width of the chin
    "nose": (0.12, 0.205, 0.032, 0.08, 0.28),
    "eye": (0.228, 0.194, 0.033, 0.12, 0.31),
    "slit": (0.46, 0.57, 0.12, 0.16, 0.74),  # width of the pupil against the iris
    "whiskers": (0.52, 0.18, 0.2, 0, 1),  # how plainly they show; below a quarter, not at all
    "tail_length": (2.6, 2.0, 0.5, 0.9, 3.6),
    "tail_width": (0.30, 0.36, 0.09, 0.2, 0.65),
    "slim": (0.92, 1.06, 0.12, 0.75, 1.4),  # width of the body
}
# feature: {value: (chance for cats, chance for dogs)}
CHOICES = {
    "pose": {"sitting": (0.24, 0.20), "standing": (0.08, 0.18), "lying": (0.20, 0.12), "portrait": (0.48, 0.50)},
    "ears": {"pricked": (0.86, 0.22), "tipped": (0.08, 0.20), "floppy": (0.06, 0.58)},
    "eye_colour": {
        "green": (0.25, 0.10),
        "yellow": (0.24, 0.13),
        "blue": (0.13, 0.11),
        "brown": (0.24, 0.39),
        "dark": (0.14, 0.27),
    },
    "nose_pink": {True: (0.40, 0.16), False: (0.60, 0.84)},
    "tongue": {True: (0.05, 0.24), False: (0.95, 0.76)},
}


@dataclass
class Looks:
    """The features of one animal; `MEASURES` and `CHOICES` say what each means and what it may be."""

    pose: str
    ears: str
    eye_colour: str
    nose_pink: bool
    tongue: bool
    ear_length: float
    ear_spread: float
    tall: float
    muzzle: float
    jaw: float
    nose: float
    eye: float
    slit: float
    whiskers: float
    tail_length: float
    tail_width: float
    slim: float
    coat: str
    yaw: float  # head turned aside, -1..1
    tilt: float  # head tilted, degrees


def look(kind: str, rng: np.random.Generator) -> Looks:
    """Draw the features of a "cat" or a "dog"."""
    column = ("cat", "dog").index(kind)
    features = {}
    for name, options in CHOICES.items():
        chances = [chance[column] for chance in options.values()]
        features[name] = list(options)[rng.choice(len(chances), p=chances)]
    for name, (*middle, spread, least, most) in MEASURES.items():
        features[name] = float(np.clip(rng.normal(middle[column], spread), least, most))
    return Looks(
        **features, coat=str(rng.choice(list(COATS))), yaw=float(rng.uniform(-1, 1)), tilt=float(rng.normal(0, 8))
    )

"""What is wrong with a picture that can be decoded: its channels, its name, its light, a flat part."""

from pathlib import Path

import numpy as np

from helpers.cleaning.facts import Facts
from helpers.cleaning.formats import SUFFIX_OF, SUFFIXES_READ

SMALL = 64  # side of the grey copy on which light is judged
SHARP = 256  # longest side of the one on which blur is judged
ONE_COLOUR = 2  # least standard deviation of a picture, grey levels


def judge_channels(picture, kind: str, frames: int, facts: Facts) -> None:
    """Note what makes the numbers of a picture differ from what training expects: three channels of 8 bits."""
    mode = picture.mode
    if kind not in (*SUFFIX_OF, "WEBP") or (kind == "WEBP" and frames > 1):
        facts.add("other format", kind)
    elif kind == "JPEG" and mode != "CMYK":
        facts.add("other format", "JPEG of a rare kind")
    if mode in ("CMYK", "YCCK"):
        facts.add("cmyk", mode)
    elif mode.startswith("I") or mode == "F":
        facts.add("16 bit", mode)
    elif mode in ("P", "PA"):
        facts.add("palette", mode)
    elif mode in ("L", "1"):
        facts.add("grey", mode)
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        facts.add("transparent", mode)
    if frames > 1:
        facts.add("animated", f"{frames} frames")


def judge_name(path: Path, kind: str, facts: Facts) -> None:
    suffix = path.suffix.lower()
    named = {".jfif": "JPEG", ".jpe": "JPEG", ".webp": "WEBP", ".tif": "TIFF", ".tiff": "TIFF"}
    belongs = named.get(suffix) == kind or suffix in SUFFIX_OF.get(kind, ())
    if suffix not in SUFFIXES_READ:
        facts.add("suffix not read", suffix or "none")
    elif not belongs:
        facts.add("wrong suffix", f"{kind} named {suffix}")


def judge_turn(turn: int, facts: Facts) -> None:
    """turn: as `pixels.turn_of` gives it."""
    if turn > 1:
        facts.add("turned", f"EXIF orientation {turn}")
    elif turn == 0:
        facts.add("bad notes", "EXIF that cannot be read")


def judge_light(grey: np.ndarray, facts: Facts) -> None:
    """Judge the light and the blur of a grey picture (h, w)."""
    import cv2

    mean, spread = (float(value[0, 0]) for value in cv2.meanStdDev(grey))
    if spread < ONE_COLOUR:
        facts.add("one colour", f"mean {mean:.0f} of 255")
        return
    if mean < 60 or mean > 200:
        values = np.sort(cv2.resize(grey, (SMALL, SMALL), interpolation=cv2.INTER_AREA), axis=None)
        if values[int(0.99 * len(values))] < 45:
            facts.add("dark", f"mean {mean:.0f} of 255")
        elif values[int(0.01 * len(values))] > 225:
            facts.add("light", f"mean {mean:.0f} of 255")
    scale, sharp = SHARP / max(grey.shape), grey
    if scale < 1 <= scale * min(grey.shape):  # of a line, no pixel would be left
        sharp = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = cv2.norm(cv2.Laplacian(sharp, cv2.CV_16S)) / sharp.size**0.5 / max(spread, 8.0)
    if edges < 0.055:
        facts.add("blurred", f"edges {edges:.3f} of the contrast")


def judge_flat(grey: np.ndarray, facts: Facts) -> None:
    """Judge the last rows of a grey picture (h, w) as it was coded, not yet turned: there, data go missing."""
    flat = flat_end(grey)
    if flat > 0.25 and grey.std() >= ONE_COLOUR:
        facts.add("half grey", f"the last {flat:.0%} of its rows")


def flat_end(grey: np.ndarray) -> float:
    """Share of the rows at the bottom that are the same middle grey: what decoders leave where data went missing.

    White or black rows are no damage: people put photos on white paper.
    """
    last = int(grey[-1, 0])
    if not 112 <= last <= 144:
        return 0.0
    same = (np.abs(grey.astype("int16") - last) <= 1).all(axis=1)
    return float(np.argmin(same[::-1]) / len(same)) if not same.all() else 1.0

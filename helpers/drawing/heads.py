"""The head of an animal: ears and skull of fur, and the smooth face upon it. Points are in head units."""

import numpy as np

from helpers.drawing.bodies import mirrored
from helpers.drawing.shapes import curve, ribbon

IRIS = {
    "green": (122, 148, 84),
    "yellow": (196, 162, 66),
    "blue": (112, 150, 178),
    "brown": (132, 84, 46),
    "dark": (88, 58, 38),
}
SKIN, TONGUE, PINK, DARK, LINE = (196, 142, 132), (222, 120, 124), (208, 138, 134), (44, 36, 38), (52, 38, 38)
TWO_COLOURED = ("tuxedo", "brown and white", "black and white", "calico")  # coats whose muzzle is as light as the chest


def head(pet) -> None:
    """Ears, skull and muzzle: all that is furry."""
    f = pet.looks
    if f.ears != "floppy":
        for side in (-1, 1):
            pricked_ear(pet, side)
    h, cheek = f.tall, 0.15 + 0.125 * (1 - f.muzzle)
    half = [(0.52, -0.78 * h), (0.92, -0.32 * h), (0.96, cheek), (f.jaw + 0.22, 0.66 * h), (f.jaw * 0.6, 0.9 * h)]
    pet.part([(0, -0.86 * h), *half, (0, 0.97 * h), *mirrored(half)], head=True, shade=0.36)
    if f.ears == "floppy":
        for side in (-1, 1):
            floppy_ear(pet, side)
    x, y, reach = snout(f)
    light = 1 if f.coat in TWO_COLOURED else 0.55
    pet.blob(x, y, reach * 1.04, reach * (0.7 + 0.36 * f.muzzle), pet.chest, 0, True, 0.3, 0.05, light)


def snout(f) -> tuple[float, float, float]:
    """x and y of the muzzle's middle, and how far it reaches. It slides over the head as the head turns aside."""
    return 0.22 * f.yaw, 0.40 * f.tall + 0.14 * f.muzzle - 0.03, 0.27 + 0.46 * f.muzzle


def pricked_ear(pet, side: int) -> None:
    f, folded = pet.looks, pet.looks.ears == "tipped"
    base_in = np.array((side * (f.ear_spread - 0.38), -0.62 * f.tall))
    base_out = np.array((side * (f.ear_spread + 0.3), -0.25 * f.tall))
    tip = np.array((side * (f.ear_spread + 0.16) + 0.1 * f.yaw, -0.55 - f.ear_length))
    middle = (base_in + base_out) / 2
    top = middle + (tip - middle) * (0.68 if folded else 1)
    halfway, wide = (middle + top) / 2, side * (0.1 if folded else 0.05)
    shape = np.array(
        [
            base_in,
            halfway + (-side * 0.24, -0.05),
            top + (-wide, 0.02),
            top + (wide, 0.02),
            halfway + (side * 0.26, 0.05),
            base_out,
        ]
    )
    pet.part(shape, head=True, shade=0.14)
    pet.part(middle + (shape - middle) * 0.62 + (0, -0.02), SKIN, True, 0.75, 0.04, 0.1)
    if folded:
        flap = top + np.array([(-side * 0.22, 0), (side * 0.26, -0.02), (side * 0.3, 0.26), (side * 0.12, 0.46)])
        pet.part(flap, pet.far, True, shade=0.12)


def floppy_ear(pet, side: int) -> None:
    f = pet.looks
    long, x = 0.35 + 0.75 * f.ear_length, 0.62 + 0.12 * f.ear_spread
    top = [(x - 0.2, -0.74 * f.tall), (x + 0.24, -0.66 * f.tall), (x + 0.5, -0.1)]
    lobe = [(x + 0.46, long * 0.55), (x + 0.2, long * 0.78), (x + 0.02, long * 0.45), (x + 0.02, -0.2)]
    pet.part(np.array(top + lobe) * (side, 1), pet.far, True, shade=0.18)


def face(pet) -> dict[str, np.ndarray]:
    """Eyes, nose, mouth and whiskers, smooth upon the fur; the keypoints, in pixels of the layer."""
    points = {}
    for side in (-1, 1):
        points["left_eye" if side * pet.mirror < 0 else "right_eye"] = eye(pet, side)
    points["nose"] = nose_and_mouth(pet)
    whiskers(pet)
    return points


def eye(pet, side: int) -> np.ndarray:
    f = pet.looks
    near = 1 - 0.12 * f.yaw * side
    x, y = 0.18 * f.yaw + side * 0.41 * near, -0.1 * f.tall
    across, down = f.eye * near, f.eye * (0.72 + 0.3 * f.slit)
    pet.blob(x, y, across * 1.12, down * 1.12, (40, 30, 28), side * -10, True, 0)
    pet.blob(x, y, across, down, IRIS[f.eye_colour], side * -10, True, 0.08)
    pet.blob(x, y, across * f.slit, down * 0.92, (14, 12, 14), 0, True, 0)
    pet.blob(x - 0.3 * across, y - 0.35 * down, 0.27 * across, 0.28 * down, (250, 250, 250), 0, True, 0)
    return pet.at((x, y), True)


def nose_and_mouth(pet) -> np.ndarray:
    f, n = pet.looks, pet.looks.nose
    x, y, reach = snout(f)
    y -= 0.46 * reach
    thick, mouth = max(1.0, 0.045 * pet.unit), y + n + 0.3 * reach
    if f.tongue:
        outline = np.array([(-0.13, 0), (0.13, 0), (0.12, 0.34), (0, 0.42), (-0.12, 0.34)])
        pet.part(outline + (x, mouth), TONGUE, True, shade=0.08)
    pet.layer.line(pet.at([(x, y + 0.4 * n), (x, mouth)], True), LINE, thick)
    for side in (-1, 1):
        smile = curve([(x, mouth), (x + side * 0.18, mouth + 0.09), (x + side * 0.36 * (0.5 + reach), mouth)], False)
        pet.layer.line(pet.at(smile, True), LINE, thick)
    half = np.array([(1.15, -0.5), (0.5, 0.45)]) * n
    outline = np.array([(0, -0.72 * n), *half, (0, 0.75 * n), *mirrored(half)]) + (x, y)
    pet.part(outline, PINK if f.nose_pink else DARK, True, shade=0.05)
    pet.blob(x - 0.3 * n, y - 0.35 * n, 0.3 * n, 0.14 * n, (255, 255, 255), 0, True, 0, 0, 0.4)
    return pet.at((x, y), True)


def whiskers(pet) -> None:
    f = pet.looks
    if f.whiskers < 0.25:  # too fine to be seen
        return
    x, y, reach = snout(f)
    y += 0.14 - 0.46 * reach
    hairs = []
    for side in (-1, 1):
        for fan in (-0.16, 0.0, 0.15):
            start = (x + side * 0.3 * (0.6 + reach), y + 0.08 + fan * 0.5)
            end = (x + side * (1.08 + 0.12 * pet.rng.random()), y - 0.02 + 1.9 * fan)
            middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 0.07)
            line = pet.at(curve([start, middle, end], False, 5), True)
            hairs.append(ribbon(line, np.linspace(1, 0.35, len(line)) * max(0.6, 0.015 * pet.unit) * f.whiskers))
    pet.layer.fill_all(hairs, (226, 222, 214))

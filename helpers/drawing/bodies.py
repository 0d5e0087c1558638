"""The body of an animal, a function for each pose. Points are in head units before `BODY` makes them smaller."""


def sitting(pet) -> None:
    s = pet.looks.slim
    tail(pet, [(0.9 * s, 3.2), (1.7 * s, 3.45), (2.2 * s, 2.9), (2.2 * s, 2.0)])
    for side in (-1, 1):
        pet.blob(side * 0.85 * s, 3.0, 0.62, 0.78, pet.far)
    half = [(0.62 * s, 0.5), (0.85 * s, 1.5), (1.12 * s, 2.7), (0.9 * s, 3.55)]
    pet.part([(0, 0.3), *half, (0, 3.7), *mirrored(half)], shade=0.4)
    pet.blob(0, 1.75, 0.48 * s, 0.85, pet.chest, soft=0.13, opacity=0.75, shade=0)
    for side in (-1, 1):
        pet.blob(side * 0.98 * s, 3.66, 0.4, 0.19, pet.chest)
        pet.limb([(side * 0.42 * s, 1.7), (side * 0.45 * s, 2.6), (side * 0.4 * s, 3.6)], (0.62, 0.5, 0.46))
        paw(pet, side * 0.4 * s, 3.66)


def standing(pet) -> None:
    s = pet.looks.slim
    tail(pet, [(3.75, 0.65), (4.4, 0.3), (4.7, -0.4), (4.4, -1.1)])
    for x in (1.25, 3.05):
        pet.limb([(x, 1.3), (x - 0.05, 2.4), (x + 0.02, 3.3)], (0.7, 0.5, 0.42), pet.far)
    back = [(0.1, 0.55), (0.7, 0.1), (1.4, 0.22), (2.6, 0.3), (3.6, 0.4), (3.95, 1.0)]
    belly = [(3.6, 1.2 + 0.65 * s), (2.2, 1.05 + 0.7 * s), (1.0, 1.2 + 0.65 * s), (0.35, 1.3)]
    pet.part(back + belly, shade=0.4)
    pet.blob(0.55, 1.2, 0.35, 0.55, pet.chest, turn=-25, soft=0.13, opacity=0.7, shade=0)
    for x in (0.8, 3.5):
        pet.limb([(x, 1.3), (x + 0.08, 2.4), (x, 3.4)], (0.85, 0.56, 0.44))
        paw(pet, x - 0.08, 3.46)


def lying(pet) -> None:
    s = pet.looks.slim
    back = [(-0.3, 0.8), (0.4, 0.4), (1.4, 0.35 - 0.2 * (s - 1)), (2.6, 0.4 - 0.3 * (s - 1)), (3.4, 1.0), (3.5, 1.75)]
    pet.part([*back, (2.6, 2.02), (0.6, 2.02), (-0.4, 1.7)], shade=0.45)
    pet.blob(2.75, 1.35, 0.75, 0.66, shade=0.3)
    tail(pet, [(3.3, 1.75), (2.7, 2.1), (1.9, 2.12), (1.1, 2.02)])
    pet.blob(2.4, 1.98, 0.42, 0.17, pet.chest)
    pet.blob(0, 1.15, 0.42, 0.6, pet.chest, soft=0.13, opacity=0.7, shade=0)
    for side in (-1, 1):
        pet.limb([(0.3 + 0.3 * side, 1.4), (0.1 + 0.4 * side, 1.85), (-0.35 + 0.45 * side, 2.0)], (0.6, 0.46, 0.4))
        paw(pet, -0.42 + 0.45 * side, 2.02)


def portrait(pet) -> None:
    """Only head and shoulders; they leave the frame below."""
    s = pet.looks.slim
    half = [(0.6 * s, 0.4), (1.1 * s, 1.2), (1.6 * s, 2.3), (1.8 * s, 6)]
    pet.part([(0, 0.2), *half, *mirrored(half)], shade=0.5)
    pet.blob(0, 2.0, 0.6 * s, 1.1, pet.chest, soft=0.2, opacity=0.75, shade=0)


def tail(pet, spine) -> None:
    width = pet.looks.tail_width
    pet.limb(spine, (width, 1.25 * width), shade=0.14, keep=min(1, pet.looks.tail_length / 3))


def paw(pet, x: float, y: float) -> None:
    pet.blob(x, y, 0.31, 0.19, pet.chest)
    thick = max(1, 0.035 * pet.unit)
    for toe in (-0.1, 0.1):
        pet.layer.line(pet.at([(x + toe, y), (x + toe, y + 0.14)]), pet.chest * 0.5, thick)


def mirrored(half: list) -> list:
    """The left half of an outline, from its right half."""
    return [(-x, y) for x, y in reversed(half)]


DRAW = {"sitting": sitting, "standing": standing, "lying": lying, "portrait": portrait}

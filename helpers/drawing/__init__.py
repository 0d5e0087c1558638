"""Draws cats and dogs, with the truth about each: its class, where the pet is, how it stands, what else is there.

draw_set(folder)                      # 3,000 pictures: train/ and validation/, cats/ and dogs/, truth.csv
picture, truth = draw_pet("cat", rng, (300, 200))
rows = read_truth(folder)             # truth.csv, one dict a picture
"""

from helpers.drawing.faults import FAULTS, plant_faults
from helpers.drawing.picture import draw_pet
from helpers.drawing.sets import boxes, draw_set, read_truth, version

__all__ = ["FAULTS", "boxes", "draw_pet", "draw_set", "plant_faults", "read_truth", "version"]

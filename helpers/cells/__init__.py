"""Solar cells, photographed by the light that they give under current: whole ones and broken ones, drawn or real.

datasets.load("drawn_cells")           # drawn here, with the truth about each crack
datasets.load("solar_cells")           # 2,624 real ones, where the package elpv-dataset is installed
image_dataset(…, answer=cells.share)   # learn from what experts hold likely, in place of a class
networks.EightWays(), .inspector(…)    # from cells.networks: for what is small, and has no upright
expert.train(expert.look(…), …)        # from cells.expert: the best that we know for real cells of 300 x 300
"""

from helpers.cells.drawn import draw_cell, draw_cells, version
from helpers.cells.labels import boxes, is_sure, kind_of, share
from helpers.cells.solar import LICENCE, lay_out, read_package

__all__ = [
    "LICENCE",
    "boxes",
    "draw_cell",
    "draw_cells",
    "is_sure",
    "kind_of",
    "lay_out",
    "read_package",
    "share",
    "version",
]

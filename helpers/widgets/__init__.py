"""Things to turn and to choose under a cell, each after a figure that stays where there are no widgets.

widgets.sliders(picture, warp)                  # a picture that follows as it is turned, shifted, lit …
widgets.explorer(model, pictures, names)        # any picture, any layer, any channel
"""

from helpers.widgets.exploring import Exploration, explorer
from helpers.widgets.varying import Variation, sliders

__all__ = ["Exploration", "Variation", "explorer", "sliders"]

"""Where in the picture an answer comes from, and two checks of that: shuffled weights, and the truth.

grad_cam(model, picture)                  # which places of the last maps speak for class 1
occlusion(model, picture)                 # how the score falls when a grey square covers a place
integrated_gradients(model, picture)      # what each number of the picture adds to the score
shuffled(model), cascade(model)           # the same network, having learned nothing; layer by layer
peak_in_box(heats, boxes)                 # how often the hottest place lies on the pet
score_methods(model, pictures, classes, boxes)  # all of that, in one table
"""

from helpers.attribution.cam import grad_cam, grad_cams
from helpers.attribution.comparing import METHODS, score_methods
from helpers.attribution.integrated import integrated_gradients
from helpers.attribution.occluding import occlusion
from helpers.attribution.overlays import as_heat, brightened, outline, overlay
from helpers.attribution.shuffling import cascade, likeness, shuffled
from helpers.attribution.truth import Score, inside, peak, peak_in_box, show_scores, truth_boxes

__all__ = [
    "METHODS",
    "Score",
    "as_heat",
    "brightened",
    "cascade",
    "grad_cam",
    "grad_cams",
    "inside",
    "integrated_gradients",
    "likeness",
    "occlusion",
    "outline",
    "overlay",
    "peak",
    "peak_in_box",
    "score_methods",
    "show_scores",
    "shuffled",
    "truth_boxes",
]

"""What a network makes of a picture, layer by layer: its maps, their numbers, and what can still be told from them.

every = activation_model(model)             # a model that answers with the output of every layer
maps = look(every, picture)                 # {"conv_1": (H, W, C), ..., "answer": (1,)}
display_grid(maps["conv_1"], name="conv_1") # its channels, side by side
film_strip(every, [picture])                # one picture through all the layers
measure(every, pictures)                    # numbers, zeros and silent channels of each layer
dead_channels(every, pictures)              # {"conv_2": array([3, 17]), ...}
probe_layers(every, pictures, labels)       # how well each layer's numbers tell the classes apart
redraw(every, pictures, others)             # the other pictures, drawn again from each layer's numbers
made_inputs(model, "conv_3")                # for each channel, the picture made to excite it
kept = Snapshots("conv_1", picture)         # a callback: its kernels and maps by epoch, for show_snapshots(kept)
"""

from helpers.activations.charts import show_amounts, show_distilling, show_firing
from helpers.activations.display import Mosaic, display_grid, mosaic
from helpers.activations.every_layer import activation_model, look, watch
from helpers.activations.making import made_inputs
from helpers.activations.measures import LayerMeasure, dead_channels, measure
from helpers.activations.probes import Probe, facts_of, linear_probe, pooled, probe_layers
from helpers.activations.redraw import Redrawing, redraw, show_redrawings
from helpers.activations.snapshots import Snapshots, play_snapshots, show_snapshots
from helpers.activations.strip import film_strip

__all__ = [
    "LayerMeasure",
    "Mosaic",
    "Probe",
    "Redrawing",
    "Snapshots",
    "activation_model",
    "dead_channels",
    "display_grid",
    "facts_of",
    "film_strip",
    "linear_probe",
    "look",
    "made_inputs",
    "measure",
    "mosaic",
    "play_snapshots",
    "pooled",
    "probe_layers",
    "redraw",
    "show_amounts",
    "show_distilling",
    "show_firing",
    "show_redrawings",
    "show_snapshots",
    "watch",
]

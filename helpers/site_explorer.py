"""The explorer of layers on the site, where no kernel runs: the maps that an executed lesson kept -> files beside the
page, and HTML to choose among them.

Pictures and layers are radio buttons; so are the channels, which `explorer.js` lays out, for their number depends on
the layer. Without scripts all of it stays hidden, and the figure above it is what there is.
"""

import base64
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

KIND = "application/vnd.labs.explorer+json"  # of what `widgets.explorer` keeps; no front end shows it
ASKED = "LABS_SITE"  # the variable by which `labs run` asks for it; a learner's own notebook stays small
LEGEND = """Each channel on its own scale, from its least number <span class="scale"></span> to its greatest; single
numbers all on one. The line below it: its greatest number beside the greatest of the layer. Grey and crossed out: the
same everywhere on this picture."""


def explorer(kept: Mapping, stem: str, source: Path) -> str:
    """The HTML of what `widgets.keeping.kept` gave; its pictures become files _static/figures/`stem`_*.png of `source`.

    Names are shown as they are, whatever characters they hold.
    """

    def file(name: str, packed: str) -> str:
        address = f"_static/figures/{stem}_{name}.png"
        (source / address).write_bytes(base64.b64decode(packed))
        return address

    pictures = [one | {"png": file(f"picture_{n}", one["png"])} for n, one in enumerate(kept["pictures"])]
    layers = [
        {
            "name": layer["name"],
            "maps": [
                one | {kind: file(f"{kind}_{number}_{n}", one[kind]) for kind in ("map", "heat")}
                for n, one in enumerate(layer["maps"])
            ],
        }
        for number, layer in enumerate(kept["layers"])
    ]
    faces = [f'<img src="{one["png"]}" alt="" loading="lazy">{escape(one["name"])}' for one in pictures]
    data = json.dumps({"pictures": pictures, "layers": layers}, separators=(",", ":")).replace("<", "\\u003c")
    view = '<figure class="view"><canvas role="img"></canvas><figcaption></figcaption></figure>'
    return f"""<form class="explorer" aria-label="Explore pictures, layers and channels" autocomplete="off" hidden>
<script type="application/json">{data}</script>
{choices("picture", faces)}
{choices("layer", [escape(layer["name"]) for layer in layers])}
<div class="views">{3 * view}</div>
<p class="numbers" role="status"></p>
<fieldset class="channel"><legend>Channel</legend></fieldset>
<p class="legend">{LEGEND}</p>
</form>
<script src="_static/explorer.js" defer></script>"""


def choices(name: str, faces: list[str]) -> str:
    """Radio buttons under one name, the first one chosen; faces: the HTML of each."""
    buttons = "\n".join(
        f'<label><input type="radio" name="{name}" value="{n}"{"" if n else " checked"}><span>{face}</span></label>'
        for n, face in enumerate(faces)
    )
    return f'<fieldset class="{name}"><legend>{name.capitalize()}</legend>\n{buttons}\n</fieldset>'

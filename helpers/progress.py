"""One progress bar for everything that takes longer than two seconds, in a terminal and in a notebook alike."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tqdm import tqdm


def beside(bar: tqdm, logs: Mapping[str, float] | None) -> None:
    """Show the accuracies of an epoch's `logs`, as of a callback of Keras, beside the bar."""
    shown = {"accuracy": "training", "val_accuracy": "validation"}
    bar.set_postfix({word: f"{logs[key]:.2f}" for key, word in shown.items() if key in (logs or {})}, refresh=False)


def progress(
    iterable: Iterable | None = None, total: int | None = None, text: str = "", unit: str = "pictures"
) -> tqdm:
    """Wrap `iterable`, or count by hand with `.update(n)`.

    The bar appears after two seconds, shows rate and time left, and takes itself away when done, so that quick work
    prints nothing and a saved notebook holds no bar. Where standard error is not a terminal, a script prints none; nor
    is there one where tqdm's own variable TQDM_DISABLE is set.
    """
    from tqdm.auto import tqdm  # takes a tenth of a second, which what is quick need not wait for

    off = True if os.environ.get("TQDM_DISABLE") else None
    return tqdm(iterable, total=total, desc=text, unit=f" {unit}", delay=2, leave=False, disable=off)

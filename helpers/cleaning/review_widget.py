"""What `review` shows in a running notebook: one picture at a time, buttons, a field for keys, and thumbnails."""

from collections.abc import Callable
from functools import cache

import ipywidgets

from helpers.cleaning.decisions import DROP, KEEP
from helpers.cleaning.page import text
from helpers.cleaning.thumbnails import as_address, thumbnail

SIDE, SMALL = 260, 84  # of the picture that is up and of a thumbnail, pixels
AROUND = 9  # thumbnails in the row
MOVES = {"undo": "u", "back": "b", "next": "n"}  # classes may have the same names
STYLES = {KEEP: "success", DROP: "danger"}


def widget(state) -> ipywidgets.Widget:
    """The `Review` as buttons to press and a field that takes keys; each choice shows at once."""
    pictures, words, strip = (ipywidgets.HTML() for _ in range(3))
    jpeg = cache(lambda path, side: thumbnail(state.folder / path, side))
    keys = {KEEP: "k", DROP: "d"} | {label: str(number) for number, label in enumerate(state.labels[:9], start=1)}
    keys |= dict.fromkeys(state.labels[9:], "")
    moves = {"undo": state.undo, "back": lambda: state.move(-1), "next": lambda: state.move(1)}

    def refresh() -> None:
        pictures.value = up(state, jpeg)
        words.value = about(state)
        strip.value = around(state, jpeg)

    def decide(word: str) -> None:
        state.decide(word)
        refresh()

    def move(word: str) -> None:
        moves[word]()
        refresh()

    def typed(change: dict) -> None:
        if change["new"]:
            field.value = ""
            key = change["new"][-1].lower()
            for known, act in ((keys, decide), (MOVES, move)):
                for word in (word for word, its in known.items() if its == key):
                    act(word)

    field = ipywidgets.Text(placeholder="click here, then press keys", layout={"width": "16em"})
    field.observe(typed, names="value")
    rows = [button_row({word: keys[word] for word in words}, decide, "info") for words in ((KEEP, DROP), state.labels)]
    rows.append(button_row(MOVES, move, ""))
    refresh()
    side = ipywidgets.VBox([words, *rows, field], layout={"max_width": "28em"})
    top = ipywidgets.HBox([pictures, side], layout={"flex_flow": "row wrap", "align_items": "flex-start"})
    return ipywidgets.VBox([top, strip])


def button_row(keys: dict[str, str], act: Callable[[str], None], style: str) -> ipywidgets.HBox:
    """A button for each word, with its key."""
    buttons = []
    for word, key in keys.items():
        described = f"{word} ({key})" if key else word
        button = ipywidgets.Button(description=described, tooltip=described, button_style=STYLES.get(word, style))
        button.layout = {"width": "auto", "min_width": "7em"}
        button.on_click(lambda _, word=word: act(word))
        buttons.append(button)
    return ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap"})


def up(state, jpeg: Callable) -> str:
    """HTML of the picture that is up, beside the one that it is a copy of."""
    finding = state.findings[state.at]
    shown = [(finding.path, "")]
    if finding.fault != "suspect" and "of " in finding.detail:
        other = finding.detail.partition("of ")[2]
        if (state.folder / other).is_file():
            shown.append((other, f"it is a copy of {other}"))
    boxes = [
        f'<figure style="margin:0 12px 0 0">{seen(jpeg(path, SIDE), path, SIDE)}'
        f'<figcaption style="width:{SIDE}px;overflow-wrap:anywhere;line-height:1.4">{text(words)}</figcaption></figure>'
        for path, words in shown
    ]
    return f'<div style="display:flex;flex-wrap:wrap">{"".join(boxes)}</div>'


def seen(jpeg: bytes | None, path: str, side: int, frame: str = "") -> str:
    """HTML of one picture in a square, so that nothing jumps from one to the next."""
    style = f"width:{side}px;height:{side}px;object-fit:contain;background:rgba(128,128,128,.15);margin:0;{frame}"
    if jpeg is None:
        return f'<div style="{style};display:grid;place-content:center">nothing to show</div>'
    return f'<img src="{as_address(jpeg)}" alt="{text(path)}" style="{style}">'


def about(state) -> str:
    """HTML: which picture is up, what is doubtful in it, and how far the work has come."""
    finding, count = state.findings[state.at], len(state.findings)
    decided = state.decisions.get(finding.path)
    lines = [
        f"<b>{text(finding.path)}</b>",
        f"{finding.fault}: {text(finding.detail) or '–'}",
        f"decided: <b>{text(decided)}</b>" if decided else "not decided",
        f"picture {state.at + 1} of {count}, {state.decided()} decided",
    ]
    if state.decided() == count:
        lines.append(f"All are decided; the choices are in {text(state.csv.name)}.")
    return f'<div style="line-height:1.5;overflow-wrap:anywhere">{"<br>".join(lines)}</div>'


def around(state, jpeg: Callable) -> str:
    """HTML: thumbnails of the pictures before and after, with what was decided; the one that is up has a frame."""
    first = max(0, min(state.at - AROUND // 2, len(state.findings) - AROUND))
    boxes = []
    for at in range(first, min(first + AROUND, len(state.findings))):
        path = state.findings[at].path
        frame = f"box-sizing:border-box;border:3px solid {'#D55E00' if at == state.at else 'transparent'}"
        words = text(state.decisions.get(path, "–"))
        boxes.append(
            f'<div style="width:{SMALL}px;text-align:center;line-height:1.4;overflow:hidden">'
            f"{seen(jpeg(path, SMALL), f'thumbnail of {path}', SMALL, frame)}{words}</div>"
        )
    return f'<div style="display:flex;flex-wrap:wrap;gap:4px;margin-top:8px">{"".join(boxes)}</div>'

"""Every figure reaches the reader with words; pictures keep their proportions; bars leave nothing behind."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from helpers import figures, lessons
from helpers.errors import InputError
from helpers.progress import progress


@pytest.fixture
def shown(monkeypatch):
    """What is displayed under the cell: a list of (data, metadata)."""
    kept = []

    def display(thing, metadata=None, raw=False):
        kept.append((thing if raw else {"text/markdown": thing.data}, metadata))

    monkeypatch.setattr(figures, "display", display)
    return kept


def png_of(data):
    return Image.open(io.BytesIO(base64.b64decode(data["image/png"])))


def test_a_figure_comes_with_alt_text_size_and_caption_and_is_closed(shown):
    figure, axis = plt.subplots(figsize=(3, 2))
    axis.plot([1, 2])
    figures.show(figure, "It rises.", 'A "line" that rises')
    (picture, about), (caption, _) = shown
    assert picture["text/plain"] == about["image/png"]["alt"] == 'A "line" that rises'
    assert f'png;base64,{picture["image/png"]}" alt="A &quot;line&quot; that rises" width="300"' in picture["text/html"]
    assert png_of(picture).size == (about["image/png"]["width"], about["image/png"]["height"]) == (300, 200)
    assert caption == {"text/markdown": "*It rises.*"}
    assert not plt.fignum_exists(figure.number)


def test_a_caption_is_text_in_one_line_and_the_command_is_code(shown):
    figures.grid([np.ones((8, 8))], caption="conv_1 of a<b>_x_*y*`z`\n# $5 & \\.", alt="Grey.")
    assert shown[1][0]["text/markdown"] == (r"*conv_1 of a\<b\>\_x\_\*y\*\`z\` # <span>\$</span>5 \& <span>\\</span>.*")
    figures.show(plt.figure(figsize=(1, 1)), "It.", "It", "python x --keep")
    assert shown[3][0]["text/markdown"] == "*It. Made by `python x --keep`.*"


def test_what_cannot_be_shown_is_said(shown):
    with pytest.raises(InputError, match="no pictures to show"):
        figures.grid([])
    with pytest.raises(InputError, match="1 titles for 2 pictures; give each picture one, or none at all"):
        figures.grid([np.ones((8, 8))] * 2, ["one"])
    with pytest.raises(InputError, match="7 lines; a figure can tell 1 to 6 apart"):
        figures.chart([1, 2], {name: [1, 2] for name in "abcdefg"}, "x", "y", "Too many.")
    assert not shown


def test_the_same_figure_is_the_same_bytes(shown):
    for _ in range(2):
        figures.chart([1, 2, 3], {"training": [3, 2, 1], "validation": [3, 2, 4]}, "epoch", "loss", "Loss.")
    assert shown[0] == shown[2]


def test_a_chart_tells_its_ends_in_words(shown):
    figures.chart([1, 2, 3], {"training": [3, 2, 0.1234], "validation": [3, 2, 4]}, "epoch", "loss", "Loss by epoch.")
    alt = shown[0][1]["image/png"]["alt"]
    assert alt == "Loss by epoch. loss: training from 3 to 0.123; validation from 3 to 4."


def test_lines_are_told_apart_without_colour(monkeypatch, shown):
    drawn = []
    monkeypatch.setattr(figures, "show", lambda figure, *_: drawn.append(figure))
    figures.chart([1, 2], {name: [1, 2] for name in "abcd"}, "x", "y", "Four.")
    lines = drawn[0].axes[0].lines
    assert len({(line.get_marker(), line.get_linestyle()) for line in lines}) == 4
    plt.close(drawn[0])


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_a_grid_stretches_nothing_and_keeps_the_colours(shown, kind):
    full = 255 if kind == "uint8" else 1
    wide = np.zeros((50, 100, 3), kind)
    wide[..., 0] = full
    high = np.zeros((100, 50), kind) + full // 2 if kind == "uint8" else np.full((100, 50), 0.5, kind)
    figures.grid([wide, high], size=2, caption="Two.", alt="Two pictures")
    pixels = np.asarray(png_of(shown[0][0]).convert("RGB")).astype(int)
    left, right = pixels[:, :200], pixels[:, 200:]
    red = (left[..., 0] > 240) & (left[..., 1] < 15)
    grey = abs(right - 127).max(axis=2) < 8
    for area, ratio in ((red, 2), (grey, 0.5)):
        rows, columns = np.flatnonzero(area.any(axis=1)), np.flatnonzero(area.any(axis=0))
        assert (columns.max() - columns.min() + 1) / (rows.max() - rows.min() + 1) == pytest.approx(ratio, rel=0.05)


def test_a_grid_of_few_pictures_is_no_wider_than_they_are(shown):
    figures.grid([np.zeros((9, 9, 3), "uint8")] * 3, ["a", "b\nsecond line", ""], columns=8, size=1)
    assert shown[0][1]["image/png"]["width"] == 300


def test_a_white_picture_has_an_edge_on_a_white_page_and_an_empty_place_has_none(shown):
    figures.grid([np.ones((8, 8)), None], size=1)
    pixels = np.asarray(png_of(shown[0][0]).convert("L"))
    tile, empty = pixels[:, :100], pixels[:, 100:]
    for lines in (tile, tile.T):
        seen = np.flatnonzero((lines < 200).mean(axis=1) > 0.9)
        assert 2 <= len(seen) <= 4 and seen.min() < 6 and seen.max() > 93
    assert empty.min() == 255


def test_a_name_with_dollars_in_it_is_shown_as_it_is(shown):
    figures.grid([np.ones((8, 8))], ["price $x^$"], caption="Grey.", alt="A grey picture.")
    assert shown


def test_a_class_of_any_name_stands_in_the_legend_of_the_first_lesson(shown):
    (cell,) = (cell for cell in lessons.read("01_cleaning").cells if cell.id == "01-17")
    sizes, labels = np.array([[30, 20], [20, 30], [40, 20]]), np.array([0, 1, 1])
    exec(cell.source, {**globals(), "sizes": sizes, "labels": labels, "class_names": ["$\\foo$", "dogs"]})
    assert shown[0][0]["text/plain"].endswith("below the line: landscape. 67% of them lie there.")


def test_a_long_name_above_a_picture_does_not_reach_the_next_one(shown):
    name = "american_staffordshire_terrier"
    figures.grid([np.ones((8, 8)), None], [name, ""])
    figures.grid([np.ones((8, 8)), None], ["cats", ""])
    long, short = (np.asarray(png_of(picture).convert("L")) for picture, _ in shown[::2])
    assert (long[:20, 140:] == 255).all() and (long[:20, :3] == 255).all()
    assert (long[:20] < 128).any() and not (long == short).all()


def test_no_bar_is_shown_where_lessons_are_compared(monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "1")
    assert progress(range(3)).disable is True


def test_quick_work_shows_no_bar(capsys):
    assert list(progress([1, 2, 3], text="counting")) == [1, 2, 3]
    with progress(total=5) as bar:
        bar.update(5)
    assert bar.n in (0, 5)  # counted where there is a terminal, passed over where there is none
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_of_channels_that_are_not_three_the_mean_is_shown_in_grey(channels):
    picture = np.random.default_rng(0).random((4, 6, channels))
    shown = figures.visible(picture)
    assert shown.shape == (4, 6, 3)
    assert np.allclose(shown, picture.mean(axis=2, keepdims=True))

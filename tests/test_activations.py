"""What the layers say, on networks whose answer is known."""

import numpy as np
import pytest

from helpers import activations
from helpers.activations import (
    LayerMeasure,
    Probe,
    Redrawing,
    activation_model,
    dead_channels,
    display_grid,
    facts_of,
    film_strip,
    linear_probe,
    look,
    measure,
    mosaic,
    pooled,
    probe_layers,
    redraw,
    show_distilling,
    show_firing,
    show_redrawings,
)
from helpers.activations.display import SILENT
from helpers.activations.probes import STRENGTHS, best_strength, ridge
from helpers.errors import InputError
from helpers.models import compact, lab_cnn
from helpers.quiet import keras

layers = keras.layers


def edge_detector(size=(20, 28)):
    """Channel 0 answers to a step from dark to bright, left to right; channel 1 never; channel 2 to light."""
    model = keras.Sequential(
        [
            layers.Input((*size, 3)),
            layers.Conv2D(3, 3, activation="relu", name="edges"),
            layers.MaxPooling2D(name="pool"),
        ]
    )
    kernel = np.zeros((3, 3, 3, 3), "float32")
    kernel[:, 0, :, 0], kernel[:, 2, :, 0] = -1, 1
    kernel[1, 1, :, 2] = 1
    model.get_layer("edges").set_weights([kernel, np.array([0, -100, 0], "float32")])
    return model


def step_picture(size=(20, 28), edge=12):
    """Dark on the left, bright from column `edge` on."""
    picture = np.zeros((*size, 3), "float32")
    picture[:, edge:] = 1
    return picture


def nested():
    inner = keras.Sequential(
        [layers.Input((32, 40, 3)), layers.Conv2D(4, 3, activation="relu", name="c"), layers.MaxPooling2D(name="p")],
        name="inner",
    )
    pictures = layers.Input((32, 40, 3))
    shared = layers.Conv2D(4, 3, padding="same", name="shared")
    x = shared(shared(inner(pictures)))
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(pictures, layers.Dense(1, activation="sigmoid", name="answer")(x))


def test_edge_detector_shows_the_edge():
    maps = look(edge_detector(), step_picture(edge=12))["edges"]
    assert maps.shape == (18, 26, 3)
    assert set(np.flatnonzero(maps[5, :, 0])) == {10, 11}  # the two places whose 3 x 3 field straddles the edge


def deeply_nested():
    """Functional models within a functional model, one of two branches, one of them within a Sequential."""
    inside = layers.Input((32, 40, 3))
    branches = [layers.Conv2D(4, 3, name=name)(inside) for name in ("left", "right")]
    branching = keras.Model(inside, layers.Add(name="add")(branches), name="branching")
    deeper = layers.Input((30, 38, 4))
    scaled = keras.Model(deeper, layers.Conv2D(2, 1, name="mix")(deeper) * 2.0, name="scaled")
    pictures = layers.Input((32, 40, 3))
    x = branching(layers.Rescaling(2.0, name="twice")(pictures))
    x = keras.Sequential([layers.Input((30, 38, 4)), layers.ReLU(name="relu"), scaled], name="chain")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(pictures, layers.Dense(1, activation="sigmoid", name="answer")(x))


@pytest.mark.parametrize("make", [lambda: lab_cnn((32, 40)), lambda: compact((32, 40)), nested, deeply_nested])
def test_every_layer_of_every_kind_of_model(make, tmp_path):
    model = make()
    picture = np.random.default_rng(0).random((32, 40, 3), "float32")
    outputs = look(model, picture)
    answer = float(model(picture[None], training=False)[0, 0])
    assert list(outputs.values())[-1] == pytest.approx(answer, abs=1e-6)

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert list(look(loaded, picture)) == list(outputs)
    np.testing.assert_allclose(look(loaded, picture)[list(outputs)[0]], list(outputs.values())[0], atol=1e-6)


def test_names_open_models_within_and_tell_two_uses_apart():
    assert activation_model(nested()).layer_names == ["inner/c", "inner/p", "shared", "shared_2", "mean", "answer"]
    branches = ["branching/left", "branching/right", "branching/add"]
    expected = ["twice", *branches, "chain/relu", "chain/scaled/mix", "mean", "answer"]
    assert activation_model(deeply_nested()).layer_names == expected


def test_of_a_model_within_that_gives_several_answers_the_one_asked_for_comes_last():
    pictures = layers.Input((20, 28, 3))
    maps = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3, name="c")(pictures))
    answers = [layers.Dense(1, name="first")(maps), layers.Dense(1, name="second")(maps)]
    inner = keras.Model(pictures, answers, name="inner")
    for number in (0, 1):
        asked = layers.Input((20, 28, 3))
        model = keras.Model(asked, inner(asked)[number])
        *_, (name, last) = look(model, step_picture()).items()
        assert name == f"inner/{('first', 'second')[number]}"
        assert last.item() == pytest.approx(float(model(step_picture()[None])[0, 0]), abs=1e-6)


def test_outputs_follow_the_model_as_it_learns():
    model = edge_detector()
    every = activation_model(model)
    before = look(every, step_picture())["edges"].sum()
    model.get_layer("edges").set_weights([w * 2 for w in model.get_layer("edges").get_weights()])
    assert look(every, step_picture())["edges"].sum() == pytest.approx(2 * before)
    assert activation_model(every) is every


def test_sequential_without_input_layer_works_once_it_was_called():
    model = keras.Sequential([layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])
    with pytest.raises(InputError, match="not been built.*Input"):
        activation_model(model)
    model(np.zeros((1, 8, 8, 3)))
    assert len(activation_model(model).layer_names) == 3


def test_wrong_input_is_said_in_a_sentence():
    class Hidden(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(InputError, match="subclass"):
        activation_model(Hidden())
    with pytest.raises(InputError, match="Keras model is needed"):
        activation_model("model.keras")
    with pytest.raises(InputError, match=r"\(20, 28, 3\) and was given \(28, 20, 3\)"):
        look(edge_detector(), np.zeros((28, 20, 3)))


def test_each_channel_on_its_own_scale_and_all_on_one():
    maps = np.zeros((4, 6, 3), "float32")
    maps[..., 0] = np.linspace(0, 1, 6)
    maps[..., 1] = np.linspace(0, 10, 6)
    own, one = mosaic(maps), mosaic(maps, scale="shared")

    def end(laid, channel):  # colour of the last pixel of a tile
        y, x = laid.corner(channel)
        return laid.picture[y + laid.tile[0] - 1, x + laid.tile[1] - 1]

    np.testing.assert_allclose(end(own, 0), end(own, 1))
    assert end(one, 0).sum() < end(one, 1).sum()
    np.testing.assert_allclose(end(own, 2), 0.86, atol=1e-6)
    assert list(own.dead) == [2]


@pytest.mark.parametrize("channels", [1, 7, 16, 17])
def test_grid_that_is_not_filled_stays_white(channels):
    laid = mosaic(np.random.default_rng(0).random((5, 9, channels)), columns=16)
    assert laid.columns == min(16, channels)
    height, width = laid.tile
    assert height / width == pytest.approx(5 / 9)
    y, x = laid.corner(channels - 1)
    assert y + height == laid.picture.shape[0]
    assert (laid.picture[y:, x + width :] == 1).all()


def test_the_darkest_is_the_lowest_also_below_zero():
    maps = np.linspace(-4, -2, 12).reshape(1, 12, 1)
    laid = mosaic(maps)
    y, x = laid.corner(0)
    row = laid.picture[y, x : x + laid.tile[1]].sum(axis=-1)
    assert row[0] == row.min() < row[-1] == row.max()


def test_constant_channel_is_crossed_out_and_counted(shown):
    maps = np.random.default_rng(0).random((6, 6, 4)).astype("float32")
    maps[..., 1], maps[..., 3] = 0, 7.5
    laid = display_grid(maps, name="conv")
    figure, caption, alt = shown[0]
    assert list(laid.dead) == [1, 3]
    assert len(figure.axes[0].lines) == 4  # two strokes a cross
    assert "2 of 4 are the same everywhere" in caption and "conv: 4 channels of 6 × 6" in alt


def test_legend_says_the_values(shown):
    maps = np.linspace(-2, 3, 50).reshape(1, 5, 10, 1)
    display_grid(maps, scale="shared")
    display_grid(maps, scale="channel", caption="mine", alt="also mine")
    words = [[text.get_text() for axis in figure.axes for text in axis.texts] for figure, _, _ in shown]
    assert "-2" in words[0] and "3" in words[0]
    assert any("full at 3" in text for text in words[1])
    assert shown[1][1:] == ("mine", "also mine")


@pytest.mark.parametrize("shape", [(512,), (1, 512), (1, 1, 512), (1, 1, 1, 512), (1,)])
def test_dense_outputs_are_a_strip_on_one_scale(shape, shown):
    numbers = np.zeros(shape, "float32")
    laid = display_grid(numbers, name="dense")
    assert len(laid.dead) == 0  # one zero is not a dead channel
    assert laid.columns == min(64, np.prod(shape))
    assert "One scale for all" in shown[0][1]


def test_what_cannot_be_drawn_is_said():
    with pytest.raises(InputError, match="not finite"):
        mosaic(np.full((3, 3, 2), np.nan))
    with pytest.raises(InputError, match=r"shape \(2, 3, 3, 4\)"):
        mosaic(np.zeros((2, 3, 3, 4)))
    with pytest.raises(InputError, match="'log' is unknown"):
        mosaic(np.zeros((3, 3, 2)), scale="log")


def test_each_layer_has_a_panel_of_its_own_so_that_no_channel_hides_another(shown):
    fires = {"conv": [0.5, 0.0], "pool": [1.0, 0.25, 0.0], "answer": [1.0]}
    measures = [LayerMeasure(name, (len(some), 4), 0.0, None, None, np.array(some)) for name, some in fires.items()]
    show_firing(measures, ["conv", "pool", "answer"], 10)
    figure, _, alt = shown[0]
    drawn = {axis.get_title(): list(axis.lines[0].get_ydata()) for axis in figure.axes if axis.lines}
    assert drawn == {"conv (2)": [0.0, 0.5], "pool (3)": [0.0, 0.25, 1.0], "answer (1)": [1.0]}
    assert "pool 25%" in alt
    with pytest.raises(InputError, match="fc: no layer that was measured"):
        show_firing(measures, ["fc"], 10)


def test_measures_count_zeros_numbers_and_firing():
    model = edge_detector()
    dark = np.zeros((20, 28, 3), "float32")
    pictures = np.stack([step_picture() / 32, dark, dark, dark])
    pixels, edges, _ = measure(model, pictures)
    assert (pixels.name, pixels.numbers, edges.numbers) == ("pixels", 20 * 28 * 3, 18 * 26 * 3)
    assert [edges.high[1], edges.low[1]] == [0, 0] and edges.high[
        0
    ] == 9 / 32  # nine bright pixels minus nine dark ones
    assert edges.zeros == pytest.approx(1 - (18 * 2 + 18 * 15) / (4 * 18 * 26 * 3))  # 2 columns of edge, 15 of light
    np.testing.assert_allclose(edges.fires, [0.25, 0, 0.25])


def test_channel_that_never_fires_is_found_over_all_batches():
    pictures = np.zeros((130, 20, 28, 3), "float32")
    pictures[65] = np.random.default_rng(0).random(
        (20, 28, 3)
    )  # only one picture, of the second batch, moves the others
    assert {name: list(dead) for name, dead in dead_channels(edge_detector(), pictures).items()} == {
        "edges": [1],
        "pool": [1],
    }


def test_measures_take_datasets_and_leave_out_idle_layers():
    from helpers.quiet import tf

    pictures = np.random.default_rng(0).random((9, 32, 32, 3), "float32")
    batches = tf.data.Dataset.from_tensor_slices((pictures, np.zeros((9, 1)))).batch(4)
    names = [layer.name for layer in measure(lab_cnn((32, 32), dropout=0.5), batches)]
    assert names == ["pixels", "conv_1", "pool_1", "conv_2", "pool_2", "conv_3", "pool_3", "dense", "answer"]


def test_pooling_averages_uneven_fields():
    maps = np.arange(10, dtype="float32").reshape(1, 1, 10, 1)
    np.testing.assert_allclose(pooled(maps)[0], [0.5, 3, 5.5, 8])
    assert pooled(np.zeros((2, 9, 3, 5))).shape == (2, 4 * 3 * 5)


def test_probe_reads_what_is_there_and_nothing_else():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100)
    noise = rng.normal(size=(200, 300))  # more numbers than pictures: enough to remember every label
    told = noise.copy()
    told[:, 7] += 4 * labels
    assert linear_probe(told[:, :10], labels) > 185
    by_chance = [linear_probe(noise, rng.permutation(labels)) / 200 for _ in range(12)]
    assert np.mean(by_chance) == pytest.approx(0.5, abs=0.05)


def test_probe_with_more_numbers_than_pictures_is_held_back_as_much_as_it_should_be():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 60)
    features = rng.normal(size=(120, 96)) + 0.25 * (2 * labels[:, None] - 1)  # each number knows a little
    features = np.hstack([features, 3 * rng.normal(size=(120, 32))])
    assert linear_probe(features, labels) > 112


@pytest.mark.parametrize("targets", [1, 90])
def test_ridge_says_the_same_of_few_numbers_as_of_each_many_times(targets):
    rng = np.random.default_rng(0)
    features, new = (rng.normal(size=(count, 6)) for count in (40, 15))
    features[:, 2], new[:, 2] = 3, 3  # says nothing
    wanted = features @ rng.normal(size=(6, targets)) + rng.normal(size=(40, targets))
    few, many = ridge(features, wanted, new), ridge(np.tile(features, 9), wanted, np.tile(new, 9))
    np.testing.assert_allclose(few, many, atol=1e-9)


def test_ridge_is_as_strong_as_leaving_out_one_picture_at_a_time_says():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(30, 20))
    targets = features @ rng.normal(size=(20, 50)) + 4 * rng.normal(size=(30, 50))
    values, vectors = np.linalg.eigh(features @ features.T / 20)
    centred = targets - targets.mean(axis=0)
    errors = []
    for strength in STRENGTHS:
        solved = np.linalg.inv(features @ features.T / 20 + strength * np.eye(30))
        fit = features @ features.T / 20 @ solved + 1 / 30
        errors.append(np.square((centred - (fit - 1 / 30) @ centred) / (1 - np.diag(fit))[:, None]).sum())
    assert best_strength(values, vectors, centred) == STRENGTHS[np.argmin(errors)]
    assert 0 < np.argmin(errors) < len(STRENGTHS) - 1


def test_probe_of_layers_finds_what_the_kernel_makes_readable():
    rng = np.random.default_rng(0)
    pictures, labels = np.zeros((80, 20, 28, 3), "float32"), np.tile([0, 1], 40)
    for picture, label in zip(pictures, labels, strict=True):
        picture[:, rng.integers(6, 22) :] = 1
        if label:
            picture[:] = 1 - picture  # bright to dark: the detector is silent
    pixels, edges, pool = probe_layers(edge_detector(), pictures, labels)
    assert edges.accuracy == 1 and edges.low > 0.9
    assert (pixels.name, pixels.features, pool.features) == ("pixels", 48, 48)


def test_probe_tells_more_than_two_kinds_apart_and_knows_what_chance_is():
    rng = np.random.default_rng(0)
    kinds = np.repeat([2, 5, 9], [100, 60, 40])  # any numbers will do
    features = rng.normal(size=(200, 20))
    features[:, :3] += 3 * (kinds[:, None] == [2, 5, 9])
    assert linear_probe(features, kinds) > 185
    assert linear_probe(features[:, 3:], kinds) < 130
    pictures = np.zeros((60, 20, 28, 3), "float32")
    pictures[20:40, :, 14:] = 1  # an edge; the first twenty are dark, the last twenty bright
    pictures[40:] = 1
    pixels, edges, _ = probe_layers(edge_detector(), pictures, np.repeat([0, 1, 2], 20))
    assert pixels.chance == edges.chance == pytest.approx(1 / 3)
    assert pixels.accuracy == 1 and pixels.above_chance() == 1
    assert edges.above_chance(1 / 3) == pytest.approx(0) and edges.above_chance(2 / 3) == pytest.approx(0.5)


def test_facts_come_from_the_truth_file_in_the_order_of_the_pictures(tmp_path):
    rows = [{"path": f"validation/cats/{n}.jpg", "lighting": light} for n, light in enumerate(("dim", "warm", "dim"))]
    paths = [tmp_path / rows[n]["path"] for n in (1, 0, 2)]
    assert facts_of(rows, tmp_path, paths, "lighting").tolist() == [1, 0, 0]
    with pytest.raises(InputError, match="no column 'light', but path, lighting"):
        facts_of(rows, tmp_path, paths, "light")
    with pytest.raises(InputError, match="mine.jpg: the truth file says nothing of it"):
        facts_of(rows, tmp_path, [tmp_path / "mine.jpg"], "lighting")


def test_one_figure_shows_what_is_kept_and_in_how_many_numbers(shown):
    def probes(*accuracies, chance=0.5):
        return [Probe(name, 8, one, one - 0.1, one + 0.1, chance) for name, one in zip("ab", accuracies, strict=True)]

    drawings = [Redrawing(name, None, kept) for name, kept in (("a", 0.9), ("b", 0.2))]
    runs, others = [probes(0.5, 0.75), probes(0.5, 0.8)], {"background": probes(0.6, 0.2, chance=0.2)}
    zeros = [LayerMeasure("a", (10, 10), 0.0, *[None] * 3), LayerMeasure("b", (5, 10), 0.5, *[None] * 3)]
    luck = [probes(0.4, 0.5), probes(0.7, 0.5)]
    show_distilling(drawings, runs, luck, 100, others, zeros)
    figure, caption, alt = shown[0]
    above, below = figure.axes
    lines = {line.get_label(): list(line.get_ydata()) for line in above.lines}
    assert lines["class: told by a probe"] == [0, 0.5]
    assert lines["class, shuffled:\nmean of 2"] == pytest.approx([0.1, 0])
    assert lines["picture: drawn again"] == [0.9, 0.2]
    assert lines["background: told by a probe"] == pytest.approx([0.5, 0])
    assert [bar.get_height() for bar in below.patches] == [1, 0.5, 1, 0.25]  # all numbers, then those that are not zero
    assert "100 unseen pictures" in caption and "background from 60% to 20% right, by chance 20%" in alt
    show_distilling(drawings, runs, luck, 100)
    assert len(shown[1][0].axes) == 1 and "numbers" not in shown[1][1]
    with pytest.raises(InputError, match="5 lines; a figure can tell 1 to 4 apart"):
        show_distilling(drawings, runs, luck, 100, dict.fromkeys("vwxyz", runs[0]))


def test_probe_wants_a_label_a_picture():
    with pytest.raises(InputError, match="30 pictures and 20 labels"):
        linear_probe(np.zeros((30, 2)), np.zeros(20))
    with pytest.raises(InputError, match="all these pictures are of one class"):
        linear_probe(np.zeros((30, 2)), np.ones(30))


def test_a_picture_comes_back_from_what_keeps_it_and_not_from_what_does_not():
    rng = np.random.default_rng(0)
    pictures = rng.random((90, 4, 4, 3), "float32").repeat(4, axis=1).repeat(4, axis=2)  # 48 numbers decide a picture
    model = keras.Sequential(
        [
            layers.Input((16, 16, 3)),
            layers.AveragePooling2D(4, name="keeps"),
            layers.AveragePooling2D(2, name="quarter"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(1, kernel_initializer="zeros", name="nothing"),
        ]
    )
    drawn = {one.name: one for one in redraw(model, pictures[:80], pictures[80:], side=4)}
    assert drawn["pixels"].kept > 0.99 and drawn["keeps"].kept > 0.99
    assert 0.1 < drawn["quarter"].kept < 0.4  # the mean of four has a quarter of their variance
    assert drawn["mean"].kept < drawn["quarter"].kept and abs(drawn["nothing"].kept) < 0.05
    np.testing.assert_allclose(drawn["keeps"].pictures, drawn["pixels"].pictures, atol=0.05)
    twice = redraw(model, pictures[:80], pictures[80:], ["mean", "mean"], side=4)
    assert [one.name for one in twice] == ["pixels", "mean"]
    with pytest.raises(InputError, match="5 pictures are too few"):
        redraw(model, pictures[:5], pictures[5:])
    with pytest.raises(InputError, match="'nowhere' is not a layer that can be redrawn from"):
        redraw(model, pictures[:80], pictures[80:], ["nowhere"])


def test_words_say_that_less_comes_back_from_row_to_row_only_where_it_does(shown):
    pictures = np.zeros((2, 4, 4, 3), "float32")
    more, less = Redrawing("a", pictures, 0.9), Redrawing("b", pictures, 0.2)
    show_redrawings(pictures, [more, less])
    show_redrawings(pictures, [less, more])
    (_, _, falling), (_, _, rising) = shown
    assert falling.endswith("a 90%, b 20%. From row to row less comes back.")
    assert rising.endswith("b 20%, a 90%.")


def test_film_strip_runs_from_pixels_to_probability(shown):
    keras.utils.set_random_seed(1)
    model = lab_cnn((40, 32))
    model.layers[-1].bias.assign([0.4])  # so that the two classes are not equally probable
    pictures = [np.zeros((40, 32, 3), "float32"), np.random.default_rng(0).random((40, 32, 3), "float32")]
    zeros = film_strip(model, pictures, class_names=["apples", "pears"], titles=["one", "two"])
    assert list(zeros) == ["pixels", "conv_1", "pool_1", "conv_2", "pool_2", "conv_3", "pool_3", "dense", "answer"]
    assert zeros["pixels"] == [1.0, 0.0]
    figure, caption, alt = shown[0]
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words.count("38 × 30 × 16") == 2 and "apples 0.40" in words and {"one", "two"} <= set(words)
    second = float(model.predict(pictures[1][None], verbose=0)[0, 0])  # of class 1, pears
    assert f"pears {second:.2f}" in words and f"apples {1 - second:.2f}" in words
    assert f"{second:.2f}" != f"{1 - second:.2f}"
    first, other = (f"{100 * share:.0f} % zeros" for share in zeros["conv_1"])
    assert f"one: pixels 100 % zeros, conv_1 {first}, " in alt and f"two: pixels 0 % zeros, conv_1 {other}, " in alt
    assert alt.endswith(f"answer 0 % zeros; apples {1 - second:.2f}, pears {second:.2f}.")
    assert words.count("100% zero") >= 1 and words.count("0% zero") >= 2  # of the black pixels; of others, and answers
    with pytest.raises(InputError, match="'conv_9' is not a layer"):
        film_strip(model, pictures, layers=["conv_9"])


def test_a_long_name_of_a_class_and_its_share_stay_on_the_film(shown):
    film_strip(lab_cnn((40, 32)), [np.zeros((40, 32, 3))], ["american_pit_bull_terrier", "cats"])
    figure = shown[0][0]
    ends = {text.get_text(): text.get_window_extent().x1 for text in figure.axes[0].texts}
    assert ends["american_pit_bull_terrier 0.50"] < 100 * figure.get_figwidth()


def test_rows_of_numbers_and_maps_in_depth_stand_on_the_strip(shown):
    pictures = layers.Input((20, 28, 3))
    rows = layers.Reshape((35, 8), name="rows")(layers.Conv2D(8, 4, strides=4, name="patches")(pictures))
    mixed = layers.MultiHeadAttention(2, 4, name="attention")(rows, rows)
    deep = layers.Conv3D(2, 1, name="deep")(layers.Reshape((5, 7, 8, 1), name="boxes")(mixed))
    model = keras.Model(pictures, layers.Dense(1, activation="sigmoid")(layers.Flatten()(deep)))
    film_strip(model, [step_picture()], layers=["patches", "attention", "deep"])
    ((figure, caption, _),) = shown
    attention = look(model, step_picture())["attention"]
    drawn = figure.axes[0].images[2].get_array()
    times = drawn.shape[0] // 35
    order = drawn[::times, ::times].sum(axis=2)  # the brightest and the darkest place are those of the numbers
    assert order.shape == attention.shape == (35, 8)
    assert order[np.unravel_index(attention.argmax(), (35, 8))] == order.max()
    words = [text.get_text() for text in figure.axes[0].texts]
    assert "35 × 8" in words and "5 × 7 × 8 × 2" in words
    assert "Of rows of numbers: all, a row a place, a column a number." in caption


def test_a_number_that_is_no_share_is_written_on_the_strip(shown):
    """Of a logit, and of the sigmoid behind it, only the latter is a share of classes."""
    layers = keras.layers
    model = keras.Sequential([layers.Input((4, 4, 3)), layers.Flatten(), layers.Dense(1, name="logit")])
    model.layers[-1].kernel.assign(np.ones((48, 1)))
    film_strip(model, [np.ones((4, 4, 3))], ["apples", "pears"])
    model.add(layers.Activation("sigmoid", name="share"))
    film_strip(model, [np.ones((4, 4, 3))], ["apples", "pears"])
    for (figure, _, alt), share in zip(shown, (False, True), strict=True):
        assert alt.endswith("share 0 % zeros; apples 0.00, pears 1.00.") is share
        words = [text.get_text() for text in figure.axes[0].texts]
        assert "48" in words and ("pears 1.00" in words) is share and not any("pears 48" in one for one in words)


def test_pictures_of_several_sizes_cannot_stand_on_strips_together(shown):
    any_size = keras.Sequential([keras.layers.Input((None, None, 3)), keras.layers.Conv2D(2, 3)])
    with pytest.raises(InputError, match=r"pictures of 8 x 8 x 3 and of 8 x 9 x 3 cannot be compared frame by frame"):
        film_strip(any_size, [np.ones((8, 8, 3)), np.ones((8, 9, 3))])
    assert not shown


def test_a_channel_that_is_the_same_everywhere_is_crossed_out_on_the_strip(shown):
    film_strip(edge_detector(), [step_picture()])
    (axis,) = shown[0][0].axes
    assert len(axis.lines) == 2 * 2  # channel 1, which never fires, in each of the two layers
    grey = axis.images[1].get_array()
    x, y = (np.mean([line.get_xdata().mean() for line in axis.lines[:2]]), axis.lines[0].get_ydata().mean())
    left, right, bottom, top = axis.images[1].get_extent()
    row, column = (y - top) / (bottom - top) * grey.shape[0], (x - left) / (right - left) * grey.shape[1]
    np.testing.assert_allclose(grey[int(row), int(column)], SILENT)


def test_public_names_are_there():
    assert all(hasattr(activations, name) for name in activations.__all__)

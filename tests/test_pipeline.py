"""A folder becomes batches: the right numbers, the right labels, the right order; and the same picture at use."""

import gc
import io
import struct
import time
import weakref

import numpy as np
import odd_photos
import pytest
from PIL import Image

from helpers import decoding, picture_cache, pipeline
from helpers.errors import InputError
from helpers.quiet import tf

SIZE = (24, 32)  # height and width differ, so that neither can pass for the other


def scene(seed, width=120, height=90):
    """A smooth picture of its own colours, bright on the left, with red in the upper half: turning it shows."""
    down, right = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    red = np.where(down < 0.5, 220, 40) + seed * 7 % 60 - 30
    return np.dstack([red, 255 * (1 - right), 80 + 100 * down * right]).clip(0, 255).astype("uint8")


def write(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return path


@pytest.fixture
def folder(tmp_path):
    """Ten pears and ten apples, made in that order; every other one a PNG."""
    for number in range(10):
        suffix = "png" if number % 2 else "jpg"
        write(tmp_path / "fruit" / "pears" / f"p{number}.{suffix}", scene(number))
        write(tmp_path / "fruit" / "apples" / f"a{number}.{suffix}", scene(100 + number))
    return tmp_path / "fruit"


def order(dataset):
    """Which pictures came, by their first pixels, epoch after epoch."""
    return [picture.round(4).tobytes() for pictures, _ in dataset for picture in pictures.numpy()]


def all_pictures(dataset):
    return np.concatenate([pictures for pictures, _ in dataset])


def test_batches_are_numbers_from_0_to_1_with_one_label_each(folder):
    batches = list(pipeline.image_dataset(folder, SIZE, batch_size=8))
    assert [pictures.shape for pictures, _ in batches] == [(8, 24, 32, 3), (8, 24, 32, 3), (4, 24, 32, 3)]
    assert [labels.shape for _, labels in batches] == [(8, 1), (8, 1), (4, 1)]
    pictures = np.concatenate([pictures for pictures, _ in batches])
    assert pictures.dtype == np.float32
    assert 0 <= pictures.min() < 0.2 and 0.8 < pictures.max() <= 1


def test_class_1_is_the_second_name_in_the_alphabet(folder):
    dataset = pipeline.image_dataset(folder, SIZE, shuffle=False)
    labels = np.concatenate([labels for _, labels in dataset])[:, 0]
    assert dataset.class_names == ["apples", "pears"]
    assert [path.parent.name for path in dataset.paths] == ["apples"] * 10 + ["pears"] * 10
    assert labels.tolist() == [0.0] * 10 + [1.0] * 10


def test_a_shuffled_label_stays_with_its_picture(folder):
    known = {path.parent.name: set() for path in pipeline.list_images(folder)[0]}
    for path in pipeline.list_images(folder)[0]:
        known[path.parent.name].add(pipeline.load_image(path, SIZE).round(4).tobytes())
    for pictures, labels in pipeline.image_dataset(folder, SIZE, seed=1):
        for picture, label in zip(pictures.numpy(), labels.numpy()[:, 0], strict=True):
            assert picture.round(4).tobytes() in known[["apples", "pears"][int(label)]]


@pytest.mark.parametrize("cache", [True, False])
def test_each_epoch_brings_every_picture_once_in_a_new_order(folder, cache):
    dataset = pipeline.image_dataset(folder, SIZE, batch_size=4, seed=3, cache=cache)
    first, second = order(dataset), order(dataset)
    assert len(set(first)) == 20 and set(first) == set(second)
    assert first != second


def test_the_whole_set_is_shuffled_not_a_window(folder):
    places = {
        picture: place for place, picture in enumerate(order(pipeline.image_dataset(folder, SIZE, shuffle=False)))
    }
    opened = [places[order(pipeline.image_dataset(folder, SIZE, batch_size=4, seed=seed))[0]] for seed in range(12)]
    assert min(opened) < 7 and max(opened) > 13


@pytest.mark.parametrize("cache", [True, False])
def test_the_same_seed_gives_the_same_orders(folder, cache):
    one, other = (pipeline.image_dataset(folder, SIZE, seed=5, cache=cache) for _ in range(2))
    assert [order(one), order(one)] == [order(other), order(other)]
    assert order(pipeline.image_dataset(folder, SIZE, seed=6, cache=cache)) != order(other)


def test_what_is_mapped_later_does_not_run_ahead(folder):
    """What draws at random there would be at another place of its series, now and then, and each run another one."""
    calls = []
    dataset = pipeline.image_dataset(folder, SIZE, batch_size=2)
    varied = dataset.map(lambda x, y: (tf.numpy_function(lambda a: calls.append(1) or a, [x], tf.float32), y))
    for _ in range(3):
        following = iter(varied)
        next(following)
        time.sleep(0.2)
    assert len(calls) == 3


@pytest.mark.parametrize("cache", [True, False])
def test_a_picture_at_use_is_the_picture_that_training_saw(folder, cache):
    dataset = pipeline.image_dataset(folder, SIZE, shuffle=False, cache=cache)
    for picture, path in zip(all_pictures(dataset), dataset.paths, strict=True):
        np.testing.assert_array_equal(picture, pipeline.load_image(path, SIZE))


def test_a_photo_that_lies_on_its_side_is_set_upright(tmp_path):
    upright = scene(1, width=80, height=120)
    lying = Image.Exif()
    lying[0x0112] = 6  # "turn me a quarter clockwise to see me"
    plain = write(tmp_path / "plain.jpg", upright, quality=95)
    turned = write(tmp_path / "turned.jpg", np.rot90(upright), quality=95, exif=lying)
    difference = np.abs(pipeline.load_image(plain, SIZE) - pipeline.load_image(turned, SIZE))
    assert difference.mean() < 0.01


@pytest.mark.parametrize("note", ["EXIF behind a long note", "XMP alone"])
def test_a_photo_whose_turn_is_noted_elsewhere_is_set_upright_too(tmp_path, note):
    lying = Image.Exif()
    lying[0x0112] = 6
    options = {"exif": lying} if note.startswith("EXIF") else {}
    turned = write(tmp_path / "turned.jpg", np.rot90(scene(1, width=80, height=120)), quality=95, **options)
    before = (b"\xed", bytes(6000)) if options else (b"\xe1", odd_photos.XMP)
    turned.write_bytes(odd_photos.noted(turned.read_bytes(), *before))
    upright = write(tmp_path / "plain.jpg", scene(1, width=80, height=120), quality=95)
    assert np.abs(pipeline.load_image(upright, SIZE) - pipeline.load_image(turned, SIZE)).mean() < 0.01


@pytest.mark.parametrize("suffix", ["jpg", "png"])
@pytest.mark.parametrize("sides", [(60, 400), (400, 60), (1500, 1000), (20, 12)])
def test_a_picture_is_stretched_to_the_whole_frame_with_every_pixel_counted(tmp_path, sides, suffix):
    speckles = np.random.default_rng(0).integers(0, 50, (sides[1] // 4 + 1, sides[0] // 4 + 1))
    speckles = np.kron(speckles, np.ones((4, 4)))[: sides[1], : sides[0], None]
    pixels = (scene(2, *sides) * 0.8 + speckles).astype("uint8")
    path = write(tmp_path / f"wide.{suffix}", pixels, **({"quality": 95} if suffix == "jpg" else {}))
    width, height = SIZE[1], SIZE[0]
    whole = Image.open(path).convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    assert np.abs(pipeline.load_image(path, SIZE) - np.asarray(whole) / 255).mean() < 2 / 255


@pytest.mark.parametrize("sides", [(1, 1), (1, 5), (3, 300), (2, 7)])
@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 100)])
def test_the_smallest_pictures_and_frames_are_read_too(tmp_path, sides, size):
    path = write(tmp_path / "tiny.jpg", scene(0, *sides))
    assert pipeline.load_image(path, size).shape == (*size, 3)


def test_grey_transparent_and_palette_pictures_come_as_three_colours(tmp_path):
    for mode in ("L", "LA", "P", "RGBA", "CMYK", "I;16"):
        path = tmp_path / f"one.{'tif' if mode == 'CMYK' else 'png'}"
        Image.new(mode, (40, 30)).save(path)
        assert pipeline.load_image(path, SIZE).shape == (24, 32, 3)


def test_a_part_holds_as_many_of_each_class_and_the_rest_holds_none_of_it(folder):
    some = pipeline.image_dataset(folder, SIZE, images=6)
    others = pipeline.image_dataset(folder, SIZE, images=6, skip=6)
    rest = pipeline.image_dataset(folder, SIZE, skip=12)
    for dataset, count in ((some, 3), (others, 3), (rest, 4)):
        kinds = [path.parent.name for path in dataset.paths]
        assert (kinds.count("apples"), kinds.count("pears")) == (count, count)
    assert len({*some.paths, *others.paths, *rest.paths}) == 20
    assert pipeline.image_dataset(folder, SIZE, images=6, seed=9).paths == some.paths


@pytest.mark.parametrize("shuffle", [True, False])
def test_a_part_may_be_empty(folder, shuffle):
    assert list(pipeline.image_dataset(folder, (8, 8), images=0, shuffle=shuffle)) == []


def test_hidden_files_and_other_files_are_passed_over(folder):
    (folder / ".checkpoints").mkdir()
    (folder / "pears" / "notes.txt").write_text("sweet")
    (folder / "pears" / "._p1.jpg").write_bytes(b"left by a file browser")
    assert len(pipeline.list_images(folder)[0]) == 20


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: folder / "nowhere", "nowhere: there is no such folder"),
        (lambda folder: folder / "pears", "holds 0 class folders"),
        (lambda folder: (folder / "plums").mkdir() or folder, "holds 3 class folders (apples, pears, plums)"),
        (lambda folder: [p.unlink() for p in (folder / "pears").iterdir()] and folder, "pears: holds no pictures"),
        (lambda folder: folder / "pears" / "p1.png", "there is no such folder"),
    ],
)
def test_a_folder_that_cannot_be_used_is_named(folder, change, says):
    with pytest.raises(InputError) as error:
        pipeline.image_dataset(change(folder), SIZE)
    assert says in str(error.value)


@pytest.mark.parametrize("size", [8, (0, 8), (None, None), (8.0, 8.0), (8, 8, 3)])
def test_a_size_that_is_none_is_refused_and_no_picture_blamed_for_it(folder, size):
    for attempt in (pipeline.image_dataset, lambda _, size: pipeline.load_image(folder / "pears" / "p1.png", size)):
        with pytest.raises(InputError, match=r"^image_size=.*: give height and width in pixels, such as"):
            attempt(folder, size)


def avif(path):
    """A picture of the kind AVIF, that does not say which of its parts is the picture."""
    packed = io.BytesIO()
    Image.fromarray(scene(0)).save(packed, "AVIF")
    path.write_bytes(packed.getvalue().replace(b"pitm", b"xxxx"))


def truncated(path):
    path.write_bytes(write(path, scene(0), quality=95).read_bytes()[:1500])


@pytest.mark.parametrize(
    "spoil",
    [truncated, lambda path: path.write_bytes(b""), lambda path: path.write_text("<html>not found</html>"), avif],
    ids=["truncated", "empty", "web page", "AVIF"],
)
def test_a_picture_that_cannot_be_read_is_named(folder, spoil):
    spoil(folder / "pears" / "bad.jpg")
    for attempt in (
        lambda: pipeline.load_image(folder / "pears" / "bad.jpg", SIZE),
        lambda: list(pipeline.image_dataset(folder, SIZE)),
    ):
        with pytest.raises(InputError, match=r"bad\.jpg: not a readable picture .* `labs clean`"):
            attempt()


def test_a_missing_picture_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.jpg: there is no such file"):
        pipeline.load_image(tmp_path / "gone.jpg", SIZE)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_picture_that_would_use_up_the_memory_is_refused(tmp_path, monkeypatch, progressive):
    Image.new("L", (64, 48)).save(tmp_path / "bomb.jpg", progressive=progressive)
    assert pipeline.decode(tmp_path / "bomb.jpg", (24, 24)).shape == (24, 24, 3)
    monkeypatch.setattr(decoding, "MOST_PIXELS", 64 * 48 - 1)  # a real one takes seconds to make
    with pytest.raises(InputError, match="bomb.jpg: not a readable picture .*64 x 48 pixels"):
        pipeline.decode(tmp_path / "bomb.jpg", (24, 24))


@pytest.fixture
def kept(monkeypatch):
    """Weak references to what was kept in memory: they lead nowhere once it is given back."""
    held, keep = [], picture_cache.keep

    def noting(*given):
        pictures = keep(*given)
        held.append(weakref.ref(pictures))
        return pictures

    monkeypatch.setattr(picture_cache, "keep", noting)
    return held


def test_the_pictures_of_a_dataset_are_given_back_with_it(folder, kept):
    for _ in range(2):  # as a cell is run again
        for _ in pipeline.image_dataset(folder, SIZE).map(lambda pictures, labels: (pictures / 2, labels)):
            pass
    gc.collect()
    assert len(kept) == 2 and not any(one() is not None for one in kept)


def test_they_stay_as_long_as_anything_is_made_of_them(folder, kept):
    dataset = pipeline.image_dataset(folder, SIZE, batch_size=4, shuffle=False)
    first = next(iter(dataset))[0].numpy()
    derived = dataset.map(lambda pictures, labels: (pictures, labels)).prefetch(1)
    batches = iter(pipeline.image_dataset(folder, SIZE, batch_size=4, shuffle=False).take(2))
    del dataset
    gc.collect()
    for found in (next(iter(derived)), next(batches)):
        np.testing.assert_array_equal(found[0], first)
    assert all(one() is not None for one in kept)


def test_a_picture_of_a_kind_that_pillow_knows_only_by_name_is_told_in_a_sentence(tmp_path):
    header = struct.pack("<7I44x2I4s20x20x", 124, 0x1007, 4, 4, 0, 0, 0, 32, 4, b"ABCD")
    (tmp_path / "texture.jpg").write_bytes(b"DDS " + header)
    with pytest.raises(InputError, match=r"texture\.jpg: not a readable picture"):
        pipeline.load_image(tmp_path / "texture.jpg", SIZE)


def test_so_many_pictures_are_as_many_and_share_none_with_the_rest(tmp_path):
    for number in range(5):
        for name in ("cats", "dogs"):
            Image.fromarray(np.full((8, 8, 3), 20 * number, "uint8")).save(make(tmp_path / name) / f"{number}.png")

    def paths(**taken):
        return pipeline.image_dataset(tmp_path, (8, 8), shuffle=False, **taken).paths

    for first in range(1, 10):
        one, rest = paths(images=first), paths(skip=first)
        assert len(one) == first and len(rest) == 10 - first and not set(one) & set(rest)
    for wrong in ({"images": -2}, {"skip": -1}):
        with pytest.raises(InputError, match="numbers of pictures are 0 or more"):
            paths(**wrong)


def make(folder):
    folder.mkdir(exist_ok=True)
    return folder

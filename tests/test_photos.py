"""A photo of one's own: of any format and however it was held, it comes to the network as a training picture would."""

import io

import numpy as np
import pytest
from PIL import EpsImagePlugin, Image

from helpers import pipeline
from helpers.errors import InputError
from helpers.photos import FORMATS, Photo, from_disk

ORIENTATION = 0x0112


def scene(height=60, width=90):
    """Red above on the left, blue below on the right, green elsewhere: whichever way it is turned, it shows."""
    pixels = np.zeros((height, width, 3), "uint8")
    pixels[..., 1] = 200
    pixels[: height // 3, : width // 3] = (220, 0, 0)
    pixels[-height // 3 :, -width // 3 :] = (0, 0, 220)
    return pixels


def packed(picture, kind, **options):
    kept = io.BytesIO()
    picture.save(kept, kind, **options)
    return kept.getvalue()


def is_upright(pixels):
    """Whether the red corner is above on the left and the blue one below on the right."""
    pixels = np.asarray(pixels, "float32") / (255 if pixels.dtype == np.uint8 else 1)
    first, last = pixels[5, 5], pixels[-6, -6]
    return first[0] > 0.7 > 0.3 > first[2] and last[2] > 0.7 > 0.3 > last[0]


KINDS = ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "PPM", "TGA", "JPEG2000", "AVIF", "ICO", "PCX", "SGI", "DDS"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "AVIF" or "AVIF" in Image.registered_extensions()])
def test_any_format_comes_as_it_is(kind):
    photo = Photo("mine", packed(Image.fromarray(scene()), kind))
    assert is_upright(photo.as_trained((30, 30)))
    assert is_upright(photo.shown())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_is_upright_however_the_camera_was_held(kind, turn):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    held = Image.fromarray(scene())
    held = held.transpose(undo[turn]) if turn > 1 else held
    note = Image.Exif()
    note[ORIENTATION] = turn
    photo = Photo("mine", packed(held, kind, exif=note))
    assert photo.shown().shape == (60, 90, 3)
    assert is_upright(photo.shown()) and is_upright(photo.as_trained((30, 30)))


def deep():
    values = np.repeat(np.linspace(0, 65535, 90).astype("uint16")[None], 60, axis=0)
    return packed(Image.fromarray(values), "PNG")


@pytest.mark.parametrize(
    ("content", "left", "right"),
    [
        (packed(Image.fromarray(scene()).convert("CMYK"), "JPEG"), None, None),
        (packed(Image.new("L", (90, 60), 128), "PNG"), 0.5, 0.5),
        (packed(Image.new("RGBA", (90, 60), (0, 0, 0, 0)), "PNG"), 1.0, 1.0),
        (packed(Image.new("1", (90, 60), 1), "PNG"), 1.0, 1.0),
        (deep(), 0.0, 1.0),
    ],
    ids=["CMYK", "grey", "transparent", "black and white", "16 bit"],
)
def test_any_mode_becomes_three_channels_of_8_bits(content, left, right):
    picture = Photo("mine", content).as_trained((30, 30))
    assert picture.shape == (30, 30, 3) and picture.dtype == np.float32
    if left is None:
        assert is_upright(picture)
    else:
        assert abs(picture[15, 0].mean() - left) < 0.05 and abs(picture[15, -1].mean() - right) < 0.05


def test_a_plain_photo_gives_the_very_numbers_of_training(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (140, 200, 3), "uint8")
    Image.fromarray(pixels).save(tmp_path / "one.jpg", quality=90)
    mine = from_disk(tmp_path / "one.jpg").as_trained((48, 48))
    np.testing.assert_array_equal(mine, pipeline.load_image(tmp_path / "one.jpg", (48, 48)))


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", packed(Image.fromarray(scene()), "PNG")[:200]])
def test_what_is_no_picture_is_refused_in_a_sentence(content, capfd):
    with pytest.raises(InputError, match=r"notes: not a picture that can be read; choose another file\."):
        Photo("notes", content)
    assert capfd.readouterr() == ("", "")


def test_a_path_that_leads_nowhere_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.jpg: there is no such file; check the path\."):
        from_disk(tmp_path / "gone.jpg")


def test_the_choice_of_files_offers_what_pillow_opens_and_not_what_it_only_writes():
    offered = FORMATS.split(",")
    assert {"image/*", ".tga", ".jp2", ".webp"} <= set(offered)
    assert ".pdf" not in offered


@pytest.mark.parametrize(
    "start", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"\xc5\xd0\xd3\xc6" + bytes(60)]
)
def test_no_program_is_started_for_a_photo(tmp_path, monkeypatch, start):
    started = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *given, **more: started.append(given))
    (tmp_path / "eps.jpg").write_bytes(start)
    for look in (from_disk, lambda path: pipeline.decode(path, (8, 8))):
        with pytest.raises(InputError, match=r"eps.jpg: not a"):
            look(tmp_path / "eps.jpg")
    assert not started


def test_a_folder_is_named_as_one(tmp_path):
    with pytest.raises(InputError, match="a folder, where a photo is due; name a photo in it"):
        from_disk(tmp_path)


@pytest.mark.parametrize("path", ["~nobody_here/a.jpg", "x" * 300 + ".jpg"])
def test_a_path_that_no_system_takes_is_told_in_a_sentence(path):
    with pytest.raises(InputError, match="there is no such file|cannot be read"):
        from_disk(path)

"""Every fault is found, nothing else is; and the clean copy keeps its promise."""

import os
import struct
import sys

import cv2
import numpy as np
import pytest
from cleaning_corpus import build, clear, exif, good, moving, of_rows, packed, png, rows_of, write
from cleaning_promise import assert_all_loaded, assert_decoded_alike, make_old, state
from PIL import Image, TiffImagePlugin

from helpers import cleaning, drawing
from helpers.cleaning.inspecting import inspect

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names and pipes that Windows does not have")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "pets"
    due = build(folder)
    make_old(folder)
    before = state(folder)
    report = cleaning.clean(folder, folder.parent / "clean")
    return folder, due, state(folder) == before, report


@pytest.fixture(scope="module")
def clean_files(corpus):
    return [path for path in (corpus[0].parent / "clean").rglob("*") if path.is_file()]


def test_every_fault_is_found(corpus):
    _, due, _, report = corpus
    found = {(finding.path, finding.fault) for finding in report}
    assert [case for case in due.items() if case[1] and case not in found] == []


def test_good_pictures_are_not_accused(corpus):
    _, due, _, report = corpus
    good = {path for path, fault in due.items() if not fault}
    accused = {(finding.path, finding.fault) for finding in report if finding.path in good}
    assert accused == {(f"train/{path}.jpg", "copied across splits") for path in ("cats/good 0", "dogs/good 1")}


def test_the_original_tree_is_as_before(corpus):
    _, _, same, _ = corpus
    assert same


def test_nothing_beside_the_copy_is_left(corpus):
    assert sorted(os.listdir(corpus[0].parent)) == ["clean", "pets"]


def test_what_was_not_left_out_is_in_the_copy_and_nothing_else(corpus, clean_files):
    _, due, _, report = corpus
    gone = {finding.path for finding in report if finding.action in ("leave out", "decide")}
    files = {path for path, fault in due.items() if fault not in ("same but for case", "empty class")}
    assert len(clean_files) == len(files - gone) + 1  # the one in the folder that differs by case


def test_pillow_and_tensorflow_decode_each_file_alike(clean_files):
    assert_decoded_alike(clean_files)


def test_all_loaders_read_all_of_the_copy_and_count_the_same(corpus, clean_files):
    for split in ("train", "validation"):
        folder = corpus[0].parent / "clean" / split
        assert_all_loaded(folder, sum(folder in path.parents for path in clean_files))


def test_no_two_copies_stand_on_both_sides(corpus):
    again = cleaning.scan(corpus[0].parent / "clean")
    assert {"copy", "near copy", "copy across splits", "copy across classes"} & set(again.counts()) == set()


def test_what_is_mended_shows_the_same(corpus, clean_files):
    by_stem = {path.stem: path for path in clean_files}
    folder = corpus[0] / "train"
    with Image.open(by_stem["turned_6"]) as mended, Image.open(folder / "cats" / "turned_6.jpg") as was:
        turned = was.transpose(Image.Transpose.ROTATE_270)
        assert np.abs(np.asarray(mended).astype(int) - np.asarray(turned)).mean() < 3
    clear = np.asarray(Image.open(by_stem["clear"]))
    assert (clear[:, :60] == 255).all() and clear[:, 70:].std() > 20


@pytest.mark.parametrize("clear", [False, True], ids=["RGB", "LA"])
def test_twelve_bits_in_sixteen_are_brought_to_eight_in_colour_too(tmp_path, clear):
    pixels = np.asarray(good(5))
    if clear:
        samples = np.stack([np.asarray(good(5).convert("L")).astype(">u2") * 16, np.full((100, 130), 65535)], axis=-1)
        data = png(130, 100, 16, 4, rows_of(samples.astype(">u2")))
        pixels = np.asarray(good(5).convert("L").convert("RGB"))
    else:
        data = png(130, 100, 16, rows=rows_of((pixels * np.uint16(16)).astype(">u2")))
    write(tmp_path / "pets" / "cats" / "a.png", data)
    report = cleaning.clean(tmp_path / "pets", tmp_path / "clean")
    assert "16 bit" in report.counts() and "dark" not in report.counts()
    mended = np.asarray(Image.open(tmp_path / "clean" / "cats" / "a.png")).astype(int)
    assert np.abs(mended - pixels).mean() < 1.5


def tiff_of_16_bits(samples, turn):
    """A plain TIFF in colour, of which Pillow can write none. samples: uint16 (h, w, 3)."""
    height, width, colours = samples.shape
    pixels = samples.astype("<u2").tobytes()
    start = 8 + 2 + 10 * 12 + 4  # behind the head and ten fields
    longs = {258: start, 273: start + 6, 279: len(pixels)}
    shorts = {256: width, 257: height, 259: 1, 262: 2, 274: turn, 277: colours, 278: height}
    fields = b"".join(
        struct.pack("<HHII", tag, 3, 3, longs[tag])
        if tag == 258
        else struct.pack("<HHII", tag, 4 if tag in longs else 3, 1, (longs | shorts)[tag])
        for tag in sorted(longs | shorts)
    )
    return b"II*\0" + struct.pack("<IH", 8, 10) + fields + bytes(4) + struct.pack("<3H", 16, 16, 16) + pixels


@pytest.mark.parametrize("turn", range(1, 9))
def test_twelve_bits_in_sixteen_are_brought_to_eight_in_a_tiff_in_colour(tmp_path, turn):
    pixels = np.asarray(good(5)).astype("uint16")
    for name, times in (("all", 257), ("twelve", 16)):
        write(tmp_path / "pets" / "cats" / f"{name}.tif", tiff_of_16_bits(pixels * times, turn))
    report = cleaning.clean(tmp_path / "pets", tmp_path / "clean", {"cats/twelve.tif": "keep", "cats/all.tif": "keep"})
    assert report.counts()["16 bit"] == 2 and "dark" not in report.counts()
    by_all, by_twelve = (
        np.asarray(Image.open(tmp_path / "clean" / "cats" / f"{name}.png")).astype(int) for name in ("all", "twelve")
    )
    assert by_all.shape == by_twelve.shape == ((100, 130, 3) if turn < 5 else (130, 100, 3))
    assert np.abs(by_all - by_twelve).mean() < 1.5


LOSSLESS = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000]


@pytest.mark.parametrize(("kind", "channels"), [("tif", 4), ("jp2", 3)])
def test_twelve_bits_in_sixteen_are_brought_to_eight_with_transparency_and_in_jpeg_2000(tmp_path, kind, channels):
    pixels = np.asarray(good(5))
    samples = np.full((100, 130, channels), 65535, "uint16")
    samples[..., :3] = pixels[..., ::-1].astype("uint16") * 16
    write(tmp_path / "pets" / "cats" / f"a.{kind}", cv2.imencode(f".{kind}", samples, LOSSLESS)[1].tobytes())
    report = cleaning.clean(tmp_path / "pets", tmp_path / "clean")
    assert "16 bit" in report.counts() and "dark" not in report.counts()
    mended = np.asarray(Image.open(tmp_path / "clean" / "cats" / "a.png")).astype(int)
    assert np.abs(mended - pixels).mean() < 1.5


def test_only_the_name_is_changed_where_only_the_name_is_wrong(corpus, clean_files):
    by_name = {path.name: path for path in clean_files}
    originals = {path.name: path for path in (corpus[0] / "train").rglob("*") if path.is_file()}
    for was, now in (("jpeg.png", "jpeg.jpg"), ("png.jpg", "png.png"), ("photo.jfif", "photo.jpg")):
        assert by_name[now].read_bytes() == originals[was].read_bytes()


def test_of_what_is_planted_in_drawn_pictures_all_is_found_that_a_file_can_tell(tmp_path):
    drawing.draw_set(tmp_path / "drawn", 90, faults=True)
    planted = {row["path"]: row["fault"] for row in drawing.read_truth(tmp_path / "drawn") if row["fault"]}
    report = cleaning.scan(tmp_path / "drawn")
    flagged = {finding.path for finding in report}
    assert {planted[path] for path in planted.keys() - flagged} == {"neither", "wrong label"}
    copied = {finding.detail.split("of ")[-1] for finding in report}
    assert flagged - planted.keys() - copied == set()


@pytest.mark.parametrize("most", [1, 255, 60_000])
def test_shares_in_a_tiff_are_brought_to_eight_bits_whatever_they_are_of(tmp_path, most):
    grey = good(1).convert("L")
    shares = Image.fromarray(np.asarray(grey, "float32") / 255 * most)
    write(tmp_path / "pets" / "cats" / "1.tiff", packed(shares, "TIFF"))
    write(tmp_path / "pets" / "dogs" / "2.jpg", packed(good(2)))
    report = cleaning.clean(tmp_path / "pets", tmp_path / "clean")
    assert "one colour" not in report.counts()
    [kept] = (tmp_path / "clean" / "cats").iterdir()
    with Image.open(kept) as picture:
        away = np.abs(np.asarray(picture, "float32")[..., 0] - np.asarray(grey, "float32")).mean()
    assert away < (1 if most < 256 else 25)  # 60,000 is taken for 16 bits, of which it does not fill all


@pytest.mark.parametrize(
    ("settings", "place", "sides"),
    [
        ({}, 26, (6000 | 6000 << 16).to_bytes(4, "little")),
        ({"lossless": True}, 21, (5999 | 5999 << 14).to_bytes(4, "little")),
        ({"exif": exif(1)}, 24, (5999 | 5999 << 24).to_bytes(6, "little")),
    ],
    ids=["VP8", "VP8L", "VP8X"],
)
def test_a_webp_for_which_there_is_no_memory_is_too_large_not_damaged(tmp_path, settings, place, sides):
    data = packed(good(5), "WEBP", **settings)
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "right.webp").write_bytes(data)
    (tmp_path / "cats" / "large.webp").write_bytes(data[:place] + sides + data[place + len(sides) :])
    found = {(one.path, one.fault, one.detail) for one in cleaning.scan(tmp_path)}
    assert found == {
        ("cats/right.webp", "suffix not read", ".webp"),
        ("cats/large.webp", "too large", "36 million pixels; a WebP takes more memory than others"),
    }


@pytest.mark.parametrize(
    "make",
    [
        packed,
        lambda p: packed(p, progressive=True),
        lambda p: packed(p.convert("CMYK")),
        lambda p: packed(p, "PNG"),
        lambda p: packed(p, "GIF"),
        lambda p: packed(p, "BMP"),
        lambda p: packed(p, "WEBP"),
        lambda p: packed(clear(p), "WEBP", exif=exif(6)),
        lambda p: moving(p, "WEBP"),
        lambda p: packed(p, "TIFF", compression="tiff_lzw"),
        lambda p: packed(p, "TIFF", big_tiff=True),
        lambda p: packed(p, "AVIF"),
        lambda p: packed(p, "JPEG2000"),
        lambda p: packed(p.resize((64, 64)), "ICO"),
        lambda p: packed(p, "PPM"),
    ],
)
def test_cut_off_anywhere_it_is_truncated(tmp_path, make):
    data = make(good(5))
    for end in (*range(24, 700, 13), *range(700, len(data) - 12, len(data) // 40)):
        (tmp_path / "cut").write_bytes(data[:end])
        faults = [fault for fault, _ in inspect(tmp_path / "cut").faults]
        assert "truncated" in faults and "no end mark" not in faults, (end, faults)


def test_a_tiff_of_several_pictures_is_told_and_one_with_a_small_version_of_it_is_not(tmp_path):
    pages = [good(1, 64, 64), good(2, 64, 64)]
    pages[0].save(tmp_path / "two.tif", save_all=True, append_images=pages[1:])
    assert "animated" in [fault for fault, _ in inspect(tmp_path / "two.tif").faults]
    small = TiffImagePlugin.ImageFileDirectory_v2()
    small[254] = 1
    with TiffImagePlugin.AppendingTiffWriter(tmp_path / "small.tif", new=True) as file:
        pages[0].save(file, format="TIFF")
        file.newFrame()
        pages[1].save(file, format="TIFF", tiffinfo=small)
    assert Image.open(tmp_path / "small.tif").n_frames == 2
    assert "animated" not in [fault for fault, _ in inspect(tmp_path / "small.tif").faults]


@pytest.mark.parametrize("where", ["behind it", "in a list of its own"])
def test_a_small_version_is_not_taken_for_the_picture_itself(tmp_path, where):
    """As NEF, DNG and ARW are made, which are TIFFs: the first page is a thumbnail of the raw photo."""
    small = TiffImagePlugin.ImageFileDirectory_v2()
    small[254] = 1
    if where == "in a list of its own":
        small.tagtype[330], small[330] = 4, (8,)
    write(tmp_path / "pets" / "cats" / "plain.jpg", packed(good(3)))
    photo = tmp_path / "pets" / "cats" / "photo.nef"
    with TiffImagePlugin.AppendingTiffWriter(photo, new=True) as file:
        good(1, 64, 64).save(file, format="TIFF", tiffinfo=small)
        if where == "behind it":
            file.newFrame()
            good(1, 640, 640).save(file, format="TIFF")
    report = cleaning.clean(tmp_path / "pets", tmp_path / "clean")
    assert [(one.path, one.fault, one.action) for one in report] == [("cats/photo.nef", "unknown format", "leave out")]
    assert [path.name for path in (tmp_path / "clean" / "cats").iterdir()] == ["plain.jpg"]


def test_a_png_that_was_cut_off_is_not_said_to_hold_nothing(tmp_path):
    data = packed(good(5), "PNG")
    (tmp_path / "cut.png").write_bytes(data[: len(data) * 9 // 10])
    assert inspect(tmp_path / "cut.png").faults == (("truncated", "ends before its pixels do"),)
    (tmp_path / "short.png").write_bytes(of_rows(good(5), 0.5))
    assert inspect(tmp_path / "short.png").faults == (("truncated", "19,550 of 39,100 bytes of its pixels"),)

"""Good pictures, and what real folders hold beside them: every fault, made from good pictures, with what must be said.

`CASES` maps a file name to (what makes its bytes from a good picture, the fault that must be found, or "" for none).
"""

import io
import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from PIL import Image, ImageFilter
from sklearn.datasets import load_digits


def good(seed: int, width: int = 130, height: int = 100) -> Image.Image:
    """A picture with light, shapes and grain; another for each seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(20, 235, (6, 8, 3), "uint8")
    values = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).astype("float32")
    for _ in range(6):
        place = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(values, place, int(rng.integers(8, 25)), rng.integers(0, 255, 3).tolist(), -1)
    values += rng.normal(0, 6, values.shape)
    return Image.fromarray(np.clip(values, 0, 255).astype("uint8"))


def packed(picture: Image.Image, kind: str = "JPEG", **options) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, kind, **({"quality": 90} if kind == "JPEG" else {}) | options)
    return kept.getvalue()


def exif(turn: int) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = turn
    return made


def sixteen(picture: Image.Image) -> bytes:
    return packed(Image.fromarray(np.asarray(picture.convert("L")).astype("uint16") * 257), "PNG")


def clear(picture: Image.Image) -> Image.Image:
    see_through = picture.convert("RGBA")
    see_through.paste((0, 0, 0, 0), (0, 0, picture.width // 2, picture.height))
    return see_through


def moving(picture: Image.Image, kind: str) -> bytes:
    return packed(picture, kind, save_all=True, append_images=[picture.rotate(20), picture.rotate(40)], duration=100)


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def spliced(one: bytes, other: bytes) -> bytes:
    return one[: len(one) // 2] + other[len(other) // 2 :]


def overwritten(data: bytes, length: int = 400) -> bytes:
    middle = len(data) // 2
    noise = np.random.default_rng(0).integers(0, 256, length, "uint8").tobytes()
    return data[:middle] + noise + data[middle + length :]


def lying(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header tells another size."""
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def half_grey(picture: Image.Image, kind: str = "JPEG", **options) -> bytes:
    """A damaged picture as some tool saved it anew: the lower part is what a decoder leaves without data."""
    values = np.asarray(picture).copy()
    values[picture.height // 2 :] = 128
    return packed(Image.fromarray(values), kind, **({"quality": 95} if kind == "JPEG" else {}) | options)


def torn(picture: Image.Image) -> bytes:
    """One byte is another: from there on all is lighter or darker, and no decoder complains."""
    data = packed(picture.resize((260, 200)))
    before = simplejpeg.decode_jpeg(data).astype(int)
    for place in range(len(data) // 3, len(data) // 2):
        spoilt = data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]
        try:
            after = simplejpeg.decode_jpeg(spoilt, strict=True)
        except ValueError:
            continue
        if abs((after - before)[150:].mean()) > 40:
            return spoilt
    raise AssertionError("no byte does it; take another picture")


def chunk(name: bytes, content: bytes) -> bytes:
    """A part of a PNG, with the right checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunk(picture: Image.Image, *parts: tuple[bytes, bytes]) -> bytes:
    """A PNG with more chunks behind its head."""
    data = packed(picture, "PNG")
    return data[:33] + b"".join(chunk(*part) for part in parts) + data[33:]


def other_head(data: bytes, at: int, value: int) -> bytes:
    """A PNG with another byte in its head, and the checksum that belongs to it."""
    head = bytearray(data[16:29])
    head[at] = value
    return data[:8] + chunk(b"IHDR", bytes(head)) + data[33:]


def with_notes(data: bytes, marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment at its start."""
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + data[2:]


def png(
    width: int, height: int, bits: int = 8, colour: int = 2, rows: bytes = b"", end: bool = True, woven: int = 0
) -> bytes:
    made = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, woven))
    made += chunk(b"IDAT", zlib.compress(rows))
    return made + (chunk(b"IEND", b"") if end else b"")


def rows_of(pixels: np.ndarray) -> bytes:
    """Pixels (h, w, 3) as a PNG holds them, not filtered."""
    return b"".join(b"\0" + row.tobytes() for row in pixels)


def woven(picture: Image.Image) -> bytes:
    """An interlaced PNG: seven small pictures, one after the other."""
    pixels = np.asarray(picture)
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = b"".join(rows_of(pixels[y::down, x::right]) for x, y, right, down in passes)
    return png(*picture.size, rows=rows, woven=1)


def of_rows(picture: Image.Image, held: float, told: float = 1) -> bytes:
    """A PNG of which every sum is right, that holds this share of its rows, and whose head tells of that share."""
    pixels = np.asarray(picture)
    rows = rows_of(pixels[: int(held * len(pixels))])
    return png(picture.width, int(told * picture.height), rows=rows)


def told_half(picture: Image.Image, at: int) -> bytes:
    """A BMP whose head tells of half its width (at 18) or height (at 22)."""
    data = packed(picture, "BMP")
    half = int.from_bytes(data[at : at + 4], "little") // 2
    return data[:at] + half.to_bytes(4, "little") + data[at + 4 :]


def wrong_sum(data: bytes) -> bytes:
    at = data.find(b"IDAT") + 40
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


XMP_TURNED = b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf tiff:Orientation="6"/></x:xmpmeta>'
CASES = {
    # breaks training
    "empty.jpg": (lambda p: b"", "empty"),
    "cut_10.jpg": (lambda p: cut(packed(p), 0.1), "truncated"),
    "cut_50.jpg": (lambda p: cut(packed(p), 0.5), "truncated"),
    "cut_99.jpg": (lambda p: cut(packed(p), 0.99), "truncated"),
    "cut_progressive_30.jpg": (lambda p: cut(packed(p, progressive=True), 0.3), "truncated"),
    "cut_progressive_95.jpg": (lambda p: cut(packed(p, progressive=True), 0.95), "truncated"),
    "cut_header.jpg": (lambda p: packed(p)[:30], "truncated"),
    "cut.png": (lambda p: cut(packed(p, "PNG"), 0.6), "truncated"),
    "cut.gif": (lambda p: cut(packed(p, "GIF"), 0.6), "truncated"),
    "cut.bmp": (lambda p: cut(packed(p, "BMP"), 0.6), "truncated"),
    "cut_webp.jpg": (lambda p: cut(packed(p, "WEBP"), 0.6), "truncated"),
    "cut_cmyk.jpg": (lambda p: cut(packed(p.convert("CMYK")), 0.6), "truncated"),
    "garbage.jpg": (lambda p: overwritten(packed(p)), "damaged"),
    "garbage_progressive.jpg": (lambda p: overwritten(packed(p, progressive=True)), "damaged"),
    "garbage_cmyk.jpg": (lambda p: overwritten(packed(p.convert("CMYK"))), "damaged"),
    "two_in_one.jpg": (lambda p: spliced(packed(p), packed(p.rotate(180), quality=60)), "damaged"),
    "wrong_sum.png": (lambda p: wrong_sum(packed(p, "PNG")), "damaged"),
    "web_page.jpg": (lambda p: b"<!DOCTYPE html><title>404</title>", "not a picture"),
    "words.png": (lambda p: b"please find the picture attached\n", "not a picture"),
    "noise.jpg": (lambda p: bytes(range(256)) * 9, "not a picture"),
    "zeros.jpg": (lambda p: bytes(5000), "not a picture"),
    "tiff.jpg": (lambda p: packed(p, "TIFF"), "other format"),
    "real.tiff": (lambda p: packed(p, "TIFF"), "other format"),
    "avif.jpg": (lambda p: packed(p, "AVIF"), "other format"),
    "icon.png": (lambda p: packed(p.resize((64, 64)), "ICO"), "other format"),
    "jpeg2000.jpg": (lambda p: packed(p, "JPEG2000"), "other format"),
    "moving_webp.jpg": (lambda p: moving(p, "WEBP"), "other format"),
    "heic.jpg": (lambda p: b"\x00\x00\x00\x18ftypheic" + bytes(300), "unknown format"),
    "one_bit.bmp": (lambda p: packed(p.convert("1"), "BMP"), "grey"),
    "taller.jpg": (lambda p: lying(packed(p), 130, 300), "truncated"),
    "wider.jpg": (lambda p: lying(packed(p), 900, 100), "truncated"),
    "shorter.jpg": (lambda p: lying(packed(p), 130, 40), "damaged"),
    "huge_header.jpg": (lambda p: lying(packed(p), 65000, 65000), "too large"),
    "bomb.png": (lambda p: png(30_000, 30_000, 1, 0, bytes(3751 * 30_000)), "too large"),
    "no_end.jpg": (lambda p: packed(p)[:-2], "no end mark"),
    "no_end_progressive.jpg": (lambda p: packed(p, progressive=True)[:-2], "no end mark"),
    "few_rows.png": (lambda p: of_rows(p, 0.5), "truncated"),
    "a_row_short.png": (lambda p: of_rows(p, 0.99), "truncated"),
    "more_rows.png": (lambda p: of_rows(p, 1, 0.5), "damaged"),
    "half_high.bmp": (lambda p: told_half(p, 22), "damaged"),
    "half_wide.bmp": (lambda p: told_half(p, 18), "damaged"),
    "no_end.png": (lambda p: packed(p, "PNG")[:-12], "no end mark"),
    # trains, but wrongly
    "png.jpg": (lambda p: packed(p, "PNG"), "wrong suffix"),
    "webp.jpg": (lambda p: packed(p, "WEBP"), "wrong suffix"),
    "bmp.jpg": (lambda p: packed(p, "BMP"), "wrong suffix"),
    "gif.jpg": (lambda p: packed(p, "GIF"), "wrong suffix"),
    "jpeg.png": (lambda p: packed(p), "wrong suffix"),
    "photo.jfif": (lambda p: packed(p), "suffix not read"),
    "photo.webp": (lambda p: packed(p, "WEBP"), "suffix not read"),
    "no_suffix": (lambda p: packed(p), "suffix not read"),
    "photo.jpg.bak": (lambda p: packed(p), "suffix not read"),
    "cmyk.jpg": (lambda p: packed(p.convert("CMYK")), "cmyk"),
    "grey.jpg": (lambda p: packed(p.convert("L")), "grey"),
    "grey.png": (lambda p: packed(p.convert("L"), "PNG"), "grey"),
    "sixteen.png": (sixteen, "16 bit"),
    "sixteen_colour.png": (
        lambda p: png(*p.size, bits=16, rows=rows_of(np.asarray(p).astype(">u2") * 257)),
        "16 bit",
    ),
    "palette.png": (lambda p: packed(p.quantize(64), "PNG"), "palette"),
    "palette.bmp": (lambda p: packed(p.quantize(64), "BMP"), "palette"),
    "still.gif": (lambda p: packed(p, "GIF"), "palette"),
    "clear.png": (lambda p: packed(clear(p), "PNG"), "transparent"),
    "clear_webp.png": (lambda p: packed(clear(p), "WEBP"), "transparent"),
    "clear_colour.png": (lambda p: packed(p, "PNG", transparency=(1, 2, 3)), "transparent"),
    "moving.gif": (lambda p: moving(p, "GIF"), "animated"),
    "moving.png": (lambda p: moving(p, "PNG"), "animated"),
    "turned_6.jpg": (lambda p: packed(p, exif=exif(6)), "turned"),
    "turned_3.png": (lambda p: packed(p, "PNG", exif=exif(3)), "turned"),
    "half_grey.jpg": (half_grey, "half grey"),
    "torn.jpg": (torn, "torn"),
    "one_pixel.jpg": (lambda p: packed(p.resize((1, 1))), "tiny"),
    "sliver.jpg": (lambda p: packed(p.resize((600, 30))), "sliver"),
    "black.jpg": (lambda p: packed(Image.new("RGB", p.size)), "one colour"),
    "white.png": (lambda p: packed(Image.new("RGB", p.size, "white"), "PNG"), "one colour"),
    "night.jpg": (lambda p: packed(p.point(lambda v: v // 8)), "dark"),
    "glare.jpg": (lambda p: packed(p.point(lambda v: 235 + v // 13)), "light"),
    "blurred.jpg": (lambda p: packed(p.resize((400, 300)).filter(ImageFilter.GaussianBlur(12))), "blurred"),
    # as it should be, under names that people do use
    "plain.jpg": (packed, ""),
    "progressive.jpg": (lambda p: packed(p, progressive=True), ""),
    "coarse.jpg": (lambda p: packed(p, quality=20, subsampling=2), ""),
    "upright.jpg": (lambda p: packed(p, exif=exif(1)), ""),
    "woven.png": (woven, ""),
    "plain.png": (lambda p: packed(p, "PNG"), ""),
    "plain.bmp": (lambda p: packed(p, "BMP"), ""),
    "LOUD.JPG": (packed, ""),
    "two words, and a comma.jpg": (packed, ""),
    "kitten 🐈 ñandú.jpeg": (packed, ""),
    "archive.tar.jpg": (packed, ""),
    "x" * 200 + ".jpg": (packed, ""),
    "new\nline.jpg": (packed, "odd name"),
    "trailing.jpg ": (packed, "suffix not read"),
    "=formula().jpg": (packed, ""),
    os.fsdecode(b"latin\xe9.jpg"): (packed, "odd name"),
    # what decoders do not agree on, and damage where nobody looks for it
    "unknown_chunk.png": (lambda p: with_chunk(p, (b"ABCD", b"x")), "damaged"),
    "chunk_without_letters.png": (lambda p: with_chunk(p, (b"a1cd", b"x")), "damaged"),
    "woven_otherwise.png": (lambda p: other_head(woven(p), 12, 2), "damaged"),
    "packed_otherwise.png": (lambda p: other_head(packed(p, "PNG"), 10, 1), "damaged"),
    "filtered_otherwise.png": (lambda p: other_head(packed(p, "PNG"), 11, 1), "damaged"),
    "two_heads.png": (lambda p: with_chunk(p, (b"IHDR", packed(p, "PNG")[16:29])), "damaged"),
    "long_head.png": (
        lambda p: packed(p, "PNG")[:8] + chunk(b"IHDR", packed(p, "PNG")[16:29] + b"zz") + packed(p, "PNG")[33:],
        "damaged",
    ),
    "late_head.png": (lambda p: packed(p, "PNG")[:8] + chunk(b"tEXt", b"a\0b") + packed(p, "PNG")[8:], "damaged"),
    "two_palettes.png": (lambda p: with_chunk(p, (b"PLTE", b"abc"), (b"PLTE", b"abc")), "damaged"),
    "empty_palette.png": (lambda p: with_chunk(p, (b"PLTE", b"")), "damaged"),
    "bad_exif.png": (lambda p: with_chunk(p, (b"eXIf", b"garbage")), "bad notes"),
    "bad_exif.jpg": (lambda p: with_notes(packed(p, dpi=(72, 72)), 0xE1, b"Exif\0\0garbage"), "bad notes"),
    "bad_exif_turned.jpg": (
        lambda p: with_notes(with_notes(packed(p, dpi=(72, 72)), 0xE1, XMP_TURNED), 0xE1, b"Exif\0\0garbage"),
        "bad notes",
    ),
    "short_profile.jpg": (lambda p: with_notes(packed(p), 0xE2, b"ICC_PROFILE\0"), "bad notes"),
    "short_profile_turned.jpg": (
        lambda p: with_notes(packed(p, exif=exif(6)), 0xE2, b"ICC_PROFILE\0\5"),
        "bad notes",
    ),
    "short_profile_cmyk.jpg": (lambda p: with_notes(packed(p.convert("CMYK")), 0xE2, b"ICC_PROFILE\0"), "bad notes"),
    "short_jfif.jpg": (lambda p: with_notes(packed(p), 0xE0, b"JFIF"), "bad notes"),
    "short_adobe.jpg": (lambda p: with_notes(packed(p), 0xEE, b"Adobe\0"), "bad notes"),
    "half_grey_3.jpg": (lambda p: half_grey(p, exif=exif(3)), "half grey"),
    "half_grey_6.jpg": (lambda p: half_grey(p, exif=exif(6)), "half grey"),
    "half_grey_8.jpg": (lambda p: half_grey(p, exif=exif(8)), "half grey"),
    "half_grey_7_no_end.jpg": (lambda p: half_grey(p, exif=exif(7))[:-2], "half grey"),
    "half_grey.png": (lambda p: half_grey(p, "PNG"), "half grey"),
    "half_grey_6.png": (lambda p: half_grey(p, "PNG", exif=exif(6)), "half grey"),
    "all_notes.jpg": (
        lambda p: packed(p, exif=exif(1), dpi=(72, 72), icc_profile=b"profile" * 20_000, comment=b""),
        "",
    ),
    "all_chunks.png": (
        lambda p: with_chunk(p, (b"tEXt", b"a\0b"), (b"PLTE", b"abcdef"), (b"prVt", b"x"), (b"tIME", bytes(7))),
        "",
    ),
    # formats that neither TensorFlow nor Keras reads, or nothing here
    "photo.ppm": (lambda p: packed(p, "PPM"), "other format"),
    "scan.pgm": (lambda p: packed(p.convert("L"), "PPM"), "other format"),
    "drawing.tga": (lambda p: packed(p, "TGA"), "other format"),
    "photo.jxl": (lambda p: b"\xff\x0a" + bytes(range(256)), "unknown format"),
    "boxed.jxl": (lambda p: b"\x00\x00\x00\x0cJXL \r\n\x87\n" + bytes(300), "unknown format"),
    "big.tif": (lambda p: packed(p, "TIFF", big_tiff=True), "other format"),
    "moving.avif": (lambda p: moving(p, "AVIF"), "animated"),
    "page.pbm": (lambda p: packed(p.convert("1"), "PPM"), "other format"),
    "words.ppm": (
        lambda p: b"P3\n%d %d\n255\n%s" % (*p.size, " ".join(map(str, np.asarray(p).ravel())).encode()),
        "other format",
    ),
}


def build(folder: Path) -> dict[str, str]:
    """Write every case into folder/train/{cats,dogs} in turn, and good pictures around them, and other things that
    must not be followed. Returns {path: the fault that must be found}, "" for none."""
    due = {}
    for number, (name, (make, fault)) in enumerate(CASES.items()):
        path = f"train/{('cats', 'dogs')[number % 2]}/{name}"
        write(folder / path, make(good(1000 + number)))
        due[path] = fault
    for number in range(12):
        path = f"{('train', 'validation')[number // 6]}/{('cats', 'dogs')[number % 2]}/good {number}.jpg"
        write(folder / path, packed(good(number)))
        due[path] = ""
    return due | build_copies(folder) | build_traps(folder)


def build_copies(folder: Path) -> dict[str, str]:
    """Copies and near copies of the good pictures."""
    first, second = good(0), good(2)
    small = second.resize((100, 77))
    made = {
        "train/cats/good 0 again.jpg": (packed(first), "copy"),
        "train/cats/good 2 smaller.jpg": (packed(small, quality=60), "near copy"),
        "train/cats/good 4 mirrored.jpg": (packed(good(4).transpose(Image.Transpose.FLIP_LEFT_RIGHT)), "near copy"),
        "validation/cats/leak.jpg": (packed(first), "copy across splits"),
        "validation/dogs/near leak.jpg": (packed(good(1).crop((0, 0, 126, 97)), quality=70), "copy across splits"),
        "train/dogs/same as cat.jpg": (packed(good(1003)), "copy across classes"),
        "train/cats/same as dog.jpg": (packed(good(1003)), "copy across classes"),
    }
    for path, (data, _) in made.items():
        write(folder / path, data)
    return {path: fault for path, (_, fault) in made.items()}


def build_traps(folder: Path) -> dict[str, str]:
    """What must never be followed or read."""
    cats = folder / "train" / "cats"
    os.mkfifo(cats / "pipe.jpg")
    (cats / "loop").symlink_to(folder)
    (cats / "passwords.jpg").symlink_to("/etc/passwd")
    (cats / "broken.jpg").symlink_to("nowhere")
    write(cats / ".DS_Store", b"mine")
    write(cats / "Thumbs.db", b"mine")
    write(cats / "folder.jpg" / "inside.jpg", packed(good(77)))
    write(folder / "stray.jpg", packed(good(78)))
    write(folder / "notes.txt", b"a list that is nobody's business")
    write(folder / "train" / "Cats" / "other case.jpg", packed(good(79)))
    (folder / "validation" / "birds").mkdir()
    return {
        "train/cats/pipe.jpg": "special file",
        "train/cats/loop": "link",
        "train/cats/passwords.jpg": "link",
        "train/cats/broken.jpg": "link",
        "train/cats/.DS_Store": "hidden",
        "train/cats/Thumbs.db": "hidden",
        "train/cats/folder.jpg": "folder as picture",
        "stray.jpg": "no class",
        "train/Cats": "same but for case",
        "validation/birds": "empty class",
    }


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def write_digits(folder: Path, count: int) -> None:
    """That many handwritten zeros and ones, a class each: all different, and alike by nature."""
    digits, names = load_digits(n_class=2, return_X_y=True)
    for number, (digit, name) in enumerate(zip(digits[:count], names[:count], strict=True)):
        large = Image.fromarray(np.uint8(digit.reshape(8, 8) * 15.9)).resize((64, 64), Image.Resampling.BICUBIC)
        write(folder / str(name) / f"{number}.png", packed(large.convert("RGB"), "PNG"))

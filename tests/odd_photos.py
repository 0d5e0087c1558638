"""Photos of every kind that people have, made by code: for the page, whose answers must be Python's."""

from pathlib import Path

import numpy as np
from PIL import Image

ORIENTATION = 0x0112
XMP = (
    b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)
SIDES = [(1, 1), (3, 5), (17, 9), (33, 95), (97, 200), (257, 257), (500, 13), (801, 601)]  # width, height


def turned(turn: int) -> Image.Exif:
    note = Image.Exif()
    note[ORIENTATION] = turn
    return note


def noted(jpeg: bytes, mark: bytes, content: bytes) -> bytes:
    """A JPEG with one more note, before all others."""
    return jpeg[:2] + b"\xff" + mark + (len(content) + 2).to_bytes(2) + content + jpeg[2:]


def make(picture: Image.Image, folder: Path) -> list[Path]:
    """Write `picture` (RGB) in many ways into `folder`; returns the files. All can be read."""
    clear = picture.copy()
    clear.putalpha(Image.linear_gradient("L").resize(picture.size))
    palette = picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=64)
    sixteen = Image.fromarray(np.asarray(picture.convert("L")).astype("uint16") * 257)
    kinds = {
        **{f"turned_{turn}.jpg": (picture, {"exif": turned(turn)}) for turn in range(1, 9)},
        **{f"sampled_{kind}.jpg": (picture, {"subsampling": kind}) for kind in (0, 1, 2)},
        **{f"progressive_{kind}.jpg": (picture, {"subsampling": kind, "progressive": True}) for kind in (0, 2)},
        **{f"sides_{wide}_{high}.jpg": (picture.resize((wide, high)), {"quality": 90}) for wide, high in SIDES},
        "long_turned.jpg": (picture.resize((500, 120)), {"exif": turned(6)}),
        "large_turned.jpg": (picture.resize((900, 700)), {"exif": turned(6)}),
        "restarts.jpg": (picture, {"restart_marker_blocks": 5}),
        "restarts_progressive.jpg": (picture, {"restart_marker_rows": 1, "progressive": True}),
        "grey.jpg": (picture.convert("L"), {}),
        "grey_progressive.jpg": (picture.convert("L"), {"progressive": True}),
        "four_inks.jpg": (picture.convert("CMYK"), {"quality": 90}),
        "four_inks_turned.jpg": (picture.convert("CMYK"), {"exif": turned(8)}),
        "no_luminance.jpg": (picture, {"keep_rgb": True}),
        "plain.png": (picture, {}),
        "turned.png": (picture, {"exif": turned(6)}),
        "clear.png": (clear, {}),
        "grey.png": (picture.convert("L"), {}),
        "grey_clear.png": (clear.convert("LA"), {}),
        "palette.png": (palette, {}),
        "palette_clear.png": (palette, {"transparency": 3}),
        "black_and_white.png": (picture.convert("1"), {}),
        "sixteen_bits.png": (sixteen, {}),
        "tall.png": (picture.resize((60, 250)), {}),
        "plain.webp": (picture, {}),
        "turned.webp": (picture, {"exif": turned(3)}),
        "clear.webp": (clear, {"lossless": True}),
        "plain.gif": (picture, {}),
        "clear.gif": (palette, {"transparency": 3}),
        "moving.gif": (picture, {"save_all": True, "append_images": [picture.rotate(90)]}),
        "plain.bmp": (picture, {}),
    }
    for name, (one, options) in kinds.items():
        one.save(folder / name, **options)
    whole = (folder / "sampled_2.jpg").read_bytes()
    middle = len(whole) // 2
    colours = (folder / "no_luminance.jpg").read_bytes()
    note = colours.index(b"\xff\xee")  # 16 bytes that say which colours it holds; else their letters do
    inks = (folder / "four_inks.jpg").read_bytes()
    adobe = inks.index(b"Adobe") + 11  # 0: as they are, 2: as luminance and colour; the colours turn odd, but are read
    spoilt = {
        "scratched.jpg": whole[:middle] + b"\x12\x34" * 4 + whole[middle + 8 :],
        "no_such_code.jpg": whole[:middle] + b"\xff\x00" * 4 + whole[middle + 8 :],
        "ends_in_the_middle.jpg": whole[:middle] + b"\xff\xd9",
        "more_behind.jpg": whole + b"and more" * 9,
        "turned_far_behind.jpg": noted((folder / "turned_6.jpg").read_bytes(), b"\xed", bytes(6000)),
        "turned_by_xmp.jpg": noted(whole, b"\xe1", XMP),
        "turned_by_one_of_two.jpg": noted((folder / "turned_3.jpg").read_bytes(), b"\xe1", XMP),
        "upright_by_one_of_two.jpg": noted((folder / "turned_1.jpg").read_bytes(), b"\xe1", XMP),
        "jpeg named.png": whole,
        "no_luminance_unsaid.jpg": colours[:note] + colours[note + 16 :],
        "four_inks_by_luminance.jpg": inks[:adobe] + b"\2" + inks[adobe + 1 :],
    }
    for name, data in spoilt.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in [*kinds, *spoilt]]


def make_unreadable(picture: Image.Image, folder: Path) -> list[Path]:
    """Write files that are no pictures, or not to their end; returns them."""
    cut = {}
    for name in ("cut.jpg", "cut.png", "cut.gif", "cut.webp"):
        picture.save(folder / name)
        data = (folder / name).read_bytes()
        cut[name] = data[: len(data) // 2]
    cut |= {"no_end.jpg": data_of(picture, folder, "JPEG")[:-2], "words.jpg": b"hello", "empty.png": b""}
    cut |= {"beginning.jpg": b"\xff\xd8", "page.jpg": b"<!doctype html><p>not found</p>"}
    for name, data in cut.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in cut]


def data_of(picture: Image.Image, folder: Path, kind: str) -> bytes:
    path = folder / "whole"
    picture.save(path, kind)
    return path.read_bytes()

"""Plants the faults of real folders in a folder of good pictures, and writes down where."""

import io
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image

from helpers.drawing.backgrounds import PLACES, background
from helpers.drawing.picture import photograph
from helpers.drawing.sets import COLUMNS, CORNERS, POINTS, read_truth, write_truth
from helpers.errors import InputError

Rng = np.random.Generator
TRIES = 100  # that photos never need


def jpeg(picture: Image.Image, **options) -> bytes:
    return packed(picture, "JPEG", **({"quality": 90} | options))


def packed(picture: Image.Image, kind: str, **options) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, kind, **options)
    return kept.getvalue()


def cut_short(picture: Image.Image, rng: Rng) -> bytes:
    """The end is missing. What stands before the pixels is most of a tiny picture's file, and stays."""
    whole = jpeg(picture)
    pixels = whole.index(b"\xff\xda") + 14
    return whole[: max(pixels, int(len(whole) * rng.uniform(0.3, 0.8)))]


def garbled(picture: Image.Image, rng: Rng) -> bytes:
    """Bytes in the middle overwritten at random, until a decoder that looks closely sees the damage. Of a tiny picture
    the middle of the file is none of its pixels: then those at the end."""
    whole = jpeg(picture)
    for tries in itertools.count():
        start = len(whole) // 2 if tries < TRIES else len(whole) - 40
        noise = bytes(rng.integers(0, 255, 40, "uint8"))  # no 255, which would start a marker
        broken = whole[:start] + noise + whole[start + 40 :]
        try:
            simplejpeg.decode_jpeg(broken)
        except ValueError:
            return broken


def turned(picture: Image.Image, rng: Rng) -> bytes:
    """Stored on its side, with EXIF's note to turn it back, as phones do."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return jpeg(picture.transpose(Image.Transpose.ROTATE_90), exif=exif)


def sixteen_bit(picture: Image.Image, rng: Rng) -> bytes:
    return packed(Image.fromarray(np.asarray(picture.convert("L")).astype("uint16") * 257), "PNG")


def transparent(picture: Image.Image, rng: Rng) -> bytes:
    """The right half can be seen through."""
    clear = picture.convert("RGBA")
    clear.paste((0, 0, 0, 0), (picture.width // 2, 0, picture.width, picture.height))
    return packed(clear, "PNG")


def animated(picture: Image.Image, rng: Rng) -> bytes:
    frames = [picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), picture.rotate(10)]
    return packed(picture, "GIF", save_all=True, append_images=frames, duration=200)


def neither(picture: Image.Image, rng: Rng) -> bytes:
    """A picture with no animal in it: the empty garden or room."""
    width, height = picture.size
    place = background(rng, str(rng.choice(PLACES)), height, width, 0.6 * height)
    return jpeg(Image.fromarray(photograph(rng, place.colour, "day")))


# fault -> (new suffix, or None to keep it; what becomes of the picture). Each is planted twice.
CHANGES: dict[str, tuple[str | None, Callable[[Image.Image, Rng], bytes]]] = {
    "empty": (None, lambda picture, rng: b""),
    "truncated": (None, cut_short),
    "garbled": (None, garbled),
    "web page": (None, lambda picture, rng: b"<!DOCTYPE html><html><body>404: not found</body></html>"),
    "PNG named .jpg": (None, lambda picture, rng: packed(picture, "PNG")),
    "BMP named .jpg": (None, lambda picture, rng: packed(picture, "BMP")),
    "GIF named .jpg": (None, lambda picture, rng: packed(picture, "GIF")),
    "WebP named .jpg": (None, lambda picture, rng: packed(picture, "WEBP")),
    "TIFF named .jpg": (None, lambda picture, rng: packed(picture, "TIFF")),
    "CMYK": (None, lambda picture, rng: jpeg(picture.convert("CMYK"))),
    "grey": (None, lambda picture, rng: jpeg(picture.convert("L"))),
    "16 bit": (".png", sixteen_bit),
    "transparent": (".png", transparent),
    "animated": (".gif", animated),
    "turned": (None, turned),
    "one pixel": (None, lambda picture, rng: jpeg(picture.resize((1, 1)))),
    "all black": (None, lambda picture, rng: jpeg(Image.new("RGB", picture.size))),
    "neither": (None, neither),
}
COPIES = ("exact copy", "copy in other class", "near copy")  # a file more, beside the one that was there
FAULTS = (*CHANGES, *COPIES, "wrong label")
PETLESS = ("empty", "web page", "one pixel", "all black", "neither")  # nothing is left of the animal
EACH = 2
LEAST = 2 * EACH * len(FAULTS)  # JPEGs that a folder must hold: at least half of them stay good
NEAR = 0.8  # how large a near copy is, against its original


def plant_faults(folder: str | Path, seed: int = 0) -> list[dict]:
    """Plant every fault of `FAULTS` twice; returns [{"path": …, "fault": …}] by path.

    folder: class folders, or splits of class folders, of pictures that may be changed: use a copy. Where there is a
    `truth.csv`, its column `fault` tells too; where there is none, one is written. The same seed and the same pictures
    give the same faults. Raises InputError if there are too few pictures.
    """
    folder, rng = Path(folder), np.random.default_rng(seed)
    paths = sorted(path for path in folder.rglob("*.jpg") if len(path.relative_to(folder).parts) > 1)
    if len(paths) < LEAST:
        raise InputError(f"{folder}: holds {len(paths)} JPEGs, too few to plant faults among; it takes {LEAST}.")
    chosen = [paths[place] for place in rng.permutation(len(paths))[: EACH * len(FAULTS)]]
    planted = []
    for number, path in enumerate(chosen):
        fault = FAULTS[number // EACH]
        place = change(path, fault, rng) if fault in CHANGES else duplicate(folder, path, fault, rng)
        planted.append({"path": place.relative_to(folder).as_posix(), "fault": fault, "was": path})
    note(folder, planted)
    return [{"path": row["path"], "fault": row["fault"]} for row in sorted(planted, key=lambda row: row["path"])]


def change(path: Path, fault: str, rng: Rng) -> Path:
    """Put a faulty picture in the place of a good one."""
    suffix, make = CHANGES[fault]
    with Image.open(path) as picture:
        content = make(picture.convert("RGB"), rng)
    if suffix:
        path.unlink()
        path = path.with_suffix(suffix)
    path.write_bytes(content)
    return path


def duplicate(folder: Path, path: Path, fault: str, rng: Rng) -> Path:
    """A copy of `path` in its own class or in the other, or the picture itself moved into the other class."""
    others = sorted(one for one in path.parent.parent.iterdir() if one.is_dir() and one != path.parent)
    other = others[int(rng.integers(len(others)))]
    if fault == "exact copy":
        return Path(shutil.copyfile(path, path.with_stem(f"{path.stem}_copy")))
    if fault == "copy in other class":
        return Path(shutil.copyfile(path, other / f"{path.stem}_again.jpg"))
    if fault == "wrong label":
        return path.rename(other / f"{path.stem}_moved.jpg")
    splits = sorted(one for one in folder.iterdir() if one.is_dir())
    elsewhere = [one / path.parent.name for one in splits if one != path.parent.parent]
    target = next((one for one in elsewhere if one.is_dir()), path.parent)
    with Image.open(path) as picture:
        width, height = picture.size
        cropped = picture.convert("RGB").crop((0, 0, shrunk(width, 0.98), shrunk(height, 0.98)))
    near = target / f"{path.stem}_small.jpg"
    size = shrunk(width, 0.98 * NEAR), shrunk(height, 0.98 * NEAR)
    near.write_bytes(jpeg(cropped.resize(size), quality=70))
    return near


def shrunk(side: int, share: float) -> int:
    """Of a side, so much in whole pixels, and one at least."""
    return max(1, int(side * share))


def note(folder: Path, planted: list[dict]) -> None:
    """Write the faults into `truth.csv`: the row of a changed picture, a new row for a copy."""
    rows = read_truth(folder) if (folder / "truth.csv").is_file() else []
    known = {row["path"]: row for row in rows}
    for fault in planted:
        was = known.get(fault["was"].relative_to(folder).as_posix())
        row = dict.fromkeys(COLUMNS) if was is None else was
        if was is None or fault["fault"] in COPIES:
            row = row.copy()
            rows.append(row)
        row |= {"path": fault["path"], "fault": fault["fault"]}
        if fault["fault"] in PETLESS:
            row |= dict.fromkeys((*CORNERS, *POINTS))
        if fault["fault"] == "near copy" and was is not None:
            with Image.open(folder / row["path"]) as picture:
                most = dict(zip(CORNERS, picture.size * 2, strict=True))
            row |= {name: min(round(row[name] * NEAR), most[name]) for name in CORNERS}
            row |= {name: tuple(round(place * NEAR) for place in row[name]) for name in POINTS}
    write_truth(folder, rows)

"""Coverage-guided fuzzing of our own reading of files, by hand: `python tests/soak_fuzzing.py [minutes in all]`.

A fuzzer (atheris, which drives libFuzzer: `pip install atheris`; Linux and macOS) changes good files at random, keeps
what reaches new lines of `helpers`, and changes that on. Each input must end in an answer or in the error that is
promised for it, within ten seconds and in 1.5 GB. Each target has a process of its own and an equal share of the time.
"""

import base64
import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

from cleaning_corpus import exif, good, moving, packed

SECONDS_AN_INPUT, MEGABYTES = 10, 1500


def pictures() -> list[bytes]:
    """Small good pictures of all the formats that are told apart."""
    one = good(1, 40, 30)
    kinds = ("PNG", "GIF", "BMP", "WEBP", "TIFF", "ICO", "JPEG2000", "AVIF", "PPM", "TGA")
    made = [packed(one, kind) for kind in kinds]
    made += [packed(one), packed(one, progressive=True), packed(one, exif=exif(6)), packed(one.convert("L"))]
    return [*made, packed(one.convert("CMYK")), packed(one, subsampling=2), moving(one, "GIF")]


def archives() -> list[bytes]:
    made = []
    for mode in ("w", "w:gz"):
        with tarfile.open(fileobj=(kept := io.BytesIO()), mode=mode) as archive:
            for name in ("set/cats/1.jpg", "set/dogs/2.jpg"):
                about = tarfile.TarInfo(name)
                about.size = 5
                archive.addfile(about, io.BytesIO(b"12345"))
        made.append(kept.getvalue())
    with zipfile.ZipFile(kept := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("set/cats/1.jpg", b"12345" * 20)
        archive.writestr("set/dogs/2.jpg", b"12345")
    return [*made, kept.getvalue()]


def tables() -> list[bytes]:
    first = b"path,decision\ncats/1.jpg,drop\n'=a/2.jpg,dogs\n"
    return [first, first.replace(b",", b";"), b"\xef\xbb\xbf" + first, b'path,decision\n"a\nb.jpg",keep\n']


def read_headers(data: bytes) -> None:
    from helpers.cleaning import formats, tearing

    formats.format_of(data), formats.what_else(data), formats.start_of_pixels(data), formats.webp_pixels(data)
    formats.plain_bmp(data), formats.bmp_surplus(data), formats.png_contradiction(list(formats.png_chunks(data)))
    formats.without(data, formats.short_notes(data)), formats.without(data, formats.exif_notes(data))
    if frame := formats.jpeg_frame(data):
        formats.all_scans(data, frame)
        if frame.common:
            tearing.block_of(data, frame)


def inspect(data: bytes) -> None:
    import warnings

    from helpers.cleaning.inspecting import inspect

    warnings.simplefilter("ignore")  # as the processes do that look at pictures
    path = Path(tempfile.gettempdir()) / "picture.jpg"
    path.write_bytes(data)
    assert inspect(path).digest or not data


def unpack(data: bytes) -> None:
    from helpers import archives
    from helpers.errors import InputError

    with tempfile.TemporaryDirectory() as place:
        archive, inside = Path(place) / "archive", Path(place) / "in" / "side"
        inside.mkdir(parents=True)
        archive.write_bytes(data)
        with contextlib.suppress(InputError):
            archives.unpack(archive, inside)
        outside = [path for path in Path(place).rglob("*") if inside not in (path, *path.parents)]
        assert sorted(outside) == [archive, inside.parent], outside
        assert not any(path.is_symlink() for path in inside.rglob("*"))


def read_decisions(data: bytes) -> None:
    from helpers import cleaning
    from helpers.errors import InputError

    path, again = (Path(tempfile.gettempdir()) / name for name in ("decisions.csv", "again.csv"))
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        decisions = cleaning.read_decisions(path)
        cleaning.write_decisions(decisions, again)
        assert cleaning.read_decisions(again) == decisions


def notes() -> list[bytes]:
    record = {"status": "try again", "tries": 2, "hints": 1, "wrong": {"You chose a.": 1}}
    state = {"about": {"seed": 1, "minutes": 3.0}, "weights": "1.weights.npz"}
    made = [{"version": 1, "exercises": {"cleaning.verify": record}}, state, {"class_names": ["cats", "dogs"]}]
    return [json.dumps(one).encode() for one in made]


def read_notes(data: bytes) -> None:
    """As progress that was handed in, as the state of a training, and as the note in a model."""
    from helpers import exporting, resuming
    from helpers.errors import InputError
    from helpers.exercises import collecting

    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "state.json").write_bytes(data)
        with zipfile.ZipFile(place / "model.keras", "w") as archive:
            archive.writestr("labs.json", data)
        with contextlib.suppress(InputError):
            records, _ = collecting.read_all([place / "state.json"])
            collecting.table(records).encode(), collecting.write(records, place / "class.csv")
        with contextlib.suppress(InputError):
            resuming.Unfinished(place, {"seed": 1, "minutes": 3.0}).read()
        with contextlib.suppress(InputError):
            exporting.read_note(place / "model.keras")


def read_kinds(data: bytes) -> None:
    """A table beside the pictures, of which the card of a model tells how often each kind was right."""
    from helpers import datasets, model_card
    from helpers.errors import InputError

    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "labels.csv").write_bytes(data)
        given = datasets.Dataset(place / "train", place / "validation", ["cats", "dogs"], "")
        with contextlib.suppress(InputError):
            model_card.subgroups(given, [place / f"cats/{number % 3}.jpg" for number in range(60)], ["cats"] * 60)


def read_model_note(data: bytes) -> None:
    """The end of a model, where its note is: any bytes."""
    from helpers import exporting
    from helpers.errors import InputError

    path = Path(tempfile.gettempdir()) / "model.keras"
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        assert isinstance(exporting.read_note(path), dict)


def packed_notes() -> list[bytes]:
    made = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(kept := io.BytesIO(), "w", packing) as archive:
            archive.writestr("labs.json", '{"class_names": ["cats", "dogs"]}')
        made.append(kept.getvalue())
    return made


def kinds() -> list[bytes]:
    return [b"path,wind\ncats/0.jpg,calm\ncats/1.jpg,windy\n", b"path,wind\ncats/0.jpg,calm,more\n"]


TARGETS = {
    "the heads of pictures": (read_headers, pictures),
    "a whole picture, inspected": (inspect, pictures),
    "archives": (unpack, archives),
    "decisions": (read_decisions, tables),
    "progress, states and notes": (read_notes, notes),
    "a model's note in its archive": (read_model_note, packed_notes),
    "a table of kinds": (read_kinds, kinds),
}


def fuzz(name: str, options: list[str]) -> None:
    """Until the time is up, or something is found: then libFuzzer ends the process, and prints the input."""
    import atheris

    target, _ = TARGETS[name]
    with atheris.instrument_imports(include=["helpers"]), contextlib.suppress(Exception):
        target(b"")  # imports what it needs
    atheris.Setup([sys.argv[0], *options], target)
    atheris.Fuzz()


def trial(name: str, seconds: int) -> bool:
    """Fuzz one target in a process of its own; print a row; True if nothing was found."""
    with tempfile.TemporaryDirectory() as place:
        corpus = Path(place) / "corpus"
        corpus.mkdir()
        for number, data in enumerate(TARGETS[name][1]()):
            (corpus / str(number)).write_bytes(data)
        options = [str(corpus), f"-max_total_time={seconds}", f"-timeout={SECONDS_AN_INPUT}", "-print_final_stats=1"]
        options += [f"-rss_limit_mb={MEGABYTES}", "-max_len=20000", "-seed=1", f"-artifact_prefix={place}/"]
        words = [sys.executable, __file__, "--target", name, *options]
        surroundings = os.environ | {"TMPDIR": place}
        began = time.monotonic()
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False, env=surroundings)
        took = time.monotonic() - began
        kept = [path.read_bytes() for path in Path(place).glob("*-*") if path.is_file()]  # crash-…, timeout-…
    inputs, edges, peak = (
        f"{int(found[-1]):,}" if (found := re.findall(pattern + r"\s*(\d+)", done.stderr)) else "?"
        for pattern in ("stat::number_of_executed_units:", "cov:", "stat::peak_rss_mb:")
    )
    print(f"{name}: {inputs} inputs in {took:.0f} seconds, {edges} edges reached, {peak} MB at most;", end=" ")
    said = (done.stdout[done.stdout.find("===") :][:3000] + done.stderr[-500:]).replace(place, "…")
    found = "\n".join([said, *(f"the input in base64: {base64.b64encode(one).decode()}" for one in kept)])
    print("nothing found." if done.returncode == 0 else f"FOUND:\n{found}", flush=True)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--target"]:
        fuzz(arguments[1], arguments[2:])
        return 0
    seconds = int(60 * float(arguments[0] if arguments else 60) / len(TARGETS))
    return int(not all([trial(name, seconds) for name in TARGETS]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

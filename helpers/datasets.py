"""A name or a folder -> `train/` and `validation/`, with one folder of pictures for each class."""

import csv
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from helpers.archives import unpack
from helpers.downloads import download
from helpers.errors import InputError
from helpers.layout import NO_CLASS, is_part, is_picture, listed
from helpers.progress import progress
from helpers.whole_folder import UNFINISHED, in_turn, must_be_new, whole_folder

ADDRESS = "https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip"
SHA256 = "85907803d7b8cbbbe980608a7d34f676d29d560192539b1a9310991a29fce0b9"
SPLITS = ("train", "validation")
FIFTH = 51  # of the 256 values of a byte
ORIGIN = "made_from.txt"  # in each split that we lay out: the folder that its pictures come from
MARKER = "drawn_by.txt"  # in each set that is drawn by `load`: the version of the code that drew it
NAMES = ("drawn", "cats_vs_dogs", "drawn_cells", "solar_cells")


@dataclass(frozen=True)
class Dataset:
    """Where the pictures are, and what they are.

    train, validation: folders that hold one folder a class. class_names: in alphabetical order, which is the order of
    the class numbers. about: a sentence or two for people. truth: the file `truth.csv` of drawn pictures, or None.
    """

    train: Path
    validation: Path
    class_names: list[str]
    about: str
    truth: Path | None = None


def load(name_or_folder: str | Path, directory: str | Path | None = None) -> Dataset:
    """The data set of that name, or the one in that folder.

    "drawn" and "drawn_cells" are drawn on first use, "solar_cells" comes from a package (see `cells`). "cats_vs_dogs"
    must have been fetched by `labs data cats_vs_dogs`. A folder holds `train/` and `validation/`, or just two class
    folders: these are then split four to one, by the bytes of each file, and laid out as links (or copies, where the
    disk has no links) in `directory`/splits; the folder itself is only read, and files that are added to it later move
    none of the others to the other side.

    directory: where sets are kept; the project's `data/` if not given.
    Raises InputError for an unknown name and for a folder that cannot be used.
    """
    directory = Path(directory or default_directory())
    if name_or_folder == "drawn":
        with in_turn(directory):
            return _load_drawn(directory / "drawn")
    if name_or_folder in ("drawn_cells", "solar_cells"):
        with in_turn(directory):
            return _load_cells(name_or_folder, directory / name_or_folder)
    if name_or_folder == "cats_vs_dogs":
        folder = directory / "cats_vs_dogs"
        if not folder.is_dir():
            raise InputError(
                "cats_vs_dogs: the photos are not here yet; run `labs data cats_vs_dogs` to download them, or "
                "`labs data cats_vs_dogs --from ZIP_OR_FOLDER` if you have them."
            )
        return _describe(folder, "Photos of cats and dogs, from the archive of the course.")
    folder = expanded(name_or_folder)
    if not folder.exists():
        raise InputError(f"{name_or_folder}: neither a set ({', '.join(NAMES)}) nor a folder; check the spelling.")
    if not folder.is_dir():
        raise InputError(f"{folder}: a file, where a folder with a folder of pictures per class is due.")
    if all((folder / split).is_dir() for split in SPLITS):
        return _describe(folder, f"Pictures from {folder.resolve().name}, as split there.")
    return _split(folder, directory)


def expanded(path: str | Path) -> Path:
    """~ is the user's own folder; where nobody has the name behind it, the path stays as it is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def default_directory() -> Path:
    """The project's `data/`; where only the package is installed, `data/` in the folder one works in."""
    project = Path(__file__).resolve().parent.parent
    return project / "data" if (project / "notebooks").is_dir() else Path.cwd() / "data"


def class_folders(folder: Path) -> list[Path]:
    """The two class folders in alphabetical order. Raises InputError for another number, and for an empty one."""
    found = [entry for entry in folder.iterdir() if entry.is_dir() and not NO_CLASS.match(entry.name)]
    found.sort(key=lambda entry: entry.name)  # capitals first, as Keras has it, on every system
    names = listed({entry.name for entry in found}) or "none"
    if found and (any(map(is_split, found)) or all(is_part(entry.name) for entry in found)):
        named = {entry.name for entry in found} == set(SPLITS)
        raise InputError(
            f"{folder}: its folders ({names}) are parts of a split, not kinds of pictures; give one of them"
            + ("." if named else ", or name them train and validation.")
        )
    if len(found) != 2:
        cure = (
            f"choose two, or put the others together into one folder, such as not_{found[0].name}"
            if len(found) > 2
            else "one for each kind of picture; the second may hold everything that the first is not"
        )
        raise InputError(f"{folder}: holds {len(found)} class folders ({names}); two are needed: {cure}.")
    for one in found:
        if not any(_pictures(one)):
            others = other_files(one)
            reason = f"only {others}, which we do not read: save them as JPEG or PNG" if others else "put some in"
            raise InputError(f"{one}: holds no pictures; {reason}, or take the folder away.")
    return found


def is_split(folder: Path) -> bool:
    """Whether it is named as a part of a split and holds class folders; else it may be a class, as `valid` is one."""
    return is_part(folder.name) and any(one.is_dir() and not NO_CLASS.match(one.name) for one in folder.iterdir())


def list_pictures(folder: Path) -> list[Path]:
    """The picture files below a folder by name, capitals first, hidden ones left out."""
    return sorted(_pictures(folder), key=lambda path: path.parts)


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in _files(folder) if is_picture(path.name))


def other_files(folder: Path) -> str:
    """How many files below a folder are not named as pictures that we read, as "3 files (.heic, .txt)"; "" if none."""
    suffixes = [path.suffix.lower() or "no suffix" for path in _files(folder) if not is_picture(path.name)]
    kinds = ", ".join(sorted(set(suffixes))[:5])
    return f"{len(suffixes)} file{'s' * (len(suffixes) != 1)} ({kinds})" if suffixes else ""


def _files(folder: Path) -> Iterator[Path]:
    """Files, not folders or pipes, that are not hidden, nor in a hidden folder, nor in one named like a picture, where
    some systems keep small versions of it."""
    for place, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if not (NO_CLASS.match(one) or is_picture(one))]
        shown = (os.path.join(place, name) for name in names if not name.startswith("."))
        yield from (Path(path) for path in shown if os.path.isfile(path))


def _describe(folder: Path, about: str, others: str = "") -> Dataset:
    names = [[one.name for one in class_folders(folder / split)] for split in SPLITS]
    if names[0] != names[1]:
        raise InputError(
            f"{folder}: train/ has the classes {', '.join(names[0])} and validation/ has {', '.join(names[1])}; "
            "name them alike."
        )
    counts = [len(list_pictures(folder / split)) for split in SPLITS]
    about += f" {counts[0]:,} for training, {counts[1]:,} for validation."
    if others := others or other_files(folder / "train") or other_files(folder / "validation"):
        about += f" Left out, as no pictures that we read: {others}."
    truth = folder / "truth.csv"
    return Dataset(folder / "train", folder / "validation", names[0], about, truth if truth.is_file() else None)


def _load_drawn(folder: Path) -> Dataset:
    from helpers import drawing

    _draw_if_due(folder, "truth.csv", drawing.version(), drawing.draw_set)
    return _describe(folder, "Cats and dogs, drawn by the project itself; truth.csv tells what is in each picture.")


def _load_cells(name: str, folder: Path) -> Dataset:
    from helpers import cells

    if name == "drawn_cells":
        _draw_if_due(folder, "labels.csv", cells.version(), partial(_lay_out_cells, name))
    elif not _is_filled(folder):
        _lay_out_cells(name, folder)
    return _describe_cells(name, folder)


def new_cells(name: str, folder: Path) -> Dataset:
    """Solar cells, "drawn_cells" or "solar_cells", laid out in a new folder. Raises InputError if it is there already,
    and for real ones where their package is not installed."""
    _lay_out_cells(name, folder)
    return _describe_cells(name, folder)


def _lay_out_cells(name: str, folder: Path) -> None:
    from helpers import cells

    must_be_new(folder)
    with whole_folder(folder) as unfinished:
        (cells.draw_cells if name == "drawn_cells" else cells.lay_out)(unfinished)


def _describe_cells(name: str, folder: Path) -> Dataset:
    from helpers import cells

    real = f"Photos of solar cells (Buerhop-Lutz et al. 2018; {cells.LICENCE})."
    return _describe(folder, "Solar cells, drawn by the project itself." if name == "drawn_cells" else real)


def _draw_if_due(folder: Path, table: str, version: str, draw: Callable[[Path], object]) -> None:
    """Draw a set in `folder`, unless this version of the code has done so. What another version drew is removed, but
    nothing that is not from here: a folder with that in it is kept under another name. table: as of `_holds_more`."""
    marker = folder / MARKER
    drawn_by = marker.read_text() if marker.is_file() else ""
    if drawn_by == version:
        return
    if _is_filled(folder):
        why = "drawn by another version of the project" if drawn_by else "was not drawn by this function"
        if drawn_by and not _holds_more(folder, table):
            print(f"{folder}: {why}; drawing afresh.", file=sys.stderr)
            shutil.rmtree(folder)
        else:
            more = " and holds more than it drew" if drawn_by else ""
            folder.rename(old := _free_name(folder))
            print(f"{folder}: {why}{more}, and is kept as {old.name}; drawing afresh.", file=sys.stderr)
    draw(folder)
    marker.write_text(version)


def _is_filled(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _holds_more(folder: Path, table: str) -> bool:
    """Whether anything is in a drawn set but what was drawn. table: its file that lists the pictures by their path."""
    ours = {MARKER, table}
    if (folder / table).is_file():
        with open(folder / table, newline="", encoding="utf-8", errors="replace") as file:
            ours |= {row.get("path") for row in csv.DictReader(file)}
    files = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return any(path.relative_to(folder).as_posix() not in ours for path in files)


def _free_name(folder: Path) -> Path:
    number = 1
    while (free := folder.with_name(f"{folder.name}_old_{number}")).exists():
        number += 1
    return free


def _split(folder: Path, directory: Path) -> Dataset:
    """Lay out two class folders as train/ and validation/ under `directory`/splits, if that is not done yet."""
    places = {}
    for one in class_folders(folder):
        for path, split in _sides(one).items():
            places[path] = Path(split) / one.name / path.relative_to(one)
    whole = folder.resolve()
    target = directory / "splits" / f"{whole.name}_{_fingerprint([whole])}"
    stamps = (f"{place} {path.stat().st_size} {path.stat().st_mtime_ns}" for path, place in places.items())
    note = f"{whole}\n{_fingerprint(stamps)}\n"
    with in_turn(target.parent):
        if note not in _forget_splits(target.parent, but_of=note):
            with whole_folder(target) as unfinished:
                for path, place in places.items():
                    _link(path, unfinished / place)
                (unfinished / ORIGIN).write_text(note, encoding="utf-8", errors="surrogateescape")
    about = f"Pictures from {whole.name}, about one in five set aside for validation."
    return _describe(target, about, other_files(folder))


def origin_of(path: Path) -> Path:
    """Where a picture of a split that was laid out here comes from; any other path as it is. An error names that file:
    the one in the split is a link to it, and to mend or remove the link would not help."""
    for place in path.parents:
        note = place / ORIGIN
        if note.is_file():
            origin, *_ = note.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
            _, *parts = path.relative_to(place).parts
            return Path(origin, *parts)
    return path


def _fingerprint(things: Iterable) -> str:
    """Eight characters that differ when any of the things does."""
    text = "\n".join(map(str, things))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _link(path: Path, place: Path) -> None:
    """The picture once more at `place`, without its bytes where the disk can do that."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path.resolve(), place)
    except FileExistsError:  # never write there: it is the other picture itself
        raise InputError(f"{path}: another picture has this name but for capitals; rename one of them.") from None
    except OSError:  # another disk, or one without links
        shutil.copyfile(path, place)


def _sides(one: Path) -> dict[Path, str]:
    """ "train" or "validation" for each picture of a class: its own bytes decide, one in five on average is set aside.
    So files that are added move none of the others, and exact copies always land on the same side. Only where a class
    would be left without any on one side, the picture that comes nearest goes there. Raises InputError for fewer than
    two different pictures."""
    digests = {path: digest_of(path) for path in progress(list_pictures(one), text=f"splitting {one.name}")}
    ordered = sorted(set(digests.values()))
    if len(ordered) < 2:
        raise InputError(f"{one}: too few pictures to set some aside for validation; add more (20 will do).")
    aside = sum(digest[0] < FIFTH for digest in ordered)
    aside = set(ordered[: min(max(aside, 1), len(ordered) - 1)])
    return {path: SPLITS[digest in aside] for path, digest in digests.items()}


def digest_of(path: Path) -> bytes:
    """The SHA-256 of a file's bytes. Raises InputError for one that cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise unread(path, error) from None


def must_be_readable(path: Path) -> None:
    """Raise InputError, which names the file, where the system does not let it be read."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise unread(path, error) from None


def unread(path: Path, error: OSError) -> InputError:
    return InputError(f"{path}: cannot be read ({error.strerror}); check who may read it.")


def _forget_splits(splits: Path, but_of: str) -> list[str]:
    """Take away the splits of folders that are gone, and an outdated one of the folder that the note `but_of` is about,
    so that they do not pile up. Only what carries our own note is touched. Returns the notes of those that stay."""
    stay = []
    for file in splits.glob(f"*/{ORIGIN}"):
        if file.parent.name.endswith(UNFINISHED):  # what a program left that was killed; `whole_folder` sees to it
            continue
        note = file.read_text(encoding="utf-8", errors="surrogateescape")
        origin = note.splitlines()[0]
        if note == but_of or (Path(origin).is_dir() and origin != but_of.splitlines()[0]):
            stay.append(note)
        else:
            shutil.rmtree(file.parent)
    return stay


def fetch_cats_vs_dogs(target: Path, source: str | Path | None = None) -> Dataset:
    """The real photos into `target`: from a local zip or folder, or by download from the course's address.

    source: a zip, a tar or a folder, with the layout of `cats_and_dogs_filtered` (train and validation) or of
    `PetImages` (Cat and Dog).
    Raises InputError if target is there already, or if source is neither.
    """
    must_be_new(target)
    source = expanded(source) if source else download(ADDRESS, SHA256)
    if not source.exists():
        raise InputError(f"{source}: there is no such archive or folder; check the path.")
    if source.is_dir():
        with whole_folder(target) as unfinished:
            _take(source, unfinished)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            unpack(source, Path(scratch))
            try:
                with whole_folder(target) as unfinished:
                    _take(Path(scratch), unfinished)
            except InputError as error:  # the user knows the archive; what it was unpacked into is gone
                raise InputError(str(error).replace(scratch, str(source))) from None
    return _describe(target, "Photos of cats and dogs, from the archive of the course.")


def _take(source: Path, target: Path) -> None:
    """Copy the pictures of either well-known layout, found at `source` or one folder below, as train and validation."""
    for root in (source, *sorted(entry for entry in source.iterdir() if entry.is_dir())):
        if all((root / split).is_dir() for split in SPLITS):
            pairs = [
                (path, target / split / one.name / path.relative_to(one))
                for split in SPLITS
                for one in class_folders(root / split)
                for path in list_pictures(one)
            ]
            break
        if (root / "Cat").is_dir() and (root / "Dog").is_dir():
            pairs = [
                (path, target / split / f"{one.name.lower()}s" / path.relative_to(one))
                for one in class_folders(root)
                for path, split in _sides(one).items()
            ]
            break
    else:
        raise InputError(
            f"{source}: neither train/ and validation/ nor Cat/ and Dog/ are in it; give the archive "
            "cats_and_dogs_filtered or PetImages, or use your folder itself as DATASET."
        )
    for path, place in progress(pairs, text="copying"):
        must_be_readable(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)

"""A name or a folder -> `train/` and `validation/`, with one folder of pictures for each class."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from helpers.errors import InputError
from helpers.progress import progress

ADDRESS = "https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip"
SHA256 = "85907803d7b8cbbbe980608a7d34f676d29d560192539b1a9310991a29fce0b9"
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
SPLITS = ("train", "validation")
NAMES = ("drawn", "cats_vs_dogs")


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

    "drawn" is drawn on first use. "cats_vs_dogs" must have been fetched by `labs data cats_vs_dogs`. A folder holds
    `train/` and `validation/`, or just two class folders: these are then split four to one, and laid out as links (or
    copies, where the disk has no links) under `directory`; the folder itself is only read.

    directory: where sets are kept; the project's `data/` if not given.
    Raises InputError for an unknown name and for a folder that cannot be used.
    """
    directory = Path(directory) if directory else default_directory()
    if name_or_folder == "drawn":
        return _load_drawn(directory / "drawn")
    if name_or_folder == "cats_vs_dogs":
        folder = directory / "cats_vs_dogs"
        if not folder.is_dir():
            raise InputError(
                "cats_vs_dogs: the photos are not here yet; run `labs data cats_vs_dogs` to download them, or "
                "`labs data cats_vs_dogs --from ZIP_OR_FOLDER` if you have them."
            )
        return _describe(folder, "Photos of cats and dogs, from the archive of the course.")
    folder = Path(name_or_folder)
    if not folder.exists():
        raise InputError(f"{name_or_folder}: neither a set ({', '.join(NAMES)}) nor a folder; check the spelling.")
    if not folder.is_dir():
        raise InputError(f"{folder}: a file, where a folder with a folder of pictures per class is due.")
    if all((folder / split).is_dir() for split in SPLITS):
        return _describe(folder, f"Pictures from {folder.name}, as split there.")
    return _split(folder, directory)


def default_directory() -> Path:
    """The project's `data/`; where only the package is installed, `data/` in the folder one works in."""
    project = Path(__file__).resolve().parent.parent
    return project / "data" if (project / "notebooks").is_dir() else Path.cwd() / "data"


def class_folders(folder: Path) -> list[Path]:
    """The two class folders in alphabetical order. Raises InputError for another number, and for an empty one."""
    found = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if len(found) != 2:
        raise InputError(
            f"{folder}: holds {len(found)} class folders ({', '.join(f.name for f in found[:5]) or 'none'}); "
            "two are needed, one for each kind of picture."
        )
    for one in found:
        if not list_pictures(one):
            raise InputError(f"{one}: holds no pictures; put some in, or take the folder away.")
    return found


def list_pictures(folder: Path) -> list[Path]:
    """The picture files below a folder by name, hidden ones left out."""
    return sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    )


def _describe(folder: Path, about: str) -> Dataset:
    names = [[one.name for one in class_folders(folder / split)] for split in SPLITS]
    if names[0] != names[1]:
        raise InputError(
            f"{folder}: train/ has the classes {', '.join(names[0])} and validation/ has {', '.join(names[1])}; "
            "name them alike."
        )
    counts = [len(list_pictures(folder / split)) for split in SPLITS]
    truth = folder / "truth.csv"
    return Dataset(
        folder / "train",
        folder / "validation",
        names[0],
        f"{about} {counts[0]:,} for training, {counts[1]:,} for validation.",
        truth if truth.is_file() else None,
    )


def _load_drawn(folder: Path) -> Dataset:
    from helpers import drawing

    marker, version = folder / "drawn_by.txt", drawing.version()
    if folder.is_dir() and (not marker.is_file() or marker.read_text() != version):
        old = _free_name(folder)
        folder.rename(old)
        print(f"{folder.name}: drawn by another version; drawing afresh (the old pictures are kept as {old.name}).")
    if not folder.is_dir():
        drawing.draw_set(folder)
        marker.write_text(version)
    return _describe(folder, "Cats and dogs, drawn by the project itself; truth.csv tells what is in each picture.")


def _free_name(folder: Path) -> Path:
    number = 1
    while (free := folder.with_name(f"{folder.name}_old_{number}")).exists():
        number += 1
    return free


def _split(folder: Path, directory: Path) -> Dataset:
    """Lay out two class folders as train/ and validation/. A file's own bytes decide its side, so adding files to the
    folder moves none of the others, and exact copies always land on the same side."""
    sides = {}
    for one in class_folders(folder):
        for path in progress(list_pictures(one), text=f"splitting {one.name}"):
            side = SPLITS[int(hashlib.sha256(path.read_bytes()).hexdigest(), 16) % 5 == 0]
            sides[path] = Path(side) / one.name / "_".join(path.relative_to(one).parts)
    for one in class_folders(folder):
        for split in SPLITS:
            if not any(place.parent == Path(split) / one.name for place in sides.values()):
                raise InputError(f"{one}: too few pictures to set some aside for validation; add more (20 will do).")
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]
    target = directory / f"{folder.resolve().name}_split_{key}"

    def lay_out(place: Path) -> None:
        for path, side in sides.items():
            (place / side).parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, place / side)
            except OSError:
                shutil.copyfile(path, place / side)

    if target.exists():
        shutil.rmtree(target)  # made of links or copies by an earlier call, for the same folder
    whole_or_not_at_all(target, lay_out)
    return _describe(target, f"Pictures from {folder.resolve().name}, one in five set aside for validation.")


def whole_or_not_at_all(target: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` work in a folder beside `target`, and give it that name only when all is done."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}_unfinished_", dir=target.parent))
    try:
        fill(unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def fetch_cats_vs_dogs(target: Path, source: str | Path | None = None) -> Dataset:
    """The real photos into `target`: from a local zip or folder, or by download from the course's address.

    source: a zip or folder in the layout `cats_and_dogs_filtered` (train and validation) or `PetImages` (Cat and Dog).
    Raises InputError if target is there already, or if source is neither.
    """
    if target.exists() and any(target.iterdir()):
        raise InputError(f"{target}: is there already and is not overwritten; use it, or choose another folder.")
    if target.exists():
        target.rmdir()
    source = Path(source) if source else _download()
    if not source.exists():
        raise InputError(f"{source}: there is no such archive or folder; check the path.")
    if source.is_dir():
        whole_or_not_at_all(target, lambda place: _take(source, place))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            unzip(source, Path(scratch))
            whole_or_not_at_all(target, lambda place: _take(Path(scratch), place))
    return _describe(target, "Photos of cats and dogs, from the archive of the course.")


def _take(source: Path, target: Path) -> None:
    """Copy the pictures of either well-known layout, found at `source` or one folder below, as train and validation."""
    for root in (source, *sorted(entry for entry in source.iterdir() if entry.is_dir())):
        if all((root / split).is_dir() for split in SPLITS):
            pairs = [
                (path, target / split / one.name / path.name)
                for split in SPLITS
                for one in class_folders(root / split)
                for path in list_pictures(one)
            ]
            break
        if (root / "Cat").is_dir() and (root / "Dog").is_dir():
            pairs = []
            for one in class_folders(root):
                for path in list_pictures(one):
                    side = SPLITS[int(hashlib.sha256(path.read_bytes()).hexdigest(), 16) % 5 == 0]
                    pairs.append((path, target / side / f"{one.name.lower()}s" / path.name))
            break
    else:
        raise InputError(
            f"{source}: neither train/ and validation/ nor Cat/ and Dog/ are in it; give the archive "
            "cats_and_dogs_filtered or PetImages, or use your folder itself as DATASET."
        )
    for path, place in progress(pairs, text="copying"):
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def unzip(archive: Path, folder: Path) -> None:
    """Unpack a zip into an empty folder. Raises InputError if it is damaged or has a member that would leave it."""
    try:
        with zipfile.ZipFile(archive) as packed:
            for member in packed.infolist():
                place = (folder / member.filename).resolve()
                if not place.is_relative_to(folder.resolve()) or (member.external_attr >> 16) & 0o170000 == 0o120000:
                    raise InputError(f"{archive}: its member {member.filename!r} would leave the folder; not unpacked.")
            for member in progress(packed.infolist(), text="unpacking", unit="files"):
                packed.extract(member, folder)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise InputError(f"{archive}: not a zip that can be read ({error}); fetch it again.") from None


def _download() -> Path:
    import pooch
    import requests

    try:
        return Path(pooch.retrieve(ADDRESS, known_hash=f"sha256:{SHA256}", progressbar=True))
    except (requests.RequestException, ValueError, OSError) as error:
        raise InputError(
            f"{ADDRESS} could not be fetched ({type(error).__name__}); check the network, or give a copy with --from."
        ) from None

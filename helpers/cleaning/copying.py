"""The clean copy: what is good is copied byte for byte, what can be mended is mended, the rest is left out."""

import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from helpers.cleaning.decisions import DROP, KEEP
from helpers.cleaning.faults import DECIDE, LEAVE_OUT, REPAIR
from helpers.cleaning.inspecting import to_8_bits
from helpers.cleaning.report import Report
from helpers.cleaning.scanning import scan
from helpers.cleaning.walking import walk
from helpers.errors import InputError
from helpers.progress import progress

SUFFIX = {"JPEG": ".jpg", "PNG": ".png"}


def clean(folder: str | Path, destination: str | Path, decisions: Mapping[str, str] | None = None) -> Report:
    """Write a clean copy of `folder`; the folder itself is only read. Returns what was found.

    Every file of the copy has three channels of 8 bits, stands upright and decodes to its end. The copy is made beside
    the destination and gets its name when it is whole.
    decisions: {path: "keep", "drop" or another class}, which go before the default action of a finding.

    Raises InputError if the destination is there already, lies inside the folder, or a decision names no picture.
    """
    folder, destination = Path(folder), Path(destination)
    check_destination(folder, destination)
    report = scan(folder)
    decisions = dict(decisions or {})
    places, _ = walk(folder)
    if unknown := sorted(set(decisions) - {place.path for place in places}):
        raise InputError(f"{unknown[0]}: a decision about a picture that is not in {folder}; take the row out.")
    actions = defaultdict(set)
    for finding in report:
        actions[finding.path].add(finding.action)

    destination.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{destination.name}_unfinished_", dir=destination.parent))
    try:
        for place in progress(places, text="copying"):
            decision, wanted = decisions.get(place.path), actions[place.path]
            if decision == DROP or (decision is None and wanted & {LEAVE_OUT, DECIDE}):
                continue
            label = place.label if decision in (None, KEEP) else decision
            parts = PurePosixPath(place.path).parts
            target = unfinished.joinpath(*parts[:-2], label)
            target.mkdir(parents=True, exist_ok=True)
            copy_one(folder / place.path, target, mend=REPAIR in wanted)
        unfinished.chmod(0o755)
        if destination.is_dir():
            destination.rmdir()
        unfinished.rename(destination)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return report


def check_destination(folder: Path, destination: Path) -> None:
    """Raise InputError unless the copy can be made there without touching anything."""
    if destination.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{destination}: lies inside {folder}, which is only read; choose a place outside it.")
    if destination.is_file() or (destination.is_dir() and any(destination.iterdir())):
        raise InputError(f"{destination}: is there already and is not overwritten; choose another place.")


def copy_one(path: Path, target: Path, mend: bool) -> None:
    """Copy one picture into the folder `target`, mended if asked for."""
    stem = re.sub(r"[^\w.() -]", "_", path.stem).strip() or "picture"
    if not mend:
        shutil.copyfile(path, free(target, stem, path.suffix))
        return
    picture, kind = mended(path)
    options = {"quality": 95, "subsampling": 0} if kind == "JPEG" else {}
    picture.save(free(target, stem, SUFFIX[kind]), kind, **options)


def free(target: Path, stem: str, suffix: str) -> Path:
    """A name that no other picture of the copy has, in upper or lower case."""
    taken = {entry.name.lower() for entry in target.glob(f"{stem[:1]}*")} if target.is_dir() else set()
    name, number = f"{stem}{suffix}", 2
    while name.lower() in taken:
        name, number = f"{stem}_{number}{suffix}", number + 1
    return target / name


def mended(path: Path):
    """(RGB picture, format to save it in): first frame, upright, flattened on white, 8 bits a channel.

    What was a JPEG stays one; all else becomes a PNG, which loses nothing more.
    """
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        kind = "JPEG" if picture.format == "JPEG" else "PNG"
        picture.seek(0)
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I") or picture.mode == "F":
            import numpy as np

            picture = Image.fromarray(to_8_bits(np.asarray(picture)))
        if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
            picture = picture.convert("RGBA")
            white = Image.new("RGBA", picture.size, "white")
            picture = Image.alpha_composite(white, picture)
        picture = picture.convert("RGB")
        picture.info.clear()
        return picture, kind

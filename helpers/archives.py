"""A zip or tar from anywhere -> files in a folder: all of them safely inside it, or a sentence that says why not.

All members are looked at before the first is unpacked. Refused are names that climb out of the folder, links and
devices, two names that a disk blind to capitals or accents takes for one, encrypted members, and archives that swell
beyond measure, by size or by number.
"""

import shutil
import sys
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from helpers.errors import InputError
from helpers.names import RESERVED
from helpers.progress import progress

MOST_FILES = 2_000_000  # more than the largest set of photos that is handed around in one archive
MOST_SWELLING = 100  # times its own size; photos hardly shrink in an archive, and nothing else is due here
SMALL = 100 * 2**20  # bytes that do no harm, however they were packed
PIECE = 2**20  # bytes that are read and written at a time
LONGEST_NOTE = 2**20  # bytes that a tar may say about one member; they are read in one piece
SYMBOLIC_LINK = 0o120000  # in the upper half of a zip member's attributes, as Unix writes them


@dataclass(frozen=True)
class Member:
    """One member of an archive. refused: why it must not be unpacked, or "". open: gives the bytes of a file; None for
    a folder, which comes with the files in it."""

    name: str
    size: int
    refused: str
    open: Callable[[], BinaryIO] | None


def unpack(archive: str | Path, folder: str | Path) -> None:
    """Unpack a zip or a tar (also .tar.gz, .tar.bz2, .tar.xz) into an empty folder.

    Raises InputError if it is neither, is damaged, or has anything in it that the first lines of this file name. After
    a refusal nothing was written; after damage that shows only on the way, what came before it is there.
    """
    archive, folder = Path(archive), Path(folder)
    try:
        with opened(archive) as members:
            found = refuse(archive, members)
            must_have_room(archive, sum(member.size for member in found), folder)
            for member in progress(found, text="unpacking", unit="files"):
                with member.open() as source:
                    size = write(archive, source, folder, member.name.replace("\\", "/"))
                if size != member.size:
                    raise EOFError(f"{member.name} ends too early")
    except InputError:
        raise
    except tarfile.ReadError:
        raise InputError(f"{archive}: neither a zip nor a tar that can be read; fetch it again.") from None
    except Exception as error:  # noqa: BLE001 over a damaged archive Python's own readers raise many kinds
        error = error.__cause__ if isinstance(error, Unread) else error
        if isinstance(error, OSError) and error.errno:  # of the system: a failing disk, no permission
            why = f"cannot be read ({error.strerror}); check it and the disk that it lies on, or fetch it again"
            raise InputError(f"{archive}: {why}.") from None
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(":")
        raise InputError(f"{archive}: not an archive that can be read ({reason}); fetch it again.") from None


def write(archive: Path, source: BinaryIO, folder: Path, name: str) -> int:
    """Write one member; its bytes. Raises InputError where the folder does not take it, and Unread."""
    place = folder / name
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as target:
            target.writelines(pieces(source))
        return place.stat().st_size
    except OSError as error:
        raise InputError(no_place(archive, folder, error)) from None


class Unread(Exception):
    """A member cannot be read, for the cause that it carries; no OSError, which would be one of writing."""


def pieces(source: BinaryIO) -> Iterator[bytes]:
    """The bytes of a member. Raises Unread."""
    try:
        while piece := source.read(PIECE):
            yield piece
    except Exception as error:
        raise Unread from error


def must_have_room(archive: Path, needed: int, folder: Path) -> None:
    """Raise InputError where the disk of the folder has less than `needed` bytes."""
    try:
        room = shutil.disk_usage(folder).free
    except OSError as error:
        raise InputError(no_place(archive, folder, error)) from None
    if needed > room:
        raise InputError(f"{archive}: takes {needed:,} bytes unpacked, and {folder} has room for {room:,}; make room.")


def no_place(archive: Path, folder: Path, error: OSError) -> str:
    """What is said where the folder does not take what is in the archive: no room, no permission, too long a name."""
    why = f"could not be unpacked into {folder} ({error.strerror or error}); make room, or choose another place"
    return f"{archive}: {why}."


@contextmanager
def opened(archive: Path) -> Iterator[Iterator[Member]]:
    """The members of either kind. A zip is told by its end, so a tar whose last member is one looks like it, too."""
    with archive.open("rb") as file:
        begins_so = file.read(2) == b"PK"
    if zipfile.is_zipfile(archive) and (begins_so or not tarfile.is_tarfile(archive)):
        with zipfile.ZipFile(archive) as packed:
            yield (of_zip(packed, info) for info in packed.infolist())
    else:
        with tarfile.open(archive, tarinfo=Header) as packed:
            yield in_tar(packed)


class Header(tarfile.TarInfo):
    """What a tar says of a member. Raises EOFError where that is longer than anybody writes."""

    def _proc_member(self, packed: tarfile.TarFile) -> tarfile.TarInfo:
        if not (self.isfile() or self.islnk() or self.issym() or self.isdir()) and self.size > LONGEST_NOTE:
            raise EOFError(f"{self.size:,} bytes about one member")
        return super()._proc_member(packed)


def in_tar(packed: tarfile.TarFile) -> Iterator[Member]:
    """Its members. Raises EOFError where the mark of its end is missing: Python takes a tar that is cut off between two
    members, or spoilt there, for a whole one."""
    for info in packed:
        yield of_tar(packed, info)
    packed.fileobj.seek(packed.offset)
    if packed.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise EOFError("it ends too early, or is spoilt in between")
    for _ in range(SMALL // tarfile.RECORDSIZE):  # to the checksum of what it is packed with, if that is not far
        if not packed.fileobj.read(tarfile.RECORDSIZE):
            break


def of_zip(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    refused = ""
    if info.flag_bits & 1:
        refused = "is encrypted; unpack it yourself, with its password, and give the folder"
    elif (info.external_attr >> 16) & 0o170000 == SYMBOLIC_LINK:
        refused = "is a link, which may lead out of the folder"
    opening = None if info.filename.endswith(("/", "\\")) else lambda: packed.open(info)
    return Member(info.filename, info.file_size, refused, opening)


def of_tar(packed: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    refused = "" if info.isreg() or info.isdir() else "is a link or a device, not a file"
    opening = None if info.isdir() else lambda: packed.extractfile(info)
    return Member(info.name, info.size, refused, opening)


def refuse(archive: Path, members: Iterator[Member]) -> list[Member]:
    """The files, all of which may be unpacked. Raises InputError at the first member that may not."""
    most = max(SMALL, MOST_SWELLING * archive.stat().st_size)
    found, files, folders, size = [], {}, {}, 0
    for number, member in enumerate(members, start=1):
        size += member.size
        if size > most or number > MOST_FILES:
            raise InputError(
                f"{archive}: swells from {archive.stat().st_size:,} bytes to {size:,} or more, in {number:,} "
                "files or more, as no set of pictures does; not unpacked, as it may be made to fill the disk."
            )
        if member.open is None:
            continue
        if reason := member.refused or climbs_out(member.name):
            raise InputError(f"{archive}: its member {member.name!r} {reason}; not unpacked.")
        path = PurePosixPath(member.name.replace("\\", "/"))
        key = plain(path)
        other = files.get(key) or folders.get(key) or next((files[up] for up in ups(path) if up in files), None)
        if other is not None:
            raise InputError(
                f"{archive}: its members {other!r} and {member.name!r} would take one another's place; not unpacked."
            )
        files[key] = member.name
        folders |= {up: member.name for up in ups(path)}
        found.append(member)
    return found


def climbs_out(name: str) -> str:
    """Why a file of that name would not lie in the folder, on any system; "" if it would."""
    windows = PureWindowsPath(name)
    if name.startswith(("/", "\\")) or windows.drive or windows.root:
        return "has an absolute name"
    if ".." in windows.parts:
        return "would leave the folder"
    if not windows.name or "\0" in name:
        return "has no proper name"
    if sys.platform == "win32" and any(":" in part or RESERVED.match(part) for part in windows.parts):
        return "has a name that Windows keeps for devices and the like"
    return ""


def plain(path: PurePosixPath) -> str:
    """The path as a disk knows it that tells neither capitals nor ways to write an accent apart, and on which, as on
    Windows, dots and spaces at the end of a name do not count."""
    return "/".join(part.rstrip(". ") or part for part in unicodedata.normalize("NFC", str(path)).casefold().split("/"))


def ups(path: PurePosixPath) -> list[str]:
    return [plain(up) for up in path.parents if up.name]

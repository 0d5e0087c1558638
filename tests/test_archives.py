"""Archives that are good, damaged, or made to do harm: unpacked inside the folder, or refused with nothing written."""

import errno
import io
import os
import sys
import tarfile
import zipfile

import pytest

from helpers import archives
from helpers.errors import InputError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "to").mkdir()
    return tmp_path / "to"


def zipped(path, members, **how):
    with zipfile.ZipFile(path, "w", **how) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return path


def tarred(path, members, mode="w"):
    """members: (name, content) or a TarInfo."""
    with tarfile.open(path, mode) as packed:
        for member in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member[0])
            if isinstance(member, tuple):
                info.size = len(member[1])
            packed.addfile(info, io.BytesIO(member[1]) if isinstance(member, tuple) else None)
    return path


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


GOOD = [("cats/ä 1.jpg", b"one"), ("cats/deep/2.jpg", b""), ("dogs/..3.jpg", b"three")]


@pytest.mark.parametrize("suffix", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_a_good_archive_comes_out_whole(tmp_path, folder, suffix):
    path = tmp_path / f"good.{suffix}"
    made = zipped(path, GOOD) if suffix == "zip" else tarred(path, GOOD, f"w:{suffix.partition('.')[2]}")
    archives.unpack(made, folder)
    assert contents(folder) == dict(GOOD)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../out.jpg", "would leave the folder"),
        ("cats/../../out.jpg", "would leave the folder"),
        ("cats\\..\\..\\out.jpg", "would leave the folder"),
        ("/out.jpg", "has an absolute name"),
        ("C:/out.jpg", "has an absolute name"),
        ("C:out.jpg", "has an absolute name"),
        ("\\\\server\\share\\out.jpg", "has an absolute name"),
    ],
)
@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_name_that_climbs_out_is_refused_before_anything_is_written(tmp_path, folder, make, name, says):
    made = make(tmp_path / "bad", [("cats/1.jpg", b"one"), (name, b"out")])
    with pytest.raises(InputError, match=says):
        archives.unpack(made, folder)
    assert contents(tmp_path).keys() == {"bad"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path, folder, kind):
    member = tarfile.TarInfo("cats/1.jpg")
    member.type, member.linkname = kind, "/etc/passwd"
    with pytest.raises(InputError, match="'cats/1.jpg' is a link or a device"):
        archives.unpack(tarred(tmp_path / "bad.tar", [member]), folder)
    assert not contents(folder)


def test_a_link_in_a_zip_is_refused(tmp_path, folder):
    link = zipfile.ZipInfo("cats/1.jpg")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with pytest.raises(InputError, match="'cats/1.jpg' is a link"):
        archives.unpack(zipped(tmp_path / "bad.zip", [(link, "/etc/passwd")]), folder)


@pytest.mark.parametrize(
    "names",
    [
        ("cats/1.jpg", "Cats/1.JPG"),
        ("é.jpg", "e\u0301.jpg"),
        ("a/b.jpg", "A"),
        ("a", "a/b.jpg"),
        ("a/b", "a\\b"),
        ("a", "a. ."),
        ("b ./1", "B/1"),
    ],
)
def test_names_that_some_disks_take_for_one_are_refused(tmp_path, folder, names):
    with pytest.raises(InputError, match="one another's place"):
        archives.unpack(zipped(tmp_path / "bad.zip", [(name, b"x") for name in names]), folder)
    assert not contents(folder)


def test_an_encrypted_member_says_what_to_do(tmp_path, folder):
    made = zipped(tmp_path / "bad.zip", [("1.jpg", b"one")])
    data = bytearray(made.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the list at the end
    made.write_bytes(data)
    with pytest.raises(InputError, match="is encrypted; unpack it yourself"):
        archives.unpack(made, folder)


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_archive_that_swells_is_refused(tmp_path, folder, kind, monkeypatch):
    monkeypatch.setattr(archives, "SMALL", 100_000)
    members = [(f"{n}.bmp", bytes(100_000)) for n in range(30)]
    if kind == "zip":
        made = zipped(tmp_path / "bomb.zip", members, compression=zipfile.ZIP_DEFLATED)
    else:
        made = tarred(tmp_path / "bomb.tar.gz", members, "w:gz")
    with pytest.raises(InputError, match="made to fill the disk"):
        archives.unpack(made, folder)
    assert not contents(folder)


def test_a_zip_of_more_files_than_the_old_format_counts_is_read_to_its_end(tmp_path):
    made = zipped(tmp_path / "many.zip", ((str(n), b"") for n in range(65_537)))
    with archives.opened(made) as members:
        assert [member.name for member in archives.refuse(made, members)] == [str(n) for n in range(65_537)]


@pytest.mark.parametrize("end", ["", "/"])
def test_too_many_files_or_folders_are_refused(tmp_path, folder, monkeypatch, end):
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    with pytest.raises(InputError, match="in 4 files or more"):
        archives.unpack(zipped(tmp_path / "many.zip", [(f"{n}{end}", b"") for n in range(5)]), folder)


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_an_archive_cut_short_is_named(tmp_path, folder, kind, share):
    members = [(f"{n}.jpg", bytes(range(256)) * 40) for n in range(9)]
    path = tmp_path / f"cut.{kind}"
    made = zipped(path, members) if kind == "zip" else tarred(path, members, f"w:{kind[4:]}")
    made.write_bytes(made.read_bytes()[: int(share * made.stat().st_size)])
    with pytest.raises(InputError, match=r"cut.*(not an archive|neither a zip nor a tar) that can be read"):
        archives.unpack(made, folder)


@pytest.mark.parametrize("how", ["cut between two members", "spoilt between two members", "without the checksum"])
def test_a_tar_that_lacks_something_between_two_members_is_named(tmp_path, folder, how):
    members, step = [(f"{n}.jpg", bytes(range(256)) * 4) for n in range(9)], 512 + 1024
    made = tarred(tmp_path / "cut.tar", members, "w:gz" if how == "without the checksum" else "w")
    data = bytearray(made.read_bytes())
    if how == "spoilt between two members":
        data[5 * step] ^= 255
    else:
        data = data[: 5 * step if how == "cut between two members" else -8]
    made.write_bytes(data)
    with pytest.raises(InputError, match=r"cut\.tar: not an archive that can be read"):
        archives.unpack(made, folder)
    assert not contents(folder)


def test_a_tar_that_says_too_much_about_a_member_is_not_read_into_memory(tmp_path, folder):
    members = []
    for kind in (tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME):
        members.append(tarfile.TarInfo("note"))
        members[-1].type, members[-1].size = kind, 2**40
    for member in members:
        made = tmp_path / "note.tar"
        made.write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
        with pytest.raises(InputError, match="1,099,511,627,776 bytes about one member"):
            archives.unpack(made, folder)


def test_a_member_whose_bytes_are_spoilt_is_named(tmp_path, folder):
    made = zipped(tmp_path / "bad.zip", [("1.jpg", b"x" * 1000)])
    made.write_bytes(made.read_bytes().replace(b"xxxx", b"yyyy", 1))
    with pytest.raises(InputError, match="not an archive that can be read"):
        archives.unpack(made, folder)


@pytest.mark.parametrize(
    ("name", "spoilt", "says"),
    [
        ("ä.jpg", ("ä.jpg".encode(), b"\xa1\xff.jpg"), "not an archive that can be read"),
        ("1.jpg", (b"1.jpg", b"\0.jpg"), "has no proper name"),
    ],
)
def test_a_member_whose_name_is_spoilt_is_named(tmp_path, folder, name, spoilt, says):
    made = zipped(tmp_path / "bad.zip", [(name, b"x")])
    made.write_bytes(made.read_bytes().replace(*spoilt))
    with pytest.raises(InputError, match=says):
        archives.unpack(made, folder)


def test_what_is_no_archive_is_named(tmp_path, folder):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(InputError, match=r"photo\.jpg: neither a zip nor a tar"):
        archives.unpack(tmp_path / "photo.jpg", folder)


def test_a_tar_whose_last_member_is_a_zip_is_read_as_a_tar(tmp_path, folder):
    with zipfile.ZipFile(tmp_path / "extra.zip", "w") as inner:
        inner.writestr("inner.jpg", b"inner")
    (tmp_path / "1.jpg").write_bytes(b"outer")
    with tarfile.open(tmp_path / "all.tar", "w") as outer:
        for name in ("1.jpg", "extra.zip"):
            outer.add(tmp_path / name, name)
    archives.unpack(tmp_path / "all.tar", folder)
    assert sorted(path.name for path in folder.iterdir()) == ["1.jpg", "extra.zip"]


def test_a_name_that_the_disk_does_not_take_is_no_damage_of_the_archive(tmp_path, folder):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("x" * 300, b"long")
    with pytest.raises(InputError, match="could not be unpacked into .* name too long.*; make room, or choose"):
        archives.unpack(tmp_path / "a.zip", folder)


@pytest.mark.parametrize("name", ["cats/1.jpg:evil", "NUL.jpg", "cats/con"])
def test_names_that_windows_keeps_are_refused_there(tmp_path, folder, monkeypatch, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(name, b"bytes")
    monkeypatch.setattr(archives.sys, "platform", "win32")
    with pytest.raises(InputError, match="Windows keeps for devices"):
        archives.unpack(tmp_path / "a.zip", folder)


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="only Linux has such a file")
def test_an_archive_that_the_system_cannot_read_is_no_fault_of_the_target(folder):
    memory = "/proc/self/mem"  # a real file that cannot be read at its beginning: Input/output error
    with pytest.raises(InputError, match=r"^/proc/self/mem: cannot be read \(Input/output error\); check"):
        archives.unpack(memory, folder)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_disk_that_fails_under_the_archive_is_no_fault_of_the_target(tmp_path, folder, monkeypatch, kind):
    made = (zipped if kind == "zip" else tarred)(tmp_path / f"a.{kind}", GOOD)

    def failing(self, *_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(zipfile.ZipExtFile if kind == "zip" else tarfile.ExFileObject, "read", failing)
    with pytest.raises(InputError, match=rf"a\.{kind}: cannot be read \(Input/output error\)") as caught:
        archives.unpack(made, folder)
    assert str(folder) not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limits")
@pytest.mark.parametrize("size", [20_000, 3_000_000])
def test_a_target_that_takes_no_more_is_named(tmp_path, folder, size):
    import resource

    made, limits = zipped(tmp_path / "a.zip", [("1.jpg", bytes(size))]), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))  # no file grows beyond, as on a disk of no room
    try:
        with pytest.raises(InputError, match=r"a\.zip: could not be unpacked into .*to \(File too large\); make room"):
            archives.unpack(made, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_target_that_is_not_there_is_named(tmp_path):
    made = zipped(tmp_path / "a.zip", GOOD)
    with pytest.raises(InputError, match=r"a\.zip: could not be unpacked into .*nowhere \(No such file"):
        archives.unpack(made, tmp_path / "nowhere")


def test_a_folder_written_as_on_windows_is_a_folder(tmp_path, folder):
    archives.unpack(zipped(tmp_path / "a.zip", [("cats\\", b""), ("cats\\a.jpg", b"one")]), folder)
    assert contents(folder) == {"cats/a.jpg": b"one"}

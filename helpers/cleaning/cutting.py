"""Whether a file ends before it says that it does: so a picture that was cut off is told from one that was changed."""

from collections.abc import Callable

from helpers.cleaning.formats import END_OF_JPEG, png_chunks

START_OF_SCAN = b"\xff\xda"


def cut_off(data: bytes, kind: str) -> bool:
    """By what stands in its head, or by the mark that is due at its end. False for kinds that tell neither."""
    told = TOLD.get(kind)
    return told is not None and told(data)


def cut_jpeg(data: bytes) -> bool:
    """Without a mark of its end behind the last of its scans, or without any scan."""
    return START_OF_SCAN not in data or END_OF_JPEG not in data[data.rfind(START_OF_SCAN) :]


def cut_png(data: bytes) -> bool:
    return all(name != b"IEND" for name, _, _ in png_chunks(data))


def cut_gif(data: bytes) -> bool:
    return not data.rstrip(b"\0").endswith(b";")


def cut_webp(data: bytes) -> bool:
    return 8 + int.from_bytes(data[4:8], "little") > len(data)


def cut_tiff(data: bytes) -> bool:
    """The list of its contents, which often stands last, does not end before the file does."""
    order, big = "little" if data[:2] == b"II" else "big", b"+" in data[2:4]  # a BigTIFF has wider numbers
    counted, entry = (8, 20) if big else (2, 12)  # bytes
    at = int.from_bytes(data[8:16] if big else data[4:8], order)
    return at + counted + entry * int.from_bytes(data[at : at + counted], order) > len(data)


def cut_boxes(data: bytes) -> bool:
    """AVIF, HEIC and JPEG 2000 are made of boxes, each of which tells its length first (ISO/IEC 14496-12)."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < 8:  # 0: to the end of the file
            return False
        at += size
    return at != len(data)


def cut_icon(data: bytes) -> bool:
    """One of the pictures in it lies behind the end."""
    for at in range(6, 6 + 16 * int.from_bytes(data[4:6], "little"), 16):
        size, start = (int.from_bytes(data[at + k : at + k + 4], "little") for k in (8, 12))
        if at + 16 > len(data) or start + size > len(data):
            return True
    return False


TOLD: dict[str, Callable[[bytes], bool]] = {
    "JPEG": cut_jpeg,
    "PNG": cut_png,
    "GIF": cut_gif,
    "WEBP": cut_webp,
    "TIFF": cut_tiff,
    "AVIF": cut_boxes,
    "HEIC": cut_boxes,
    "JPEG2000": cut_boxes,
    "ICO": cut_icon,
}

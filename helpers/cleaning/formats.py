"""What the bytes of a file say of its format, before any decoder is asked."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

# The first bytes of a file tell its format, or, where the place is below 0, its last ones; its name does not.
SIGNATURES = (
    (b"\xff\xd8\xff", 0, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", 0, "PNG"),
    (b"GIF87a", 0, "GIF"),
    (b"GIF89a", 0, "GIF"),
    (b"BM", 0, "BMP"),
    (b"WEBP", 8, "WEBP"),
    (b"II*\x00", 0, "TIFF"),
    (b"MM\x00*", 0, "TIFF"),
    (b"II+\x00", 0, "TIFF"),  # BigTIFF
    (b"MM\x00+", 0, "TIFF"),
    (b"ftypavif", 4, "AVIF"),
    (b"ftypavis", 4, "AVIF"),
    (b"ftyphei", 4, "HEIC"),
    (b"ftypmif1", 4, "HEIC"),
    (b"\x00\x00\x01\x00", 0, "ICO"),
    (b"\x00\x00\x00\x0cjP  ", 0, "JPEG2000"),
    (b"\xff\x4f\xff\x51", 0, "JPEG2000"),
    *((b"P%d\n" % number, 0, "PPM") for number in range(1, 7)),  # black and white, grey or colour; as text or as bytes
    (b"TRUEVISION-XFILE.", -18, "TGA"),
    (b"\x00\x00\x00\x0cJXL ", 0, "JPEG XL"),
    (b"\xff\x0a", 0, "JPEG XL"),
)
SUFFIX_OF = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "GIF": (".gif",), "BMP": (".bmp",)}  # those that Keras reads
SUFFIXES_READ = tuple(suffix for those in SUFFIX_OF.values() for suffix in those)
END_OF_JPEG = b"\xff\xd9"
EXIF = b"Exif\0\0"
# {kind of segment of a JPEG: (what it begins with, how many bytes of it Pillow reads without asking)}
NOTES = {0xE0: (b"JFIF", 7), 0xE2: (b"ICC_PROFILE\0", 14), 0xEE: (b"Adobe", 7)}
# The seven passes of an interlaced PNG: the first pixel's column and row, and the steps to the right and down.
ADAM7 = (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)


def format_of(data: bytes) -> str | None:
    for mark, start, kind in SIGNATURES:
        if data[start : start + len(mark)] == mark and (kind != "WEBP" or data[:4] == b"RIFF"):
            return kind
    return None


def webp_pixels(data: bytes) -> int:
    """How many pixels the first chunk of a WebP tells of (RFC 9649, 2.5 to 2.7); 0 where it tells of none."""
    if len(data) < 30:
        return 0
    if data[12:16] == b"VP8X":
        return (1 + int.from_bytes(data[24:27], "little")) * (1 + int.from_bytes(data[27:30], "little"))
    if data[12:16] == b"VP8 ":
        return (int.from_bytes(data[26:28], "little") & 0x3FFF) * (int.from_bytes(data[28:30], "little") & 0x3FFF)
    if data[12:16] == b"VP8L":
        sides = int.from_bytes(data[21:25], "little")
        return (1 + (sides & 0x3FFF)) * (1 + (sides >> 14 & 0x3FFF))
    return 0


def what_else(data: bytes) -> str:
    """What a file is that is no picture, as far as its first bytes tell."""
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg")):
        return "a web page or XML"
    if start.startswith(b"%pdf"):
        return "a PDF"
    try:
        data[:512].decode("ascii")
        return "text"
    except UnicodeDecodeError:
        return "unknown content"


PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)


@dataclass(frozen=True)
class Frame:
    """What a JPEG says of itself. coding: its marker, 0xC0 to 0xCF. bits: a sample. start: where the frame begins.
    in_first_scan: components, 0 where that cannot be told."""

    coding: int
    bits: int
    height: int
    width: int
    components: int
    start: int
    in_first_scan: int

    @property
    def common(self) -> bool:
        """Whether every decoder knows it: Huffman coded, in one go or in several (progressive), 8 bits."""
        return self.coding in (0xC0, 0xC1, 0xC2) and self.bits == 8 and self.components in (1, 3, 4)

    @property
    def in_strips(self) -> bool:
        """Whether it is all in one scan: then it can be decoded strip by strip, and nobody holds the whole."""
        return self.coding not in PROGRESSIVE and self.in_first_scan == self.components


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of the parts of a JPEG before its first scan."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at + 1], at, end
        at = end


def jpeg_frame(data: bytes) -> Frame | None:
    """The frame header of a JPEG, or None where there is none before the pixels."""
    for marker, at, _ in segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and at + 9 < len(data):
            words = [int.from_bytes(data[at + k : at + k + 2], "big") for k in (5, 7)]
            scan = start_of_pixels(data)
            return Frame(marker, data[at + 4], *words, data[at + 9], at, *(data[scan + 4 : scan + 5] or b"\0"))
    return None


def start_of_pixels(data: bytes) -> int:
    """Where the first scan of a JPEG begins; its length where that cannot be told."""
    at = max((end for _, _, end in segments(data)), default=2)
    return at if data[at : at + 2] == b"\xff\xda" else len(data)


def short_notes(data: bytes) -> list[tuple[int, int]]:
    """(start, end) of the notes in a JPEG that are so short that Pillow refuses to open it for them."""
    found = []
    for marker, start, end in segments(data):
        if marker in NOTES:
            name, due = NOTES[marker]
            if end - start - 4 < due and data.startswith(name, start + 4, end):
                found.append((start, end))
    return found


def exif_notes(data: bytes) -> list[tuple[int, int]]:
    """(start, end) of the EXIF in a JPEG."""
    return [(start, end) for marker, start, end in segments(data) if marker == 0xE1 and data[start + 4 :][:6] == EXIF]


def without(data: bytes, parts: list[tuple[int, int]]) -> bytes:
    """The bytes but for these parts (start, end)."""
    for start, end in reversed(parts):
        data = data[:start] + data[end:]
    return data


def all_scans(data: bytes, frame: Frame) -> bool:
    """Whether the scans of a JPEG, taken together, give every coefficient to its last bit."""
    missing = {}
    for found in re.finditer(b"\xff\xda", data[frame.start :]):
        at = frame.start + found.end() + 2
        parts = data[at] if at < len(data) else 0
        end = at + 1 + 2 * parts
        if not 1 <= parts <= 4 or end + 3 > len(data):
            return False
        for component in data[at + 1 : end : 2]:
            mine = missing.setdefault(component, set(range(64)))
            if data[end + 2] & 15 == 0:  # no lower bits are left for a later scan
                mine -= set(range(data[end], data[end + 1] + 1))
    return len(missing) == frame.components and not any(missing.values())


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """(name, content, whether its checksum is right) of each chunk of a PNG that is there to its end."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        if end > len(data):
            return
        name = data[at + 4 : at + 8]
        right = zlib.crc32(data[at + 4 : end - 4]) == int.from_bytes(data[end - 4 : end], "big")
        yield name, data[at + 8 : end - 4], right
        if name == b"IEND":
            return
        at = end


def png_ends(data: bytes) -> bool:
    """Whether a PNG has its end mark."""
    return any(name == b"IEND" and right for name, _, right in png_chunks(data))


def png_contradiction(chunks: list[tuple[bytes, bytes, bool]]) -> str:
    """What is against the rules in the chunks of a PNG so that some decoders refuse it; "" if nothing.

    What only some pass over: an unknown chunk of which the name says that it must be known, above all (W3C, PNG, third
    edition, 2025: "Chunk naming conventions", "Critical chunks").
    """
    names, palettes = [name for name, _, _ in chunks], [content for name, content, _ in chunks if name == b"PLTE"]
    if names[:1] != [b"IHDR"] or names.count(b"IHDR") > 1 or len(chunks[0][1]) != 13:
        return "not one head of 13 bytes at its start"
    if chunks[0][1][10:12] != b"\0\0" or chunks[0][1][12] > 1:
        return "packed in a way that is not known"
    for name in names:
        if not name.isalpha() or (name[:1].isupper() and name not in (b"IHDR", b"PLTE", b"IDAT", b"IEND")):
            return f"an unknown chunk {name.decode('latin-1')!r}"
    return "not one palette with colours in it" if len(palettes) > 1 or b"" in palettes else ""


def png_bytes(data: bytes, packed: bytes) -> tuple[int, int]:
    """(bytes of pixels that a PNG holds, bytes that its head asks for); -1 for the first where its packing is cut.

    packed: the content of its IDAT chunks, one after another.
    Decoders differ over these: Pillow leaves black what is missing, TensorFlow reads none of it (W3C, PNG, third
    edition, 2025: "Filtering" and "Interlacing"). Counted without holding them. Raises zlib.error for damage.
    """
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    bits = data[24] * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[data[25]]
    passes = ADAM7 if data[28] else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // right), -(-(height - y) // down)) for x, y, right, down in passes]
    due = sum(((wide * bits + 7) // 8 + 1) * high for wide, high in sizes if wide > 0 and high > 0)
    stream, held = zlib.decompressobj(), 0
    while packed and held <= due:
        held += len(stream.decompress(packed, 2**20))
        packed = stream.unconsumed_tail
    return (held if stream.eof or held > due else -1), due


@dataclass(frozen=True)
class BmpHead:
    """What a BMP says of itself. start: of its pixels. header: bytes of the head proper. height: below 0 where its rows
    go down. packing: 0 where it is not compressed."""

    start: int
    header: int
    width: int
    height: int
    bits: int
    packing: int

    @property
    def due(self) -> int:
        """Bytes of its pixels, if it is not compressed: each row is filled up to a multiple of four."""
        return (self.bits * self.width + 31) // 32 * 4 * abs(self.height)


def bmp_head(data: bytes) -> BmpHead:
    start, header, width, height = (int.from_bytes(data[k : k + 4], "little", signed=True) for k in (10, 14, 18, 22))
    bits, packing = int.from_bytes(data[28:30], "little"), int.from_bytes(data[30:34], "little")
    return BmpHead(start, header, width, height, bits, packing)


def plain_bmp(data: bytes) -> bool:
    """Whether a BMP is of the one kind that all decoders agree on: 24 bits, not compressed, as long as it says, its
    rows going up."""
    head = bmp_head(data)
    plain = (head.header, head.bits, head.packing, head.start) == (40, 24, 0, 54)
    return plain and head.height > 0 and len(data) == head.start + head.due


def bmp_surplus(data: bytes) -> int:
    """How many bytes a BMP that is not compressed holds beyond the pixels of its head; 0 for other kinds of it."""
    head = bmp_head(data)
    return 0 if head.header < 40 or head.packing else max(0, len(data) - head.start - head.due)

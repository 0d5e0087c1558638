"""One file, read from disk once -> what is wrong with it, and the marks by which copies are found."""

import hashlib
import io
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

# The first bytes of a file tell its format; its name does not.
SIGNATURES = (
    (b"\xff\xd8\xff", 0, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", 0, "PNG"),
    (b"GIF87a", 0, "GIF"),
    (b"GIF89a", 0, "GIF"),
    (b"BM", 0, "BMP"),
    (b"WEBP", 8, "WEBP"),
    (b"II*\x00", 0, "TIFF"),
    (b"MM\x00*", 0, "TIFF"),
    (b"ftypavif", 4, "AVIF"),
    (b"ftypavis", 4, "AVIF"),
    (b"ftyphei", 4, "HEIC"),
    (b"ftypmif1", 4, "HEIC"),
    (b"\x00\x00\x01\x00", 0, "ICO"),
    (b"\x00\x00\x00\x0cjP  ", 0, "JPEG2000"),
    (b"\xff\x4f\xff\x51", 0, "JPEG2000"),
)
SUFFIX_OF = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "GIF": (".gif",), "BMP": (".bmp",)}  # those that Keras reads
SUFFIXES_READ = tuple(suffix for those in SUFFIX_OF.values() for suffix in those)
ORIENTATION = 0x0112
SMALL = 64  # side of the grey copy on which light, blur and likeness are judged
MOST_PIXELS = 89_478_485  # Pillow's own limit, a quarter of a gigabyte of RGB


@dataclass
class Facts:
    """What is known of one file. faults: (name, detail). digest: of its bytes. small: uint8 (64, 64), grey, or None."""

    faults: list[tuple[str, str]] = field(default_factory=list)
    digest: bytes = b""
    small: np.ndarray | None = None

    def add(self, fault: str, detail: str = "") -> "Facts":
        self.faults.append((fault, detail))
        return self


def inspect(path: Path) -> Facts:
    """Read `path` once and look at it in every way. Never raises for what is in the file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return Facts().add("unreadable", error.strerror or type(error).__name__)
    if not data:
        return Facts().add("empty")
    facts = Facts(digest=hashlib.blake2b(data, digest_size=16).digest())
    kind = format_of(data)
    if kind is None:
        return facts.add("not a picture", what_else(data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is found here anyway
        grey = decode(data, kind, facts)
    if grey is not None:
        judge_name(path, kind, facts)
        judge_light(grey, facts)
    return facts


def format_of(data: bytes) -> str | None:
    for mark, start, kind in SIGNATURES:
        if data[start : start + len(mark)] == mark and (kind != "WEBP" or data[:4] == b"RIFF"):
            return kind
    return None


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


def decode(data: bytes, kind: str, facts: Facts) -> np.ndarray | None:
    """Decode to the last pixel, note what is wrong, and return a grey copy (h, w) uint8, or None if that failed."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                facts.add("too large", f"{width} x {height} pixels")
                return None
            judge_channels(picture, kind, facts)
            if min(width, height) < 16:
                facts.add("tiny", f"{width} x {height} pixels")
            elif max(width, height) > 8 * min(width, height):
                facts.add("sliver", f"{width} x {height} pixels")
            if kind == "JPEG" and picture.mode in ("RGB", "L"):
                grey = strict_jpeg(data, facts)
                return grey if grey is None else upright(grey, picture.getexif().get(ORIENTATION, 1))
            picture.load()
            if kind == "PNG":
                with Image.open(io.BytesIO(data)) as again:
                    again.verify()  # checksums and the end mark, which load() passes over
            if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
                return to_8_bits(np.asarray(picture))
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGBA").convert("L"))
    except Image.DecompressionBombError as error:
        facts.add("too large", str(error))
    except Exception as error:  # noqa: BLE001 decoders raise many kinds; each means that the file is no good
        reason = str(error) or type(error).__name__
        facts.add("truncated" if "truncated" in reason.lower() else "damaged", reason)
    return None


def strict_jpeg(data: bytes, facts: Facts) -> np.ndarray | None:
    """Decode with libjpeg-turbo, every warning an error: it tells of damage that Pillow and TensorFlow pass over."""
    import simplejpeg

    try:
        return simplejpeg.decode_jpeg(data, colorspace="GRAY", strict=True)[..., 0]
    except ValueError as error:
        reason = str(error)
        facts.add("truncated" if "premature end" in reason.lower() else "damaged", reason)
    return None


def judge_channels(picture, kind: str, facts: Facts) -> None:
    """Note what makes the numbers of a picture differ from what training expects: three channels of 8 bits, upright."""
    mode = picture.mode
    if kind not in (*SUFFIX_OF, "WEBP") or (kind == "WEBP" and getattr(picture, "n_frames", 1) > 1):
        facts.add("other format", kind)
    if mode in ("CMYK", "YCCK"):
        facts.add("cmyk", mode)
    elif mode.startswith("I") or mode == "F":
        facts.add("16 bit", mode)
    elif mode == "P" and kind != "GIF":
        facts.add("palette", mode)
    elif mode in ("L", "1"):
        facts.add("grey", mode)
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        facts.add("transparent", mode)
    if kind in ("GIF", "PNG", "WEBP") and getattr(picture, "n_frames", 1) > 1:
        facts.add("animated", f"{picture.n_frames} frames")
    turn = picture.getexif().get(ORIENTATION, 1)
    if turn in range(2, 9):
        facts.add("turned", f"EXIF orientation {turn}")


def judge_name(path: Path, kind: str, facts: Facts) -> None:
    suffix = path.suffix.lower()
    named = {".jfif": "JPEG", ".jpe": "JPEG", ".webp": "WEBP", ".tif": "TIFF", ".tiff": "TIFF"}
    belongs = named.get(suffix) == kind or suffix in SUFFIX_OF.get(kind, ())
    if suffix not in SUFFIXES_READ:
        facts.add("suffix not read", suffix or "none")
    elif not belongs:
        facts.add("wrong suffix", f"{kind} named {suffix}")


def judge_light(grey: np.ndarray, facts: Facts) -> None:
    """Judge light, blur and flat parts, and keep a small grey copy for finding likenesses."""
    import cv2

    shrunk = cv2.resize(grey, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
    facts.small = shrunk
    mean, spread = float(shrunk.mean()), float(grey.std())
    if spread < 2:
        facts.add("one colour", f"mean {mean:.0f} of 255")
        return
    flat = flat_end(grey)
    if flat > 0.25:
        facts.add("half grey", f"the last {flat:.0%} of its rows")
    if np.percentile(shrunk, 99) < 45:
        facts.add("dark", f"mean {mean:.0f} of 255")
    elif np.percentile(shrunk, 1) > 225:
        facts.add("light", f"mean {mean:.0f} of 255")
    longest = max(grey.shape)
    scale = min(1.0, 256 / longest)
    sharp = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    edges = float(cv2.Laplacian(sharp, cv2.CV_32F).std()) / max(spread, 8.0)
    if edges < 0.045:
        facts.add("blurred", f"edges {edges:.3f} of the contrast")


def flat_end(grey: np.ndarray) -> float:
    """Share of the rows at the bottom that are the same middle grey: what decoders leave where data went missing.

    White or black rows are no damage: people put photos on white paper.
    """
    last = grey[-1, 0]
    if not 112 <= last <= 144:
        return 0.0
    same = (np.abs(grey.astype("int16") - int(last)) <= 1).all(axis=1)
    return float(np.argmin(same[::-1]) / len(same)) if not same.all() else 1.0


def upright(grey: np.ndarray, turn: int) -> np.ndarray:
    """Apply an EXIF orientation (1 to 8) to an array (h, w)."""
    if turn in (5, 6, 7, 8):
        grey = grey.T
    if turn in (2, 3, 6, 7):
        grey = grey[:, ::-1]
    if turn in (3, 4, 7, 8):
        grey = grey[::-1]
    return np.ascontiguousarray(grey)


def to_8_bits(values: np.ndarray) -> np.ndarray:
    """16-bit or float values to uint8. Values that fit into 12 bits, as cameras write them, are scaled from 12."""
    values = values.astype("float32")
    top = 255 if values.max() <= 255 else 4095 if values.max() <= 4095 else 65535
    return np.clip(values * (255 / top), 0, 255).astype("uint8")

"""What computes in the browser: LiteRT.js, Google's TFLite for WebAssembly, out of the npm package @litertjs/core.

It is fetched when a page is made, checked, and kept for the next page. Which registry it comes from is npm's own
setting, so that a mirror in a classroom is used as npm would use it.
"""

import base64
import hashlib
import importlib.metadata
import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers import downloads
from helpers.errors import InputError

PACKAGE, VERSION = "@litertjs/core", "2.5.3"
FILE = f"core-{VERSION}.tgz"
PACKED = Path(__file__).resolve().parents[2] / "downloads" / FILE  # in a handout, for there is no network
SHA512 = "PlGmbMOq9WitX7FO0jhbdJw9GthatsyuCQXjTt/wJZo0FLaw48q4tz8IwqgqCIkviYGr9OFDL1kCnN4nzWoyJQ=="  # npm: integrity
SHA256 = "a97660833e9e7e1063c95e12016718881240b14f7438728a2f62785e912d30fd"  # of the same file, for the download
# The build for one thread without "relaxed" instructions: it needs no headers from a server, runs in every browser
# since 2023, and computes the same on each machine.
SCRIPT, BINARY = (f"package/wasm/litert_wasm_compat_internal.{kind}" for kind in ("js", "wasm"))
NOTICE = f"""litert.js and litert_binary.js in this folder are LiteRT.js {VERSION}, copyright Google LLC, out of the npm
package {PACKAGE}, unchanged but for packing. They are licensed under the Apache License, Version 2.0:

"""


@dataclass(frozen=True)
class Runtime:
    """script: JavaScript that loads the binary. binary: WebAssembly. licence: to be handed on with both."""

    script: str
    binary: bytes
    licence: str


def get(given: Path | None = None) -> Runtime:
    """The runtime out of `given`, the file that `npm pack` leaves, or from the registry, asked only once.

    Raises InputError if there is neither, it cannot be fetched, or it is another file than expected.
    """
    data = read(given or fetched())
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        script, binary = (archive.extractfile(name).read() for name in (SCRIPT, BINARY))
    return Runtime(script.decode("utf-8"), binary, NOTICE + licence())


def read(given: Path) -> bytes:
    if not given.is_file():
        raise InputError(f"{given}: there is no such file; check the path, or make it by `{pack()}`.")
    data = given.read_bytes()
    if not is_expected(data):
        raise InputError(f"{given}: not version {VERSION} of {PACKAGE} (its SHA-512 differs); make it by `{pack()}`.")
    return data


def fetched() -> Path:
    """The package as it was packed or kept, or from the registry. Raises InputError if it is not to be had."""
    kept = PACKED if PACKED.is_file() else downloads.cache() / FILE
    if not (kept.is_file() and is_expected(kept.read_bytes())):
        try:
            kept = downloads.download(f"{registry(os.environ)}/{PACKAGE}/-/{FILE}", SHA256, downloads.cache())
        except InputError as error:
            raise InputError(str(error).replace("--from", f"--runtime (by `{pack()}`)")) from None
    return kept


def registry(environment: Mapping[str, str]) -> str:
    """Where npm gets its packages: by its variable, or as npm itself says. Raises InputError if nobody knows."""
    found = environment.get("npm_config_registry") or environment.get("NPM_CONFIG_REGISTRY")
    npm = shutil.which("npm", path=environment.get("PATH", ""))
    if not found and npm:
        asked = [npm, "config", "get", "registry"]
        found = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=120).stdout.strip()
    if not found:
        raise InputError(
            f"the page needs {PACKAGE} from the npm registry, and npm is not here: install Node.js, which has it, or "
            f"give the file that `{pack()}` makes elsewhere with --runtime."
        )
    if not found.startswith("https://"):
        raise InputError(f"{found}: npm's registry is not asked without https; set another, or use --runtime.")
    return found.rstrip("/")


def pack() -> str:
    return f"npm pack {PACKAGE}@{VERSION}"


def is_expected(data: bytes) -> bool:
    return base64.b64encode(hashlib.sha512(data).digest()).decode() == SHA512


def licence() -> str:
    """The text of the Apache License 2.0, which `requests` brings along; its address where it does not."""
    for path in importlib.metadata.files("requests") or []:
        if path.name == "LICENSE" and "Apache License" in (text := path.read_text(encoding="utf-8")):
            return text
    return "https://www.apache.org/licenses/LICENSE-2.0\n"

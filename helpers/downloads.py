"""An archive from the network: whole and checked, or not there at all; a broken download goes on where it stopped."""

import os
from pathlib import Path

from helpers.errors import InputError
from helpers.progress import progress

CHUNK = 1 << 20  # bytes
SECONDS = 30  # without an answer
SAFE = "https://"  # how an address must begin, and each that it is sent on to


def download(address: str, sha256: str, folder: str | Path | None = None) -> Path:
    """The file behind `address`, fetched into `folder` unless a good copy is there already.

    folder: `cache()` if not given. What was fetched before a line broke stays beside it as
    `….part`, and the next call asks for the rest only. Pooch compares the SHA-256 before the file gets its name.
    Raises InputError, with what to do, if it cannot be fetched or is not the file that is expected, and for addresses
    that are not https.
    """
    import pooch
    import requests

    folder = Path(folder or cache())
    name = address.rsplit("/", 1)[-1]
    part = folder / f"{name}.part"

    def resuming(url: str, output: str, _pooch) -> None:
        fetch_rest(url, part)
        os.replace(part, output)

    pooch.get_logger().setLevel("ERROR")
    try:
        return Path(pooch.retrieve(address, f"sha256:{sha256}", fname=name, path=folder, downloader=resuming))
    except InputError:
        raise
    except requests.RequestException as error:
        reason = (
            f"could not be fetched ({type(error).__name__}); check the network and call again, it goes on from there"
        )
    except ValueError:
        reason = "sent another file than expected (its SHA-256 differs), which was thrown away; call again"
    except OSError as error:
        reason = f"could not be saved in {folder} ({error.strerror}); make room there"
    raise InputError(f"{address}: {reason}, or give a copy with --from.")


def cache() -> Path:
    """Where this user's programs keep what can be had again, by the system's custom."""
    import pooch

    return Path(pooch.os_cache("image-labs"))


def fetch_rest(url: str, part: Path) -> None:
    """Append to `part` what is missing of it, or begin afresh where the server sends the whole."""
    import requests

    must_be_safe(url)
    have = part.stat().st_size if part.is_file() else 0
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {"Accept-Encoding": "identity"}
    with requests.get(url, headers=headers, stream=True, timeout=SECONDS) as answer:
        for step in (*answer.history, answer):
            must_be_safe(step.url)
        if answer.status_code == 416:  # nothing is missing, or it is not the same file: the checksum will tell
            return
        answer.raise_for_status()
        goes_on = answer.status_code == 206
        total = int(answer.headers.get("Content-Length", 0)) // CHUNK
        with part.open("ab" if goes_on else "wb") as file, progress(total=total, text=part.stem, unit="MB") as bar:
            for chunk in answer.iter_content(CHUNK):
                file.write(chunk)
                bar.update(1)


def must_be_safe(url: str) -> None:
    """Raises InputError for an address where anybody on the way may read and change what is sent."""
    if not url.startswith(SAFE):
        raise InputError(f"{url}: is not https, so nothing is fetched from there; give a copy with --from.")

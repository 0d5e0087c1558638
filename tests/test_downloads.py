"""A download from a real server on this machine: whole and checked, resumed, or refused with a sentence."""

import hashlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from helpers import downloads
from helpers.downloads import download
from helpers.errors import InputError

CONTENT = np.random.default_rng(0).integers(0, 255, 3_000_000, "uint8").tobytes()
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(BaseHTTPRequestHandler):
    """Serves CONTENT, and parts of it; `breaks_after`: hang up after so many bytes; `asked`: the ranges asked for."""

    breaks_after = sends_to = None
    asked: list[str | None]

    def do_GET(self):
        if self.sends_to and "127.0.0.1" in self.headers["Host"]:
            self.send_response(302)
            self.send_header("Location", self.sends_to)
            self.end_headers()
            return
        asked = self.headers.get("Range")
        type(self).asked.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:][: self.breaks_after])

    def log_message(self, *_):
        pass


@pytest.fixture(autouse=True)
def without_certificates(monkeypatch):
    monkeypatch.setattr(downloads, "SAFE", "http://")


@pytest.fixture
def server():
    handler = type("Handler", (Server,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        handler.address = f"http://127.0.0.1:{running.server_port}/photos.zip"
        yield handler
        running.shutdown()


def test_a_file_is_fetched_once(server, tmp_path):
    for _ in range(2):
        path = download(server.address, SHA256, tmp_path / "cache")
        assert path.read_bytes() == CONTENT
    assert server.asked == [None]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["photos.zip"]


def test_a_broken_download_goes_on_where_it_stopped(server, tmp_path):
    server.breaks_after = 2_500_000
    with pytest.raises(InputError, match="could not be fetched .*check the network and call again, it goes on"):
        download(server.address, SHA256, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photos.zip.part"]
    got = (tmp_path / "photos.zip.part").stat().st_size
    assert got > 1_000_000
    server.breaks_after = None
    assert download(server.address, SHA256, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={got}-"]


def test_another_file_than_expected_is_thrown_away(server, tmp_path):
    with pytest.raises(InputError, match="sent another file than expected .*--from"):
        download(server.address, "0" * 64, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_rest_of_another_file_does_not_spoil_the_next_try(server, tmp_path):
    (tmp_path / "photos.zip.part").write_bytes(b"x" * 1000)
    with pytest.raises(InputError, match="call again"):
        download(server.address, SHA256, tmp_path)
    assert download(server.address, SHA256, tmp_path).read_bytes() == CONTENT


def test_a_whole_part_needs_nothing_more(server, tmp_path):
    (tmp_path / "photos.zip.part").write_bytes(CONTENT)
    assert download(server.address, SHA256, tmp_path).read_bytes() == CONTENT


def test_no_server_is_answered_with_what_to_do(tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/photos.zip"
        with pytest.raises(InputError, match=r"photos.zip: could not be fetched \(ConnectionError\).*--from"):
            download(address, SHA256, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sent_on", [False, True])
def test_what_is_not_https_is_not_fetched(server, tmp_path, monkeypatch, sent_on):
    if sent_on:  # as from an address that begins well, to one that does not
        server.sends_to = server.address.replace("127.0.0.1", "localhost")
    monkeypatch.setattr(downloads, "SAFE", server.address if sent_on else "https://")
    with pytest.raises(InputError, match="is not https, so nothing is fetched from there; give a copy with --from"):
        download(server.address, SHA256, tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]

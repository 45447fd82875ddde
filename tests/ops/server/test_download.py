"""Long responses go out as fast as the client takes them, if it takes them at all."""

import os
import threading
from collections.abc import Iterator

import pytest

from board.ops.server import download, pace

CHUNK = b"0123456789abcdef" * 4096


class Connection:
    """Granian's side: what it was told to send."""

    def __init__(self) -> None:
        self.sent: tuple[int, bytes] | None = None
        self.source = -1

    def response_bytes(self, status: int, _headers: object, body: bytes) -> None:
        self.sent = status, body

    def response_file(self, _status: int, _headers: object, path: str) -> None:
        self.source = os.open(path, os.O_RDONLY)


def chunks(count: int) -> Iterator[bytes]:
    return (CHUNK for _ in range(count))


def test_a_short_response_is_sent_in_one_piece() -> None:
    connection = Connection()
    download.send(connection, 200, [], chunks(3))
    assert connection.sent == (200, CHUNK * 3)


def test_a_long_response_arrives_whole() -> None:
    connection, received = Connection(), []
    writing = threading.Thread(target=download.send, args=(connection, 200, [], chunks(100)))
    writing.start()
    while connection.source < 0:
        writing.join(0.001)
    while part := os.read(connection.source, 1 << 20):
        received.append(part)
    writing.join()
    os.close(connection.source)
    assert b"".join(received) == CHUNK * 100


def test_a_download_that_nobody_reads_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "GRACE", 0.01)
    monkeypatch.setattr(pace, "STALL_MAX", 0.01)
    connection = Connection()
    download.send(connection, 200, [], chunks(1000))
    os.close(connection.source)


def test_a_client_that_leaves_ends_its_download() -> None:
    connection, produced = Connection(), []

    def noted() -> Iterator[bytes]:
        for number in range(1000):
            produced.append(number)
            yield CHUNK

    writing = threading.Thread(target=download.send, args=(connection, 200, [], noted()))
    writing.start()
    while connection.source < 0:
        writing.join(0.001)
    for _ in range(40):
        os.read(connection.source, 1 << 16)
    os.close(connection.source)
    writing.join()
    assert len(produced) < 1000


def test_more_long_downloads_than_places_are_told_to_come_back() -> None:
    taken = [download.places.acquire(blocking=False) for _ in range(9)]
    connection = Connection()
    try:
        download.send(connection, 200, [], chunks(100))
    finally:
        for _ in filter(None, taken):
            download.places.release()
    assert taken == [True] * 8 + [False]
    assert connection.sent == (503, b"Busy.")

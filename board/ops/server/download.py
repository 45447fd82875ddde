"""Downloads: responses too long for memory, written as fast as the client takes them.

Granian’s own streams have no limit: a client that reads nothing would fill the memory. It reads
files with one, and a pipe is a file.
"""

import os
import select
from collections.abc import Iterable, Iterator
from contextlib import suppress
from threading import BoundedSemaphore
from typing import Any

from board.ops.server.pace import Pace

MEMORY_MAX = 1024**2  # bytes of a response that is sent in one piece
# At a time, in each worker. A slow one occupies its thread for long.
places = BoundedSemaphore(8)
_PIPE_MAX = 1024**2  # bytes, more than a pipe holds: so much was written only if Granian reads

Headers = list[tuple[str, str]]


def send(proto: Any, status: int, headers: Headers, chunks: Iterable[bytes]) -> None:
    """Send the response; in one piece if it is short."""
    iterator, begun, size = iter(chunks), [], 0
    for chunk in iterator:
        begun.append(chunk)
        size += len(chunk)
        if size > MEMORY_MAX:
            _send_long(proto, status, headers, _joined(begun, iterator))
            return
    proto.response_bytes(status, headers, b"".join(begun))


def _joined(begun: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from begun
    yield from rest


def _send_long(proto: Any, status: int, headers: Headers, chunks: Iterator[bytes]) -> None:
    if not places.acquire(blocking=False):
        busy = [("Retry-After", "10"), ("Content-Type", "text/plain"), ("Server", "")]
        proto.response_bytes(503, busy, b"Busy.")
        return
    try:
        source, sink = os.pipe()
        os.set_blocking(sink, False)
        proto.response_file(status, headers, f"/proc/self/fd/{source}")
        with suppress(OSError):  # the client is gone, or too slow
            _write(source, sink, chunks)
    finally:
        places.release()


def _write(source: int, sink: int, chunks: Iterator[bytes]) -> None:
    """Raises TimeoutError and BrokenPipeError."""
    pace, is_open = Pace(), True
    try:
        for chunk in chunks:
            _write_chunk(sink, memoryview(chunk), pace)
            if is_open and pace.moved > _PIPE_MAX:  # Granian has opened it: no need of ours
                os.close(source)
                is_open = False
    finally:
        os.close(sink)
        if is_open:
            os.close(source)


def _write_chunk(sink: int, chunk: memoryview, pace: Pace) -> None:
    writable = select.poll()
    writable.register(sink, select.POLLOUT)
    while chunk:
        if not writable.poll(max(0, pace.seconds_left) * 1000):
            raise TimeoutError
        written = os.write(sink, chunk)
        pace.add(written)
        chunk = chunk[written:]

"""A lock for each key, between threads and processes: who does the same thing twice waits."""

import fcntl
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from board.runtime.limiter import QueueFull

_PAUSE = 0.02  # seconds between tries


class KeyLock:
    """Locks one byte of a file for each key; the file stays empty, and the kernel unlocks the byte
    when its process dies.

    Up to `queue` threads of this process wait, for at most `wait` seconds; others get QueueFull at
    once.
    """

    def __init__(self, path: Path, *, queue: int, wait: float) -> None:
        self._path, self._wait = path, wait
        self._waiting = threading.BoundedSemaphore(queue)

    @contextmanager
    def hold(self, key: bytes) -> Iterator[None]:
        """`key`: at least eight random bytes. Raises QueueFull."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not _try_lock(descriptor, key):
                self._wait_for(descriptor, key)
            yield
        finally:
            os.close(descriptor)  # and with it the lock

    def _wait_for(self, descriptor: int, key: bytes) -> None:
        deadline = time.monotonic() + self._wait
        if not self._waiting.acquire(blocking=False):
            raise QueueFull
        try:
            while not _try_lock(descriptor, key):
                if time.monotonic() > deadline:
                    raise QueueFull
                time.sleep(_PAUSE)
        finally:
            self._waiting.release()


def _try_lock(descriptor: int, key: bytes) -> bool:
    """Lock the byte of this key: by open file, so that threads exclude each other as well."""
    start = int.from_bytes(key[:8]) >> 2  # a position in a file
    flock = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start, 1, 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, flock)
    except BlockingIOError:
        return False
    return True

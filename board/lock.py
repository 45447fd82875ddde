"""A fair lock between threads and processes, with a deadline.

SQLite lets writers in by luck: its busy handler sleeps and tries again, so under load one process
can wait seconds while another commits hundreds of times. This lock hands out turns instead.
"""

import fcntl
import os
import threading
import time
from pathlib import Path
from types import TracebackType


class Busy(Exception):
    """Nobody let us write before the deadline. Nothing was changed; try again."""


class WriteLock:
    """One writer at a time among all threads and processes that name the same file.

    Between processes there are two file locks. Whoever waits for the second (the lock itself)
    holds the first (the turnstile), so a process that has just released the lock cannot overtake
    the one that waits. The kernel drops both when a process dies.
    """

    WAIT = 3.0  # seconds; longer than any honest transaction, shorter than a reader's patience
    PAUSE = 0.0002  # seconds between tries; a transaction takes about twice as long

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._turnstile = -1
        self._lock = -1
        self._pid = -1

    def __enter__(self) -> None:
        deadline = time.monotonic() + self.WAIT
        if not self._threads.acquire(timeout=self.WAIT):
            raise Busy
        try:
            self._open()
            _lock(self._turnstile, deadline)
            try:
                _lock(self._lock, deadline)
            finally:
                fcntl.flock(self._turnstile, fcntl.LOCK_UN)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        self._threads.release()

    def _open(self) -> None:
        # A descriptor inherited over fork would share its lock with the parent.
        if self._pid == os.getpid():
            return
        flags, mode = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        self._turnstile = os.open(self._path.with_suffix(".turnstile"), flags, mode)
        self._lock = os.open(self._path, flags, mode)
        self._pid = os.getpid()


def _lock(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Busy from None
            time.sleep(WriteLock.PAUSE)
        else:
            return

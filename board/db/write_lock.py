"""The write lock: fair between threads and processes, with a deadline.

SQLite lets writers in by chance: its busy handler sleeps and tries again, so under load one process
can wait seconds while another commits hundreds of times. This lock is first come, first served.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType


class LockTimeout(Exception):
    """The write lock was not free before the deadline. Nothing was changed; try again."""


class ProcessLock:
    """A lock between processes, first come, first served; one thread of a process at a time.

    There are two file locks. The process that waits for the second (the lock itself) holds the
    first (the turnstile), so one that has just released the lock cannot overtake the one waiting.
    The kernel drops both when a process dies. A waiting process tries every `pause` seconds.
    """

    def __init__(self, path: Path, *, pause: float) -> None:
        self._path = path
        self._pause = pause
        self._turnstile = -1
        self._lock = -1
        self._pid = -1

    def acquire(self, deadline: float) -> None:
        """Wait until the deadline, by the monotonic clock. Raises LockTimeout."""
        self._open()
        self._wait_for(self._turnstile, deadline)
        try:
            self._wait_for(self._lock, deadline)
        finally:
            fcntl.flock(self._turnstile, fcntl.LOCK_UN)

    def release(self) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the lock files; the next `acquire` opens them again."""
        if self._pid == os.getpid():
            os.close(self._turnstile)
            os.close(self._lock)
            self._pid = -1

    def _open(self) -> None:
        # A descriptor inherited over fork would share its lock with the parent.
        if self._pid == os.getpid():
            return
        flags, mode = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        self._turnstile = os.open(self._path.with_suffix(".turnstile"), flags, mode)
        self._lock = os.open(self._path, flags, mode)
        self._pid = os.getpid()

    def _wait_for(self, descriptor: int, deadline: float) -> None:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LockTimeout from None
                time.sleep(self._pause)
            else:
                return


class FifoThreadLock:
    """A lock between threads, first come, first served.

    Python's own locks go to the thread that tries at the right moment: under load, a waiting one is
    overtaken again and again.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()  # guards the two below; never held while waiting
        self._is_held = False
        self._queue: deque[threading.Lock] = deque()  # one for each waiting thread; released to it

    def __len__(self) -> int:
        """How many threads are waiting."""
        return len(self._queue)

    def acquire(self, deadline: Callable[[int], float], *, poll_every: float) -> bool:
        """Wait in the queue. `deadline(n)` is the deadline, by the monotonic clock, of a thread
        with n others before it; it is called every `poll_every` seconds. False if it has passed."""
        with self._mutex:
            if not self._is_held:
                self._is_held = True
                return True
            place = threading.Lock()
            place.acquire()
            self._queue.append(place)
        while not place.acquire(timeout=poll_every):
            with self._mutex:
                if place not in self._queue:  # released to us a moment ago
                    return True
                if time.monotonic() > deadline(self._queue.index(place)):
                    self._queue.remove(place)
                    return False
        return True

    def release(self) -> None:
        """Hand the lock to the first thread in the queue, so that no other can come between."""
        with self._mutex:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._is_held = False


class WriteLock:
    """One writer at a time among all threads and processes that name the same file."""

    WAIT = 3.0  # seconds; longer than any honest transaction, shorter than a reader's patience
    # Threads that may wait behind the first in any case; more only while writes are quick. So
    # during a write that does not end, the other threads go on serving readers.
    QUEUE = 2
    STUCK = 0.5  # seconds; no write of ours takes so long
    PAUSE = 0.0002  # seconds between tries; a transaction takes about twice as long

    def __init__(self, path: Path) -> None:
        self._process_lock = ProcessLock(path, pause=self.PAUSE)
        self._thread_lock = FifoThreadLock()
        self._acquired_at = 0.0  # when a thread of this process last acquired the thread lock

    def close(self) -> None:
        self._process_lock.close()

    def __enter__(self) -> float:
        return self._acquire(self.WAIT)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._release()

    @contextmanager
    def within(self, timeout: float) -> Iterator[float]:
        """Hold the lock, having waited for it no longer than `timeout` seconds."""
        deadline = self._acquire(timeout)
        try:
            yield deadline
        finally:
            self._release()

    def _acquire(self, timeout: float) -> float:
        """The deadline, by the monotonic clock, for anything else the holder must wait for."""
        deadline = time.monotonic() + timeout

        def deadline_behind(others: int) -> float:
            if others < self.QUEUE:
                return deadline
            return min(deadline, self._acquired_at + self.STUCK)

        poll_every = min(timeout, self.STUCK / 10)
        if not self._thread_lock.acquire(deadline_behind, poll_every=poll_every):
            raise LockTimeout
        self._acquired_at = time.monotonic()
        try:
            self._process_lock.acquire(deadline)
        except BaseException:
            self._thread_lock.release()
            raise
        return deadline

    def _release(self) -> None:
        self._process_lock.release()
        self._thread_lock.release()

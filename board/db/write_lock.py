"""A fair lock between threads and processes, with a deadline.

SQLite lets writers in by luck: its busy handler sleeps and tries again, so under load one process
can wait seconds while another commits hundreds of times. This lock hands out turns instead.
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
    """Nobody let us write before the deadline. Nothing was changed; try again."""


class ProcessLock:
    """One process at a time, each in its turn; of a process only one thread may come here.

    There are two file locks. Whoever waits for the second (the lock itself) holds the first (the
    turnstile), so a process that has just released the lock cannot overtake the one that waits.
    The kernel drops both when a process dies. Who waits tries again each `pause` seconds.
    """

    def __init__(self, path: Path, *, pause: float) -> None:
        self._path = path
        self._pause = pause
        self._turnstile = -1
        self._lock = -1
        self._pid = -1

    def acquire(self, deadline: float) -> None:
        """Wait until then, by the monotonic clock. Raises Busy."""
        self._open()
        self._wait_for(self._turnstile, deadline)
        try:
            self._wait_for(self._lock, deadline)
        finally:
            fcntl.flock(self._turnstile, fcntl.LOCK_UN)

    def release(self) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the files back to the system; whoever comes next opens them anew."""
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
    """One thread at a time, in the order in which they came.

    A lock of Python's own goes to whoever asks at the right moment: under load, one that waits is
    overtaken again and again.
    """

    def __init__(self) -> None:
        self._gate = threading.Lock()  # never held for longer than it takes to look
        self._is_taken = False
        self._line: deque[threading.Lock] = deque()  # each opened when it is the turn of its thread

    def __len__(self) -> int:
        """How many stand in the line."""
        return len(self._line)

    def acquire(self, patience: Callable[[int], float], *, look_each: float) -> bool:
        """Wait one's turn. `patience` is until when, by the monotonic clock, with so many others
        before one in the line; it is asked anew every `look_each` seconds. False when it is over.
        """
        with self._gate:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._line.append(turn)
        while not turn.acquire(timeout=look_each):
            with self._gate:
                if turn not in self._line:  # it came just now
                    return True
                if time.monotonic() > patience(self._line.index(turn)):
                    self._line.remove(turn)
                    return False
        return True

    def release(self) -> None:
        """The next in the line has it at once, so nobody can come between."""
        with self._gate:
            if self._line:
                self._line.popleft().release()
            else:
                self._is_taken = False


class WriteLock:
    """One writer at a time among all threads and processes that name the same file."""

    WAIT = 3.0  # seconds; longer than any honest transaction, shorter than a reader's patience
    # Threads that wait behind the first whatever happens; more only while turns pass quickly. So
    # when one turn does not end, the others go on serving readers.
    QUEUE = 2
    STUCK = 0.5  # seconds; no turn of ours takes so long
    PAUSE = 0.0002  # seconds between tries; a transaction takes about twice as long

    def __init__(self, path: Path) -> None:
        self._between = ProcessLock(path, pause=self.PAUSE)
        self._threads = FifoThreadLock()
        self._since = 0.0  # when a thread of ours last got its turn

    def close(self) -> None:
        self._between.close()

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
    def within(self, patience: float) -> Iterator[float]:
        """The same, for whoever waits no longer than so many seconds."""
        deadline = self._acquire(patience)
        try:
            yield deadline
        finally:
            self._release()

    def _acquire(self, patience: float) -> float:
        """Until when, by the monotonic clock, the holder may go on to wait for something else."""
        deadline = time.monotonic() + patience

        def until(before: int) -> float:
            return deadline if before < self.QUEUE else min(deadline, self._since + self.STUCK)

        if not self._threads.acquire(until, look_each=min(patience, self.STUCK / 10)):
            raise LockTimeout
        self._since = time.monotonic()
        try:
            self._between.acquire(deadline)
        except BaseException:
            self._threads.release()
            raise
        return deadline

    def _release(self) -> None:
        self._between.release()
        self._threads.release()

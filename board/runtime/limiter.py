"""Limits how many expensive operations run at once, so that plain readers are not kept waiting."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, current_app

from board.db.write_lock import LockTimeout, ProcessLock
from board.runtime.metrics import work

_CORES_PER_SLOT = 2  # one core of two works, the other is for readers
_PAUSE = 0.004  # seconds between tries; the work waited for takes some ten times as long


class QueueFull(Exception):
    """Too many requests want the same expensive operation at this moment."""


class Limiter:
    """Limits expensive work: one thread of this process at a time, and for each pair of cores one
    thread of all processes of the app in all limiters with this `slot`.

    Up to `queue` threads wait, for at most `wait` seconds; others get QueueFull at once. A waiting
    thread serves nobody: ops/server/dispatcher.py has enough of them for all queues, and more.
    A thread inside one must not enter another with the same slot: it would wait for itself.
    """

    def __init__(self, name: str, *, queue: int, wait: float, slot: str = "short") -> None:
        self.name, self.queue, self.wait, self._slot_name = name, queue, wait, slot
        self.clients = ConcurrencyLimit(1 + queue)  # for callers that give each client a share
        work.REFUSED.add_series(name)
        self._running = threading.BoundedSemaphore(1)
        self._waiting = threading.BoundedSemaphore(queue)
        self._slot: ProcessLock | None = None  # held by the running thread

    def __enter__(self) -> None:
        try:
            self._acquire()
        except QueueFull:
            work.count_refusal(self.name)
            raise

    def _acquire(self) -> None:
        """Raises QueueFull."""
        deadline = time.monotonic() + self.wait
        self._acquire_thread()
        try:
            self._slot = self._process_slot()
            if self._slot:
                self._slot.acquire(deadline)
        except BaseException as error:
            self._running.release()
            if isinstance(error, LockTimeout):
                raise QueueFull from None
            raise

    def __exit__(self, *_: object) -> None:
        if self._slot:
            self._slot.release()
        self._running.release()

    def _acquire_thread(self) -> None:
        if self._running.acquire(blocking=False):
            return
        if not self._waiting.acquire(blocking=False):
            raise QueueFull
        try:
            if not self._running.acquire(timeout=self.wait):
                raise QueueFull
        finally:
            self._waiting.release()

    def _process_slot(self) -> ProcessLock | None:
        """The lock that processes of this instance share. None where there is no app."""
        if not current_app:
            return None
        slots: dict[tuple[str, Path], ProcessLock] = current_app.extensions["limiter_slots"]
        number = os.getpid() % max(1, (os.cpu_count() or 1) // _CORES_PER_SLOT)
        path = Path(current_app.instance_path) / f"{self._slot_name}-{number}.turn"
        # Each limiter has a lock object of its own: one object serves one thread of a process.
        if (self.name, path) not in slots:
            slots[self.name, path] = ProcessLock(path, pause=_PAUSE)
        return slots[self.name, path]


class ConcurrencyLimit:
    """A few threads of this process at a time, and only some of them for one client.

    Others get QueueFull at once: no thread waits here, so however many come, the rest serve
    readers. What a client is called is forgotten when its request ends.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._running: Counter[str] = Counter()
        self._mutex = threading.Lock()

    @contextmanager
    def one_of(self, most: int, client: str) -> Iterator[None]:
        """One thread for this client, of at most `most`. Raises QueueFull."""
        with self._mutex:
            if self._running.total() >= self._total or self._running[client] >= most:
                raise QueueFull
            self._running[client] += 1
        try:
            yield
        finally:
            with self._mutex:
                self._running -= Counter([client])


# Of work that takes seconds: exports, case files, trials of word rules.
long_work = Limiter("long", queue=2, wait=10, slot="long")


def init_app(app: Flask) -> None:
    app.extensions["limiter_slots"] = {}

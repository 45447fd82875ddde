"""Dear work, one at a time, so that whoever only reads is not kept waiting."""

import os
import threading
import time
from pathlib import Path

from flask import Flask, current_app

from board.db.write_lock import LockTimeout, ProcessLock

_CORES_FOR_ONE = 2  # one core of two works, the other is for readers
_PAUSE = 0.004  # seconds between tries; what is waited for takes some ten times as long


class QueueFull(Exception):
    """Too many ask for the same at this moment."""


class Limiter:
    """One thread of this process, and for an app one process for each pair of cores.

    As many threads as `queue` may wait, for so many seconds; others hear TooBusy at once. A thread
    that waits serves nobody: board/ops/serve.py has enough for all queues, and some to spare.
    """

    def __init__(self, name: str, *, queue: int, wait: float) -> None:
        self.name, self.queue, self.wait = name, queue, wait
        self._turn = threading.BoundedSemaphore(1)
        self._queue = threading.BoundedSemaphore(queue)
        self._held: ProcessLock | None = None  # by the thread whose turn it is

    def __enter__(self) -> None:
        deadline = time.monotonic() + self.wait
        self._stand_in_line()
        try:
            self._held = self._slot()
            if self._held:
                self._held.acquire(deadline)
        except BaseException as error:
            self._turn.release()
            if isinstance(error, LockTimeout):
                raise QueueFull from None
            raise

    def __exit__(self, *_: object) -> None:
        if self._held:
            self._held.release()
        self._turn.release()

    def _stand_in_line(self) -> None:
        if self._turn.acquire(blocking=False):
            return
        if not self._queue.acquire(blocking=False):
            raise QueueFull
        try:
            if not self._turn.acquire(timeout=self.wait):
                raise QueueFull
        finally:
            self._queue.release()

    def _slot(self) -> ProcessLock | None:
        """What processes of the same instance take turns at. None where there is no app."""
        if not current_app:
            return None
        slots: dict[Path, ProcessLock] = current_app.extensions["turns"]
        slot = os.getpid() % max(1, (os.cpu_count() or 1) // _CORES_FOR_ONE)
        path = Path(current_app.instance_path) / f"{self.name}-{slot}.turn"
        if path not in slots:
            slots[path] = ProcessLock(path, pause=_PAUSE)
        return slots[path]


def init_app(app: Flask) -> None:
    app.extensions["turns"] = {}

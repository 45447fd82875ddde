"""Dear work, one at a time, so that whoever only reads is not kept waiting."""

import os
import threading
import time
from pathlib import Path
from typing import ClassVar

from flask import Flask

from board.lock import BetweenProcesses, Busy

_CORES_FOR_ONE = 2  # one core of two works, the other is for readers
_PAUSE = 0.004  # seconds between tries; what is waited for takes some ten times as long


class TooBusy(Exception):
    """Too many ask for the same at this moment."""


class Turns:
    """One thread of this process, and one process for each pair of cores.

    As many threads as `queue` may wait, for so many seconds; others hear TooBusy at once. A thread
    that waits serves nobody: board/cli.py has enough for all queues, and some to spare.
    """

    all: ClassVar[list["Turns"]] = []

    def __init__(self, name: str, *, queue: int, wait: float) -> None:
        self.name, self.queue, self.wait = name, queue, wait
        self._turn = threading.BoundedSemaphore(1)
        self._queue = threading.BoundedSemaphore(queue)
        self._between: BetweenProcesses | None = None
        self.all.append(self)

    def share(self, folder: Path) -> None:
        """From now on with all processes that name the same folder."""
        slot = os.getpid() % max(1, (os.cpu_count() or 1) // _CORES_FOR_ONE)
        path = folder / f"{self.name}-{slot}.turn"
        self._between = BetweenProcesses(path, pause=_PAUSE)

    def __enter__(self) -> None:
        deadline = time.monotonic() + self.wait
        self._stand_in_line()
        try:
            if self._between:
                self._between.take(deadline)
        except Busy:
            self._turn.release()
            raise TooBusy from None

    def __exit__(self, *_: object) -> None:
        if self._between:
            self._between.give_back()
        self._turn.release()

    def _stand_in_line(self) -> None:
        if self._turn.acquire(blocking=False):
            return
        if not self._queue.acquire(blocking=False):
            raise TooBusy
        try:
            if not self._turn.acquire(timeout=self.wait):
                raise TooBusy
        finally:
            self._queue.release()


def init_app(app: Flask) -> None:
    for turns in Turns.all:
        turns.share(Path(app.instance_path))

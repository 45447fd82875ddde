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
        self._slots: list[BetweenProcesses] = []
        self.all.append(self)

    def share(self, folder: Path) -> None:
        """From now on with all processes that name the same folder, and with no others."""
        for slot in self._slots:
            slot.close()
        count = max(1, (os.cpu_count() or 1) // _CORES_FOR_ONE)
        paths = [folder / f"{self.name}-{slot}.turn" for slot in range(count)]
        self._slots = [BetweenProcesses(path, pause=_PAUSE) for path in paths]

    def __enter__(self) -> None:
        deadline = time.monotonic() + self.wait
        self._stand_in_line()
        try:
            for slot in self._ours():
                slot.take(deadline)
        except BaseException as error:
            self._turn.release()
            if isinstance(error, Busy):
                raise TooBusy from None
            raise

    def __exit__(self, *_: object) -> None:
        for slot in self._ours():
            slot.give_back()
        self._turn.release()

    def _ours(self) -> list[BetweenProcesses]:
        """The slot of this process, asked for after any fork; none before `share`."""
        return self._slots and [self._slots[os.getpid() % len(self._slots)]]

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

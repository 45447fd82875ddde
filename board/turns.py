"""Dear work, one at a time in each worker, so that whoever only reads is not kept waiting."""

import threading


class TooBusy(Exception):
    """Too many ask for the same at this moment."""


class Turns:
    """As many threads as `queue` may wait, for so many seconds; others hear TooBusy at once.

    A thread that waits serves nobody: board/cli.py has enough for all queues, and some to spare.
    """

    def __init__(self, *, queue: int, wait: float) -> None:
        self.queue, self.wait = queue, wait
        self._turn = threading.BoundedSemaphore(1)
        self._queue = threading.BoundedSemaphore(queue)

    def __enter__(self) -> None:
        if self._turn.acquire(blocking=False):
            return
        if not self._queue.acquire(blocking=False):
            raise TooBusy
        try:
            if not self._turn.acquire(timeout=self.wait):
                raise TooBusy
        finally:
            self._queue.release()

    def __exit__(self, *_: object) -> None:
        self._turn.release()

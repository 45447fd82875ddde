"""The process of `serve` in which the background worker is: kept alive for as long as it serves.

It is forked, so it costs neither a start nor the memory that pages share, and it is no child of the
web workers: neither can take the other with it.
"""

import logging
import os
import platform
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkProcess
from types import FrameType

from flask import Flask

from board.ops.background.worker import Worker
from board.ops.server.supervisor import next_pause
from board.runtime.metrics.cells import cells

STOP_SECONDS = 10.0  # for the email on the line, before it is killed
_POLL = 0.5  # seconds between two looks whether to end
_log = logging.getLogger(__name__)


@contextmanager
def background_worker(app: Flask) -> Iterator[None]:
    """Keep the process alive while the block runs."""
    keeper = _Keeper(app)
    thread = threading.Thread(target=keeper.keep_alive, name="background worker", daemon=True)
    keeper.start()
    thread.start()
    try:
        yield
    finally:
        keeper.ends.set()
        thread.join()


class _Keeper:
    def __init__(self, app: Flask) -> None:
        self._app, self._holder = app, new_holder()
        self.ends = threading.Event()
        self._pause = 0.0

    def start(self) -> None:
        self._started = time.monotonic()
        arguments = os.getpid(), self._app, self._holder
        self._process = ForkProcess(target=_work_for, args=arguments, name="background worker")
        self._process.start()

    def keep_alive(self) -> None:
        """Start the process again after it ended, later each time while it dies young."""
        while not self.ends.is_set():
            self._process.join(_POLL)
            if self._process.exitcode is None:
                continue
            self._pause = max(1.0, next_pause(self._pause, time.monotonic() - self._started))
            if not self.ends.wait(self._pause):
                _log.error(
                    "background worker ended with status %s; it was started again after %d seconds",
                    self._process.exitcode, self._pause,
                )  # fmt: skip
                self.start()
        self._stop()

    def _stop(self) -> None:
        self._process.terminate()
        self._process.join(STOP_SECONDS)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()


def new_holder() -> str:
    """A name for a holder of the lease that no other process has."""
    return f"{platform.node()[:60]} {uuid.uuid4().hex}"


def _work_for(server: int, app: Flask, holder: str) -> None:
    cells.take(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all: the server says when to end
    run_worker(app, holder, is_wanted=lambda: os.getppid() == server)


def run_worker(app: Flask, holder: str, *, is_wanted: Callable[[], bool]) -> None:
    """Work until SIGTERM comes or it is no longer wanted; then end what was begun."""
    is_asked_to_end = False

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_asked_to_end
        is_asked_to_end = True

    signal.signal(signal.SIGTERM, end)
    Worker(app, holder=holder, goes_on=lambda: not is_asked_to_end and is_wanted()).run()

"""Supervisor: Granian’s server, which starts workers that died again, for ever.

Granian itself gives up, and ends all workers, when one dies twice within 5.5 seconds. And it may
miss a signal to end that comes while it forks a worker or counts the dead ones.
"""

import logging
import os
import signal
import time
from collections.abc import Iterable
from queue import SimpleQueue
from typing import Any

from granian.server.mp import MPServer

STEADY = 60.0  # seconds; a worker that lived as long is started again at once
PAUSE_MAX = 15.0  # seconds
_STEP = 0.1  # seconds between two looks for a signal to end
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_log = logging.getLogger(__name__)


class Wakeup:
    """What Granian’s loop waits for, in the place of a `threading.Event`.

    A signal handler may call `set` in the middle of any other method, where an Event’s own lock
    would wait for itself. And each `set` ends one `wait`, so none is lost between two looks.
    """

    def __init__(self) -> None:
        self._sets: SimpleQueue[None] = SimpleQueue()  # made for signal handlers

    def set(self) -> None:
        self._sets.put(None)

    def wait(self) -> None:
        self._sets.get()

    def clear(self) -> None:
        """Nothing to do."""


class Supervisor(MPServer):
    """Waits longer before each start, up to PAUSE_MAX, while workers die young."""

    _pause = 0.0
    _latest_start = float("-inf")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.main_loop_interrupt: Any = Wakeup()

    def _serve_loop(self, *spawning: Any) -> None:
        """Until a signal to end. The state decides, not what was noted of it: a worker may die,
        or a signal come, between any two lines."""
        granian: Any = self  # which has no types for these
        while not self.interrupt_signal:
            if self.reload_signal:
                granian._reload(*spawning)
            elif dead := [i for i, each in enumerate(granian.wrks) if not each.is_alive()]:
                self._start_again(dead, *spawning)
            else:
                self.main_loop_interrupt.wait()

    def _start_again(self, dead: Iterable[int], *spawning: Any) -> None:
        self._pause = next_pause(self._pause, time.monotonic() - self._latest_start)
        for index in dead:
            _log.error(
                "worker %d ended with status %s; it is started again in %d seconds",
                index + 1, self.wrks[index].inner.exitcode, self._pause,
            )  # fmt: skip
        if self._sleep(self._pause):
            self.interrupt_children.clear()
            self._respawn_workers(dead, *spawning)
            self._latest_start = time.monotonic()

    def _sleep(self, seconds: float) -> bool:
        """Wait. False if a signal to end came meanwhile."""
        until = time.monotonic() + seconds
        while not self.interrupt_signal and time.monotonic() < until:
            time.sleep(_STEP)
        return not self.interrupt_signal


def next_pause(before: float, lived: float) -> float:
    """Seconds before the next start, if a worker lived so long after the last one."""
    return 0.0 if lived > STEADY else min(PAUSE_MAX, max(1.0, 2 * before))


def keep_signals_at_fork() -> None:
    """Let a signal to end that reaches a process just forked end it.

    The handlers it inherits would note the signal in its copy of the parent’s memory, and it would
    wait for ever. So signals wait, in both, until a new process has the default ones instead.
    """
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS),
        after_in_child=_take_default_signals,
    )


def _take_default_signals() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

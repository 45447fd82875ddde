"""Supervisor: Granian’s server, which starts workers that died again, for ever.

Granian itself gives up, and ends all workers, when one dies twice within 5.5 seconds.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any

from granian.server.mp import MPServer

STEADY = 60.0  # seconds; a worker that lived as long is started again at once
PAUSE_MAX = 15.0  # seconds
_STEP = 0.1  # seconds between two looks for a signal to end
_log = logging.getLogger(__name__)


class Supervisor(MPServer):
    """Waits longer before each start, up to PAUSE_MAX, while workers die young."""

    _pause = 0.0
    _latest_start = float("-inf")

    def _respawn_workers(self, workers: Iterable[int], *args: Any, **kwargs: Any) -> None:
        dead = [index for index in workers if not self.wrks[index].inner.is_alive()]
        if dead:  # none when all are started anew to read settings again
            self._pause = next_pause(self._pause, time.monotonic() - self._latest_start)
            for index in dead:
                status = self.wrks[index].inner.exitcode
                _log.error(
                    "worker %d ended with status %s; it is started again in %d seconds",
                    index + 1, status, self._pause,
                )  # fmt: skip
            if not self._sleep(self._pause):
                return
        super()._respawn_workers(workers, *args, **kwargs)
        self._latest_start = time.monotonic()
        self.respawned_wrks.clear()  # by these it would decide to give up

    def _sleep(self, seconds: float) -> bool:
        """Wait. False if a signal to end came meanwhile."""
        until = time.monotonic() + seconds
        while not self.interrupt_signal and time.monotonic() < until:
            time.sleep(_STEP)
        return not self.interrupt_signal


def next_pause(before: float, lived: float) -> float:
    """Seconds before the next start, if a worker lived so long after the last one."""
    return 0.0 if lived > STEADY else min(PAUSE_MAX, max(1.0, 2 * before))

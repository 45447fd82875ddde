"""The clocks of a machine: somebody sets the one, and the other counts the seconds since start."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine

from board.db import now
from board.runtime import clock_check, jobs
from board.runtime.clock_check import Moment


class HostClock:
    def __init__(self, traveller: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
        self._traveller, self._boot, self._uptime = traveller, 1, 1000.0
        monkeypatch.setattr(clock_check, "_now", self._read)

    def step(self, by: timedelta) -> None:
        """Somebody sets the clock."""
        self._traveller.shift(by)

    def go(self, by: timedelta) -> None:
        """Time passes."""
        self._traveller.shift(by)
        self._uptime += by.total_seconds()

    def restart(self, after: timedelta) -> None:
        """The machine is off so long."""
        self._traveller.shift(after)
        self._boot, self._uptime = self._boot + 1, 20.0

    def _read(self) -> Moment:
        return Moment(str(self._boot), self._uptime, datetime.now().timestamp())


@contextmanager
def host_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[HostClock]:
    """A clock that stands still, and that the board has seen once."""
    with time_machine.travel(now(), tick=False) as traveller:
        clock = HostClock(traveller, monkeypatch)
        jobs.run_pending()
        yield clock

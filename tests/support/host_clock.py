"""The clocks of a machine: somebody sets the one, and the other counts the seconds since start."""

from datetime import datetime, timedelta

import pytest
import time_machine

from board.runtime import clock_check
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

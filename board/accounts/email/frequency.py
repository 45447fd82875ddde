"""Email frequency: how often emails of a kind leave, and up to when events are due for one."""

import enum
from datetime import datetime, time, timedelta

from board.db.clock import last_at, local

DAILY_AT = time(8, 30)  # in the newsroom


class Frequency(enum.StrEnum):
    OFF = "off"
    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"

    def cutoff(self, moment: datetime, *, delay: timedelta) -> datetime:
        """Until when events are due at `moment`. AT_ONCE is `delay` later; OFF has none."""
        if self is Frequency.AT_ONCE:
            return moment - delay
        if self is Frequency.HOURLY:
            return local(moment).replace(minute=0, second=0, microsecond=0)
        return last_at(DAILY_AT, moment)

"""Schedule of digests, by the clock of the newsroom."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from board.db.clock import local
from board.notifications.preferences import Frequency

PAUSE = timedelta(minutes=2)  # a decision may be undone, a comment deleted, a page read until then
DAILY_AT = time(8, 30)
NIGHT_FROM, NIGHT_TO = 21, 8  # hours; nothing is mailed between them but what the law demands


def is_night(moment: datetime) -> bool:
    return not NIGHT_TO <= local(moment).hour < NIGHT_FROM


def cutoffs(moment: datetime) -> Mapping[Frequency, datetime]:
    """Whatever is older is due now."""
    here = local(moment)
    today = here.replace(hour=DAILY_AT.hour, minute=DAILY_AT.minute, second=0, microsecond=0)
    return {
        Frequency.AT_ONCE: moment - PAUSE,
        Frequency.HOURLY: here.replace(minute=0, second=0, microsecond=0),
        Frequency.DAILY: today if today <= here else today - timedelta(days=1),
    }

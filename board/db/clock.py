"""The clock: moments in UTC, and the newsroom's day and time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The day it is in the newsroom."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """`moment` in the newsroom's time zone."""
    return moment.astimezone(newsroom_zone())


def from_local(typed: datetime | None) -> datetime | None:
    """A time without a zone, as somebody typed it, in the newsroom's."""
    return typed.replace(tzinfo=newsroom_zone()) if typed else None


def start_of_day(day: date) -> datetime:
    """The moment at which this day begins in the newsroom."""
    return datetime.combine(day, time(), newsroom_zone())


def last_at(clock_time: time, moment: datetime) -> datetime:
    """When it was last this time of the day in the newsroom, at `moment` or before it."""
    here = local(moment)
    today = here.replace(hour=clock_time.hour, minute=clock_time.minute, second=0, microsecond=0)
    return today if today <= here else today - timedelta(days=1)


def newsroom_zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TIMEZONE"])

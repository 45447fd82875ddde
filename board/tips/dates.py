"""Days in the newsroom's time zone: tips are dated no finer than this."""

from datetime import datetime

from board.db import now
from board.db.clock import local, newsroom_zone
from board.db.clock import today as today


def this_hour() -> str:
    """The current hour, such as "2026-11-22 14". Stored only inside encrypted data."""
    return local(now()).strftime("%Y-%m-%d %H")


def start_of_day() -> datetime:
    """Midnight in the newsroom: the time that files and log records of tips carry."""
    return datetime.combine(today(), datetime.min.time(), newsroom_zone())

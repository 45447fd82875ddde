"""Days, in the newsroom's time zone: the finest grain in which tips are dated."""

from board.db import now
from board.db.clock import local
from board.db.clock import today as today


def this_hour() -> str:
    """ "2026-11-22 14", for the inside of a seal only."""
    return local(now()).strftime("%Y-%m-%d %H")

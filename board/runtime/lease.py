"""Lease: which process does a work that one at a time should do, on all machines.

It ends by itself, so nobody has to notice that its holder died. A clock that jumps may let two
processes hold it for a moment: what they do must be right then, too, for instance because each item
is claimed in a write of its own.
"""

import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, or_
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db, now, writing
from board.db.write_lock import LockTimeout

DURATION = timedelta(seconds=30)
RENEWAL = 10.0  # seconds between two renewals
GIVEN_UP = 20.0  # seconds without renewal after which the holder stops; before the lease ends


class Lease(Base):
    """Who holds a lease, and until when unless it is renewed."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    holder: Mapped[str] = mapped_column(String(100))
    until: Mapped[datetime]


class LeaseHolder:
    """One who wants this lease, and keeps it. Time is counted by a clock that does not jump."""

    def __init__(self, name: str, holder: str) -> None:
        self._name, self._holder = name, holder
        self._tried = self._renewed = float("-inf")

    @property
    def holds(self) -> bool:
        return time.monotonic() - self._renewed < GIVEN_UP

    def refresh(self) -> bool:
        """Acquire or renew it when it is time to. Returns whether it is held."""
        started = time.monotonic()
        if started - self._tried >= RENEWAL:
            self._tried = started
            with suppress(LockTimeout, OperationalError):  # a busy database: it lasts a while
                self._renewed = started if _acquire(self._name, self._holder) else float("-inf")
        return self.holds

    def release(self) -> None:
        """Let others have it at once."""
        self._tried = self._renewed = float("-inf")
        with writing():
            lease = db.session.get(Lease, self._name)
            if lease and lease.holder == self._holder:
                lease.until = min(lease.until, now())


def _acquire(name: str, holder: str) -> bool:
    """Whether it is the holder's now: it was already, or nobody's, or that of a wrong clock."""
    moment = now()
    wanted = insert(Lease).values(name=name, holder=holder, until=moment + DURATION)
    is_free = or_(
        Lease.holder == holder, Lease.until <= moment, Lease.until > moment + 2 * DURATION
    )
    values: dict[str, Any] = {"holder": holder, "until": moment + DURATION}
    upsert = wanted.on_conflict_do_update(index_elements=["name"], set_=values, where=is_free)
    with writing():
        return db.session.scalar(upsert.returning(Lease.name)) is not None

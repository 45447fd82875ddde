"""The log of tips: who opened which, and what was done to whom may open them.

Readers of tips see all of it. It names tips by their numbers and dates them by the day, and holds
not a word of what they say; so it stays when a tip is erased.
"""

import enum
from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from sqlalchemy import ForeignKey, Select, String, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, hash_chain
from board.tips.dates import today


class AuditAction(enum.StrEnum):
    OPEN = "open"
    CONTACT = "contact"
    FILE = "file"
    SEARCH = "search"
    EXPORT = "export"
    ASSIGN = "assign"
    HOLD = "hold"
    LET_IN = "let_in"
    SHUT_OUT = "shut_out"
    ERASE = "erase"
    # About the roster.
    ADD = "add"
    REMOVE = "remove"
    BEGIN = "begin"  # an operator let a new one begin


ONCE_A_DAY = (AuditAction.OPEN, AuditAction.CONTACT, AuditAction.FILE, AuditAction.SEARCH)


class AuditEntry(Base):
    """One act of one person. Append-only, as board/db/hash_chain.py says."""

    __tablename__ = "tip_log"
    PAGE_SIZE = 100
    HASHED = ("act", "tip_id", "user_id", "about_id", "made_on")

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(10))
    tip_id: Mapped[int | None] = mapped_column(index=True)  # which may be gone by now
    # None: the board itself, as a tip's time was over; or an operator.
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    about_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_on: Mapped[date]
    hash: Mapped[bytes] = mapped_column(unique=True)

    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    about: Mapped[User | None] = relationship(foreign_keys=about_id)

    @classmethod
    def newest(cls, *, tip_id: int | None = None, before: int | None = None) -> Select[Self]:
        """One page and one more of all there is, or of one tip, newest first."""
        page = select(cls).options(joinedload(cls.user), joinedload(cls.about))
        if tip_id is not None:
            page = page.where(cls.tip_id == tip_id)
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def last_tip(cls) -> Select[int]:
        """The highest number of a tip that ever stood here."""
        return select(func.coalesce(func.max(cls.tip_id), 0))

    @property
    def as_dict(self) -> Mapping[str, Any]:
        return {name: getattr(self, name) for name in self.HASHED}

    def compute_hash(self, previous: bytes) -> bytes:
        return hash_chain.row_hash(previous, self.as_dict)


def is_logged_today(act: AuditAction, *, by: User, tip_id: int | None = None) -> bool:
    """Whether today's log has this already."""
    same = (AuditEntry.act == act, AuditEntry.user_id == by.id, AuditEntry.made_on == today())
    of_tip = AuditEntry.tip_id.is_(None) if tip_id is None else AuditEntry.tip_id == tip_id
    return db.session.scalar(select(AuditEntry.id).where(*same, of_tip).limit(1)) is not None


def append_entry(
    act: AuditAction, *, by: User | None, tip_id: int | None = None, about: User | None = None
) -> None:
    """The only way into the log. Looking at the same thing again on the same day adds nothing."""
    if by and act in ONCE_A_DAY and is_logged_today(act, by=by, tip_id=tip_id):
        return
    entry = AuditEntry(
        act=act.value,
        tip_id=tip_id,
        user_id=by and by.id,
        about_id=about and about.id,
        made_on=today(),
    )
    hash_chain.append(entry)

"""The tips log: who opened which tip, and whose access was changed.

All tip readers see all of it. It names tips by number, dates entries by day, and contains nothing
of their content; so it stays when a tip is erased.
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
    # Changes of the roster.
    ADD = "add"
    ASK_REMOVE = "ask_remove"  # a removal that another reader has to confirm
    REMOVE = "remove"
    BEGIN = "begin"  # an administrator reset it
    # Changes of a reader's own key.
    RENEW = "renew"  # a new passphrase and sheet
    RESTART = "restart"  # a new key
    ACCEPT = "accept"  # a reader looked at a database that had gone back: board/tips/integrity/


LOGGED_ONCE_A_DAY = (AuditAction.OPEN, AuditAction.CONTACT, AuditAction.FILE, AuditAction.SEARCH)


class AuditEntry(Base):
    """One action of one person. Append-only: see board/db/hash_chain.py."""

    __tablename__ = "tip_log"
    PAGE_SIZE = 100
    HASHED = ("act", "tip_id", "user_id", "about_id", "made_on")

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(10))
    tip_id: Mapped[int | None] = mapped_column(index=True)  # no foreign key: it may be erased
    # None: the retention job, or an administrator.
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    about_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_on: Mapped[date]
    hash: Mapped[bytes] = mapped_column(unique=True)

    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    about: Mapped[User | None] = relationship(foreign_keys=about_id)

    @classmethod
    def newest(cls, *, tip_id: int | None = None, before: int | None = None) -> Select[Self]:
        """One page plus one entry, of all entries or of one tip, newest first."""
        query = select(cls).options(joinedload(cls.user), joinedload(cls.about))
        if tip_id is not None:
            query = query.where(cls.tip_id == tip_id)
        if before:
            query = query.where(cls.id < before)
        return query.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def last_tip(cls) -> Select[int]:
        """The highest tip number ever logged."""
        return select(func.coalesce(func.max(cls.tip_id), 0))

    @property
    def as_dict(self) -> Mapping[str, Any]:
        return {name: getattr(self, name) for name in self.HASHED}

    def compute_hash(self, previous: bytes) -> bytes:
        return hash_chain.row_hash(previous, self.as_dict)


def is_logged_today(act: AuditAction, *, by: User, tip_id: int | None = None) -> bool:
    """Whether this action is in today's log."""
    same_action = (
        AuditEntry.act == act,
        AuditEntry.user_id == by.id,
        AuditEntry.made_on == today(),
    )
    of_tip = AuditEntry.tip_id.is_(None) if tip_id is None else AuditEntry.tip_id == tip_id
    return db.session.scalar(select(AuditEntry.id).where(*same_action, of_tip).limit(1)) is not None


def append_entry(
    act: AuditAction, *, by: User | None, tip_id: int | None = None, about: User | None = None
) -> None:
    """Append one entry. Viewing the same thing again on the same day adds none."""
    if by and act in LOGGED_ONCE_A_DAY and is_logged_today(act, by=by, tip_id=tip_id):
        return
    people = {"user_id": by and by.id, "about_id": about and about.id}
    hash_chain.append(AuditEntry(act=act.value, tip_id=tip_id, made_on=today(), **people))

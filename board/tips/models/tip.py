"""Tips: which columns are plaintext, and which data is encrypted.

Plaintext are days, states, the assignee and the number of encrypted items. No column can hold a
time of day, an IP address, a source's account, or any content.
"""

import enum
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Self

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Select,
    String,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db
from board.tips.dates import today
from board.tips.models.audit_log import AuditEntry
from board.tips.models.damage import is_damaged
from board.tips.models.key_grants import Grant, TipKey
from board.tips.models.key_holders import KeyHolder, TipReader, may_read_tips


class TipState(enum.StrEnum):
    NEW = "new"  # no reader has opened it
    OPEN = "open"
    PUBLISHED = "published"
    CLOSED = "closed"


class Purpose(enum.StrEnum):
    """What a key of a tip is for."""

    TALK = "talk"  # conversation between the source and the readers
    DESK = "desk"  # among readers only: the source never gets this key
    CONTACT = "contact"  # the source's contact details: each viewing is logged


REPLACED = ("facts", "hold")  # kinds of items of which a new one takes the place of the last


class Tip(Base):
    __tablename__ = "tip"
    TEXT_MAX = 20_000  # characters
    FILES_MAX = 10
    NAME_MAX = 120
    LABELS_MAX = 10
    WARN = timedelta(days=14)  # before erasure
    UNREAD_ALARM = timedelta(days=2)
    PAGE_SIZE = 50

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), unique=True)  # the name of its erase key
    state: Mapped[str] = mapped_column(
        String(10), default=TipState.NEW.value, info={"words": [*TipState]}
    )
    epoch: Mapped[int] = mapped_column(default=1)
    last_number: Mapped[int] = mapped_column(default=0)
    received_on: Mapped[date]
    active_on: Mapped[date] = mapped_column(index=True)
    read_on: Mapped[date | None]
    promised_on: Mapped[date | None]
    held_until: Mapped[date | None]
    erasure_asked_on: Mapped[date | None]
    awaits_reader: Mapped[bool] = mapped_column(default=True)
    # A key of the current epoch was held by somebody who is no reader any more: sealed_tip.py.
    must_rotate: Mapped[bool] = mapped_column(default=False, server_default="0")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    assignee: Mapped[User | None] = relationship()
    keys: Mapped[list[TipKey]] = relationship(cascade="all, delete-orphan")
    items: Mapped[list["TipItem"]] = relationship(
        cascade="all, delete-orphan", order_by="TipItem.number"
    )

    @classmethod
    def new(cls) -> Self:
        """A tip with a number no tip ever had: the log still names erased ones."""
        newest = select(func.coalesce(func.max(cls.id), 0))
        last_id = max(db.session.scalar(query) or 0 for query in (newest, AuditEntry.last_tip()))
        return cls(
            id=last_id + 1, ref=secrets.token_hex(16), epoch=1, last_number=0, received_on=today(),
            active_on=today(), state=TipState.NEW.value,
        )  # fmt: skip

    @classmethod
    def held_by(cls, holder: KeyHolder) -> Select[Self]:
        """Tips this holder has a key of, newest first."""
        # IN instead of EXISTS: SQLite would scan all grants for each tip.
        granted = select(TipKey.tip_id).join(Grant, Grant.key_id == TipKey.id)
        held = cls.id.in_(granted.where(Grant.holder_id == holder.id))
        return select(cls).where(held).order_by(cls.id.desc())

    @classmethod
    def readable_by(cls, holder: KeyHolder) -> Select[Self]:
        """Tips held by this holder, newest first, without damaged ones, which would keep the others
        from being read.
        """
        return cls.held_by(holder).where(~cls.is_damaged())

    @classmethod
    def is_damaged(cls) -> ColumnElement[bool]:
        return is_damaged(cls.metadata.tables[cls.__tablename__])

    @classmethod
    def outdated(cls, day: date, *, after: timedelta) -> Select[Self]:
        """Tips without activity for `after` that nobody has put on hold, oldest first."""
        not_held = or_(cls.held_until.is_(None), cls.held_until < day)
        is_due = and_(cls.active_on <= day - after, not_held, ~cls.is_damaged())
        return select(cls).where(is_due).order_by(cls.id)

    @classmethod
    def single_reader(cls) -> Select[int]:
        """Ids of tips that at most one person who may still read tips can open."""
        permitted = select(TipReader.id).join(TipReader.user).where(may_read_tips())
        has_grant = and_(Grant.key_id == TipKey.id, Grant.holder_id.in_(permitted))
        readers = func.count(func.distinct(Grant.holder_id))
        return (
            select(TipKey.tip_id)
            .outerjoin(Grant, has_grant)
            .join(cls, (cls.id == TipKey.tip_id) & (cls.epoch == TipKey.epoch))
            .where(TipKey.purpose == Purpose.DESK)
            .group_by(TipKey.tip_id)
            .having(readers < 2)
        )

    @classmethod
    def late_clause(cls) -> ColumnElement[bool]:
        """The same as `is_late`, in SQL."""
        unread = and_(cls.state == TipState.NEW, cls.received_on <= today() - cls.UNREAD_ALARM)
        overdue = and_(cls.awaits_reader, cls.promised_on < today())
        return or_(overdue, and_(unread, or_(cls.promised_on.is_(None), ~cls.awaits_reader)))

    @property
    def holders(self) -> list[KeyHolder]:
        """All holders of a key of the current epoch, by id."""
        current_keys = (key for key in self.keys if key.epoch == self.epoch)
        return sorted(
            {grant.holder for key in current_keys for grant in key.grants},
            key=lambda holder: holder.id,
        )

    @property
    def is_open(self) -> bool:
        return self.state in (TipState.NEW, TipState.OPEN)

    @property
    def is_late(self) -> bool:
        """Unread for too long, or not answered by the promised day."""
        if self.promised_on and self.awaits_reader:
            return self.promised_on < today()
        return self.state == TipState.NEW and self.received_on <= today() - self.UNREAD_ALARM

    def erased_on(self, retention: timedelta) -> date:
        """The day the tip will be erased if there is no more activity."""
        return max(self.active_on + retention, self.held_until or date.min)

    def mark_read(self) -> None:
        if self.state == TipState.NEW:
            self.state, self.read_on = TipState.OPEN.value, today()

    def touch_by_source(self) -> None:
        self.active_on, self.awaits_reader = today(), True

    def touch_by_reader(self) -> None:
        self.active_on, self.awaits_reader, self.promised_on = today(), False, None

    def ask_erasure(self) -> None:
        self.erasure_asked_on = self.erasure_asked_on or today()
        self.touch_by_source()

    def next_number(self) -> int:
        self.last_number += 1
        return self.last_number


class TipItem(Base):
    """One encrypted message, note, file or other item of a tip."""

    __tablename__ = "tip_item"
    __table_args__ = (UniqueConstraint("tip_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(ForeignKey(Tip.id))
    purpose: Mapped[str] = mapped_column(String(10))
    epoch: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[bytes]
    file: Mapped[str | None] = mapped_column(String(32))  # random file name in tips/files

    @classmethod
    def in_tips(cls, tips: Sequence[Tip], *kinds: str) -> Select[Self]:
        """Items of these kinds, ordered by tip and number."""
        of_these = cls.tip_id.in_([tip.id for tip in tips])
        return select(cls).where(of_these, cls.kind.in_(kinds)).order_by(cls.tip_id, cls.number)

"""Tips: what is kept of them in the clear, and what is sealed.

In the clear stand days, states, who looks after a tip, and how many sealed things it has. No
column can hold a moment, an address, an account of a source, or a word of what was said.
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
from board.tips.models.key_grants import Grant, TipKey
from board.tips.models.key_holders import KeyHolder, TipReader


class TipState(enum.StrEnum):
    NEW = "new"  # nobody has opened it
    OPEN = "open"
    PUBLISHED = "published"
    CLOSED = "closed"


class Purpose(enum.StrEnum):
    """What a key of a tip is for."""

    TALK = "talk"  # between the source and its readers
    DESK = "desk"  # among its readers: the source never holds it
    CONTACT = "contact"  # how to reach the source: each opening of it is noted


class Tip(Base):
    __tablename__ = "tip"
    TEXT_MAX = 20_000  # characters
    FILES_MAX = 10
    NAME_MAX = 120
    LABELS_MAX = 10
    WARN = timedelta(days=14)  # before it is erased
    UNREAD_ALARM = timedelta(days=2)
    PAGE_SIZE = 50

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), unique=True)  # the name of its erase key
    state: Mapped[str] = mapped_column(String(10), default=TipState.NEW.value)
    epoch: Mapped[int] = mapped_column(default=1)
    last_number: Mapped[int] = mapped_column(default=0)
    received_on: Mapped[date]
    active_on: Mapped[date] = mapped_column(index=True)
    read_on: Mapped[date | None]
    promised_on: Mapped[date | None]
    held_until: Mapped[date | None]
    erasure_asked_on: Mapped[date | None]
    awaits_reader: Mapped[bool] = mapped_column(default=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    assignee: Mapped[User | None] = relationship()
    keys: Mapped[list[TipKey]] = relationship(cascade="all, delete-orphan")
    items: Mapped[list["TipItem"]] = relationship(
        cascade="all, delete-orphan", order_by="TipItem.number"
    )

    @classmethod
    def new(cls) -> Self:
        """With a number no other tip ever had: the log goes on about those that were erased."""
        newest = select(func.coalesce(func.max(cls.id), 0))
        before = max(db.session.scalar(query) or 0 for query in (newest, AuditEntry.last_tip()))
        return cls(
            id=before + 1, ref=secrets.token_hex(16), epoch=1, last_number=0, received_on=today(),
            active_on=today(), state=TipState.NEW.value,
        )  # fmt: skip

    @classmethod
    def held_by(cls, holder: KeyHolder) -> Select[Self]:
        """Those this holder has a key of, newest first."""
        # A list, not a question for each tip: SQLite would walk through all grants every time.
        granted = select(TipKey.tip_id).join(Grant, Grant.key_id == TipKey.id)
        held = cls.id.in_(granted.where(Grant.holder_id == holder.id))
        return select(cls).where(held).order_by(cls.id.desc())

    @classmethod
    def inbox(cls, holder: KeyHolder, *, show: str, before: int | None = None) -> Select[Self]:
        """One page and one more of those that `show` names, newest first."""
        open_ = cls.state.in_([TipState.NEW, TipState.OPEN])
        of = {
            "open": open_,
            "late": cls._late(),
            "waiting": and_(open_, cls.awaits_reader),
            "published": cls.state == TipState.PUBLISHED,
            "closed": cls.state == TipState.CLOSED,
        }
        if isinstance(holder, TipReader):
            of["mine"] = and_(open_, cls.assignee_id == holder.user_id)
        page = cls.held_by(holder).where(of[show])
        if before:
            page = page.where(cls.id < before)
        return page.limit(cls.PAGE_SIZE + 1)

    @classmethod
    def due(cls, day: date, *, after: timedelta) -> Select[Self]:
        """Those with no activity for `after` that nobody holds on to."""
        free = or_(cls.held_until.is_(None), cls.held_until < day)
        return select(cls).where(cls.active_on <= day - after, free).order_by(cls.id)

    @classmethod
    def single_reader(cls) -> Select[int]:
        """The ids of tips that depend on one reader, or on none who may still read tips."""
        able = select(TipReader.id).join(TipReader.user).where(User.can_read_tips)
        holding = and_(Grant.key_id == TipKey.id, Grant.holder_id.in_(able))
        readers = func.count(func.distinct(Grant.holder_id))
        return (
            select(TipKey.tip_id)
            .outerjoin(Grant, holding)
            .join(cls, (cls.id == TipKey.tip_id) & (cls.epoch == TipKey.epoch))
            .where(TipKey.purpose == Purpose.DESK)
            .group_by(TipKey.tip_id)
            .having(readers < 2)
        )

    @classmethod
    def _late(cls) -> ColumnElement[bool]:
        """As `is_late`."""
        unread = and_(cls.state == TipState.NEW, cls.received_on <= today() - cls.UNREAD_ALARM)
        broken = and_(cls.awaits_reader, cls.promised_on < today())
        return or_(broken, and_(unread, or_(cls.promised_on.is_(None), ~cls.awaits_reader)))

    @property
    def holders(self) -> list[KeyHolder]:
        """Everyone with a key of the present epoch."""
        present = (key for key in self.keys if key.epoch == self.epoch)
        return sorted({each.holder for key in present for each in key.grants}, key=lambda h: h.id)

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
        """The day it goes if nothing happens any more."""
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
    """Something said or attached, sealed."""

    __tablename__ = "tip_item"
    __table_args__ = (UniqueConstraint("tip_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(ForeignKey(Tip.id))
    purpose: Mapped[str] = mapped_column(String(10))
    epoch: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[bytes]
    file: Mapped[str | None] = mapped_column(String(32))  # its random name under tips/files

    @classmethod
    def of(cls, tips: Sequence[Tip], *kinds: str) -> Select[Self]:
        """Those of these kinds, tip by tip, oldest first."""
        mine = cls.tip_id.in_([tip.id for tip in tips])
        return select(cls).where(mine, cls.kind.in_(kinds)).order_by(cls.tip_id, cls.number)

"""Base of the desk's two registers: requests that authorities make in writing.

The particulars of an entry never change, and it is answered once; both are in the log.
"""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from sqlalchemy import ForeignKey, Select, String, func, select
from sqlalchemy.orm import Mapped, declared_attr, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.moderation.rulings.models import Ruling, Verdict, append_ruling


class AlreadyAnswered(Exception):
    """The request has been answered before."""


class AuthorityRequest(Base):
    """A written request of an authority. Each register is a table of its own."""

    __abstract__ = True
    PAGE_SIZE: ClassVar = 30
    BODY_MAX: ClassVar = 120
    NUMBER_MAX: ClassVar = 80
    # In the log: the key of an entry's id, and the verdicts that register and answer it.
    LOG_KEY: ClassVar[str]
    REGISTERED: ClassVar[Verdict]
    ANSWERED: ClassVar[Verdict]

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(String(BODY_MAX))
    number: Mapped[str] = mapped_column(String(NUMBER_MAX))
    received_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    outcome: Mapped[str] = mapped_column(String(20), default="")  # "" until it is answered
    says: Mapped[str] = mapped_column(String(Ruling.NOTE_MAX), default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    answered_at: Mapped[datetime | None]

    @declared_attr
    @classmethod
    def maker(cls) -> Mapped[User]:
        return relationship(foreign_keys=[cls.made_by])

    @declared_attr
    @classmethod
    def answerer(cls) -> Mapped[User | None]:
        return relationship(foreign_keys=[cls.answered_by])

    @classmethod
    def with_relations(cls) -> Select[Self]:
        """Entries with all that a page shows; each register adds the relations of its own."""
        return select(cls).options(joinedload(cls.maker), joinedload(cls.answerer))

    @classmethod
    def waiting(cls) -> Select[Self]:
        """One page of unanswered entries, oldest first by id."""
        page = cls.with_relations().where(cls.answered_at.is_(None))
        return page.order_by(cls.id).limit(cls.PAGE_SIZE)

    @classmethod
    def answered(cls, *, before: int | None = None) -> Select[Self]:
        """One page of answered entries and one more, newest first by id."""
        page = cls.with_relations().where(cls.answered_at.is_not(None))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def count_waiting(cls) -> int:
        waiting = select(func.count()).select_from(cls).where(cls.answered_at.is_(None))
        return db.session.scalar(waiting) or 0

    @classmethod
    def counts(cls, start: datetime, end: datetime) -> Sequence[tuple[str, str, int]]:
        """Kind, outcome and number received from `start` until before `end`, in that order."""
        received = select(cls.kind, cls.outcome, func.count())
        received = received.where(cls.received_at >= start, cls.received_at < end)
        received = received.group_by(cls.kind, cls.outcome).order_by(cls.kind, cls.outcome)
        return [(row[0], row[1], row[2]) for row in db.session.execute(received)]

    @property
    def reference(self) -> str:
        """The authority and its document number, at most as long as a ruling's note."""
        return f"{self.body} {self.number}"[: Ruling.NOTE_MAX]

    def register(self, *, by: User) -> Self:
        """Add the entry to its register, and a line to the log."""
        self.made_by, self.made_at = by.id, now()
        db.session.add(self)
        db.session.flush()
        append_ruling(self.REGISTERED, by=by, reason="", note=self.reference, **self._log_detail())
        return self

    def close(self, outcome: enum.StrEnum, *, by: User, says: str, **detail: Any) -> None:
        """Record how it ended. Raises AlreadyAnswered."""
        self.ensure_unanswered()
        self.outcome, self.says = outcome.value, says
        self.answered_by, self.answered_at = by.id, now()
        detail |= {**self._log_detail(), "outcome": outcome.value}
        append_ruling(self.ANSWERED, by=by, reason="", note=says, **detail)

    def ensure_unanswered(self) -> None:
        """Raises AlreadyAnswered."""
        """Raises AlreadyAnswered."""
        if self.answered_at is not None:
            raise AlreadyAnswered

    def _log_detail(self) -> dict[str, Any]:
        return {self.LOG_KEY: self.id}

"""What the desk's registers have in common: what came in writing, from whom, and how it ended.

An entry's particulars never change, and it is answered once; both stand in the log.
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


class Answered(Exception):
    """It was answered already."""


class AuthorityRequest(Base):
    """Something an authority asks for. Each register is a table of its own."""

    __abstract__ = True
    PAGE_SIZE: ClassVar = 30
    BODY_MAX: ClassVar = 120
    NUMBER_MAX: ClassVar = 80
    # In the log: what an entry is called, and that one came and was answered.
    NAME: ClassVar[str]
    CAME: ClassVar[Verdict]
    ANSWERED: ClassVar[Verdict]

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(String(BODY_MAX))
    number: Mapped[str] = mapped_column(String(NUMBER_MAX))
    received_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    outcome: Mapped[str] = mapped_column(String(20), default="")  # "" while it waits
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
        """With all that a page shows of each; a register adds what only its own entries have."""
        return select(cls).options(joinedload(cls.maker), joinedload(cls.answerer))

    @classmethod
    def waiting(cls) -> Select[Self]:
        """One page of those not answered, the oldest first."""
        page = cls.with_relations().where(cls.answered_at.is_(None))
        return page.order_by(cls.id).limit(cls.PAGE_SIZE)

    @classmethod
    def answered(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more of those answered, newest first by id."""
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
        """Kind, outcome and how many came from `start` up to, without, `end`."""
        came = select(cls.kind, cls.outcome, func.count())
        came = came.where(cls.received_at >= start, cls.received_at < end)
        came = came.group_by(cls.kind, cls.outcome).order_by(cls.kind, cls.outcome)
        return [(row[0], row[1], row[2]) for row in db.session.execute(came)]

    @property
    def reference(self) -> str:
        """Who asks, and under what number."""
        return f"{self.body} {self.number}"[: Ruling.NOTE_MAX]

    def register(self, *, by: User) -> Self:
        """It stands in its register from now on."""
        self.made_by, self.made_at = by.id, now()
        db.session.add(self)
        db.session.flush()
        append_ruling(self.CAME, by=by, reason="", note=self.reference, **self._named())
        return self

    def close(self, outcome: enum.StrEnum, *, by: User, says: str, **told: Any) -> None:
        """Say how it ended. Raises Answered."""
        self.refuse_answered()
        self.outcome, self.says = outcome.value, says
        self.answered_by, self.answered_at = by.id, now()
        told |= {**self._named(), "outcome": outcome.value}
        append_ruling(self.ANSWERED, by=by, reason="", note=says, **told)

    def refuse_answered(self) -> None:
        if self.answered_at is not None:
            raise Answered

    def _named(self) -> dict[str, Any]:
        return {self.NAME: self.id}

"""Requests of authorities for what the board knows of a reader, and what they were given.

전기통신사업법 83조 ③–⑤: whoever is asked *may* follow, in writing only, and keeps a register of it.
정보통신망법 44조의6: after a disclosure for a civil suit the board tells the reader. Where another
law has the authority itself tell (83조의2), the board leaves it to them.
"""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Select, String, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.moderation.models import Ruling, Verdict, record

# What the board knows of a person and the law lets one ask for: 83조 ③ 1, 5 and 6호. It has no
# address, no telephone number and no resident registration number to give.
ITEMS = ("name", "sign_in", "joined")


class Outcome(enum.StrEnum):
    WAITING = ""
    GIVEN = "given"
    PARTLY = "partly"
    REFUSED = "refused"


class Answered(Exception):
    """It was answered already."""


class NotAsked(Exception):
    """Nothing of this was asked for: no more is given than what was."""


class Disclosure(Base):
    """One request about one reader."""

    __tablename__ = "disclosure"
    PAGE_SIZE = 30
    KINDS = ("telecom", "warrant", "civil", "other")
    TELL_AT_ONCE = ("civil",)  # the law says so
    BODY_MAX = 120
    NUMBER_MAX = 80
    WHY_MAX = 500
    __table_args__ = (
        CheckConstraint("body <> '' AND number <> '' AND why <> '' AND relation <> ''",
                        name="particulars"),
        CheckConstraint("outcome <> 'given' AND outcome <> 'partly' OR given <> '[]'",
                        name="given"),
        Index(None, "answered_at", "id"),
        Index(None, "tell_at", "told_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(String(BODY_MAX))
    number: Mapped[str] = mapped_column(String(NUMBER_MAX))
    received_at: Mapped[datetime]
    # 83조 ④: the reason, what this person has to do with it, and how much is asked for.
    why: Mapped[str] = mapped_column(String(WHY_MAX))
    relation: Mapped[str] = mapped_column(String(WHY_MAX))
    asked: Mapped[list[str]] = mapped_column(JSON)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    outcome: Mapped[str] = mapped_column(String(20), default=Outcome.WAITING.value)
    given: Mapped[list[str]] = mapped_column(JSON, default=list)
    says: Mapped[str] = mapped_column(String(Ruling.NOTE_MAX), default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    answered_at: Mapped[datetime | None]
    # When the reader is to be told by the board, and was; neither where the authority tells them.
    tell_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id)
    maker: Mapped[User] = relationship(foreign_keys=made_by)
    answerer: Mapped[User | None] = relationship(foreign_keys=answered_by)

    @classmethod
    def waiting(cls) -> Select[Self]:
        """One page of those not answered, the oldest first."""
        page = cls._whole().where(cls.answered_at.is_(None))
        return page.order_by(cls.id).limit(cls.PAGE_SIZE)

    @classmethod
    def answered(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more of those answered, newest first by id: the register."""
        page = cls._whole().where(cls.answered_at.is_not(None))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def _whole(cls) -> Select[Self]:
        people = (cls.user, cls.maker, cls.answerer)
        return select(cls).options(*(joinedload(person) for person in people))

    @classmethod
    def to_tell(cls) -> Select[Self]:
        due = select(cls).where(cls.tell_at <= now(), cls.told_at.is_(None))
        return due.options(joinedload(cls.user)).order_by(cls.id)

    def data(self) -> dict[str, Any]:
        """What was given, and nothing else."""
        user = self.user
        known = {"name": user.name, "sign_in": user.email, "joined": user.joined_at.isoformat()}
        return {item: known[item] for item in ITEMS if item in self.given}


def register(
    user: User,
    *,
    by: User,
    kind: str,
    body: str,
    number: str,
    received_at: datetime,
    why: str,
    relation: str,
    asked: list[str],
) -> Disclosure:
    request = Disclosure(
        user=user, kind=kind, body=body, number=number, received_at=received_at, why=why,
        relation=relation, asked=asked, made_by=by.id, made_at=now(),
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    note = f"{body} {number}"[: Ruling.NOTE_MAX]
    record(Verdict.REQUEST, by=by, reason="", note=note, request=request.id)
    return request


def give(
    request: Disclosure, *, by: User, items: list[str], says: str, tell_at: datetime | None
) -> None:
    """Follow it, with no more than was asked for. Raises Answered or NotAsked."""
    if not set(items) <= set(request.asked) or not items:
        raise NotAsked
    given = [item for item in ITEMS if item in items]
    partly = set(given) < set(request.asked)
    request.given = given
    request.tell_at = now() if request.kind in Disclosure.TELL_AT_ONCE else tell_at
    _answer(request, Outcome.PARTLY if partly else Outcome.GIVEN, by=by, says=says)


def refuse(request: Disclosure, *, by: User, says: str) -> None:
    """Give nothing. Raises Answered."""
    _answer(request, Outcome.REFUSED, by=by, says=says)


def tell_readers() -> None:
    """In their notices: who asked, and what they were given."""
    for request in db.session.scalars(Disclosure.to_tell()).all():
        request.told_at = now()
        record(
            Verdict.DISCLOSE, by=None, about=request.user, reason="disclosure",
            note=f"{request.body} {request.number}"[: Ruling.NOTE_MAX], request=request.id,
            given=request.given,
        )  # fmt: skip


def count_waiting() -> int:
    waiting = select(func.count()).select_from(Disclosure).where(Disclosure.answered_at.is_(None))
    return db.session.scalar(waiting) or 0


def counts(start: datetime, end: datetime) -> Sequence[tuple[str, str, int]]:
    """Kind, outcome ("" while it waits) and how many came from `start` up to, without, `end`."""
    came = select(Disclosure.kind, Disclosure.outcome, func.count())
    came = came.where(Disclosure.received_at >= start, Disclosure.received_at < end)
    came = came.group_by(Disclosure.kind, Disclosure.outcome)
    rows = db.session.execute(came.order_by(Disclosure.kind, Disclosure.outcome))
    return [(row[0], row[1], row[2]) for row in rows]


def _answer(request: Disclosure, outcome: Outcome, *, by: User, says: str) -> None:
    if request.answered_at is not None:
        raise Answered
    request.outcome, request.says = outcome.value, says
    request.answered_by, request.answered_at = by.id, now()
    record(
        Verdict.ANSWER_REQUEST, by=by, reason="", note=says, request=request.id,
        outcome=outcome.value, given=request.given,
    )  # fmt: skip

"""Requests of authorities for what the board knows of a reader, and what they were given.

전기통신사업법 83조 ③–⑤: whoever is asked *may* follow, in writing only, and keeps a register of it.
정보통신망법 44조의6: after a disclosure for a civil suit the board tells the reader. Where another
law has the authority itself tell (83조의2), the board leaves it to them.
"""

import enum
from datetime import datetime
from typing import Any, ClassVar, Self

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import db, now
from board.law.authorities.base import AuthorityRequest
from board.moderation.rulings.models import Verdict, append_ruling

# What the board knows of a person and the law lets one ask for: 83조 ③ 1, 5 and 6호. It has no
# address, no telephone number and no resident registration number to give.
ITEMS = ("name", "sign_in", "joined")


class Outcome(enum.StrEnum):
    WAITING = ""
    GIVEN = "given"
    PARTLY = "partly"
    REFUSED = "refused"


class OutOfScope(Exception):
    """Nothing of this was asked for: no more is given than what was."""


class DataRequest(AuthorityRequest):
    """One request about one reader."""

    __tablename__ = "disclosure"
    NAME = "request"
    CAME, ANSWERED = Verdict.REQUEST, Verdict.ANSWER_REQUEST
    KINDS: ClassVar = ("telecom", "warrant", "civil", "other")
    TELL_AT_ONCE: ClassVar = ("civil",)  # the law says so
    WHY_MAX: ClassVar = 500
    __table_args__ = (
        CheckConstraint("body <> '' AND number <> '' AND why <> '' AND relation <> ''",
                        name="particulars"),
        CheckConstraint("outcome <> 'given' AND outcome <> 'partly' OR given <> '[]'",
                        name="given"),
        Index(None, "answered_at", "id"),
        Index(None, "tell_at", "told_at"),
    )  # fmt: skip

    # 83조 ④: the reason, what this person has to do with it, and how much is asked for.
    why: Mapped[str] = mapped_column(String(WHY_MAX))
    relation: Mapped[str] = mapped_column(String(WHY_MAX))
    asked: Mapped[list[str]] = mapped_column(JSON)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    given: Mapped[list[str]] = mapped_column(JSON, default=list)
    # When the reader is to be told by the board, and was; neither where the authority tells them.
    tell_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id)

    @classmethod
    def with_relations(cls) -> Select[Self]:
        return super().with_relations().options(joinedload(cls.user))

    @classmethod
    def to_tell(cls) -> Select[Self]:
        due = select(cls).where(cls.tell_at <= now(), cls.told_at.is_(None))
        return due.options(joinedload(cls.user)).order_by(cls.id)

    def data(self) -> dict[str, Any]:
        """What was given, and nothing else."""
        user = self.user
        known = {"name": user.name, "sign_in": user.email, "joined": user.joined_at.isoformat()}
        return {item: known[item] for item in ITEMS if item in self.given}


def register(user: User, *, by: User, **particulars: Any) -> DataRequest:
    return DataRequest(**particulars, user=user).register(by=by)


def disclose(
    request: DataRequest, *, by: User, items: list[str], says: str, tell_at: datetime | None
) -> None:
    """Follow it, with no more than was asked for. Raises Answered or NotAsked."""
    if not set(items) <= set(request.asked) or not items:
        raise OutOfScope
    given = [item for item in ITEMS if item in items]
    partly = set(given) < set(request.asked)
    request.refuse_answered()
    request.given = given
    request.tell_at = now() if request.kind in DataRequest.TELL_AT_ONCE else tell_at
    _answer(request, Outcome.PARTLY if partly else Outcome.GIVEN, by=by, says=says)


def refuse(request: DataRequest, *, by: User, says: str) -> None:
    """Give nothing. Raises Answered."""
    _answer(request, Outcome.REFUSED, by=by, says=says)


def notify_users() -> None:
    """In their notices: who asked, and what they were given."""
    for request in db.session.scalars(DataRequest.to_tell()).all():
        request.told_at = now()
        append_ruling(
            Verdict.DISCLOSE, by=None, about=request.user, reason="disclosure",
            note=request.reference, request=request.id,
            given=request.given,
        )  # fmt: skip


def _answer(request: DataRequest, outcome: Outcome, *, by: User, says: str) -> None:
    request.close(outcome, by=by, says=says, given=request.given)

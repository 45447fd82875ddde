"""Requests of authorities for user data, and what was disclosed.

전기통신사업법 83조 ③–⑤: a service *may* comply, only with written requests, and keeps a
register of them.
정보통신망법 44조의6: after a disclosure for a civil suit the board notifies the reader. Where
another law makes the authority notify them (83조의2), the board leaves it to the authority.
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

# User data that the board has and the law lets authorities request: 83조 ③ 1, 5 and 6호. It stores
# no address, no phone number and no resident registration number.
ITEMS = ("name", "sign_in", "joined")


class Outcome(enum.StrEnum):
    WAITING = ""
    GIVEN = "given"
    PARTLY = "partly"
    REFUSED = "refused"


class OutOfScope(Exception):
    """An item was not requested: no more is disclosed than was asked for."""


class DataRequest(AuthorityRequest):
    """One request about one reader."""

    __tablename__ = "disclosure"
    LOG_KEY = "request"
    REGISTERED, ANSWERED = Verdict.REQUEST, Verdict.ANSWER_REQUEST
    KINDS: ClassVar = ("telecom", "warrant", "civil", "other")
    NOTIFY_AT_ONCE: ClassVar = ("civil",)  # as the law says
    WHY_MAX: ClassVar = 500
    __table_args__ = (
        CheckConstraint("body <> '' AND number <> '' AND why <> '' AND relation <> ''",
                        name="particulars"),
        CheckConstraint("outcome <> 'given' AND outcome <> 'partly' OR given <> '[]'",
                        name="given"),
        Index(None, "answered_at", "id"),
        Index(None, "tell_at", "told_at"),
    )  # fmt: skip

    # 83조 ④: the reason, the person's connection with it, and the items requested.
    why: Mapped[str] = mapped_column(String(WHY_MAX))
    relation: Mapped[str] = mapped_column(String(WHY_MAX))
    asked: Mapped[list[str]] = mapped_column(JSON)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    given: Mapped[list[str]] = mapped_column(JSON, default=list)
    # When the board is to notify the reader, and did; both empty where the authority does it.
    tell_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id)

    @classmethod
    def with_relations(cls) -> Select[Self]:
        return super().with_relations().options(joinedload(cls.user))

    @classmethod
    def to_notify(cls) -> Select[Self]:
        """Requests whose reader is due to be notified, by id."""
        """Requests whose reader is due to be notified, by id."""
        due = select(cls).where(cls.tell_at <= now(), cls.told_at.is_(None))
        return due.options(joinedload(cls.user)).order_by(cls.id)

    def disclosed_data(self) -> dict[str, Any]:
        """The items disclosed, and nothing else."""
        user = self.user
        email = user.email if user.has_email else None
        known = {"name": user.name, "sign_in": email, "joined": user.joined_at.isoformat()}
        return {item: known[item] for item in ITEMS if item in self.given}


def register(user: User, *, by: User, **particulars: Any) -> DataRequest:
    return DataRequest(**particulars, user=user).register(by=by)


def disclose(
    request: DataRequest, *, by: User, items: list[str], says: str, tell_at: datetime | None
) -> None:
    """Comply, with no more than was requested. Raises AlreadyAnswered or OutOfScope."""
    if not set(items) <= set(request.asked) or not items:
        raise OutOfScope
    disclosed = [item for item in ITEMS if item in items]
    partly = set(disclosed) < set(request.asked)
    request.ensure_unanswered()
    request.given = disclosed
    request.tell_at = now() if request.kind in DataRequest.NOTIFY_AT_ONCE else tell_at
    _answer(request, Outcome.PARTLY if partly else Outcome.GIVEN, by=by, says=says)


def refuse(request: DataRequest, *, by: User, says: str) -> None:
    """Disclose nothing. Raises AlreadyAnswered."""
    _answer(request, Outcome.REFUSED, by=by, says=says)


def notify_users() -> None:
    """Write notifications to the readers: who asked, and what was disclosed."""
    for request in db.session.scalars(DataRequest.to_notify()).all():
        request.told_at = now()
        append_ruling(
            Verdict.DISCLOSE, by=None, about=request.user, reason="disclosure",
            note=request.reference, request=request.id,
            given=request.given,
        )  # fmt: skip


def _answer(request: DataRequest, outcome: Outcome, *, by: User, says: str) -> None:
    request.close(outcome, by=by, says=says, given=request.given)

"""Takedown orders of authorities, and how they were carried out.

정보통신망법 44조의7 ③–⑤ and 공직선거법 82조의4: the register holds five particulars of an order
(authority, document number, date received, what is ordered, deadline), which nobody can change.
"""

import enum
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from board.accounts.models import User
from board.comments.models import Comment
from board.db import Base, now
from board.law.authorities.base import AuthorityRequest
from board.moderation.rulings.decisions import hide_for_legal_claim
from board.moderation.rulings.models import Ruling, Verdict


class Outcome(enum.StrEnum):
    WAITING = ""
    CARRIED_OUT = "carried_out"
    PARTLY = "partly"
    REFUSED = "refused"  # it is not binding, or not on this board


class Order(AuthorityRequest):
    __tablename__ = "authority_order"
    LOG_KEY = "order"
    REGISTERED, ANSWERED = Verdict.ORDER, Verdict.ANSWER_ORDER
    KINDS: ClassVar = ("commission", "election", "court", "investigation", "other")
    ITEMS_MAX: ClassVar = 2000
    COMMENTS_MAX: ClassVar = 100
    # 공직선거법 82조의4 ⑥: the board and the author may object within three days.
    OBJECTION_PERIOD: ClassVar = timedelta(days=3)
    __table_args__ = (
        CheckConstraint("body <> '' AND number <> '' AND items <> ''", name="particulars"),
        Index(None, "answered_at", "deadline_at", "id"),
    )

    items: Mapped[str] = mapped_column(String(ITEMS_MAX))
    deadline_at: Mapped[datetime]

    targets: Mapped[list["Target"]] = relationship(back_populates="order")

    @classmethod
    def waiting(cls) -> Select[Self]:
        """One page of unanswered orders, the earliest deadline first."""
        return super().waiting().order_by(None).order_by(cls.deadline_at, cls.id)

    @classmethod
    def with_relations(cls) -> Select[Self]:
        comment = selectinload(cls.targets).joinedload(Target.comment)
        return (
            super()
            .with_relations()
            .options(comment.joinedload(Comment.article), comment.joinedload(Comment.author))
        )

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.deadline_at < now()

    @property
    def objection_deadline(self) -> datetime | None:
        """Until when the board may object; None where the law sets no term."""
        return self.received_at + self.OBJECTION_PERIOD if self.kind == "election" else None


class Target(Base):
    """A comment the order is about, and the ruling that carried it out."""

    __tablename__ = "order_target"

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), primary_key=True, index=True)
    ruling_id: Mapped[int | None] = mapped_column(ForeignKey(Ruling.id))

    order: Mapped[Order] = relationship(back_populates="targets")
    comment: Mapped[Comment] = relationship()


def is_ordered() -> ColumnElement[bool]:
    """Condition on Comment: an order is about it."""
    return select(Target.order_id).where(Target.comment_id == Comment.id).exists()


def register(comments: Iterable[Comment], *, by: User, **particulars: Any) -> Order:
    targets = [Target(comment=comment) for comment in comments]
    return Order(**particulars, targets=targets).register(by=by)


def carry_out(order: Order, *, by: User, says: str = "") -> None:
    """Hide those of its comments not yet hidden or deleted. Raises AlreadyAnswered."""
    order.ensure_unanswered()
    reason = "order.election" if order.kind == "election" else "order"
    for target in order.targets:
        ruling = hide_for_legal_claim(target.comment, by=by, reason=reason, order=order.id)
        target.ruling_id = ruling.id if ruling else None
    order.close(Outcome.CARRIED_OUT, by=by, says=says)

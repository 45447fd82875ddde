"""Orders of authorities to take something down, and how they were carried out.

정보통신망법 44조의7 ③–⑤ and 공직선거법 82조의4: the order itself is kept with its five particulars
(who ordered, under what number, when it came, what, until when), which nobody can change later.
"""

import enum
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from board.accounts.models import User
from board.comments.models import Comment
from board.db import Base, db, now
from board.moderation.models import Ruling, Verdict, record, take_down


class Outcome(enum.StrEnum):
    WAITING = ""
    CARRIED_OUT = "carried_out"
    PARTLY = "partly"
    REFUSED = "refused"  # it binds nobody, or not us


class Answered(Exception):
    """It was answered already."""


class Order(Base):
    __tablename__ = "authority_order"
    PAGE_SIZE = 30
    KINDS = ("commission", "election", "court", "investigation", "other")
    BODY_MAX = 120
    NUMBER_MAX = 80
    ITEMS_MAX = 2000
    COMMENTS_MAX = 100
    # 공직선거법 82조의4 ⑥: the board, and whoever wrote it, may object within three days.
    OBJECT_WITHIN = timedelta(days=3)
    __table_args__ = (
        CheckConstraint("body <> '' AND number <> '' AND items <> ''", name="particulars"),
        Index(None, "answered_at", "deadline_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(String(BODY_MAX))
    number: Mapped[str] = mapped_column(String(NUMBER_MAX))
    received_at: Mapped[datetime]
    items: Mapped[str] = mapped_column(String(ITEMS_MAX))
    deadline_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    outcome: Mapped[str] = mapped_column(String(20), default=Outcome.WAITING.value)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    answered_at: Mapped[datetime | None]
    says: Mapped[str] = mapped_column(String(Ruling.NOTE_MAX), default="")

    maker: Mapped[User] = relationship(foreign_keys=made_by)
    answerer: Mapped[User | None] = relationship(foreign_keys=answered_by)
    targets: Mapped[list["Target"]] = relationship(back_populates="order")

    @classmethod
    def waiting(cls) -> Select[Self]:
        """One page of those not answered, the first to fall due first."""
        waiting = cls._whole().where(cls.answered_at.is_(None))
        return waiting.order_by(cls.deadline_at, cls.id).limit(cls.PAGE_SIZE)

    @classmethod
    def answered(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more of those answered, newest first by id."""
        page = cls._whole().where(cls.answered_at.is_not(None))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def _whole(cls) -> Select[Self]:
        comment = selectinload(cls.targets).joinedload(Target.comment)
        return select(cls).options(
            comment.joinedload(Comment.article),
            comment.joinedload(Comment.author),
            joinedload(cls.maker),
            joinedload(cls.answerer),
        )

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.deadline_at < now()

    @property
    def object_until(self) -> datetime | None:
        """Until when the board may object; only where the law gives it a time."""
        return self.received_at + self.OBJECT_WITHIN if self.kind == "election" else None


class Target(Base):
    """One comment an order is about, and the ruling that carried it out."""

    __tablename__ = "order_target"

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), primary_key=True, index=True)
    ruling_id: Mapped[int | None] = mapped_column(ForeignKey(Ruling.id))

    order: Mapped[Order] = relationship(back_populates="targets")
    comment: Mapped[Comment] = relationship()


def register(
    comments: Iterable[Comment],
    *,
    by: User,
    kind: str,
    body: str,
    number: str,
    received_at: datetime,
    items: str,
    deadline_at: datetime,
) -> Order:
    order = Order(
        kind=kind, body=body, number=number, received_at=received_at, items=items,
        deadline_at=deadline_at, made_by=by.id, made_at=now(),
    )  # fmt: skip
    order.targets = [Target(comment=comment) for comment in comments]
    db.session.add(order)
    db.session.flush()
    record(
        Verdict.ORDER, by=by, reason="", note=f"{body} {number}"[: Ruling.NOTE_MAX], order=order.id
    )
    return order


def carry_out(order: Order, *, by: User, says: str = "") -> None:
    """Hide all it is about that is not hidden or deleted already. Raises Answered."""
    _refuse_answered(order)
    reason = "order.election" if order.kind == "election" else "order"
    for target in order.targets:
        made = take_down(target.comment, by=by, reason=reason, order=order.id)
        target.ruling_id = made.id if made else None
    answer(order, by=by, outcome=Outcome.CARRIED_OUT, says=says)


def answer(order: Order, *, by: User, outcome: Outcome, says: str) -> None:
    """Say how it ended. Raises Answered."""
    _refuse_answered(order)
    order.outcome, order.says = outcome.value, says
    order.answered_by, order.answered_at = by.id, now()
    record(Verdict.ANSWER_ORDER, by=by, reason="", note=says, order=order.id, outcome=outcome.value)


def count_waiting() -> int:
    waiting = select(func.count()).select_from(Order).where(Order.answered_at.is_(None))
    return db.session.scalar(waiting) or 0


def counts(start: datetime, end: datetime) -> Sequence[tuple[str, str, int]]:
    """Kind, outcome ("" while it waits) and how many came from `start` up to, without, `end`."""
    came = select(Order.kind, Order.outcome, func.count())
    came = came.where(Order.received_at >= start, Order.received_at < end)
    came = came.group_by(Order.kind, Order.outcome).order_by(Order.kind, Order.outcome)
    rows = db.session.execute(came)
    return [(row[0], row[1], row[2]) for row in rows]


def _refuse_answered(order: Order) -> None:
    if order.answered_at is not None:
        raise Answered

"""Reports of comments by readers. A report can queue a comment, but never hides or deletes one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts import data_export
from board.accounts.models import User
from board.comments.models import Comment
from board.comments.viewer.reactions import ensure_may_act_on
from board.comments.writing.errors import Refused
from board.db import Base, db, now
from board.db.read_connections import fetch_all
from board.moderation import queue as moderation_queue
from board.moderation.queue import Queue
from board.moderation.rulings.models import Ruling, Verdict

# 전기통신사업법 22조의5: illegally filmed material is taken down without delay once reported.
ILLEGAL_FILMING = "illegal.filmed"


_ANSWERED = text("ruling_id IS NOT NULL")


class TooManyReports(Refused):
    """The user has reached the daily limit."""


class Report(Base):
    """One reader's report of one comment. It is open until a ruling answers it."""

    __tablename__ = "report"
    NOTE_MAX = 200
    # A report from a younger account weighs half: a crowd that came to report counts less.
    NEW_ACCOUNT = timedelta(days=1)
    __table_args__ = (
        Index(None, "reporter_id", "made_at"),
        # Answered reports only: open ones are found by their comment.
        Index("ix_report_ruling_id", "ruling_id", sqlite_where=_ANSWERED),
        Index(None, "made_at"),
    )

    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    weight: Mapped[float]
    by_young: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(default=now)
    # The ruling that answered it, and whether it agreed.
    ruling_id: Mapped[int | None] = mapped_column(ForeignKey(Ruling.id))
    upheld: Mapped[bool | None]

    reporter: Mapped[User] = relationship()

    @classmethod
    def open_on(cls, comment_ids: Iterable[int]) -> Select[Self]:
        """Open reports on these comments, oldest first."""
        reports = select(cls).where(cls.comment_id.in_(list(comment_ids)), cls.ruling_id.is_(None))
        return reports.options(joinedload(cls.reporter)).order_by(cls.made_at, cls.reporter_id)


def is_reported() -> ColumnElement[bool]:
    """Condition on Comment: a report of it is open."""
    is_open = Report.ruling_id.is_(None)
    return select(Report.comment_id).where(Report.comment_id == Comment.id, is_open).exists()


_report = Report.__table__.c
_REPORTED_BY = select(_report.comment_id).where(
    _report.reporter_id == bindparam("reporter"),
    _report.comment_id.in_(bindparam("comments", expanding=True)),
)


def reported_by(reporter: User, comment_ids: Iterable[int]) -> frozenset[int]:
    """Ids of these comments that the user has reported."""
    parameters = {"reporter": reporter.id, "comments": list(comment_ids)}
    return frozenset(id for (id,) in fetch_all(_REPORTED_BY, parameters))


def report(
    comment: Comment,
    *,
    by: User,
    reason: str,
    note: str = "",
    per_day: int = 0,
    queue_weight: int = 1,
) -> Report:
    """Report a comment. Of a second report the first one is returned; `per_day` 0 is no limit.

    The comment is queued once its open reports weigh `queue_weight`. Raises a subclass of Refused.
    """
    ensure_may_act_on(comment, by=by)
    if first := _stored_report(comment, by=by):
        return first
    _check_daily_limit(per_day, by=by)
    is_young = by.joined_at > now() - Report.NEW_ACCOUNT
    new = Report(
        comment_id=comment.id,
        reporter_id=by.id,
        reason=reason,
        note=note,
        weight=reporter_weight(by) * (0.5 if is_young else 1),
        by_young=is_young,
    )
    db.session.add(new)
    db.session.flush()
    _enqueue_if_due(comment, new, queue_weight)
    return new


def _stored_report(comment: Comment, *, by: User) -> Report | None:
    stored = db.session.get(Report, (comment.id, by.id))
    if stored:
        stored.is_replay = True
    return stored


def _enqueue_if_due(comment: Comment, new: Report, queue_weight: int) -> None:
    """Queue the comment; a link reported as illegal filming is held at once."""
    is_filming = new.reason == ILLEGAL_FILMING
    if is_filming and "<a " in comment.html and new.weight >= 1:
        comment._set_held(reason=ILLEGAL_FILMING)
        moderation_queue.enqueue(comment, Queue.HELD, reason=ILLEGAL_FILMING)
    if _open_weight(comment) >= queue_weight or is_filming:
        moderation_queue.enqueue(comment, Queue.REPORTED, reason=main_reason(comment))


def withdraw(comment: Comment, *, by: User) -> None:
    """Withdraw an open report. The comment stays queued: a moderator may have it open."""
    own = db.session.get(Report, (comment.id, by.id))
    if own and own.ruling_id is None:
        db.session.delete(own)


def reporter_weight(reporter: User) -> float:
    """The weight of a user's reports, between 0.2 and 2; 1 for a user without answered reports.

    Twice the share of their reports that were upheld, smoothed as if two of four earlier ones had
    been upheld, so that one answer changes little.
    """
    answered = select(func.count(), func.count().filter(Report.upheld.is_(True)))
    answered = answered.where(Report.reporter_id == reporter.id, Report.upheld.is_not(None))
    made, upheld = db.session.execute(answered).one()
    return float(max(0.2, 2 * (upheld + 2) / (made + 4)))


def reporter_record(reporter: User) -> tuple[int, int]:
    """How many reports a user has made, and how many were upheld."""
    counts = select(func.count(), func.count().filter(Report.upheld.is_(True)))
    row = db.session.execute(counts.where(Report.reporter_id == reporter.id)).one()
    return row[0], row[1]


def _check_daily_limit(per_day: int, *, by: User) -> None:
    day = timedelta(days=1)
    recent = select(Report.made_at).where(Report.reporter_id == by.id)
    recent = recent.where(Report.made_at > now() - day).order_by(Report.made_at.desc())
    if per_day and (first := db.session.scalar(recent.offset(per_day - 1).limit(1))):
        raise TooManyReports(first + day)


def _open_weight(comment: Comment) -> float:
    total = select(func.sum(Report.weight)).where(Report.comment_id == comment.id)
    return db.session.scalar(total.where(Report.ruling_id.is_(None))) or 0.0


def main_reason(comment: Comment) -> str:
    """The heaviest reason among the open reports; illegal filming, by law, before any other."""
    weights = select(Report.reason).where(Report.comment_id == comment.id)
    weights = weights.where(Report.ruling_id.is_(None)).group_by(Report.reason)
    heaviest = weights.order_by(
        (Report.reason == ILLEGAL_FILMING).desc(), func.sum(Report.weight).desc()
    )
    return db.session.scalar(heaviest.limit(1)) or ""


def answer_reports(ruling: Ruling) -> None:
    """Close the open reports: hiding upholds them, keeping does not."""
    if ruling.verdict in (Verdict.HIDE, Verdict.KEEP):
        open_reports = update(Report).where(Report.comment_id == ruling.comment_id)
        upheld = ruling.verdict == Verdict.HIDE
        db.session.execute(
            open_reports.where(Report.ruling_id.is_(None)).values(
                ruling_id=ruling.id, upheld=upheld
            )
        )


def reopen_reports(ruling: Ruling) -> None:
    """Undo of `answer_reports`."""
    answered = update(Report).where(Report.ruling_id == ruling.id)
    db.session.execute(answered.values(ruling_id=None, upheld=None))


def export_reports(user: User) -> list[dict[str, Any]]:
    return data_export.as_dicts(
        select(_report.comment_id, _report.reason, _report.note, _report.made_at)
        .where(_report.reporter_id == user.id)
        .order_by(_report.made_at, _report.comment_id)
    )

"""Reports: what readers ask the desk to look at. They queue; they never hide or delete."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import (
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
from board.comments.readers.reactions import CommentGone, OwnComment
from board.comments.writing.errors import AuthorSuspended, Refused
from board.db import Base, db, now
from board.db.read_connections import fetch_all
from board.moderation import queue as moderation_queue
from board.moderation.queue import Queue
from board.moderation.rulings.models import Ruling, Verdict

# 전기통신사업법 22조의5: such material is taken down without delay once it is reported.
WEIGHT_UPHELD = "illegal.filmed"


_ANSWERED = text("ruling_id IS NOT NULL")


class TooManyReports(Refused):
    """As many as one person may make in a day."""


class Report(Base):
    """One reader asks the desk to look at one comment. It is open until the desk has."""

    __tablename__ = "report"
    NOTE_MAX = 200
    # Half as much from an account of less than a day: a crowd that came for this counts as fewer.
    YOUNG = timedelta(days=1)
    __table_args__ = (
        Index(None, "reporter_id", "made_at"),
        # Of those answered only: what waits is found by its comment.
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
    # The decision that answered it, and whether it said the same.
    ruling_id: Mapped[int | None] = mapped_column(ForeignKey(Ruling.id))
    upheld: Mapped[bool | None]

    reporter: Mapped[User] = relationship()

    @classmethod
    def open_on(cls, comment_ids: Iterable[int]) -> Select[Self]:
        """Reports the desk has not answered yet, oldest first."""
        waiting = select(cls).where(cls.comment_id.in_(list(comment_ids)), cls.ruling_id.is_(None))
        return waiting.options(joinedload(cls.reporter)).order_by(cls.made_at, cls.reporter_id)


_report = Report.__table__.c
_REPORTED_BY = select(_report.comment_id).where(
    _report.reporter_id == bindparam("reporter"),
    _report.comment_id.in_(bindparam("comments", expanding=True)),
)


def reported_by(reporter: User, comment_ids: Iterable[int]) -> frozenset[int]:
    """Which of these comments this reader has reported, by their ids."""
    asked = {"reporter": reporter.id, "comments": list(comment_ids)}
    return frozenset(id for (id,) in fetch_all(_REPORTED_BY, asked))


def report(
    comment: Comment, *, by: User, reason: str, note: str = "", per_day: int = 0, enough: int = 1
) -> None:
    """Ask the desk to look. A second time changes nothing; `per_day` 0 is no limit.

    The comment is queued once the open reports weigh `enough`. Raises a kind of Refused.
    """
    if not by.may_write:
        raise AuthorSuspended
    if comment.author_id == by.id:
        raise OwnComment
    if not comment.is_visible:
        raise CommentGone
    if db.session.get(Report, (comment.id, by.id)):
        return
    _refuse_beyond(per_day, by=by)
    is_young = by.joined_at > now() - Report.YOUNG
    weight = reporter_weight(by) * (0.5 if is_young else 1)
    mine = Report(
        comment_id=comment.id,
        reporter_id=by.id,
        reason=reason,
        note=note,
        weight=weight,
        by_young=is_young,
    )
    db.session.add(mine)
    db.session.flush()
    if reason == WEIGHT_UPHELD and "<a " in comment.html and weight >= 1:
        comment._set_held(reason=WEIGHT_UPHELD)
        moderation_queue.enqueue(comment, Queue.HELD, reason=WEIGHT_UPHELD)
    if _weight_of_open(comment) >= enough or reason == WEIGHT_UPHELD:
        moderation_queue.enqueue(comment, Queue.REPORTED, reason=_foremost(comment))


def withdraw(comment: Comment, *, by: User) -> None:
    """The reader takes it back while nobody has answered it. Does not unqueue: somebody may be
    looking already."""
    mine = db.session.get(Report, (comment.id, by.id))
    if mine and mine.ruling_id is None:
        db.session.delete(mine)


def reporter_weight(reporter: User) -> float:
    """How much this person's word weighs: 1 for somebody unknown.

    Twice the share of their reports that were upheld, as if four had been made already and two of
    them upheld (so one answer moves little); between 0.2 and 2.
    """
    answered = select(func.count(), func.count().filter(Report.upheld.is_(True)))
    answered = answered.where(Report.reporter_id == reporter.id, Report.upheld.is_not(None))
    made, upheld = db.session.execute(answered).one()
    return float(max(0.2, 2 * (upheld + 2) / (made + 4)))


def reporter_record(reporter: User) -> tuple[int, int]:
    """How many reports a person has made, and how many were upheld."""
    counts = select(func.count(), func.count().filter(Report.upheld.is_(True)))
    row = db.session.execute(counts.where(Report.reporter_id == reporter.id)).one()
    return row[0], row[1]


def _refuse_beyond(per_day: int, *, by: User) -> None:
    day = timedelta(days=1)
    recent = select(Report.made_at).where(Report.reporter_id == by.id)
    recent = recent.where(Report.made_at > now() - day).order_by(Report.made_at.desc())
    if per_day and (first := db.session.scalar(recent.offset(per_day - 1).limit(1))):
        raise TooManyReports(first + day)


def _weight_of_open(comment: Comment) -> float:
    total = select(func.sum(Report.weight)).where(Report.comment_id == comment.id)
    return db.session.scalar(total.where(Report.ruling_id.is_(None))) or 0.0


def _foremost(comment: Comment) -> str:
    """The reason that weighs most among the open reports; what the law is strictest on, first."""
    weights = select(Report.reason).where(Report.comment_id == comment.id)
    weights = weights.where(Report.ruling_id.is_(None)).group_by(Report.reason)
    most = weights.order_by((Report.reason == WEIGHT_UPHELD).desc(), func.sum(Report.weight).desc())
    return db.session.scalar(most.limit(1)) or ""


def answer_reports(ruling: Ruling) -> None:
    """Hiding says the same as those who reported; keeping does not."""
    if ruling.verdict in (Verdict.HIDE, Verdict.KEEP):
        waiting = update(Report).where(Report.comment_id == ruling.comment_id)
        upheld = ruling.verdict == Verdict.HIDE
        db.session.execute(
            waiting.where(Report.ruling_id.is_(None)).values(ruling_id=ruling.id, upheld=upheld)
        )


def reopen_reports(ruling: Ruling) -> None:
    answered = update(Report).where(Report.ruling_id == ruling.id)
    db.session.execute(answered.values(ruling_id=None, upheld=None))


def export_reports(user: User) -> list[dict[str, Any]]:
    return data_export.as_dicts(
        select(_report.comment_id, _report.reason, _report.note, _report.made_at)
        .where(_report.reporter_id == user.id)
        .order_by(_report.made_at, _report.comment_id)
    )

"""Activity of each thread in slots of ten minutes: comments, votes and reports.

A job counts it afterwards from rows stored anyway, so posting pays nothing for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import ForeignKey, Index, Row, Select, Table, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from board.articles.models import Article
from board.comments.models import Comment
from board.comments.viewer.reactions import Reaction
from board.db import Base, db, now
from board.moderation.reports.models import Report

SLOT = timedelta(minutes=10)
SLOTS_A_DAY = 144
KINDS = ("comments", "votes", "reports")
KEPT_FOR = timedelta(days=14)
_BATCH = 500  # comments read in one query


class Event(NamedTuple):
    """A comment, vote or report."""

    kind: str
    article_id: int
    comment_id: int
    user_id: int
    at: datetime


class ActivityBucket(Base):
    """Counts of one thread in one slot. Slots are numbered from the start of 1970, UTC."""

    __tablename__ = "pulse"
    __table_args__ = (Index(None, "article_id", "slot"),)

    slot: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey(Article.id), primary_key=True)
    comments: Mapped[int] = mapped_column(default=0)
    votes: Mapped[int] = mapped_column(default=0)
    reports: Mapped[int] = mapped_column(default=0)

    @classmethod
    def for_thread(cls, article_id: int, *, first: int, last: int) -> Select[Any]:
        """The slots of a thread in order, without empty ones."""
        rows = select(cls).where(cls.article_id == article_id, cls.slot.between(first, last))
        return rows.order_by(cls.slot)

    @classmethod
    def busiest(cls, *, since: datetime, limit: int) -> Select[*tuple[Any, ...]]:
        """Articles with their counts since then, the busiest first; ties by id, newest first."""
        sums = [func.sum(getattr(cls, kind)).label(kind) for kind in KINDS]
        total = func.sum(cls.comments + cls.votes + cls.reports)
        articles = select(Article, *sums).join(Article, Article.id == cls.article_id)
        articles = articles.where(cls.slot >= slot_of(since)).group_by(Article.id)
        return articles.order_by(total.desc(), Article.id.desc()).limit(limit)


Tally = Mapping[tuple[int, int], Counter[str]]  # by slot and article


def slot_of(moment: datetime) -> int:
    return int(moment.timestamp() // SLOT.total_seconds())


def start_of(slot: int) -> datetime:
    return datetime.fromtimestamp(slot * SLOT.total_seconds(), UTC)


def first_open_bucket() -> int:
    """The first slot that may still change: the one before the current."""
    return slot_of(now()) - 1


def events(since: datetime) -> list[Event]:
    """All events since then. Rows a fast clock dated into the future are not counted yet."""
    end = now()
    return [
        event
        for source in (_comments(since), _votes(since), _reports(since))
        for event in source
        if since <= event.at <= end
    ]


def _comments(since: datetime) -> Iterator[Event]:
    """Backwards by id from the newest, until a whole batch is older."""
    before, has_recent = None, True
    while has_recent:
        rows = _batch(before)
        yield from (Event("comments", *row) for row in rows)
        has_recent = len(rows) == _BATCH and any(row.posted_at >= since for row in rows)
        before = rows[-1].id if rows else None


def _batch(before: int | None) -> list[Row[*tuple[Any, ...]]]:
    newest = select(Comment.article_id, Comment.id, Comment.author_id, Comment.posted_at)
    if before:
        newest = newest.where(Comment.id < before)
    return list(db.session.execute(newest.order_by(Comment.id.desc()).limit(_BATCH)))


def _votes(since: datetime) -> Iterator[Event]:
    """Current votes: a changed one counts at the time of the change, a withdrawn one not at all."""
    rows = select(Comment.article_id, Reaction.comment_id, Reaction.user_id, Reaction.made_at)
    rows = rows.join(Comment, Comment.id == Reaction.comment_id)
    for row in db.session.execute(rows.where(Reaction.made_at >= since)):
        yield Event("votes", *row)


def _reports(since: datetime) -> Iterator[Event]:
    rows = select(Comment.article_id, Report.comment_id, Report.reporter_id, Report.made_at)
    rows = rows.join(Comment, Comment.id == Report.comment_id)
    for row in db.session.execute(rows.where(Report.made_at >= since)):
        yield Event("reports", *row)


def count_activity(events: list[Event], *, first: int) -> Tally:
    """Counts by slot and article, from the slot `first` on."""
    counts: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for event in events:
        if (slot := slot_of(event.at)) >= first:
            counts[slot, event.article_id][event.kind] += 1
    return counts


def is_stored(tally: Tally, *, first: int) -> bool:
    rows = db.session.scalars(select(ActivityBucket).where(ActivityBucket.slot >= first))
    stored = {
        (row.slot, row.article_id): {kind: getattr(row, kind) for kind in KINDS} for row in rows
    }
    return stored == {key: {kind: each[kind] for kind in KINDS} for key, each in tally.items()}


def store(tally: Tally, *, first: int) -> None:
    """Replace the counts from the slot `first` on, and delete those older than KEPT_FOR."""
    rows = [
        {"slot": slot, "article_id": id, **{kind: each[kind] for kind in KINDS}}
        for (slot, id), each in tally.items()
    ]
    old = slot_of(now() - KEPT_FOR)
    db.session.execute(delete(ActivityBucket).where(ActivityBucket.slot >= first))
    db.session.execute(delete(ActivityBucket).where(ActivityBucket.slot < old))
    if rows:
        db.session.connection().execute(insert(cast(Table, ActivityBucket.__table__)), rows)

"""How much goes on in each thread, in slots of ten minutes: comments, votes and reports.

Counted afterwards, by whoever keeps time, from what is stored anyway: posting pays nothing for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import ForeignKey, Index, Row, Select, Table, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from board.articles.models import Article
from board.comments.models import Comment
from board.comments.readers.reactions import Reaction
from board.db import Base, db, now
from board.moderation.reports.models import Report

SLOT = timedelta(minutes=10)
SLOTS_A_DAY = 144
KINDS = ("comments", "votes", "reports")
KEPT = timedelta(days=14)
_BATCH = 500  # comments looked at in one go


class Event(NamedTuple):
    """Somebody commented, voted or reported."""

    kind: str
    article_id: int
    comment_id: int
    user_id: int
    at: datetime


class ActivityBucket(Base):
    """What was done in one thread in one slot, counted from the first of 1970."""

    __tablename__ = "pulse"
    __table_args__ = (Index(None, "article_id", "slot"),)

    slot: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey(Article.id), primary_key=True)
    comments: Mapped[int] = mapped_column(default=0)
    votes: Mapped[int] = mapped_column(default=0)
    reports: Mapped[int] = mapped_column(default=0)

    @classmethod
    def of(cls, article_id: int, *, first: int, last: int) -> Select[Any]:
        """One thread's slots in order; those in which nothing happened are left out."""
        rows = select(cls).where(cls.article_id == article_id, cls.slot.between(first, last))
        return rows.order_by(cls.slot)

    @classmethod
    def busiest(cls, *, since: datetime, most: int) -> Select[*tuple[Any, ...]]:
        """Articles with what was done in their threads since then, the most first; ties by id."""
        sums = [func.sum(getattr(cls, kind)).label(kind) for kind in KINDS]
        total = func.sum(cls.comments + cls.votes + cls.reports)
        found = select(Article, *sums).join(Article, Article.id == cls.article_id)
        found = found.where(cls.slot >= slot_of(since)).group_by(Article.id)
        return found.order_by(total.desc(), Article.id.desc()).limit(most)


Tally = Mapping[tuple[int, int], Counter[str]]  # by slot and article


def slot_of(moment: datetime) -> int:
    return int(moment.timestamp() // SLOT.total_seconds())


def start_of(slot: int) -> datetime:
    return datetime.fromtimestamp(slot * SLOT.total_seconds(), UTC)


def first_open_bucket() -> int:
    """The first slot that may still change: the one before this."""
    return slot_of(now()) - 1


def events(since: datetime) -> list[Event]:
    """Everything since then; what a clock ahead has dated into the future is not counted yet."""
    moment = now()
    return [
        event
        for found in (_comments(since), _votes(since), _reports(since))
        for event in found
        if since <= event.at <= moment
    ]


def _comments(since: datetime) -> Iterator[Event]:
    """From the newest back, as ids go, until a whole batch is older."""
    before, is_young = None, True
    while is_young:
        rows = _batch(before)
        yield from (Event("comments", *row) for row in rows)
        is_young = len(rows) == _BATCH and any(row.posted_at >= since for row in rows)
        before = rows[-1].id if rows else None


def _batch(before: int | None) -> list[Row[*tuple[Any, ...]]]:
    newest = select(Comment.article_id, Comment.id, Comment.author_id, Comment.posted_at)
    if before:
        newest = newest.where(Comment.id < before)
    return list(db.session.execute(newest.order_by(Comment.id.desc()).limit(_BATCH)))


def _votes(since: datetime) -> Iterator[Event]:
    """As they stand: one that was changed counts when it was, one taken back not at all."""
    found = select(Comment.article_id, Reaction.comment_id, Reaction.user_id, Reaction.made_at)
    found = found.join(Comment, Comment.id == Reaction.comment_id)
    for row in db.session.execute(found.where(Reaction.made_at >= since)):
        yield Event("votes", *row)


def _reports(since: datetime) -> Iterator[Event]:
    found = select(Comment.article_id, Report.comment_id, Report.reporter_id, Report.made_at)
    found = found.join(Comment, Comment.id == Report.comment_id)
    for row in db.session.execute(found.where(Report.made_at >= since)):
        yield Event("reports", *row)


def count_activity(found: list[Event], *, first: int) -> Tally:
    """By slot and article, from a slot on."""
    counts: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for event in found:
        if (slot := slot_of(event.at)) >= first:
            counts[slot, event.article_id][event.kind] += 1
    return counts


def is_stored(counted: Tally, *, first: int) -> bool:
    rows = db.session.scalars(select(ActivityBucket).where(ActivityBucket.slot >= first))
    stored = {
        (row.slot, row.article_id): {kind: getattr(row, kind) for kind in KINDS} for row in rows
    }
    return stored == {
        place: {kind: each[kind] for kind in KINDS} for place, each in counted.items()
    }


def store(counted: Tally, *, first: int) -> None:
    """In place of whatever was counted there before; and forget what nobody looks at any more."""
    rows = [
        {"slot": slot, "article_id": id, **{kind: each[kind] for kind in KINDS}}
        for (slot, id), each in counted.items()
    ]
    old = slot_of(now() - KEPT)
    db.session.execute(delete(ActivityBucket).where(ActivityBucket.slot >= first))
    db.session.execute(delete(ActivityBucket).where(ActivityBucket.slot < old))
    if rows:
        db.session.connection().execute(insert(cast(Table, ActivityBucket.__table__)), rows)

"""Comments as the desk sees them, with what a moderator wants to know before deciding: a handful of
questions for a whole page, however many rows it has."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import abort
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from board.accounts.models import User
from board.comments.models import Comment
from board.db import db
from board.moderation.desk.forms import FilterForm
from board.moderation.filters.matches import RuleMatch, matches_in
from board.moderation.queue import Queue, QueueItem
from board.moderation.reports.models import Report
from board.moderation.rulings.models import Ruling
from board.web.forms import ROW_ID

SEARCHED = 20_000  # comments one page looks for words in: some hundredths of a second
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(rf"([0-9]{{1,17}})-({ROW_ID})")


@dataclass
class QueueRow:
    """One comment on a page of the desk, and what is known about it when the page is made."""

    comment: Comment
    last: int  # the last ruling about it, so that a decision made meanwhile is noticed
    parent: Comment | None
    written: int  # comments of its author
    hidden: int  # of these, hidden
    reports: list[Report]
    items: list[QueueItem]  # in which queues it waits
    hits: list[RuleMatch]  # what the rules found in it

    @property
    def since(self) -> datetime:
        return min((item.since for item in self.items), default=self.comment.posted_at)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where in its text rules found something."""
        return [hit.span for hit in self.hits if hit.end]

    @property
    def takers(self) -> list[User]:
        """Who is looking at it."""
        return [item.taker for item in self.items if item.taker and item.is_claimed]

    @property
    def young_reporters(self) -> int:
        return sum(report.by_young for report in self.reports)

    @property
    def by_reason(self) -> list[tuple[str, int]]:
        """How many reported it for what, the most frequent first."""
        return Counter(report.reason for report in self.reports).most_common()


@dataclass(frozen=True)
class QueuePage:
    """A page of the desk, and the cursor to go on with."""

    comments: Sequence[Comment]
    more: str | None


def queue_page(queue: Queue, filters: FilterForm, *, after: str | None) -> QueuePage:
    """A page of what waits in a queue, that which has waited longest first.

    Words are looked for in SEARCHED items at a time, so a page may be short, or empty, and go on.
    """
    start, narrow = _place(after), filters.of_items()
    end = _end_of_search(queue, start) if filters.text.data else None
    if end:
        narrow.append(tuple_(QueueItem.since, QueueItem.comment_id) <= end)
    found = list(db.session.scalars(QueueItem.oldest(queue, *narrow, after=start)))
    shown = found[: QueueItem.PAGE_SIZE]
    comments = [item.comment for item in shown]
    if len(found) > len(shown):
        return QueuePage(comments, _cursor(shown[-1].since, shown[-1].comment_id))
    return QueuePage(comments, _cursor(*end) if end else None)


def all_comments_page(filters: FilterForm, *, hidden: bool, after: str | None) -> QueuePage:
    """A page of all comments, or of the hidden ones, the newest first; words are looked for in
    SEARCHED numbers at a time."""
    start = _place(after)
    newest = select(Comment).join(Comment.article).join(Comment.author)
    newest = newest.options(contains_eager(Comment.article), contains_eager(Comment.author))
    newest = newest.where(Comment.deleted_at.is_(None), *filters.of_comments())
    if hidden:
        newest = newest.where(Comment.hidden_for.is_not(None))
    if start:
        newest = newest.where(Comment.id < start[1])
    end = 0
    if filters.text.data and not hidden:
        first = start[1] if start else (db.session.scalar(select(func.max(Comment.id))) or 0) + 1
        end = max(0, first - SEARCHED)
        newest = newest.where(Comment.id >= end)
    newest = newest.order_by(Comment.id.desc()).limit(QueueItem.PAGE_SIZE + 1)
    found = list(db.session.scalars(newest))
    shown = found[: QueueItem.PAGE_SIZE]
    if len(found) > len(shown):
        return QueuePage(shown, f"0-{shown[-1].id}")
    return QueuePage(shown, f"0-{end}" if end > 0 else None)


def _end_of_search(queue: Queue, start: tuple[datetime, int] | None) -> tuple[datetime, int] | None:
    """The place of the last item looked at for words; None when all that are left are."""
    place = tuple_(QueueItem.since, QueueItem.comment_id)
    items = select(QueueItem.since, QueueItem.comment_id).where(QueueItem.queue == queue.value)
    if start:
        items = items.where(place > start)
    items = items.order_by(QueueItem.since, QueueItem.comment_id).offset(SEARCHED - 1).limit(2)
    rows = db.session.execute(items).all()
    return (rows[0][0], rows[0][1]) if len(rows) > 1 else None


def build_rows(comments: Sequence[Comment]) -> list[QueueRow]:
    """Each with its parent, its author's record, its reports, its queues and its last ruling."""
    ids = [comment.id for comment in comments]
    records = _records({comment.author_id for comment in comments})
    reports, parents, last, items = _reports(ids), _parents(comments), _last(ids), _items(ids)
    found = matches_in(comments)
    return [
        QueueRow(
            comment,
            last.get(comment.id, 0),
            parents.get(comment.parent_id),
            *records.get(comment.author_id, (0, 0)),
            reports[comment.id],
            items[comment.id],
            found[comment.id],
        )
        for comment in comments
    ]


def _records(author_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """How many each has written, and how many of these are hidden: both from an index alone."""
    counted = select(Comment.author_id, func.count()).group_by(Comment.author_id)
    counted = counted.where(Comment.author_id.in_(list(author_ids)))
    hidden = {
        row[0]: row[1] for row in db.session.execute(counted.where(Comment.hidden_for.is_not(None)))
    }
    return {row[0]: (row[1], hidden.get(row[0], 0)) for row in db.session.execute(counted)}


def _reports(ids: Sequence[int]) -> dict[int, list[Report]]:
    found: dict[int, list[Report]] = defaultdict(list)
    for report in db.session.scalars(Report.open_on(ids)):
        found[report.comment_id].append(report)
    return found


def _items(ids: Sequence[int]) -> dict[int, list[QueueItem]]:
    found: dict[int, list[QueueItem]] = defaultdict(list)
    waiting = (
        select(QueueItem).where(QueueItem.comment_id.in_(ids)).options(joinedload(QueueItem.taker))
    )
    for item in db.session.scalars(waiting.order_by(QueueItem.since, QueueItem.queue)):
        found[item.comment_id].append(item)
    return found


def _parents(comments: Sequence[Comment]) -> dict[int | None, Comment]:
    ids = {comment.parent_id for comment in comments if comment.parent_id}
    found = select(Comment).join(Comment.author).options(contains_eager(Comment.author))
    return {each.id: each for each in db.session.scalars(found.where(Comment.id.in_(ids)))}


def _last(ids: Sequence[int]) -> dict[int | None, int]:
    newest = select(Ruling.comment_id, func.max(Ruling.id)).where(Ruling.comment_id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(newest.group_by(Ruling.comment_id))}


def _cursor(since: datetime, comment_id: int) -> str:
    return f"{(since - _EPOCH) // timedelta(microseconds=1)}-{comment_id}"


def _place(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    if not (found := _CURSOR.fullmatch(cursor)):
        abort(400)
    return _EPOCH + timedelta(microseconds=int(found[1])), int(found[2])

"""Rows of the desk's queue pages: each comment with what a moderator needs to decide.

A page takes a fixed number of queries, however many rows it has.
"""

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
from board.moderation.rulings.decisions import latest_ruling_ids
from board.web.forms import ROW_ID

SEARCH_MAX = 20_000  # comments one page searches for text: some hundredths of a second
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(rf"([0-9]{{1,17}})-({ROW_ID})")


@dataclass
class QueueRow:
    """One comment on a page of the desk, and what is known about it when the page is rendered."""

    comment: Comment
    last_ruling_id: int  # 0 without one; a later ruling is a conflict
    parent: Comment | None
    comment_count: int  # comments of the author
    hidden_count: int  # of these, hidden
    reports: list[Report]
    items: list[QueueItem]  # the queues it is in
    matches: list[RuleMatch]  # of rules in its text

    @property
    def since(self) -> datetime:
        return min((item.since for item in self.items), default=self.comment.posted_at)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where rules matched in its text."""
        return [match.span for match in self.matches if match.end]

    @property
    def claimed_by(self) -> list[User]:
        """Moderators who have it open."""
        return [item.claimer for item in self.items if item.claimer and item.is_claimed]

    @property
    def new_account_reports(self) -> int:
        return sum(report.by_young for report in self.reports)

    @property
    def reason_counts(self) -> list[tuple[str, int]]:
        """How many reports give each reason, the most frequent first."""
        return Counter(report.reason for report in self.reports).most_common()


@dataclass(frozen=True)
class QueuePage:
    """The comments of one page, and the cursor of the next, or None."""

    comments: Sequence[Comment]
    next_cursor: str | None


def queue_page(queue: Queue, filters: FilterForm, *, after: str | None) -> QueuePage:
    """A page of a queue, longest wait first. Aborts with 400 for a malformed cursor.

    A text search covers SEARCH_MAX items a page, so a page may be short or empty, and go on.
    """
    start, conditions = _parse_cursor(after), filters.for_queue_items()
    end = _search_end(queue, start) if filters.text.data else None
    if end:
        conditions.append(tuple_(QueueItem.since, QueueItem.comment_id) <= end)
    rows = list(db.session.scalars(QueueItem.oldest(queue, *conditions, after=start)))
    items = rows[: QueueItem.PAGE_SIZE]
    comments = [item.comment for item in items]
    if len(rows) > len(items):
        return QueuePage(comments, _cursor(items[-1].since, items[-1].comment_id))
    return QueuePage(comments, _cursor(*end) if end else None)


def all_comments_page(filters: FilterForm, *, hidden: bool, after: str | None) -> QueuePage:
    """A page of all or of hidden comments, newest first; a text search covers SEARCH_MAX ids."""
    start = _parse_cursor(after)
    newest = select(Comment).join(Comment.article).join(Comment.author)
    newest = newest.options(contains_eager(Comment.article), contains_eager(Comment.author))
    newest = newest.where(Comment.deleted_at.is_(None), *filters.for_comments(hidden=hidden))
    if hidden:
        newest = newest.where(Comment.hidden_for.is_not(None))
    if start:
        newest = newest.where(Comment.id < start[1])
    end = 0
    if filters.text.data and not hidden:
        first = start[1] if start else (db.session.scalar(select(func.max(Comment.id))) or 0) + 1
        end = max(0, first - SEARCH_MAX)
        newest = newest.where(Comment.id >= end)
    newest = newest.order_by(Comment.id.desc()).limit(QueueItem.PAGE_SIZE + 1)
    rows = list(db.session.scalars(newest))
    comments = rows[: QueueItem.PAGE_SIZE]
    if len(rows) > len(comments):
        return QueuePage(comments, f"0-{comments[-1].id}")
    return QueuePage(comments, f"0-{end}" if end > 0 else None)


def _search_end(queue: Queue, start: tuple[datetime, int] | None) -> tuple[datetime, int] | None:
    """The position of the last item this page searches; None when it searches all that are left."""
    position = tuple_(QueueItem.since, QueueItem.comment_id)
    items = select(QueueItem.since, QueueItem.comment_id).where(QueueItem.queue == queue.value)
    if start:
        items = items.where(position > start)
    items = items.order_by(QueueItem.since, QueueItem.comment_id).offset(SEARCH_MAX - 1).limit(2)
    rows = db.session.execute(items).all()
    return (rows[0][0], rows[0][1]) if len(rows) > 1 else None


def build_rows(comments: Sequence[Comment]) -> list[QueueRow]:
    """Rows with parent, author's record, reports, matches, queue items and last ruling."""
    ids = [comment.id for comment in comments]
    records = _records({comment.author_id for comment in comments})
    reports, parents, items = _reports(ids), _parents(comments), _items(ids)
    last_ruling_ids, matches = latest_ruling_ids(comments), matches_in(comments)
    return [
        QueueRow(
            comment,
            last_ruling_ids.get(comment.id, 0),
            parents.get(comment.parent_id),
            *records.get(comment.author_id, (0, 0)),
            reports[comment.id],
            items[comment.id],
            matches[comment.id],
        )
        for comment in comments
    ]


def _records(author_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Comment and hidden counts by author; both are read from an index alone."""
    counted = select(Comment.author_id, func.count()).group_by(Comment.author_id)
    counted = counted.where(Comment.author_id.in_(list(author_ids)))
    hidden = {
        row[0]: row[1] for row in db.session.execute(counted.where(Comment.hidden_for.is_not(None)))
    }
    return {row[0]: (row[1], hidden.get(row[0], 0)) for row in db.session.execute(counted)}


def _reports(ids: Sequence[int]) -> dict[int, list[Report]]:
    by_comment: dict[int, list[Report]] = defaultdict(list)
    for report in db.session.scalars(Report.open_on(ids)):
        by_comment[report.comment_id].append(report)
    return by_comment


def _items(ids: Sequence[int]) -> dict[int, list[QueueItem]]:
    by_comment: dict[int, list[QueueItem]] = defaultdict(list)
    query = (
        select(QueueItem)
        .where(QueueItem.comment_id.in_(ids))
        .options(joinedload(QueueItem.claimer))
    )
    for item in db.session.scalars(query.order_by(QueueItem.since, QueueItem.queue)):
        by_comment[item.comment_id].append(item)
    return by_comment


def _parents(comments: Sequence[Comment]) -> dict[int | None, Comment]:
    ids = {comment.parent_id for comment in comments if comment.parent_id}
    parents = select(Comment).join(Comment.author).options(contains_eager(Comment.author))
    return {each.id: each for each in db.session.scalars(parents.where(Comment.id.in_(ids)))}


def _cursor(since: datetime, comment_id: int) -> str:
    return f"{(since - _EPOCH) // timedelta(microseconds=1)}-{comment_id}"


def _parse_cursor(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    if not (match := _CURSOR.fullmatch(cursor)):
        abort(400)
    return _EPOCH + timedelta(microseconds=int(match[1])), int(match[2])

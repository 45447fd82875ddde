"""Moderation queues: which comments wait for a decision, and why."""

import enum
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    ScalarSelect,
    Select,
    String,
    delete,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import Base, db, now
from board.runtime.app import setting

# Counting stops here: beyond it a badge says 999+.
COUNT_MAX = 999


class Queue(enum.StrEnum):
    """The queues. A comment may wait in several; one decision removes it from all."""

    REPORTED = "reported"
    HELD = "held"
    NEW = "new"  # one of the first comments of an account


class QueueItem(Base):
    """One comment in one queue. Deleted by the decision; the ruling keeps a copy for undo."""

    __tablename__ = "queue_item"
    PAGE_SIZE = 50
    # How long a claim lasts after the moderator last opened the item.
    CLAIMED_FOR = timedelta(minutes=3)
    __table_args__ = (
        # One range scan each: a queue, and its items of an article or an author.
        Index("ix_queue_item_oldest", "queue", "since", "comment_id"),
        Index("ix_queue_item_article", "article_id", "queue", "since", "comment_id"),
        Index("ix_queue_item_author", "author_id", "queue", "since", "comment_id"),
    )

    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), primary_key=True)
    queue: Mapped[str] = mapped_column(String(10), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey(Article.id))
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str] = mapped_column(String(40), default="")
    # Detail in no language: which rule, which word, how many.
    why: Mapped[str] = mapped_column(String(200), default="")
    since: Mapped[datetime] = mapped_column(default=now)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    taken_at: Mapped[datetime | None]

    comment: Mapped[Comment] = relationship()
    claimer: Mapped[User | None] = relationship(foreign_keys=taken_by)

    @classmethod
    def oldest(
        cls, queue: Queue, *filters: ColumnElement[bool], after: tuple[datetime, int] | None = None
    ) -> Select[Self]:
        """One page + 1 of a queue, longest wait first; ties by comment id."""
        page = select(cls).join(cls.comment).join(Comment.article).join(Comment.author)
        page = page.where(cls.queue == queue.value, *filters)
        comment = contains_eager(cls.comment)
        page = page.options(
            comment.contains_eager(Comment.article), comment.contains_eager(Comment.author)
        )
        if after:
            page = page.where(tuple_(cls.since, cls.comment_id) > after)
        return page.order_by(cls.since, cls.comment_id).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def for_comment(cls, comment: Comment) -> Select[Self]:
        return select(cls).where(cls.comment_id == comment.id).order_by(cls.since, cls.queue)

    @property
    def is_claimed(self) -> bool:
        return self.taken_at is not None and self.taken_at > now() - self.CLAIMED_FOR


def enqueue(comment: Comment, queue: Queue, *, reason: str = "", why: str = "") -> QueueItem:
    """Put a comment into a queue. One already there keeps its place and takes the new reason."""
    item: QueueItem | None = db.session.get(QueueItem, (comment.id, queue.value))
    if item is None:
        item = QueueItem(
            comment_id=comment.id, article_id=comment.article_id, author_id=comment.author_id,
            queue=queue.value, since=now(),
        )  # fmt: skip
        db.session.add(item)
    item.reason, item.why = reason, why
    return item


def dequeue(comment: Comment) -> list[dict[str, str]]:
    """Remove a decided or deleted comment from all queues. Returns its entries, for `requeue`."""
    entries = [
        {"queue": item.queue, "reason": item.reason, "why": item.why, "at": item.since.isoformat()}
        for item in db.session.scalars(QueueItem.for_comment(comment))
    ]
    db.session.execute(delete(QueueItem).where(QueueItem.comment_id == comment.id))
    return entries


def requeue(comment: Comment, entries: Iterable[Mapping[str, str]]) -> None:
    """Undo of `dequeue`: the comment is back in its queues, with the time it had waited."""
    for entry in entries:
        item = enqueue(comment, Queue(entry["queue"]), reason=entry["reason"], why=entry["why"])
        item.since = datetime.fromisoformat(entry["at"])


def claim(comment: Comment, *, by: User) -> User | None:
    """Claim a comment for one moderator, or extend the claim. Returns another one who has it."""
    items = list(db.session.scalars(QueueItem.for_comment(comment)))
    other = next(
        (item.claimer for item in items if item.is_claimed and item.taken_by != by.id), None
    )
    if other is None:
        for item in items:
            item.taken_by, item.taken_at = by.id, now()
    return other


def counts() -> Mapping[Queue, int]:
    """How many items each queue has; COUNT_MAX + 1 stands for any larger number."""
    row = db.session.execute(_COUNTS).one()
    return dict(zip(Queue, row, strict=True))


def _count_of(queue: Queue) -> ScalarSelect[int]:
    items = select(QueueItem.comment_id).where(QueueItem.queue == queue.value).limit(COUNT_MAX + 1)
    return select(func.count()).select_from(items.subquery()).scalar_subquery()


_COUNTS = select(*(_count_of(queue) for queue in Queue))


def dequeue_deleted(comment: Comment) -> None:
    dequeue(comment)


def enqueue_if_held(comment: Comment) -> None:
    if comment.held_for:
        enqueue(comment, Queue.HELD, reason=comment.held_for)


def enqueue_if_new_account(comment: Comment) -> None:
    """Queue the first NEW_ACCOUNT_COMMENTS comments of an account for review."""
    first = setting("NEW_ACCOUNT_COMMENTS")
    if not first or comment.held_for:
        return
    own = select(Comment.id).where(Comment.author_id == comment.author_id).limit(first + 1)
    if len(list(db.session.scalars(own))) <= first:
        enqueue(comment, Queue.NEW)

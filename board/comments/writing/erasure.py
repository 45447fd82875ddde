"""Erasure of deleted articles: their text, and the comments that belong to no case."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, false, func, not_, or_, select, text

from board.articles.editing import lifecycle
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, now
from board.runtime.hooks import Hook

# Conditions on Comment: it belongs to a case (a claim, an order, a decision, a report), and stays
# as evidence of that case. See wiring.py of moderation and law.
belongs_to_case: Hook[Callable[[], ColumnElement[bool]]] = Hook()
BATCH = 50  # comments in one write, so that posting never waits long


class ThreadCounts(NamedTuple):
    """Comments of an article that are not deleted: all, and those that outlast it."""

    total: int
    kept: int


def thread_counts(article: Article) -> ThreadCounts:
    in_case = func.count().filter(or_(false(), *_cases()))
    counts = select(func.count(), in_case).where(*_undeleted(article))
    total, kept = db.session.execute(counts).one()
    return ThreadCounts(total, kept)


def is_due() -> bool:
    return db.session.scalar(_due().limit(1)) is not None


def erase_due() -> None:
    """One batch of comments of the first deleted article whose time has come, or else its text."""
    article = db.session.scalars(_due().limit(1)).one()
    erasable = select(Comment).where(*_undeleted(article), not_(or_(false(), *_cases())))
    comments = db.session.scalars(erasable.order_by(Comment.id).limit(BATCH)).all()
    for comment in comments:
        comment.delete()
    if not comments:
        lifecycle.erase_text(article)


def _due() -> Select[Article]:
    """By id. Literal, for the partial index."""
    is_deleted = text("erase_at IS NOT NULL AND erased_at IS NULL")
    return select(Article).where(is_deleted, Article.erase_at <= now()).order_by(Article.id)


def _undeleted(article: Article) -> tuple[ColumnElement[bool], ...]:
    return Comment.article_id == article.id, Comment.deleted_at.is_(None)


def _cases() -> list[ColumnElement[bool]]:
    return [condition() for condition in belongs_to_case]

"""Comments on the page of a person: their numbers of a month, or the comments themselves."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.search_index import index as search_index
from board.comments.thread.public_comment import PublicComment
from board.comments.thread.query import load_many
from board.db import db, now
from board.runtime.app import setting

DAYS = 30


class Numbers(NamedTuple):
    """Comments of the last DAYS that everyone can read, and their likes."""

    comments: int
    likes: int


class ProfileEntry(NamedTuple):
    """One comment, and the article it is under."""

    comment: PublicComment
    slug: str
    title: str


def profiles_are_on() -> bool:
    return bool(setting("PROFILES") != "off")


def has_written(user: User) -> bool:
    """Whether this user ever wrote a comment. Others have no page, so that nobody can count through
    the members or find the staff among them."""
    return (
        db.session.scalar(select(Comment.id).where(Comment.author_id == user.id).limit(1))
        is not None
    )


def numbers_of(user: User, are_shown: ColumnElement[bool]) -> Numbers:
    """`are_shown`: condition on the articles whose threads can be read."""
    totals = select(func.count(), func.coalesce(func.sum(Comment.like_count), 0)).join(Article)
    since = now() - timedelta(days=DAYS)
    own = (Comment.author_id == user.id, Comment.posted_at >= since, Comment.is_visible)
    return Numbers(*db.session.execute(totals.where(*own, are_shown)).one())


def comments_of(
    user: User, are_shown: ColumnElement[bool], *, before: int | None = None
) -> tuple[Sequence[ProfileEntry], int | None]:
    """One page, newest first by id, and the id for the next page. Read from the search index, which
    is in this order and holds nothing that is hidden, held or deleted."""
    id = search_index.fts_table.c.rowid
    page = select(Comment.id, Article.slug, Article.title).join(Article)
    page = page.join(search_index.fts_table, id == Comment.id)
    page = page.where(search_index.matching((), author_id=user.id), are_shown)
    if before:
        page = page.where(id < before)
    rows = db.session.execute(page.order_by(id.desc()).limit(Comment.PAGE_SIZE + 1)).all()
    shown = {row.id: row for row in rows[: Comment.PAGE_SIZE]}
    entries = [
        ProfileEntry(comment, shown[comment.id].slug, shown[comment.id].title)
        for comment in load_many(shown)
        if not comment.tombstone
    ]
    return entries, min(shown) if len(rows) > len(shown) else None

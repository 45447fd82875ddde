"""Queries of a thread: its pages, conversations and newest comments, the same for every reader."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    and_,
    bindparam,
    select,
    tuple_,
)

from board.accounts.models import User
from board.articles.editing.authors import ArticleAuthor
from board.comments.models import Comment, visible
from board.comments.search_index import index as search_index
from board.comments.thread.public_comment import CommentPage, PublicComment, public_comment
from board.comments.thread.sort import Cursor, Sort
from board.db import db
from board.db.read_connections import Query, Rows, read_connection

# Tables, not classes: rows without ORM objects cost half. Statements are built once, here or at
# first use: building one takes longer than running it.
_comment, _author = Comment.__table__.c, User.__table__.c
_wrote = ArticleAuthor.__table__.c
_parent, _parent_author = Comment.__table__.alias("parent"), User.__table__.alias("whom")
_root, _first = Comment.__table__.alias("root"), Comment.__table__.alias("early")

NEWEST_MAX = 50


_SELECT: Rows = (
    select(
        _comment.id,
        _comment.root_id,
        _comment.posted_at,
        _comment.edited_at,
        _comment.html,
        _comment.hidden_for,
        _comment.hidden_note,
        _comment.held_for,
        _comment.deleted_at,
        _comment.reply_count,
        _comment.like_count,
        _comment.dislike_count,
        _comment.rank,
        _comment.author_id,
        _author.name.label("author_name"),
        _author.left_on.label("author_left_on"),
        _author.label.label("author_label"),
        _wrote.user_id.label("wrote_article"),
        _comment.featured_at,
        _parent.c.id.label("to_id"),
        _parent_author.c.name.label("to_name"),
    )
    .select_from(Comment.__table__)
    # There always is an author; outer, so that no plan starts from the users and then sorts.
    .outerjoin(User.__table__, _author.id == _comment.author_id)
    .outerjoin(
        ArticleAuthor.__table__,
        and_(_wrote.article_id == _comment.article_id, _wrote.user_id == _comment.author_id),
    )
    .outerjoin(_parent, and_(_parent.c.id == _comment.parent_id, visible(_parent.c)))
    .outerjoin(_parent_author, _parent_author.c.id == _parent.c.author_id)
)
_FEATURED = (
    _SELECT.where(_comment.article_id == bindparam("article"), _comment.featured_at.is_not(None))
    .where(visible(_comment))
    .order_by(_comment.featured_at.desc(), _comment.id.desc())
)
_BY_ID = _SELECT.where(_comment.id == bindparam("id"))


def roots(
    article_id: int,
    *,
    sort: Sort = Sort.LATEST,
    before: Cursor | None = None,
    size: int = Comment.PAGE_SIZE,
) -> Query:
    """`size` + 1 roots of a thread in the order of `sort`, after the cursor `before`.

    Comments that keep their place while a reader pages through appear exactly once.
    """
    cursor = dict(zip(sort.key, before, strict=True)) if before else {}
    return _roots(sort, bool(before)), {"article": article_id, "limit": size + 1, **cursor}


@cache
def _roots(sort: Sort, after_cursor: bool) -> Rows:
    page = _SELECT.where(_comment.article_id == bindparam("article"), _comment.root_id.is_(None))
    if after_cursor:
        page = page.where(sort.after_cursor())
    return (
        page.where(_comment.listed).order_by(*sort.order).limit(bindparam("limit", type_=Integer))
    )


@cache
def _first_replies() -> Rows:
    """The first FIRST_REPLIES replies of each of `roots`, oldest first; ties by id."""
    first = (
        select(_first.c.id)
        .where(_first.c.root_id == _root.c.id, _first.c.listed)
        .order_by(_first.c.posted_at, _first.c.id)
        .limit(Comment.FIRST_REPLIES)
        .correlate(_root)
    )
    # Joined by id alone: with the root in the condition, SQLite reads all its replies to find ten.
    replies = _SELECT.join(_root, _comment.id.in_(first.scalar_subquery()))
    of_roots = _root.c.id.in_(bindparam("roots", expanding=True))
    return replies.where(of_roots).order_by(_comment.posted_at, _comment.id)


def replies(root: Comment, *, start: Comment | None = None, after: Comment | None = None) -> Rows:
    """One page and one more reply of a root, oldest first; ties by id.

    From `start` on, included, or after `after`.
    """
    page = _SELECT.where(_comment.root_id == root.id, _comment.listed)
    key = tuple_(_comment.posted_at, _comment.id)
    if after:
        page = page.where(key > tuple_(after.posted_at, after.id))
    elif start:
        page = page.where(key >= tuple_(start.posted_at, start.id))
    return page.order_by(_comment.posted_at, _comment.id).limit(Comment.PAGE_SIZE + 1)


def thread_page(
    article_id: int,
    *,
    sort: Sort = Sort.LATEST,
    before: Cursor | None = None,
    size: int = Comment.PAGE_SIZE,
) -> CommentPage:
    """A page of roots with their first replies, in two queries for any length of thread."""
    with read_connection() as connection:
        query = roots(article_id, sort=sort, before=before, size=size)
        rows = connection.execute(*query).all()
        page = rows[:size]
        replies = _replies_by_root(connection, [row.id for row in page])
    comments = [public_comment(row, replies.get(row.id, ())) for row in page]
    return CommentPage(comments, _cursor(sort, page[-1]) if len(rows) > size else None)


def _replies_by_root(connection: Connection, root_ids: list[int]) -> dict[int, list[PublicComment]]:
    by_root: dict[int, list[PublicComment]] = {}
    for row in connection.execute(_first_replies(), {"roots": root_ids}) if root_ids else ():
        by_root.setdefault(row.root_id, []).append(public_comment(row))
    return by_root


def _cursor(sort: Sort, last: Row[Any]) -> str:
    """The id of the last comment of a page and, where it can change, its sort value."""
    return f"{last.id}~{getattr(last, sort.sort_column):.17g}" if sort.sort_column else f"{last.id}"


def conversation(
    root: Comment, *, start: Comment | None = None, after: Comment | None = None
) -> tuple[PublicComment, CommentPage]:
    """A root and a page of its replies."""
    rows = db.session.execute(replies(root, start=start, after=after)).all()
    page = [public_comment(row) for row in rows[: Comment.PAGE_SIZE]]
    more = page[-1].id if len(rows) > len(page) else None
    return load_public(root)._replace(replies=tuple(page)), CommentPage(page, more)


def featured(article_id: int) -> tuple[PublicComment, ...]:
    """The featured comments of a thread, the last one featured first; ties by id."""
    with read_connection() as connection:
        rows = connection.execute(_FEATURED, {"article": article_id}).all()
    return tuple(map(public_comment, rows))


def load_many(ids: Collection[int]) -> list[PublicComment]:
    """These comments, newest first by id."""
    rows = _SELECT.where(_comment.id.in_(ids)).order_by(_comment.id.desc())
    return [public_comment(row) for row in db.session.execute(rows)] if ids else []


def newest_ids(article_id: int, limit: int = NEWEST_MAX) -> list[int]:
    """Ids of the newest visible comments, replies too, newest first.

    Ids rise in commit order, so a higher id is a later comment. Read from the search index, which
    is in this order and holds no hidden or deleted comment.
    """
    id = search_index.fts_table.c.rowid
    query = select(id).where(search_index.matching((), article_id=article_id))
    return list(db.session.scalars(query.order_by(id.desc()).limit(limit)))


def load_public(comment: Comment) -> PublicComment:
    return public_comment(db.session.execute(_BY_ID, {"id": comment.id}).one())

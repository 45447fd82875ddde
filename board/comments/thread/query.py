"""What readers see of a thread: the same for every reader.

A hidden or deleted comment leaves this module without text, name or author, so no template and no
format can give away what it must not.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from markupsafe import Markup
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
from board.comments.body import trusted_html
from board.comments.models import Comment, visible
from board.comments.search_index import index as search_index
from board.comments.thread.sort import Cursor, Sort
from board.db import db
from board.db.read_connections import Query, Rows, read_connection

# Tables rather than classes: rows come without the detour over objects, at half the price. And
# statements are made once, here or when first asked: making one takes longer than answering it.
_comment, _author = Comment.__table__.c, User.__table__.c
_parent, _whom = Comment.__table__.alias("parent"), User.__table__.alias("whom")
_root, _early = Comment.__table__.alias("root"), Comment.__table__.alias("early")

NEWEST_MAX = 50


class PublicComment(NamedTuple):
    """One comment as every reader sees it. `gone` is None, "deleted", "hidden" or "held".

    A value: what is made of it depends on nothing else, and is kept for as long as it is equal.
    """

    id: int
    posted_at: datetime
    is_reply: bool
    reply_count: int
    tombstone: str | None = None
    author_id: int | None = None
    author_name: str = ""
    html: Markup = Markup("")
    like_count: int = 0
    dislike_count: int = 0
    edited_at: datetime | None = None
    hidden_for: str | None = None
    hidden_note: str = ""
    to_id: int | None = None
    to_name: str = ""
    replies: tuple["PublicComment", ...] = ()

    @property
    def replies_left(self) -> int:
        """How many more one can read, beyond those at hand; tombstones are not counted."""
        return self.reply_count - sum(not reply.tombstone for reply in self.replies)


def ids_of(comments: Iterable[PublicComment]) -> Iterator[int]:
    for comment in comments:
        yield comment.id
        yield from ids_of(comment.replies)


def authors_of(comments: Iterable[PublicComment]) -> Iterator[int]:
    for comment in comments:
        if comment.author_id:
            yield comment.author_id
        yield from authors_of(comment.replies)


@dataclass(frozen=True, slots=True)
class CommentPage:
    """Some of a list, and the cursor to ask for the rest with."""

    comments: Sequence[PublicComment]
    more: int | str | None = None


_COLUMNS: Rows = (
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
        _parent.c.id.label("to_id"),
        _whom.c.name.label("to_name"),
    )
    .select_from(Comment.__table__)
    # There always is an author; outer, so that no plan starts from the people and then sorts.
    .outerjoin(User.__table__, _author.id == _comment.author_id)
    .outerjoin(_parent, and_(_parent.c.id == _comment.parent_id, visible(_parent.c)))
    .outerjoin(_whom, _whom.c.id == _parent.c.author_id)
)
_BY_ID = _COLUMNS.where(_comment.id == bindparam("id"))


def roots(
    article_id: int,
    *,
    sort: Sort = Sort.LATEST,
    before: Cursor | None = None,
    size: int = Comment.PAGE_SIZE,
) -> Query:
    """`size` and one more root comments of a thread in this order, those after the place `before`.

    Comments that keep their place while a reader goes from page to page come exactly once.
    """
    place = dict(zip(sort.key, before, strict=True)) if before else {}
    return _roots(sort, bool(before)), {"article": article_id, "most": size + 1, **place}


@cache
def _roots(sort: Sort, paged: bool) -> Rows:
    page = _COLUMNS.where(_comment.article_id == bindparam("article"), _comment.root_id.is_(None))
    if paged:
        page = page.where(sort.after_cursor())
    return page.where(_comment.listed).order_by(*sort.order).limit(bindparam("most", type_=Integer))


@cache
def _first_replies() -> Rows:
    """The first few replies of each of some roots, oldest first; ties by id."""
    first = (
        select(_early.c.id)
        .where(_early.c.root_id == _root.c.id, _early.c.listed)
        .order_by(_early.c.posted_at, _early.c.id)
        .limit(Comment.FIRST_REPLIES)
        .correlate(_root)
    )
    # By their ids alone: told the root as well, SQLite goes through all its replies to find ten.
    replies = _COLUMNS.join(_root, _comment.id.in_(first.scalar_subquery()))
    asked_for = _root.c.id.in_(bindparam("roots", expanding=True))
    return replies.where(asked_for).order_by(_comment.posted_at, _comment.id)


def replies(root: Comment, *, start: Comment | None = None, after: Comment | None = None) -> Rows:
    """One page and one more reply of a root, oldest first; ties by id.

    From `start` on, itself included, or from the one that follows `after`.
    """
    page = _COLUMNS.where(_comment.root_id == root.id, _comment.listed)
    place = tuple_(_comment.posted_at, _comment.id)
    if after:
        page = page.where(place > tuple_(after.posted_at, after.id))
    elif start:
        page = page.where(place >= tuple_(start.posted_at, start.id))
    return page.order_by(_comment.posted_at, _comment.id).limit(Comment.PAGE_SIZE + 1)


def thread_page(
    article_id: int,
    *,
    sort: Sort = Sort.LATEST,
    before: Cursor | None = None,
    size: int = Comment.PAGE_SIZE,
) -> CommentPage:
    """A page of roots, each with its first replies: two queries, however long the thread."""
    with read_connection() as connection:
        asked = roots(article_id, sort=sort, before=before, size=size)
        found = connection.execute(*asked).all()
        page = found[:size]
        below = _replies_by_root(connection, [row.id for row in page])
    comments = [_shown(row, below.get(row.id, ())) for row in page]
    return CommentPage(comments, _cursor(sort, page[-1]) if len(found) > size else None)


def _replies_by_root(connection: Connection, root_ids: list[int]) -> dict[int, list[PublicComment]]:
    found: dict[int, list[PublicComment]] = {}
    for row in connection.execute(_first_replies(), {"roots": root_ids}) if root_ids else ():
        found.setdefault(row.root_id, []).append(_shown(row))
    return found


def _cursor(sort: Sort, last: Row[Any]) -> str:
    """Names the last comment of a page and, where that may change, what decided its place."""
    return f"{last.id}~{getattr(last, sort.sort_column):.17g}" if sort.sort_column else f"{last.id}"


def conversation(
    root: Comment, *, start: Comment | None = None, after: Comment | None = None
) -> tuple[PublicComment, CommentPage]:
    """A root and a page of its replies."""
    found = db.session.execute(replies(root, start=start, after=after)).all()
    page = [_shown(row) for row in found[: Comment.PAGE_SIZE]]
    more = page[-1].id if len(found) > len(page) else None
    return load_public(root)._replace(replies=tuple(page)), CommentPage(page, more)


def load_many(ids: Collection[int]) -> list[PublicComment]:
    """These comments, newest first by id."""
    rows = _COLUMNS.where(_comment.id.in_(ids)).order_by(_comment.id.desc())
    return [_shown(row) for row in db.session.execute(rows)] if ids else []


def newest_ids(article_id: int, most: int = NEWEST_MAX) -> list[int]:
    """The newest comments everyone can see, replies among them, newest first.

    Ids rise in the order of commits, so whatever is above one a reader knows came later. Read from
    the search index, which has them in this order and holds nothing that is hidden or deleted.
    """
    place = search_index.fts_table.c.rowid
    found = select(place).where(search_index.matching((), article_id=article_id))
    return list(db.session.scalars(found.order_by(place.desc()).limit(most)))


def load_public(comment: Comment) -> PublicComment:
    return _shown(db.session.execute(_BY_ID, {"id": comment.id}).one())


def _shown(row: Row[*tuple[Any, ...]], replies: Sequence[PublicComment] = ()) -> PublicComment:
    (
        id, root_id, posted_at, edited_at, html, hidden_for, hidden_note, held_for, deleted_at,
        reply_count, like_count, dislike_count, _rank, author_id, author_name, to_id, to_name,
    ) = row  # fmt: skip
    known = (id, posted_at, root_id is not None, reply_count)
    if deleted_at is not None:
        return PublicComment(*known, tombstone="deleted", replies=tuple(replies))
    if hidden_for is not None:
        why = {"hidden_for": hidden_for, "hidden_note": hidden_note}
        return PublicComment(*known, tombstone="hidden", replies=tuple(replies), **why)
    if held_for is not None:
        return PublicComment(*known, tombstone="held", replies=tuple(replies))
    return PublicComment(
        *known,
        author_id=author_id,
        author_name=author_name,
        html=trusted_html(html),
        like_count=like_count,
        dislike_count=dislike_count,
        edited_at=edited_at,
        to_id=to_id,
        to_name=to_name or "",
        replies=tuple(replies),
    )

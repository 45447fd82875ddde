"""What readers see of a thread: the same for every reader.

A hidden or deleted comment leaves this module without text, name or author, so no template and no
format can give away what it must not.
"""

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db

Rows = Select[*tuple[Any, ...]]
Values = dict[str, Any]
Asked = tuple[Rows, Values]  # a statement, and what it is asked with


class Sort(enum.StrEnum):
    """An order of a thread. Each is total, since `id` decides last, and one scan of one index."""

    LATEST = "latest"
    OLDEST = "oldest"
    LIKED = "liked"
    REPLIED = "replied"

    @property
    def key(self) -> tuple[Any, ...]:
        """The columns that decide, the first most; all rise in OLDEST and fall in the others."""
        by_time = (Comment.posted_at, Comment.id)
        first = {Sort.LIKED: (Comment.rank,), Sort.REPLIED: (Comment.reply_count,)}
        return (*first.get(self, ()), *by_time)

    @property
    def order(self) -> list[ColumnElement[Any]]:
        return [each.asc() if self is Sort.OLDEST else each.desc() for each in self.key]

    def beyond(self) -> ColumnElement[bool]:
        """Whatever stands after the place of a cursor, whose key is given when it is asked."""
        place = tuple_(*self.key)
        here = tuple_(*(bindparam(column.key, type_=column.type) for column in self.key))
        return place > here if self is Sort.OLDEST else place < here

    def place_of(self, cursor: Comment) -> dict[str, Any]:
        """The key `cursor` has now."""
        return {column.key: getattr(cursor, column.key) for column in self.key}


@dataclass(slots=True)
class Shown:
    """One comment as every reader sees it. `gone` is None, "deleted", "hidden" or "held"."""

    id: int
    posted_at: datetime
    is_reply: bool
    reply_count: int
    gone: str | None = None
    author_id: int | None = None
    author_name: str = ""
    html: str = ""  # safe as it is
    like_count: int = 0
    dislike_count: int = 0
    hidden_for: str | None = None
    hidden_note: str = ""
    to_id: int | None = None
    to_name: str = ""
    replies: list["Shown"] = field(default_factory=list)

    @property
    def more_replies(self) -> bool:
        return len(self.replies) < self.reply_count


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list, and the id to ask for the rest with."""

    comments: list[Shown]
    more: int | None = None


# Made once: to alias a table again for each page takes longer than to read the page.
_ROOT, _EARLY, _PARENT, _WHOM = aliased(Comment), aliased(Comment), aliased(Comment), aliased(User)
_COLUMNS: Rows = (
    select(
        Comment.id,
        Comment.posted_at,
        Comment.html,
        Comment.hidden_for,
        Comment.hidden_note,
        Comment.held_for,
        Comment.deleted_at,
        Comment.root_id,
        Comment.reply_count,
        Comment.like_count,
        Comment.dislike_count,
        Comment.author_id,
        User.name.label("author_name"),
        _PARENT.id.label("to_id"),
        _WHOM.name.label("to_name"),
    )
    # There always is an author; outer, so that no plan starts from the people and then sorts.
    .outerjoin(User, User.id == Comment.author_id)
    .outerjoin(_PARENT, and_(_PARENT.id == Comment.parent_id, _PARENT.is_visible))
    .outerjoin(_WHOM, _WHOM.id == _PARENT.author_id)
)


def roots(
    article: Article,
    *,
    sort: Sort = Sort.LATEST,
    before: Comment | None = None,
    size: int = Comment.PAGE_SIZE,
) -> Asked:
    """`size` and one more root comments of a thread in this order, those after `before`.

    Comments that keep their place while a reader goes from page to page come exactly once. One
    that is liked or answered meanwhile moves, as does the cursor: the order is always today's.
    """
    place = sort.place_of(before) if before else {}
    return _roots(sort, bool(before)), {"article": article.id, "most": size + 1, **place}


def first_replies(root_ids: Iterable[int]) -> Asked:
    """The first few replies of each of these roots, oldest first; ties by id."""
    return _first_replies(), {"roots": list(root_ids)}


# Statements are made once and asked with other values: making one takes longer than answering it.
@cache
def _roots(sort: Sort, paged: bool) -> Rows:
    page = _COLUMNS.where(Comment.article_id == bindparam("article"), Comment.root_id.is_(None))
    if paged:
        page = page.where(sort.beyond())
    return page.where(Comment.listed).order_by(*sort.order).limit(bindparam("most", type_=Integer))


@cache
def _first_replies() -> Rows:
    first = (
        select(_EARLY.id)
        .where(_EARLY.root_id == _ROOT.id, _EARLY.listed)
        .order_by(_EARLY.posted_at, _EARLY.id)
        .limit(Comment.FIRST_REPLIES)
    )
    replies = _COLUMNS.join(_ROOT, and_(Comment.root_id == _ROOT.id, Comment.id.in_(first)))
    asked_for = _ROOT.id.in_(bindparam("roots", expanding=True))
    return replies.where(asked_for).order_by(Comment.posted_at, Comment.id)


def replies(root: Comment, *, start: Comment | None = None, after: Comment | None = None) -> Rows:
    """One page and one more reply of a root, oldest first; ties by id.

    From `start` on, itself included, or from the one that follows `after`.
    """
    page = _COLUMNS.where(Comment.root_id == root.id, Comment.listed)
    place = tuple_(Comment.posted_at, Comment.id)
    if after:
        page = page.where(place > tuple_(after.posted_at, after.id))
    elif start:
        page = page.where(place >= tuple_(start.posted_at, start.id))
    return page.order_by(Comment.posted_at, Comment.id).limit(Comment.PAGE_SIZE + 1)


def own(author: User, *, before: Comment | None = None) -> Select[Comment]:
    """One page and one more of a person's comments that are not deleted, newest first."""
    page = select(Comment).options(joinedload(Comment.article))
    page = page.where(Comment.author_id == author.id, Comment.deleted_at.is_(None))
    if before:
        page = page.where(
            tuple_(Comment.posted_at, Comment.id) < tuple_(before.posted_at, before.id)
        )
    newest_first = (Comment.posted_at.desc(), Comment.id.desc())
    return page.order_by(*newest_first).limit(Comment.PAGE_SIZE + 1)


def held(author: User, article: Article) -> Select[Comment]:
    """A person's comments under an article that wait for a moderator, newest first; ties by id."""
    waiting = select(Comment).where(Comment.author_id == author.id, Comment.held_for.is_not(None))
    waiting = waiting.where(Comment.article_id == article.id, Comment.deleted_at.is_(None))
    return waiting.order_by(Comment.posted_at.desc(), Comment.id.desc())


def thread_page(
    article: Article,
    *,
    sort: Sort = Sort.LATEST,
    before: Comment | None = None,
    size: int = Comment.PAGE_SIZE,
) -> Page:
    """A page of roots, each with its first replies: two queries, however long the thread."""
    page = _page(*roots(article, sort=sort, before=before, size=size), size=size)
    by_id = {comment.id: comment for comment in page.comments}
    for row in db.session.execute(*first_replies(by_id)) if by_id else ():
        by_id[row.root_id].replies.append(_shown(row))
    return page


def conversation(
    root: Comment, *, start: Comment | None = None, after: Comment | None = None
) -> tuple[Shown, Page]:
    """A root and a page of its replies."""
    top = shown(root)
    page = _page(replies(root, start=start, after=after))
    top.replies = page.comments
    return top, page


def some(ids: Collection[int]) -> list[Shown]:
    """These comments, newest first by id."""
    rows = _COLUMNS.where(Comment.id.in_(ids)).order_by(Comment.id.desc())
    return [_shown(row) for row in db.session.execute(rows)] if ids else []


def shown(comment: Comment) -> Shown:
    return _shown(db.session.execute(_COLUMNS.where(Comment.id == comment.id)).one())


def _page(query: Rows, values: Values | None = None, *, size: int = Comment.PAGE_SIZE) -> Page:
    """What `query`, which asks for one more than `size`, has found."""
    found = [_shown(row) for row in db.session.execute(query, values)]
    return Page(found[:size], found[size - 1].id if len(found) > size else None)


def _shown(row: Any) -> Shown:
    comment = Shown(
        id=row.id,
        posted_at=row.posted_at,
        is_reply=row.root_id is not None,
        reply_count=row.reply_count,
    )
    if row.deleted_at is not None:
        comment.gone = "deleted"
    elif row.hidden_for is not None:
        comment.gone = "hidden"
        comment.hidden_for, comment.hidden_note = row.hidden_for, row.hidden_note
    elif row.held_for is not None:
        comment.gone = "held"
    else:
        comment.author_id, comment.author_name, comment.html = (
            row.author_id,
            row.author_name,
            Markup(row.html),  # noqa: S704 - made from escaped text when it was written
        )
        comment.like_count, comment.dislike_count = row.like_count, row.dislike_count
        comment.to_id, comment.to_name = row.to_id, row.to_name or ""
    return comment

"""Posting: the one way into a thread, and the limits on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.orm import make_transient_to_detached

from board.accounts.models import User
from board.articles.course import course_of
from board.articles.models import Article
from board.comments import search
from board.comments.body import Body
from board.comments.models import Comment
from board.db import db, now, run

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Limits:
    """How much one account may write; 0 = no limit. Defaults of the Korean portals since 2018."""

    interval: timedelta = timedelta(seconds=60)
    per_day: int = 20
    roots_per_article: int = 3
    same_text: timedelta = timedelta(hours=24)

    @classmethod
    def none(cls) -> Self:
        return cls(interval=timedelta(), per_day=0, roots_per_article=0, same_text=timedelta())


class Refused(Exception):
    """The comment was not stored. `retry_at` is when it would be, if that is a matter of time."""

    def __init__(self, retry_at: datetime | None = None) -> None:
        super().__init__()
        self.retry_at = retry_at


class ThreadClosed(Refused):
    """The thread takes no comments, at least for now."""


class ParentGone(Refused):
    """The comment answered is hidden, deleted, or under another article."""


class KeyReused(Refused):
    """Another text was posted under this key."""


class AuthorSuspended(Refused):
    """The account was suspended while the comment was on its way."""


class TooSoon(Refused): ...


class TooManyToday(Refused): ...


class TooManyHere(Refused):
    """No more root comments by this account under this article; replies are still welcome."""


class SameText(Refused): ...


@dataclass(frozen=True)
class Draft:
    """A comment about to be stored, as other slices look at it."""

    article: Article
    author: User
    body: Body
    parent: Comment | None
    known: Row[*tuple[Any, ...]]  # the answers to `questions`, by their names
    is_edit: bool = False


# What the checks of other slices must know: one value each, about `article` and `author`. All are
# asked at once, with what the limits look at; a question of its own would cost several times that.
questions: dict[str, Select[Any]] = {}
# Other slices say here what must not be posted, by raising a kind of Refused, and what must wait
# for a moderator, by the code of why. All are asked; the first code stands.
checks: list[Callable[[Draft], str | None]] = []
# What else is to be written with a new comment, which has its id.
on_post: list[Callable[[Comment], None]] = []


def opened(slug: str, author_id: int) -> Row[Article, User] | None:
    """The article and its reader as they are now, in one question. None where there is none."""
    return db.session.execute(_OPENED, {"slug": slug, "author": author_id}).one_or_none()


_OPENED = (
    select(Article, User)
    .join(User, User.id == bindparam("author"))
    .where(Article.slug == bindparam("slug"))
)


def post(
    article: Article,
    *,
    by: User,
    body: Body,
    key: str,
    parent: Comment | None = None,
    limits: Limits,
) -> Comment:
    """Add a comment, or find the one this key has stored already. Raises a kind of Refused."""
    past = _past(article, by=by, body=body, key=key, parent=parent, limits=limits)
    if past.stored_id:
        return _the_same(past.stored_id, article, body)
    if by.is_suspended:
        raise AuthorSuspended
    course = course_of(article)
    if not course.takes_comments:
        raise ThreadClosed(course.opens_at)
    if parent and not (parent.is_visible and parent.article_id == article.id):
        raise ParentGone
    _refuse_beyond(limits, past, is_root=parent is None)
    comment = store(
        article,
        by=by,
        body=body,
        key=key,
        parent=parent,
        posted_at=_moment(past, parent.root_or_self if parent else None),
        held_for=look_at(Draft(article, by, body, parent, past)),
    )
    for effect in on_post:
        effect(comment)
    return comment


def look_at(draft: Draft) -> str | None:
    """Why it must wait for a moderator, if it must. Raises what another slice refuses it for."""
    found = [check(draft) for check in checks]
    return next(filter(None, found), None)


def store(
    article: Article,
    *,
    by: User,
    body: Body,
    key: str,
    parent: Comment | None,
    posted_at: datetime,
    held_for: str | None = None,
) -> Comment:
    """A new comment, counted and found; for what no longer has to be checked."""
    row = {
        "article_id": article.id,
        "author_id": by.id,
        "parent_id": parent.id if parent else None,
        "root_id": (parent.root_id or parent.id) if parent else None,
        "key": key,
        "body": body.text,
        "html": body.html,
        "text_hash": body.hash,
        "posted_at": posted_at,
        "held_for": held_for,
        "listed": held_for is None,
        **_NOTHING_YET,
    }
    comment = Comment(**row, id=run(_STORE, row).scalar_one())
    make_transient_to_detached(comment)  # it stands in the table: nothing is left to flush
    db.session.add(comment)
    comment.count(int(comment.is_visible))
    if comment.is_visible:
        search.add(comment)
    return comment


# What has happened to a new comment.
_NOTHING_YET: dict[str, Any] = {
    **dict.fromkeys(("edited_at", "hidden_for", "deleted_at")),
    **dict.fromkeys(("reply_count", "like_count", "dislike_count", "rank"), 0),
    "hidden_note": "",
}
# A statement of its own: the session's unit of work takes longer to come to the same.
_STORE = insert(cast(Table, Comment.__table__)).returning(Comment.__table__.c.id)


def _the_same(stored_id: int, article: Article, body: Body) -> Comment:
    """What this key has stored before, if that was this text under this article."""
    stored: Comment = db.session.get_one(Comment, stored_id)
    if (stored.text_hash, stored.article_id) != (body.hash, article.id):
        raise KeyReused
    return stored


_c = Comment.__table__.c


def _newest(*where: ColumnElement[bool]) -> Select[datetime]:
    return select(func.max(_c.posted_at)).where(*where)


def _own(within: str) -> ColumnElement[bool]:
    """The author's own, as far as a limit looks.

    On either side: whatever a clock far ahead has noted does not stop anyone until then.
    """
    since: ColumnElement[datetime] = bindparam(f"{within}_since")
    until: ColumnElement[datetime] = bindparam(f"{within}_until")
    return and_(_c.author_id == bindparam("author"), _c.posted_at > since, _c.posted_at < until)


_ROOTS = and_(_c.article_id == bindparam("article"), _c.root_id.is_(None))
_OWN_ROOTS = select(_c.id).where(_c.author_id == bindparam("author"), _ROOTS)
_ASKED = {
    "stored_id": select(_c.id).where(
        _c.author_id == bindparam("author"), _c.key == bindparam("key")
    ),
    "own_at": _newest(_own("interval")),
    "own_of_day_at": select(_c.posted_at)
    .where(_own("day"))
    .order_by(_c.posted_at.desc())
    .offset(bindparam("day_has", type_=Integer))
    .limit(1),
    "same_at": _newest(_own("same_text"), _c.text_hash == bindparam("hash")),
    "own_roots": select(func.count()).select_from(
        _OWN_ROOTS.limit(bindparam("roots_have", type_=Integer)).subquery()
    ),
    "newest_root_at": _newest(_ROOTS, _c.listed),
    "newest_reply_at": _newest(_c.root_id == bindparam("root"), _c.listed),
}
Past = Row[*tuple[Any, ...]]


@cache
def _at_once(*, with_past: bool) -> Select[*tuple[Any, ...]]:
    """All questions as one. Made when it is first asked, after every slice has had its say."""
    asked = {**(_ASKED if with_past else {}), **questions}
    return select(*(each.scalar_subquery().label(name) for name, each in asked.items()))


def known(article: Article, author: User) -> Row[*tuple[Any, ...]]:
    """The answers to `questions`, when there is nothing else to ask."""
    return run(_at_once(with_past=False), {"article": article.id, "author": author.id}).one()


def _past(
    article: Article, *, by: User, body: Body, key: str, parent: Comment | None, limits: Limits
) -> Past:
    """All that the stored comments say about a new one, asked at once. A limit of 0 asks nothing.

    Deleted ones count too, and no restart and no worker forgets.
    """
    moment = now()
    a_day = _DAY if limits.per_day else timedelta()
    waits = {"interval": limits.interval, "day": a_day, "same_text": limits.same_text}
    asked = {
        "article": article.id,
        "author": by.id,
        "key": key,
        "hash": body.hash,
        "root": parent and (parent.root_id or parent.id),
        "day_has": max(0, limits.per_day - 1),
        "roots_have": limits.roots_per_article,
        **{f"{name}_since": moment - wait for name, wait in waits.items()},
        **{f"{name}_until": moment + wait for name, wait in waits.items()},
    }
    return run(_at_once(with_past=True), asked).one()


def _refuse_beyond(limits: Limits, past: Past, *, is_root: bool) -> None:
    for refusal, posted_at, wait in (
        (TooSoon, past.own_at, limits.interval),
        (TooManyToday, past.own_of_day_at, _DAY),
        (SameText, past.same_at, limits.same_text),
    ):
        if posted_at:
            raise refusal(posted_at + wait)
    if is_root and 0 < limits.roots_per_article <= past.own_roots:
        raise TooManyHere


def _moment(past: Past, root: Comment | None) -> datetime:
    """Now; but while the clock is behind the newest comment here, the moment of that one.

    So a new comment is always the newest of its list, ties being settled by id: it is on the page
    where its author looks for it, and a reader on the way through the pages does not miss it. From
    a clock that was off by more than a day nothing is taken over: better one list out of order
    than wrong dates for as long as it was off.
    """
    moment = now()
    newest = (past.newest_reply_at or root.posted_at) if root else past.newest_root_at
    return newest if newest and moment < newest < moment + _DAY else moment

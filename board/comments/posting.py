"""Posting: the one way into a thread, and the limits on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Select, func, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments import search
from board.comments.body import Body
from board.comments.models import Comment
from board.db import db, now

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
    """The article takes no comments."""


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


# Other slices say here what must not be posted, by raising a kind of Refused, and what must wait
# for a moderator, by the code of why. All are asked; the first code stands.
checks: list[Callable[[Draft], str | None]] = []
# What else is to be written with a new comment, which has its id.
on_post: list[Callable[[Comment], None]] = []


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
    if stored := db.session.scalar(select(Comment).filter_by(author_id=by.id, key=key)):
        if (stored.text_hash, stored.article_id) != (body.hash, article.id):
            raise KeyReused
        return stored
    if by.is_suspended:
        raise AuthorSuspended
    if not article.takes_comments:
        raise ThreadClosed
    if parent and not (parent.is_visible and parent.article_id == article.id):
        raise ParentGone
    _refuse_beyond(limits, article, by=by, body=body, is_root=parent is None)
    held_for = look_at(Draft(article, by, body, parent))
    comment = Comment(
        article=article,
        author=by,
        parent=parent,
        root=parent.root_or_self if parent else None,
        key=key,
        body=body.text,
        html=body.html,
        text_hash=body.hash,
        posted_at=_moment(article, parent.root_or_self if parent else None),
        held_for=held_for,
        listed=held_for is None,
        reply_count=0,
    )
    db.session.add(comment)
    comment.count(int(comment.is_visible))
    db.session.flush()
    if comment.is_visible:
        search.add(comment)
    for effect in on_post:
        effect(comment)
    return comment


def look_at(draft: Draft) -> str | None:
    """Why it must wait for a moderator, if it must. Raises what another slice refuses it for."""
    found = [check(draft) for check in checks]
    return next(filter(None, found), None)


def _moment(article: Article, root: Comment | None) -> datetime:
    """Now; but while the clock is behind the newest comment here, the moment of that one.

    So a new comment is always the newest of its list, ties being settled by id: it is on the page
    where its author looks for it, and a reader on the way through the pages does not miss it. From
    a clock that was off by more than a day nothing is taken over: better one list out of order
    than wrong dates for as long as it was off.
    """
    moment = now()
    last = select(Comment.posted_at).where(Comment.listed).order_by(Comment.posted_at.desc())
    if root:
        last = last.where(Comment.root_id == root.id)
    else:
        last = last.where(Comment.article_id == article.id, Comment.root_id.is_(None))
    newest = db.session.scalar(last.limit(1)) or (root.posted_at if root else moment)
    return newest if moment < newest < moment + _DAY else moment


def _refuse_beyond(
    limits: Limits, article: Article, *, by: User, body: Body, is_root: bool
) -> None:
    """Counted from the stored comments, deleted ones too: no restart and no worker forgets."""
    moment = now()
    own = select(Comment.posted_at).where(Comment.author_id == by.id)
    own = own.order_by(Comment.posted_at.desc()).limit(1)
    waits: list[tuple[type[Refused], Select[datetime], timedelta]] = []
    if limits.interval:
        waits.append((TooSoon, own, limits.interval))
    if limits.per_day:  # as many as a day has room for ago
        waits.append((TooManyToday, own.offset(limits.per_day - 1), _DAY))
    if limits.same_text:
        waits.append((SameText, own.where(Comment.text_hash == body.hash), limits.same_text))
    for refusal, last, wait in waits:
        # On either side: whatever a clock far ahead has noted does not stop anyone until then.
        near = Comment.posted_at > moment - wait, Comment.posted_at < moment + wait
        if posted_at := db.session.scalar(last.where(*near)):
            raise refusal(posted_at + wait)
    if is_root and 0 < limits.roots_per_article <= _roots(article, by=by):
        raise TooManyHere


def _roots(article: Article, *, by: User) -> int:
    roots = select(func.count()).select_from(Comment)
    roots = roots.where(Comment.author_id == by.id, Comment.article_id == article.id)
    return db.session.scalar(roots.where(Comment.root_id.is_(None))) or 0

"""Posting: the one way into a thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, select
from sqlalchemy.orm import make_transient_to_detached

from board.accounts.models import User
from board.articles.models import Article
from board.articles.thread_controls.state import thread_state
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.search_index import index as search_index
from board.comments.thread.counters import bump_counters
from board.comments.writing.errors import AuthorSuspended, KeyReused, ParentGone, ThreadClosed
from board.comments.writing.limits import DAY, PostingHistory, PostingLimits, posting_history
from board.db import db, execute_core, now
from board.runtime.hooks import Hook


@dataclass(frozen=True)
class PendingPost:
    """A comment about to be stored, as other slices look at it."""

    article: Article
    author: User
    body: Body
    parent: Comment | None
    extra: Row[*tuple[Any, ...]]  # the `extra_columns` of limits.py, by their names
    is_edit: bool = False


# Checks before posting, in the order of wiring.py of comments, law and moderation. A check refuses
# by raising a kind of Refused, or holds the comment for a moderator by returning the code of the
# reason. All run; the first code stands.
pre_post_checks: Hook[Callable[[PendingPost], str | None]] = Hook()
# Effects of posting, in the same write; the comment has its id. See moderation/wiring.py.
after_post: Hook[Callable[[Comment], None]] = Hook()


def load_article_and_author(slug: str, author_id: int) -> Row[Article, User] | None:
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
    limits: PostingLimits,
) -> Comment:
    """Add a comment, or find the one this key has stored already. Raises a kind of Refused."""
    past = posting_history(article, by=by, body=body, key=key, parent=parent, limits=limits)
    if past.stored_id:
        return _replay(past.stored_id, article, body)
    if not by.may_write:
        raise AuthorSuspended
    course = thread_state(article)
    if not course.takes_comments:
        raise ThreadClosed(course.opens_at)
    if parent and not (parent.is_visible and parent.article_id == article.id):
        raise ParentGone
    limits.enforce(past, is_root=parent is None)
    comment = insert_comment(
        article,
        by=by,
        body=body,
        key=key,
        parent=parent,
        posted_at=_posting_time(past, parent.root_or_self if parent else None),
        held_for=run_checks(PendingPost(article, by, body, parent, past)),
    )
    for effect in after_post:
        effect(comment)
    return comment


def run_checks(draft: PendingPost) -> str | None:
    """Why it must wait for a moderator, if it must. Raises what another slice refuses it for."""
    found = [check(draft) for check in pre_post_checks]
    return next(filter(None, found), None)


def insert_comment(
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
    comment = Comment(**row, id=execute_core(_STORE, row).scalar_one())
    make_transient_to_detached(comment)  # it stands in the table: nothing is left to flush
    db.session.add(comment)
    bump_counters(comment, int(comment.is_visible))
    if comment.is_visible:
        search_index.add(comment)
    return comment


# What has happened to a new comment.
_NOTHING_YET: dict[str, Any] = {
    **dict.fromkeys(("edited_at", "hidden_for", "deleted_at")),
    **dict.fromkeys(("reply_count", "like_count", "dislike_count", "rank"), 0),
    "hidden_note": "",
}
# A statement of its own: the session's unit of work takes longer to come to the same.
_STORE = insert(cast(Table, Comment.__table__)).returning(Comment.__table__.c.id)


def _replay(stored_id: int, article: Article, body: Body) -> Comment:
    """What this key has stored before, if that was this text under this article."""
    stored: Comment = db.session.get_one(Comment, stored_id)
    if (stored.text_hash, stored.article_id) != (body.hash, article.id):
        raise KeyReused
    return stored


def _posting_time(past: PostingHistory, root: Comment | None) -> datetime:
    """Now; but while the clock is behind the newest comment here, the moment of that one.

    So a new comment is always the newest of its list, ties being settled by id: it is on the page
    where its author looks for it, and a reader on the way through the pages does not miss it. From
    a clock that was off by more than a day nothing is taken over: better one list out of order
    than wrong dates for as long as it was off.
    """
    moment = now()
    newest = (past.newest_reply_at or root.posted_at) if root else past.newest_root_at
    return newest if newest and moment < newest < moment + DAY else moment

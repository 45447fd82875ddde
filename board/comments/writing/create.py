"""Creating a comment: checks, insert and effects. The only way into a thread."""

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
from board.comments.derived.counters import bump_counters
from board.comments.models import Comment
from board.comments.search_index import index as search_index
from board.comments.writing.errors import AuthorSuspended, KeyReused, ParentGone, ThreadClosed
from board.comments.writing.limits import DAY, PostingHistory, PostingLimits, posting_history
from board.db import db, execute_core, now
from board.runtime.hooks import Hook
from board.runtime.metrics.families import Counter

POSTS = Counter("board_comments_total", "New comments, by state.", state=("shown", "held"))
REPLAYS = Counter("board_idempotent_replays_total", "Posts sent again, and stored once.")


@dataclass(frozen=True)
class PendingPost:
    """A comment about to be stored, for the checks of other slices."""

    article: Article
    author: User
    body: Body
    parent: Comment | None
    extra: Row[*tuple[Any, ...]]  # the `extra_columns` of limits.py, by name
    is_edit: bool = False


# Checks before posting, in the order of wiring.py of comments, law and moderation. A check refuses
# by raising a subclass of Refused, or holds the comment for a moderator by returning a reason code.
# All run; the first code counts.
pre_post_checks: Hook[Callable[[PendingPost], str | None]] = Hook()
# Effects of posting, in the same write; the comment has its id. See moderation/wiring.py.
after_post: Hook[Callable[[Comment], None]] = Hook()


def load_article_and_author(slug: str, author_id: int) -> Row[Article, User] | None:
    """The article and the author in one query, inside the write. None if either is missing."""
    return db.session.execute(
        _ARTICLE_AND_AUTHOR, {"slug": slug, "author": author_id}
    ).one_or_none()


_ARTICLE_AND_AUTHOR = (
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
    """Add a comment, or return the one stored with this key. Raises a subclass of Refused."""
    history = posting_history(article, by=by, body=body, key=key, parent=parent, limits=limits)
    if history.stored_id:
        return _replay(history.stored_id, article, body, parent)
    _ensure_open(article, by=by, parent=parent)
    limits.enforce(history, is_root=parent is None)
    comment = insert_comment(
        article,
        by=by,
        body=body,
        key=key,
        parent=parent,
        posted_at=_posting_time(history, parent.root_or_self if parent else None),
        held_for=run_checks(PendingPost(article, by, body, parent, history)),
    )
    for effect in after_post:
        effect(comment)
    POSTS.inc("held" if comment.held_for else "shown")
    return comment


def _ensure_open(article: Article, *, by: User, parent: Comment | None) -> None:
    if not by.may_write:
        raise AuthorSuspended
    state = thread_state(article)
    if not state.takes_comments:
        raise ThreadClosed(state.opens_at)
    if parent and not (parent.is_visible and parent.article_id == article.id):
        raise ParentGone


def run_checks(pending: PendingPost) -> str | None:
    """The reason code to hold it for, or None. Raises a subclass of Refused from any slice."""
    reasons = [check(pending) for check in pre_post_checks]
    return next(filter(None, reasons), None)


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
    """Insert a comment without checks: store, count and index it."""
    row = {
        **_DEFAULTS,
        **_texts_and_parent(body, parent),
        "article_id": article.id,
        "author_id": by.id,
        "key": key,
        "posted_at": posted_at,
        "held_for": held_for,
        "listed": held_for is None,
    }
    comment = Comment(**row, id=execute_core(_INSERT, row).scalar_one())
    make_transient_to_detached(comment)  # already in the table: nothing to flush
    db.session.add(comment)
    bump_counters(comment, int(comment.is_visible))
    if comment.is_visible:
        search_index.add(comment)
    return comment


def _texts_and_parent(body: Body, parent: Comment | None) -> dict[str, Any]:
    return {
        "body": body.text,
        "html": body.html,
        "text_hash": body.hash,
        "parent_id": parent.id if parent else None,
        "root_id": (parent.root_id or parent.id) if parent else None,
    }


# The other columns of a new comment.
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("edited_at", "hidden_for", "deleted_at", "featured_at")),
    **dict.fromkeys(("reply_count", "like_count", "dislike_count", "rank"), 0),
    "hidden_note": "",
}
# A Core insert: the session's unit of work takes longer for the same.
_INSERT = insert(cast(Table, Comment.__table__)).returning(Comment.__table__.c.id)


def _replay(stored_id: int, article: Article, body: Body, parent: Comment | None) -> Comment:
    """The comment stored with this key. Raises KeyReused if its text or place differs."""
    stored: Comment = db.session.get_one(Comment, stored_id)
    place = article.id, parent and parent.id
    if (stored.text_hash, stored.article_id, stored.parent_id) != (body.hash, *place):
        raise KeyReused
    stored.is_replay = True
    REPLAYS.inc()
    return stored


def _posting_time(history: PostingHistory, root: Comment | None) -> datetime:
    """Now, or the time of the newest comment here while the clock is behind it.

    So a new comment is always the newest of its list (ties by id): its author finds it where
    expected, and a reader paging through does not miss it. A time more than a day ahead is ignored:
    one list out of order is better than wrong dates for as long as the clock was off.
    """
    moment = now()
    newest = (history.newest_reply_at or root.posted_at) if root else history.newest_root_at
    return newest if newest and moment < newest < moment + DAY else moment

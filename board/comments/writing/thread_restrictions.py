"""Enforces thread restrictions on new and edited comments."""

from datetime import datetime, timedelta

from sqlalchemy import select

from board.articles.thread_controls.models import ThreadRestriction
from board.articles.thread_controls.state import ThreadState, thread_state
from board.comments.models import Comment
from board.comments.writing.create import PendingPost
from board.comments.writing.errors import Refused
from board.db import db, now

HELD_FOR = "thread"  # the whole thread is pre-moderated


class AccountTooNew(Refused):
    """The thread only takes comments of accounts at least MIN_ACCOUNT_AGE old."""


class ThreadSlowed(Refused):
    """The author's last comment in this thread was less than `seconds` ago."""

    def __init__(self, retry_at: datetime, seconds: int) -> None:
        super().__init__(retry_at)
        self.seconds = seconds


def check(pending: PendingPost) -> str | None:
    """Edits skip slow mode and account age, but not pre-moderation."""
    state = thread_state(pending.article)
    if not pending.is_edit:
        _refuse_new_account(state, pending)
        _refuse_too_soon(state, pending)
    return HELD_FOR if state.holds else None


def _refuse_new_account(state: ThreadState, pending: PendingPost) -> None:
    settled_at = pending.author.joined_at + ThreadRestriction.MIN_ACCOUNT_AGE
    if state.is_for_established and settled_at > now():
        raise AccountTooNew(settled_at)


def _refuse_too_soon(state: ThreadState, pending: PendingPost) -> None:
    """Deleted and held comments count too."""
    if not state.seconds:
        return
    moment, wait = now(), timedelta(seconds=state.seconds)
    posted_at = select(Comment.posted_at).where(Comment.author_id == pending.author.id)
    # In both directions: times stored while the clock was far ahead block nobody until then.
    near = Comment.posted_at > moment - wait, Comment.posted_at < moment + wait
    posted_at = posted_at.where(Comment.article_id == pending.article.id, *near)
    last = db.session.scalar(posted_at.order_by(Comment.posted_at.desc()).limit(1))
    if last is not None:
        raise ThreadSlowed(last + wait, state.seconds)

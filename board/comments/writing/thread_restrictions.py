"""What steering a thread means for whoever writes there."""

from datetime import datetime, timedelta

from sqlalchemy import select

from board.articles.thread_controls.models import ThreadRestriction
from board.articles.thread_controls.state import ThreadState, thread_state
from board.comments.models import Comment
from board.comments.writing.create import PendingPost
from board.comments.writing.errors import Refused
from board.db import db, now

HELD_FOR = "thread"  # everything in it is


class AccountTooNew(Refused):
    """Only accounts that have been there for some days write in this thread."""


class ThreadSlowed(Refused):
    """The author's last comment in this thread was less than `seconds` ago."""

    def __init__(self, retry_at: datetime, seconds: int) -> None:
        super().__init__(retry_at)
        self.seconds = seconds


def check(draft: PendingPost) -> str | None:
    """An edit neither waits nor asks how old the account is; but where all is looked at, it is."""
    course = thread_state(draft.article)
    if not draft.is_edit:
        _refuse_new_account(course, draft)
        _refuse_too_soon(course, draft)
    return HELD_FOR if course.holds else None


def _refuse_new_account(course: ThreadState, draft: PendingPost) -> None:
    settled_at = draft.author.joined_at + ThreadRestriction.MIN_ACCOUNT_AGE
    if course.is_for_established and settled_at > now():
        raise AccountTooNew(settled_at)


def _refuse_too_soon(course: ThreadState, draft: PendingPost) -> None:
    """Whatever became of the last one: deleted and held ones count too."""
    if not course.seconds:
        return
    moment, wait = now(), timedelta(seconds=course.seconds)
    mine = select(Comment.posted_at).where(Comment.author_id == draft.author.id)
    # On either side: whatever a clock far ahead has noted does not stop anyone until then.
    near = Comment.posted_at > moment - wait, Comment.posted_at < moment + wait
    mine = mine.where(Comment.article_id == draft.article.id, *near)
    last = db.session.scalar(mine.order_by(Comment.posted_at.desc()).limit(1))
    if last is not None:
        raise ThreadSlowed(last + wait, course.seconds)

"""Accounts made without a verified address: a month of grace, which begins once mail works."""

from datetime import timedelta

from sqlalchemy import Index, and_, select, update

from board.accounts.email import queue as email_queue
from board.accounts.models import User
from board.accounts.verification import models
from board.db import db, now
from board.runtime.app import setting

GRACE = timedelta(days=30)
BATCH = 500

_WITHOUT_TERM = (
    User.email_verified_at.is_(None),
    User.verify_email_by.is_(None),
    User.left_on.is_(None),
)
# The job looks at this empty index rather than at all accounts.
INDEX = Index("ix_user_without_term", User.id, sqlite_where=and_(*_WITHOUT_TERM))


def must_verify(user: User) -> bool:
    """Whether the grace is over: the account reads, appeals and leaves, but does not post. One made
    with an account elsewhere has no address to verify."""
    by = user.verify_email_by
    is_late = user.has_email and user.email_verified_at is None and by is not None and by <= now()
    return is_late and bool(setting("VERIFIED_TO_POST")) and email_queue.is_configured()


def is_due() -> bool:
    return models.has_expired() or (email_queue.is_configured() and bool(_without_term(1)))


def run() -> None:
    """Delete what has expired, and begin the grace of accounts."""
    models.delete_expired()
    if email_queue.is_configured():
        begins = update(User).where(User.id.in_(_without_term(BATCH)))
        db.session.execute(begins.values(verify_email_by=now() + GRACE))


def _without_term(count: int) -> list[int]:
    return list(db.session.scalars(select(User.id).where(*_WITHOUT_TERM).limit(count)))

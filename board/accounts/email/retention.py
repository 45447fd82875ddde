"""Retention of emails: those sent or given up are kept for a while, and then deleted."""

from datetime import datetime

from sqlalchemy import delete, select

from board.accounts.email.queue import QueuedEmail
from board.db import db, now


def has_old() -> bool:
    """Whether the oldest was sent or given up more than RETENTION ago."""
    oldest = db.session.scalar(select(QueuedEmail).order_by(QueuedEmail.id).limit(1))
    return oldest is not None and oldest.due_at is None and oldest.made_at < _old()


def delete_old() -> None:
    """Delete those sent or given up more than RETENTION ago."""
    over = QueuedEmail.due_at.is_(None), QueuedEmail.made_at < _old()
    db.session.execute(delete(QueuedEmail).where(*over))


def _old() -> datetime:
    return now() - QueuedEmail.RETENTION

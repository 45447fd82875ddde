"""What `doctor` says of email: whether it is set up, and whether it leaves."""

from datetime import timedelta

from sqlalchemy import func, select

from board.accounts.email.queue import QueuedEmail, is_configured
from board.db import db, now

Finding = tuple[bool, str]


def findings() -> list[Finding]:
    """Needs the tables if mail is set up."""
    if not is_configured():
        missing = "BOARD_MAIL_SERVER, BOARD_MAIL_FROM and BOARD_ORIGIN"
        without = "addresses are not verified, and passwords reset by `accounts reset-password`"
        told = f"readers are told on the board only (mail needs {missing})"
        return [(True, told), (True, without)]
    late, refused = _count_late(), _count_given_up()
    schedule = f"{late} wait for over an hour: start `serve`, or run `work --once` from cron"
    count = f"{refused} were refused by the mail server within a month"
    return [
        (not late, "letters leave" + ("" if not late else f": {schedule}")),
        (not refused, "the mail server takes them" + ("" if not refused else f": {count}")),
    ]


def _count_late() -> int:
    """How many are more than an hour overdue."""
    late = select(func.count()).select_from(QueuedEmail)
    return db.session.scalar(late.where(QueuedEmail.due_at < now() - timedelta(hours=1))) or 0


def _count_given_up() -> int:
    given_up = QueuedEmail.due_at.is_(None), QueuedEmail.sent_at.is_(None)
    return db.session.scalar(select(func.count()).where(*given_up)) or 0

"""Email queue: emails are queued in the transaction they report.

A queued email has no text, only its kind and the id it is about. The text is made when it is sent,
in the recipient's language, if it is still wanted then. An address may be unverified, so an
email says only that there is something to read, and where.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.email import pace
from board.accounts.models import User
from board.db import Base, db, now
from board.runtime.app import setting


class EmailPreference(enum.StrEnum):
    """Which emails a user wants."""

    ALL = "all"
    LEGAL = "legal"  # only those required by law; chosen before there were preferences by kind
    NONE = "none"  # the owner of the address says the account is not theirs


class Rank(enum.IntEnum):
    """Which emails leave first: those somebody waits for."""

    CODE = 0
    ACCOUNT = 1
    LAW = 2
    MONEY = 3
    DIGEST = 4  # what has happened on the board
    NEWS = 5


class EmailText(NamedTuple):
    """What an email says. Paragraphs are separated by empty lines; a line that is an address, and
    one of `link_line`, becomes a link. `code` is a part of it that is shown large."""

    subject: str
    text: str
    code: str = ""


def link_line(label: str, url: str) -> str:
    return f"{label}: {url}"


@dataclass(frozen=True)
class EmailType:
    """A reason to send emails: how to write one, whether to, and how soon."""

    text: Callable[["QueuedEmail"], EmailText]
    is_wanted: Callable[["QueuedEmail"], bool]  # asked in the write that claims it
    on_sent: Callable[["QueuedEmail"], None] = lambda email: None
    rank: Rank = Rank.ACCOUNT
    # Of an optional email: its user gets no more of them. None: they are needed, and have no link.
    stop: Callable[[User], None] | None = None


email_types: dict[str, EmailType] = {}  # filled by wiring.py of the slices


class QueuedEmail(Base):
    """An email to be sent, or one that was: `due_at` is None then, and if it was given up."""

    __tablename__ = "letter"
    DELAY = timedelta(minutes=2)  # a decision may be undone until then
    DAILY_MAX = 20  # to one address, so nobody can be flooded through us
    TRIES_MAX = 6
    RETRY_DELAY = timedelta(minutes=10)  # after the first try; four times as long after each
    RETENTION = timedelta(days=30)
    __table_args__ = (
        UniqueConstraint("kind", "about"),
        Index(None, "due_at"),
        Index(None, "sent_at"),
        Index("ix_letter_next", "rank", "due_at", "id", sqlite_where=text("due_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))  # None: without an account
    address: Mapped[str] = mapped_column(String(User.EMAIL_MAX), index=True)
    language: Mapped[str] = mapped_column(String(2))
    rank: Mapped[int] = mapped_column(default=Rank.ACCOUNT, server_default="1")
    made_at: Mapped[datetime] = mapped_column(default=now)
    # None: sent, or given up.
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship()

    def retry_later(self) -> None:
        """After a refusal by the mail server. Gives up after TRIES_MAX."""
        self.sent_at = None
        if self.tries < self.TRIES_MAX:
            self.due_at = now() + self.RETRY_DELAY * 4 ** (self.tries - 1)


def is_configured() -> bool:
    """True if there are a mail server, a sender and an origin for links."""
    return all(setting(name) for name in ("MAIL_SERVER", "MAIL_FROM", "ORIGIN"))


def enqueue(kind: str, about: int, *, to: User, delay: timedelta = QueuedEmail.DELAY) -> None:
    """Queue an email to a member. Whether they want it is checked when it is sent."""
    due_at = now() + delay
    _queue(kind, about, due_at, user_id=to.id, address=to.email, language=to.language)


def enqueue_to(address: str, kind: str, about: int, *, language: str) -> None:
    """Queue an email to somebody without an account."""
    _queue(kind, about, now() + QueuedEmail.DELAY, address=address, language=language)


def enqueue_at_once(
    kind: str, about: int, *, to: str, language: str, user_id: int | None = None
) -> None:
    """Queue an email somebody waits for, or send it once more: without DELAY and outside DAILY_MAX,
    because its sender has limits of its own. Wanted or not, it is the same statement."""
    if not is_configured() or to.startswith("#"):  # an account without an address
        return
    due = {"address": to, "language": language, "due_at": now(), "tries": 0, "sent_at": None}
    rank = email_types[kind].rank
    new = {"kind": kind, "about": about, "rank": rank, "made_at": now(), "user_id": user_id}
    email = insert(QueuedEmail).values(**new, **due)
    unique = (QueuedEmail.kind, QueuedEmail.about)
    db.session.execute(email.on_conflict_do_update(index_elements=unique, set_=due))


def _queue(kind: str, about: int, due_at: datetime, **to: str | int) -> None:
    """Does nothing without a mail server: emails sent months later would help nobody."""
    if not is_configured() or str(to["address"]).startswith("#"):  # an account without one
        return
    today = select(func.count()).where(QueuedEmail.made_at > now() - timedelta(days=1))
    count = db.session.scalar(today.where(QueuedEmail.address == to["address"])) or 0
    if count < QueuedEmail.DAILY_MAX:
        due = {"due_at": due_at, "tries": 0, "rank": email_types[kind].rank}
        db.session.add(QueuedEmail(kind=kind, about=about, **due, **to))


def claim_next() -> QueuedEmail | None:
    """The next email to send, claimed: it counts as sent before it is, because a lost email is
    better than a second one. Deletes those no longer wanted."""
    while email := _claim(now()):
        accepts_any = not email.user or email.user.mail != EmailPreference.NONE
        if accepts_any and email_types[email.kind].is_wanted(email):
            return email
        db.session.delete(email)
        db.session.flush()
    return None


def _claim(moment: datetime) -> QueuedEmail | None:
    first = update(QueuedEmail).where(QueuedEmail.id == _next_id(moment).scalar_subquery())
    claimed = first.values(due_at=None, sent_at=moment, tries=QueuedEmail.tries + 1)
    return db.session.scalar(
        claimed.returning(QueuedEmail),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )


def _next_id(moment: datetime) -> Select[int]:
    """The email to send next: the lowest rank, then the one due longest; ties by id. Where enough
    have left in the last minute, a code only."""
    last = Rank.CODE if _is_enough(moment) else Rank.NEWS
    waiting = QueuedEmail.due_at <= moment, QueuedEmail.rank <= last
    ids = select(QueuedEmail.id).where(*waiting, ~pace.is_paused(QueuedEmail.address))
    return ids.order_by(QueuedEmail.rank, QueuedEmail.due_at, QueuedEmail.id).limit(1)


def _is_enough(moment: datetime) -> bool:
    minute = QueuedEmail.sent_at > moment - timedelta(minutes=1), QueuedEmail.sent_at <= moment
    limit = setting("MAIL_PER_MINUTE")
    last = select(QueuedEmail.id).where(*minute).offset(limit - 1).limit(1)
    return bool(limit) and db.session.scalar(last) is not None


def mark_sent(email: QueuedEmail) -> None:
    email_types[email.kind].on_sent(email)


def cancel_pending(kind: str, *, to: str) -> None:
    """Delete unsent emails of this kind: one that was sent stands for all."""
    of_kind = delete(QueuedEmail).where(QueuedEmail.kind == kind, QueuedEmail.address == to)
    db.session.execute(of_kind.where(QueuedEmail.due_at.is_not(None)))


def delete_for_user(user: User) -> None:
    """Delete all emails of this user. Sent ones also contain the address."""
    db.session.execute(delete(QueuedEmail).where(QueuedEmail.user_id == user.id))


def has_due() -> bool:
    """Whether one can be sent now."""
    return is_configured() and db.session.scalar(_next_id(now())) is not None

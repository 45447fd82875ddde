"""Letters: what the board tells people by mail, queued in the write they tell of.

A letter in the queue has no words, only its kind and what it is about; it is written when it
leaves, in its reader's language, if it is still wanted then. That an address is its owner's was
never shown, so a letter says that there is something to read, and where, and no more.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import NamedTuple, Self

from flask import current_app, url_for
from flask_babel import force_locale
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now


class EmailPreference(enum.StrEnum):
    """Which letters somebody wants."""

    ALL = "all"
    LEGAL = "legal"  # only those the law asks for
    NONE = "none"  # whoever has the address says that the account is not theirs


class EmailText(NamedTuple):
    subject: str
    text: str


@dataclass(frozen=True)
class EmailType:
    """Why letters are written. Each is asked about with what the letter is about: an id."""

    text: Callable[["QueuedEmail"], EmailText]
    is_wanted: Callable[["QueuedEmail"], bool]  # asked when it is about to leave
    sent: Callable[["QueuedEmail"], None] = lambda letter: None


email_types: dict[str, EmailType] = {}  # filled by wiring.py of law and moderation


class QueuedEmail(Base):
    __tablename__ = "letter"
    DELAY = timedelta(minutes=2)  # what was decided may be taken back until then
    DAILY_MAX = 20  # to one address; nobody is to be flooded through us
    TRIES_MAX = 6
    AGAIN = timedelta(minutes=10)  # after the first try; four times as long after each other
    KEPT = timedelta(days=30)
    __table_args__ = (UniqueConstraint("kind", "about"), Index(None, "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))  # None: without an account
    address: Mapped[str] = mapped_column(String(User.EMAIL_MAX), index=True)
    language: Mapped[str] = mapped_column(String(2))
    made_at: Mapped[datetime] = mapped_column(default=now)
    # None: it has left, or was given up.
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship()

    @classmethod
    def due(cls) -> Select[Self]:
        """The one that has been due longest; ties by id."""
        waiting = select(cls).where(cls.due_at <= now()).options(joinedload(cls.user))
        return waiting.order_by(cls.due_at, cls.id).limit(1)

    def claim(self) -> None:
        """From here on it counts as sent: what is lost on the way is not sent twice."""
        self.due_at, self.sent_at, self.tries = None, now(), self.tries + 1

    def retry_later(self) -> None:
        """The mail server did not take it; after so many times it is given up."""
        self.sent_at = None
        if self.tries < self.TRIES_MAX:
            self.due_at = now() + self.AGAIN * 4 ** (self.tries - 1)

    def render(self) -> EmailMessage:
        message, site = EmailMessage(), current_app.config["SITE_NAME"]
        with force_locale(self.language):
            subject, text = email_types[self.kind].text(self)
        message["Subject"] = f"[{site}] {subject}"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no one is to answer by machine
        if self.user:
            message["List-Unsubscribe"] = f"<{unsubscribe_url(self.user)}>"
        message.set_content(text)
        return message


def is_possible() -> bool:
    """Whether there is a mail server, and an address of ours that a letter can lead to."""
    return all(current_app.config[name] for name in ("MAIL_SERVER", "MAIL_FROM", "ORIGIN"))


def enqueue(kind: str, about: int, *, to: User) -> None:
    """To a member; not to one who wants none of this kind when it leaves."""
    _queue(kind, about, user_id=to.id, address=to.email, language=to.language)


def enqueue_to(address: str, kind: str, about: int, *, language: str) -> None:
    """To somebody without an account."""
    _queue(kind, about, address=address, language=language)


def _queue(kind: str, about: int, **to: str | int) -> None:
    """Nothing where no mail can be sent: letters months old would help nobody."""
    if not is_possible():
        return
    today = select(func.count()).where(QueuedEmail.made_at > now() - timedelta(days=1))
    if (
        db.session.scalar(today.where(QueuedEmail.address == to["address"])) or 0
    ) < QueuedEmail.DAILY_MAX:
        due_at = now() + QueuedEmail.DELAY
        db.session.add(QueuedEmail(kind=kind, about=about, due_at=due_at, tries=0, **to))


def claim_next() -> QueuedEmail | None:
    """The next to leave, taken. Those no longer wanted are thrown away."""
    while letter := db.session.scalar(QueuedEmail.due()):
        if (not letter.user or letter.user.mail != EmailPreference.NONE) and email_types[
            letter.kind
        ].is_wanted(letter):
            letter.claim()
            return letter
        db.session.delete(letter)
        db.session.flush()
    return None


def mark_sent(letter: QueuedEmail) -> None:
    """It has left."""
    email_types[letter.kind].sent(letter)


def cancel_pending(kind: str, *, to: str) -> None:
    """Those still waiting: one letter says it for all."""
    waiting = delete(QueuedEmail).where(QueuedEmail.kind == kind, QueuedEmail.address == to)
    db.session.execute(waiting.where(QueuedEmail.due_at.is_not(None)))


def delete_for_user(user: User) -> None:
    """Those that have left hold the address, too."""
    db.session.execute(delete(QueuedEmail).where(QueuedEmail.user_id == user.id))


def delete_old() -> None:
    """What is long over."""
    over = QueuedEmail.due_at.is_(None), QueuedEmail.made_at < now() - QueuedEmail.KEPT
    db.session.execute(delete(QueuedEmail).where(*over))


def count_late() -> int:
    """How many should have left an hour ago."""
    late = select(func.count()).select_from(QueuedEmail)
    return db.session.scalar(late.where(QueuedEmail.due_at < now() - timedelta(hours=1))) or 0


def count_given_up() -> int:
    refused = select(func.count()).select_from(QueuedEmail)
    return (
        db.session.scalar(
            refused.where(QueuedEmail.due_at.is_(None), QueuedEmail.sent_at.is_(None))
        )
        or 0
    )


def unsubscribe_url(user: User) -> str:
    """Opens the page where whoever has the address ends all letters, without signing in."""
    return url_for("letters.stop_form", to=_signer().dumps(user.id), _external=True)


def user_of_link(signed: str) -> User | None:
    """Whose letters this link of ours ends."""
    try:
        return db.session.get(User, _signer().loads(signed))
    except BadSignature:
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="letters")

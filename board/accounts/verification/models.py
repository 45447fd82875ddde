"""Email verifications under way, and changes of address that can be undone.

One mechanism for every purpose: a code is mailed to an address and typed into the browser that
asked for it. Nothing is looked up until the code is right, so known and unknown addresses get the
same answers.
"""

import enum
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ForeignKey, Select, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.email.queue import QueuedEmail
from board.accounts.models import User, token_hash
from board.db import Base, db, now

CODE_DIGITS = 8
# Kinds of emails. They go to an address rather than to an account.
CODE, EXISTS, PASSWORD, ADDRESS = "code", "account_exists", "new_password", "new_address"
TOKEN_MADE = "token_made"  # noqa: S105 - a personal token
ADDED, REMOVED = "added_", "removed_"  # and the name of a sign-in method


class Purpose(enum.StrEnum):
    """What happens once the address is verified."""

    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    RESET = "reset"  # of a forgotten password
    ADDRESS = "address"  # of the signed-in user: another one, or the present one confirmed


class EmailVerification(Base):
    """A code mailed to an address, for one browser. An account exists only after it."""

    __tablename__ = "email_verification"
    # Ids are never used again: queued emails name them.
    __table_args__ = {"sqlite_autoincrement": True}
    LIFE = timedelta(minutes=30)
    CODE_LIFE = timedelta(minutes=10)  # OWASP ASVS 5.0 6.5.5
    TRIES_MAX = 5
    SENDS_MAX = 3
    RESEND_AFTER = timedelta(seconds=60)

    id: Mapped[int] = mapped_column(primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(unique=True)
    purpose: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(User.EMAIL_MAX))
    language: Mapped[str] = mapped_column(String(2))
    next: Mapped[str] = mapped_column(String(2000))
    # Who asks for a new address; the other purposes find the account by the address.
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    # The account to be made.
    name: Mapped[str] = mapped_column(String(80), default="")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    nonce: Mapped[bytes] = mapped_column(default=b"")  # new with each code
    tries: Mapped[int] = mapped_column(default=0)
    sends: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # The code was right, and a name or a password is still to be chosen.
    confirmed_at: Mapped[datetime | None]

    @classmethod
    def of_browser(cls, token: str) -> Select[Self]:
        """The one of the browser with this token, unless it is over."""
        return select(cls).where(
            cls.browser_hash == token_hash(token), cls.expires_at > now(), cls.tries < cls.TRIES_MAX
        )

    @staticmethod
    def new_token() -> str:
        """A token for the cookie of the browser; only its hash is stored."""
        return secrets.token_urlsafe(32)

    @property
    def code_expires_at(self) -> datetime | None:
        return self.sent_at and min(self.sent_at + self.CODE_LIFE, self.expires_at)

    @property
    def may_resend(self) -> bool:
        is_early = self.sent_at is not None and self.sent_at + self.RESEND_AFTER > now()
        return self.sends < self.SENDS_MAX and not is_early

    @property
    def may_correct(self) -> bool:
        """Whether another address may be named. For the rest there is a form to begin with."""
        is_new = self.purpose in (Purpose.SIGN_UP, Purpose.ADDRESS)
        return is_new and self.confirmed_at is None

    def renew_code(self) -> None:
        """Replace the code; the earlier one stops working."""
        self.nonce, self.sent_at, self.sends = secrets.token_bytes(16), now(), self.sends + 1

    def code(self, *, key: str) -> str:
        """The digits in the email. They are derived, so a copy of the table has no code."""
        message = b"email verification|%d|%b" % (self.id, self.nonce)
        digest = hmac.new(key.encode(), message, hashlib.sha256).digest()
        return f"{int.from_bytes(digest) % 10**CODE_DIGITS:0{CODE_DIGITS}}"

    def is_code(self, typed: str, *, key: str) -> bool:
        is_current = self.code_expires_at is not None and self.code_expires_at > now()
        return is_current and hmac.compare_digest(typed.encode(), self.code(key=key).encode())


class EmailChange(Base):
    """A verified address that was replaced. A link mailed to it undoes the change."""

    __tablename__ = "email_change"
    __table_args__ = {"sqlite_autoincrement": True}  # as above
    LIFE = timedelta(days=7)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    old_email: Mapped[str] = mapped_column(String(User.EMAIL_MAX))
    expires_at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def of_user(cls, user: User) -> Select[Self]:
        """Those that can still be undone, oldest first."""
        recent = select(cls).where(cls.user_id == user.id, cls.expires_at > now())
        return recent.order_by(cls.id)


def change_email(user: User, email: str) -> EmailChange | None:
    """Replace the address by a verified one. Returns the change if the old one was verified, too.

    What waits to be sent follows to the new address.
    """
    change = None
    if user.email_verified_at and user.email != email:
        expires_at = now() + EmailChange.LIFE
        change = EmailChange(user_id=user.id, old_email=user.email, expires_at=expires_at)
        db.session.add(change)
    waiting = QueuedEmail.user_id == user.id, QueuedEmail.due_at.is_not(None)
    db.session.execute(update(QueuedEmail).where(*waiting).values(address=email))
    user.email, user.email_verified_at = email, now()
    db.session.flush()
    return change


def cancel_for_user(user: User) -> None:
    """End what is under way for this account: nobody goes on with it after a reset."""
    theirs = or_(EmailVerification.user_id == user.id, EmailVerification.address == user.email)
    db.session.execute(delete(EmailVerification).where(theirs))


def delete_for_user(user: User) -> None:
    """Delete all there is about this account, with the emails that name its addresses."""
    cancel_for_user(user)
    old = select(EmailChange.old_email).where(EmailChange.user_id == user.id)
    theirs = or_(QueuedEmail.address == user.email, QueuedEmail.address.in_(old))
    ours = or_(
        QueuedEmail.kind.in_((CODE, EXISTS, PASSWORD, ADDRESS)),
        *(QueuedEmail.kind.startswith(prefix, autoescape=True) for prefix in (ADDED, REMOVED)),
    )
    db.session.execute(delete(QueuedEmail).where(ours, theirs))
    db.session.execute(delete(EmailChange).where(EmailChange.user_id == user.id))


def delete_expired() -> None:
    for model in (EmailVerification, EmailChange):
        db.session.execute(delete(model).where(model.expires_at <= now()))


def has_expired() -> bool:
    expired = (
        select(model.id).where(model.expires_at <= now())
        for model in (EmailVerification, EmailChange)
    )
    return any(db.session.scalar(each.limit(1)) for each in expired)

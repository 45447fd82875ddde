"""Who is who: accounts, their sessions, the devices they are known from."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import ForeignKey, Index, Select, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.display_names import FORMER, name_key
from board.db import Base, db, now
from board.runtime.hooks import Hook

# What a new name changes where names are shown, and what becomes of what is kept about a user whose
# account is deleted. Filled by each slice's wiring.py.
on_renamed: Hook[Callable[["User"], None]] = Hook()
on_account_deleted: Hook[Callable[["User"], None]] = Hook()


class User(Base):
    """An account. Capabilities are separate switches, not ranks: none implies another."""

    __tablename__ = "user"
    EMAIL_MAX = 254
    is_authenticated = True
    CAPABILITIES = ("can_moderate", "can_edit", "can_read_tips")

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_MAX), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    joined_at: Mapped[datetime] = mapped_column(default=now)
    suspended_until: Mapped[datetime | None]
    suspended_for: Mapped[str] = mapped_column(String(200), default="")
    # Until then everything this person writes waits for a moderator.
    held_until: Mapped[datetime | None]
    # The newest notice the person has seen; whoever writes notices numbers them.
    notices_seen: Mapped[int] = mapped_column(default=0, server_default="0")
    # The language last used here, for letters, and which of those are wanted.
    language: Mapped[str] = mapped_column(String(2), default="ko", server_default="ko")
    mail: Mapped[str] = mapped_column(String(10), default="all", server_default="all")
    can_moderate: Mapped[bool] = mapped_column(default=False)
    can_edit: Mapped[bool] = mapped_column(default=False)
    can_read_tips: Mapped[bool] = mapped_column(default=False)
    left_on: Mapped[date | None]

    sessions: Mapped[list["Session"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Session.id.desc()"
    )

    @classmethod
    def with_email(cls, email: str) -> Select[Self]:
        return select(cls).where(cls.email == email)

    @classmethod
    def named(cls, name: str) -> Select[Self]:
        """Whoever has this name, or one that looks the same."""
        return select(cls).where(cls.name_key == name_key(name))

    @property
    def is_suspended(self) -> bool:
        return self.suspended_until is not None and self.suspended_until > now()

    @property
    def may_write(self) -> bool:
        """Neither suspended nor gone, whatever of theirs was on its way."""
        return self.left_on is None and not self.is_suspended

    @property
    def is_held(self) -> bool:
        return self.held_until is not None and self.held_until > now()

    @property
    def is_staff(self) -> bool:
        return any(getattr(self, capability) for capability in self.CAPABILITIES)

    def rename(self, name: str) -> None:
        self.name, self.name_key = name, name_key(name)
        for effect in on_renamed:
            effect(self)

    def change_password(self, password_hash: str, *, keep: "Session | None" = None) -> None:
        """Set the new one and end every session but `keep`."""
        self.password_hash = password_hash
        self.end_sessions(keep=keep)

    def grant(self, capability: str) -> None:
        """One of CAPABILITIES. Sessions begun without it end: those of staff are shorter."""
        setattr(self, capability, True)
        self.end_sessions()

    def revoke(self, capability: str) -> None:
        setattr(self, capability, False)

    def suspend(self, *, until: datetime, reason: str) -> None:
        """Signs the person out everywhere; they cannot sign in before `until`."""
        self.suspended_until, self.suspended_for = until, reason
        self.end_sessions()

    def unsuspend(self) -> None:
        self.suspended_until, self.suspended_for = None, ""

    def delete_account(self, *, on: date) -> None:
        """Give the account up. Nobody signs in to it again, and no row says any longer whose it
        was; what stands under it goes on under the name all share who have left."""
        for effect in on_account_deleted:
            effect(self)
        # Neither is one anybody could enter: both stay unique.
        self.email = self.name_key = f"#{self.id}"
        self.name, self.password_hash, self.left_on = FORMER, "", on
        self.mail = "none"
        self.unsuspend()
        self.end_sessions()
        for effect in on_renamed:
            effect(self)

    def end_sessions(self, *, keep: "Session | None" = None) -> None:
        self.sessions = [session for session in self.sessions if session is keep]


def sign_up(*, email: str, name: str, password_hash: str) -> User:
    """Not renamed: nothing shows a name that nobody had."""
    user = User(email=email, password_hash=password_hash, name=name, name_key=name_key(name))
    db.session.add(user)
    return user


class Session(Base):
    """One signed-in browser. The token itself is only in its cookie; a copy of this table opens
    nothing."""

    __tablename__ = "session"
    LIFE = timedelta(days=90)
    STAFF_LIFE = timedelta(hours=12)
    IDLE = timedelta(days=30)
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    device: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(default=now)
    # A day is enough to end idle sessions, and says less about a person than a moment.
    seen_on: Mapped[date]
    expires_at: Mapped[datetime]
    # When the second factor was shown, too; the pages of staff ask for it.
    second_factor_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="sessions")

    @classmethod
    def with_token(cls, token: str) -> Select["Session"]:
        """The living session of this token."""
        return select(cls).where(*_LIVING).params(cls._living(token))

    @classmethod
    def with_user(cls, token: str) -> tuple[Select[User, int, date], dict[str, Any]]:
        """Who this token is of, the id of the session and when it was seen; and what to ask that
        with."""
        return _BEARER, cls._living(token)

    @classmethod
    def _living(cls, token: str) -> dict[str, Any]:
        bounds = {"now": now(), "idle_since": cls._idle_since(), "tomorrow": cls._tomorrow()}
        return {"token_hash": token_hash(token), **bounds}

    @property
    def is_alive(self) -> bool:
        begun = self.started_at < self._tomorrow()
        return begun and self.expires_at > now() and self.seen_on > self._idle_since()

    @classmethod
    def _idle_since(cls) -> date:
        return (now() - cls.IDLE).date()

    @classmethod
    def _tomorrow(cls) -> datetime:
        """A session from beyond was begun by a clock far ahead, and would outlive all others."""
        return now() + timedelta(days=1)


_LIVING = (
    Session.token_hash == bindparam("token_hash"),
    Session.expires_at > bindparam("now"),
    Session.seen_on > bindparam("idle_since"),
    Session.started_at < bindparam("tomorrow"),
)
# Asked for every page of every member, so made once.
_BEARER = select(User, Session.id, Session.seen_on).join(Session.user).where(*_LIVING)


def sign_in(
    user: User, *, device: str, today: date, second_factor: bool = False
) -> tuple[Session, str]:
    """A new session and its token, which is told once; `second_factor`: it was shown as well.
    `today` is the day it is in the newsroom."""
    token = secrets.token_urlsafe(32)
    life = Session.STAFF_LIFE if user.is_staff else Session.LIFE
    session = Session(
        token_hash=token_hash(token),
        device=device,
        seen_on=today,
        expires_at=now() + life,
        second_factor_at=now() if second_factor else None,
    )
    user.sessions.append(session)
    return session, token


def delete_expired_sessions() -> None:
    db.session.execute(delete(Session).where(Session.expires_at < now()))


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

"""Users and their sessions."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Self

from sqlalchemy import ForeignKey, Index, Select, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.display_names import DELETED_USER_NAME, name_key
from board.db import Base, db, now
from board.runtime.hooks import Hook

# Effects of a new name or label, and of deleting an account. Filled by each slice's wiring.py.
on_renamed: Hook[Callable[["User"], None]] = Hook()
on_account_deleted: Hook[Callable[["User"], None]] = Hook()
# Effects of a new password, such as revoking tokens that a thief of the old one may have made.
on_password_changed: Hook[Callable[["User"], None]] = Hook()


class User(Base):
    """An account. Capabilities are separate switches, not ranks: none implies another."""

    __tablename__ = "user"
    EMAIL_MAX = 254
    is_authenticated = True
    CAPABILITIES = (
        "can_moderate", "can_supervise", "can_handle_legal", "can_edit", "can_read_tips",
        "can_appoint",
    )  # fmt: skip
    LABELS = ("reporter", "newsroom", "operations")
    PROFILES = ("closed", "numbers", "open")

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_MAX), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    joined_at: Mapped[datetime] = mapped_column(default=now)
    suspended_until: Mapped[datetime | None]
    suspended_for: Mapped[str] = mapped_column(String(200), default="")
    held_until: Mapped[datetime | None]  # until then all this user writes is pre-moderated
    # How many are unseen, to COUNT_MAX + 1; once that was found by the number of the newest seen.
    unseen_notifications: Mapped[int] = mapped_column(default=0, server_default="0")
    notices_seen: Mapped[int] = mapped_column(default=0, server_default="0")
    # When the address was last verified, and until when an account without that may post.
    email_verified_at: Mapped[datetime | None]
    verify_email_by: Mapped[datetime | None]
    # Language last used here, for emails, and which of those are wanted (EmailPreference).
    language: Mapped[str] = mapped_column(String(2), default="ko", server_default="ko")
    mail: Mapped[str] = mapped_column(String(10), default="all", server_default="all")
    can_moderate: Mapped[bool] = mapped_column(default=False)
    can_supervise: Mapped[bool] = mapped_column(default=False, server_default="0")
    can_handle_legal: Mapped[bool] = mapped_column(default=False, server_default="0")
    can_edit: Mapped[bool] = mapped_column(default=False)
    can_read_tips: Mapped[bool] = mapped_column(default=False)
    can_appoint: Mapped[bool] = mapped_column(default=False, server_default="0")
    frozen_until: Mapped[datetime | None]  # until then the capabilities are at rest
    moderator_number: Mapped[int | None] = mapped_column(unique=True, index=True)
    acts_by_number: Mapped[bool] = mapped_column(default=False, server_default="0")
    left_on: Mapped[date | None]
    # What the page of this user shows (PROFILES), and the badge beside the name (LABELS, or "").
    profile: Mapped[str] = mapped_column(String(10), default="closed", server_default="closed")
    label: Mapped[str] = mapped_column(String(10), default="", server_default="")
    # Raised with every change of what is shown of the account itself: the cache key of that page.
    revision: Mapped[int] = mapped_column(default=0, server_default="0")

    sessions: Mapped[list["Session"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Session.id.desc()"
    )

    @classmethod
    def with_email(cls, email: str) -> Select[Self]:
        return select(cls).where(cls.email == email)

    @classmethod
    def named(cls, name: str) -> Select[Self]:
        """The user with this name or one that looks the same."""
        return select(cls).where(cls.name_key == name_key(name))

    @classmethod
    def staff(cls) -> Select[Self]:
        """All who have a capability, the oldest account first."""
        any_of = or_(*(getattr(cls, capability) for capability in cls.CAPABILITIES))
        return select(cls).where(any_of).order_by(cls.id)

    @property
    def has_email(self) -> bool:
        """False for those who signed up with an account elsewhere, or left."""
        return not self.email.startswith("#")

    @property
    def is_suspended(self) -> bool:
        return self.suspended_until is not None and self.suspended_until > now()

    @property
    def may_write(self) -> bool:
        """Checked again inside the write: the request may have begun before a suspension."""
        return self.left_on is None and not self.is_suspended

    @property
    def is_held(self) -> bool:
        return self.held_until is not None and self.held_until > now()

    @property
    def is_frozen(self) -> bool:
        return self.frozen_until is not None and self.frozen_until > now()

    @property
    def is_staff(self) -> bool:
        return any(getattr(self, capability) for capability in self.CAPABILITIES)

    def rename(self, name: str) -> None:
        self.name, self.name_key = name, name_key(name)
        self._renew_threads()

    def set_label(self, label: str) -> None:
        """One of LABELS or "": a badge beside the name, which lets nobody do anything."""
        self.label = label
        self._renew_threads()

    def choose_profile(self, profile: str) -> None:
        """One of PROFILES."""
        self.profile = profile
        self.revision += 1

    def change_password(self, password_hash: str, *, keep: "Session | None" = None) -> None:
        """Set the hash and end every session except `keep`."""
        for effect in on_password_changed:
            effect(self)
        self.password_hash = password_hash
        self.end_sessions(keep=keep)

    def grant(self, capability: str) -> None:
        """Grant one of CAPABILITIES. Ends all sessions: those of staff expire sooner."""
        setattr(self, capability, True)
        self.end_sessions()

    def revoke(self, capability: str) -> None:
        setattr(self, capability, False)

    def suspend(self, *, until: datetime, reason: str) -> None:
        """Sign the user out everywhere and refuse sign-in before `until`."""
        self.suspended_until, self.suspended_for = until, reason
        self.end_sessions()

    def unsuspend(self) -> None:
        self.suspended_until, self.suspended_for = None, ""

    def delete_account(self, *, on: date) -> None:
        """Delete the account for good: no row identifies the person. Their comments stay, under
        the name shared by all deleted accounts."""
        for effect in on_account_deleted:
            effect(self)
        self.email = self.name_key = _placeholder(self.id)
        self.name, self.password_hash, self.left_on = DELETED_USER_NAME, "", on
        self.mail, self.profile, self.label = "none", "closed", ""
        self.unsuspend()
        self.end_sessions()
        self._renew_threads()

    def _renew_threads(self) -> None:
        self.revision += 1
        for effect in on_renamed:
            effect(self)

    def end_sessions(self, *, keep: "Session | None" = None) -> None:
        self.sessions = [session for session in self.sessions if session is keep]


def sign_up(*, email: str | None, name: str, password_hash: str) -> User:
    """A new user. Runs no `on_renamed` effects, as nothing shows the name yet."""
    user = User(password_hash=password_hash, name=name, name_key=name_key(name))
    user.email = email or f"#{secrets.token_hex(16)}"
    db.session.add(user)
    if email is None:
        db.session.flush()
        user.email = _placeholder(user.id)
    return user


def _placeholder(id: int) -> str:
    """In place of an address: unique, and not one that anybody can enter."""
    return f"#{id}"


class Session(Base):
    """A signed-in browser. Stores a hash of the token, so a copy of the table opens nothing."""

    __tablename__ = "session"
    LIFE = timedelta(days=90)
    STAFF_LIFE = timedelta(hours=12)
    IDLE = timedelta(days=30)
    STAFF_IDLE = timedelta(minutes=30)
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    device: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(default=now)
    # A date suffices to end idle sessions, and says less about a person than a time.
    seen_on: Mapped[date]
    # Only sessions of staff, which end sooner, have the time.
    seen_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    # When the password was typed last.
    password_at: Mapped[datetime | None]
    # When this session passed two-step verification; pages of staff require it.
    second_factor_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="sessions")


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

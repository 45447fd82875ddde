"""Identities at providers, and sign-ins under way there."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User, token_hash
from board.db import Base, db, now
from board.runtime.app import setting

SUBJECT_MAX = 255  # OpenID Connect Core 2
ISSUER_MAX = 255
KAKAO_ISSUER = "https://kauth.kakao.com"


class Identity(Base):
    """An account at a provider. What the provider knows of a person stays there, but for `subject`,
    which it calls them when they sign in here."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("user_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(String(ISSUER_MAX), primary_key=True)
    subject: Mapped[str] = mapped_column(String(SUBJECT_MAX), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    linked_at: Mapped[datetime] = mapped_column(default=now)
    used_on: Mapped[date | None]

    @classmethod
    def of_user(cls, user: User) -> Select[Self]:
        """The oldest first; ties by issuer."""
        return select(cls).where(cls.user_id == user.id).order_by(cls.linked_at, cls.issuer)

    @classmethod
    def at(cls, issuer: str, user: User) -> Self | None:
        """The one of this user at this provider."""
        return db.session.scalar(cls.of_user(user).where(cls.issuer == issuer))


class OAuthState(Base):
    """A sign-in that has gone to a provider and is expected back, once, in the same browser.

    PKCE verifier and nonce are derived from the state and the secret key, so neither is stored.
    """

    __tablename__ = "oauth_state"
    LIFE = timedelta(minutes=10)
    SIGN_UP_LIFE = timedelta(minutes=30)

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(index=True)
    issuer: Mapped[str] = mapped_column(String(ISSUER_MAX))
    # Whose account the identity will be linked to; None: to sign in.
    link_to_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    # Somebody new to the board has been there, and is asked for a name.
    subject: Mapped[str] = mapped_column(String(SUBJECT_MAX), default="")
    next: Mapped[str] = mapped_column(String(2000))
    expires_at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def of(cls, state: str, browser: str) -> Select[Self]:
        """The one with this state that this browser began, unless it is over or was back."""
        same = cls.state_hash == token_hash(state), cls.browser_hash == token_hash(browser)
        return select(cls).where(*same, cls.subject == "", cls.expires_at > now())

    @classmethod
    def signing_up(cls, browser: str) -> Select[Self]:
        """That of somebody new in this browser, the last first."""
        same = cls.browser_hash == token_hash(browser), cls.subject != ""
        return select(cls).where(*same, cls.expires_at > now()).order_by(cls.expires_at.desc())


class KakaoUnlink(Base):
    """A link at Kakao to be undone, because its user has unlinked here or left."""

    __tablename__ = "kakao_unlink"
    LIFE = timedelta(days=7)
    PAUSE = timedelta(minutes=1)  # after the first failure; each pause is as long as all before

    subject: Mapped[str] = mapped_column(String(SUBJECT_MAX), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def due(cls) -> Select[Self]:
        """The oldest first; ties by subject."""
        return select(cls).where(cls.due_at <= now()).order_by(cls.due_at, cls.subject)

    @property
    def is_wanted(self) -> bool:
        """False once the account is linked again, or unlinking has failed for LIFE."""
        is_linked = db.session.get(Identity, (KAKAO_ISSUER, self.subject)) is not None
        return unlinks_at_kakao() and not is_linked and now() < self.made_at + self.LIFE

    def postpone(self) -> None:
        pause = max(now() - self.made_at, self.PAUSE)
        self.due_at = min(now() + pause, self.made_at + self.LIFE)


def unlinks_at_kakao() -> bool:
    """Whether the board can unlink there; else there is Kakao’s own page."""
    return bool(setting("KAKAO") and setting("KAKAO_ADMIN_KEY"))


def unlink(identity: Identity) -> None:
    """Called inside a write."""
    db.session.delete(identity)
    if identity.issuer == KAKAO_ISSUER and unlinks_at_kakao():
        moment = now()
        db.session.merge(KakaoUnlink(subject=identity.subject, made_at=moment, due_at=moment))


def new_state() -> str:
    return secrets.token_urlsafe(32)


def nonce_of(state: str) -> str:
    return _derived("nonce", state)


def verifier_of(state: str) -> str:
    return _derived("code verifier", state)


def challenge_of(state: str) -> str:
    """S256 of the verifier: RFC 7636 4.2."""
    return _base64url(hashlib.sha256(verifier_of(state).encode()).digest())


def delete_for_user(user: User) -> None:
    db.session.execute(delete(OAuthState).where(OAuthState.link_to_id == user.id))
    for identity in db.session.scalars(Identity.of_user(user)).all():
        unlink(identity)


def has_expired() -> bool:
    expired = select(OAuthState.state_hash).where(OAuthState.expires_at <= now())
    return db.session.scalar(expired.limit(1)) is not None


def delete_expired() -> None:
    db.session.execute(delete(OAuthState).where(OAuthState.expires_at <= now()))


def export(user: User) -> list[Mapping[str, Any]]:
    """What the data export says of them: the provider, and when."""
    names = ("issuer", "linked_at", "used_on")
    identities = db.session.scalars(Identity.of_user(user))
    return [{name: getattr(identity, name) for name in names} for identity in identities]


def _derived(purpose: str, state: str) -> str:
    message = f"oauth {purpose}|{state}".encode()
    return _base64url(hmac.digest(setting("SECRET_KEY").encode(), message, "sha256"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

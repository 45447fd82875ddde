"""Personal tokens: bearer tokens that a user’s own programs send in place of a session."""

import re
import secrets
import zlib
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import ForeignKey, Row, Select, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User, token_hash
from board.db import Base, db, now

COMMENTS_WRITE, ME_READ = "comments:write", "me:read"
SCOPES = (COMMENTS_WRITE, ME_READ)
PREFIX = "board_personal_"
_TOKEN = re.compile(f"({PREFIX}[0-9a-f]{{64}})_([0-9a-f]{{8}})")


class TooManyTokens(Exception):
    """The user has PersonalToken.MAX of them."""


class PersonalToken(Base):
    """A bearer token that a user made. Stored as a hash, with an end the user chose."""

    __tablename__ = "personal_token"
    MAX = 5
    NAME_MAX = 60
    DAYS = (7, 30, 90, 365)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    scope: Mapped[str] = mapped_column(String(60))  # of SCOPES, with spaces between (RFC 6749 3.3)
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_on: Mapped[date | None]

    @property
    def scopes(self) -> list[str]:
        return self.scope.split()

    @classmethod
    def of_user(cls, user: User) -> Select[Self]:
        """A user’s tokens that have not expired, the newest first."""
        living = select(cls).where(cls.user_id == user.id, cls.expires_at > now())
        return living.order_by(cls.id.desc())


_WITH_USER = (
    select(PersonalToken, User)
    .join(User, User.id == PersonalToken.user_id)
    .where(PersonalToken.token_hash == bindparam("hash"))
    .where(PersonalToken.expires_at > bindparam("now"))
)


def create_token(user: User, *, name: str, scopes: Collection[str], days: int) -> str:
    """A new token, which is not stored itself. Called inside a write. Raises TooManyTokens."""
    if len(db.session.scalars(PersonalToken.of_user(user)).all()) >= PersonalToken.MAX:
        raise TooManyTokens
    secret = PREFIX + secrets.token_hex(32)
    token = f"{secret}_{_checksum(secret)}"
    db.session.add(
        PersonalToken(
            token_hash=token_hash(token),
            user_id=user.id,
            name=name,
            scope=" ".join(each for each in SCOPES if each in scopes),
            expires_at=now() + timedelta(days=days),
        )
    )
    return token


def find_token(token: str) -> Row[PersonalToken, User] | None:
    """The living token with its holder; None if the holder may not act. A malformed token costs no
    query."""
    match = _TOKEN.fullmatch(token)
    if match is None or match[2] != _checksum(match[1]):
        return None
    values = {"hash": token_hash(token), "now": now()}
    found = db.session.execute(_WITH_USER, values).one_or_none()
    return found if found and found[1].may_write and not found[1].is_frozen else None


def _checksum(secret: str) -> str:
    """Tells a mistyped token, and lets scanners of source code tell a real one."""
    return f"{zlib.crc32(secret.encode()):08x}"


def delete_for_user(user: User) -> None:
    db.session.execute(delete(PersonalToken).where(PersonalToken.user_id == user.id))


def has_expired() -> bool:
    expired = select(PersonalToken.id).where(PersonalToken.expires_at <= now()).limit(1)
    return db.session.scalar(expired) is not None


def delete_expired() -> None:
    db.session.execute(delete(PersonalToken).where(PersonalToken.expires_at <= now()))


def export(user: User) -> list[Mapping[str, Any]]:
    names = ("name", "scope", "made_at", "expires_at", "used_on")
    tokens = db.session.scalars(PersonalToken.of_user(user))
    return [{name: getattr(token, name) for name in names} for token in tokens]

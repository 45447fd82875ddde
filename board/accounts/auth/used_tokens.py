"""Used tokens: what is good once and has no row of its own, as a WebAuthn challenge."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import token_hash
from board.db import Base, db, now


class UsedToken(Base):
    """A token that was used, until it would have expired anyway. Stored as a hash."""

    __tablename__ = "used_token"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


def use_once(token: str, *, expires_at: datetime) -> bool:
    """Whether this is the first use. Called inside a write, so of two at once one succeeds."""
    row = insert(UsedToken).values(hash=token_hash(token), expires_at=expires_at)
    used = row.on_conflict_do_nothing().returning(UsedToken.hash)
    return db.session.scalar(used) is not None


def has_expired() -> bool:
    expired = select(UsedToken.hash).where(UsedToken.expires_at <= now()).limit(1)
    return db.session.scalar(expired) is not None


def delete_expired() -> None:
    db.session.execute(delete(UsedToken).where(UsedToken.expires_at <= now()))

"""Devices: the browsers in which an owner has signed in before."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ForeignKey, Select, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User, token_hash
from board.db import Base, db, now


class Device(Base):
    """A browser the owner has signed in from before, recognised by a token in a cookie."""

    __tablename__ = "device"
    LIFE = timedelta(days=365)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def known(cls, token: str, *, email: str) -> Select[Self]:
        """The device with this token, if it belongs to the account with this email."""
        return (
            select(cls)
            .join(User, User.id == cls.user_id)
            .where(cls.token_hash == token_hash(token), User.email == email)
            .where(cls.made_at > now() - cls.LIFE)
        )

    @classmethod
    def remember(cls, user: User, *, instead_of: str = "") -> str:
        """A new token for this browser. Deletes its old one, and all that have expired."""
        token = secrets.token_urlsafe(32)
        db.session.execute(delete(cls).where(cls.token_hash == token_hash(instead_of)))
        db.session.execute(delete(cls).where(cls.made_at < now() - cls.LIFE))
        db.session.add(cls(token_hash=token_hash(token), user_id=user.id))
        return token

    @classmethod
    def delete_for_user(cls, user: User) -> None:
        """Forget all devices: somebody who knew the old password may have used one."""
        db.session.execute(delete(cls).where(cls.user_id == user.id))

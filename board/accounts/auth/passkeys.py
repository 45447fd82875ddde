"""Passkeys: public keys of authenticators by which somebody signs in."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import ForeignKey, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User
from board.db import Base, db, now


class Passkey(Base):
    """A discoverable WebAuthn credential. It stands for both factors: it is only accepted if the
    authenticator has verified its user."""

    __tablename__ = "passkey"
    MAX = 10  # a user
    NAME_MAX = 60

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    rp_id: Mapped[str] = mapped_column(String(253))  # the host it works for
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    # The same random bytes for all passkeys of a user: what authenticators know the account by.
    user_handle: Mapped[bytes]
    public_key: Mapped[bytes]  # COSE
    sign_count: Mapped[int]  # 0 where the authenticator does not count
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    is_synced: Mapped[bool]  # backed up by its provider, when it was used last
    made_at: Mapped[datetime] = mapped_column(default=now)
    used_on: Mapped[date | None]

    @classmethod
    def of_user(cls, user: User) -> Select[Self]:
        """The oldest first."""
        return select(cls).where(cls.user_id == user.id).order_by(cls.id)

    @classmethod
    def with_credential_id(cls, credential_id: bytes) -> Select[Self]:
        return select(cls).where(cls.credential_id == credential_id)

    @classmethod
    def first_rp_id(cls, domains: Sequence[str]) -> Select[str]:
        """Which of these domains the oldest passkey is for."""
        return select(cls.rp_id).where(cls.rp_id.in_(domains)).order_by(cls.id).limit(1)


def domains_of(host: str) -> list[str]:
    """The host, and all above it."""
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]


def count_by_host() -> dict[str, int]:
    """How many passkeys there are, by the host they are for."""
    counts = select(Passkey.rp_id, func.count()).group_by(Passkey.rp_id).order_by(Passkey.rp_id)
    return {rp_id: count for rp_id, count in db.session.execute(counts)}


def delete_for_user(user: User) -> None:
    db.session.execute(delete(Passkey).where(Passkey.user_id == user.id))


def export(user: User) -> list[Mapping[str, Any]]:
    """What the data export says of them: no keys."""
    names = ("name", "is_synced", "made_at", "used_on")
    of_user = db.session.scalars(Passkey.of_user(user))
    return [{name: getattr(passkey, name) for name in names} for passkey in of_user]

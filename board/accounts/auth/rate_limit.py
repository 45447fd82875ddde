"""Sign-in attempts, counted so that guessing is slow and nobody can lock another out.

An attempt is written down before the password is checked and struck out when it was right or could
not be checked, so what is counted are failures, exactly, in every worker and across restarts. A
browser its owner has signed in from before has a count of its own: strangers' failures never stop
it. Accounts made from one network are counted in the same table.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Self

from sqlalchemy import ForeignKey, Index, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User, token_hash
from board.db import Base, db, now


class TooManyAttempts(Exception):
    def __init__(self, retry_at: datetime) -> None:
        super().__init__()
        self.retry_at = retry_at


class Attempt(Base):
    """Somebody tried to sign in. Kept for an hour, as keyed hashes: no address, no e-mail."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index(None, "from_network", "made_at"),
        Index(None, "for_account", "made_at"),
        Index(None, "made_at"),
    )
    # (whose failures, how many, in how long)
    SAME_ACCOUNT_AND_NETWORK = (10, timedelta(minutes=5))
    SAME_NETWORK = (50, timedelta(minutes=5))
    SAME_ACCOUNT = (100, timedelta(hours=1))
    KNOWN_DEVICE = (10, timedelta(minutes=5))
    # Who gets as far as a second factor knows the password, so all networks count as one.
    SECOND_FACTOR = ((5, timedelta(minutes=5)), (20, timedelta(hours=1)))
    KEPT = timedelta(hours=1)

    id: Mapped[int] = mapped_column(primary_key=True)
    for_account: Mapped[str] = mapped_column(String(64))
    from_network: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def begin(cls, *, email: str, address: str, key: str, known_device: bool) -> Self:
        """Write the attempt down. Raises TooManyAttempts, which writes nothing."""
        cls._forget_old()
        account = _keyed(key, "account", email)
        origin = "known device" if known_device else network(address)
        from_network = _keyed(key, "network", origin, email if known_device else "")
        mine = (cls.for_account == account, cls.from_network == from_network)
        if known_device:
            cls._refuse_beyond(cls.KNOWN_DEVICE, *mine)
        else:
            cls._refuse_beyond(cls.SAME_ACCOUNT_AND_NETWORK, *mine)
            cls._refuse_beyond(cls.SAME_NETWORK, cls.from_network == from_network)
            cls._refuse_beyond(cls.SAME_ACCOUNT, cls.for_account == account)
        attempt = cls(for_account=account, from_network=from_network)
        db.session.add(attempt)
        return attempt

    @classmethod
    def begin_second_factor(cls, user_id: int, *, key: str) -> Self:
        """The same for the second factor of somebody who has shown the first."""
        cls._forget_old()
        account = _keyed(key, "second factor", str(user_id))
        for limit in cls.SECOND_FACTOR:
            cls._refuse_beyond(limit, cls.for_account == account)
        attempt = cls(for_account=account, from_network="")
        db.session.add(attempt)
        db.session.flush()
        return attempt

    @classmethod
    def begin_sign_up(cls, *, address: str, key: str, per_hour: int) -> Self:
        """Write down that an account is about to be made; `per_hour` 0 is no limit. Raises
        TooManyAttempts, which writes nothing and stops nobody in another network."""
        return cls.begin_by_guest("sign-up", address=address, key=key, per_hour=per_hour)

    @classmethod
    def begin_by_guest(cls, deed: str, *, address: str, key: str, per_hour: int) -> Self:
        """The same for anything that needs no account; each deed has a count of its own."""
        cls._forget_old()
        from_network = _keyed(key, deed, network(address))
        if per_hour:
            cls._refuse_beyond((per_hour, timedelta(hours=1)), cls.from_network == from_network)
        attempt = cls(for_account="", from_network=from_network)
        db.session.add(attempt)
        return attempt

    @classmethod
    def _forget_old(cls) -> None:
        """And those from far ahead, noted by a clock that has been put right since."""
        kept = cls.made_at.between(now() - cls.KEPT, now() + cls.KEPT)
        db.session.execute(delete(cls).where(~kept))

    @classmethod
    def _refuse_beyond(cls, limit: tuple[int, timedelta], *whose: object) -> None:
        count, period = limit
        recent = select(func.count(), func.min(cls.made_at)).where(
            cls.made_at > now() - period, cls.made_at < now() + period
        )
        failures, oldest = db.session.execute(recent.where(*whose)).one()  # type: ignore[arg-type]
        if failures >= count:
            raise TooManyAttempts(retry_at=oldest + period)

    def discard(self) -> None:
        """It was no failure."""
        db.session.execute(delete(type(self)).where(type(self).id == self.id))


class Device(Base):
    """A browser its owner has signed in from before; the token is in a cookie of its own."""

    __tablename__ = "device"
    LIFE = timedelta(days=365)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def known(cls, token: str, *, email: str) -> Select[Self]:
        """This browser, if it belongs to the account with this e-mail."""
        return (
            select(cls)
            .join(User, User.id == cls.user_id)
            .where(cls.token_hash == token_hash(token), User.email == email)
            .where(cls.made_at > now() - cls.LIFE)
        )

    @classmethod
    def remember(cls, user: User, *, instead_of: str = "") -> str:
        """A new token for this browser; its old one is forgotten, and so are the outdated."""
        token = secrets.token_urlsafe(32)
        db.session.execute(delete(cls).where(cls.token_hash == token_hash(instead_of)))
        outdated = cls.made_at < now() - cls.LIFE
        db.session.execute(delete(cls).where(cls.user_id == user.id, outdated))
        db.session.add(cls(token_hash=token_hash(token), user_id=user.id))
        return token

    @classmethod
    def delete_for_user(cls, user: User) -> None:
        """No browser is known any more: whoever knew the old password may have used one."""
        db.session.execute(delete(cls).where(cls.user_id == user.id))


def network(address: str) -> str:
    """The neighbourhood of an address: /24 of IPv4, /64 of IPv6 (one household has it all)."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.exploded[:19] if ip.version == 6 else ip.exploded.rpartition(".")[0]


def _keyed(key: str, *parts: str) -> str:
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()

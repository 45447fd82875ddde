"""Rate limit of sign-in: guessing is slow, and nobody can lock out somebody else.

An attempt is stored before the password is checked, and discarded if it was right or could not be
checked. So exactly the failures are counted, in every worker and across restarts. A browser the
owner has signed in from before has a count of its own, which failures elsewhere do not touch.
Sign-ups from one network are counted in the same table.
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
    """An attempt to sign in. Stored for an hour as keyed hashes: no address, no email.

    Those without a network (codes) are stored for a day.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        Index(None, "from_network", "made_at"),
        Index(None, "for_account", "made_at"),
        Index(None, "made_at"),
    )
    # (failures, period) before an attempt is refused
    SAME_ACCOUNT_AND_NETWORK = (10, timedelta(minutes=5))
    SAME_NETWORK = (50, timedelta(minutes=5))
    SAME_ACCOUNT = (100, timedelta(hours=1))
    KNOWN_DEVICE = (10, timedelta(minutes=5))
    # Getting this far takes the password, so attempts from all networks count together.
    SECOND_FACTOR = ((5, timedelta(minutes=5)), (20, timedelta(hours=1)))
    # Codes by email to one address, for known and unknown ones alike.
    CODES = ((5, timedelta(hours=1)), (10, timedelta(days=1)))
    WRONG_CODES_PER_HOUR = 20  # from one network
    RETENTION = timedelta(hours=1)
    CODE_RETENTION = timedelta(days=1)

    id: Mapped[int] = mapped_column(primary_key=True)
    for_account: Mapped[str] = mapped_column(String(64))
    from_network: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def begin(cls, *, email: str, address: str, key: str, known_device: bool) -> Self:
        """Store an attempt. Raises TooManyAttempts, and then stores nothing."""
        cls._delete_old()
        account = _keyed(key, "account", email)
        origin = "known device" if known_device else network(address)
        from_network = _keyed(key, "network", origin, email if known_device else "")
        this_pair = (cls.for_account == account, cls.from_network == from_network)
        if known_device:
            cls._check_limit(cls.KNOWN_DEVICE, *this_pair)
        else:
            cls._check_limit(cls.SAME_ACCOUNT_AND_NETWORK, *this_pair)
            cls._check_limit(cls.SAME_NETWORK, cls.from_network == from_network)
            cls._check_limit(cls.SAME_ACCOUNT, cls.for_account == account)
        attempt = cls(for_account=account, from_network=from_network)
        db.session.add(attempt)
        return attempt

    @classmethod
    def begin_second_factor(cls, user_id: int, *, key: str) -> Self:
        """The same for the second factor, after the password was right."""
        cls._delete_old()
        account = _keyed(key, "second factor", str(user_id))
        for limit in cls.SECOND_FACTOR:
            cls._check_limit(limit, cls.for_account == account)
        attempt = cls(for_account=account, from_network="")
        db.session.add(attempt)
        db.session.flush()
        return attempt

    @classmethod
    def begin_code(cls, email: str, *, key: str, known_device: bool) -> Self:
        """The same for a code by email. Devices the owner has used before have a count of their
        own, so nobody can use up the owner's codes."""
        cls._delete_old()
        account = _keyed(key, "code", email, "known device" if known_device else "")
        for limit in cls.CODES:
            cls._check_limit(limit, cls.for_account == account)
        attempt = cls(for_account=account, from_network="")
        db.session.add(attempt)
        return attempt

    @classmethod
    def begin_sign_up(cls, *, address: str, key: str, per_hour: int) -> Self:
        """Store an attempt to sign up; `per_hour` 0 means no limit.

        Raises TooManyAttempts for this network only, and then stores nothing.
        """
        return cls.begin_by_guest("sign-up", address=address, key=key, per_hour=per_hour)

    @classmethod
    def begin_by_guest(cls, action: str, *, address: str, key: str, per_hour: int) -> Self:
        """The same for any action without an account; each action is counted separately."""
        cls._delete_old()
        from_network = _keyed(key, action, network(address))
        if per_hour:
            cls._check_limit((per_hour, timedelta(hours=1)), cls.from_network == from_network)
        attempt = cls(for_account="", from_network=from_network)
        db.session.add(attempt)
        return attempt

    @classmethod
    def _delete_old(cls) -> None:
        """Also deletes those from the future, stored before the clock was corrected."""
        recent = cls.made_at.between(now() - cls.RETENTION, now() + cls.RETENTION)
        of_day = cls.made_at.between(now() - cls.CODE_RETENTION, now() + cls.CODE_RETENTION)
        is_kept = recent | (of_day & (cls.from_network == ""))
        db.session.execute(delete(cls).where(~is_kept))

    @classmethod
    def _check_limit(cls, limit: tuple[int, timedelta], *criteria: object) -> None:
        count, period = limit
        recent = select(func.count(), func.min(cls.made_at)).where(
            cls.made_at > now() - period, cls.made_at < now() + period
        )
        failures, oldest = db.session.execute(recent.where(*criteria)).one()  # type: ignore[arg-type]
        if failures >= count:
            raise TooManyAttempts(retry_at=oldest + period)

    def discard(self) -> None:
        """Stop counting this attempt: it was not a failure."""
        db.session.execute(delete(type(self)).where(type(self).id == self.id))


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


def network(address: str) -> str:
    """The network of an address: /24 for IPv4, /64 for IPv6, which is one household."""
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

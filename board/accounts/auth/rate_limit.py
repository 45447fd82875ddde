"""Rate limit of sign-in: guessing is slow, and nobody can lock out somebody else.

An attempt is stored before the password is checked, and discarded if it was right or could not be
checked. So exactly the failures are counted, in every worker and across restarts. A browser the
owner has signed in from before has a count of its own, which failures elsewhere do not touch. Any
other goes on after failures of others once it has done what challenge.py asks for. Sign-ups from
one network are counted in the same table.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, Self

from sqlalchemy import ColumnElement, Index, String, and_, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db, now


class TooManyAttempts(Exception):
    """`price`: how many times the allowed failures there were."""

    def __init__(self, retry_at: datetime, price: float) -> None:
        super().__init__()
        self.retry_at, self.price = retry_at, price


class Answer(NamedTuple):
    """What was done for an attempt over the limits: enough up to a price, and good once. `mark`
    says for what it is used up, since when."""

    price: float
    mark: str
    since: datetime


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

    price = 0.0  # of this attempt; above 0 an answer was needed
    mark_id = 0  # of the row that marks the answer as used

    @classmethod
    def begin(
        cls, *, email: str, address: str, key: str, known_device: bool, answer: Answer | None = None
    ) -> Self:
        """Store an attempt. Raises TooManyAttempts, and then stores nothing. An `answer` lets one
        more attempt pass, but not on a known device, where all failures are its own."""
        cls._delete_old()
        account = keyed(key, "account", email)
        origin = "known device" if known_device else network(address)
        from_network = keyed(key, "network", origin, email if known_device else "")
        this_pair = (cls.for_account == account, cls.from_network == from_network)
        attempt = cls(for_account=account, from_network=from_network)
        limits = [
            (cls.SAME_ACCOUNT_AND_NETWORK, and_(*this_pair)),
            (cls.SAME_NETWORK, this_pair[1]),
            (cls.SAME_ACCOUNT, this_pair[0]),
        ]
        try:
            cls._check_limits(*([(cls.KNOWN_DEVICE, and_(*this_pair))] if known_device else limits))
        except TooManyAttempts as refusal:
            attempt.price = refusal.price
            if known_device or answer is None or not attempt._use_up(answer, key=key):
                raise
        db.session.add(attempt)
        return attempt

    def _use_up(self, answer: Answer, *, key: str) -> bool:
        """Whether the answer is enough and was not used before; it is from now on."""
        if answer.price < self.price:
            return False
        mark = keyed(key, "answer", answer.mark)
        used = select(Attempt.id).where(Attempt.for_account == mark)
        if db.session.scalar(used.where(Attempt.made_at >= answer.since).limit(1)):
            return False
        row = Attempt(for_account=mark, from_network="")
        db.session.add(row)
        db.session.flush()
        self.mark_id = row.id
        return True

    @classmethod
    def begin_second_factor(cls, user_id: int, *, key: str) -> Self:
        """The same for the second factor, after the password was right."""
        cls._delete_old()
        account = keyed(key, "second factor", str(user_id))
        cls._check_limits(*((limit, cls.for_account == account) for limit in cls.SECOND_FACTOR))
        attempt = cls(for_account=account, from_network="")
        db.session.add(attempt)
        db.session.flush()
        return attempt

    @classmethod
    def begin_code(cls, email: str, *, key: str, known_device: bool) -> Self:
        """The same for a code by email. Devices the owner has used before have a count of their
        own, so nobody can use up the owner's codes."""
        cls._delete_old()
        account = keyed(key, "code", email, "known device" if known_device else "")
        cls._check_limits(*((limit, cls.for_account == account) for limit in cls.CODES))
        attempt = cls(for_account=account, from_network="")
        db.session.add(attempt)
        return attempt

    @classmethod
    def begin_by_guest(cls, action: str, *, address: str, key: str, per_hour: int) -> Self:
        """Store an attempt without an account, such as to sign up; `per_hour` 0 means no limit.

        Each action is counted separately. Raises TooManyAttempts for this network only, and then
        stores nothing.
        """
        cls._delete_old()
        from_network = keyed(key, action, network(address))
        if per_hour:
            cls._check_limits(((per_hour, timedelta(hours=1)), cls.from_network == from_network))
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
    def _check_limits(cls, *limits: tuple[tuple[int, timedelta], ColumnElement[bool]]) -> None:
        """Raises TooManyAttempts, with the highest price."""
        refusals = []
        for (count, period), criterion in limits:
            recent = select(func.count(), func.min(cls.made_at)).where(
                criterion, cls.made_at > now() - period, cls.made_at < now() + period
            )
            failures, oldest = db.session.execute(recent).one()
            if failures >= count:
                refusals.append(TooManyAttempts(oldest + period, failures / count))
        if refusals:
            raise max(refusals, key=lambda refusal: refusal.price)

    def discard(self) -> None:
        """Stop counting this attempt: it was not a failure, and its answer is good once more."""
        own = Attempt.id.in_([self.id, self.mark_id])
        db.session.execute(delete(Attempt).where(own))


def network(address: str) -> str:
    """The network of an address: /24 for IPv4, /64 for IPv6, which is one household."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.exploded[:19] if ip.version == 6 else ip.exploded.rpartition(".")[0]


def keyed(key: str, *parts: str) -> str:
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()

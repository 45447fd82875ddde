"""Challenges of sign-ins while somebody guesses: some work of the browser’s, or some waiting.

The more wrong guesses, the more of either: for twice as many guesses an attacker pays four times
as much, and the owner, who needs one, still gets in. The work is PBKDF2, which browsers compute
natively, so that a telephone is not far slower than a program.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from math import ceil, floor, log2
from typing import NamedTuple, Self

from itsdangerous import BadSignature, URLSafeTimedSerializer

from board.accounts.auth.rate_limit import Answer, keyed, network
from board.db import now

ITERATIONS = 1000  # for each number tried: half a millisecond
_BITS, _BITS_MAX = 9, 18  # half a second of work on a computer, some minutes
_WAIT, _WAIT_MAX = timedelta(seconds=30), timedelta(minutes=10)
_LIFE = timedelta(minutes=30)


class Challenge(NamedTuple):
    """`token` is signed, for one account in one network. The hash of a number that solves it begins
    with so many zero bits."""

    token: str
    owner: str
    bits: int
    made_at: datetime

    @classmethod
    def make(cls, price: float, *, email: str, address: str, key: str) -> Self:
        """`price`: how many times the allowed failures there were."""
        owner = keyed(key, "challenge", email, network(address))
        token = _serializer(key).dumps([owner, _bits(price), secrets.token_hex(8)])
        return cls(token, owner, _bits(price), now())

    @classmethod
    def read(cls, token: str, *, email: str, address: str, key: str) -> Self | None:
        """The challenge of this token; None if it is old, forged, or somebody else’s."""
        life = int(_LIFE.total_seconds())
        try:
            fields, made_at = _serializer(key).loads(token, max_age=life, return_timestamp=True)
        except BadSignature:
            return None
        owner, bits, _ = fields
        is_own = owner == keyed(key, "challenge", email, network(address))
        return cls(token, owner, bits, made_at) if is_own else None

    def answer(self, solution: str) -> Answer | None:
        """What was done: the work, which counts once, or the waiting, of which one counts at a time
        for this account in this network."""
        if self._is_solved_by(solution):
            return Answer(self._price, f"solved {self.token}", self.made_at)
        if not self.seconds_left:
            return Answer(self._price, f"waited {self.owner}", self.made_at)
        return None

    def is_worth(self, price: float) -> bool:
        return self._price >= price

    @property
    def iterations(self) -> int:
        return ITERATIONS

    @property
    def seconds_left(self) -> int:
        """Of waiting, for a browser that does no work."""
        wait = min(_WAIT * 2 ** (self.bits - _BITS), _WAIT_MAX)
        return max(0, ceil((self.made_at + wait - now()).total_seconds()))

    @property
    def _price(self) -> float:
        """Up to which it is enough: at least twice what it was made for, as failures go on."""
        return float("inf") if self.bits == _BITS_MAX else 2.0 ** (self.bits - _BITS + 2)

    def _is_solved_by(self, number: str) -> bool:
        if not (number.isascii() and number.isdecimal() and len(number) < 16):
            return False
        token, salt = self.token.encode(), number.encode()
        start = hashlib.pbkdf2_hmac("sha256", token, salt, ITERATIONS, 4)
        return int.from_bytes(start) >> (32 - self.bits) == 0


def _bits(price: float) -> int:
    return min(_BITS + floor(log2(max(1.0, price))), _BITS_MAX)


def _serializer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="sign-in challenge")

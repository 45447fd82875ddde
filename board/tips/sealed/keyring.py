"""The keys of a tip, and how they are handed out.

Each is 32 bytes that everybody shares who may read, and write, what it is for. A grant is such a
key, locked with the tip's erase key and sealed to one holder. So whoever can write to the database,
but has not the erase key, can make neither a grant nor a word that opens.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from board.tips.crypto import primitives
from board.tips.crypto.primitives import Key
from board.tips.models.key_grants import Grant, TipKey
from board.tips.models.key_holders import KeyHolder, Source
from board.tips.models.tip import Purpose, Tip

Place = tuple[str, int]  # purpose and epoch


class NoKey(Exception):
    """Its holder was left out when this tip's keys were last renewed."""


class TipSecret(NamedTuple):
    """A key of a tip, and who its source is: the next keys are for no other."""

    shared: bytes
    source: bytes

    @classmethod
    def of(cls, data: bytes) -> "TipSecret":
        return cls(data[:32], data[32:])


Secrets = dict[Place, TipSecret]


class Keyring:
    """Keys of one tip. A grant is opened when its key is first used: most readings need one."""

    def __init__(
        self, held: Secrets, granted: Mapping[Place, "GrantContext"] | None = None
    ) -> None:
        self._held, self._granted = held, granted or {}

    @classmethod
    def of(
        cls, tip: Tip, rows: Iterable[Any], holder: KeyHolder, key: Key, erase_key: bytes
    ) -> "Keyring":
        """Of `rows` of `Grant.to`."""
        granted = [GrantContext(tip, row, holder, key, erase_key) for row in rows]
        return cls({}, {(each.row.purpose, each.row.epoch): each for each in granted})

    def __contains__(self, place: Place) -> bool:
        return place in self._held or place in self._granted

    def __getitem__(self, place: Place) -> TipSecret:
        """Raises NoKey; and BadSeal when the grant was moved from where it was made."""
        if place not in self._held:
            if place not in self._granted:
                raise NoKey
            self._held[place] = self._granted[place].open()
        return self._held[place]

    def __iter__(self) -> Iterator[Place]:
        return iter({**self._granted, **self._held})

    def add(self, made: Secrets) -> None:
        self._held |= made


class GrantContext(NamedTuple):
    """A grant, and all it takes to open it."""

    tip: Tip
    row: Any
    holder: KeyHolder
    key: Key
    erase_key: bytes

    def open(self) -> TipSecret:
        """Raises BadSeal."""
        place = grant_place(self.tip, self.row.purpose, self.row.epoch)
        locked = self.key.open(self.row.sealed, *place, self.holder.id)
        return TipSecret.of(primitives.decrypt(self.erase_key, locked, *place))


def rotate_keys(
    tip: Tip, holders: Sequence[KeyHolder], erase_key: bytes, *, source: bytes
) -> Secrets:
    """New keys for the tip's present epoch, each granted to those it is for."""
    made: Secrets = {}
    for purpose in Purpose:
        secret = TipSecret(secrets.token_bytes(32), source)
        tip_key = TipKey(purpose=purpose.value, epoch=tip.epoch)
        tip.keys.append(tip_key)
        for holder in holders:
            if purpose is Purpose.TALK or not isinstance(holder, Source):
                grant(tip, tip_key, secret, holder, erase_key)
        made[purpose.value, tip.epoch] = secret
    return made


def grant(
    tip: Tip, tip_key: TipKey, secret: TipSecret, holder: KeyHolder, erase_key: bytes
) -> None:
    place = grant_place(tip, tip_key.purpose, tip_key.epoch)
    locked = primitives.encrypt(erase_key, secret.shared + secret.source, *place)
    sealed = primitives.hpke_encrypt(holder.public, locked, *place, holder.id)
    tip_key.grants.append(Grant(holder=holder, sealed=sealed))


def grant_place(tip: Tip, purpose: str, epoch: int) -> tuple[object, ...]:
    return "grant", tip.ref, str(purpose), epoch


def name_of(source: Source) -> bytes:
    """What a grant calls the source of its tip."""
    return hashlib.sha256(source.public).digest()


def is_named(source: Source, name: bytes) -> bool:
    """Grants of the first tips named nobody."""
    return name in (b"", name_of(source))

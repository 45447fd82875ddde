"""The keys of a tip, and how they are granted.

A second reader gets them on joining (readers/membership.py) or when a colleague shares the tip
(DecryptableTip.grant_access in sealed_tip.py); both call `grant`.

Each is 32 bytes shared by everybody who may read and write for its purpose. A grant is such a key,
encrypted with the tip's erase key and then to one holder. So somebody who can write to the
database, but does not have the erase key, can forge neither a grant nor an item that decrypts.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from board.tips.crypto import primitives
from board.tips.crypto.primitives import Key
from board.tips.models.key_grants import Grant, TipKey
from board.tips.models.key_holders import KeyHolder
from board.tips.models.source import Source
from board.tips.models.tip import Purpose, Tip

KeyName = tuple[str, int]  # purpose and epoch


class NoKey(Exception):
    """The holder had no access when this tip's keys were last rotated."""


class NoReader(Exception):
    """Nobody who may read tips could open this one, so nothing is encrypted."""


class TipSecret(NamedTuple):
    """A key of a tip, and a digest of its source's public key: later keys are granted to this
    source only.
    """

    shared: bytes
    source_digest: bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> "TipSecret":
        return cls(data[:32], data[32:])


Secrets = dict[KeyName, TipSecret]


class Keyring:
    """Keys of one tip. A grant is decrypted when its key is first used: most requests need one."""

    def __init__(
        self, held: Secrets, granted: Mapping[KeyName, "DecryptableGrant"] | None = None
    ) -> None:
        self._held, self._granted = held, granted or {}

    @classmethod
    def from_grants(
        cls, tip: Tip, rows: Iterable[Any], holder: KeyHolder, key: Key, erase_key: bytes
    ) -> "Keyring":
        """The keyring from `rows` of `Grant.for_holder`."""
        grants = [DecryptableGrant(tip, row, holder, key, erase_key) for row in rows]
        return cls({}, {(grant.row.purpose, grant.row.epoch): grant for grant in grants})

    def __contains__(self, name: KeyName) -> bool:
        return name in self._held or name in self._granted

    def __getitem__(self, name: KeyName) -> TipSecret:
        """Raises NoKey; and DecryptionFailed if the grant was moved from another row."""
        if name not in self._held:
            if name not in self._granted:
                raise NoKey
            self._held[name] = self._granted[name].open()
        return self._held[name]

    def __iter__(self) -> Iterator[KeyName]:
        return iter({**self._granted, **self._held})

    def add(self, keys: Secrets) -> None:
        self._held |= keys


class DecryptableGrant(NamedTuple):
    """A grant with everything needed to decrypt it."""

    tip: Tip
    row: Any
    holder: KeyHolder
    key: Key
    erase_key: bytes

    def open(self) -> TipSecret:
        """Raises DecryptionFailed."""
        context = grant_context(self.tip, self.row.purpose, self.row.epoch)
        inner = self.key.open(self.row.sealed, *context, self.holder.id)
        return TipSecret.from_bytes(primitives.decrypt(self.erase_key, inner, *context))


def rotate_keys(
    tip: Tip, holders: Sequence[KeyHolder], erase_key: bytes, *, source: bytes
) -> Secrets:
    """Create new keys for the tip's current epoch, each granted to the holders it is for."""
    secrets_: Secrets = {}
    for purpose in Purpose:
        secret = TipSecret(secrets.token_bytes(32), source)
        tip_key = TipKey(purpose=purpose.value, epoch=tip.epoch)
        tip.keys.append(tip_key)
        for holder in holders:
            if purpose is Purpose.TALK or not isinstance(holder, Source):
                grant(tip, tip_key, secret, holder, erase_key)
        secrets_[purpose.value, tip.epoch] = secret
    return secrets_


def grant(
    tip: Tip, tip_key: TipKey, secret: TipSecret, holder: KeyHolder, erase_key: bytes
) -> None:
    context = grant_context(tip, tip_key.purpose, tip_key.epoch)
    inner = primitives.encrypt(erase_key, secret.shared + secret.source_digest, *context)
    sealed = primitives.hpke_encrypt(holder.public, inner, *context, holder.id)
    tip_key.grants.append(Grant(holder=holder, sealed=sealed))


def grant_context(tip: Tip, purpose: str, epoch: int) -> tuple[object, ...]:
    return "grant", tip.ref, str(purpose), epoch


def digest_of(source: Source) -> bytes:
    """The digest that identifies a tip's source inside its grants."""
    return hashlib.sha256(source.public).digest()


def matches_digest(source: Source, digest: bytes) -> bool:
    """Whether this is the source of that digest. Grants of the first tips have an empty one."""
    return digest in (b"", digest_of(source))

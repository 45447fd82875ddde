"""A tip with the keys of one holder: its items decrypted, added and re-keyed."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import delete, select

from board.db import db
from board.tips.crypto import key_files, primitives
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.dates import this_hour
from board.tips.integrity import checkpoints
from board.tips.models import roster
from board.tips.models.key_grants import Grant
from board.tips.models.key_holders import KeyHolder, TipReader, UnlockedSession
from board.tips.models.source import Source
from board.tips.models.tip import Purpose, Tip, TipItem
from board.tips.sealed.items import DecryptedItem, item_context
from board.tips.sealed.keyring import (
    Keyring,
    NoReader,
    digest_of,
    grant,
    matches_digest,
    rotate_keys,
)

BATCH_SIZE = 500  # tips in memory at a time
Items = dict[str, tuple[TipItem, ...]]  # by kind


class DecryptableTip:
    """A tip, and one holder's keys of it."""

    def __init__(
        self, tip: Tip, keys: Keyring, erase_key: bytes, items: Items | None = None, *,
        may_write: bool = False,
    ) -> None:  # fmt: skip
        """`items`: items already loaded, by kind."""
        self.tip, self._keys, self._erase_key, self._items = tip, keys, erase_key, items
        self._may_write = may_write  # false: `_exclude_leavers` looks first

    @classmethod
    def new(cls, tip: Tip, source: Source, readers: Sequence[TipReader]) -> "DecryptableTip":
        """A new tip with its first keys, granted to the source and these readers."""
        erase_key, digest = key_files.make_erase_key(tip.ref), digest_of(source)
        secrets = rotate_keys(tip, [source, *readers], erase_key, source=digest)
        return cls(tip, Keyring(secrets), erase_key, may_write=True)

    @classmethod
    def open(cls, tip: Tip, holder: KeyHolder, key: Key) -> "DecryptableTip":
        """The tip with the grants of `holder`. Raises Erased if it has no erase key any more, and
        DecryptionFailed if its row is damaged.
        """
        if db.session.scalar(select(Tip.is_damaged()).where(Tip.id == tip.id)):
            raise DecryptionFailed
        erase_key = key_files.erase_key(tip.ref)
        grants = db.session.execute(Grant.for_holder(holder, [tip.id]))
        return cls(tip, Keyring.from_grants(tip, grants, holder, key, erase_key), erase_key)

    @classmethod
    def open_many(
        cls, tips: Sequence[Tip], holder: KeyHolder, key: Key, *kinds: str
    ) -> Iterator["DecryptableTip"]:
        """Many tips with their items of these kinds, in few queries; erased tips are left out."""
        for start in range(0, len(tips), BATCH_SIZE):
            batch = tips[start : start + BATCH_SIZE]
            grants: dict[int, list[Any]] = defaultdict(list)
            items: dict[int, Items] = defaultdict(lambda: dict.fromkeys(kinds, ()))
            for row in db.session.execute(Grant.for_holder(holder, [tip.id for tip in batch])):
                grants[row.tip_id].append(row)
            for item in db.session.scalars(TipItem.in_tips(batch, *kinds)):
                items[item.tip_id][item.kind] = (*items[item.tip_id][item.kind], item)
            for tip in batch:
                with suppress(key_files.Erased):
                    erase_key = key_files.erase_key(tip.ref)
                    ring = Keyring.from_grants(tip, grants[tip.id], holder, key, erase_key)
                    yield cls(tip, ring, erase_key, items[tip.id])

    @property
    def has_key(self) -> bool:
        """Whether the holder has any key of the tip."""
        return any(True for _ in self._keys)

    def has_key_for(self, purpose: Purpose) -> bool:
        """Whether the holder has the current key for this purpose, and so may add items."""
        return (purpose.value, self.tip.epoch) in self._keys

    def require_whole(self) -> None:
        """Decrypt all items, so that none was given another kind or place, in which nobody sees it.
        Raises DecryptionFailed.
        """
        for item in self.tip.items:
            is_possible = item.purpose in list(Purpose) and 1 <= item.epoch <= self.tip.epoch
            if (item.purpose, item.epoch) in self._keys:
                self._decrypt(item)
            elif not is_possible:
                raise DecryptionFailed

    def contents(self, *kinds: str) -> list[DecryptedItem]:
        """The items of these kinds the holder may read, oldest first. Raises DecryptionFailed."""
        return [
            self._decrypt(item)
            for item in self._sealed_items(*kinds)
            if (item.purpose, item.epoch) in self._keys
        ]

    def newest(self, kind: str) -> dict[str, Any]:
        items = self.contents(kind)
        return items[-1].data if items else {}

    def attachment(self, number: int) -> DecryptedItem | None:
        item = db.session.scalar(
            select(TipItem).where(TipItem.tip_id == self.tip.id, TipItem.number == number)
        )
        if item is None or not item.file or (item.purpose, item.epoch) not in self._keys:
            return None
        return self._decrypt(item)

    def add(
        self, purpose: Purpose, kind: str, data: dict[str, Any], *, file: str | None = None
    ) -> None:
        """Encrypt one more item with the key of the current epoch, or of a new one if somebody
        who may not read it holds that key. Raises NoKey, NoReader and WentBack.
        """
        self._exclude_leavers()
        tip, number = self.tip, self.tip.next_number()
        secret = self._keys[purpose.value, tip.epoch].shared
        padded = primitives.pad(
            json.dumps({"at": this_hour(), **data}, ensure_ascii=False).encode()
        )
        context = item_context(tip, purpose, tip.epoch, number, kind, file)
        tip.items.append(
            TipItem(
                purpose=purpose.value, epoch=tip.epoch, number=number, kind=kind, file=file,
                sealed=primitives.encrypt_shared(secret, padded, *context),
            )
        )  # fmt: skip

    def replace(self, purpose: Purpose, kind: str, data: dict[str, Any]) -> None:
        """Add an item and delete all others of this kind."""
        self.tip.items = [item for item in self.tip.items if item.kind != kind]
        self.add(purpose, kind, data)

    def grant_access(self, reader: TipReader, *, members: Sequence[TipReader]) -> None:
        """Grant a colleague all keys the holder has. An open tip then gets new keys: an earlier key
        pair of that colleague may have leaked. Raises NoKey.
        """
        for name in self._keys:
            tip_key = next(key for key in self.tip.keys if (key.purpose, key.epoch) == name)
            if all(existing.holder_id != reader.id for existing in tip_key.grants):
                grant(self.tip, tip_key, self._keys[name], reader, self._erase_key)
        if self.tip.is_open:
            self._rotate_keys(members)

    def revoke_access(self, reader: TipReader, *, members: Sequence[TipReader]) -> None:
        """Delete all grants of `reader`, and rotate the keys. Raises NoKey."""
        for tip_key in self.tip.keys:
            tip_key.grants = [grant for grant in tip_key.grants if grant.holder_id != reader.id]
        if self.tip.assignee_id == reader.user_id:
            self.tip.assignee_id = None
        self._rotate_keys(members)

    def _exclude_leavers(self) -> None:
        """A new epoch if a holder of this one is off the roster, or may not read tips."""
        if self._may_write:
            return
        checkpoints.require_intact()
        members = roster.members()
        readers = [holder for holder in self.tip.holders if isinstance(holder, TipReader)]
        if not any(reader in members for reader in readers):
            raise NoReader
        if self.tip.must_rotate or any(reader not in members for reader in readers):
            self._rotate_keys(members)
        self._may_write = True

    def _rotate_keys(self, members: Sequence[TipReader]) -> None:
        """Start a new epoch. Its keys go only to the source and to readers on the signed roster; a
        grant row alone could be forged.
        """
        digest = self._keys[Purpose.TALK.value, self.tip.epoch].source_digest
        holders = [
            holder
            for holder in self.tip.holders
            if holder in members or (isinstance(holder, Source) and matches_digest(holder, digest))
        ]
        self.tip.epoch, self.tip.must_rotate = self.tip.epoch + 1, False
        self._keys.add(rotate_keys(self.tip, holders, self._erase_key, source=digest))

    def _sealed_items(self, *kinds: str) -> list[TipItem]:
        if self._items is None:
            return list(db.session.scalars(TipItem.in_tips([self.tip], *kinds)))
        items = [item for kind in kinds for item in self._items[kind]]
        return sorted(items, key=lambda item: item.number)

    def _decrypt(self, item: TipItem) -> DecryptedItem:
        context = item_context(
            self.tip, item.purpose, item.epoch, item.number, item.kind, item.file
        )
        data = primitives.decrypt_shared(
            self._keys[item.purpose, item.epoch].shared, item.sealed, *context
        )
        return DecryptedItem(item.number, item.kind, json.loads(primitives.unpad(data)), item.file)


def revoke_source(source: Source) -> None:
    """Delete the source's access: the code opens nothing any more, the newsroom keeps the tip."""
    UnlockedSession.end_all(source)
    db.session.execute(delete(Grant).where(Grant.holder_id == source.id))
    db.session.delete(source)

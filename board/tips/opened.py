"""A tip in the hands of somebody who has keys to it."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from board.db import db
from board.tips import disk, vault
from board.tips.days import this_hour
from board.tips.holders import Holder, Reader, Source, Unlocked
from board.tips.models import Grant, Purpose, Tip, TipItem, TipKey
from board.tips.vault import Key


@dataclass(frozen=True, slots=True)
class Content:
    """An item, opened."""

    number: int
    kind: str
    data: dict[str, Any]
    file: str | None

    @property
    def file_key(self) -> bytes:
        return base64.b64decode(self.data["key"])


Keys = dict[tuple[str, int], Key]


class Opened:
    """The tip, and the keys of it that somebody has, by purpose and epoch."""

    def __init__(self, tip: Tip, keys: Keys, erase_key: bytes) -> None:
        self.tip, self._keys, self._erase_key = tip, keys, erase_key

    @classmethod
    def by(cls, tip: Tip, holder: Holder, key: Key) -> "Opened":
        """With the grants of `holder`.

        Raises Erased when the tip has no erase key any more, BadSeal when a row was moved.
        """
        erase_key, keys = disk.erase_key(tip.ref), {}
        for grant, tip_key in db.session.execute(Grant.to(holder, tip)):
            place = _grant_place(tip, tip_key.purpose, tip_key.epoch)
            locked = key.open(grant.sealed, *place, holder.id)
            seed = vault.unlock(erase_key, locked, *place)
            keys[tip_key.purpose, tip_key.epoch] = Key.of(seed, tip_key.public)
        return cls(tip, keys, erase_key)

    @property
    def is_mine(self) -> bool:
        """Whether the holder has a key at all."""
        return bool(self._keys)

    def contents(self, *kinds: str) -> list[Content]:
        """What the holder may read of these kinds, oldest first."""
        found = select(TipItem).where(TipItem.tip_id == self.tip.id, TipItem.kind.in_(kinds))
        items = db.session.scalars(found.order_by(TipItem.number))
        return [self._open(item) for item in items if (item.purpose, item.epoch) in self._keys]

    def newest(self, kind: str) -> dict[str, Any]:
        contents = self.contents(kind)
        return contents[-1].data if contents else {}

    def attachment(self, number: int) -> Content | None:
        item = db.session.scalar(
            select(TipItem).where(TipItem.tip_id == self.tip.id, TipItem.number == number)
        )
        if item is None or not item.file or (item.purpose, item.epoch) not in self._keys:
            return None
        return self._open(item)

    def add(
        self, purpose: Purpose, kind: str, data: dict[str, Any], *, file: str | None = None
    ) -> None:
        """Seal one thing more to the present epoch's key."""
        tip, number = self.tip, self.tip.next_number()
        # The public key of the seed that was granted, not the row's: that could be another's.
        key = self._keys[purpose, tip.epoch]
        padded = vault.pad(json.dumps({"at": this_hour(), **data}, ensure_ascii=False).encode())
        place = _item_place(tip, purpose, tip.epoch, number, kind, file)
        tip.items.append(
            TipItem(
                purpose=purpose.value,
                epoch=tip.epoch,
                number=number,
                kind=kind,
                sealed=vault.seal(key.public, padded, *place),
                file=file,
            )
        )

    def replace(self, purpose: Purpose, kind: str, data: dict[str, Any]) -> None:
        """Like `add`, and what there was of this kind is gone."""
        self.tip.items = [item for item in self.tip.items if item.kind != kind]
        self.add(purpose, kind, data)

    def let_in(self, reader: Reader) -> None:
        """Give a colleague whatever keys the holder has."""
        for (purpose, epoch), key in self._keys.items():
            tip_key = next(k for k in self.tip.keys if (k.purpose, k.epoch) == (purpose, epoch))
            if all(grant.holder_id != reader.id for grant in tip_key.grants):
                _grant(self.tip, tip_key, key, reader, self._erase_key)

    def shut_out(self, reader: Reader) -> None:
        """Take every key from `reader`, and begin an epoch they have none of."""
        stay = [h for h in db.session.scalars(Grant.holders(self.tip)) if h.id != reader.id]
        for tip_key in self.tip.keys:
            tip_key.grants = [grant for grant in tip_key.grants if grant.holder_id != reader.id]
        self._begin_epoch(stay)

    def _begin_epoch(self, holders: list[Holder]) -> None:
        self.tip.epoch += 1
        self._keys |= begin_epoch(self.tip, holders, self._erase_key)

    def _open(self, item: TipItem) -> Content:
        place = _item_place(self.tip, item.purpose, item.epoch, item.number, item.kind, item.file)
        data = self._keys[item.purpose, item.epoch].open(item.sealed, *place)
        return Content(item.number, item.kind, json.loads(vault.unpad(data)), item.file)


def begin_epoch(tip: Tip, holders: Sequence[Holder], erase_key: bytes) -> Keys:
    """New keys for the tip's present epoch, each granted to those it is for."""
    made: Keys = {}
    for purpose in Purpose:
        key = Key()
        tip_key = TipKey(purpose=purpose.value, epoch=tip.epoch, public=key.public)
        tip.keys.append(tip_key)
        for holder in holders:
            if purpose is Purpose.TALK or not isinstance(holder, Source):
                _grant(tip, tip_key, key, holder, erase_key)
        made[purpose.value, tip.epoch] = key
    return made


def burn(source: Source) -> None:
    """The code opens nothing any more; the newsroom keeps what it has."""
    Unlocked.end_all(source)
    db.session.execute(delete(Grant).where(Grant.holder_id == source.id))
    db.session.delete(source)


def _grant(tip: Tip, tip_key: TipKey, key: Key, holder: Holder, erase_key: bytes) -> None:
    place = _grant_place(tip, tip_key.purpose, tip_key.epoch)
    locked = vault.lock(erase_key, key.seed, *place)
    sealed = vault.seal(holder.public, locked, *place, holder.id)
    tip_key.grants.append(Grant(holder_id=holder.id, sealed=sealed))


def _grant_place(tip: Tip, purpose: str, epoch: int) -> tuple[object, ...]:
    return "grant", tip.ref, str(purpose), epoch


def _item_place(
    tip: Tip, purpose: str, epoch: int, number: int, kind: str, file: str | None
) -> tuple[object, ...]:
    return "item", tip.ref, str(purpose), epoch, number, kind, file or ""


def day_of(data: dict[str, Any]) -> date:
    return date.fromisoformat(data["at"][:10])

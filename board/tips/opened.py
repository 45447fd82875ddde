"""A tip in the hands of somebody who has keys to it."""

import base64
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
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


MANY = 500  # tips at a time in memory
Place = tuple[str, int]  # purpose and epoch
Keys = dict[Place, Key]
Granted = Mapping[Place, Callable[[], Key]]
Items = dict[str, tuple[TipItem, ...]]  # by their kinds


class Ring:
    """Keys of one tip. A grant is opened when its key is first used: most readings need one."""

    def __init__(self, keys: Keys, granted: Granted | None = None) -> None:
        self._keys, self._granted = keys, granted or {}

    def __contains__(self, place: Place) -> bool:
        return place in self._keys or place in self._granted

    def __getitem__(self, place: Place) -> Key:
        """Raises BadSeal when the grant was moved from where it was made."""
        if place not in self._keys:
            self._keys[place] = self._granted[place]()
        return self._keys[place]

    def __iter__(self) -> Iterator[Place]:
        return iter({**self._granted, **self._keys})

    def add(self, keys: Keys) -> None:
        self._keys |= keys


class Opened:
    """The tip, and the keys of it that somebody has."""

    def __init__(
        self,
        tip: Tip,
        keys: Keys | Ring,
        erase_key: bytes,
        items: Items | None = None,
    ) -> None:
        """`items`: of some kinds, those that were looked up already."""
        self.tip, self._erase_key, self._items = tip, erase_key, items
        self._keys = keys if isinstance(keys, Ring) else Ring(keys)

    @classmethod
    def by(cls, tip: Tip, holder: Holder, key: Key) -> "Opened":
        """With the grants of `holder`. Raises Erased when the tip has no erase key any more."""
        erase_key = disk.erase_key(tip.ref)
        grants = db.session.execute(Grant.to(holder, [tip]))
        return cls(tip, _ring(tip, grants, holder, key, erase_key), erase_key)

    @classmethod
    def each(cls, tips: Sequence[Tip], holder: Holder, key: Key, *kinds: str) -> Iterator["Opened"]:
        """Many tips with what they have of these kinds, in few questions; not those erased."""
        for at in range(0, len(tips), MANY):
            some = tips[at : at + MANY]
            grants: dict[int, list[Any]] = defaultdict(list)
            items: dict[int, Items] = defaultdict(lambda: dict.fromkeys(kinds, ()))
            for row in db.session.execute(Grant.to(holder, some)):
                grants[row.tip_id].append(row)
            for item in db.session.scalars(TipItem.of(some, *kinds)):
                items[item.tip_id][item.kind] = (*items[item.tip_id][item.kind], item)
            for tip in some:
                with suppress(disk.Erased):
                    erase_key = disk.erase_key(tip.ref)
                    ring = _ring(tip, grants[tip.id], holder, key, erase_key)
                    yield cls(tip, ring, erase_key, items[tip.id])

    @property
    def is_mine(self) -> bool:
        """Whether the holder has a key at all."""
        return any(True for _ in self._keys)

    def contents(self, *kinds: str) -> list[Content]:
        """What the holder may read of these kinds, oldest first. Raises BadSeal."""
        return [self._open(i) for i in self._sealed(*kinds) if (i.purpose, i.epoch) in self._keys]

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
        key = self._keys[purpose.value, tip.epoch]
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
        for place in self._keys:
            tip_key = next(k for k in self.tip.keys if (k.purpose, k.epoch) == place)
            if all(grant.holder_id != reader.id for grant in tip_key.grants):
                _grant(self.tip, tip_key, self._keys[place], reader, self._erase_key)

    def shut_out(self, reader: Reader) -> None:
        """Take every key from `reader`, and begin an epoch they have none of."""
        stay = [h for h in db.session.scalars(Grant.holders(self.tip)) if h.id != reader.id]
        for tip_key in self.tip.keys:
            tip_key.grants = [grant for grant in tip_key.grants if grant.holder_id != reader.id]
        self._begin_epoch(stay)

    def _begin_epoch(self, holders: list[Holder]) -> None:
        self.tip.epoch += 1
        self._keys.add(begin_epoch(self.tip, holders, self._erase_key))

    def _sealed(self, *kinds: str) -> list[TipItem]:
        if self._items is None:
            return list(db.session.scalars(TipItem.of([self.tip], *kinds)))
        found = [item for kind in kinds for item in self._items[kind]]
        return sorted(found, key=lambda item: item.number)

    def _open(self, item: TipItem) -> Content:
        place = _item_place(self.tip, item.purpose, item.epoch, item.number, item.kind, item.file)
        data = self._keys[item.purpose, item.epoch].open(item.sealed, *place)
        return Content(item.number, item.kind, json.loads(vault.unpad(data)), item.file)


def _ring(tip: Tip, grants: Iterable[Any], holder: Holder, key: Key, erase_key: bytes) -> Ring:
    granted = {
        (row.purpose, row.epoch): partial(_granted, tip, row, holder, key, erase_key)
        for row in grants
    }
    return Ring({}, granted)


def _granted(tip: Tip, row: Any, holder: Holder, key: Key, erase_key: bytes) -> Key:
    """The key in one row of `Grant.to`. Raises BadSeal."""
    place = _grant_place(tip, row.purpose, row.epoch)
    locked = key.open(row.sealed, *place, holder.id)
    return Key.of(vault.unlock(erase_key, locked, *place), row.public)


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

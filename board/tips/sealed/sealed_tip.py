"""A tip in the hands of somebody who has keys to it."""

import base64
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from board.db import db
from board.tips.crypto import key_files, primitives
from board.tips.crypto.primitives import Key
from board.tips.dates import this_hour
from board.tips.models.key_grants import Grant
from board.tips.models.key_holders import KeyHolder, Source, TipReader, UnlockedSession
from board.tips.models.tip import Purpose, Tip, TipItem
from board.tips.sealed.keyring import Keyring, grant, is_named, name_of, rotate_keys


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
Items = dict[str, tuple[TipItem, ...]]  # by their kinds


class DecryptableTip:
    """The tip, and the keys of it that somebody has."""

    def __init__(
        self,
        tip: Tip,
        keys: Keyring,
        erase_key: bytes,
        items: Items | None = None,
    ) -> None:
        """`items`: of some kinds, those that were looked up already."""
        self.tip, self._keys, self._erase_key, self._items = tip, keys, erase_key, items

    @classmethod
    def new(cls, tip: Tip, source: Source, readers: Sequence[TipReader]) -> "DecryptableTip":
        """With its first keys, handed to these."""
        erase_key, named = key_files.make_erase_key(tip.ref), name_of(source)
        made = rotate_keys(tip, [source, *readers], erase_key, source=named)
        return cls(tip, Keyring(made), erase_key)

    @classmethod
    def open(cls, tip: Tip, holder: KeyHolder, key: Key) -> "DecryptableTip":
        """With the grants of `holder`. Raises Erased when the tip has no erase key any more."""
        erase_key = key_files.erase_key(tip.ref)
        grants = db.session.execute(Grant.to(holder, [tip.id]))
        return cls(tip, Keyring.of(tip, grants, holder, key, erase_key), erase_key)

    @classmethod
    def open_many(
        cls, tips: Sequence[Tip], holder: KeyHolder, key: Key, *kinds: str
    ) -> Iterator["DecryptableTip"]:
        """Many tips with what they have of these kinds, in few questions; not those erased."""
        for at in range(0, len(tips), MANY):
            some = tips[at : at + MANY]
            grants: dict[int, list[Any]] = defaultdict(list)
            items: dict[int, Items] = defaultdict(lambda: dict.fromkeys(kinds, ()))
            for row in db.session.execute(Grant.to(holder, [tip.id for tip in some])):
                grants[row.tip_id].append(row)
            for item in db.session.scalars(TipItem.of(some, *kinds)):
                items[item.tip_id][item.kind] = (*items[item.tip_id][item.kind], item)
            for tip in some:
                with suppress(key_files.Erased):
                    erase_key = key_files.erase_key(tip.ref)
                    ring = Keyring.of(tip, grants[tip.id], holder, key, erase_key)
                    yield cls(tip, ring, erase_key, items[tip.id])

    @property
    def has_key(self) -> bool:
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
        """Seal one thing more with the present epoch's key. Raises NoKey."""
        tip, number = self.tip, self.tip.next_number()
        secret = self._keys[purpose.value, tip.epoch].shared
        padded = primitives.pad(
            json.dumps({"at": this_hour(), **data}, ensure_ascii=False).encode()
        )
        place = _item_place(tip, purpose, tip.epoch, number, kind, file)
        tip.items.append(
            TipItem(
                purpose=purpose.value,
                epoch=tip.epoch,
                number=number,
                kind=kind,
                sealed=primitives.encrypt_shared(secret, padded, *place),
                file=file,
            )
        )

    def replace(self, purpose: Purpose, kind: str, data: dict[str, Any]) -> None:
        """Like `add`, and what there was of this kind is gone."""
        self.tip.items = [item for item in self.tip.items if item.kind != kind]
        self.add(purpose, kind, data)

    def grant_access(self, reader: TipReader, *, roster: Sequence[TipReader]) -> None:
        """Give a colleague whatever keys the holder has. What comes later to an open tip is under
        new ones: an earlier pair of theirs may be in other hands. Raises NoKey."""
        for place in self._keys:
            tip_key = next(k for k in self.tip.keys if (k.purpose, k.epoch) == place)
            if all(each.holder_id != reader.id for each in tip_key.grants):
                grant(self.tip, tip_key, self._keys[place], reader, self._erase_key)
        if self.tip.is_open:
            self._begin_epoch(roster)

    def revoke_access(self, reader: TipReader, *, roster: Sequence[TipReader]) -> None:
        """Take every key from `reader`, and begin an epoch they have none of. Raises NoKey."""
        for tip_key in self.tip.keys:
            tip_key.grants = [each for each in tip_key.grants if each.holder_id != reader.id]
        if self.tip.assignee_id == reader.user_id:
            self.tip.assignee_id = None
        self._begin_epoch(roster)

    def _begin_epoch(self, roster: Sequence[TipReader]) -> None:
        """For those who have the present keys, if they are the source or on the roster: a row in
        the database proves nothing."""
        named = self._keys[Purpose.TALK.value, self.tip.epoch].source
        holders = [
            holder
            for holder in self.tip.holders
            if holder in roster or (isinstance(holder, Source) and is_named(holder, named))
        ]
        self.tip.epoch += 1
        self._keys.add(rotate_keys(self.tip, holders, self._erase_key, source=named))

    def _sealed(self, *kinds: str) -> list[TipItem]:
        if self._items is None:
            return list(db.session.scalars(TipItem.of([self.tip], *kinds)))
        found = [item for kind in kinds for item in self._items[kind]]
        return sorted(found, key=lambda item: item.number)

    def _open(self, item: TipItem) -> Content:
        place = _item_place(self.tip, item.purpose, item.epoch, item.number, item.kind, item.file)
        data = primitives.decrypt_shared(
            self._keys[item.purpose, item.epoch].shared, item.sealed, *place
        )
        return Content(item.number, item.kind, json.loads(primitives.unpad(data)), item.file)


def revoke_source(source: Source) -> None:
    """The code opens nothing any more; the newsroom keeps what it has."""
    UnlockedSession.end_all(source)
    db.session.execute(delete(Grant).where(Grant.holder_id == source.id))
    db.session.delete(source)


def _item_place(
    tip: Tip, purpose: str, epoch: int, number: int, kind: str, file: str | None
) -> tuple[object, ...]:
    return "item", tip.ref, str(purpose), epoch, number, kind, file or ""

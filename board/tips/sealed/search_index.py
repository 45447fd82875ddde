"""What a reader can read of each tip, sealed again for their next search.

Opening a thousand tips takes a second or two; their gists open in a tenth of one. A gist is locked
by the reader's key and the tip's erase key together, so it ends with either, in backups too.
"""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Select, and_, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db
from board.tips.crypto import key_files, primitives
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.models.key_holders import KeyHolder, TipReader
from board.tips.models.tip import Tip
from board.tips.sealed.sealed_tip import MANY, DecryptableTip

KINDS = ("message", "note", "facts", "file", "story")


class SearchEntry(Base):
    """Of the items of one tip up to a number, for one reader."""

    __tablename__ = "tip_gist"

    tip_id: Mapped[int] = mapped_column(ForeignKey(Tip.id), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey(KeyHolder.id), primary_key=True, index=True)
    upto: Mapped[int]
    sealed: Mapped[bytes]

    @classmethod
    def stale(cls, me: TipReader) -> Select[Tip]:
        """Tips of which there is none, or one from before the last thing that was said."""
        mine = and_(cls.tip_id == Tip.id, cls.holder_id == me.id)
        old = or_(cls.upto.is_(None), cls.upto != Tip.last_number)
        return Tip.held_by(me).outerjoin(cls, mine).where(old)

    @classmethod
    def of(cls, tips: Sequence[Tip], me: TipReader) -> Select["SearchEntry"]:
        return select(cls).where(cls.holder_id == me.id, cls.tip_id.in_([tip.id for tip in tips]))


class LoadedEntry(NamedTuple):
    """A tip, what the desk calls it, and all that is said in it, folded for searching."""

    tip: Tip
    facts: dict[str, Any]
    text: str


def build_entries(me: TipReader, key: Key) -> list[SearchEntry]:
    """Those that are missing or stale; to be kept inside a write."""
    return [_made(opened, me, key) for opened in _readable(me, key)]


def save_entries(gists: list[SearchEntry], me: TipReader) -> None:
    """Unless a tip, or the reader's part in it, has gone meanwhile."""
    if not gists:
        return
    made = [gist.tip_id for gist in gists]
    for at in range(0, len(made), MANY):
        old = SearchEntry.tip_id.in_(made[at : at + MANY])
        db.session.execute(delete(SearchEntry).where(SearchEntry.holder_id == me.id, old))
    held = set(db.session.scalars(Tip.held_by(me).with_only_columns(Tip.id)))
    db.session.add_all(gist for gist in gists if gist.tip_id in held)


def load_entries(tips: Sequence[Tip], me: TipReader, key: Key) -> Iterator[LoadedEntry]:
    """These tips as they were when their gists were made; those without one are left out."""
    kept = {gist.tip_id: gist for gist in db.session.scalars(SearchEntry.of(tips, me))}
    for tip in tips:
        if gist := kept.get(tip.id):
            try:
                told = json.loads(primitives.unpad(_unlocked(gist, tip, me, key)))
            except (DecryptionFailed, key_files.Erased):  # opening the tip says so
                continue
            yield LoadedEntry(tip, told["facts"], told["text"])


def forget(*, tip: Tip | None = None, reader: KeyHolder | None = None) -> None:
    """Of this tip, of a reader whose keys change, or of this tip that reader's."""
    gone = delete(SearchEntry)
    if tip:
        gone = gone.where(SearchEntry.tip_id == tip.id)
    if reader:
        gone = gone.where(SearchEntry.holder_id == reader.id)
    db.session.execute(gone)


def folded(text: str) -> str:
    """However it was typed: Hangul in one piece or in letters, capitals or not."""
    return unicodedata.normalize("NFC", text).casefold()


def _readable(me: TipReader, key: Key) -> Iterator[DecryptableTip]:
    stale = db.session.scalars(SearchEntry.stale(me)).all()
    return DecryptableTip.open_many(stale, me, key, *KINDS)


def _made(opened: DecryptableTip, me: TipReader, key: Key) -> SearchEntry:
    tip, facts, said = opened.tip, dict[str, Any](), list[str]()
    try:
        for content in opened.contents(*KINDS):
            facts = content.data if content.kind == "facts" else facts
            said.append(_text(content.data))
    except DecryptionFailed:  # what is damaged is found by nobody, and opening it says so
        said = []
    told = {"facts": facts, "text": folded("\n".join(said))}
    data = primitives.pad(json.dumps(told, ensure_ascii=False).encode())
    sealed = primitives.encrypt(_secret(tip, key), data, *_place(tip.ref, me, tip.last_number))
    return SearchEntry(tip_id=tip.id, holder_id=me.id, upto=tip.last_number, sealed=sealed)


def _unlocked(gist: SearchEntry, tip: Tip, me: TipReader, key: Key) -> bytes:
    return primitives.decrypt(_secret(tip, key), gist.sealed, *_place(tip.ref, me, gist.upto))


def _secret(tip: Tip, key: Key) -> bytes:
    return primitives.derive(key.derive_private("gist") + key_files.erase_key(tip.ref), "gist")


def _place(ref: str, me: TipReader, upto: int) -> tuple[object, ...]:
    return "gist", ref, me.id, upto


def _text(data: dict[str, Any]) -> str:
    parts = [data.get(name, "") for name in ("text", "title", "case", "name", "link")]
    return "\n".join([*parts, *data.get("labels", [])])

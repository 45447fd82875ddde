"""Encrypted search index: the text of each tip, encrypted again for one reader's next search.

Decrypting a thousand tips takes a second or two; their search entries a tenth of one. An entry is
encrypted with the reader's key and the tip's erase key together, so it ends with either, in backups
too.
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
from board.tips.sealed.sealed_tip import BATCH_SIZE, DecryptableTip

INDEXED_KINDS = ("message", "note", "facts", "file", "story")


class SearchEntry(Base):
    """The items of one tip up to a number, for one reader."""

    __tablename__ = "tip_gist"

    tip_id: Mapped[int] = mapped_column(ForeignKey(Tip.id), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey(KeyHolder.id), primary_key=True, index=True)
    upto: Mapped[int]
    sealed: Mapped[bytes]

    @classmethod
    def stale(cls, me: TipReader) -> Select[Tip]:
        """Tips without an entry, or with one older than their last item."""
        mine = and_(cls.tip_id == Tip.id, cls.holder_id == me.id)
        outdated = or_(cls.upto.is_(None), cls.upto != Tip.last_number)
        return Tip.held_by(me).outerjoin(cls, mine).where(outdated)

    @classmethod
    def for_tips(cls, tips: Sequence[Tip], me: TipReader) -> Select["SearchEntry"]:
        return select(cls).where(cls.holder_id == me.id, cls.tip_id.in_([tip.id for tip in tips]))


class LoadedEntry(NamedTuple):
    """A tip with its title, labels and case, and all its text, folded for searching."""

    tip: Tip
    facts: dict[str, Any]
    text: str


def build_entries(me: TipReader, key: Key) -> list[SearchEntry]:
    """Missing and stale entries, built before the write lock is taken."""
    return [_build_entry(opened, me, key) for opened in _open_stale(me, key)]


def save_entries(entries: list[SearchEntry], me: TipReader) -> None:
    """Store entries, unless the tip or the reader's access has gone meanwhile."""
    if not entries:
        return
    tip_ids = [entry.tip_id for entry in entries]
    for start in range(0, len(tip_ids), BATCH_SIZE):
        outdated = SearchEntry.tip_id.in_(tip_ids[start : start + BATCH_SIZE])
        db.session.execute(delete(SearchEntry).where(SearchEntry.holder_id == me.id, outdated))
    held = set(db.session.scalars(Tip.held_by(me).with_only_columns(Tip.id)))
    db.session.add_all(entry for entry in entries if entry.tip_id in held)


def load_entries(tips: Sequence[Tip], me: TipReader, key: Key) -> Iterator[LoadedEntry]:
    """The search entries of these tips; tips without one are left out."""
    entries = {entry.tip_id: entry for entry in db.session.scalars(SearchEntry.for_tips(tips, me))}
    for tip in tips:
        if entry := entries.get(tip.id):
            try:
                fields = json.loads(primitives.unpad(_decrypt(entry, tip, me, key)))
            except (DecryptionFailed, key_files.Erased):  # reported when the tip is opened
                continue
            yield LoadedEntry(tip, fields["facts"], fields["text"])


def delete_entries(*, tip: Tip | None = None, reader: KeyHolder | None = None) -> None:
    """Delete the entries of a tip, of a reader whose keys change, or of both."""
    statement = delete(SearchEntry)
    if tip:
        statement = statement.where(SearchEntry.tip_id == tip.id)
    if reader:
        statement = statement.where(SearchEntry.holder_id == reader.id)
    db.session.execute(statement)


def fold(text: str) -> str:
    """Normalise for comparison: composed or decomposed Hangul, upper or lower case."""
    return unicodedata.normalize("NFC", text).casefold()


def _open_stale(me: TipReader, key: Key) -> Iterator[DecryptableTip]:
    stale = db.session.scalars(SearchEntry.stale(me)).all()
    return DecryptableTip.open_many(stale, me, key, *INDEXED_KINDS)


def _build_entry(opened: DecryptableTip, me: TipReader, key: Key) -> SearchEntry:
    tip, facts, texts = opened.tip, dict[str, Any](), list[str]()
    try:
        for content in opened.contents(*INDEXED_KINDS):
            facts = content.data if content.kind == "facts" else facts
            texts.append(_searchable_text(content.data))
    except DecryptionFailed:  # a damaged tip is not found; opening it reports it
        texts = []
    fields = {"facts": facts, "text": fold("\n".join(texts))}
    data = primitives.pad(json.dumps(fields, ensure_ascii=False).encode())
    sealed = primitives.encrypt(_entry_key(tip, key), data, *_context(tip.ref, me, tip.last_number))
    return SearchEntry(tip_id=tip.id, holder_id=me.id, upto=tip.last_number, sealed=sealed)


def _decrypt(entry: SearchEntry, tip: Tip, me: TipReader, key: Key) -> bytes:
    return primitives.decrypt(
        _entry_key(tip, key), entry.sealed, *_context(tip.ref, me, entry.upto)
    )


def _entry_key(tip: Tip, key: Key) -> bytes:
    return primitives.derive(key.derive_private("gist") + key_files.erase_key(tip.ref), "gist")


def _context(ref: str, me: TipReader, upto: int) -> tuple[object, ...]:
    return "gist", ref, me.id, upto


def _searchable_text(data: dict[str, Any]) -> str:
    parts = [data.get(name, "") for name in ("text", "title", "case", "name", "link")]
    return "\n".join([*parts, *data.get("labels", [])])

"""Encrypted search index: the text of each tip and its summary for the inbox, encrypted again for
one reader's next search.

Decrypting a thousand tips takes a second or two; their search entries a tenth of one. An entry is
encrypted with the reader's key and the tip's erase key together, so it ends with either, in backups
too.
"""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import ForeignKey, Select, and_, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db
from board.tips.crypto import key_files, primitives
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.models.key_holders import KeyHolder, TipReader
from board.tips.models.tip import Tip
from board.tips.sealed.sealed_tip import BATCH_SIZE, DecryptableTip
from board.tips.sealed.summary import INDEXED_KINDS, Summary


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
        return Tip.readable_by(me).outerjoin(cls, mine).where(outdated)

    @classmethod
    def for_tips(cls, tips: Sequence[Tip], me: TipReader) -> Select["SearchEntry"]:
        return select(cls).where(cls.holder_id == me.id, cls.tip_id.in_([tip.id for tip in tips]))


def build_entries(me: TipReader, key: Key) -> list[SearchEntry]:
    """Missing and stale entries, built before the write lock is taken."""
    stale = db.session.scalars(SearchEntry.stale(me)).all()
    return [
        _encrypted(opened.tip, Summary.of(opened), me, key)
        for opened in DecryptableTip.open_many(stale, me, key, *INDEXED_KINDS)
    ]


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


def load_summaries(tips: Sequence[Tip], me: TipReader, key: Key) -> dict[int, Summary]:
    """The stored summaries of these tips, by their ids; tips without one are left out."""
    found = {}
    entries = {entry.tip_id: entry for entry in db.session.scalars(SearchEntry.for_tips(tips, me))}
    for tip in tips:
        if entry := entries.get(tip.id):
            with suppress(DecryptionFailed, key_files.Erased):  # reported when the tip is opened
                found[tip.id] = Summary.from_bytes(_decrypt(entry, tip, me, key))
    return found


def current_summaries(tips: Sequence[Tip], me: TipReader, key: Key) -> dict[int, Summary]:
    """The summaries of these tips; those that are missing, stale or damaged are made, and not
    stored.
    """
    ids = [tip.id for tip in tips]
    stale = set(db.session.scalars(SearchEntry.stale(me).where(Tip.id.in_(ids))))
    found = load_summaries(tips, me, key)
    missing = [tip for tip in tips if tip in stale or tip.id not in found]
    opened = DecryptableTip.open_many(missing, me, key, *INDEXED_KINDS)
    return found | {each.tip.id: Summary.of(each) for each in opened}


def delete_entries(*, tip: Tip | None = None, reader: KeyHolder | None = None) -> None:
    """Delete the entries of a tip, of a reader whose keys change, or of both."""
    statement = delete(SearchEntry)
    if tip:
        statement = statement.where(SearchEntry.tip_id == tip.id)
    if reader:
        statement = statement.where(SearchEntry.holder_id == reader.id)
    db.session.execute(statement)


def _encrypted(tip: Tip, summary: Summary, me: TipReader, key: Key) -> SearchEntry:
    data = primitives.pad(summary.to_bytes())
    sealed = primitives.encrypt(_entry_key(tip, key), data, *_context(tip.ref, me, tip.last_number))
    return SearchEntry(tip_id=tip.id, holder_id=me.id, upto=tip.last_number, sealed=sealed)


def _decrypt(entry: SearchEntry, tip: Tip, me: TipReader, key: Key) -> bytes:
    context = _context(tip.ref, me, entry.upto)
    return primitives.unpad(primitives.decrypt(_entry_key(tip, key), entry.sealed, *context))


def _entry_key(tip: Tip, key: Key) -> bytes:
    return primitives.derive(key.derive_private("gist") + key_files.erase_key(tip.ref), "gist")


def _context(ref: str, me: TipReader, upto: int) -> tuple[object, ...]:
    return "gist", ref, me.id, upto

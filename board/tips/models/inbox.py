"""The inbox of a tip reader: its lists and their order, and how far the reader has read."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, ForeignKey, ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db
from board.tips.models.key_holders import KeyHolder, TipReader
from board.tips.models.tip import Tip, TipItem, TipState

LISTS = ("open", "unread", "waiting", "late", "mine", "published", "closed")
READ_KINDS = ("message", "file", "note", "story")  # of items that count as unread


class ReadMark(Base):
    """How far a reader has read a tip: the number of the last item they saw."""

    __tablename__ = "tip_read_mark"

    tip_id: Mapped[int] = mapped_column(ForeignKey(Tip.id, ondelete="CASCADE"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(
        ForeignKey(KeyHolder.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    upto: Mapped[int]

    @classmethod
    def unread_items(cls, me: TipReader) -> Select[TipItem]:
        """What this reader has not seen: messages, files, notes and links to stories."""
        mark = and_(cls.tip_id == TipItem.tip_id, cls.holder_id == me.id)
        is_new = TipItem.number > func.coalesce(cls.upto, 0)
        return select(TipItem).outerjoin(cls, mark).where(is_new, TipItem.kind.in_(READ_KINDS))

    @classmethod
    def unread_counts(cls, me: TipReader, tips: Sequence[Tip]) -> dict[int, int]:
        """How many items of each tip this reader has not seen; tips read whole are left out."""
        unread = cls.unread_items(me).where(TipItem.tip_id.in_([tip.id for tip in tips]))
        counted = unread.with_only_columns(TipItem.tip_id, func.count()).group_by(TipItem.tip_id)
        return {tip_id: count for tip_id, count in db.session.execute(counted)}

    @classmethod
    def is_behind(cls, tip: Tip, me: TipReader) -> bool:
        """Whether the tip has items after the last one this reader saw."""
        mark = db.session.get(cls, (tip.id, me.id))
        return mark is None or mark.upto != tip.last_number

    @classmethod
    def advance(cls, tip: Tip, me: TipReader) -> None:
        """Record that this reader has seen all of the tip."""
        db.session.merge(cls(tip_id=tip.id, holder_id=me.id, upto=tip.last_number))


def by_last_word(holder: KeyHolder) -> Select[Tip]:
    """Tips this holder has a key of, those last written in first."""
    return Tip.readable_by(holder).order_by(None).order_by(_last_word().desc())


def inbox_page(me: TipReader, *, show: str, before: int | None = None) -> Select[Tip, int]:
    """One page plus one tip of the list `show`, each with the id of its last word: its newest
    message or file. Those last written in come first, beginning after the one with id `before`.
    """
    query = by_last_word(me).add_columns(_last_word()).where(_is_listed(me)[show])
    if before:
        query = query.where(_last_word() < before)
    return query.limit(Tip.PAGE_SIZE + 1)


def unread_tips(me: TipReader) -> Select[Tip]:
    """Tips with something this reader has not seen, those last written in first."""
    return by_last_word(me).where(_is_listed(me)["unread"])


def _last_word() -> ScalarSelect[int]:
    newest = select(func.max(TipItem.id)).where(TipItem.tip_id == Tip.id)
    return newest.where(TipItem.kind.in_(("message", "file"))).correlate(Tip).scalar_subquery()


def _is_listed(me: TipReader) -> dict[str, ColumnElement[bool]]:
    open_ = Tip.state.in_([TipState.NEW, TipState.OPEN])
    return {
        "open": open_,
        "unread": ReadMark.unread_items(me).where(TipItem.tip_id == Tip.id).exists(),
        "late": Tip.late_clause(),
        "waiting": and_(open_, Tip.awaits_reader),
        "published": Tip.state == TipState.PUBLISHED,
        "closed": Tip.state == TipState.CLOSED,
        "mine": and_(open_, Tip.assignee_id == me.user_id),
    }

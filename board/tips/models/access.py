"""What the loss of a reader means for the tips they hold."""

from sqlalchemy import Select, select, update

from board.db import db
from board.tips.models.key_grants import Grant, TipKey
from board.tips.models.key_holders import TipReader, may_read_tips
from board.tips.models.tip import Tip


def count_lost_without(reader: TipReader) -> int:
    """How many tips no other reader who may read tips can open."""
    others = select(TipReader.id).join(TipReader.user)
    shared = (
        select(TipKey.tip_id)
        .join(Grant, Grant.key_id == TipKey.id)
        .join(Tip, (Tip.id == TipKey.tip_id) & (Tip.epoch == TipKey.epoch))
        .where(Grant.holder_id.in_(others.where(may_read_tips(), TipReader.id != reader.id)))
    )
    return len(db.session.scalars(_held_by(reader).where(Tip.id.not_in(shared))).all())


def mark_for_rotation(reader: TipReader) -> None:
    """The next word in any tip this reader holds gets keys they never had."""
    held = Tip.id.in_(_held_by(reader).order_by(None))
    db.session.execute(update(Tip).where(held).values(must_rotate=True))


def _held_by(reader: TipReader) -> Select[int]:
    return Tip.held_by(reader).with_only_columns(Tip.id)

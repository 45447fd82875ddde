"""Key grants: the keys of tips and who holds each. keyring.py says how they are encrypted."""

from collections.abc import Collection

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.db import Base
from board.tips.models.key_holders import KeyHolder


class TipKey(Base):
    """A key of a tip. Whoever is let in or shut out, a new epoch begins with new ones."""

    __tablename__ = "tip_key"
    __table_args__ = (UniqueConstraint("tip_id", "purpose", "epoch"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(ForeignKey("tip.id"))
    purpose: Mapped[str] = mapped_column(String(10))
    epoch: Mapped[int]

    grants: Mapped[list["Grant"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class Grant(Base):
    """A key of a tip, sealed to one who may use it. No grant, no key."""

    __tablename__ = "tip_grant"

    key_id: Mapped[int] = mapped_column(ForeignKey(TipKey.id), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey(KeyHolder.id), primary_key=True, index=True)
    sealed: Mapped[bytes]

    holder: Mapped[KeyHolder] = relationship(lazy="joined")

    @classmethod
    def to(cls, holder: KeyHolder, tip_ids: Collection[int]) -> Select[int, str, int, bytes]:
        """Of the tips with these ids, what this holder was granted: `tip_id`, `purpose` and
        `epoch` of the key, and the grant as it is `sealed`."""
        key = (TipKey.tip_id, TipKey.purpose, TipKey.epoch)
        return (
            select(*key, cls.sealed)
            .join(TipKey, TipKey.id == cls.key_id)
            .where(TipKey.tip_id.in_(tip_ids), cls.holder_id == holder.id)
            .order_by(TipKey.tip_id, TipKey.epoch)
        )

"""Key grants: the keys of tips and who has each. Their encryption: sealed/keyring.py."""

from collections.abc import Collection

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.db import Base
from board.tips.models.key_holders import KeyHolder


class TipKey(Base):
    """One key of a tip, for a purpose and an epoch. Each change of access starts a new epoch with
    new keys.
    """

    __tablename__ = "tip_key"
    __table_args__ = (UniqueConstraint("tip_id", "purpose", "epoch"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tip_id: Mapped[int] = mapped_column(ForeignKey("tip.id"))
    purpose: Mapped[str] = mapped_column(String(10))
    epoch: Mapped[int]

    grants: Mapped[list["Grant"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class Grant(Base):
    """A key of a tip, encrypted to one holder. Without a grant a holder has no key."""

    __tablename__ = "tip_grant"

    key_id: Mapped[int] = mapped_column(ForeignKey(TipKey.id), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey(KeyHolder.id), primary_key=True, index=True)
    sealed: Mapped[bytes]

    holder: Mapped[KeyHolder] = relationship(lazy="joined")

    @classmethod
    def for_holder(
        cls, holder: KeyHolder, tip_ids: Collection[int]
    ) -> Select[int, str, int, bytes]:
        """This holder's grants of these tips: `tip_id`, `purpose` and `epoch` of the key, and the
        encrypted grant (`sealed`). Ordered by tip and epoch.
        """
        columns = (TipKey.tip_id, TipKey.purpose, TipKey.epoch)
        return (
            select(*columns, cls.sealed)
            .join(TipKey, TipKey.id == cls.key_id)
            .where(TipKey.tip_id.in_(tip_ids), cls.holder_id == holder.id)
            .order_by(TipKey.tip_id, TipKey.epoch)
        )

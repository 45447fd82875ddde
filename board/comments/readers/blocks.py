"""차단: whose comments a reader has folded away. It is nobody's business but their own.

A muted person reads, answers and reacts as before and cannot find out. Staff can be muted like
anybody else: to refuse it would tell readers who they are.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from sqlalchemy import CheckConstraint, ForeignKey, Select, bindparam, delete, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.db.read_connections import fetch_all


class ListFull(Exception):
    """This reader mutes as many people as one can."""


class Block(Base):
    """One reader folds what another writes."""

    __tablename__ = "mute"
    PEOPLE_MAX = 500  # as on the largest Korean portal
    __table_args__ = (CheckConstraint("user_id != muted_id", name="somebody_else"),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    muted_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(default=now)

    muted: Mapped[User] = relationship(foreign_keys=muted_id)

    @classmethod
    def by(cls, user: User) -> Select[Self]:
        """Whom this reader mutes, with the people; the latest first, ties by id."""
        own = select(cls).where(cls.user_id == user.id).options(joinedload(cls.muted))
        return own.order_by(cls.at.desc(), cls.muted_id.desc())


_mute = Block.__table__.c
_MUTED_BY = select(_mute.muted_id).where(
    _mute.user_id == bindparam("user"), _mute.muted_id.in_(bindparam("people", expanding=True))
)


def blocked_by(user: User, among: Iterable[int]) -> frozenset[int]:
    """Which of these people this reader mutes, by their ids."""
    return frozenset(id for (id,) in fetch_all(_MUTED_BY, {"user": user.id, "people": list(among)}))


def block(person: User, *, by: User) -> None:
    """A second time changes nothing. Raises ListFull."""
    if db.session.get(Block, (by.id, person.id)):
        return
    muted = select(func.count()).select_from(Block).where(Block.user_id == by.id)
    if (db.session.scalar(muted) or 0) >= Block.PEOPLE_MAX:
        raise ListFull
    db.session.add(Block(user_id=by.id, muted_id=person.id))


def unblock(person: User, *, by: User) -> None:
    if found := db.session.get(Block, (by.id, person.id)):
        db.session.delete(found)


def delete_for_user(user: User) -> None:
    db.session.execute(delete(Block).where(Block.user_id == user.id))


def export_blocks(user: User) -> list[dict[str, Any]]:
    return [{"name": each.muted.name, "at": each.at} for each in db.session.scalars(Block.by(user))]

"""Blocked users (차단): whose comments a reader collapses. Only that reader can see it.

A blocked user reads, replies and reacts as before and cannot find out. Staff can be blocked like
anyone: a refusal would reveal who they are.
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
    """This reader blocks PEOPLE_MAX users already."""


class Block(Base):
    """One reader has blocked another."""

    __tablename__ = "mute"
    PEOPLE_MAX = 500  # as on the largest Korean portal
    __table_args__ = (CheckConstraint("user_id != muted_id", name="somebody_else"),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    muted_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(default=now)

    muted: Mapped[User] = relationship(foreign_keys=muted_id)

    @classmethod
    def by(cls, user: User) -> Select[Self]:
        """This user's blocks with the blocked users, latest first; ties by id."""
        blocks = select(cls).where(cls.user_id == user.id).options(joinedload(cls.muted))
        return blocks.order_by(cls.at.desc(), cls.muted_id.desc())


_block = Block.__table__.c
_BLOCKED_BY = select(_block.muted_id).where(
    _block.user_id == bindparam("user"), _block.muted_id.in_(bindparam("among", expanding=True))
)


def blocked_by(user: User, among: Iterable[int]) -> frozenset[int]:
    """Which of these users this reader blocks, by id."""
    return frozenset(
        id for (id,) in fetch_all(_BLOCKED_BY, {"user": user.id, "among": list(among)})
    )


def block(person: User, *, by: User) -> None:
    """Block a user; a second time changes nothing. Raises ListFull."""
    if db.session.get(Block, (by.id, person.id)):
        return
    count = select(func.count()).select_from(Block).where(Block.user_id == by.id)
    if (db.session.scalar(count) or 0) >= Block.PEOPLE_MAX:
        raise ListFull
    db.session.add(Block(user_id=by.id, muted_id=person.id))


def unblock(person: User, *, by: User) -> None:
    if existing := db.session.get(Block, (by.id, person.id)):
        db.session.delete(existing)


def delete_for_user(user: User) -> None:
    db.session.execute(delete(Block).where(Block.user_id == user.id))


def export_blocks(user: User) -> list[dict[str, Any]]:
    blocks = db.session.scalars(Block.by(user))
    return [{"name": block.muted.name, "at": block.at} for block in blocks]

"""Notes of staff about a user."""

from datetime import datetime
from typing import Self

from sqlalchemy import ForeignKey, Index, Select, String, delete, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now


class StaffNote(Base):
    """A note about a user for other staff. Never edited, never shown outside the desk."""

    __tablename__ = "person_note"
    TEXT_MAX = 500
    PAGE_SIZE = 30
    __table_args__ = (Index(None, "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    made_at: Mapped[datetime] = mapped_column(default=now)

    author: Mapped[User] = relationship(foreign_keys=author_id)

    @classmethod
    def for_user(cls, user: User) -> Select[Self]:
        """The newest notes first, one page."""
        notes = select(cls).where(cls.user_id == user.id).options(joinedload(cls.author))
        return notes.order_by(cls.id.desc()).limit(cls.PAGE_SIZE)


def add_note(user: User, *, by: User, text: str) -> None:
    db.session.add(StaffNote(user_id=user.id, author_id=by.id, text=text))


def delete_for_user(user: User) -> None:
    """Delete the staff notes about a deleted account."""
    db.session.execute(delete(StaffNote).where(StaffNote.user_id == user.id))

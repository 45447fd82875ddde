"""Rulings: what moderators decided, and why."""

import enum
from datetime import datetime
from typing import Self

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.comments.models import Comment
from board.db import Base, db, now


class Verdict(enum.StrEnum):
    HIDE = "hide"
    RESTORE = "restore"


class Ruling(Base):
    """Who hid or restored a comment, when, and why. Never edited, never deleted."""

    __tablename__ = "ruling"
    NOTE_MAX = 200
    PAGE_SIZE = 30

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), index=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    verdict: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    made_at: Mapped[datetime] = mapped_column(default=now)

    comment: Mapped[Comment] = relationship()
    moderator: Mapped[User] = relationship()

    @classmethod
    def newest(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more ruling, newest first."""
        page = select(cls).options(
            joinedload(cls.comment).joinedload(Comment.article), joinedload(cls.moderator)
        )
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)


def hide(comment: Comment, *, by: User, reason: str, note: str = "") -> None:
    """Hiding what is hidden or deleted already changes nothing."""
    if comment.hide(reason=reason, note=note):
        _record(comment, Verdict.HIDE, by=by, reason=reason, note=note)


def restore(comment: Comment, *, by: User, reason: str, note: str = "") -> None:
    if comment.restore():
        _record(comment, Verdict.RESTORE, by=by, reason=reason, note=note)


def _record(comment: Comment, verdict: Verdict, *, by: User, reason: str, note: str) -> None:
    db.session.add(
        Ruling(comment=comment, moderator=by, verdict=verdict.value, reason=reason, note=note)
    )

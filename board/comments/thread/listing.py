"""Which comments have a place in the thread (`listed`). Only methods of Comment call this."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from board.db import db

if TYPE_CHECKING:
    from board.comments.models import Comment


def add_with_parents(comment: "Comment") -> None:
    """Give a comment its place in the thread, and one to each parent above it."""
    current: Comment | None = comment
    while current and not current.listed:
        current.listed = True
        current = current.parent


def remove_if_leafless(comment: "Comment") -> None:
    """Remove a deleted comment nothing hangs below, then deleted parents it leaves bare."""
    current: Comment | None = comment
    while current and current.deleted_at is not None and not has_listed_children(current):
        current.listed = False
        db.session.flush()
        current = current.parent


def has_listed_children(comment: "Comment") -> bool:
    cls = type(comment)  # an ORM query, so that pending changes are flushed first
    child = select(cls.id).where(cls.parent_id == comment.id, cls.listed).limit(1)
    return db.session.scalar(child) is not None

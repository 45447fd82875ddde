"""Which comments have a place in the thread (`listed`). Only methods of Comment call this."""

from typing import Any, Protocol

from sqlalchemy import select

from board.db import db


class ListedComment(Protocol):
    """What is read and changed of a comment here."""

    id: Any
    parent: Any
    parent_id: Any
    deleted_at: Any
    listed: Any


def add_with_parents(comment: ListedComment) -> None:
    """Give a comment its place in the thread, and one to each parent above it."""
    current: ListedComment | None = comment
    while current and not current.listed:
        current.listed = True
        current = current.parent


def remove_if_leafless(comment: ListedComment) -> None:
    """Remove a deleted comment nothing hangs below, then deleted parents it leaves bare."""
    current: ListedComment | None = comment
    while current and current.deleted_at is not None and not has_listed_children(current):
        current.listed = False
        db.session.flush()
        current = current.parent


def has_listed_children(comment: ListedComment) -> bool:
    cls: Any = type(comment)  # an ORM query, so that pending changes are flushed first
    child = select(cls.id).where(cls.parent_id == comment.id, cls.listed).limit(1)
    return db.session.scalar(child) is not None

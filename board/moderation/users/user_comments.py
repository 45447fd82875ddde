"""A user's comments as the desk lists them, with the state of each."""

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from board.accounts.models import User
from board.comments.models import Comment

PAGE_SIZE = 30
STATES: dict[str, ColumnElement[bool]] = {
    "visible": Comment.hidden_for.is_(None) & Comment.held_for.is_(None),
    "held": Comment.held_for.is_not(None),
    "hidden": Comment.hidden_for.is_not(None),
}


def newest(user: User, *, state: str = "", before: int | None = None) -> Select[Comment]:
    """One page + 1 of comments that are not deleted, newest first; of one state, if given."""
    page = select(Comment).where(Comment.author_id == user.id, Comment.deleted_at.is_(None))
    page = page.options(joinedload(Comment.article), joinedload(Comment.author))
    if state:
        page = page.where(STATES[state])
    if before:
        page = page.where(Comment.id < before)
    return page.order_by(Comment.id.desc()).limit(PAGE_SIZE + 1)

"""A check before posting: of an account with a disposable address a moderator reads the first
comments."""

from sqlalchemy import select

from board.accounts.auth.disposable_addresses import is_disposable
from board.comments.models import Comment, visible
from board.comments.writing.create import PendingPost
from board.db import db
from board.runtime.app import setting

CODE = "disposable"
FIRST = 5  # comments that have to be visible before others are not held any more


def check(pending: PendingPost) -> str | None:
    """The reason to hold it, or None. An edit is held as the comment would be."""
    if setting("DISPOSABLE") != "hold" or not is_disposable(pending.author.email):
        return None
    shown = select(Comment.id).where(Comment.author_id == pending.author.id, visible(Comment))
    others = len(db.session.scalars(shown.limit(FIRST + 1)).all()) - pending.is_edit
    return CODE if others < FIRST else None

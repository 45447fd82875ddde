"""Editing a comment, for a limited time after it was posted."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from board.accounts.models import User
from board.articles.thread_controls.state import thread_state
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.writing.create import PendingPost, run_checks
from board.comments.writing.errors import AuthorSuspended, Refused, SameText, ThreadClosed
from board.comments.writing.limits import extra_values
from board.db import db, now
from board.runtime.hooks import Hook

# Effects of an edit, in the same write. See moderation/wiring.py.
after_edit: Hook[Callable[[Comment], None]] = Hook()


class CommentNotShown(Refused):
    """The comment is hidden, deleted or held."""


class EditedTooLate(Refused):
    """The edit window is over; others may have replied."""


class EditedTooOften(Refused):
    """The comment has been edited Comment.EDITS_MAX times."""


class EditedElsewhere(Refused):
    """The form started from a version that is no longer the current one."""


def edit(
    comment: Comment,
    *,
    by: User,
    body: Body,
    version: int,
    window: timedelta,
    same_text: timedelta,
) -> None:
    """Replace the text of version `version` (its number of edits). Raises a subclass of Refused.

    The same text changes nothing, so a form sent again after a lost response succeeds.
    """
    if comment.is_visible and body.text == comment.body:
        return
    if refusal := edit_refusal(comment, by=by, window=window):
        raise refusal
    if version != len(comment.revisions):
        raise EditedElsewhere
    if same_text and _is_duplicate(body, by=by, within=same_text, except_for=comment):
        raise SameText
    article = comment.article
    held_for = run_checks(
        PendingPost(article, by, body, comment.parent, extra_values(article, by), is_edit=True)
    )
    comment.edit(body)
    if held_for:
        comment._set_held(reason=held_for)
    for effect in after_edit:
        effect(comment)


def edit_refusal(comment: Comment, *, by: User, window: timedelta) -> Refused | None:
    """The reason `by` cannot edit it now, or None. Comments of a closed thread stay as they are."""
    if not comment.is_visible:
        return CommentNotShown()
    if not by.may_write:
        return AuthorSuspended()
    state = thread_state(comment.article)
    if not state.takes_comments:
        return ThreadClosed(state.opens_at)
    if now() >= comment.posted_at + window:
        return EditedTooLate()
    if len(comment.revisions) >= Comment.EDITS_MAX:
        return EditedTooOften()
    return None


def _is_duplicate(body: Body, *, by: User, within: timedelta, except_for: Comment) -> bool:
    """Else a text refused as a new comment could be added by editing another."""
    duplicate = select(Comment.id).where(Comment.author_id == by.id, Comment.text_hash == body.hash)
    is_recent = Comment.posted_at.between(now() - within, now() + within)
    duplicate = duplicate.where(Comment.id != except_for.id, is_recent)
    return db.session.scalar(duplicate.limit(1)) is not None

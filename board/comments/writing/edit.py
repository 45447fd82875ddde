"""Editing: other words for a comment, for a while after it was posted."""

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
    """It is hidden, deleted, or waits for a moderator."""


class EditedTooLate(Refused):
    """Others may have answered it by now."""


class EditedTooOften(Refused):
    """As often as Comment.EDITS_MAX."""


class EditedElsewhere(Refused):
    """The form began with a text that is not the one that stands."""


def edit(
    comment: Comment,
    *,
    by: User,
    body: Body,
    version: int,
    window: timedelta,
    same_text: timedelta,
) -> None:
    """Change the text that stood after `version` edits. Raises a kind of Refused.

    What stands already is left as it is: so a form sent again, whose answer was lost, succeeds.
    """
    if comment.is_visible and body.text == comment.body:
        return
    if refusal := edit_refusal(comment, by=by, window=window):
        raise refusal
    if version != len(comment.revisions):
        raise EditedElsewhere
    if same_text and _check_duplicate(body, by=by, within=same_text, elsewhere_than=comment):
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
    """Whatever keeps its author from editing it now; a closed thread stays as it was closed."""
    if not comment.is_visible:
        return CommentNotShown()
    if not by.may_write:
        return AuthorSuspended()
    course = thread_state(comment.article)
    if not course.takes_comments:
        return ThreadClosed(course.opens_at)
    if now() >= comment.posted_at + window:
        return EditedTooLate()
    if len(comment.revisions) >= Comment.EDITS_MAX:
        return EditedTooOften()
    return None


def _check_duplicate(body: Body, *, by: User, within: timedelta, elsewhere_than: Comment) -> bool:
    """Else a text refused when posted could be slipped in under another."""
    same = select(Comment.id).where(Comment.author_id == by.id, Comment.text_hash == body.hash)
    near = Comment.posted_at.between(now() - within, now() + within)
    same = same.where(Comment.id != elsewhere_than.id, near)
    return db.session.scalar(same.limit(1)) is not None

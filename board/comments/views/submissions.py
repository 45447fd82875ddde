"""Submissions: what a valid form does, in one write, for pages and for the API."""

from collections.abc import Callable
from datetime import timedelta

from flask import abort, current_app

from board.accounts.auth.current_user import current_user
from board.comments.body import Body
from board.comments.forms import CommentForm, EditForm, new_key
from board.comments.models import Comment
from board.comments.page_context import edit_window, listed_comment
from board.comments.viewer import reactions
from board.comments.viewer.reactions import ReactionLimits
from board.comments.writing import create
from board.comments.writing import edit as writing_edit
from board.comments.writing.errors import ParentGone
from board.comments.writing.limits import PostingLimits
from board.db import db, writing


def post_comment(slug: str, form: CommentForm, *, author_id: int) -> Comment:
    """Raises a subclass of Refused."""
    body = Body.from_text(form.body.data)
    with writing():
        article, author = create.load_article_and_author(slug, author_id) or abort(404)
        return create.post(
            article,
            by=author,
            body=body,
            key=form.key.data or new_key(),
            parent=_parent(form),
            limits=_posting_limits(),
        )


def _parent(form: CommentForm) -> Comment | None:
    if not form.parent.data:
        return None
    parent = db.session.get(Comment, int(form.parent.data))
    if parent is None:
        raise ParentGone
    return parent


def _posting_limits() -> PostingLimits:
    config = current_app.config
    return PostingLimits(
        interval=timedelta(seconds=config["COMMENT_INTERVAL_SECONDS"]),
        per_day=config["COMMENTS_PER_DAY"],
        roots_per_article=config["ROOT_COMMENTS_PER_ARTICLE"],
        same_text=timedelta(hours=config["SAME_TEXT_HOURS"]),
    )


def own_comment(id: int) -> Comment:
    comment = listed_comment(id)
    if comment.author_id != current_user().id:
        abort(403)
    return comment


def own_comment_to_edit(id: int) -> Comment:
    """404 where nothing can be edited."""
    if not current_app.config["EDIT_WINDOW_MINUTES"]:
        abort(404)
    return own_comment(id)


def edit_comment(id: int, form: EditForm) -> Comment:
    """Raises a subclass of Refused."""
    body = Body.from_text(form.body.data)
    with writing():
        comment = own_comment_to_edit(id)
        writing_edit.edit(
            comment,
            by=current_user(),
            body=body,
            version=int(form.version.data),
            window=edit_window(),
            same_text=timedelta(hours=current_app.config["SAME_TEXT_HOURS"]),
        )
    return comment


def delete_comment(id: int) -> Comment:
    with writing():
        comment = own_comment(id)
        comment.delete()
    return comment


def react(id: int, set_reaction: Callable[..., None]) -> Comment:
    """`set_reaction`: one of the verbs of viewer/reactions.py. Raises a subclass of Refused."""
    if set_reaction is reactions.dislike:
        ensure_dislikes()
    config = current_app.config
    limits = ReactionLimits(
        interval=timedelta(seconds=config["REACTION_INTERVAL_SECONDS"]),
        per_day=config["REACTIONS_PER_DAY"],
    )
    with writing():
        comment = listed_comment(id)
        set_reaction(comment, by=current_user(), limits=limits)
    return comment


def ensure_dislikes() -> None:
    """404 where there are none."""
    if not current_app.config["DISLIKES"]:
        abort(404)

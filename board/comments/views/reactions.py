"""Like (공감), dislike (비공감), and removing either."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.comments.error_messages import headers, message_for, status
from board.comments.models import Comment
from board.comments.page_context import conversation_page, listed_comment
from board.comments.viewer import reactions
from board.comments.viewer.reactions import ReactionLimits
from board.comments.writing.errors import Refused
from board.db import writing
from board.web.access import members, open_to

bp = Blueprint("reactions", __name__)


@bp.post("/comments/<id:id>/like")
@open_to(members, query=("after",))
def like(id: int) -> ResponseReturnValue:
    return _react(id, reactions.like)


@bp.post("/comments/<id:id>/dislike")
@open_to(members, query=("after",))
def dislike(id: int) -> ResponseReturnValue:
    if not current_app.config["DISLIKES"]:
        abort(404)
    return _react(id, reactions.dislike)


@bp.post("/comments/<id:id>/unreact")
@open_to(members, query=("after",))
def unreact(id: int) -> ResponseReturnValue:
    return _react(id, reactions.unreact)


def _react(id: int, set_reaction: Callable[..., None]) -> ResponseReturnValue:
    try:
        with writing():
            comment: Comment = listed_comment(id)
            set_reaction(comment, by=current_user(), limits=_limits())
    except Refused as refusal:
        page = conversation_page(listed_comment(id), error=message_for(refusal))
        return page, status(refusal), headers(refusal)
    return redirect(url_for("comments.comment", id=id, _anchor=f"comment-{id}"), 303)


def _limits() -> ReactionLimits:
    config = current_app.config
    return ReactionLimits(
        interval=timedelta(seconds=config["REACTION_INTERVAL_SECONDS"]),
        per_day=config["REACTIONS_PER_DAY"],
    )

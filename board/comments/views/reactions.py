"""Like (공감), dislike (비공감), and removing either. A guest is told why it takes an account, and
after signing in is asked once more, with one button, which the script presses."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from board.articles.thread_controls.labels import page_thread_state
from board.comments.error_messages import headers, message_for, status
from board.comments.models import Comment
from board.comments.page_context import conversation_page, listed_comment
from board.comments.thread.query import load_public
from board.comments.viewer import reactions
from board.comments.viewer.reactions import ReactionKind
from board.comments.viewer.viewer_data import reactions_of_viewer
from board.comments.views.return_path import (
    comment_or_way_back,
    redirect_back,
    return_path_of_page,
    return_path_of_post,
)
from board.comments.views.submissions import ensure_dislikes, react
from board.comments.writing.errors import Refused
from board.web.access import everyone, members, open_to
from board.web.page_cache.validity import cache_for_article

bp = Blueprint("reactions", __name__)


@bp.get("/comments/<id:id>/like")
@open_to(everyone, query=("next",))
def like_form(id: int) -> ResponseReturnValue:
    return _react_form(id, ReactionKind.LIKE)


@bp.get("/comments/<id:id>/dislike")
@open_to(everyone, query=("next",))
def dislike_form(id: int) -> ResponseReturnValue:
    return _react_form(id, ReactionKind.DISLIKE)


def _guest_likes(id: int) -> str:
    return _guest_page(id, ReactionKind.LIKE)


def _guest_dislikes(id: int) -> str:
    return _guest_page(id, ReactionKind.DISLIKE)


@bp.post("/comments/<id:id>/like")
@open_to(members, query=("after",), guest_page=_guest_likes)
def like(id: int) -> ResponseReturnValue:
    return _react(id, reactions.like, notice="liked")


@bp.post("/comments/<id:id>/dislike")
@open_to(members, query=("after",), guest_page=_guest_dislikes)
def dislike(id: int) -> ResponseReturnValue:
    return _react(id, reactions.dislike, notice="disliked")


@bp.post("/comments/<id:id>/unreact")
@open_to(members, query=("after",))
def unreact(id: int) -> ResponseReturnValue:
    return _react(id, reactions.unreact, notice="unreacted")


def _guest_page(id: int, kind: ReactionKind) -> str:
    if kind is ReactionKind.DISLIKE:
        ensure_dislikes()
    comment = listed_comment(id)
    if not comment.is_visible:
        return conversation_page(comment)
    return _react_page(comment, kind, next=return_path_of_post(id))


def _react_form(id: int, kind: ReactionKind) -> ResponseReturnValue:
    if kind is ReactionKind.DISLIKE:
        ensure_dislikes()
    comment = comment_or_way_back(id)
    if not isinstance(comment, Comment):
        return comment
    cache_for_article(comment.article.id, comment.article.revision)
    next = return_path_of_page(id)
    if reactions_of_viewer([id]).get(id) == kind:
        return redirect(next, 303)
    return _react_page(comment, kind, next=next)


def _react_page(comment: Comment, kind: ReactionKind, *, next: str) -> str:
    return render_template(
        "comments/react.html",
        article=comment.article,
        target=load_public(comment),
        kind=kind.value,
        is_open=page_thread_state(comment.article).takes_reactions,
        form_url=url_for(f".{kind.value}_form", id=comment.id, next=next),
        next=next,
    )


def _react(id: int, set_reaction: Callable[..., None], *, notice: str) -> ResponseReturnValue:
    try:
        react(id, set_reaction)
    except Refused as refusal:
        page = conversation_page(listed_comment(id), error=message_for(refusal))
        return page, status(refusal), headers(refusal)
    return redirect_back(id, notice) or redirect(
        url_for("comments.comment", id=id, _anchor=f"comment-{id}"), 303
    )

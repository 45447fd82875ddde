"""Editors feature comments on top of a thread, and take them away from there."""

from collections.abc import Callable

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.comments.derived.featured import MAX
from board.comments.page_context import conversation_page, listed_comment
from board.db import writing
from board.moderation.rulings import featured
from board.moderation.rulings.models import Ruling
from board.web.access import editors, open_to
from board.web.response.notices import notice

bp = Blueprint("featured", __name__)


@bp.post("/comments/<id:id>/feature")
@open_to(editors, query=("after",))
def feature(id: int) -> ResponseReturnValue:
    return _act(id, featured.feature, "featured")


@bp.post("/comments/<id:id>/unfeature")
@open_to(editors, query=("after",))
def unfeature(id: int) -> ResponseReturnValue:
    return _act(id, featured.unfeature, "unfeatured")


def _act(id: int, verb: Callable[..., Ruling | None], done: str) -> ResponseReturnValue:
    try:
        with writing():
            comment = listed_comment(id)
            verb(comment, by=current_user())
    except featured.NotReadable:
        return _refused(id, _("Readers can’t see this comment, so it can’t be featured."))
    except featured.NoPlaceLeft:
        text = _("%(count)d comments are featured here already. Take one away first.", count=MAX)
        return _refused(id, text)
    said, anchor = notice(done, name=comment.author.name), f"comment-{comment.id}"
    return redirect(url_for("comments.comment", id=comment.id, notice=said, _anchor=anchor), 303)


def _refused(id: int, text: str) -> ResponseReturnValue:
    return conversation_page(listed_comment(id), error=text), 409

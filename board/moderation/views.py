"""Hiding and restoring, and the public log of both."""

from types import SimpleNamespace

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from board.access import everyone, member, moderators, open_to
from board.comments.models import Comment
from board.comments.pages import conversation_page
from board.comments.reasons import reason_label
from board.db import db, writing
from board.forms import asked_id
from board.moderation import models
from board.moderation.forms import ReasonForm, RestoreForm
from board.moderation.models import Ruling

bp = Blueprint("moderation", __name__)


@bp.post("/comments/<id:id>/hide")
@open_to(moderators)
def hide(id: int) -> ResponseReturnValue:
    form = ReasonForm.posted()
    if not form.validate():
        return conversation_page(_comment(id), reason_error=form.first_error), 422
    with writing():
        comment = _comment(id)
        models.hide(comment, by=member(), **form.ruling())
    return redirect(_back(comment, "hidden"), 303)


@bp.post("/comments/<id:id>/restore")
@open_to(moderators)
def restore(id: int) -> ResponseReturnValue:
    form = RestoreForm.posted()
    if not form.validate():
        return conversation_page(_comment(id), reason_error=form.first_error), 422
    with writing():
        comment = _comment(id)
        models.restore(comment, by=member(), **form.ruling())
    return redirect(_back(comment, "restored"), 303)


@bp.get("/rulings")
@open_to(everyone)
def rulings() -> ResponseReturnValue:
    found = list(db.session.scalars(Ruling.newest(before=asked_id("before"))))
    shown = found[: Ruling.PAGE_SIZE]
    more = shown[-1].id if len(found) > Ruling.PAGE_SIZE else None
    return render_template(
        "moderation/rulings.html", rulings=[_public(ruling) for ruling in shown], more=more
    )


def _public(ruling: Ruling) -> SimpleNamespace:
    """A ruling without whom it was about: neither the name nor the words of the author."""
    return SimpleNamespace(
        id=ruling.id,
        verdict=ruling.verdict,
        reason=reason_label(ruling.reason, ruling.note),
        made_at=ruling.made_at,
        until=ruling.until,
        measures=ruling.detail.get("measures", []),
        seconds=ruling.detail.get("seconds", 0),
        sections=ruling.detail.get("sections", []),
        moderator_name=ruling.moderator.name if ruling.moderator else None,
        comment_id=ruling.comment_id if ruling.comment and ruling.comment.listed else None,
        article=ruling.article,
    )


def _comment(id: int) -> Comment:
    comment: Comment = db.get_or_404(Comment, id)
    return comment


def _back(comment: Comment, notice: str) -> str:
    """To the place in the conversation where the comment, or its tombstone, now stands."""
    anchor = f"comment-{comment.id}"
    return url_for("comments.comment", id=comment.id, notice=notice, _anchor=anchor)

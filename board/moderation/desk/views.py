"""Desk pages of the moderation queues: list, decide, undo."""

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Conflict

from board.accounts.auth.current_user import current_user
from board.comments.models import Comment
from board.db import db, writing
from board.moderation import queue as moderation_queue
from board.moderation.desk import bulk
from board.moderation.desk.forms import QUERY, held_label
from board.moderation.desk.page import posted_queue, redirect_back, render_queue, requested_queue
from board.moderation.rulings import decisions
from board.moderation.rulings import undo as ruling_undo
from board.moderation.rulings.forms import ReasonForm
from board.moderation.rulings.labels import decided_first, decision_notice, undone_notice
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.undo import TooLate
from board.web.access import moderators, open_to

bp = Blueprint("queues", __name__)


def init_app(app: Flask) -> None:
    app.add_template_global(held_label)
    app.add_template_global(ruling_undo.undo_seconds_left)
    app.add_template_global(lambda: int(ruling_undo.UNDO_FOR.total_seconds()), "undo_seconds")


@bp.get("/desk/comments")
@open_to(moderators, query=("queue", *QUERY))
def index() -> ResponseReturnValue:
    return render_queue(requested_queue())


@bp.post("/desk/comments/<id:id>/keep")
@open_to(moderators)
def keep(id: int) -> ResponseReturnValue:
    with writing():
        comment = _unchanged_comment(id)
        ruling = decisions.keep(comment, by=current_user())
    return redirect_back(decision_notice(comment, ruling))


@bp.post("/desk/comments/<id:id>/hide")
@open_to(moderators, cannot_wait=True)
def hide(id: int) -> ResponseReturnValue:
    form = ReasonForm.from_post()
    if not form.validate():
        return render_queue(posted_queue(), problem=form.first_error), 422
    with writing():
        comment = _unchanged_comment(id)
        ruling = decisions.hide(comment, by=current_user(), **form.reason_and_note())
    return redirect_back(decision_notice(comment, ruling))


@bp.post("/desk/comments/<id:id>/restore")
@open_to(moderators)
def restore(id: int) -> ResponseReturnValue:
    with writing():
        comment = _unchanged_comment(id)
        ruling = decisions.restore(comment, by=current_user(), reason="review")
    return redirect_back(decision_notice(comment, ruling))


@bp.post("/desk/comments/<id:id>/take")
@open_to(moderators)
def take(id: int) -> ResponseReturnValue:
    """Claim a comment; the response names another moderator who has it, or null."""
    with writing():
        comment: Comment = db.get_or_404(Comment, id)
        other = moderation_queue.claim(comment, by=current_user())
    return {"taken_by": other.name if other else None}


@bp.post("/desk/rulings/<id:id>/undo")
@open_to(moderators)
def undo(id: int) -> ResponseReturnValue:
    """Undo my last decision, or its whole batch."""
    try:
        changed = bulk.undo(db.get_or_404(Ruling, id), by=current_user())
    except TooLate:
        raise Conflict("too late") from None
    return redirect_back(undone_notice(db.get_or_404(Ruling, id), changed))


def _unchanged_comment(id: int) -> Comment:
    """The comment; aborts with 409 if it was decided since the page was rendered."""
    comment: Comment = db.get_or_404(Comment, id)
    last = db.session.scalar(decisions.latest_ruling(comment))
    if request.form.get("last", "0") != str(last.id if last else 0):
        raise _conflict(last)
    return comment


def _conflict(ruling: Ruling | None) -> Conflict:
    """A 409 that says who decided first, and what."""
    error = Conflict("decided")
    error.message = decided_first(ruling)  # type: ignore[attr-defined]
    return error

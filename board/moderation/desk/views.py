"""Desk pages of the moderation queues: list, decide, undo."""

from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import Conflict

from board.accounts.auth.current_user import current_user
from board.comments.models import Comment
from board.comments.moderation_reasons import reason_label
from board.db import db, writing
from board.moderation import queue as moderation_queue
from board.moderation.desk.bulk import batch_of, decide_all, matching_ids
from board.moderation.desk.forms import BULK_MAX, BulkForm, FilterForm
from board.moderation.desk.rows import SEARCH_MAX, all_comments_page, build_rows, queue_page
from board.moderation.queue import Queue
from board.moderation.rulings import decisions
from board.moderation.rulings import undo as ruling_undo
from board.moderation.rulings.forms import ReasonForm
from board.moderation.rulings.labels import decided_first
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.undo import TooLate
from board.web.access import moderators, open_to
from board.web.forms import safe_redirect_path

bp = Blueprint("queues", __name__)
QUEUE_TITLES: dict[str, Any] = {
    Queue.REPORTED: _("Reported"),
    Queue.HELD: _("Pending (held)"),
    Queue.NEW: _("New accounts"),
    "all": _("All comments"),
    "hidden": _("Hidden comments"),
}


def held_label(code: str) -> str:
    """Why a comment is held, for moderators and its author."""
    labels = {
        "account": gettext("this account is pre-moderated"),
    }
    return labels.get(code) or reason_label(code)


def init_app(app: Flask) -> None:
    app.add_template_global(held_label)
    app.add_template_global(ruling_undo.undo_seconds_left)
    app.add_template_global(lambda: int(ruling_undo.UNDO_FOR.total_seconds()), "undo_seconds")


@bp.get("/desk/comments")
@open_to(
    moderators, query=("after", "age", "article", "author", "queue", "reason", "section", "text")
)
def index() -> ResponseReturnValue:
    return _queue_page(_requested_queue())


@bp.post("/desk/comments/<id:id>/keep")
@open_to(moderators)
def keep(id: int) -> ResponseReturnValue:
    with writing():
        comment = _unchanged_comment(id)
        ruling = decisions.keep(comment, by=current_user())
    return _back("kept", ruling)


@bp.post("/desk/comments/<id:id>/hide")
@open_to(moderators, query=("after", "age", "article", "author", "reason", "section", "text"))
def hide(id: int) -> ResponseReturnValue:
    form = ReasonForm.from_post()
    if not form.validate():
        return _queue_page(_posted_queue(), problem=form.first_error), 422
    with writing():
        comment = _unchanged_comment(id)
        ruling = decisions.hide(comment, by=current_user(), **form.reason_and_note())
    return _back("hidden", ruling)


@bp.post("/desk/comments/<id:id>/restore")
@open_to(moderators)
def restore(id: int) -> ResponseReturnValue:
    with writing():
        comment = _unchanged_comment(id)
        ruling = decisions.restore(comment, by=current_user(), reason="review")
    return _back("restored", ruling)


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
        with writing():
            for ruling in batch_of(db.get_or_404(Ruling, id)):
                ruling_undo.undo(ruling, by=current_user())
    except TooLate:
        raise Conflict("too late") from None
    return redirect(_with_notice("undone"), 303)


@bp.post("/desk/comments/bulk")
@open_to(
    moderators,
    multi_fields=("comment",),
    query=("after", "age", "article", "author", "reason", "section", "text"),
)
def bulk() -> ResponseReturnValue:
    """One decision about the chosen comments, or about all that match the filters."""
    form, queue = BulkForm.from_post(), _posted_queue()
    if not form.validate():
        return _queue_page(queue, problem=form.first_error), 422
    filters = FilterForm.from_post()
    filters.validate()
    ids = _matching_ids(queue, filters) if form.all.data else form.comment.data
    if form.all.data and form.count.data != str(len(ids)):
        return render_template(
            "moderation/desk/bulk.html",
            form=form,
            filters=filters,
            queue=queue,
            count=len(ids),
            most=BULK_MAX,
            next=_next_path(),
        )
    reason = form.reason_and_note() if form.action == "hide" else None
    last = decide_all(ids, form.action, by=current_user(), reason=reason)
    return _back("decided", last)


def _matching_ids(queue: Queue | str, filters: FilterForm) -> list[int]:
    if not isinstance(queue, Queue):
        abort(400)
    return matching_ids(queue, filters)


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


def _queue_page(queue: Queue | str, problem: str | None = None) -> str:
    filters = FilterForm.from_query()
    filters.validate()
    after = request.args.get("after")
    if isinstance(queue, Queue):
        page = queue_page(queue, filters, after=after)
    else:
        page = all_comments_page(filters, hidden=queue == "hidden", after=after)
    return render_template(
        "moderation/desk/queue.html",
        room=f"queue-{queue}",
        queue=queue,
        title=QUEUE_TITLES[queue],
        rows=build_rows(page.comments),
        more=page.next_cursor,
        search_max=SEARCH_MAX,
        filters=filters,
        problem=problem,
        undoable=ruling_undo.undoable(current_user()),
    )


def _requested_queue(value: str | None = None) -> Queue | str:
    name = value if value is not None else request.args.get("queue", Queue.REPORTED)
    if name not in QUEUE_TITLES:
        abort(400)
    return Queue(name) if name in list(Queue) else str(name)


def _next_path() -> str:
    """The queue page the form was on, with its filters."""
    path = safe_redirect_path(request.form.get("next"))
    is_desk = path.startswith(("/desk/comments", "/desk/people/"))
    return path if is_desk else url_for(".index")


def _posted_queue() -> Queue | str:
    return _requested_queue(request.form.get("queue", Queue.REPORTED))


def _back(notice: str, ruling: Ruling | None) -> ResponseReturnValue:
    return redirect(_with_notice(notice if ruling else "decided"), 303)


def _with_notice(notice: str) -> str:
    path = _next_path()
    return f"{path}{'&' if '?' in path else '?'}notice={notice}"

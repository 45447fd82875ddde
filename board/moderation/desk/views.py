"""The desk's queues: seeing what waits, deciding, taking a decision back."""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.exceptions import Conflict

from board.accounts.auth.current_user import current_user
from board.comments.models import Comment
from board.comments.moderation_reasons import reason_label
from board.db import db, now, writing
from board.moderation import queue as moderation_queue
from board.moderation.desk.forms import BULK_MAX, BulkForm, FilterForm
from board.moderation.desk.rows import SEARCHED, all_comments_page, build_rows, queue_page
from board.moderation.queue import Queue, QueueItem
from board.moderation.rulings import models as rulings
from board.moderation.rulings import undo as ruling_undo
from board.moderation.rulings.forms import ReasonForm
from board.moderation.rulings.labels import act_label
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.undo import TooLate
from board.web.access import moderators, open_to
from board.web.forms import safe_redirect_path

bp = Blueprint("queues", __name__)
WRITE_MAX = 200  # decisions in one write, so that no reader's post waits long for a moderator's
QUEUE_TITLES: dict[str, Any] = {
    Queue.REPORTED: _("Reported"),
    Queue.HELD: _("Pending (held)"),
    Queue.NEW: _("New accounts"),
    "all": _("All comments"),
    "hidden": _("Hidden comments"),
}


def held_label(code: str) -> str:
    """Why a comment waits, for moderators and its author."""
    labels = {
        "account": gettext("this account is pre-moderated"),
    }
    return labels.get(code) or reason_label(code)


def init_app(app: Flask) -> None:
    app.add_template_global(held_label)
    app.add_template_global(lambda: int(ruling_undo.UNDO_FOR.total_seconds()), "undo_seconds")


@bp.get("/desk/comments")
@open_to(
    moderators, query=("after", "age", "article", "author", "queue", "reason", "section", "text")
)
def index() -> ResponseReturnValue:
    return _queue_page(_asked_queue())


@bp.post("/desk/comments/<id:id>/keep")
@open_to(moderators)
def keep(id: int) -> ResponseReturnValue:
    with writing():
        comment = _as_it_was_seen(id)
        ruling = rulings.keep(comment, by=current_user())
    return _back("kept", ruling)


@bp.post("/desk/comments/<id:id>/hide")
@open_to(moderators, query=("after", "age", "article", "author", "reason", "section", "text"))
def hide(id: int) -> ResponseReturnValue:
    form = ReasonForm.from_post()
    if not form.validate():
        return _queue_page(_queue_of_next(), problem=form.first_error), 422
    with writing():
        comment = _as_it_was_seen(id)
        ruling = rulings.hide(comment, by=current_user(), **form.ruling())
    return _back("hidden", ruling)


@bp.post("/desk/comments/<id:id>/take")
@open_to(moderators)
def take(id: int) -> ResponseReturnValue:
    """I am looking at it: says so to colleagues, and who is when somebody else is."""
    with writing():
        comment: Comment = db.get_or_404(Comment, id)
        other = moderation_queue.claim(comment, by=current_user())
    return {"taken_by": other.name if other else None}


@bp.post("/desk/rulings/<id:id>/undo")
@open_to(moderators)
def undo(id: int) -> ResponseReturnValue:
    """Take back what I have just decided, or the whole of a batch."""
    try:
        with writing():
            for ruling in _batch(db.get_or_404(Ruling, id)):
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
    """One decision about many: those chosen, or all that the filters find."""
    form, queue = BulkForm.from_post(), _queue_of_next()
    if not form.validate():
        return _queue_page(queue, problem=form.first_error), 422
    filters = FilterForm.from_post()
    filters.validate()
    ids = _all(queue, filters) if form.all.data else form.comment.data
    if form.all.data and form.count.data != str(len(ids)):
        return render_template(
            "moderation/desk/bulk.html",
            form=form,
            filters=filters,
            queue=queue,
            count=len(ids),
            most=BULK_MAX,
            next=_next(),
        )
    last = _decide_all(ids, form)
    return _back("decided", last)


def _decide_all(ids: Sequence[int], form: BulkForm) -> Ruling | None:
    """In several writes; each decision stands by itself should a later one fail."""
    batch, last = secrets.token_hex(8), None
    for start in range(0, len(ids), WRITE_MAX):
        with writing():
            some = select(Comment).where(Comment.id.in_(ids[start : start + WRITE_MAX]))
            for comment in db.session.scalars(some.order_by(Comment.id)).all():
                if form.what == "keep":
                    made = rulings.keep(comment, by=current_user(), batch=batch)
                else:
                    made = rulings.hide(comment, by=current_user(), batch=batch, **form.ruling())
                last = made or last
    return last


def _all(queue: Queue | str, filters: FilterForm) -> list[int]:
    """Whatever waits in a queue under these filters, the oldest first; at most BULK_MAX."""
    if not isinstance(queue, Queue):
        abort(400)
    items = QueueItem.oldest(queue, *filters.of_items()).limit(BULK_MAX)
    return list(
        db.session.scalars(
            items.with_only_columns(QueueItem.comment_id, maintain_column_froms=True)
        )
    )


def _batch(ruling: Ruling) -> list[Ruling]:
    """All of one decision about many, newest first; itself when it was about one."""
    name = ruling.detail.get("batch")
    if not name:
        return [ruling]
    recent = select(Ruling).where(Ruling.id <= ruling.id, Ruling.id > ruling.id - BULK_MAX)
    found = db.session.scalars(recent.where(Ruling.made_at > now() - ruling_undo.UNDO_FOR * 4))
    return [each for each in found if each.detail.get("batch") == name]


def _as_it_was_seen(id: int) -> Comment:
    """Refuses with 409 when somebody has decided about it since the page was made."""
    comment: Comment = db.get_or_404(Comment, id)
    last = db.session.scalar(rulings.latest_ruling(comment))
    if request.form.get("last", "0") != str(last.id if last else 0):
        raise _decided(last)
    return comment


def _decided(ruling: Ruling | None) -> Conflict:
    """By whom, and what: what one wanted oneself has not happened."""
    error = Conflict("decided")
    if ruling and ruling.moderator:
        error.message = gettext(  # type: ignore[attr-defined]
            "%(name)s dealt with it first (%(what)s). Nothing else was changed.",
            name=ruling.moderator.name,
            what=act_label(ruling.verdict),
        )
    return error


def _queue_page(queue: Queue | str, problem: str | None = None) -> str:
    filters = FilterForm.from_query()
    filters.validate()
    after = request.args.get("after")
    if isinstance(queue, Queue):
        shelf = queue_page(queue, filters, after=after)
    else:
        shelf = all_comments_page(filters, hidden=queue == "hidden", after=after)
    return render_template(
        "moderation/desk/queue.html",
        room=f"queue-{queue}",
        queue=queue,
        title=QUEUE_TITLES[queue],
        rows=build_rows(shelf.comments),
        more=shelf.more,
        searched=SEARCHED,
        filters=filters,
        problem=problem,
        undoable=_undoable(),
    )


def _undoable() -> Ruling | None:
    """My own last decision while it can be taken back."""
    mine = select(Ruling).where(Ruling.moderator_id == current_user().id)
    last = db.session.scalar(mine.order_by(Ruling.id.desc()).limit(1))
    if last is None or last.verdict not in ("hide", "keep", "restore"):
        return None
    return last if last.made_at > now() - ruling_undo.UNDO_FOR else None


def _asked_queue(value: str | None = None) -> Queue | str:
    name = value if value is not None else request.args.get("queue", Queue.REPORTED)
    if name not in QUEUE_TITLES:
        abort(400)
    return Queue(name) if name in list(Queue) else str(name)


def _next() -> str:
    """The page of the desk one came from, with its filters."""
    path = safe_redirect_path(request.form.get("next"))
    return path if path.startswith("/desk/comments") else url_for(".index")


def _queue_of_next() -> Queue | str:
    return _asked_queue(request.form.get("queue", Queue.REPORTED))


def _back(notice: str, ruling: Ruling | None) -> ResponseReturnValue:
    return redirect(_with_notice(notice if ruling else "decided"), 303)


def _with_notice(notice: str) -> str:
    path = _next()
    return f"{path}{'&' if '?' in path else '?'}notice={notice}"

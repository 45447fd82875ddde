"""The page of a queue, which lists comments and takes decisions about them."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from board.accounts.auth.current_user import current_user
from board.comments.reason_codes import automatic_reasons
from board.moderation.desk import pickers
from board.moderation.desk.forms import FilterForm
from board.moderation.desk.pickers import Suggestion
from board.moderation.desk.rows import SEARCH_MAX, all_comments_page, build_rows, queue_page
from board.moderation.queue import Queue
from board.moderation.reports.models import ILLEGAL_FILMING
from board.moderation.rulings import undo as ruling_undo
from board.moderation.rulings.statistics import newest_id
from board.web.forms import safe_redirect_path

# Beside those of checks before posting.
_HELD_FOR = ("thread", "account", ILLEGAL_FILMING)
QUEUE_TITLES: dict[str, Any] = {
    Queue.REPORTED: _("Reported"),
    Queue.HELD: _("Pending (held)"),
    Queue.NEW: _("New accounts"),
    "all": _("All comments"),
    "hidden": _("Hidden comments"),
}


def render_queue(queue: Queue | str, problem: str | None = None) -> str:
    """The page with the filters of its address, or of the page that a refused form was on."""
    seen = newest_id()  # first: what is decided from now on, the moderator may not have seen
    query = _query()
    filters, after = FilterForm.of(query), query.get("after")
    filters.validate()
    if queue is Queue.HELD:
        filters.offer_reasons(_HELD_FOR + tuple(automatic_reasons))
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
        after=after,
        seen=seen,
        search_max=SEARCH_MAX,
        filters=filters,
        suggestions=_suggestions(queue),
        matches_max=pickers.MATCHES_MAX,
        author_text=pickers.author_text,
        problem=problem,
        undoable=ruling_undo.undoable(current_user()),
    )


def _query() -> MultiDict[str, str]:
    if request.method == "GET":
        return request.args
    return MultiDict(parse_qsl(urlsplit(next_path()).query))


def requested_queue(value: str | None = None) -> Queue | str:
    """The queue of the query string, or the one named; aborts with 400 for any other name."""
    name = value if value is not None else request.args.get("queue", Queue.REPORTED)
    if name not in QUEUE_TITLES:
        abort(400)
    return Queue(name) if name in list(Queue) else str(name)


def posted_queue() -> Queue | str:
    return requested_queue(request.form.get("queue", Queue.REPORTED))


def next_path() -> str:
    """The page the form was on: a queue with its filters, or a member's page."""
    path = safe_redirect_path(request.form.get("next"))
    is_desk = path.startswith(("/desk/comments", "/desk/people/"))
    return path if is_desk else url_for("queues.index")


def redirect_back(said: str) -> ResponseReturnValue:
    """To the page the form was on, with a notice."""
    path = next_path()
    return redirect(f"{path}{'&' if '?' in path else '?'}notice={said}", 303)


def _suggestions(queue: Queue | str) -> dict[str, list[Suggestion]]:
    return {"article": pickers.suggest_articles(queue), "author": pickers.suggest_authors(queue)}

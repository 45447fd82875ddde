"""Unsubscribing."""

from flask import Blueprint, Flask, abort, render_template, request
from flask.typing import ResponseReturnValue

from board.accounts.email import queue as email_queue
from board.accounts.email.forms import UnsubscribeForm
from board.accounts.email.unsubscribe import Unsubscription, unsubscription
from board.db import writing
from board.web.access import everyone, open_to

bp = Blueprint("letters", __name__)


def init_app(app: Flask) -> None:
    app.add_template_global(email_queue.is_configured, "can_send_email")


# The second address of each is in emails sent by older boards.
@bp.get("/letters/stop")
@bp.get("/email/unsubscribe")
@open_to(everyone, query=("to",))
def stop_form() -> ResponseReturnValue:
    """A confirmation first, because mail scanners open every link."""
    return _page(unsubscription(request.args.get("to", "")))


@bp.post("/letters/stop")
@bp.post("/email/unsubscribe")
@open_to(everyone, query=("to",))
def stop() -> ResponseReturnValue:
    """Pressed on the page, or in a mail program, which sends neither cookie nor origin (RFC 8058).
    The link says who and what, and opens nothing else."""
    found = unsubscription(request.args.get("to", ""))
    if found is None:
        abort(404)
    form = UnsubscribeForm.from_post()
    with writing():
        if form.one_click.data:
            found.stop_kind()
        else:
            found.stop_all()
    return _page(found, done="kind" if form.one_click.data and found.is_optional else "all")


def _page(found: Unsubscription | None, *, done: str = "") -> ResponseReturnValue:
    page = render_template(
        "accounts/unsubscribe.html",
        token=request.args["to"] if found else "",
        is_optional=found is not None and found.is_optional,
        one_click=UnsubscribeForm.ONE_CLICK,
        done=done,
    )
    return page, 200, {"Cache-Control": "private, no-store"}

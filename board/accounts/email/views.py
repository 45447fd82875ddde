"""Email preferences and unsubscribing."""

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.accounts.email import queue as email_queue
from board.accounts.email.message import user_from_token
from board.accounts.forms import LettersForm
from board.db import writing
from board.web.access import everyone, members, open_to

bp = Blueprint("letters", __name__)


def init_app(app: Flask) -> None:
    app.add_template_global(email_queue.is_configured, "can_send_email")


@bp.post("/account/letters")
@open_to(members)
def choose() -> ResponseReturnValue:
    form = LettersForm.from_post()
    with writing():
        current_user().mail = (
            email_queue.EmailPreference.ALL if form.news.data else email_queue.EmailPreference.LEGAL
        ).value
    return redirect(url_for("accounts.account", notice="email_chosen"), 303)


@bp.get("/letters/stop")
@open_to(everyone, query=("to",))
def stop_form() -> ResponseReturnValue:
    """A confirmation first, because mail scanners open every link."""
    token = request.args.get("to", "")
    user = user_from_token(token)
    page = render_template("accounts/unsubscribe.html", token=token if user else "", done=False)
    return page, 200, {"Cache-Control": "private, no-store"}


@bp.post("/letters/stop")
@open_to(everyone, query=("to",))
def stop() -> ResponseReturnValue:
    user = user_from_token(request.args.get("to", ""))
    if user is None:
        abort(404)
    with writing():
        user.mail = email_queue.EmailPreference.NONE.value
    return render_template("accounts/unsubscribe.html", token="", done=True)

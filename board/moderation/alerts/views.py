"""The page of the desk where moderators choose what they are told, and how."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.accounts.email.frequency import Frequency
from board.db import writing
from board.moderation.alerts.forms import alerts_form
from board.moderation.alerts.models import choose, chosen_by
from board.runtime.app import setting
from board.web.access import moderators, open_to

bp = Blueprint("alerts", __name__)


@bp.get("/desk/alerts")
@open_to(moderators)
def index() -> ResponseReturnValue:
    return _page(alerts_form().unbound(data=chosen_by(current_user())))


@bp.post("/desk/alerts")
@open_to(moderators)
def save() -> ResponseReturnValue:
    form = alerts_form().from_post()
    if not form.validate():
        return _page(form), 422
    with writing():
        choose(current_user(), {name: Frequency(value) for name, value in form.data.items()})
    return redirect(url_for(".index", notice="alerts_chosen"), 303)


def _page(form: Any) -> str:
    has_webhook = bool(setting("ALERT_WEBHOOK"))
    return render_template("moderation/alerts/index.html", form=form, has_webhook=has_webhook)

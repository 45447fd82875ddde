"""The notifications page of a user."""

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.moderation.appeals import models as appeals
from board.moderation.users import sanctions
from board.moderation.users.sanctions import PendingWarning
from board.notifications import preferences
from board.notifications.entries import entries_of
from board.notifications.forms import PreferencesForm, SeenForm
from board.notifications.models import Notification, mark_seen
from board.web.access import members, open_to
from board.web.forms import query_id, safe_redirect_path

bp = Blueprint("notifications", __name__)


def init_app(app: Flask) -> None:
    app.add_template_global(_preferences_form, "notification_preferences_form")


@bp.get("/account/notices")
@open_to(members, query=("before", "next"))
def index() -> ResponseReturnValue:
    """Replies, mentions, and decisions with their reasons; never who decided."""
    user = current_user()
    rows = list(db.session.scalars(Notification.newest(user, before=query_id("before"))))
    shown = rows[: Notification.PAGE_SIZE]
    entries = entries_of(shown)
    rulings = [entry.ruling for entry in entries if entry.ruling]
    return render_template(
        "notifications/index.html",
        entries=entries,
        newest=shown[0].id if shown else None,
        more=shown[-1].id if len(rows) > Notification.PAGE_SIZE else None,
        appeals=appeals.by_ruling(rulings),
        appealable=appeals.appealable_by(user, rulings),
        warnings=list(db.session.scalars(PendingWarning.open_for(user.id))),
        next=safe_redirect_path(request.args.get("next")),
    )


@bp.post("/account/notices/seen")
@open_to(members)
def see() -> ResponseReturnValue:
    """Mark all that was shown as seen, and acknowledge warnings."""
    form = SeenForm.from_post()
    newest = int(form.up_to.data) if form.validate() and form.up_to.data else None
    with writing():
        mark_seen(current_user(), up_to=newest)
        sanctions.acknowledge(current_user())
    return redirect(safe_redirect_path(form.next.data), 303)


@bp.post("/account/notices/<id:id>/seen")
@open_to(members)
def open(id: int) -> ResponseReturnValue:
    """Mark one as seen, as its link is opened."""
    with writing():
        mark_seen(current_user(), id=id)
    return redirect(url_for(".index"), 303)


@bp.post("/account/notices/preferences")
@open_to(members)
def choose() -> ResponseReturnValue:
    form = PreferencesForm.from_post()
    if not form.validate():  # nothing that was typed can be wrong
        abort(422)
    with writing():
        preferences.set_preferences(current_user(), form.chosen)
    return redirect(url_for("accounts.account", notice="email_chosen"), 303)


def _preferences_form() -> PreferencesForm:
    chosen = preferences.preferences_of(current_user())
    form: PreferencesForm = PreferencesForm.unbound(
        data={kind.value: chosen[kind] for kind in chosen}
    )
    return form

"""Account settings: name, password, sessions, data export."""

import json
from datetime import date
from typing import Any

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts import data_export
from board.accounts.auth import session_query
from board.accounts.auth.current_user import current_session, current_user
from board.accounts.auth.devices import Device
from board.accounts.auth.login import (
    redirect_signed_in,
    retry_text,
    start_session,
)
from board.accounts.auth.rate_limit import TooManyAttempts
from board.accounts.forms import NameForm
from board.accounts.models import Session, User
from board.accounts.roles.forms import PublicNameForm
from board.accounts.roles.models import RoleGrant
from board.accounts.sign_in.own_password import PasswordForm, requires_password
from board.accounts.sign_in.reauthentication import is_recent, requires_reauthentication
from board.accounts.verification.emails import announce_password
from board.accounts.views.sign_in import bp
from board.db import db, writing
from board.db.clock import today
from board.runtime.limiter import long_work
from board.web.access import members, open_to


@bp.get("/account")
@open_to(members)
def account() -> ResponseReturnValue:
    return _account_page()


@bp.route("/account/data", methods=["GET", "POST"])
@open_to(members)
@requires_reauthentication
def take_data() -> ResponseReturnValue:
    """The user's personal data as one JSON file, indented for people."""
    with long_work:  # ten years of comments take a second
        text = json.dumps(
            data_export.export_for(current_user()), ensure_ascii=False, indent=1, default=_isoformat
        )
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = f"attachment; filename=my-data-{today()}.json"
    return response


@bp.post("/account/name")
@open_to(members)
def rename() -> ResponseReturnValue:
    form = NameForm.from_post()
    if not form.validate():
        return _account_page(rename_form=form), 422
    with writing():
        owner = db.session.scalar(User.named(form.name.data))
        if is_free := owner is None or owner.id == current_user().id:
            current_user().rename(form.name.data)
    if not is_free:
        form.name.errors = [_("This name is taken, or looks like one that is.")]
        return _account_page(rename_form=form), 422
    return redirect(url_for(".account", notice="renamed"), 303)


@bp.post("/account/password")
@open_to(members)
@requires_password
def change_password() -> ResponseReturnValue:
    """Another password, or the first."""
    form = PasswordForm.from_post()
    if not form.validate():
        return _account_page(password_form=form), 422
    try:
        is_right = form.is_right()
    except TooManyAttempts as refusal:
        form.current.errors = [retry_text(refusal)]
        return _account_page(password_form=form), 429
    if not is_right:
        form.current.errors = [_("This is not your current password.")]
        return _account_page(password_form=form), 422
    password_hash = form.hash_password()
    if password_hash is None:
        return _account_page(password_form=form), 422
    session = current_session()
    second_factor_at = session.second_factor_at if session else None
    with writing():
        current_user().change_password(password_hash)
        Device.delete_for_user(current_user())
        announce_password(current_user())
        cookies = start_session(current_user(), second_factor_at=second_factor_at)
    return redirect_signed_in(cookies, next=url_for(".account", notice="password_changed"))


@bp.post("/account/sessions/<id:id>/end")
@open_to(members, cannot_wait=True)
def end_session(id: int) -> ResponseReturnValue:
    with writing():
        session = db.session.get(Session, id)
        if session is None or session.user_id != current_user().id:
            abort(404)
        db.session.delete(session)
    return redirect(url_for(".account", notice="session_ended"), 303)


@bp.post("/account/sessions/end-others")
@open_to(members, cannot_wait=True)
def end_other_sessions() -> ResponseReturnValue:
    with writing():
        current_user().end_sessions(keep=current_session())
    return redirect(url_for(".account", notice="session_ended"), 303)


def _isoformat(value: date) -> str:
    """For dates and datetimes, which JSON has no type for."""
    return value.isoformat()


def _account_page(**forms: Any) -> str:
    forms.setdefault("rename_form", NameForm.unbound(data={"name": current_user().name}))
    forms.setdefault("password_form", PasswordForm.unbound())
    this_session = current_session()
    sessions = [
        {
            "id": session.id,
            "device": session.device or _("Unknown device"),
            "started_at": session.started_at,
            "seen_on": session.seen_on,
            "current": session is this_session,
        }
        for session in current_user().sessions
        if session_query.is_alive(session)
    ]
    can_type_password = bool(current_user().password_hash) or is_recent()
    return render_template(
        "accounts/account.html",
        sessions=sessions,
        can_type_password=can_type_password,
        has_offers=db.session.scalar(RoleGrant.offers_to(current_user()).limit(1)) is not None,
        public_name_form=PublicNameForm.unbound(
            data={"name": "number" if current_user().acts_by_number else "name"}
        ),
        **forms,
    )

"""Pages to add, rename and remove passkeys."""

from flask import abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from board.accounts.auth.current_user import current_session, current_user
from board.accounts.auth.login import device_name, with_cookies
from board.accounts.auth.passkeys import Passkey
from board.accounts.auth.webauthn import COOKIE, LIFE, base64url, creation_options
from board.accounts.sign_in.methods import check_not_last
from board.accounts.sign_in.passkeys import (
    REFUSED,
    PasskeyForm,
    browser,
    read_registration,
    use_up,
)
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.accounts.sign_in_methods.emails import announce_added, announce_removed
from board.accounts.sign_in_methods.passkeys import (
    PASSKEYS,
    PasskeyExists,
    TooManyPasskeys,
    add_passkey,
    handle_for,
    passkeys_of,
)
from board.accounts.sign_in_methods.views import bp, page
from board.db import db, writing
from board.web.access import members, open_to
from board.web.forms import Form, safe_redirect_path


class PasskeyNameForm(Form):
    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(lazy_gettext("Please fill this in.")), Length(max=Passkey.NAME_MAX)],
    )


@bp.post("/account/passkeys/options")
@open_to(members)
@requires_reauthentication
def creation() -> ResponseReturnValue:
    """What the browser asks the authenticator to make. Nothing is stored."""
    user, here = current_user(), browser()
    passkeys = passkeys_of(user)
    options = creation_options(user, handle_for(passkeys), passkeys, here)
    return with_cookies(jsonify(options), {COOKIE: (here, LIFE)})


@bp.post("/account/passkeys")
@open_to(members)
@requires_reauthentication
def add() -> ResponseReturnValue:
    form = PasskeyForm.from_post()
    new = read_registration(form.credential.data or "", current_user())
    name = device_name(request.headers.get("User-Agent", "")) or _("Passkey")
    try:
        with writing():
            if is_new := new is not None and use_up(new.challenge):
                add_passkey(current_user(), new, name=name)
                announce_added(PASSKEYS, current_user())
    except TooManyPasskeys:
        return page(_("You have %(max)d passkeys. Remove one first.", max=Passkey.MAX)), 422
    except PasskeyExists:
        return page(_("This passkey has been added already.")), 409
    if not is_new:
        return page(str(REFUSED)), 422
    next = safe_redirect_path(form.next.data)
    return redirect(next if form.next.data else url_for(".index", notice="passkey_added"), 303)


@bp.post("/account/passkeys/<id:id>/rename")
@open_to(members)
def rename_passkey(id: int) -> ResponseReturnValue:
    form = PasskeyNameForm.from_post()
    is_valid = form.validate()
    with writing():
        passkey = _own_passkey(id)
        if is_valid:
            passkey.name = form.name.data
    if not is_valid:
        return page(" ".join(map(str, form.name.errors))), 422
    return redirect(url_for(".index", notice="passkey_renamed"), 303)


@bp.post("/account/passkeys/<id:id>/remove")
@open_to(members)
@requires_reauthentication
def remove_passkey(id: int) -> ResponseReturnValue:
    with writing():
        passkey, user = _own_passkey(id), current_user()
        removed = base64url(passkey.credential_id)
        db.session.delete(passkey)
        check_not_last(user)
        user.end_sessions(keep=current_session())
        announce_removed(PASSKEYS, user)
    return redirect(url_for(".index", notice="passkey_removed", removed=removed), 303)


def _own_passkey(id: int) -> Passkey:
    passkey = db.session.get(Passkey, id)
    if passkey is None or passkey.user_id != current_user().id:
        abort(404)
    return passkey

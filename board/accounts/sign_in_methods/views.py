"""The page of sign-in methods, and removing the password."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth import session_query
from board.accounts.auth.current_user import current_session, current_user
from board.accounts.auth.webauthn import unknown_credential
from board.accounts.sign_in.methods import (
    LastSignInMethod,
    check_not_last,
    sign_in_methods,
    warning_for,
)
from board.accounts.sign_in.passkeys import passkey_context
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.accounts.sign_in_methods.basic import PASSWORD
from board.accounts.sign_in_methods.emails import announce_removed
from board.db import writing
from board.web.access import members, open_to
from board.web.forms import safe_redirect_path

bp = Blueprint("sign_in_methods", __name__)


@bp.get("/account/sign-in-methods")
@open_to(members, query=("removed", "unlinked"))
def index() -> ResponseReturnValue:
    return page(
        unknown_passkey=unknown_credential(request.args.get("removed", "")),
        unlinked=request.args.get("unlinked", ""),
    )


@bp.route("/account/confirm", methods=["GET", "POST"])
@open_to(members, query=("next",))
@requires_reauthentication
def confirm() -> ResponseReturnValue:
    """Re-authentication before a page on which something is typed or a script asks."""
    return redirect(safe_redirect_path(request.args.get("next")), 303)


@bp.post("/account/password/remove")
@open_to(members)
@requires_reauthentication
def remove_password() -> ResponseReturnValue:
    with writing():
        user = current_user()
        if is_set := bool(user.password_hash):
            user.change_password("", keep=current_session())
            check_not_last(user)
            announce_removed(PASSWORD, user)
    return redirect(url_for(".index", notice="password_removed" if is_set else None), 303)


def refuse_last(error: LastSignInMethod) -> ResponseReturnValue:
    """The page of sign-in methods, which says that the last one cannot be removed."""
    return page(_("This is the only way to sign in to your account. Add another first.")), 422


def page(problem: str = "", *, unknown_passkey: str = "", unlinked: str = "") -> str:
    """`unknown_passkey`: the id of one that the browser should no longer offer. `unlinked`: the
    name of a provider that still lists this site."""
    user = current_user()
    return render_template(
        "accounts/sign_in_methods/index.html",
        sections=[
            (method.section, method.values(user)) for method in sign_in_methods if method.section
        ],
        device_count=sum(map(session_query.is_alive, user.sessions)),
        warning=warning_for(user),
        problem=problem,
        unknown_passkey=unknown_passkey,
        unlinked=unlinked,
        **passkey_context(),
    )

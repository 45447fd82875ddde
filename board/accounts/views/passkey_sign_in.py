"""Sign-in with a passkey, and its offer to somebody who signed in with a password."""

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from board.accounts.auth.login import start_session, with_cookies
from board.accounts.auth.webauthn import COOKIE, LIFE, request_options
from board.accounts.forms import SignInForm
from board.accounts.sign_in.after_sign_in import finish_sign_in
from board.accounts.sign_in.passkeys import (
    OFFER_DECLINED,
    REFUSED,
    PasskeyForm,
    accept,
    browser,
    passkey_context,
    read_signature,
)
from board.accounts.views.sign_in import bp, sign_in_page
from board.db import now, writing
from board.web.access import everyone, members, open_to
from board.web.forms import safe_redirect_path
from board.web.request.observability.security_events import SecurityEvent, record


@bp.post("/sign-in/passkey/options")
@open_to(everyone)
def passkey_options() -> ResponseReturnValue:
    """What the browser asks the authenticator. Nothing is stored."""
    here = browser()
    return with_cookies(jsonify(request_options(here)), {COOKIE: (here, LIFE)})


@bp.post("/sign-in/passkey")
@open_to(everyone, cannot_wait=True)
def sign_in_with_passkey() -> ResponseReturnValue:
    form = PasskeyForm.from_post()
    signature = read_signature(form.credential.data or "")
    next, user, cookies = safe_redirect_path(form.next.data), None, None
    if signature.assertion:
        with writing():
            user = accept(signature.assertion)
            if user and not user.is_suspended:
                cookies = start_session(user, second_factor_at=now())
    if user is None:
        record(SecurityEvent.LOGIN_FAILED, "passkey")
        unbound = SignInForm.unbound(data={"next": next})
        page = sign_in_page(unbound, problem=str(REFUSED), unknown_passkey=signature.unknown)
        return page, 422
    return finish_sign_in(user, cookies, next=next, second_factor=True)


@bp.get("/account/passkeys/offer")
@open_to(members, query=("next",))
def offer_passkey() -> ResponseReturnValue:
    next = safe_redirect_path(request.args.get("next"))
    form = PasskeyForm.unbound(data={"next": next})
    return render_template("accounts/sign_in_methods/offer.html", form=form, **passkey_context())


@bp.post("/account/passkeys/decline")
@open_to(members)
def decline_passkey() -> ResponseReturnValue:
    """Not offered again in this browser."""
    next = safe_redirect_path(PasskeyForm.from_post().next.data)
    return with_cookies(redirect(next, 303), OFFER_DECLINED)

"""Signing in and re-authenticating with a passkey. It stands for both factors."""

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import abort, request, url_for
from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from board.accounts.auth.passkeys import Passkey
from board.accounts.auth.used_tokens import use_once
from board.accounts.auth.webauthn import (
    COOKIE,
    LIFE,
    count_passkeys,
    current_rp_id,
    is_possible,
    new_browser,
)
from board.accounts.models import User
from board.db import db, now
from board.db.clock import today
from board.web.access import cookie_name
from board.web.forms import Form
from board.web.request.observability.security_events import SecurityEvent, record

if TYPE_CHECKING:
    from board.accounts.auth.webauthn_responses import Assertion, Registration

# The cookie of a browser in which no passkey is offered any more.
OFFER_DECLINED = {"passkey_offer": ("declined", timedelta(days=365))}
RESPONSE_MAX = 16 * 1024  # characters
REFUSED = _("This passkey was not accepted. Please try again, or sign in another way.")


class PasskeyForm(Form):
    """The response of an authenticator, as JSON."""

    credential = HiddenField()
    next = HiddenField()


class Signature(NamedTuple):
    """What a response proves. None: nothing; then `unknown` may have the id of a passkey that is
    no longer known here, so that the browser can stop offering it."""

    assertion: "Assertion | None"
    unknown: str = ""


def read_signature(text: str) -> Signature:
    """Reads and checks the response of an authenticator. For `accept`, in a write."""
    from board.accounts.auth import webauthn_responses  # noqa: PLC0415 - it loads fido2

    _check_length(text)
    try:
        return Signature(webauthn_responses.read_assertion(text))
    except webauthn_responses.BadCredential:
        return Signature(None, webauthn_responses.unknown_credential_in(text))


def read_registration(text: str, user: User) -> "Registration | None":
    """The same for a passkey to be added."""
    from board.accounts.auth import webauthn_responses  # noqa: PLC0415

    _check_length(text)
    with suppress(webauthn_responses.BadCredential):
        return webauthn_responses.read_registration(text, user)
    return None


def _check_length(text: str) -> None:
    if len(text) > RESPONSE_MAX:
        abort(413)


def accept(assertion: "Assertion") -> User | None:
    """Whose passkey it was; its challenge is used up. Called inside a write."""
    passkey = db.session.get(Passkey, assertion.passkey_id)
    if passkey is None or not use_up(assertion.challenge):
        return None
    user = db.session.get_one(User, passkey.user_id)
    newest = max(passkey.sign_count, assertion.sign_count)
    if newest > 0 and assertion.sign_count <= passkey.sign_count:
        record(SecurityEvent.TOKEN_REUSED, "passkey", actor=user)
    passkey.sign_count = newest
    passkey.is_synced, passkey.used_on = assertion.is_synced, today()
    return user


def use_up(challenge: str) -> bool:
    return use_once(challenge, expires_at=now() + LIFE)


def browser() -> str:
    """What challenges for this browser are bound to, by a cookie."""
    return request.cookies.get(cookie_name(COOKIE), "") or new_browser()


def path_with_offer(user: User, can_add: str | None, next: str) -> str:
    """`next`, by way of the offer to add a passkey, where it can be and was not declined."""
    is_declined = cookie_name("passkey_offer") in request.cookies
    if not can_add or is_declined or not is_possible() or count_passkeys(user):
        return next
    return url_for("accounts.offer_passkey", next=next)


def passkey_context() -> dict[str, Any]:
    """What templates with buttons for passkeys need."""
    return {"passkeys_possible": is_possible(), "passkeys_rp_id": current_rp_id()}

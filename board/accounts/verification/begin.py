"""Beginning to verify an address: its limits, the row, and the email with the code."""

from typing import Any

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.login import begin_guest_attempt, is_known_device, with_cookies
from board.accounts.auth.rate_limit import Attempt
from board.accounts.models import token_hash
from board.accounts.verification.emails import send_code
from board.accounts.verification.models import EmailVerification, Purpose
from board.accounts.verification.typos import suggested_address
from board.db import db, now, writing
from board.web.access import cookie_name
from board.web.i18n import language

COOKIE = "verification"
# A typing error is asked about where the address is new to us.
_MAY_BE_MISTYPED = (Purpose.SIGN_UP, Purpose.ADDRESS)


def begin(purpose: Purpose, address: str, *, next: str, **values: Any) -> ResponseReturnValue:
    """Store a verification, queue its code, and lead to the page where it is typed.

    The same statements for any address: nothing is looked up. Raises TooManyAttempts.
    """
    token = EmailVerification.new_token()
    with writing():
        count_code(address)
        verification = EmailVerification(
            browser_hash=token_hash(token),
            purpose=purpose,
            address=address,
            language=language(),
            next=next,
            expires_at=now() + EmailVerification.LIFE,
            **values,
        )
        db.session.add(verification)
        db.session.flush()
        if not probable_address(verification):
            send_code(verification)
    answer = redirect(url_for("verification.code_form"), 303)
    return with_cookies(answer, {COOKIE: (token, EmailVerification.LIFE)})


def count_code(address: str) -> None:
    """Raises TooManyAttempts, for this address or this network."""
    key, per_hour = current_app.config["SECRET_KEY"], current_app.config["SIGN_UPS_PER_HOUR"]
    Attempt.begin_code(address, key=key, known_device=is_known_device(address))
    begin_guest_attempt("code by email", per_hour=per_hour)


def probable_address(verification: EmailVerification) -> str | None:
    """Another address that was probably meant; asked about before the first code is sent."""
    if verification.sends or verification.purpose not in _MAY_BE_MISTYPED:
        return None
    return suggested_address(verification.address)


def current_verification() -> EmailVerification | None:
    """The verification of this browser, if it is not over."""
    token = request.cookies.get(cookie_name(COOKIE), "")
    return db.session.scalar(EmailVerification.of_browser(token)) if token else None

"""The page where a code is typed."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import viewer
from board.accounts.auth.login import begin_guest_attempt, retry_text, seconds_until
from board.accounts.auth.rate_limit import Attempt, TooManyAttempts
from board.accounts.verification.begin import (
    COOKIE,
    count_code,
    current_verification,
    probable_address,
)
from board.accounts.verification.complete import Answer, complete
from board.accounts.verification.emails import send_code
from board.accounts.verification.forms import CorrectedEmailForm, EmailForm, VerificationCodeForm
from board.accounts.verification.models import EmailVerification, Purpose
from board.db import db, writing
from board.web.access import cookie_name, everyone, open_to
from board.web.request.origins import is_https

bp = Blueprint("verification", __name__)


@bp.get("/verify")
@open_to(everyone)
def code_form() -> ResponseReturnValue:
    verification = current_verification()
    if verification is None:
        return over()
    if verification.confirmed_at:
        is_reset = verification.purpose == Purpose.RESET
        return redirect(url_for(".password_form" if is_reset else ".name_form"), 303)
    return _code_page(verification)


@bp.post("/verify")
@open_to(everyone)
def verify() -> ResponseReturnValue:
    """A right code, once, in the browser that asked for it."""
    form = VerificationCodeForm.from_post()
    is_valid = form.validate()
    try:
        with writing():
            verification = current_verification()
            answer = _try_code(verification, form) if verification and is_valid else None
    except TooManyAttempts as refusal:
        return _refused(current_verification(), refusal)
    if answer:
        return without_cookie(answer())
    if verification is None:
        return over()
    if verification.tries >= EmailVerification.TRIES_MAX:
        return over("too_many_codes")
    if is_valid:
        form.code.errors = [_("This code is wrong or no longer valid. Use the newest email.")]
    return _code_page(verification, form=form, status=422)


@bp.post("/verify/again")
@open_to(everyone)
def send_again() -> ResponseReturnValue:
    """Another code, which replaces the first; or the first, to an address that looked mistyped."""
    try:
        with writing():
            verification = current_verification()
            is_sent = verification is not None and verification.may_resend
            if verification and is_sent:
                count_code(verification.address)
                send_code(verification)
    except TooManyAttempts as refusal:
        return _refused(current_verification(), refusal)
    if verification is None:
        return over()
    return redirect(url_for(".code_form", notice="code_sent" if is_sent else "code_wait"), 303)


@bp.post("/verify/address")
@open_to(everyone)
def correct_address() -> ResponseReturnValue:
    """The same to another address, for a typing error: nothing else is typed again."""
    form = CorrectedEmailForm.from_post()
    is_valid = form.validate()
    try:
        with writing():
            verification = current_verification()
            if verification and verification.may_correct and is_valid:
                count_code(form.email.data)
                verification.address, verification.sends = form.email.data, 0
                if not probable_address(verification):
                    send_code(verification)
    except TooManyAttempts as refusal:
        return _refused(current_verification(), refusal)
    if verification is None:
        return over()
    if not is_valid:
        return _code_page(verification, address_form=form, status=422)
    return redirect(url_for(".code_form"), 303)


def _try_code(verification: EmailVerification, form: Any) -> Answer | None:
    """What follows a right code. A wrong one counts, for this verification and this network."""
    attempt = begin_guest_attempt("wrong code", per_hour=Attempt.WRONG_CODES_PER_HOUR)
    is_right = verification.is_code(form.digits, key=current_app.config["SECRET_KEY"])
    if answer := complete(verification) if is_right else None:
        db.session.flush()
        attempt.discard()
    else:
        verification.tries += 1
    return answer


def over(notice: str = "code_over") -> ResponseReturnValue:
    """Back to the beginning; or on, if another tab was faster."""
    if viewer().is_authenticated:
        return redirect(url_for("articles.front"), 303)
    return redirect(url_for("accounts.sign_in_form", notice=notice), 303)


def _code_page(
    verification: EmailVerification, *, status: int = 200, too_many: str | None = None, **forms: Any
) -> ResponseReturnValue:
    forms.setdefault("form", VerificationCodeForm.unbound())
    forms.setdefault("address_form", EmailForm.unbound())
    page = render_template(
        "accounts/verification/code.html",
        verification=verification,
        meant=probable_address(verification),
        too_many=too_many,
        minutes=EmailVerification.CODE_LIFE.seconds // 60,
        **forms,
    )
    return page, status, {"Cache-Control": "private, no-store"}


def _refused(
    verification: EmailVerification | None, refusal: TooManyAttempts
) -> ResponseReturnValue:
    if verification is None:
        return over()
    answer: Any = _code_page(verification, status=429, too_many=retry_text(refusal))
    return *answer[:2], {**answer[2], "Retry-After": str(seconds_until(refusal))}


def without_cookie(answer: Any) -> ResponseReturnValue:
    """The answer of a verification that is over."""
    response = current_app.make_response(answer)
    if current_verification() is None:
        response.delete_cookie(cookie_name(COOKIE), secure=is_https())
    return response

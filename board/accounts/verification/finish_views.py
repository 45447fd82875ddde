"""What may have to be chosen after a right code: another name, or a new password."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.forms import NameForm
from board.accounts.verification.begin import current_verification
from board.accounts.verification.complete import create_account, reset_password
from board.accounts.verification.forms import ResetForm
from board.accounts.verification.models import EmailVerification, Purpose
from board.accounts.verification.views import bp, over, without_cookie
from board.db import writing
from board.web.access import everyone, open_to


@bp.get("/verify/name")
@open_to(everyone)
def name_form() -> ResponseReturnValue:
    verification = _confirmed(Purpose.SIGN_UP)
    if verification is None:
        return over()
    form = NameForm.unbound(data={"name": verification.name})
    form.name.errors = [_("This name is taken, or looks like one that is.")]
    return _name_page(form)


@bp.post("/verify/name")
@open_to(everyone)
def choose_name() -> ResponseReturnValue:
    """Another name, where the one of the sign-up was taken."""
    form = NameForm.from_post()
    if not form.validate():
        return _name_page(form, 422)
    with writing():
        verification = _confirmed(Purpose.SIGN_UP)
        if verification:
            verification.name = form.name.data
        answer = create_account(verification) if verification else None
    return without_cookie(answer()) if answer else over()


@bp.get("/verify/password")
@open_to(everyone)
def password_form() -> ResponseReturnValue:
    return _password_page(ResetForm.unbound()) if _confirmed(Purpose.RESET) else over()


@bp.post("/verify/password")
@open_to(everyone)
def choose_password() -> ResponseReturnValue:
    """A new password for a forgotten one. Signing in comes after it, with the second factor."""
    form, verification = ResetForm.from_post(), _confirmed(Purpose.RESET)
    if verification is None:
        return over()
    form.about, next = verification, verification.next
    if not form.validate():
        return _password_page(form, 422)
    password_hash = form.hash_password()
    if password_hash is None:
        return _password_page(form, 422)
    with writing():
        verification = _confirmed(Purpose.RESET)
        is_set = bool(verification and reset_password(verification, password_hash))
    if not is_set:
        return over()
    target = url_for("accounts.sign_in_form", notice="password_reset", next=next)
    return without_cookie(redirect(target, 303))


def _confirmed(purpose: Purpose) -> EmailVerification | None:
    verification = current_verification()
    is_confirmed = verification and verification.confirmed_at and verification.purpose == purpose
    return verification if is_confirmed else None


def _name_page(form: Any, status: int = 200) -> ResponseReturnValue:
    page = render_template("accounts/verification/name.html", form=form)
    return page, status, {"Cache-Control": "private, no-store"}


def _password_page(form: Any, status: int = 200) -> ResponseReturnValue:
    page = render_template("accounts/verification/password.html", form=form)
    return page, status, {"Cache-Control": "private, no-store"}

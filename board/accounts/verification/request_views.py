"""Pages that ask for a code: forgotten password, sign-in by email, and the account's address."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.accounts.auth.login import retry_text, seconds_until
from board.accounts.auth.rate_limit import TooManyAttempts
from board.accounts.email import queue as email_queue
from board.accounts.sign_in.own_password import requires_password
from board.accounts.verification.begin import begin
from board.accounts.verification.complete import undo_change
from board.accounts.verification.emails import change_of_token
from board.accounts.verification.forms import EmailForm, NewEmailForm
from board.accounts.verification.models import Purpose
from board.accounts.verification.views import bp
from board.db import writing
from board.web.access import everyone, members, open_to
from board.web.forms import safe_redirect_path


@bp.get("/sign-in/forgot", defaults={"purpose": Purpose.RESET})
@bp.get("/sign-in/email", defaults={"purpose": Purpose.SIGN_IN})
@open_to(everyone, query=("next",))
def begin_form(purpose: Purpose) -> ResponseReturnValue:
    form = EmailForm.unbound(data={"next": safe_redirect_path(request.args.get("next"))})
    return _begin_page(form, purpose)


@bp.post("/sign-in/forgot", defaults={"purpose": Purpose.RESET})
@bp.post("/sign-in/email", defaults={"purpose": Purpose.SIGN_IN})
@open_to(everyone)
def begin_sign_in(purpose: Purpose) -> ResponseReturnValue:
    """The same answer for any address; the email alone differs."""
    form = EmailForm.from_post()
    if not form.validate() or not email_queue.is_configured():
        return _begin_page(form, purpose, 422)
    next = safe_redirect_path(form.next.data)
    try:
        return begin(purpose, form.email.data, next=next)
    except TooManyAttempts as refusal:
        form.email.errors = [retry_text(refusal)]
        return _begin_page(form, purpose, 429, {"Retry-After": str(seconds_until(refusal))})


@bp.get("/account/email")
@open_to(members)
def email() -> ResponseReturnValue:
    return _email_page(NewEmailForm.unbound())


@bp.post("/account/email")
@open_to(members)
@requires_password
def change_email() -> ResponseReturnValue:
    """A code to the new address, after the password. The page after it is the same for an address
    that another account has."""
    form = NewEmailForm.from_post()
    if not form.validate() or not email_queue.is_configured():
        return _email_page(form), 422
    try:
        if not form.is_right():
            form.password.errors = [_("This is not your current password.")]
            return _email_page(form), 422
        return _begin_address(form.email.data)
    except TooManyAttempts as refusal:
        form.email.errors = [retry_text(refusal)]
        return _email_page(form), 429, {"Retry-After": str(seconds_until(refusal))}


@bp.post("/account/email/verify")
@open_to(members)
def verify_email() -> ResponseReturnValue:
    """A code to the address the account has."""
    form = NewEmailForm.unbound()
    if not email_queue.is_configured():
        return _email_page(form), 422
    try:
        return _begin_address(current_user().email)
    except TooManyAttempts as refusal:
        form.email.errors = [retry_text(refusal)]
        return _email_page(form), 429, {"Retry-After": str(seconds_until(refusal))}


@bp.get("/account/email/undo")
@open_to(everyone, query=("to",))
def undo_form() -> ResponseReturnValue:
    """A confirmation first, because mail scanners open every link."""
    token = request.args.get("to", "")
    return _undo_page(token if change_of_token(token) else "")


@bp.post("/account/email/undo")
@open_to(everyone, query=("to",))
def undo() -> ResponseReturnValue:
    """The old address back. No link signs in: a new password comes next, by code."""
    with writing():
        change = change_of_token(request.args.get("to", ""))
        is_undone = change is not None and undo_change(change)
    if not is_undone:
        return _undo_page("", 422)
    return redirect(url_for(".begin_form", purpose=Purpose.RESET, notice="email_restored"), 303)


def _begin_address(address: str) -> ResponseReturnValue:
    next = url_for(".email")
    return begin(Purpose.ADDRESS, address, user_id=current_user().id, next=next)


def _begin_page(
    form: Any, purpose: Purpose, status: int = 200, headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    page = render_template("accounts/verification/begin.html", form=form, purpose=purpose)
    return page, status, {"Cache-Control": "private, no-store", **(headers or {})}


def _email_page(form: Any) -> str:
    return render_template("accounts/verification/email.html", form=form)


def _undo_page(token: str, status: int = 200) -> ResponseReturnValue:
    page = render_template("accounts/verification/undo.html", token=token)
    return page, status, {"Cache-Control": "private, no-store"}

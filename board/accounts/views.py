"""Sign-up, sign-in and sign-out."""

from collections.abc import Callable

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts import models
from board.accounts.auth.current_user import current_session
from board.accounts.auth.login import (
    begin_attempt,
    minutes_until,
    not_counted_when_busy,
    redirect_signed_in,
    redirect_signed_out,
    retry_text,
    seconds_until,
    start_session,
)
from board.accounts.auth.passwords import hash_password, verify_password
from board.accounts.auth.rate_limit import Attempt, TooManyAttempts
from board.accounts.forms import SignInForm, SignUpForm
from board.accounts.models import User
from board.accounts.two_factor.models import SecondFactor
from board.db import db, now, writing
from board.runtime.hooks import Hook
from board.web.access import everyone, members, open_to
from board.web.forms import safe_redirect_path
from board.web.i18n import format_datetime

bp = Blueprint("accounts", __name__)

# Links (text, URL) other slices offer a suspended user.
suspended_user_links: Hook[Callable[[User], tuple[str, str] | None]] = Hook()


@bp.get("/sign-up")
@open_to(everyone, query=("next",))
def sign_up_form() -> ResponseReturnValue:
    form = SignUpForm.unbound(data={"next": safe_redirect_path(request.args.get("next"))})
    return _no_store(_sign_up_page(form))


@bp.post("/sign-up")
@open_to(everyone)
def sign_up() -> ResponseReturnValue:
    form = SignUpForm.from_post()
    if not form.validate():
        return _sign_up_page(form), 422
    try:
        with writing():
            attempt = _begin_sign_up()
    except TooManyAttempts as refusal:
        return _too_many_sign_ups(form, refusal)
    with not_counted_when_busy(attempt):
        password_hash = hash_password(form.password.data)
    with writing():
        is_taken = db.session.scalar(User.named(form.name.data)) is not None
        if is_taken:
            attempt.discard()
        # A known email gets the same answer, so nobody can test who has an account.
        if not is_taken and not db.session.scalar(User.with_email(form.email.data)):
            models.sign_up(email=form.email.data, name=form.name.data, password_hash=password_hash)
    if is_taken:
        form.name.errors = [_("This name is taken, or looks like one that is.")]
        return _sign_up_page(form), 422
    next = safe_redirect_path(form.next.data)
    return redirect(url_for(".sign_in_form", notice="signed_up", next=next), 303)


@bp.get("/sign-in")
@open_to(everyone, query=("next",))
def sign_in_form() -> ResponseReturnValue:
    form = SignInForm.unbound(data={"next": safe_redirect_path(request.args.get("next"))})
    return _no_store(render_template("accounts/sign_in.html", form=form, too_many=None))


@bp.post("/sign-in")
@open_to(everyone, cannot_wait=True)
def sign_in() -> ResponseReturnValue:
    form = SignInForm.from_post()
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form, too_many=None), 422
    try:
        with writing():
            attempt = begin_attempt(form.email.data)
    except TooManyAttempts as refusal:
        return _too_many_sign_ins(form, refusal)
    user = db.session.scalar(User.with_email(form.email.data))
    with not_counted_when_busy(attempt):
        is_right = verify_password(form.password.data, user.password_hash if user else None)
    if not is_right or not user:
        form.password.errors = [_("The email or password is wrong.")]
        return render_template("accounts/sign_in.html", form=form, too_many=None), 422
    with writing():
        attempt.discard()
        cookies = None if user.is_suspended else start_session(user)
    if cookies is None:
        return _suspended_page(user)
    return redirect_signed_in(
        cookies, next=_login_redirect(user, safe_redirect_path(form.next.data))
    )


@bp.post("/sign-out")
@open_to(members, cannot_wait=True)
def sign_out() -> ResponseReturnValue:
    with writing():
        if session := current_session():
            db.session.delete(session)
    return redirect_signed_out()


def _begin_sign_up() -> Attempt:
    return Attempt.begin_sign_up(
        address=request.remote_addr or "",
        key=current_app.config["SECRET_KEY"],
        per_hour=current_app.config["SIGN_UPS_PER_HOUR"],
    )


def _login_redirect(user: User, next: str) -> str:
    """`next`, by way of two-step verification if it is required."""
    required = current_app.config["STAFF_SECOND_FACTOR"] or SecondFactor.for_user(user)
    return url_for("second_factor.code_form", next=next) if user.is_staff and required else next


def _suspended_page(user: User) -> ResponseReturnValue:
    """Shown only after the right password."""
    title = _("This account is suspended")
    until = format_datetime(user.suspended_until or now())
    text = _("Until %(until)s. Reason: %(reason)s", until=until, reason=user.suspended_for)
    links = [link for offered in suspended_user_links if (link := offered(user))]
    page = render_template(
        "error.html",
        code=403,
        title=title,
        text=text,
        typed_text=None,
        retry_after=None,
        links=links,
    )
    return page, 403


def _too_many_sign_ins(form: SignInForm, refusal: TooManyAttempts) -> ResponseReturnValue:
    text = retry_text(refusal)
    page = render_template("accounts/sign_in.html", form=form, too_many=text)
    return page, 429, {"Retry-After": str(seconds_until(refusal))}


def _sign_up_page(form: SignUpForm, too_many: str | None = None) -> str:
    return render_template(
        "accounts/sign_up.html",
        form=form,
        too_many=too_many,
        session_days=models.Session.LIFE.days,
    )


def _too_many_sign_ups(form: SignUpForm, refusal: TooManyAttempts) -> ResponseReturnValue:
    text = _(
        "Many accounts have been created from your network in the past hour. Please try again "
        "in %(minutes)d minutes.",
        minutes=minutes_until(refusal),
    )
    return _sign_up_page(form, text), 429, {"Retry-After": str(seconds_until(refusal))}


def _no_store(page: str) -> ResponseReturnValue:
    return page, 200, {"Cache-Control": "private, no-store"}

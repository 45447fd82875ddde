"""Sign-up, sign-in and sign-out."""

from collections.abc import Callable
from contextlib import suppress

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts import models
from board.accounts.auth.challenge import Challenge
from board.accounts.auth.current_user import delete_current_session
from board.accounts.auth.login import (
    begin_attempt,
    is_known_device,
    make_challenge,
    minutes_until,
    not_counted_when_busy,
    read_challenge,
    redirect_signed_in,
    redirect_signed_out,
    retry_text,
    seconds_until,
    start_session,
)
from board.accounts.auth.passwords import hash_password, needs_rehash, verify_password
from board.accounts.auth.rate_limit import Attempt, TooManyAttempts
from board.accounts.forms import SignInForm, SignUpForm
from board.accounts.models import User
from board.accounts.two_factor.models import SecondFactor
from board.db import db, now, writing
from board.db.write_lock import LockTimeout
from board.runtime.hooks import Hook
from board.runtime.limiter import QueueFull
from board.web.access import everyone, open_to
from board.web.errors import error_page_for
from board.web.forms import safe_redirect_path
from board.web.i18n import format_datetime
from board.web.request.body import TooManyUploads
from board.web.request.security_events import SecurityEvent, record

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
        password_hash = form.hash_password()
    if password_hash is None:
        return _sign_up_page(form), 422
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
    return _no_store(_sign_in_page(form))


@bp.post("/sign-in")
@open_to(everyone)
def sign_in() -> ResponseReturnValue:
    form = SignInForm.from_post()
    challenge = read_challenge(form.challenge.data or "", form.email.data)
    if not form.validate():
        return _sign_in_page(form, challenge), 422
    answer = challenge.answer(form.solution.data or "") if challenge else None
    try:
        with writing():
            attempt = begin_attempt(form.email.data, answer=answer)
    except TooManyAttempts as refusal:
        return _too_many_sign_ins(form, refusal, challenge if answer is None else None)
    user = db.session.scalar(User.with_email(form.email.data))
    with not_counted_when_busy(attempt):
        is_right = verify_password(form.password.data, user.password_hash if user else None)
    if not is_right or not user:
        return _wrong_password(form, attempt)
    rehash = _rehash(user, form.password.data)
    with writing():
        attempt.discard()
        rehash()
        cookies = None if user.is_suspended else start_session(user)
    if cookies is None:
        record(SecurityEvent.LOGIN_FAILED, "suspended")
        return _suspended_page(user)
    record(SecurityEvent.LOGIN_SUCCEEDED)
    return redirect_signed_in(
        cookies, next=_login_redirect(user, safe_redirect_path(form.next.data))
    )


@bp.post("/sign-out")
@open_to(everyone)
def sign_out() -> ResponseReturnValue:
    """Also of a session that is over: who presses the button is signed out afterwards."""
    with writing():
        delete_current_session()
    return redirect_signed_out()


def _wrong_password(form: SignInForm, attempt: Attempt) -> ResponseReturnValue:
    """The form again, with the challenge that the next attempt needs."""
    record(SecurityEvent.LOGIN_FAILED, "password")
    form.password.errors = [_("The email or password is wrong.")]
    challenge = make_challenge(form.email.data, attempt.price) if attempt.price else None
    return _sign_in_page(form, challenge), 422


def _rehash(user: User, password: str) -> Callable[[], None]:
    """Stores a new hash if the parameters have changed; called inside a write. At a busy moment the
    next sign-in makes one. A password changed since it was checked stays."""
    old, new = user.password_hash, None
    with suppress(QueueFull):
        new = hash_password(password) if needs_rehash(old) else None

    def store() -> None:
        if new and user.password_hash == old:
            user.password_hash = new

    return store


@bp.errorhandler(LockTimeout)
@bp.errorhandler(QueueFull)
def busy(error: Exception) -> ResponseReturnValue:
    """The form again, with all but the password."""
    if isinstance(error, TooManyUploads):  # there is no form
        return error_page_for(error)
    text = _("The site is busy. Please enter your password and try again in a moment.")
    if request.endpoint == "accounts.sign_in":
        form = SignInForm.from_post()
        challenge = read_challenge(form.challenge.data or "", form.email.data)
        page = _sign_in_page(form, challenge, text)
    elif request.endpoint == "accounts.sign_up":
        page = _sign_up_page(SignUpForm.from_post(), text)
    else:
        return error_page_for(error)
    return page, 503, {"Retry-After": "1"}


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


def _sign_in_page(
    form: SignInForm, challenge: Challenge | None = None, problem: str | None = None
) -> str:
    return render_template("accounts/sign_in.html", form=form, challenge=challenge, problem=problem)


def _too_many_sign_ins(
    form: SignInForm, refusal: TooManyAttempts, challenge: Challenge | None
) -> ResponseReturnValue:
    """`challenge`: one that the browser is still at."""
    if is_known_device(form.email.data):
        page = _sign_in_page(form, problem=retry_text(refusal))
        return page, 429, {"Retry-After": str(seconds_until(refusal))}
    if challenge is None or not challenge.is_worth(refusal.price):
        challenge = make_challenge(form.email.data, refusal.price)
    text = _(
        "Many wrong passwords were tried, for this account or from your network. You can still "
        "sign in."
    )
    return _sign_in_page(form, challenge, text), 429, {"Retry-After": str(challenge.seconds_left)}


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

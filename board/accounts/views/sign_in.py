"""Sign-up, sign-in and sign-out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts import models
from board.accounts.auth.challenge import Challenge
from board.accounts.auth.current_user import delete_current_session
from board.accounts.auth.login import (
    begin_attempt,
    begin_sign_up_attempt,
    is_known_device,
    make_challenge,
    minutes_until,
    not_counted_when_busy,
    read_challenge,
    redirect_signed_out,
    rehashing,
    retry_text,
    seconds_until,
    start_session,
)
from board.accounts.auth.passwords import verify_password
from board.accounts.auth.rate_limit import Attempt, TooManyAttempts
from board.accounts.email import queue as email_queue
from board.accounts.forms import SignInForm, SignUpForm
from board.accounts.models import Session, User
from board.accounts.sign_in.after_sign_in import finish_sign_in
from board.accounts.sign_in.passkeys import passkey_context, path_with_offer
from board.accounts.verification.begin import begin as begin_verification
from board.accounts.verification.models import Purpose
from board.db import db, writing
from board.db.write_lock import LockTimeout
from board.runtime.limiter import QueueFull
from board.web.access import everyone, open_to
from board.web.errors import error_page_for
from board.web.forms import safe_redirect_path
from board.web.request.observability.security_events import SecurityEvent, record

bp = Blueprint("accounts", __name__)


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
            attempt = begin_sign_up_attempt()
    except TooManyAttempts as refusal:
        return _too_many_sign_ups(form, refusal)
    with not_counted_when_busy(attempt):
        password_hash = form.hash_password()
    if password_hash is None:
        return _sign_up_page(form), 422
    if email_queue.is_configured():
        return _begin_verification(form, password_hash)
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
    return _no_store(sign_in_page(form))


@bp.post("/sign-in")
@open_to(everyone, cannot_wait=True)
def sign_in() -> ResponseReturnValue:
    form = SignInForm.from_post()
    challenge = read_challenge(form.challenge.data or "", form.email.data)
    if not form.validate():
        return sign_in_page(form, challenge), 422
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
    rehash = rehashing(user, form.password.data)
    with writing():
        attempt.discard()
        rehash()
        cookies = None if user.is_suspended else start_session(user)
    next = path_with_offer(user, form.can_add_passkey.data, safe_redirect_path(form.next.data))
    return finish_sign_in(user, cookies, next=next)


@bp.post("/sign-out")
@open_to(everyone, cannot_wait=True)
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
    return sign_in_page(form, challenge), 422


@bp.errorhandler(LockTimeout)
@bp.errorhandler(QueueFull)
def busy(error: Exception) -> ResponseReturnValue:
    """The form again, with all but the password."""
    text = _("The site is busy. Please enter your password and try again in a moment.")
    if request.endpoint == "accounts.sign_in":
        form = SignInForm.from_post()
        challenge = read_challenge(form.challenge.data or "", form.email.data)
        page = sign_in_page(form, challenge, text)
    elif request.endpoint == "accounts.sign_up":
        page = _sign_up_page(SignUpForm.from_post(), text)
    else:
        return error_page_for(error)
    return page, 503, {"Retry-After": "1"}


def _begin_verification(form: SignUpForm, password_hash: str) -> ResponseReturnValue:
    """The account is made once its address is verified. The answer tells nothing about address and
    name: whether they are taken is looked up after that."""
    try:
        return begin_verification(
            Purpose.SIGN_UP,
            form.email.data,
            name=form.name.data,
            password_hash=password_hash,
            next=safe_redirect_path(form.next.data),
        )
    except TooManyAttempts as refusal:
        page = _sign_up_page(form, retry_text(refusal))
        return page, 429, {"Retry-After": str(seconds_until(refusal))}


def sign_in_page(
    form: SignInForm, challenge: Challenge | None = None, problem: str | None = None, **more: str
) -> str:
    values = {"form": form, "challenge": challenge, "problem": problem}
    return render_template("accounts/sign_in.html", **values, **more, **passkey_context())


def _too_many_sign_ins(
    form: SignInForm, refusal: TooManyAttempts, challenge: Challenge | None
) -> ResponseReturnValue:
    """`challenge`: one that the browser is still at."""
    if is_known_device(form.email.data):
        page = sign_in_page(form, problem=retry_text(refusal))
        return page, 429, {"Retry-After": str(seconds_until(refusal))}
    if challenge is None or not challenge.is_worth(refusal.price):
        challenge = make_challenge(form.email.data, refusal.price)
    text = _(
        "Many wrong passwords were tried, for this account or from your network. You can still "
        "sign in."
    )
    return sign_in_page(form, challenge, text), 429, {"Retry-After": str(challenge.seconds_left)}


def _sign_up_page(form: SignUpForm, too_many: str | None = None) -> str:
    return render_template(
        "accounts/sign_up.html",
        form=form,
        too_many=too_many,
        session_days=Session.LIFE.days,
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

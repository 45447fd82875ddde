"""Signing up, in and out; the reader's own account."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.access import cookie_name, current_session, everyone, member, open_to, readers
from board.accounts import models
from board.accounts.attempts import Attempt, Device, TooManyAttempts
from board.accounts.forms import LettersForm, NameForm, PasswordForm, SignInForm, SignUpForm
from board.accounts.letters import Wish
from board.accounts.models import Session, User
from board.accounts.passwords import hash_password, is_password
from board.accounts.second_factor import SecondFactor
from board.db import db, now, writing
from board.forms import own_path
from board.hosts import is_https
from board.language import clock, language
from board.turns import TooBusy

bp = Blueprint("accounts", __name__)

# What a suspended person may still do, as other slices know it: a link's words and address.
ways_of_the_suspended: list[Callable[[User], tuple[str, str] | None]] = []


@bp.get("/sign-up")
@open_to(everyone)
def sign_up_form() -> ResponseReturnValue:
    form = SignUpForm.empty(data={"next": own_path(request.args.get("next"))})
    return _unkept(_sign_up_page(form))


@bp.post("/sign-up")
@open_to(everyone)
def sign_up() -> ResponseReturnValue:
    form = SignUpForm.posted()
    if not form.validate():
        return _sign_up_page(form), 422
    try:
        with writing():
            attempt = _begin_sign_up()
    except TooManyAttempts as refusal:
        return _too_many_sign_ups(form, refusal)
    with _unless_too_busy(attempt):
        password_hash = hash_password(form.password.data)
    with writing():
        taken = db.session.scalar(User.named(form.name.data))
        if taken:
            attempt.strike_out()
        # A known e-mail gets the same answer: whoever asks learns nothing about others.
        if not taken and not db.session.scalar(User.with_email(form.email.data)):
            models.sign_up(email=form.email.data, name=form.name.data, password_hash=password_hash)
    if taken:
        form.name.errors = [_("This name is taken, or looks like one that is.")]
        return _sign_up_page(form), 422
    next = own_path(form.next.data)
    return redirect(url_for(".sign_in_form", notice="signed_up", next=next), 303)


@bp.get("/sign-in")
@open_to(everyone)
def sign_in_form() -> ResponseReturnValue:
    form = SignInForm.empty(data={"next": own_path(request.args.get("next"))})
    return _unkept(render_template("accounts/sign_in.html", form=form, too_many=None))


@bp.post("/sign-in")
@open_to(everyone)
def sign_in() -> ResponseReturnValue:
    form = SignInForm.posted()
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form, too_many=None), 422
    try:
        with writing():
            attempt = _begin_attempt(form.email.data)
    except TooManyAttempts as refusal:
        return _too_many(form, refusal)
    user = db.session.scalar(User.with_email(form.email.data))
    with _unless_too_busy(attempt):
        right = is_password(form.password.data, user.password_hash if user else None)
    if not right or not user:
        form.password.errors = [_("The e-mail or the password is wrong.")]
        return render_template("accounts/sign_in.html", form=form, too_many=None), 422
    with writing():
        attempt.strike_out()
        tokens = None if user.is_suspended else start_session(user)
    if tokens is None:
        return _suspended(user)
    return signed_in(tokens, next=_way_of(user, own_path(form.next.data)))


@bp.post("/sign-out")
@open_to(readers)
def sign_out() -> ResponseReturnValue:
    with writing():
        if session := current_session():
            db.session.delete(session)
    response = redirect("/", 303)
    response.headers["Clear-Site-Data"] = '"storage"'
    response.delete_cookie(cookie_name("session"), secure=is_https())
    return response


@bp.get("/account")
@open_to(readers)
def account() -> ResponseReturnValue:
    return _account_page()


@bp.post("/account/name")
@open_to(readers)
def rename() -> ResponseReturnValue:
    form = NameForm.posted()
    if not form.validate():
        return _account_page(rename_form=form), 422
    with writing():
        namesake = db.session.scalar(User.named(form.name.data))
        if free := namesake in (None, member()):
            member().rename(form.name.data)
    if not free:
        form.name.errors = [_("This name is taken, or looks like one that is.")]
        return _account_page(rename_form=form), 422
    return redirect(url_for(".account", notice="renamed"), 303)


@bp.post("/account/password")
@open_to(readers)
def change_password() -> ResponseReturnValue:
    form = PasswordForm.posted()
    if not form.validate():
        return _account_page(password_form=form), 422
    try:
        with writing():
            attempt = _begin_attempt(member().email)
    except TooManyAttempts as refusal:
        form.current.errors = [retry_text(refusal)]
        return _account_page(password_form=form), 429
    with _unless_too_busy(attempt):
        right = is_password(form.current.data, member().password_hash)
        password_hash = hash_password(form.password.data) if right else ""
    if not right:
        form.current.errors = [_("This is not your current password.")]
        return _account_page(password_form=form), 422
    session = current_session()
    shown = bool(session and session.second_factor_at)
    with writing():
        attempt.strike_out()
        member().change_password(password_hash)
        Device.forget(member())
        tokens = start_session(member(), second_factor=shown)
    return signed_in(tokens, next=url_for(".account", notice="password_changed"))


@bp.post("/account/sessions/<id:id>/end")
@open_to(readers)
def end_session(id: int) -> ResponseReturnValue:
    with writing():
        session = db.session.get(Session, id)
        if session is None or session.user_id != member().id:
            abort(404)
        db.session.delete(session)
    return redirect(url_for(".account", notice="session_ended"), 303)


@bp.post("/account/sessions/end-others")
@open_to(readers)
def end_other_sessions() -> ResponseReturnValue:
    with writing():
        member().end_sessions(keep=current_session())
    return redirect(url_for(".account", notice="session_ended"), 303)


def _begin_attempt(email: str) -> Attempt:
    token = request.cookies.get(cookie_name("device"), "")
    return Attempt.begin(
        email=email,
        address=request.remote_addr or "",
        key=current_app.config["SECRET_KEY"],
        known_device=bool(token and db.session.scalar(Device.known(token, email=email))),
    )


def _begin_sign_up() -> Attempt:
    return Attempt.begin_sign_up(
        address=request.remote_addr or "",
        key=current_app.config["SECRET_KEY"],
        per_hour=current_app.config["SIGN_UPS_PER_HOUR"],
    )


@contextmanager
def _unless_too_busy(attempt: Attempt) -> Iterator[None]:
    """A password nobody had the time to look at was no wrong one."""
    try:
        yield
    except TooBusy:
        with writing():
            attempt.strike_out()
        raise


def start_session(user: User, *, second_factor: bool = False) -> dict[str, tuple[str, timedelta]]:
    """A session that replaces this browser's old one; the cookies to set, each with its life."""
    if old := current_session():
        db.session.delete(old)
        db.session.flush()
    models.forget_expired_sessions()
    user.language = language()
    device = device_name(request.headers.get("User-Agent", ""))
    session, token = models.sign_in(user, device=device, second_factor=second_factor)
    return {
        "session": (token, session.expires_at - now()),
        "device": (_remember_device(user), Device.LIFE),
    }


def _remember_device(user: User) -> str:
    return Device.remember(user, instead_of=request.cookies.get(cookie_name("device"), ""))


def _way_of(user: User, next: str) -> str:
    """To `next`; past the page for the code where one is asked for."""
    asked = current_app.config["STAFF_SECOND_FACTOR"] or SecondFactor.of(user)
    return url_for("second_factor.code_form", next=next) if user.is_staff and asked else next


def signed_in(cookies: dict[str, tuple[str, timedelta]], *, next: str) -> ResponseReturnValue:
    return with_cookies(redirect(next, 303), cookies)


def with_cookies(response: Any, cookies: dict[str, tuple[str, timedelta]]) -> Any:
    for kind, (value, life) in cookies.items():
        response.set_cookie(
            cookie_name(kind),
            value,
            max_age=int(life.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=is_https(),
        )
    return response


def _suspended(user: User) -> ResponseReturnValue:
    """Only said to whoever knows the password."""
    title = _("This account is suspended")
    until = clock(user.suspended_until or now())
    text = _("Until %(until)s. Reason: %(reason)s", until=until, reason=user.suspended_for)
    ways = [way for offer in ways_of_the_suspended if (way := offer(user))]
    page = render_template(
        "error.html", code=403, title=title, text=text, kept=None, retry_after=None, ways=ways
    )
    return page, 403


def _too_many(form: SignInForm, refusal: TooManyAttempts) -> ResponseReturnValue:
    text = retry_text(refusal)
    page = render_template("accounts/sign_in.html", form=form, too_many=text)
    return page, 429, {"Retry-After": str(_seconds_until(refusal))}


def _sign_up_page(form: SignUpForm, too_many: str | None = None) -> str:
    return render_template("accounts/sign_up.html", form=form, too_many=too_many)


def _too_many_sign_ups(form: SignUpForm, refusal: TooManyAttempts) -> ResponseReturnValue:
    text = _(
        "Many accounts have been made from your network within an hour. "
        "Please try again in %(minutes)d minutes.",
        minutes=_minutes_until(refusal),
    )
    return _sign_up_page(form, text), 429, {"Retry-After": str(_seconds_until(refusal))}


def retry_text(refusal: TooManyAttempts) -> str:
    minutes = _minutes_until(refusal)
    return _("Too many attempts. Please try again in %(minutes)d minutes.", minutes=minutes)


def _minutes_until(refusal: TooManyAttempts) -> int:
    return -(-_seconds_until(refusal) // 60)


def _seconds_until(refusal: TooManyAttempts) -> int:
    return max(1, round((refusal.retry_at - now()).total_seconds()))


def _account_page(**forms: Any) -> str:
    forms.setdefault("rename_form", NameForm.empty(data={"name": member().name}))
    forms.setdefault("password_form", PasswordForm.empty())
    forms.setdefault("letters_form", LettersForm.empty(data={"news": member().mail == Wish.ALL}))
    current = current_session()
    sessions = [
        {
            "id": session.id,
            "device": session.device,
            "started_at": session.started_at,
            "seen_on": session.seen_on,
            "current": session is current,
        }
        for session in member().sessions
        if session.is_alive
    ]
    return render_template("accounts/account.html", sessions=sessions, **forms)


def _unkept(page: str) -> ResponseReturnValue:
    return page, 200, {"Cache-Control": "private, no-store"}


_BROWSERS = (
    ("Edg", "Edge"), ("Whale", "Whale"), ("SamsungBrowser", "Samsung Internet"), ("OPR", "Opera"),
    ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(user_agent: str) -> str:
    """ "Chrome · Windows": enough to know one's own devices by, and all that is kept."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)

"""Steps of signing in: a counted attempt, a session, and the cookies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth import session_query, sessions
from board.accounts.auth.challenge import Challenge
from board.accounts.auth.current_user import (
    current_session,
    current_user,
    set_current_session,
)
from board.accounts.auth.devices import Device
from board.accounts.auth.passwords import hash_password, needs_rehash, verify_password
from board.accounts.auth.rate_limit import Answer, Attempt, TooManyAttempts
from board.accounts.models import User
from board.db import db, now, writing
from board.db.clock import today
from board.runtime.limiter import QueueFull
from board.web.access import cookie_name
from board.web.i18n import language
from board.web.request.observability.security_events import SecurityEvent, record
from board.web.request.origins import is_https

Cookies = dict[str, tuple[str, timedelta]]  # by kind: value and lifetime


def begin_attempt(email: str, *, answer: Answer | None = None) -> Attempt:
    is_known = is_known_device(email)
    return Attempt.begin(email=email, **_client(), known_device=is_known, answer=answer)


def is_known_device(email: str) -> bool:
    """Whether the owner of this account has signed in from this browser before."""
    token = request.cookies.get(cookie_name("device"), "")
    return bool(token and db.session.scalar(Device.known(token, email=email)))


def begin_guest_attempt(action: str, *, per_hour: int) -> Attempt:
    """Count an attempt of this client’s network; `per_hour` 0: no limit. Raises TooManyAttempts."""
    return Attempt.begin_by_guest(action, **_client(), per_hour=per_hour)


def begin_sign_up_attempt() -> Attempt:
    per_hour: int = current_app.config["SIGN_UPS_PER_HOUR"]
    return begin_guest_attempt("sign-up", per_hour=per_hour)


def make_challenge(email: str, price: float) -> Challenge:
    return Challenge.make(price, email=email, **_client())


def read_challenge(token: str, email: str) -> Challenge | None:
    """The challenge that came with a form, if it is for this account and this client."""
    return Challenge.read(token, email=email, **_client())


def _client() -> dict[str, str]:
    return {"address": request.remote_addr or "", "key": current_app.config["SECRET_KEY"]}


@contextmanager
def not_counted_when_busy(attempt: Attempt) -> Iterator[None]:
    """Discards the attempt if the password could not be checked for lack of capacity."""
    try:
        yield
    except QueueFull:
        with writing():
            attempt.discard()
        raise


def check_own_password(password: str) -> bool:
    """True for the current user's password. A wrong one counts as an attempt.

    Raises TooManyAttempts or QueueFull.
    """
    with writing():
        attempt = begin_attempt(current_user().email)
    with not_counted_when_busy(attempt):
        is_right = verify_password(password, current_user().password_hash)
    if is_right:
        with writing():
            attempt.discard()
    else:
        record(SecurityEvent.LOGIN_FAILED, "own_password", actor=current_user())
    return is_right


def retry_text(refusal: TooManyAttempts) -> str:
    minutes = minutes_until(refusal)
    return _("Too many attempts. Please try again in %(minutes)d minutes.", minutes=minutes)


def minutes_until(refusal: TooManyAttempts) -> int:
    return -(-seconds_until(refusal) // 60)


def seconds_until(refusal: TooManyAttempts) -> int:
    return max(1, round((refusal.retry_at - now()).total_seconds()))


def start_session(
    user: User, *, password_at: datetime | None = None, second_factor_at: datetime | None = None
) -> Cookies:
    """Start a session in place of this browser's old one. Returns cookies with their lifetimes.

    `password_at` and `second_factor_at` are when those were entered: the password, or a code by
    email in its place, now, and no second factor, unless it is said.
    """
    if old := current_session():
        db.session.delete(old)
        db.session.flush()
    session_query.delete_expired()
    user.language = language()
    device = device_name(request.headers.get("User-Agent", ""))
    session, token = sessions.sign_in(user, device=device, today=today())
    session.password_at = password_at or session.password_at
    session.second_factor_at = second_factor_at
    set_current_session(token)
    return {
        "session": (token, session.expires_at - now()),
        "device": (_remember_device(user), Device.LIFE),
    }


def _remember_device(user: User) -> str:
    return Device.remember(user, instead_of=request.cookies.get(cookie_name("device"), ""))


def redirect_signed_out(*, next: str = "/") -> ResponseReturnValue:
    """Redirect, and clear the browser's storage, so that nothing of this user stays in it."""
    response = redirect(next, 303)
    response.headers["Clear-Site-Data"] = '"storage"'
    response.delete_cookie(cookie_name("session"), secure=is_https())
    return response


def redirect_signed_in(cookies: Cookies, *, next: str) -> ResponseReturnValue:
    return with_cookies(redirect(next, 303), cookies)


def with_cookies(response: Any, cookies: Cookies) -> Any:
    for kind, (value, lifetime) in cookies.items():
        response.set_cookie(
            cookie_name(kind),
            value,
            max_age=int(lifetime.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=is_https(),
        )
    return response


_BROWSERS = (
    ("Edg", "Edge"), ("Whale", "Whale"), ("SamsungBrowser", "Samsung Internet"), ("OPR", "Opera"),
    ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(user_agent: str) -> str:
    """ "Chrome · Windows": enough to recognise one's own device, and all that is stored."""
    browser = next((name for token, name in _BROWSERS if token in user_agent), "")
    system = next((name for token, name in _SYSTEMS if token in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)


def rehashing(user: User, password: str) -> Callable[[], None]:
    """Stores a new hash if the parameters have changed; called inside a write. At a busy moment the
    next sign-in makes one. A password changed since it was checked stays."""
    old, new = user.password_hash, None
    with suppress(QueueFull):
        new = hash_password(password) if needs_rehash(old) else None

    def store() -> None:
        if new and user.password_hash == old:
            user.password_hash = new

    return store

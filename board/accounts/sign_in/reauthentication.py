"""Re-authentication: staff and members enter password and code again before the most sensitive
pages, or sign in again. Source: OWASP ASVS 5.0, 7.5.3.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField

from board.accounts.auth.current_user import current_session, current_user
from board.accounts.auth.login import check_own_password, retry_text, start_session, with_cookies
from board.accounts.auth.rate_limit import TooManyAttempts
from board.accounts.forms import CodeForm, SignInForm
from board.accounts.sign_in.methods import methods_of
from board.accounts.sign_in.passkeys import REFUSED, accept, passkey_context, read_signature
from board.accounts.two_factor.models import SecondFactor
from board.accounts.two_factor.session_check import (
    accept_code,
    has_second_factor,
    wrong_code_text,
)
from board.db import now, writing
from board.web.access import cookie_name
from board.web.forms import Form, safe_redirect_path
from board.web.request.observability.security_events import SecurityEvent, record
from board.web.request.origins import SAFE

VALID_FOR = timedelta(minutes=10)
PREFIX = "reauthentication-"  # of its fields, beside which the form of the page comes along
# Passwords of that form do not: they are typed again.
_NOT_REPEATED = ("password", "current")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class ReauthenticationForm(Form):
    password = SignInForm.password
    code = CodeForm.code
    credential = HiddenField()  # of a passkey, in place of both


def requires_reauthentication(view: View) -> View:
    """Asks for password and code, unless both were entered VALID_FOR ago, and then goes on with
    the request. Stands below @open_to of a view that accepts POST."""

    @wraps(view)
    def asking_first(**values: Any) -> ResponseReturnValue:
        if is_recent():
            return view(**values)
        if not any(name.startswith(PREFIX) for name in request.form):
            return _page(_own_fields(ReauthenticationForm.unbound(prefix=PREFIX)), 401)
        form = _own_fields(ReauthenticationForm.from_post(prefix=PREFIX))
        try:
            cookies = _prove_by_passkey(form) if form.credential.data else _prove(form)
        except TooManyAttempts as refusal:
            form.password.errors = [retry_text(refusal)]
            return _page(form, 429)
        return _go_on(make_response(view(**values)), cookies) if cookies else _page(form, 422)

    return asking_first  # type: ignore[return-value]


def is_recent() -> bool:
    """Whether this session has re-authenticated, or signed in, less than VALID_FOR ago."""
    session = current_session()
    if session is None:
        return False
    entered = [session.password_at]
    if has_second_factor(current_user()):
        entered.append(session.second_factor_at)
    return all(at is not None and timedelta() <= now() - at < VALID_FOR for at in entered)


def _own_fields(form: Any) -> Any:
    """The form without a code for somebody who has none."""
    if SecondFactor.for_user(current_user()) is None:
        del form.code
    return form


def _prove(form: Any) -> Any:
    """Cookies of a new session, as after every sign-in; or None, and errors in the form.

    Raises TooManyAttempts and QueueFull.
    """
    if not form.validate():
        return None
    if not check_own_password(form.password.data):
        form.password.errors = [_("This is not your password.")]
        return None
    if "code" not in form and has_second_factor(current_user()):
        form.password.errors = [_("Please use your passkey.")]
        return None
    with writing():
        if "code" not in form:
            return start_session(current_user(), second_factor_at=_second_factor_at())
        if accept_code(form.code.data):
            return start_session(current_user(), second_factor_at=now())
    form.code.errors = [wrong_code_text()]
    return None


def _prove_by_passkey(form: Any) -> Any:
    """The same by one of the user's own passkeys."""
    if assertion := read_signature(form.credential.data).assertion:
        with writing():
            user = accept(assertion)
            if user and user.id == current_user().id:
                return start_session(user, second_factor_at=now())
    record(SecurityEvent.LOGIN_FAILED, "passkey", actor=current_user())
    form.credential.errors = [REFUSED]
    return None


def _second_factor_at() -> Any:
    session = current_session()
    return session and session.second_factor_at


def _go_on(answer: Response, cookies: Any) -> Response:
    """The answer of the view, with the cookies of the new session unless it began another."""
    name = f"{cookie_name('session')}="
    begun = any(each.startswith(name) for each in answer.headers.getlist("Set-Cookie"))
    return answer if begun else with_cookies(answer, cookies)


def _page(form: Any, status: int) -> Response:
    own = (PREFIX, *_NOT_REPEATED)
    fields = [pair for pair in request.form.items(multi=True) if not pair[0].startswith(own)]
    templates = dict.fromkeys(method.reauthentication for method in methods_of(current_user()))
    page = render_template(
        "accounts/reauthentication.html",
        form=form,
        fields=fields,
        minutes=int(VALID_FOR.total_seconds()) // 60,
        ways=[template for template in templates if template],
        next=_way_back(),
        has_password=_can_use_password(form),
        **passkey_context(),
    )
    return Response(page, status, {"Cache-Control": "private, no-store"}, mimetype="text/html")


def _can_use_password(form: Any) -> bool:
    """Not those without one, nor staff whose second factor is a passkey."""
    has_factors = "code" in form or not has_second_factor(current_user())
    return bool(current_user().password_hash) and has_factors


def _way_back() -> str:
    """Where to go on after signing in again: this page, or the one whose form was sent."""
    url = urlsplit(request.url if request.method in SAFE else request.referrer or "")
    return safe_redirect_path(url._replace(scheme="", netloc="", fragment="").geturl())

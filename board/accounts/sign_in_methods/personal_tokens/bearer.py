"""Bearer tokens (RFC 6750): the holder of a personal token, for views that have a scope."""

from typing import Any

from flask import Flask, Response, abort, after_this_request, current_app, g, request
from flask_babel import lazy_gettext as _
from sqlalchemy import update

from board.accounts.models import User
from board.accounts.sign_in_methods.personal_tokens.models import PREFIX, PersonalToken, find_token
from board.accounts.sign_in_methods.personal_tokens.request_limit import take
from board.db import write_unless_locked
from board.db.clock import today
from board.runtime.shared_state import SharedState
from board.web import access
from board.web.request.origins import is_source_request
from board.web.response.cors import is_api_request
from board.web.response.problems import Problem, ProblemType, problem_types

PROBLEMS = {
    "token-missing": ProblemType(
        401,
        _("A token is missing"),
        _("Send a token of your account in the header Authorization."),
    ),
    "invalid-token": ProblemType(
        401,
        _("This token does not work"),
        _("It is mistyped, revoked or over, or its holder cannot use this site at the moment."),
    ),
    "insufficient-scope": ProblemType(
        403, _("This token may not do that"), _("Make a token that may, in your account.")
    ),
}


def init_app(app: Flask) -> None:
    problem_types.update(PROBLEMS)
    app.extensions["token_requests"] = SharedState()  # made before the workers are forked
    app.before_request(_authenticate)


def current_token() -> PersonalToken:
    """The token of this request. Only for views with a scope."""
    token: PersonalToken = g.personal_token
    return token


def _authenticate() -> None:
    """Never falls back to a cookie: a request with a bad token is refused. Browsers ask with
    OPTIONS before they send anything, and without a token."""
    if request.method == "OPTIONS" or is_source_request():
        return
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    is_given = scheme.lower() == "bearer" and (is_api_request() or token.startswith(PREFIX))
    view: Any = current_app.view_functions.get(request.endpoint or "")
    scope = getattr(view, "scope", None)
    if is_given:
        _accept(token.strip(), scope)
    elif scope:
        raise Problem("token-missing", headers={"WWW-Authenticate": "Bearer"})


def _accept(token: str, scope: str | None) -> None:
    found = find_token(token) if is_api_request() else None
    if found is None:
        raise Problem("invalid-token", headers=_challenge("invalid_token"))
    g.personal_token, holder = found
    if scope and scope not in g.personal_token.scopes:
        challenge = _challenge("insufficient_scope", scope=scope)
        raise Problem("insufficient-scope", headers=challenge)
    if g.personal_token.used_on != today():
        used = update(PersonalToken).where(PersonalToken.id == g.personal_token.id)
        write_unless_locked(used.values(used_on=today()), skipped="use of a token not noted")
    access.act_as(holder)
    _count(holder)


def _count(holder: User) -> None:
    """Every answer says what is left of the limit."""
    if (allowance := take(holder)) is None:
        return

    def tell(response: Response) -> Response:
        response.headers.update(allowance.headers)
        return response

    after_this_request(tell)
    if allowance.retry_after:
        abort(429)


def _challenge(error: str, **more: str) -> dict[str, str]:
    parts = {"error": error, **more}.items()
    return {"WWW-Authenticate": "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parts)}

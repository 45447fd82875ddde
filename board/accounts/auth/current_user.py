"""The current user: from the cookie to a session, and from the session to its user."""

from typing import cast

from flask import current_app, request
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from board.accounts.models import Session, User
from board.accounts.two_factor.models import SecondFactor
from board.db import db, writing
from board.db.write_lock import LockTimeout
from board.web import access
from board.web.access import Guest, anonymous_only, cookie_name
from board.web.i18n import today
from board.web.request.origins import is_source_request


def viewer() -> User | Guest:
    """The signed-in user, or the guest, as a plain object rather than a proxy."""
    return cast(User | Guest, access.viewer())


def current_user() -> User:
    """The signed-in user, on pages where there must be one."""
    user = viewer()
    assert isinstance(user, User)  # noqa: S101 - @open_to(readers) has seen to it
    return user


def load_user(_request: object) -> User | None:
    """The user of this request's cookie. None for a guest, and on pages that know no users."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "audience", None) is anonymous_only or is_source_request():
        return None
    token = _token()
    found = db.session.execute(*Session.with_user(token)).one_or_none() if token else None
    if found is None or found[0].is_suspended:
        return None
    user, session_id, seen_on = found
    if seen_on != today():
        _touch_session(session_id)
    return user


def current_session() -> Session | None:
    return db.session.scalar(Session.with_token(token)) if (token := _token()) else None


def _token() -> str:
    return request.cookies.get(cookie_name("session"), "")


def _touch_session(session_id: int) -> None:
    """Note the day. Once a day and never worth an error page, nor a reader's time."""
    this = Session.id == session_id
    try:
        with writing(timeout=0):
            db.session.execute(update(Session).where(this).values(seen_on=today()))
    except (LockTimeout, OperationalError) as error:
        current_app.logger.warning("session not touched: %s", error)


def passed_two_factor() -> bool:
    """In this session; or this board asks for none, and the person has none."""
    session = current_session()
    if session is None or session.second_factor_at:
        return session is not None
    asked = current_app.config["STAFF_SECOND_FACTOR"] or SecondFactor.for_user(session.user)
    return not asked

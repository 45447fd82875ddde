"""Current user: the session of the cookie, and the user of the session."""

from typing import cast

from flask import current_app, request
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from board.accounts.models import Session, User
from board.db import db, writing
from board.db.clock import today
from board.db.write_lock import LockTimeout
from board.web import access
from board.web.access import Guest, cookie_name, everyone_as_guest
from board.web.request.origins import is_source_request


def viewer() -> User | Guest:
    """The signed-in user, or the guest, as a plain object rather than a proxy."""
    return cast(User | Guest, access.viewer())


def current_user() -> User:
    """The signed-in user. Only for pages of members or staff."""
    user = viewer()
    assert isinstance(user, User)  # noqa: S101 - @open_to(members) ensures it
    return user


def load_user(_request: object) -> User | None:
    """User of this request's cookie. None for guests, and on pages that never look one up."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "audience", None) is everyone_as_guest or is_source_request():
        return None
    token = _token()
    row = db.session.execute(*Session.with_user(token)).one_or_none() if token else None
    if row is None or row[0].is_suspended:
        return None
    user, session_id, seen_on = row
    if seen_on != today():
        _touch_session(session_id)
    return user


def current_session() -> Session | None:
    return db.session.scalar(Session.with_token(token)) if (token := _token()) else None


def _token() -> str:
    return request.cookies.get(cookie_name("session"), "")


def _touch_session(session_id: int) -> None:
    """Record today as last seen. Skipped if the lock is taken: no reader waits or fails for it."""
    touched = update(Session).where(Session.id == session_id).values(seen_on=today())
    try:
        with writing(timeout=0):
            db.session.execute(touched)
    except (LockTimeout, OperationalError) as error:
        current_app.logger.warning("session not touched: %s", error)

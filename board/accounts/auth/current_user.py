"""Current user: the session of the cookie, and the user of the session."""

from datetime import date, datetime, timedelta
from typing import cast

from flask import current_app, g, request
from sqlalchemy import delete, update

from board.accounts.auth import session_query
from board.accounts.models import Session, User, token_hash
from board.db import db, now, write_unless_locked
from board.db.clock import today
from board.web import access
from board.web.access import Guest, cookie_name, everyone_as_guest
from board.web.request.origins import is_source_request

_TOUCH_AFTER = timedelta(minutes=1)  # between two writes of when staff were last seen
BACKGROUND = "Board-Background"  # header of requests that pages send by themselves


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
    row = db.session.execute(*session_query.with_user(token)).one_or_none() if token else None
    if row is None or row[0].is_suspended:
        return None
    user, session_id, seen_on, seen_at = row
    seen_on_and_at = today(), _next_seen_at(seen_at)
    if seen_on_and_at != (seen_on, seen_at):
        _touch_session(session_id, *seen_on_and_at)
    return user


def has_gone_idle() -> bool:
    """Whether this browser's session ended because its owner, of the staff, did nothing."""
    token = _token()
    return bool(token) and db.session.scalar(session_query.gone_idle(token)) is not None


def current_session() -> Session | None:
    return db.session.scalar(session_query.with_token(token)) if (token := _token()) else None


def delete_current_session() -> None:
    """Delete the session of this browser's cookie, also one that is over."""
    db.session.execute(delete(Session).where(Session.token_hash == token_hash(_token())))


def set_current_session(token: str) -> None:
    """For the rest of this request, which began a session in place of the one of its cookie."""
    g.session_token = token


def _token() -> str:
    token: str = g.get("session_token") or request.cookies.get(cookie_name("session"), "")
    return token


def _next_seen_at(seen_at: datetime | None) -> datetime | None:
    """When staff were last there, to the minute. What a page does by itself is no sign of that; a
    time in the future was written by a wrong clock."""
    if seen_at is None or BACKGROUND in request.headers:
        return seen_at
    return seen_at if timedelta() <= now() - seen_at < _TOUCH_AFTER else now()


def _touch_session(session_id: int, seen_on: date, seen_at: datetime | None) -> None:
    """Record that it was used."""
    touched = update(Session).where(Session.id == session_id)
    touched = touched.values(seen_on=seen_on, seen_at=seen_at)
    write_unless_locked(touched, skipped="session not touched")

"""Queries of sessions: which the token in a cookie opens, and for how long."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, or_, select

from board.accounts.models import Session, User, token_hash
from board.db import db, now

_HAS_TOKEN = (Session.token_hash == bindparam("token_hash"), Session.expires_at > bindparam("now"))
_IS_ALIVE = (
    *_HAS_TOKEN,
    Session.seen_on > bindparam("idle_since"),
    or_(Session.seen_at.is_(None), Session.seen_at > bindparam("staff_idle_since")),
    Session.started_at < bindparam("tomorrow"),
)
# Built once, because every request of a member runs it.
_WITH_USER = (
    select(User, Session.id, Session.seen_on, Session.seen_at).join(Session.user).where(*_IS_ALIVE)
)


def of_user(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Query of these columns of the user of a session; `parameters` has its values."""
    return select(*columns).select_from(Session).join(Session.user).where(*_IS_ALIVE)


def with_token(token: str) -> Select[Session]:
    """The session of this token, unless it has expired or was not used for too long."""
    return select(Session).where(*_IS_ALIVE).params(parameters(token))


def with_user(
    token: str,
) -> tuple[Select[User, int, date, datetime | None], dict[str, Any]]:
    """Query for user, session id, last-seen date and time of this token, and its parameters."""
    return _WITH_USER, parameters(token)


def gone_idle(token: str) -> Select[Session]:
    """The session of staff that this token opened until nobody used it for STAFF_IDLE."""
    is_idle = Session.seen_at <= bindparam("staff_idle_since")
    return select(Session).where(*_HAS_TOKEN, is_idle).params(parameters(token))


def delete_expired() -> None:
    db.session.execute(delete(Session).where(Session.expires_at < now()))


def is_alive(session: Session) -> bool:
    limits = parameters("")
    is_in_use = session.seen_at is None or session.seen_at > limits["staff_idle_since"]
    is_in_use = is_in_use and session.seen_on > limits["idle_since"]
    return is_in_use and session.expires_at > now() and session.started_at < limits["tomorrow"]


def parameters(token: str) -> dict[str, Any]:
    """Values of these queries for this token."""
    return {
        "token_hash": token_hash(token),
        "now": now(),
        "idle_since": (now() - Session.IDLE).date(),
        "staff_idle_since": now() - Session.STAFF_IDLE,
        # Latest valid start: a session from further in the future was made by a wrong clock.
        "tomorrow": now() + timedelta(days=1),
    }

"""Export of a user's personal data (개인정보 보호법 35조, 35조의2)."""

from collections.abc import Callable, Mapping
from typing import Any

from board.accounts.models import User
from board.db.read_connections import Rows, fetch_all

# By key in the file; each slice adds its own. Values are JSON types, dates and datetimes.
exporters: dict[str, Callable[[User], Any]] = {}


def as_dicts(statement: Rows) -> list[dict[str, Any]]:
    """Rows as dicts keyed by column name."""
    return [dict(row._mapping) for row in fetch_all(statement, {})]


def export_for(user: User) -> Mapping[str, Any]:
    return {name: export(user) for name, export in exporters.items()}


def export_account(user: User) -> Mapping[str, Any]:
    names = (
        "email", "email_verified_at", "name", "joined_at", "language", "mail", "suspended_until",
        "held_until", "profile", "label",
    )  # fmt: skip
    values = {name: getattr(user, name) for name in names}
    return values if user.has_email else {**values, "email": None}


def export_sessions(user: User) -> list[Mapping[str, Any]]:
    names = ("device", "started_at", "seen_on", "seen_at", "password_at", "expires_at")
    return [{name: getattr(session, name) for name in names} for session in user.sessions]

"""What is kept about a person, for them to take along (개인정보 보호법 35조, 35조의2)."""

from collections.abc import Callable, Mapping
from typing import Any

from board.accounts.models import User
from board.db.read_connections import Rows, fetch_all
from board.runtime.limiter import Limiter

# By what it is called in the file; slices add what they keep. Values are what JSON knows, dates and
# moments.
exporters: dict[str, Callable[[User], Any]] = {}
# Ten years of somebody's comments take a second.
limiter = Limiter("belongings", queue=2, wait=10)


def as_dicts(statement: Rows) -> list[dict[str, Any]]:
    """All that a part finds, as the file has it: by the names of the columns."""
    return [dict(row._mapping) for row in fetch_all(statement, {})]


def export_for(user: User) -> Mapping[str, Any]:
    return {name: export(user) for name, export in exporters.items()}


def export_account(user: User) -> Mapping[str, Any]:
    names = ("email", "name", "joined_at", "language", "mail", "suspended_until", "held_until")
    return {name: getattr(user, name) for name in names}


def export_sessions(user: User) -> list[Mapping[str, Any]]:
    names = ("device", "started_at", "seen_on", "expires_at")
    return [{name: getattr(each, name) for name in names} for each in user.sessions]

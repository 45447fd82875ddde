"""Notifications: the rulings about a user that the user reads. They have no table of their own."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from board.accounts import data_export
from board.accounts.models import User
from board.db.read_connections import Rows, fetch_all
from board.moderation.rulings.models import Ruling, Verdict
from board.moderation.users.sanctions import decisions_about

# The verdicts a user is notified of; KEEP only where the comment was held.
NOTIFIED = (
    Verdict.HIDE, Verdict.RESTORE, Verdict.KEEP, Verdict.WARN, Verdict.HOLD, Verdict.SUSPEND,
    Verdict.BAN, Verdict.LIFT, Verdict.UPHOLD, Verdict.REJECT, Verdict.REBUT, Verdict.DISCLOSE,
)  # fmt: skip


def notifications_for(user: User, *, before: int | None = None) -> Select[Ruling]:
    """One page + 1, newest first; without undone rulings and approvals of public comments."""
    return decisions_about(user, before=before).where(*_is_notified())


def unread_count(user: User) -> int:
    """How many notifications are newer than the last one the user saw."""
    ((count,),) = fetch_all(_unread(), {"user": user.id, "seen": user.notices_seen})
    return int(count)


@cache
def _unread() -> Rows:
    new = select(func.count()).select_from(Ruling)
    return new.where(
        Ruling.about_id == bindparam("user"), Ruling.id > bindparam("seen"), *_is_notified()
    )


def mark_read(user: User, *, up_to: int) -> None:
    user.notices_seen = max(user.notices_seen, up_to)


def _is_notified() -> tuple[ColumnElement[bool], ...]:
    was_held = Ruling.detail["was_held"].as_boolean()
    return (
        Ruling.verdict.in_(NOTIFIED),
        or_(Ruling.verdict != Verdict.KEEP.value, was_held),
        Ruling.not_undone(),
        Ruling.reason != "appeal",  # the ruling on the appeal says it
    )


def export_notifications(user: User) -> list[dict[str, Any]]:
    """All notifications, oldest first; without the moderator, whom no notification names."""
    names = ("verdict", "reason", "note", "until", "made_at", "comment_id")
    columns = (getattr(Ruling, name) for name in names)
    rulings = (
        select(*columns).where(Ruling.about_id == user.id, *_is_notified()).order_by(Ruling.id)
    )
    return data_export.as_dicts(rulings)

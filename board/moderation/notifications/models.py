"""What people are told of decisions about them."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from board.accounts import data_export
from board.accounts.models import User
from board.db.read_connections import Rows, fetch_all
from board.moderation.rulings.models import Ruling, Verdict
from board.moderation.users.sanctions import decisions_about

# What a person reads of decisions about them; KEEP only where their comment had waited.
NOTIFIED = (
    Verdict.HIDE, Verdict.RESTORE, Verdict.KEEP, Verdict.WARN, Verdict.HOLD, Verdict.SUSPEND,
    Verdict.BAN, Verdict.LIFT, Verdict.UPHOLD, Verdict.REJECT, Verdict.REBUT, Verdict.DISCLOSE,
)  # fmt: skip


def notifications_for(user: User, *, before: int | None = None) -> Select[Ruling]:
    """One page and one more, newest first: not what was taken back at once, nor that somebody
    looked at a comment and left it where it was."""
    return decisions_about(user, before=before).where(*_told())


def unread_count(user: User) -> int:
    """How many notices have come since the person last looked."""
    ((count,),) = fetch_all(_unread(), {"user": user.id, "seen": user.notices_seen})
    return int(count)


@cache
def _unread() -> Rows:
    new = select(func.count()).select_from(Ruling)
    return new.where(Ruling.about_id == bindparam("user"), Ruling.id > bindparam("seen"), *_told())


def mark_read(user: User, *, up_to: int) -> None:
    user.notices_seen = max(user.notices_seen, up_to)


def _told() -> tuple[ColumnElement[bool], ...]:
    waited = Ruling.detail["was_held"].as_boolean()
    return (
        Ruling.verdict.in_(NOTIFIED),
        or_(Ruling.verdict != Verdict.KEEP.value, waited),
        Ruling.not_undone(),
        Ruling.reason != "appeal",  # the word on the appeal says it
    )


def export_notices(user: User) -> list[dict[str, Any]]:
    """All of them, oldest first; not who decided, which no notice says."""
    names = ("verdict", "reason", "note", "until", "made_at", "comment_id")
    columns = (getattr(Ruling, name) for name in names)
    mine = select(*columns).where(Ruling.about_id == user.id, *_told()).order_by(Ruling.id)
    return data_export.as_dicts(mine)

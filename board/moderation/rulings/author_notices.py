"""Which rulings the user they are about reads."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from board.accounts import data_export
from board.accounts.models import User
from board.moderation.rulings.models import Ruling, Verdict

# KEEP only where the comment was held.
READ_BY_USER = (
    Verdict.HIDE, Verdict.RESTORE, Verdict.KEEP, Verdict.WARN, Verdict.HOLD, Verdict.SUSPEND,
    Verdict.BAN, Verdict.LIFT, Verdict.UPHOLD, Verdict.REJECT, Verdict.REBUT, Verdict.DISCLOSE,
)  # fmt: skip


def is_for_user() -> tuple[ColumnElement[bool], ...]:
    """Condition on Ruling: its user reads it; not one that was undone."""
    was_held = Ruling.detail["was_held"].as_boolean()
    return (
        Ruling.verdict.in_(READ_BY_USER),
        or_(Ruling.verdict != Verdict.KEEP.value, was_held),
        Ruling.not_undone(),
        Ruling.reason != "appeal",  # the ruling on the appeal says it
    )


def export_rulings(user: User) -> list[dict[str, Any]]:
    """All that the user could read, oldest first; without the moderator, whom no page names."""
    names = ("verdict", "reason", "note", "until", "made_at", "comment_id")
    columns = (getattr(Ruling, name) for name in names)
    rulings = select(*columns).where(Ruling.about_id == user.id, *is_for_user())
    return data_export.as_dicts(rulings.order_by(Ruling.id))

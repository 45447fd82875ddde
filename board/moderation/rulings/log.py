"""The log as a whole: read at the desk, written to a file, checked."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from board.accounts.display_names import name_key
from board.accounts.models import User
from board.moderation.rulings.models import Ruling


def oldest_first(*, after: int = 0) -> Select[Ruling]:
    """All rulings as they were written, a thousand at a time in memory."""
    log = select(Ruling).where(Ruling.id > after).order_by(Ruling.id)
    return log.execution_options(yield_per=1000)


def newest(
    *, verdict: str = "", by: str = "", comment: int | None = None, before: int | None = None
) -> Select[Ruling]:
    """One page and one more of everything decided, newest first; of one kind, by one person, or
    about one comment."""
    page = select(Ruling).options(
        joinedload(Ruling.comment),
        joinedload(Ruling.article),
        joinedload(Ruling.moderator),
        joinedload(Ruling.about),
    )
    if verdict:
        page = page.where(Ruling.verdict == verdict)
    if by:
        person = select(User.id).where(User.name_key == name_key(by)).scalar_subquery()
        page = page.where(Ruling.moderator_id == person)
    if comment:
        page = page.where(Ruling.comment_id == comment)
    if before:
        page = page.where(Ruling.id < before)
    return page.order_by(Ruling.id.desc()).limit(Ruling.PAGE_SIZE + 1)


def as_dict(ruling: Ruling) -> dict[str, Any]:
    """Everything it says, as JSON knows it."""
    named = {name: getattr(ruling, name) for name in Ruling.HASHED}
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in named.items()
    }
    return {"id": ruling.id, **plain, "hash": ruling.hash.hex()}

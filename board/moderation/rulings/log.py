"""Queries of the whole log, for the desk, the export and the check."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from board.accounts.display_names import name_key
from board.accounts.models import User
from board.db.clock import start_of_day
from board.moderation.rulings.models import Ruling


def oldest_first(*, after: int = 0) -> Select[Ruling]:
    """All rulings after the id `after`, oldest first, fetched 1000 at a time."""
    rulings = select(Ruling).where(Ruling.id > after).order_by(Ruling.id)
    return rulings.execution_options(yield_per=1000)


def newest(
    *,
    comment: int | None = None,
    act: int | None = None,
    before: int | None = None,
    **filters: Any,
) -> Select[Ruling]:
    """One page + 1 of the log, newest first; of one comment, of one act with its parts, and with
    the filters of matches(). Parts are left out where nobody asks for them or for one verdict."""
    page = select(Ruling).options(
        joinedload(Ruling.comment),
        joinedload(Ruling.article),
        joinedload(Ruling.moderator),
        joinedload(Ruling.about),
        joinedload(Ruling.undoes),
    )
    page = page.where(*matches(**filters))
    if act:
        page = page.where(*_of_act(act))
    elif comment:
        page = page.where(Ruling.comment_id == comment)
    elif not filters.get("verdict"):
        page = page.where(~Ruling.is_part())
    if before:
        page = page.where(Ruling.id < before)
    return page.order_by(Ruling.id.desc()).limit(Ruling.PAGE_SIZE + 1)


def _of_act(act: int) -> tuple[ColumnElement[bool], ...]:
    """The act, its parts, and their undos; all are about the same user, which the index has."""
    about = select(Ruling.about_id).where(Ruling.id == act).scalar_subquery()
    is_part = Ruling.detail["act"].as_integer() == act
    is_in_it = or_(Ruling.id == act, Ruling.undoes_id == act, is_part)
    return (Ruling.about_id == about, Ruling.id >= act, is_in_it)


def matches(
    *, verdict: str = "", by: str = "", since: date | None = None, until: date | None = None
) -> list[ColumnElement[bool]]:
    """Conditions: the verdict, the moderator's name, and the newsroom's days, both included."""
    conditions: list[ColumnElement[bool]] = []
    if verdict:
        conditions.append(Ruling.verdict == verdict)
    if by:
        moderator = select(User.id).where(User.name_key == name_key(by)).scalar_subquery()
        conditions.append(Ruling.moderator_id == moderator)
    if since:
        conditions.append(Ruling.made_at >= start_of_day(since))
    if until:
        conditions.append(Ruling.made_at < start_of_day(until + timedelta(days=1)))
    return conditions


def as_dict(ruling: Ruling) -> dict[str, Any]:
    """The hashed columns, id and hash as JSON values; times in ISO 8601."""
    fields = {name: getattr(ruling, name) for name in Ruling.HASHED}
    values = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
    }
    return {"id": ruling.id, **values, "hash": ruling.hash.hex()}

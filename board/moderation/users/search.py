"""Search for members: by any part of their name, or by their email address."""

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from board.accounts.display_names import name_key, name_pattern
from board.accounts.models import User
from board.db import db, now
from board.moderation.rulings.models import Verdict, append_ruling

PAGE_SIZE = 30
_DELETED = "#*"  # keys of deleted accounts


def with_name_part(text: str) -> Select[User]:
    """One page + 1 of members with this in their name, also as initial consonants; names that begin
    with it first, then by name. Reads the names once, from their index alone."""
    pattern, key = name_pattern(text), name_key(text)
    if not pattern:
        return select(User).where(false())
    begins = _glob(pattern[1:])
    # instr takes a third of the time, and is enough without initial consonants.
    has_part = func.instr(User.name_key, key) > 0 if pattern == f"*{key}*" else _glob(pattern)
    order = begins.desc(), User.name_key
    ids = select(User.id).where(has_part, ~_glob(_DELETED)).order_by(*order).limit(PAGE_SIZE + 1)
    return select(User).where(User.id.in_(ids)).order_by(*order)


def _glob(pattern: str) -> ColumnElement[bool]:
    return User.name_key.op("GLOB", is_comparison=True)(pattern)


def matches(text: str, limit: int) -> list[User]:
    """The one member with exactly this name; else up to `limit` with it in their name."""
    exact = db.session.scalar(User.named(text)) if name_key(text) else None
    return [exact] if exact else list(db.session.scalars(with_name_part(text).limit(limit)))


def restricted() -> Select[User]:
    """One page of members who are suspended or pre-moderated now, by name."""
    users = select(User).where(or_(User.suspended_until > now(), User.held_until > now()))
    return users.order_by(User.name_key).limit(PAGE_SIZE)


def look_up(email: str, *, by: User) -> User | None:
    """The member with this normalised address. The log keeps who looked up whom, and also that
    nobody was found; never the address."""
    user: User | None = db.session.scalar(User.with_email(email))
    append_ruling(Verdict.LOOK_UP, by=by, reason="", about=user, found=user is not None)
    return user

"""What the desk does about a person: warn, hold, suspend, ban, lift; and what it notes."""

from datetime import UTC, datetime
from typing import Self

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.display_names import name_key
from board.accounts.models import User
from board.comments.models import Comment
from board.comments.writing.create import PendingPost
from board.comments.writing.errors import Refused
from board.db import Base, db, now
from board.moderation.rulings.models import Ruling, Verdict, append_ruling

# The end of what has none; the last day a clock here can tell.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
PAGE_SIZE = 30


class NotSanctionable(Exception):
    """Nobody at the desk acts on staff or on themselves; only an operator does."""


class WarningNotConfirmed(Refused):
    """There is a warning that the author has not said they have read."""


class PendingWarning(Base):
    """A warning, until the person says that they have read it."""

    __tablename__ = "caution"
    __table_args__ = (Index(None, "user_id"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey(Ruling.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    acknowledged_at: Mapped[datetime | None]

    ruling: Mapped[Ruling] = relationship()

    @classmethod
    def open_for(cls, user_id: int) -> Select[Self]:
        """Warnings not acknowledged, oldest first."""
        unread = select(cls).where(cls.user_id == user_id, cls.acknowledged_at.is_(None))
        return unread.options(joinedload(cls.ruling)).order_by(cls.ruling_id)


class StaffNote(Base):
    """What colleagues should know about a person. Never edited, never shown outside the desk."""

    __tablename__ = "person_note"
    TEXT_MAX = 500
    __table_args__ = (Index(None, "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    made_at: Mapped[datetime] = mapped_column(default=now)

    author: Mapped[User] = relationship(foreign_keys=author_id)

    @classmethod
    def about(cls, user: User) -> Select[Self]:
        """The newest first."""
        notes = select(cls).where(cls.user_id == user.id).options(joinedload(cls.author))
        return notes.order_by(cls.id.desc()).limit(PAGE_SIZE)


def warn(user: User, *, by: User, reason: str, note: str = "") -> Ruling:
    """The person must say that they have read it before they post again."""
    _refuse_out_of_reach(user, by)
    ruling = append_ruling(Verdict.WARN, by=by, about=user, reason=reason, note=note)
    db.session.add(PendingWarning(ruling_id=ruling.id, user_id=user.id))
    return ruling


def hold(user: User, *, by: User, until: datetime, reason: str, note: str = "") -> Ruling:
    """Everything new by this person waits for a moderator until then."""
    _refuse_out_of_reach(user, by)
    user.held_until = until
    return append_ruling(Verdict.HOLD, by=by, about=user, reason=reason, note=note, until=until)


def suspend(
    user: User, *, by: User, until: datetime, reason: str, note: str = "", told: str = ""
) -> Ruling:
    """Out until then, everywhere, with the next request. `told` is what sign-in says."""
    _refuse_out_of_reach(user, by)
    user.suspend(until=until, reason=told or note)
    verdict = Verdict.BAN if until >= FOREVER else Verdict.SUSPEND
    return append_ruling(verdict, by=by, about=user, reason=reason, note=note, until=until)


def ban(user: User, *, by: User, reason: str, note: str = "", told: str = "") -> Ruling:
    return suspend(user, by=by, until=FOREVER, reason=reason, note=note, told=told)


def lift_sanctions(
    user: User, *, by: User, reason: str = "review", note: str = ""
) -> Ruling | None:
    """Whatever holds this person back ends now. None when nothing did."""
    _refuse_out_of_reach(user, by)
    if not (user.is_suspended or user.is_held):
        return None
    user.unsuspend()
    user.held_until = None
    return append_ruling(Verdict.LIFT, by=by, about=user, reason=reason, note=note)


def add_note(user: User, *, by: User, text: str) -> None:
    db.session.add(StaffNote(user_id=user.id, author_id=by.id, text=text))


def delete_for_user(user: User) -> None:
    """What colleagues should know about a person who is gone is nothing."""
    db.session.execute(delete(StaffNote).where(StaffNote.user_id == user.id))


def is_not_sanctionable(user: User, by: User) -> bool:
    return user.is_staff or user.id == by.id


def _refuse_out_of_reach(user: User, by: User) -> None:
    if is_not_sanctionable(user, by):
        raise NotSanctionable


def search_users(words: str) -> Select[User]:
    """People whose name begins like this, by name; without words, whoever is held back now."""
    people = select(User).order_by(User.name_key).limit(PAGE_SIZE)
    if words:
        key = name_key(words)  # of signs alone it is empty, and nobody's name begins like that
        return people.where(User.name_key.startswith(key, autoescape=True), literal(bool(key)))
    return people.where(or_(User.suspended_until > now(), User.held_until > now()))


def decisions_about(user: User, *, before: int | None = None) -> Select[Ruling]:
    """One page and one more of the decisions about a person, newest first."""
    rulings = select(Ruling).where(Ruling.about_id == user.id)
    rulings = rulings.options(joinedload(Ruling.moderator), joinedload(Ruling.comment))
    if before:
        rulings = rulings.where(Ruling.id < before)
    return rulings.order_by(Ruling.id.desc()).limit(PAGE_SIZE + 1)


def acknowledge(user: User) -> None:
    for caution in db.session.scalars(PendingWarning.open_for(user.id)):
        caution.acknowledged_at = now()


def comment_counts(user: User) -> dict[str, int]:
    """How many of a person's comments can be read, were hidden, and were deleted."""
    state = select(
        func.count().filter(Comment.is_visible).label("visible"),
        func.count().filter(Comment.hidden_for.is_not(None)).label("hidden"),
        func.count().filter(Comment.deleted_at.is_not(None)).label("deleted"),
    )
    row = db.session.execute(state.where(Comment.author_id == user.id)).one()
    return dict(row._mapping)


# A warning the author has not confirmed: asked with the limits of every post.
OPEN_WARNING = (
    select(PendingWarning.ruling_id)
    .where(PendingWarning.user_id == bindparam("author"), PendingWarning.acknowledged_at.is_(None))
    .limit(1)
)


def check(draft: PendingPost) -> str | None:
    if draft.extra.caution:
        raise WarningNotConfirmed
    return "account" if draft.author.is_held else None

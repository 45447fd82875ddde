"""Sanctions against a user: warn, hold, suspend, ban, lift."""

from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.comments.models import Comment
from board.comments.writing.create import PendingPost
from board.comments.writing.errors import Refused
from board.db import Base, db, now
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.moderation.rulings.undo import part_of

# The end of a ban: the last day a datetime can hold.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
PAGE_SIZE = 30


class NotSanctionable(Exception):
    """Moderators cannot sanction staff or themselves; only an administrator can."""


class WarningNotConfirmed(Refused):
    """The author has not acknowledged a warning."""


class PendingWarning(Base):
    """A warning that the user must acknowledge before posting again."""

    __tablename__ = "caution"
    __table_args__ = (Index(None, "user_id"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey(Ruling.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    acknowledged_at: Mapped[datetime | None]

    ruling: Mapped[Ruling] = relationship()

    @classmethod
    def open_for(cls, user_id: int) -> Select[Self]:
        """Unacknowledged warnings, oldest first."""
        unread = select(cls).where(cls.user_id == user_id, cls.acknowledged_at.is_(None))
        return unread.options(joinedload(cls.ruling)).order_by(cls.ruling_id)


def warn(user: User, *, by: User, reason: str, note: str = "", **detail: Any) -> Ruling:
    """The user must acknowledge the warning before posting again. Raises NotSanctionable.

    `detail` of a sanction: `comment`, the id of the comment it is for.
    """
    check_sanctionable(user, by)
    ruling = append_ruling(Verdict.WARN, by=by, about=user, reason=reason, note=note, **detail)
    db.session.add(PendingWarning(ruling_id=ruling.id, user_id=user.id))
    return ruling


def hold(
    user: User, *, by: User, until: datetime, reason: str, note: str = "", **detail: Any
) -> Ruling:
    """Hold every new comment of the user until then. Raises NotSanctionable."""
    check_sanctionable(user, by)
    user.held_until = until
    return append_ruling(
        Verdict.HOLD, by=by, about=user, reason=reason, note=note, until=until, **detail
    )


def suspend(user: User, *, by: User, until: datetime, sign_in_text: str = "", **why: Any) -> Ruling:
    """Suspend until then, from the next request on, on every device. Raises NotSanctionable.

    `sign_in_text` is what sign-in shows; `why`: reason, note and detail of the ruling.
    """
    check_sanctionable(user, by)
    before: dict[str, Any] = {}
    if user.suspended_until:
        before["suspended_until"] = user.suspended_until.isoformat()
        before["suspended_for"] = user.suspended_for
    user.suspend(until=until, reason=sign_in_text or why.get("note", ""))
    verdict = Verdict.BAN if until >= FOREVER else Verdict.SUSPEND
    return append_ruling(verdict, by=by, about=user, until=until, **why, **before)


def ban(user: User, *, by: User, **why: Any) -> Ruling:
    return suspend(user, by=by, until=FOREVER, **why)


def take_back_suspension(ruling: Ruling, *, by: User) -> Ruling | None:
    """The user is as before this suspension. None if another decision about it followed."""
    user = ruling.about
    if user is None or db.session.scalar(_latest_suspension(user)) is not ruling:
        return None
    user.unsuspend()
    if "suspended_until" in ruling.detail:
        user.suspended_until = datetime.fromisoformat(ruling.detail["suspended_until"])
        user.suspended_for = ruling.detail["suspended_for"]
    return append_ruling(
        Verdict.UNDO, by=by, about=user, reason="undone", undoes=ruling, **part_of(ruling)
    )


def _latest_suspension(user: User) -> Select[Ruling]:
    """The newest decision that set or lifted a suspension."""
    verdicts = (Verdict.SUSPEND, Verdict.BAN, Verdict.LIFT)
    rulings = select(Ruling).where(Ruling.about_id == user.id, Ruling.verdict.in_(verdicts))
    return rulings.order_by(Ruling.id.desc()).limit(1)


def lift_sanctions(
    user: User, *, by: User, reason: str = "review", note: str = ""
) -> Ruling | None:
    """End hold and suspension. Returns None if there was neither. Raises NotSanctionable."""
    check_sanctionable(user, by)
    if not (user.is_suspended or user.is_held):
        return None
    user.unsuspend()
    user.held_until = None
    return append_ruling(Verdict.LIFT, by=by, about=user, reason=reason, note=note)


def is_not_sanctionable(user: User, by: User) -> bool:
    return user.is_staff or user.id == by.id


def check_sanctionable(user: User, by: User) -> None:
    if is_not_sanctionable(user, by):
        raise NotSanctionable


def decisions_about(user: User, *, before: int | None = None) -> Select[Ruling]:
    """One page + 1 of the decisions about a user, newest first."""
    rulings = select(Ruling).where(Ruling.about_id == user.id)
    rulings = rulings.options(
        joinedload(Ruling.moderator), joinedload(Ruling.comment), joinedload(Ruling.article)
    )
    if before:
        rulings = rulings.where(Ruling.id < before)
    return rulings.order_by(Ruling.id.desc()).limit(PAGE_SIZE + 1)


def acknowledge(user: User) -> None:
    for warning in db.session.scalars(PendingWarning.open_for(user.id)):
        warning.acknowledged_at = now()


def comment_counts(user: User) -> dict[str, int]:
    """How many comments of a user are visible, held, hidden and deleted."""
    is_kept = Comment.deleted_at.is_(None)
    counts = select(
        func.count().filter(Comment.is_visible).label("visible"),
        func.count().filter(is_kept, Comment.held_for.is_not(None)).label("held"),
        func.count().filter(is_kept, Comment.hidden_for.is_not(None)).label("hidden"),
        func.count().filter(Comment.deleted_at.is_not(None)).label("deleted"),
    )
    row = db.session.execute(counts.where(Comment.author_id == user.id)).one()
    return dict(row._mapping)


# An unacknowledged warning of the author; selected together with the limits of every post.
OPEN_WARNING = (
    select(PendingWarning.ruling_id)
    .where(PendingWarning.user_id == bindparam("author"), PendingWarning.acknowledged_at.is_(None))
    .limit(1)
)


def check_post(draft: PendingPost) -> str | None:
    """The reason to hold the post, or None. Raises WarningNotConfirmed."""
    if draft.extra.pending_warning:
        raise WarningNotConfirmed
    return "account" if draft.author.is_held else None

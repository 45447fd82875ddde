"""Clearings: a user is restricted and what they wrote in a period is hidden, in one act.

The restriction is set at once. Comments are hidden in portions, each in a write of its own, so that
nobody waits long; what the request leaves undone, or a process that was killed, the job goes on
with. Undo takes back the restriction at once and the comments in portions, likewise.
"""

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, ForeignKey, Select, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.models import User
from board.comments.models import Comment
from board.db import Base, db, now
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.moderation.rulings.undo import UNDO_FOR, TooLate
from board.moderation.users import sanctions

# Which comments: those of the last day or week, or all.
PERIODS: dict[str, timedelta | None] = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "all": None,
}


class DecidedSince(Exception):
    """Another decision about the account followed the one its moderator had seen."""

    def __init__(self, ruling: Ruling | None) -> None:
        self.ruling = ruling


class Stage(enum.StrEnum):
    HIDING = "hiding"
    HIDDEN = "hidden"
    RESTORING = "restoring"
    RESTORED = "restored"


_ABOUT_ACCOUNTS = (
    Verdict.WARN, Verdict.HOLD, Verdict.SUSPEND, Verdict.BAN, Verdict.LIFT, Verdict.CLEAR,
    Verdict.UNDO,
)  # fmt: skip
_RUNNING = (Stage.HIDING, Stage.RESTORING)


class Clearing(Base):
    """One act. Its ruling is CLEAR; the rulings of its parts have `act`, the id of that one."""

    __tablename__ = "clearing"
    # At most one after each decision about the account: pressing twice begins one.
    __table_args__ = (UniqueConstraint("user_id", "after_id"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey(Ruling.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    after_id: Mapped[int]  # the newest decision about the account before it; 0 without one
    # None if the user was restricted for longer already.
    sanction_id: Mapped[int | None] = mapped_column(ForeignKey(Ruling.id))
    since: Mapped[datetime | None]  # None: all comments
    last_comment_id: Mapped[int]
    total: Mapped[int]  # comments to hide
    hidden_before: Mapped[int]  # comments of the period that were hidden already
    hidden: Mapped[int] = mapped_column(default=0)
    restored: Mapped[int] = mapped_column(default=0)
    sanction_stays: Mapped[bool] = mapped_column(default=False)  # it was changed before the undo
    stage: Mapped[str] = mapped_column(String(10), default=Stage.HIDING.value)
    stage_since: Mapped[datetime] = mapped_column(default=now)
    # The last comment that was looked at; of an undo, the last ruling.
    position: Mapped[int] = mapped_column(default=0)

    ruling: Mapped[Ruling] = relationship(foreign_keys=ruling_id)
    sanction: Mapped[Ruling | None] = relationship(foreign_keys=sanction_id, lazy="joined")

    @classmethod
    def recent(cls, moderator: User) -> Select[Self]:
        """The last act of a moderator, while it goes on and for UNDO_FOR after."""
        is_recent = cls.stage.in_(_RUNNING) | (cls.stage_since > now() - UNDO_FOR)
        own = select(cls).join(cls.ruling).where(Ruling.moderator_id == moderator.id, is_recent)
        return own.order_by(cls.ruling_id.desc()).limit(1)

    @classmethod
    def running(cls) -> Select[Self]:
        """The oldest act that goes on."""
        return select(cls).where(cls.stage.in_(_RUNNING)).order_by(cls.ruling_id).limit(1)

    @property
    def is_running(self) -> bool:
        return self.stage in _RUNNING

    @property
    def undoable_until(self) -> datetime:
        """While it hides, the time to undo it does not begin to run."""
        if self.stage in (Stage.RESTORING, Stage.RESTORED):
            return self.stage_since
        return (now() if self.is_running else self.stage_since) + UNDO_FOR

    @property
    def seconds_left(self) -> int:
        """Whole seconds for which it can be undone."""
        return max(0, int((self.undoable_until - now()).total_seconds()))

    def enter(self, stage: Stage) -> None:
        self.stage, self.stage_since = stage.value, now()


def clear(
    user: User, *, by: User, until: datetime, after: int, sign_in_text: str = "", **why: Any
) -> Clearing:
    """Restrict the user until then, and begin to hide; clearing_portions.py goes on with it.

    `after` is the id of the decision about the account that the moderator saw last, 0 for none;
    `why` has reason and note, `period` and `restriction` as chosen, and perhaps `about_comment`.
    The same act a second time returns the first. Raises NotSanctionable and DecidedSince.
    """
    sanctions.check_sanctionable(user, by)
    if first := _same_act(user, by=by, after=after, why=why):
        return first
    last = db.session.scalar(latest_account_ruling(user))
    if (last.id if last else 0) != after:
        raise DecidedSince(last)
    ruling = append_ruling(Verdict.CLEAR, by=by, about=user, **why)
    clearing = _new(user, ruling, after)
    if not (user.suspended_until and user.suspended_until >= until):
        clearing.sanction = sanctions.suspend(
            user, by=by, until=until, sign_in_text=sign_in_text, reason=ruling.reason,
            note=ruling.note, act=ruling.id,
        )  # fmt: skip
    db.session.add(clearing)
    return clearing


def undo(clearing: Clearing, *, by: User) -> None:
    """Take back the restriction, and begin to restore; a second time changes nothing.

    What was decided since, about a comment or the restriction, stays. Raises TooLate.
    """
    if clearing.ruling.moderator_id != by.id:
        raise TooLate
    if clearing.stage in (Stage.RESTORING, Stage.RESTORED):
        return
    if clearing.undoable_until <= now():
        raise TooLate
    ruling = clearing.ruling
    append_ruling(Verdict.UNDO, by=by, about=ruling.about, reason="undone", undoes=ruling)
    if clearing.sanction:
        clearing.sanction_stays = not sanctions.take_back_suspension(clearing.sanction, by=by)
    clearing.position = ruling.id
    clearing.enter(Stage.RESTORING)


def latest_account_ruling(user: User) -> Select[Ruling]:
    """The newest decision about the account, not about a comment."""
    rulings = select(Ruling).where(Ruling.about_id == user.id, Ruling.comment_id.is_(None))
    rulings = rulings.where(Ruling.verdict.in_(_ABOUT_ACCOUNTS))
    return rulings.order_by(Ruling.id.desc()).limit(1)


def _same_act(user: User, *, by: User, after: int, why: Mapping[str, Any]) -> Clearing | None:
    """The act that this moderator began from the same page with the same choices, if in force."""
    begun = select(Clearing).where(Clearing.user_id == user.id, Clearing.after_id == after)
    first = db.session.scalar(begun.where(Clearing.stage.in_((Stage.HIDING, Stage.HIDDEN))))
    if first is None or first.ruling.moderator_id != by.id:
        return None
    ruling = first.ruling
    return first if {"reason": ruling.reason, "note": ruling.note, **ruling.detail} == why else None


def _new(user: User, ruling: Ruling, after: int) -> Clearing:
    period = PERIODS[ruling.detail["period"]]
    since = now() - period if period else None
    is_hidden = Comment.hidden_for.is_not(None)
    counts = select(
        func.max(Comment.id), func.count().filter(is_hidden), func.count().filter(~is_hidden)
    )
    last, hidden, total = db.session.execute(counts.where(*written_by(user.id, since=since))).one()
    return Clearing(
        ruling_id=ruling.id, user_id=user.id, after_id=after, since=since, total=total,
        last_comment_id=last or 0, hidden_before=hidden,
    )  # fmt: skip


def written_by(user_id: int, *, since: datetime | None) -> tuple[ColumnElement[bool], ...]:
    """Conditions: comments of the user that are not deleted, of the time since then."""
    own = (Comment.author_id == user_id, Comment.deleted_at.is_(None))
    return (*own, Comment.posted_at > since) if since else own

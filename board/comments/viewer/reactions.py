"""Reactions: like (공감) or dislike (비공감), one per reader and comment, and their limits."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    bindparam,
    delete,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts import data_export
from board.accounts.models import User
from board.articles.thread_controls.state import thread_state
from board.comments.models import Comment
from board.comments.writing.errors import AuthorSuspended, Refused
from board.db import Base, db, now
from board.db.read_connections import fetch_all

_DAY = timedelta(days=1)


class ReactionKind(enum.StrEnum):
    LIKE = "like"
    DISLIKE = "dislike"


class Reaction(Base):
    """One reader's reaction to one comment. The comment's counts change in the same write."""

    __tablename__ = "reaction"
    __table_args__ = (
        CheckConstraint("choice IN ('like', 'dislike')", name="choice"),
        Index(None, "user_id"),
        Index(None, "made_at"),
    )

    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    choice: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(default=now)


_reaction = Reaction.__table__.c
_REACTIONS_OF = (
    select(_reaction.comment_id, _reaction.choice)
    .where(_reaction.user_id == bindparam("user"))
    .where(_reaction.comment_id.in_(bindparam("comments", expanding=True)))
    .order_by(_reaction.comment_id)
)


def reactions_of(user: User, comment_ids: Iterable[int]) -> dict[int, str]:
    """This reader's reactions to these comments: "like" or "dislike" by comment id."""
    rows = fetch_all(_REACTIONS_OF, {"user": user.id, "comments": list(comment_ids)})
    return {comment_id: choice for comment_id, choice in rows}


class ReactionEvent(Base):
    """When somebody reacted or changed a reaction, not to what. Deleted after a day.

    Rows, not a token bucket: with the times stored a refusal can say exactly when the next reaction
    is possible. Removals are free: who pressed the wrong button need not wait to take it back.
    """

    __tablename__ = "reaction_act"
    __table_args__ = (Index(None, "user_id", "made_at"), Index(None, "made_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def recent(cls, user: User, *, since: datetime) -> Select[datetime]:
        """Times of this reader's events, newest first."""
        times = select(cls.made_at).where(cls.user_id == user.id, cls.made_at > since)
        return times.order_by(cls.made_at.desc())


@dataclass(frozen=True)
class ReactionLimits:
    """How often one account may react; 0 = no limit. Defaults of the Korean portals since 2018."""

    interval: timedelta = timedelta(seconds=10)
    per_day: int = 50

    @classmethod
    def none(cls) -> Self:
        return cls(interval=timedelta(), per_day=0)


class OwnComment(Refused):
    """Authors cannot react to their own comments."""


class CommentGone(Refused):
    """The comment is hidden or deleted: what cannot be read cannot be reacted to."""


class ThreadFrozen(Refused):
    """The thread is read-only, at least for now."""


class ReactedTooSoon(Refused): ...


class ReactedTooOften(Refused): ...


def like(comment: Comment, *, by: User, limits: ReactionLimits) -> None:
    _set_reaction(comment, ReactionKind.LIKE, by=by, limits=limits)


def dislike(comment: Comment, *, by: User, limits: ReactionLimits) -> None:
    _set_reaction(comment, ReactionKind.DISLIKE, by=by, limits=limits)


def unreact(comment: Comment, *, by: User, limits: ReactionLimits) -> None:
    """Remove the reaction, like or dislike."""
    _set_reaction(comment, None, by=by, limits=limits)


def _set_reaction(
    comment: Comment, choice: ReactionKind | None, *, by: User, limits: ReactionLimits
) -> None:
    """Set the reaction, or remove it with None. Idempotent: a second click or a retry changes
    nothing and counts for no limit.

    Raises a subclass of Refused.
    """
    ensure_may_act_on(comment, by=by)
    state = thread_state(comment.article)
    if not state.takes_reactions:
        raise ThreadFrozen(state.opens_at)
    reaction = db.session.get(Reaction, (comment.id, by.id))
    before = ReactionKind(reaction.choice) if reaction else None
    if choice is before:
        return
    if choice:  # taking one back costs nothing, and no wait
        _count_event(limits, by=by)
    if reaction is None and choice:
        db.session.add(Reaction(comment_id=comment.id, user_id=by.id, choice=choice.value))
    elif reaction and choice:
        reaction.choice, reaction.made_at = choice.value, now()
    elif reaction:
        db.session.delete(reaction)
    comment.add_reactions(
        likes=(choice is ReactionKind.LIKE) - (before is ReactionKind.LIKE),
        dislikes=(choice is ReactionKind.DISLIKE) - (before is ReactionKind.DISLIKE),
    )


def ensure_may_act_on(comment: Comment, *, by: User) -> None:
    """What reacting and reporting both need: an account that may write, and a visible comment of
    somebody else. Raises AuthorSuspended, OwnComment and CommentGone.
    """
    if not by.may_write:
        raise AuthorSuspended
    if comment.author_id == by.id:
        raise OwnComment
    if not comment.is_visible:
        raise CommentGone


def _count_event(limits: ReactionLimits, *, by: User) -> None:
    """Check the limits and store the event. Counted from rows, so restarts and workers share it."""
    moment = now()
    since = moment - max(_DAY, limits.interval)
    db.session.execute(delete(ReactionEvent).where(ReactionEvent.made_at <= since))
    recent = list(db.session.scalars(ReactionEvent.recent(by, since=since)))
    # In both directions: times stored while the clock was far ahead block nobody until then.
    in_a_day = [made_at for made_at in recent if abs(made_at - moment) < _DAY]
    in_interval = [made_at for made_at in recent if abs(made_at - moment) < limits.interval]
    interval_ends = in_interval[0] + limits.interval if in_interval else moment
    if (
        limits.per_day and len(in_a_day) >= limits.per_day
    ):  # checked first: its time is the later one
        raise ReactedTooOften(max(interval_ends, in_a_day[limits.per_day - 1] + _DAY))
    if interval_ends > moment:
        raise ReactedTooSoon(interval_ends)
    db.session.add(ReactionEvent(user_id=by.id, made_at=moment))


def export_reactions(user: User) -> list[dict[str, Any]]:
    return data_export.as_dicts(
        select(_reaction.comment_id, _reaction.choice, _reaction.made_at)
        .where(_reaction.user_id == user.id)
        .order_by(_reaction.made_at, _reaction.comment_id)
    )
